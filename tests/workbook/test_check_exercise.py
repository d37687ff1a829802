"""`run.py check-exercise`: what an author is told of an exercise, and the exit code."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lib.config import load_settings
from lib.workbook.cli import main
from lib.workbook.course.chapters import find_chapter
from lib.workbook.course.exercise import Exercise, Word, Wrong, exercises_of
from lib.workbook.proof.exercises import claims

FIRST = exercises_of("00")["0.1"]


def broken(exercise: Exercise, tmp_path: Path) -> list[str]:
    settings = load_settings(environ={"WORKBOOK_DIR": str(tmp_path)})
    found = list(claims(find_chapter("00"), exercise, settings))
    assert all(str(claim).startswith("ok" if claim.holds else "FAIL") for claim in found)
    assert all(claim.seen for claim in found if not claim.holds and "there " not in claim.what)
    return [claim.what for claim in found if not claim.holds]


def test_an_exercise_that_holds_all_claims_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-exercise", "0.1"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"0.1 {FIRST.title}\n")
    assert "FAIL" not in told
    assert told.endswith("All claims hold.\n")


def test_one_that_does_not_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    exercise = replace(FIRST, solution=lambda: 5)
    monkeypatch.setattr(
        "lib.workbook.course.exercise.exercises_of", lambda _chapter: {"0.1": exercise}
    )
    assert main(["check-exercise", "0.1"]) == 1
    told = capsys.readouterr().out
    assert "FAIL the solution is correct\n       not yet: " in told
    assert told.endswith("1 claims do not hold.\n")


def test_each_fault_is_named(tmp_path: Path) -> None:
    assert broken(FIRST, tmp_path) == []
    never = Wrong(lambda: 27_004, "says", "is right")
    assert broken(replace(FIRST, wrong=(never, never)), tmp_path) == ["told why: is right"] * 2
    silent = Wrong(lambda: 5, "what no card says", "is told something else")
    assert "told why: is told something else" in broken(replace(FIRST, wrong=(silent,)), tmp_path)
    assert "there is another right way" in broken(replace(FIRST, also_right=()), tmp_path)
    assert "correct: five" in broken(replace(FIRST, also_right=(five,)), tmp_path)
    assert "each word that binds has a row" in broken(replace(FIRST, words=(), asides=()), tmp_path)
    word = Word("not in the task", "a row", lambda: 27_004)
    found = broken(replace(FIRST, words=(*FIRST.words, word)), tmp_path)
    assert found == [
        "each phrase stands in the task",
        "refused, when it ignores: not in the task",
    ]
    assert broken(replace(FIRST, id="0.9"), tmp_path)[0].startswith("the notebook has a stub")


def five() -> int:
    return 5


def test_a_fault_of_the_check_is_shown_with_its_traceback(tmp_path: Path) -> None:
    def check(_answer: object, _bench: object) -> str:
        raise ZeroDivisionError

    settings = load_settings(environ={"WORKBOOK_DIR": str(tmp_path)})
    found = list(claims(find_chapter("00"), replace(FIRST, check=check), settings))
    (solution,) = [claim for claim in found if claim.what == "the solution is correct"]
    assert not solution.holds
    assert solution.seen.startswith("the check failed: ZeroDivisionError")
    assert "raise ZeroDivisionError" in solution.seen


def test_an_exercise_that_is_not_there_is_used_wrongly(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-exercise", "0.1", "7.9"]) == 2
    assert "there is no exercise or chapter 7.9" in capsys.readouterr().err


def test_one_that_is_counted_and_in_no_list_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("lib.workbook.course.exercise.exercises_of", lambda _chapter: {})
    assert main(["check-exercise", "0.1"]) == 1
    err = capsys.readouterr().err
    assert "lib/workbook/exercises/ch00/__init__.py has none of this id" in err
    assert "chapters.py" in err
