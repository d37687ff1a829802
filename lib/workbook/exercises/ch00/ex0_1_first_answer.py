"""Exercise 0.1: the first answer, a number that a cell has printed."""

from __future__ import annotations

from numbers import Number
from typing import Any

from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_type
from lib.workbook.exercises.ch00.ex0_1_first_answer_answers import ALSO_RIGHT, WORDS, WRONG

IN_JANUARY = 27_004  # flights in the database of every chapter


def check_flights(answer: Any, _bench: Sandbox) -> str:
    expect(
        not isinstance(answer, bool),
        "This asks for a number; the answer is a truth value.",
    )
    expect_type(answer, Number, "a number")
    expect(
        answer != 2013,
        "2013 is the year. The number of flights stands at the end of the line.",
    )
    expect(
        answer != IN_JANUARY / 1000,
        "27.004 is 27 and a little: to Python a point begins the decimals. Write the number "
        "without any sign between its digits.",
    )
    shown = f"{answer:,}" if abs(answer) < 10**12 else "That"
    expect(
        answer == IN_JANUARY, f"{shown} is not the number of flights that the first cell printed."
    )
    return (
        "That is it. The workbook remembers: run the map above again, and it counts one exercise "
        "as solved."
    )


def solution_flights() -> Any:
    flights = 27004
    return flights


EXERCISE = Exercise(
    id="0.1",
    title="Your first answer",
    check=check_flights,
    hints=(
        "Look at the output of the first code cell of this notebook.",
        "The number is written 27,004 there. Python wants it without the comma.",
    ),
    solution=solution_flights,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
)
