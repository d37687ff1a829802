"""The record of what was solved, predicted and looked up."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lib.config import ROOT
from lib.workbook.course.progress import VERSION, Progress

KERNELS, EACH = 4, 30
# One kernel of several: it waits for a line, so that all begin at the same moment.
KERNEL = """
import sys
from pathlib import Path
from lib.workbook.course.progress import Progress
progress = Progress(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    progress.record(f"{sys.argv[2]}.{number}", "correct")
    progress.record("shared", "not yet")
"""


@pytest.fixture
def progress(tmp_path: Path) -> Progress:
    return Progress(tmp_path / "home")


def test_kernels_that_check_at_once_lose_nothing(progress: Progress) -> None:
    command = [sys.executable, "-c", KERNEL, str(progress.path.parent)]
    kernels = [
        subprocess.Popen(
            [*command, str(number), str(EACH)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(KERNELS)
    ]
    for kernel in kernels:
        assert kernel.stdout is not None
        assert kernel.stdout.readline() == "ready\n"
    for kernel in kernels:
        kernel.communicate("go\n", timeout=120)
    assert [kernel.returncode for kernel in kernels] == [0] * KERNELS
    names = [f"{number}.{each}" for number in range(KERNELS) for each in range(EACH)]
    assert progress.done(names) == KERNELS * EACH
    assert progress.exercises()["shared"]["attempts"] == KERNELS * EACH
    left = {path.name for path in progress.path.parent.iterdir()}
    assert left <= {"progress.json", "progress.json.lock"}


def test_what_was_correct_stays_so_and_a_stub_is_no_attempt(progress: Progress) -> None:
    for state in ("not attempted", "not yet", "correct", "your code raised an error"):
        progress.record("4.2", state)
    progress.record("4.2", "not attempted")
    progress.record("4.3", "not attempted")
    assert progress.exercises() == {
        "4.2": {"state": "correct", "attempts": 3},
        "4.3": {"state": "not attempted", "attempts": 0},
    }
    assert progress.done(["4.1", "4.2", "4.3"]) == 1


def test_the_first_prediction_is_the_one_that_counts(progress: Progress) -> None:
    for state in ("not attempted", "not right", "right"):
        progress.record_prediction("04.a", state)
    assert progress.predictions() == {
        "04.a": {"state": "right", "attempts": 2, "first": "not right"}
    }
    assert progress.predicted(["04.a", "04.b"]) == 1
    assert progress.exercises() == {}


def test_hints_and_the_solution_are_noted(progress: Progress) -> None:
    for number in (1, 2, 1):
        progress.record_hint("4.2", number)
    progress.record_solution("4.2")
    progress.record("4.2", "not yet")
    wanted = {"state": "not yet", "attempts": 1, "hints": 2, "solution": True}
    assert progress.exercises() == {"4.2": wanted}


def test_a_file_of_the_first_version_is_read_and_written_as_the_second(progress: Progress) -> None:
    progress.path.parent.mkdir()
    progress.path.write_text('{"4.2": {"state": "correct", "attempts": 3}}', encoding="utf-8")
    assert progress.done(["4.2"]) == 1
    progress.record("4.3", "not yet")
    found = json.loads(progress.path.read_text(encoding="utf-8"))
    assert found == {
        "version": VERSION,
        "exercises": {
            "4.2": {"state": "correct", "attempts": 3},
            "4.3": {"state": "not yet", "attempts": 1},
        },
        "predictions": {},
    }


@pytest.mark.parametrize("text", ["{", "[]", '"x"', '{"version": 2, "exercises": [], "4": 1}'])
def test_what_cannot_be_read_counts_for_nothing(progress: Progress, text: str) -> None:
    progress.path.parent.mkdir()
    progress.path.write_text(text, encoding="utf-8")
    assert progress.exercises() == progress.predictions() == {}
    progress.record("4.2", "correct")
    assert progress.done(["4.2"]) == 1


def test_a_damaged_file_is_kept_aside(progress: Progress) -> None:
    progress.path.parent.mkdir()
    progress.path.write_text('{"4.2": {"state": "corr', encoding="utf-8")
    progress.record("4.3", "correct")
    damaged = progress.path.with_name("progress-damaged.json")
    assert damaged.read_text(encoding="utf-8") == '{"4.2": {"state": "corr'


def test_what_is_forgotten_is_counted(progress: Progress) -> None:
    assert progress.forget(["4.2"]) == 0
    assert not progress.path.parent.exists()
    progress.record("4.2", "correct")
    progress.record_prediction("04.a", "right")
    assert progress.forget(["4.2", "04.a", "4.3"]) == 2
    assert progress.exercises() == progress.predictions() == {}
