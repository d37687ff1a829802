"""The bar: off when nobody looks on, in a terminal and in a notebook."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from lib.load import progress
from lib.pipeline.flights import raw_source


def pretend_kernel(monkeypatch: pytest.MonkeyPatch, allow_stdin: bool) -> None:
    shell = SimpleNamespace(kernel=SimpleNamespace(_allow_stdin=allow_stdin))
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))


def test_where_there_is_no_terminal_nothing_is_shown(capfd: pytest.CaptureFixture[str]) -> None:
    with progress.progress_bar(raw_source("airlines")) as bar:
        bar.update(10)
    assert bar.disable
    assert capfd.readouterr() == ("", "")


def test_a_source_without_a_size_has_a_bar_too() -> None:
    with progress.progress_bar(SimpleNamespace(name="rows")) as bar:
        assert bar.total is None


@pytest.mark.parametrize("by_hand", [True, False])
def test_in_a_notebook_the_bar_shows_when_a_person_runs_the_cell(
    by_hand: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[dict[str, Any]] = []
    pretend_kernel(monkeypatch, by_hand)
    monkeypatch.setitem(
        sys.modules, "tqdm.notebook", SimpleNamespace(tqdm=lambda **shape: made.append(shape))
    )
    progress.progress_bar(raw_source("airlines"))
    assert made[0]["disable"] is not by_hand
    assert made[0]["total"] == raw_source("airlines").size


def test_a_plain_process_is_no_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))
    assert not progress.in_notebook()
    monkeypatch.delitem(sys.modules, "IPython")
    assert not progress.in_notebook()
