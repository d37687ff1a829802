"""Exercises of chapter 00, Start here."""

from __future__ import annotations

from typing import Any

import pandas as pd

from lib.workbook.course.exercise import (
    Bench,
    Exercise,
    Wrong,
    expect,
    expect_frame,
    expect_function,
    expect_type,
)


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
    return (
        "That is it. The workbook remembers: run the map above again, and it counts one exercise "
        "as solved."
    )


def solution_flights() -> Any:
    flights = 27004
    return flights


def other_flights() -> Any:
    flights = 27_004
    return flights


def check_is_late(answer: Any, bench: Bench) -> str:
    expect_function(answer, "is_late")
    for delay, wanted in ((60, True), (14, False), (-3, False), (0, False)):
        found = bench.call(answer, delay)
        expect(
            found is not None,
            "The function returns nothing. A function hands its result over with `return`.",
        )
        expect(bool(found) is wanted, f"`is_late({delay})` gives {found!r}; {wanted} is expected.")
    expect(
        bench.call(answer, 15),
        "`is_late(15)` gives False; a flight that left exactly 15 minutes late counts as late.",
    )
    expect(
        not bench.call(answer, None),
        "`is_late(None)` gives True; a cancelled flight is not late.",
    )
    expect(
        bench.call(answer, None) is not None and bench.call(answer, 0) in (True, False),
        "`is_late(None)` gives None; the text asks for False. `delay and ...` hands on the value "
        "of `delay` itself when that is None.",
    )
    return "That is it. Missing values are the first thing to ask about in any new data."


def solution_is_late() -> Any:
    def is_late(delay):  # type: ignore[no-untyped-def]
        return delay is not None and delay >= 15

    return is_late


def other_is_late() -> Any:
    def is_late(delay: Any) -> Any:
        if delay is None:
            return False
        return bool(delay > 14)

    return is_late


def silent_is_late() -> Any:
    def is_late(delay: Any) -> None:
        delay is not None and delay >= 15

    return is_late


def check_by_origin(answer: Any, bench: Bench) -> str:
    expect_function(answer, "flights_by_origin")
    bench.db.execute(["DELETE FROM flights WHERE origin = 'JFK' AND dest <> 'LAX'"])
    found = bench.call(answer, bench.db)
    expect(found is not None, "The function returns nothing. Begin its line with `return`.")
    wanted = bench.db.query("SELECT origin, count(*) AS flights FROM flights GROUP BY origin")
    expect_type(found, pd.DataFrame, "a data frame, as `db.query` returns it")
    expect(
        len(found) != 1,
        "The frame has one row: all flights together. `GROUP BY origin` makes one for each "
        "airport.",
    )
    expect_frame(found, wanted)
    return "That is it. The same function works on any database with this table."


def solution_by_origin() -> Any:
    def flights_by_origin(db):  # type: ignore[no-untyped-def]
        return db.query("SELECT origin, count(*) AS flights FROM flights GROUP BY origin")

    return flights_by_origin


def other_by_origin() -> Any:
    def flights_by_origin(db: Any) -> Any:
        frame = db.query("SELECT origin FROM flights")
        return frame.groupby("origin").size().reset_index(name="flights")

    return flights_by_origin


def fixed_by_origin() -> Any:
    def flights_by_origin(_db: Any) -> Any:
        return pd.DataFrame({"origin": ["EWR", "JFK", "LGA"], "flights": [9893, 9161, 7950]})

    return flights_by_origin


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
    Exercise(
        id="0.2",
        title="A function as an answer",
        check=check_is_late,
        hints=(
            "Two questions, one after the other: is there a delay at all, and is it long enough?",
            "`delay is not None` asks the first. `and` stops there when the answer is no.",
        ),
        solution=solution_is_late,
        also_right=(other_is_late,),
        wrong=(
            Wrong(
                lambda: lambda delay: delay is not None and delay > 15,
                "exactly 15 minutes late counts",
                "took 15 minutes or more for more than 15",
            ),
            Wrong(
                lambda: lambda delay: delay is None or delay >= 15,
                "a cancelled flight is not late",
                "counts a missing value as late",
            ),
            Wrong(
                lambda: lambda delay: delay and delay >= 15,
                "gives None; the text asks for False",
                "relies on None counting as false",
            ),
            Wrong(silent_is_late, "returns nothing", "forgets to return"),
            Wrong(lambda: True, "the function itself", "handed over a result, not the function"),
        ),
    ),
    Exercise(
        id="0.3",
        title="A question to the database",
        check=check_by_origin,
        hints=(
            "Look at how the cell with the cancelled flights counts, and names what it counted.",
            "Select `origin` and `count(*) AS flights`, and group by `origin`.",
        ),
        solution=solution_by_origin,
        also_right=(other_by_origin,),
        wrong=(
            Wrong(
                lambda: lambda db: db.query("SELECT count(*) AS flights FROM flights"),
                "all flights together",
                "counted without grouping",
            ),
            Wrong(
                lambda: lambda db: db.query("SELECT origin, count(*) FROM flights GROUP BY origin"),
                "The columns are",
                "did not name the count",
            ),
            Wrong(fixed_by_origin, "stands where", "typed the numbers instead of the question"),
        ),
    ),
]
