"""Exercise 9.1: a test that catches."""

# The solution stands here as one would type it into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lib.workbook.course.exercise import Exercise, Sandbox, Word, Wrong
from lib.workbook.exercises.ch09 import ex9_1_minutes_answers as answers
from lib.workbook.exercises.ch09.looking import judge_test
from lib.workbook.exercises.slips import slip


def right(hhmm: int | None) -> int | None:
    return None if hhmm is None else hhmm // 100 * 60 + hhmm % 100


def right_by_divmod(hhmm: int | None) -> int | None:
    if hhmm is None:
        return None
    hours, rest = divmod(hhmm, 100)
    return 60 * hours + rest


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
    "a right function that is written in another way": right_by_divmod,
}
MUTANTS: dict[str, Callable[[Any], Any]] = {
    "takes 1345 for 13.45 hours": half_past_is_fifty,
    "cuts the digits after the second, and so goes wrong before ten o'clock": cut_in_the_middle,
    "counts the hours of the afternoon from 12 again": twelve_hours,
    "gives 0 where the time is missing": missing_is_midnight,
    "takes 0, which is midnight, for a missing time": midnight_is_missing,
    "gives 0 for 2400, the end of the day": day_begins_again,
}


def check_minutes(answer: Any, sandbox: Sandbox) -> str:
    judge_test(
        answer,
        sandbox,
        "test_minutes",
        {kind: _given(function) for kind, function in RIGHT.items()},
        {kind: _given(function) for kind, function in MUTANTS.items()},
        _given,
    )
    return f"That is it. Your test passes on what is right, and catches all {len(MUTANTS)} mutants."


def _given(function: Callable[..., Any]) -> Callable[[], dict[str, Any]]:
    return lambda: {"minutes": function}


def solution_minutes() -> Any:
    def test_minutes(minutes):
        assert minutes(1345) == 825
        assert minutes(517) == 317
        assert minutes(0) == 0
        assert minutes(2400) == 1440
        assert minutes(None) is None

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
    also_right=(
        answers.minutes_in_a_loop,
        answers.minutes_parametrized,
        answers.minutes_parametrized_first,
        answers.minutes_by_pytest_fail,
        answers.minutes_by_unittest,
        answers.minutes_of_the_whole_day,
    ),
    words=(
        Word(
            "517 for 05:17",
            "a mutant that cuts after the second digit",
            slip(solution_minutes, ("assert minutes(517) == 317\n", "pass\n")),
        ),
        Word(
            "nothing for a flight that was cancelled",
            "a mutant that gives 0 where the time is missing",
            slip(solution_minutes, ("assert minutes(None) is None", "pass")),
        ),
        Word(
            "into minutes since midnight",
            "a mutant that counts from 12 again in the afternoon",
            slip(
                solution_minutes,
                ("minutes(1345) == 825", "minutes(1345) % 720 == 105"),
                ("minutes(2400) == 1440", "minutes(2400) % 720 == 0"),
            ),
        ),
        Word(
            "0 is midnight when the day begins",
            "a mutant that takes 0 for a missing time",
            slip(solution_minutes, ("assert minutes(0) == 0\n", "pass\n")),
        ),
        Word(
            "2400 midnight when it ends",
            "a mutant that gives 0 for 2400",
            slip(solution_minutes, ("assert minutes(2400) == 1440\n", "pass\n")),
        ),
        Word(
            "`None` stays `None`",
            "a mutant that gives 0 for None",
            slip(solution_minutes, ("minutes(None) is None", "minutes(None) in (None, 0)")),
        ),
        Word(
            "Write `test_minutes(minutes)`. It gets the function as its parameter",
            "a call with the function, by the name `minutes`",
            slip(solution_minutes, ("def test_minutes(minutes)", "def test_minutes()")),
        ),
        Word(
            "says with `assert` what must come out",
            "six mutants, on which a comparison without `assert` passes",
            answers.minutes_without_assert,
        ),
        Word(
            "on two right functions, where it must pass",
            "two right functions, written in different ways",
            answers.minutes_always_red,
        ),
        Word("on six mutants, where it must fail", "six mutants", answers.minutes_at_noon),
    ),
    asides=(
        "The columns `dep_time` and `arr_time` hold",
        "`minutes`, below, turns such a time",
        "To try it yourself, call `test_minutes(minutes)`",
    ),
    wrong=(
        Wrong(
            answers.minutes_without_assert,
            "Is there an `assert` that is reached?",
            "compares without `assert`: the result is thrown away",
        ),
        Wrong(
            answers.minutes_of_ten_o_clock,
            "catches 0 of 6",
            "tries one value, on which every mutant agrees with the function",
        ),
        Wrong(
            answers.minutes_never_called,
            "never calls `minutes`",
            "tests a copy of the function, not the one that the test is given",
        ),
        Wrong(
            answers.minutes_of_a_pair,
            "Is there an `assert` that is reached?",
            "asserts a pair, which is true whatever stands in it",
        ),
        Wrong(
            answers.minutes_caught,
            "Is there an `assert` that is reached?",
            "catches the AssertionError that was to be the failure",
        ),
        Wrong(
            answers.minutes_skipped,
            "A skip is not a pass",
            "skips where there is something to check",
        ),
        Wrong(
            answers.minutes_marked,
            "With the mark `xfail`",
            "lets pytest expect a failure, so that red is green",
        ),
        Wrong(answers.minutes_later, "Write `def`", "writes `async`, and never runs the test"),
        Wrong(
            answers.minutes_at_noon,
            "takes 1345 for 13.45 hours",
            "tries one comfortable value, on which half of the mutants agree with the function",
        ),
        Wrong(
            answers.minutes_without_edges,
            "takes 0, which is midnight",
            "tests the middle of the range and not its ends",
        ),
        Wrong(
            answers.minutes_falsy,
            "takes 0, which is midnight",
            "asserts with `not` what 0 and None have in common",
        ),
        Wrong(
            answers.minutes_equal_to_zero_or_none,
            "gives 0 where the time is missing",
            "accepts two results where one is promised",
        ),
        Wrong(
            answers.minutes_wrong_expectation,
            "fails on the right function. A test that is red",
            "expects what the function should do in their mind, not what its description says",
        ),
    ),
)
