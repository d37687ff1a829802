"""Exercise 0.3: a first question to the database."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from datetime import datetime
from numbers import Number
from typing import Any

import pandas as pd

from lib.database import Database
from lib.models import Flight
from lib.workbook.course.exercise import (
    Exercise,
    NotYet,
    Sandbox,
    expect,
    expect_function,
    expect_type,
)
from lib.workbook.exercises.ch00.ex0_3_by_origin_answers import ALSO_RIGHT, WORDS, WRONG

# Beside the three days in January: the month, the airport, the minute of the departure, if any.
OTHERS = (
    (2, "JFK", 545),
    (2, "LGA", None),
    (10, "JFK", 600),
    (10, "EWR", 605),
    (2, "BOS", 610),
    (1, "BOS", None),
    (10, "BOS", 620),
    (1, "PHL", None),
    (2, "BDL", 625),
    (10, "SYR", 630),
)


def check_by_origin(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "flights_by_origin")
    add_others(sandbox.db)
    wanted = dict(
        sandbox.db.query("SELECT origin, count(*) AS flights FROM flights GROUP BY origin").values
    )
    found = sandbox.call(answer, sandbox.db)
    expect(found is not None, "The function returns nothing. Begin its line with `return`.")
    expect_type(found, pd.DataFrame, "a data frame, as `db.query` returns it")
    expect_columns(found)
    expect_airports(list(found["origin"]), wanted, list(found["flights"]))
    for airport, number in zip(found["origin"], found["flights"], strict=True):
        expect(
            isinstance(number, Number),
            f"For {airport}, `flights` is {number!r}, which is no number.",
        )
        expect(
            number == wanted[airport],
            f"For {airport}, `flights` is {number:,} in your frame; in the copy it is "
            f"{wanted[airport]:,}.",
        )
    return "That is it. The same function works on any database with this table."


def add_others(db: Database) -> None:
    """Put flights of other months and from other airports into the copy, and take some out."""
    db.execute(["DELETE FROM flights WHERE origin = 'JFK' AND dest <> 'LAX'"])
    with db.session_scope() as session:
        for number, (month, origin, time) in enumerate(OTHERS, 9000):
            session.add(
                Flight(
                    time_hour=datetime(2013, month, 2, 11),
                    carrier="UA",
                    flight=number,
                    year=2013,
                    month=month,
                    day=2,
                    dep_time=time,
                    sched_dep_time=600,
                    dep_delay=None if time is None else 0,
                    sched_arr_time=900,
                    origin=origin,
                    dest="LAX",
                    distance=2500,
                    hour=6,
                    minute=0,
                )
            )


def expect_columns(found: pd.DataFrame) -> None:
    """Expect the two columns, in either order."""
    expect(
        "origin" in found.columns or "origin" not in found.index.names,
        "`origin` is the index of the frame; `reset_index()` makes a column of it.",
    )
    names = [str(column) for column in found.columns]
    expect(
        sorted(names) == ["flights", "origin"],
        f"The columns are {', '.join(names) or 'none'}; origin and flights are expected.",
    )


def expect_airports(airports: list[Any], wanted: dict[Any, Any], numbers: list[Any]) -> None:
    """Expect one row for each airport that has flights, and no other."""
    total = sum(wanted.values())
    expect(
        len(airports) != 1 or numbers[0] != total,
        "The frame has one row: all flights together. `GROUP BY origin` makes one for each "
        "airport.",
    )
    for airport in airports:
        if airport not in wanted:
            raise NotYet(
                f"The frame has a row for {airport!r}; no flight in the copy has that origin."
            )
        expect(
            airports.count(airport) == 1,
            f"The frame has {airports.count(airport):,} rows for {airport}; one is expected.",
        )
    missing = [airport for airport in wanted if airport not in airports]
    expect(
        not missing,
        f"The frame has no row for {', '.join(missing)}. In the copy, the origins are "
        f"{', '.join(wanted)}.",
    )


def solution_by_origin() -> Any:
    def flights_by_origin(db):
        return db.query("SELECT origin, count(*) AS flights FROM flights GROUP BY origin")

    return flights_by_origin


EXERCISE = Exercise(
    id="0.3",
    title="A question to the database",
    check=check_by_origin,
    hints=(
        "Look at how the cell with the cancelled flights counts, and names what it counted.",
        "Select `origin` and `count(*) AS flights`, and group by `origin`.",
    ),
    solution=solution_by_origin,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=(
        "in any order",
        "`db.query` is all that you need; `GROUP BY` makes one row for each value of a column.",
    ),
)
