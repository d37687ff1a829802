"""The checks of chapters 01 and 02 on machines that are not like this one."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from lib.config import Settings, load_settings
from lib.workbook.course.exercise import Exercise, State, exercises_of, judge


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(environ={"WORKBOOK_DIR": str(tmp_path)})


def exercise(number: str) -> Exercise:
    return exercises_of(f"{int(number[0]):02}")[number]


def test_a_version_file_above_the_scratch_folder_is_one_that_counts(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is on Windows, where temporary folders lie in a person's own, and pyenv's file, too.

    There no folder of the check is left to the global file, nor to the system, so that answers
    which are wrong about these alone cannot be told.
    """
    (tmp_path / ".python-version").write_text("3.14.2\n", encoding="utf-8")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    pyenv = exercise("1.2")
    for answer in (pyenv.solution, *pyenv.also_right):
        verdict = judge(pyenv, answer(), settings)
        assert verdict.state is State.CORRECT, verdict.message
    told = [
        wrong.reveals
        for wrong in pyenv.wrong
        if judge(pyenv, wrong.answer(), settings).state is State.NOT_YET
    ]
    assert len(told) == len(pyenv.wrong) - 5
    assert "looks into the one folder only" in told
    assert "lets the global choice win" in told
    assert "searches from the top downwards" in told


def test_where_no_link_can_be_made_kernels_are_judged_all_the_same(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is on Windows without the right to make links."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError("a required privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    kernels = exercise("1.5")
    assert judge(kernels, kernels.solution(), settings).state is State.CORRECT
    assert judge(kernels, lambda kernel_file, environment: True, settings).state is State.NOT_YET


def test_without_git_a_card_says_that_nothing_was_tried(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.workbook.terminal.terminal.Terminal.which", lambda *_: None)
    hook = exercise("2.2")
    verdict = judge(hook, hook.solution(), settings)
    assert verdict.state is State.NOT_YET
    assert "needs git" in verdict.message
    assert "Nothing was tried" in verdict.message


def test_a_function_is_asked_for_what_it_names_in_other_functions(settings: Settings) -> None:
    """What a learner has put into a second function, a constant or a partial is the same code."""
    from functools import partial

    from lib.workbook.exercises.ch01.looking import texts_in

    assert {"bin", "python"} <= set(texts_in(_python_of))
    assert "bin" in set(texts_in(lambda folder: _python_of(folder)))
    assert {"bin", "Scripts"} <= set(texts_in(lambda folder: (_python_of(folder), _WINDOWS)))
    assert "Scripts" in set(texts_in(partial(max, _WINDOWS)))
    assert "Where a Python is." not in set(texts_in(_python_of))


_WINDOWS = "Scripts"


def _python_of(folder: str) -> str:
    """Where a Python is."""
    return "/".join([folder, "bin", "python"])
