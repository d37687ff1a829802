"""What is said while a person waits: in a terminal, and in a log."""

from __future__ import annotations

import sys
import time

import pytest

from lib.workbook.steps import VARIABLE, Steps, spell


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (303, "5 min 3 s")]
)
def test_a_time_is_spelled_for_a_person(seconds: float, words: str) -> None:
    assert spell(seconds) == words


def test_a_log_has_one_line_for_each_step(capsys: pytest.CaptureFixture[str]) -> None:
    steps = Steps(3, start=time.time() - 75)
    with steps.step("Making it"):
        pass
    with steps.step("Filling it"):
        pass
    steps.skip("The rest is there")
    assert capsys.readouterr().out.splitlines() == [
        "Step 1 of 3: Making it ...",
        "Step 2 of 3: Filling it ... (1 min 15 s so far)",
        "Step 3 of 3: The rest is there",
    ]


def test_a_terminal_sees_the_time_go_by(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    with Steps(2).step("Making it"):
        time.sleep(2.5)
    out = capsys.readouterr().out
    lines = [line.rstrip() for line in out.split("\r") if line]
    assert lines[0] == "Step 1 of 2: Making it ... 0 s"
    assert len(lines) >= 3 and out.count("\n") == 1 and out.endswith("\n")
    assert lines[-1].startswith("Step 1 of 2: Making it: ")
    assert all(len(line) < 60 for line in lines)


def test_a_failure_in_a_step_ends_its_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with pytest.raises(KeyboardInterrupt):
        with Steps(1).step("Making it"):
            raise KeyboardInterrupt
    assert capsys.readouterr().out.endswith("\n")


def test_the_process_that_goes_on_counts_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")
    before = Steps(5, 3, 1000.0)
    before.hand_on()
    after = Steps.go_on(1)
    assert (after.count, after.number, after.start) == (5, 3, 1000.0)
    assert Steps.go_on(1).count == 1  # it is said once
