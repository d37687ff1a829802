"""Exercise 6.4: the departure board."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import raiseload, selectinload

from lib.database import Database
from lib.models import Airline, Airport, Flight, Plane
from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, expect, expect_function
from lib.workbook.exercises.ch06.ex6_4_departure_board_answers import WORDS, WRONG
from lib.workbook.exercises.ch06.ex6_4_departure_board_right import ALSO_RIGHT
from lib.workbook.exercises.ch06.looking import (
    CANCELLED,
    add_flights,
    gaps,
    is_select,
    same,
    that_is,
)

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


@dataclass
class Board:
    """One call: what was found, the flights in order, what is right, and the SELECTs."""

    origin: str
    day: int
    found: list[Any]
    flights: list[Any]
    wanted: list[tuple[Any, ...]]
    selects: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"For {self.origin} on day {self.day}"


def check_board(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "board")
    db = gaps(sandbox)
    db.execute(["UPDATE airlines SET name = 'Envoy Eagle' WHERE carrier = 'MQ'"])
    db.execute([insert(Plane).values([plane | {"inferred": False} for plane in PLANES])])
    add_flights(db, HOSTILE)
    boards = []
    for origin, day in PLACES:
        with db.sessions() as session:
            found, sent = sandbox.statements(answer, session, origin, day)
        expect_list(found, f"For {origin} on day {day}")
        boards.append(Board(origin, day, found, *lines(db, origin, day)))
        boards[-1].selects += filter(is_select, sent)
    expect_numbers_of_lines(boards)
    for board in boards:
        expect_lines(board)
        expect_few(board)
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


def expect_numbers_of_lines(boards: list[Board]) -> None:
    """Expect a line for each flight; name a slip when one alone gives all that were found."""
    slips: dict[str, Callable[[Board], int]] = {
        "the number of those with a plane; some flights have none, and an inner join drops them": (
            lambda board: sum(row.tailnum is not None for row in board.flights)
        ),
        "the number of those that left": (
            lambda board: sum(row.dep_time is not None for row in board.flights)
        ),
        "the number of those in January": (
            lambda board: sum(row.month == 1 for row in board.flights)
        ),
        "the number of different lines": lambda board: len(set(board.wanted)),
    }
    found = [len(board.found) for board in boards]
    all_of = {words: list(map(slip, boards)) for words, slip in slips.items()}
    for board in boards:
        expect(
            len(board.found) == len(board.wanted),
            f"{board} the list has {len(board.found)} lines; `slow_board` gives "
            f"{len(board.wanted)}.{that_is(found, all_of)}",
        )


def expect_lines(board: Board) -> None:
    """Expect the lines of `slow_board`, in its order."""
    found = [tuple(line) for line in board.found]
    texts, right_texts = list(map(repr, found)), list(map(repr, board.wanted))
    if texts != right_texts and sorted(texts) == sorted(right_texts):
        raise NotYet(
            f"{board} the lines are right, and not in the order of `slow_board`: by time_hour, "
            "carrier, flight."
        )
    for number, (line, right) in enumerate(zip(found, board.wanted, strict=True), start=1):
        expect(
            same(line, right),
            f"{board}, {line!r} stands in line {number}, where `slow_board` gives {right!r}.",
        )


def expect_few(board: Board) -> None:
    """Expect few SELECTs; tell from which tables they read."""
    froms = [re.search(r"\bfrom\s+[`\"]?(\w+)", each, re.I) for each in board.selects]
    tables = Counter(found[1] for found in froms if found)
    read = ", ".join(f"{table} {count}" for table, count in sorted(tables.items()))
    loops = " and ".join(table for table, count in sorted(tables.items()) if count > MOST)
    expect(
        len(board.selects) <= MOST,
        f"{board} the list is right, and it took {len(board.selects)} SELECTs for "
        f"{len(board.wanted)} flights; at most {MOST} are allowed. They read from: {read}."
        + (f" What you need of {loops} must be loaded in advance." if loops else ""),
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
