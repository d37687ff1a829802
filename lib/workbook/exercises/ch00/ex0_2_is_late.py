"""Exercise 0.2: a function as an answer, and a missing value."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

import numpy as np

from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function
from lib.workbook.exercises.ch00.ex0_2_is_late_answers import ALSO_RIGHT, WORDS, WRONG

LONGEST = 1301  # minutes: the longest delay of the year
DELAYS = (60, 14, -3, -60, 0, LONGEST, 16, 1, -15)


def check_is_late(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "is_late")
    found = {delay: sandbox.call(answer, delay) for delay in DELAYS}
    expect(
        any(value is not None for value in found.values()),
        "The function returns nothing. A function hands its result over with `return`.",
    )
    for delay, value in found.items():
        expect_truth(delay, value, delay >= 15)
    expect(
        sandbox.call(answer, 15) is not False,
        "`is_late(15)` gives False; a flight that left exactly 15 minutes late counts as late.",
    )
    expect_truth(15, sandbox.call(answer, 15), True)
    expect_missing(sandbox.call(answer, None))
    again = sandbox.call(answer, 15)
    expect(
        isinstance(again, (bool, np.bool_)) and again,
        f"Called again, after a cancelled flight, `is_late(15)` gives {again!r}; it was True "
        "before.",
    )
    return "That is it. Missing values are the first thing to ask about in any new data."


def expect_truth(delay: int, value: Any, wanted: bool) -> None:
    """Expect `True` or `False` itself, not what only counts as one of them."""
    expect(
        isinstance(value, (bool, np.bool_)),
        f"`is_late({delay})` gives {value!r}, which is neither True nor False; {wanted} is "
        "expected.",
    )
    expect(bool(value) is wanted, f"`is_late({delay})` gives {value!r}; {wanted} is expected.")


def expect_missing(value: Any) -> None:
    """Expect that a flight without a delay is not late."""
    expect(
        not isinstance(value, (bool, np.bool_)) or not value,
        "`is_late(None)` gives True; a cancelled flight is not late.",
    )
    expect(
        isinstance(value, (bool, np.bool_)),
        f"`is_late(None)` gives {value!r}; the text asks for False.",
    )


def solution_is_late() -> Any:
    def is_late(delay):
        return delay is not None and delay >= 15

    return is_late


EXERCISE = Exercise(
    id="0.2",
    title="A function as an answer",
    check=check_is_late,
    hints=(
        "Two questions, one after the other: is there a delay at all, and is it long enough?",
        "`delay is not None` asks the first. `and` stops there when the answer is no. (`delay and "
        "...` stops at a 0, too, and hands on the 0 or the None.)",
    ),
    solution=solution_is_late,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=(
        "If your code raises an error, the card names the error and its line. Nothing is lost: "
        "correct it and check again.",
    ),
)
