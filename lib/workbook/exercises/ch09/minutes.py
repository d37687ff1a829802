"""Exercise 9.1: a test that catches."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lib.workbook.course.exercise import Bench, Exercise, Wrong
from lib.workbook.exercises.ch09.looking import judge_test


def right(hhmm: int | None) -> int | None:
    return None if hhmm is None else hhmm // 100 * 60 + hhmm % 100


def right_by_text(hhmm: int | None) -> int | None:
    if hhmm is None:
        return None
    text = f"{hhmm:04d}"
    return 60 * int(text[:2]) + int(text[2:])


def cut_in_the_middle(hhmm: int | None) -> int | None:
    if hhmm is None:
        return None
    text = str(hhmm)
    return 60 * int(text[:2]) + int(text[2:] or 0)


def half_past_is_fifty(hhmm: int | None) -> float | None:
    return None if hhmm is None else hhmm / 100 * 60


def twelve_hours(hhmm: int | None) -> int | None:
    return None if hhmm is None else hhmm // 100 % 12 * 60 + hhmm % 100


def midnight_is_missing(hhmm: int | None) -> int | None:
    return right(hhmm) if hhmm else None


def day_begins_again(hhmm: int | None) -> int | None:
    return None if hhmm is None else hhmm % 2400 // 100 * 60 + hhmm % 100


def missing_is_midnight(hhmm: int | None) -> int | None:
    return right(hhmm or 0)


RIGHT = {
    "the right function": right,
    "a right function that is written in another way": right_by_text,
}
MUTANTS: dict[str, Callable[[Any], Any]] = {
    "takes 1345 for 13.45 hours": half_past_is_fifty,
    "cuts the digits after the second, and so goes wrong before ten o'clock": cut_in_the_middle,
    "counts the hours of the afternoon from 12 again": twelve_hours,
    "gives 0 where the time is missing": missing_is_midnight,
    "takes 0, which is midnight, for a missing time": midnight_is_missing,
    "gives 0 for 2400, the end of the day": day_begins_again,
}


def check_minutes(answer: Any, bench: Bench) -> str:
    judge_test(
        answer,
        bench,
        "test_minutes",
        {kind: lambda it=it: (it,) for kind, it in RIGHT.items()},  # type: ignore[misc]
        {kind: lambda it=it: (it,) for kind, it in MUTANTS.items()},  # type: ignore[misc]
    )
    return f"That is it. Your test passes on what is right, and catches all {len(MUTANTS)} mutants."


def solution_minutes() -> Any:
    def test_minutes(minutes):
        assert minutes(1345) == 825
        assert minutes(517) == 317
        assert minutes(0) == 0
        assert minutes(2400) == 1440
        assert minutes(None) is None

    return test_minutes


def minutes_in_a_loop() -> Any:
    def test_minutes(minutes):
        wanted = {None: None, 0: 0, 5: 5, 517: 317, 1230: 750, 2359: 1439, 2400: 1440}
        assert {hhmm: minutes(hhmm) for hhmm in wanted} == wanted

    return test_minutes


def minutes_parametrized() -> Any:
    pairs = [(1345, 825), (517, 317), (0, 0), (2400, 1440), (None, None)]

    @pytest.mark.parametrize("hhmm, wanted", pairs)
    def test_minutes(minutes, hhmm, wanted):
        assert minutes(hhmm) == wanted

    return test_minutes


def minutes_without_assert() -> Any:
    def test_minutes(minutes):
        minutes(1345) == 825
        minutes(517) == 317

    return test_minutes


def minutes_at_noon() -> Any:
    def test_minutes(minutes):
        assert minutes(1200) == 720
        assert minutes(None) is None

    return test_minutes


def minutes_without_edges() -> Any:
    def test_minutes(minutes):
        assert minutes(1345) == 825
        assert minutes(517) == 317
        assert minutes(None) is None

    return test_minutes


def minutes_falsy() -> Any:
    def test_minutes(minutes):
        assert minutes(1345) == 825
        assert minutes(517) == 317
        assert not minutes(0)
        assert minutes(2400) == 1440
        assert minutes(None) is None

    return test_minutes


def minutes_wrong_expectation() -> Any:
    def test_minutes(minutes):
        assert minutes(1345) == 825, "a quarter to two"
        assert minutes(2400) == 0, "midnight"

    return test_minutes


EXERCISE = Exercise(
    id="9.1",
    title="A test that catches",
    check=check_minutes,
    hints=(
        "One `assert` for each kind of time: with four digits, with three, and so on. Work out "
        "what must come out by hand, not with the function.",
        "Bugs live at the edges. Which are the first and the last time of the day, and what else "
        "may stand in the column `dep_time`?",
        "0, 2400 and None are three edges. None is to stay None: `assert ... is None`.",
    ),
    solution=solution_minutes,
    also_right=(minutes_in_a_loop, minutes_parametrized),
    wrong=(
        Wrong(
            minutes_without_assert,
            "it checks nothing",
            "compares without `assert`: the result is thrown away",
        ),
        Wrong(
            minutes_at_noon,
            "takes 1345 for 13.45 hours",
            "tries one comfortable value, on which half of the mutants agree with the function",
        ),
        Wrong(
            minutes_without_edges,
            "takes 0, which is midnight",
            "tests the middle of the range and not its ends",
        ),
        Wrong(
            minutes_falsy,
            "takes 0, which is midnight",
            "asserts with `not` what 0 and None have in common",
        ),
        Wrong(
            minutes_wrong_expectation,
            "fails on the right function. A test that is red",
            "expects what the function should do in their mind, not what its description says",
        ),
    ),
)
