"""Exercise 6.4: the departure board."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import raiseload, selectinload

from lib.database import Database
from lib.models import Airline, Airport, Flight, Plane
from lib.workbook.exercise import Bench, Exercise, NotYet, expect, expect_function
from lib.workbook.exercises.ch06.ex6_4_departure_board_answers import WORDS, WRONG
from lib.workbook.exercises.ch06.ex6_4_departure_board_right import ALSO_RIGHT
from lib.workbook.exercises.ch06.looking import CANCELLED, add_flights, gaps, is_select, that_is

MOST = 4  # SELECTs: the flights, and one for each of three relationships
# What the check asks for; nothing leaves PHL on day 5.
PLACES = (("EWR", 3), ("LGA", 2), ("PHL", 3), ("PHL", 5))
NOON, EVENING = {"time_hour": datetime(2013, 1, 3, 17)}, {"time_hour": datetime(2013, 1, 3, 23)}
OCTOBER = {"month": 10, "time_hour": datetime(2013, 10, 3, 16)}
PLANES: list[dict[str, Any]] = [
    {"tailnum": "N0BODY", "manufacturer": None},
    {"tailnum": "N0NAME", "manufacturer": ""},
    {"tailnum": "N0TWIN", "manufacturer": "BOEING"},
]
HOSTILE: list[dict[str, Any]] = [
    # In one hour, with numbers whose order as texts, or by the airlines' names, is another.
    *({"day": 3, "flight": flight} | NOON for flight in (100, 99)),
    {"day": 3, "flight": 1, "carrier": "MQ", "tailnum": "N0NAME"} | NOON,
    {"day": 3, "flight": 2, "carrier": "B6", "tailnum": "N0BODY"} | NOON,
    # One line twice, as a shuttle has it; and once more, cancelled.
    *({"day": 3, "flight": 7, "tailnum": "N0TWIN"} | when for when in (NOON, EVENING)),
    {"day": 3, "flight": 7, "tailnum": "N0TWIN"} | CANCELLED,
    {"day": 3, "flight": 8, "dest": "BQN"},  # a destination without a name
    # The same day in October belongs to the list of `slow_board`, too.
    *({"day": 3} | OCTOBER for _ in range(3)),
    *({"origin": "PHL", "day": 3, "dest": dest} for dest in ("ORD", "CLT", "CLT")),
]


def check_board(answer: Any, bench: Bench) -> str:
    expect_function(answer, "board")
    db = gaps(bench)
    db.execute(["UPDATE airlines SET name = 'Envoy Eagle' WHERE carrier = 'MQ'"])
    db.execute([insert(Plane).values([plane | {"inferred": False} for plane in PLANES])])
    add_flights(db, HOSTILE)
    for origin, day in PLACES:
        flights, wanted = lines(db, origin, day)
        with db.sessions() as session:
            found, sent = bench.statements(answer, session, origin, day)
        where = f"For {origin} on day {day}"
        expect_list(found, where)
        expect_number_of_lines(found, flights, wanted, where)
        expect_lines([tuple(line) for line in found], wanted, where)
        expect_few([each for each in sent if is_select(each)], len(wanted), where)
    return "That is it. The number of SELECTs no longer depends on the number of flights."


def lines(db: Database, origin: str, day: int) -> tuple[list[Any], list[tuple[Any, ...]]]:
    """The flights in order, and the board, put together in Python from the four tables."""
    with db.engine.connect() as connection:
        airlines = dict(connection.execute(select(Airline.carrier, Airline.name)).all())
        makers = dict(connection.execute(select(Plane.tailnum, Plane.manufacturer)).all())
        airports = dict(connection.execute(select(Airport.faa, Airport.name)).all())
        here = select(Flight.__table__).where(Flight.origin == origin, Flight.day == day)
        in_order = here.order_by(Flight.time_hour, Flight.carrier, Flight.flight)
        flights = list(connection.execute(in_order))
    return flights, [
        (row.flight, airlines[row.carrier], makers.get(row.tailnum or ""), airports[row.dest])
        for row in flights
    ]


def expect_list(found: Any, where: str) -> None:
    """Expect a list of tuples, or of the rows of a result, which are tuples with names."""
    expect(found is not None, "Your function returns None. It should return the list.")
    expect(
        isinstance(found, list),
        f"This asks for a list; your function returns a {type(found).__name__}.",
    )
    other = [type(line).__name__ for line in found if not isinstance(line, (tuple, Row))]
    expect(
        not other,
        f"{where} your list holds a {''.join(other[:1])}. `slow_board` gives a list of tuples.",
    )


def expect_number_of_lines(
    found: list[Any], flights: list[Any], wanted: list[tuple[Any, ...]], where: str
) -> None:
    """Expect a line for each flight; name a slip when one alone gives as many lines."""
    slips = {
        "the number of those with a plane; some flights have none, and an inner join drops them": (
            [row.tailnum is not None for row in flights]
        ),
        "the number of those that left": [row.dep_time is not None for row in flights],
        "the number of those in January": [row.month == 1 for row in flights],
        "the number of different lines": [1] * len(set(wanted)),
        "the number of those whose destination has a name": [
            line[3] is not None for line in wanted
        ],
    }
    expect(
        len(found) == len(wanted),
        f"{where} the list has {len(found)} lines; `slow_board` gives {len(wanted)}."
        + that_is([len(found)], {words: [sum(each)] for words, each in slips.items()}),
    )


def expect_lines(found: list[tuple[Any, ...]], wanted: list[tuple[Any, ...]], where: str) -> None:
    same = [repr(line) for line in found] == [repr(line) for line in wanted]
    if not same and sorted(map(repr, found)) == sorted(map(repr, wanted)):
        raise NotYet(
            f"{where} the lines are right, and not in the order of `slow_board`: by time_hour, "
            "carrier, flight."
        )
    for number, (line, right) in enumerate(zip(found, wanted, strict=True), start=1):
        expect(
            repr(line) == repr(right) or line == right,
            f"{where}, {line!r} stands in line {number}, where `slow_board` gives {right!r}.",
        )


def expect_few(selects: Sequence[str], flights: int, where: str) -> None:
    tables = Counter(
        found[1] for each in selects if (found := re.search(r"\bfrom\s+[`\"]?(\w+)", each, re.I))
    )
    asked = ", ".join(f"{count} ask {table}" for table, count in sorted(tables.items()))
    expect(
        len(selects) <= MOST,
        f"{where} the list is right, and it took {len(selects)} SELECTs for {flights} flights; at "
        f"most {MOST} are allowed. Of these, {asked}. What is read in the loop must be loaded in "
        "advance.",
    )


def solution_board() -> Any:
    def board(session, origin, day):
        here = select(Flight).where(Flight.origin == origin, Flight.day == day)
        here = here.order_by(Flight.time_hour, Flight.carrier, Flight.flight).options(
            selectinload(Flight.airline),
            selectinload(Flight.plane),
            selectinload(Flight.dest_airport),
            raiseload("*"),
        )
        lines = []
        for flight in session.scalars(here):
            maker = flight.plane.manufacturer if flight.plane else None
            to = flight.dest_airport.name
            lines.append((flight.flight, flight.airline.name, maker, to))
        return lines

    return board


EXERCISE = Exercise(
    id="6.4",
    title="The departure board",
    check=check_board,
    hints=(
        "The loop can stay as it is. Tell the select which relationships it will read, with "
        "`.options(...)`.",
        "Three relationships are read: `Flight.airline`, `Flight.plane`, `Flight.dest_airport`. "
        "Each needs a `selectinload` or a `joinedload`.",
        '`raiseload("*")` as the last option shows you which one you have forgotten.',
    ),
    solution=solution_board,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=("It is right, and it sends a flood of SELECTs.",),
)
