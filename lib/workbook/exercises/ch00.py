"""Exercises of chapter 00, Start here."""

from __future__ import annotations

from typing import Any

from lib.workbook.exercise import Bench, Exercise, Wrong, expect, expect_type


def check_flights(answer: Any, _bench: Bench) -> str:
    expect_type(answer, int, "a whole number, such as 5")
    expect(
        answer != 5,
        "5 is the example. Read the number in the line that `chapter` printed, without the comma.",
    )
    expect(answer != 2013, "2013 is the year. The number of flights stands at the end of the line.")
    expect(
        answer == 27004,
        f"{answer:,} is not the number of flights. It stands at the end of the line that "
        "`chapter` printed.",
    )
    return "That is it. The card remembers: the map below now counts one exercise as solved."


def solution_flights() -> Any:
    flights = 27004
    return flights


def other_flights() -> Any:
    flights = 27_004
    return flights


EXERCISES = [
    Exercise(
        id="0.1",
        title="Your first answer",
        check=check_flights,
        hints=(
            "Look at the output of the first code cell of this notebook.",
            "The number is written 27,004 there. Python wants it without the comma.",
        ),
        solution=solution_flights,
        also_right=(other_flights,),
        wrong=(
            Wrong(lambda: "27,004", "a whole number", "typed the number as text"),
            Wrong(lambda: (27, 4), "a whole number", "wrote the comma: Python made a pair"),
            Wrong(lambda: 2013, "2013 is the year", "read the first number in the line"),
        ),
    ),
]
