"""Exercise 6.1: every flight counted."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import case, func, select

from lib.database import Database
from lib.models import Flight
from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function
from lib.workbook.exercises.ch06.ex6_1_every_flight_answers import WORDS, WRONG
from lib.workbook.exercises.ch06.ex6_1_every_flight_right import ALSO_RIGHT
from lib.workbook.exercises.ch06.looking import (
    CANCELLED,
    LATE,
    add_flights,
    gaps,
    is_select,
    number,
    that_is,
)
from lib.workbook.show.sql import record_sql

KEYS = ("on_time", "late", "cancelled")
# Charlotte has a flight of each kind; all to Lexington left on time; the only ones to LaGuardia
# were cancelled; none goes to Anchorage.
PLACES = ("CLT", "ORD", "RDU", "LEX", "LGA", "ANC")
NEVER_ARRIVED = dict.fromkeys(("arr_time", "arr_delay", "air_time"))
OCTOBER = {"month": 10, "day": 20, "hour": 17}
HOSTILE: list[dict[str, Any]] = [
    *({"dep_delay": 14}, {"dep_delay": 15}, {"dep_delay": 15}, {"dep_delay": 15}),
    *({"dep_delay": 16}, {"dep_delay": 16}),
    {"dep_delay": -20},  # as early as others are late
    *({"dep_delay": 40} | NEVER_ARRIVED for _ in range(2)),
    *({"dep_delay": 5} | NEVER_ARRIVED for _ in range(5)),
    *({"arr_delay": 90} for _ in range(4)),  # left on time, arrived late
    *({"dep_delay": 33, "arr_delay": -3} for _ in range(2)),  # and the other way round
    {"dep_time": 0, "dep_delay": 1},  # at midnight: 0 is not missing
    *(CANCELLED | {"tailnum": "N102UW"} for _ in range(3)),
    *(OCTOBER | {"dep_delay": delay} for delay in (0, 0, 0, 200, 300)),
    *(OCTOBER | CANCELLED | {"year": 2014} for _ in range(2)),
    *({"origin": "PHL", "dep_delay": delay} for delay in (-1, 60, 61)),
    *({"origin": "CLT", "dest": "ORD", "dep_delay": delay} for delay in (0, 90)),
    *({"origin": "CLT", "dest": "ORD"} | CANCELLED for _ in range(6)),
    *({"dest": "LEX", "dep_delay": delay} for delay in (-4, 0, 7)),
    *({"dest": "LGA"} | CANCELLED for _ in range(2)),
]
Kinds = dict[str, Callable[[Any], bool]]
KINDS: Kinds = {
    "on_time": lambda row: row.dep_delay is not None and row.dep_delay < LATE,
    "late": lambda row: row.dep_delay is not None and row.dep_delay >= LATE,
    "cancelled": lambda row: row.dep_time is None,
}
# What else people count, in the words of a card.
SLIPS: dict[str, Kinds] = {
    "on_time": {
        "the number of those that were not late, the cancelled ones included": lambda row: (
            row.dep_delay is None or row.dep_delay < LATE
        ),
        "the number of those that left at most 15 minutes late: exactly 15 is late": lambda row: (
            row.dep_delay is not None and row.dep_delay <= LATE
        ),
        "the number without those that left early, which are on time, too": lambda row: (
            row.dep_delay is not None and 0 <= row.dep_delay < LATE
        ),
        "the number of those that arrived less than 15 minutes late": lambda row: (
            row.arr_delay is not None and row.arr_delay < LATE
        ),
    },
    "late": {
        "the number of those that left more than 15 minutes late: exactly 15 is late": lambda row: (
            row.dep_delay is not None and row.dep_delay > LATE
        ),
        "the number of those that arrived 15 minutes late or more": lambda row: (
            row.arr_delay is not None and row.arr_delay >= LATE
        ),
    },
    "cancelled": {
        "the number of those that never arrived, and some of them left": lambda row: (
            row.arr_time is None
        ),
        "the number of those without a `tailnum`, and some of them left": lambda row: (
            row.tailnum is None
        ),
        "the number of those with a `dep_time`": lambda row: row.dep_time is not None,
    },
}


def check_outcomes(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "outcomes")
    db = gaps(sandbox)
    add_flights(db, HOSTILE)
    flights = rows_by_place(db)
    answers: dict[str, dict[str, Any]] = {}
    with record_sql(db) as sent:
        for dest in PLACES:
            with db.sessions() as session:
                answers[dest] = sandbox.call(answer, session, dest)
            expect_three(answers[dest])
    for key in KEYS:
        expect_numbers(key, {dest: answers[dest][key] for dest in PLACES}, flights, sent)
    return "That is it. The three add up to all flights, so none is lost in between."


def rows_by_place(db: Database) -> dict[str, list[Any]]:
    """The flights to each place of the check; every kind is counted from them in Python."""
    columns = (
        Flight.dest,
        Flight.dep_time,
        Flight.dep_delay,
        Flight.arr_time,
        Flight.arr_delay,
        Flight.tailnum,
    )
    with db.engine.connect() as connection:
        rows = connection.execute(select(*columns).where(Flight.dest.in_(PLACES))).all()
    return {dest: [row for row in rows if row.dest == dest] for dest in PLACES}


def expect_three(found: Any) -> None:
    """Expect a dict with the three keys."""
    expect(
        found is not None,
        "Your function returns None. `print` shows a value to people; `return` hands it over.",
    )
    expect(
        isinstance(found, dict),
        f"This asks for a dict; your function returns a {type(found).__name__}.",
    )
    expect(
        set(found) == set(KEYS),
        f"The keys are {', '.join(map(str, found)) or 'none'}; expected are {', '.join(KEYS)}.",
    )


def expect_numbers(
    key: str, found: dict[str, Any], flights: dict[str, list[Any]], sent: Sequence[str]
) -> None:
    """Expect the numbers of this kind; name a slip when one alone gives all that were found."""
    got = [number(found[dest]) for dest in PLACES]
    slips = {
        words: [sum(map(slip, flights[dest])) for dest in PLACES]
        for words, slip in SLIPS[key].items()
    }
    for dest, one in zip(PLACES, got, strict=True):
        wanted = sum(map(KINDS[key], flights[dest]))
        expect(
            one == wanted,
            f"For {dest}, {key} is {found[dest] if one is None else one!r}; the check's own data "
            f"say {wanted}, of {len(flights[dest])} flights."
            + that_is(got, slips)
            + (why_wrong(one, sent) if wanted else "")
            + why_none(found[dest], sent),
        )


def why_wrong(found: int | None, sent: Sequence[str]) -> str:
    """What the statements show: that nothing was asked, or that a condition was no comparison."""
    if not any(map(is_select, sent)):
        return (
            " Your function has asked its `session` nothing. The session leads to data of the "
            "check's own; `how_many` and `db` ask the chapter's database."
        )
    if found == 0 and any(re.search(r"\bfalse\b|\b0 = 1|WHEN :\w+ THEN", each) for each in sent):
        return (
            " One of your conditions has reached the database as a plain value, without a column: "
            "`column is None` is Python's own question about the column object, and it is False. "
            "Ask SQL with `is_(None)`."
        )
    return ""


def why_none(found: Any, sent: Sequence[str]) -> str:
    """What the statements show when there is no number: a sum met no row."""
    if found is None and any("sum(" in each.lower() for each in sent):
        return " A `sum` that finds nothing to add up is NULL in SQL; a count is 0."
    return ""


def solution_outcomes() -> Any:
    def outcomes(session, dest):
        counted = select(
            func.count(case((Flight.dep_delay < 15, 1))).label("on_time"),
            func.count(case((Flight.dep_delay >= 15, 1))).label("late"),
            func.count(case((Flight.dep_time.is_(None), 1))).label("cancelled"),
        )
        row = session.execute(counted.where(Flight.dest == dest)).one()
        return dict(row._mapping)

    return outcomes


EXERCISE = Exercise(
    id="6.1",
    title="Every flight counted",
    check=check_outcomes,
    hints=(
        "Three counts, each with its own condition: two on `dep_delay`, one with `is_(None)`.",
        "`func.count` leaves out what is missing, and `case((condition, 1))` without an `else_` "
        "gives NULL where the condition does not hold.",
        "One select can hold all three: `func.count(case((Flight.dep_delay >= 15, 1)))` "
        'with `.label("late")`, and so on. `dict(row._mapping)` makes a dict of a row.',
    ),
    solution=solution_outcomes,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=("One query or several, as you like.",),
)
