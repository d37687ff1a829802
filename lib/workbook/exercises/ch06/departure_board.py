"""Exercise 6.4: the departure board."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import joinedload, raiseload, selectinload

from lib.database import Database
from lib.models import Airline, Airport, Flight, Plane
from lib.workbook.course.exercise import Bench, Exercise, NotYet, Wrong, expect, expect_function
from lib.workbook.exercises.ch06.looking import gaps

MOST = 4  # SELECTs: the flights, and one for each of three relationships


def check_board(answer: Any, bench: Bench) -> str:
    expect_function(answer, "board")
    db = gaps(bench)
    db.execute(["UPDATE airlines SET name = 'Envoy Eagle' WHERE carrier = 'MQ'"])
    for origin, day in (("EWR", 3), ("LGA", 2)):
        wanted = lines(db, origin, day)
        with db.sessions() as session:
            found, sent = bench.statements(_or_stopped(answer), session, origin, day)
        if isinstance(found, InvalidRequestError):
            what = str(found).split("'")[1]
            raise NotYet(
                f"Your own guard, `raiseload`, stops the loop at {what}: it is read, and was not "
                "loaded in advance."
            )
        expect_lines(found, wanted, f"{origin} on day {day}")
        selects = sum(statement.lstrip().startswith(("SELECT", "WITH")) for statement in sent)
        expect(
            selects <= MOST,
            f"The list is right, and it took {selects} SELECTs for {len(wanted)} flights; at most "
            f"{MOST} are allowed. A relationship that you read in the loop is still lazy: each of "
            "airline, plane and dest_airport must be loaded in advance.",
        )
    return "That is it. The number of SELECTs no longer depends on the number of flights."


def _or_stopped(answer: Any) -> Any:
    """The learner's function; what `raiseload` raises in it is returned, as a value."""

    def call(*args: Any) -> Any:
        try:
            return answer(*args)
        except InvalidRequestError as error:
            if "lazy='raise'" not in str(error):
                raise
            return error

    return call


def lines(db: Database, origin: str, day: int) -> list[tuple[Any, ...]]:
    """The board, put together in Python from the four tables."""
    with db.engine.connect() as connection:
        airlines = dict(connection.execute(select(Airline.carrier, Airline.name)).all())
        makers = dict(connection.execute(select(Plane.tailnum, Plane.manufacturer)).all())
        airports = dict(connection.execute(select(Airport.faa, Airport.name)).all())
        here = select(Flight.flight, Flight.carrier, Flight.tailnum, Flight.dest)
        here = here.where(Flight.origin == origin, Flight.day == day)
        in_order = here.order_by(Flight.time_hour, Flight.carrier, Flight.flight)
        flights = connection.execute(in_order).all()
    return [
        (row.flight, airlines[row.carrier], makers.get(row.tailnum or ""), airports[row.dest])
        for row in flights
    ]


def expect_lines(found: Any, wanted: list[tuple[Any, ...]], where: str) -> None:
    expect(found is not None, "Your function returns None. It should return the list.")
    expect(
        isinstance(found, list),
        f"This asks for a list; your function returns a {type(found).__name__}.",
    )
    without_plane = sum(line[2] is None for line in wanted)
    expect(
        len(found) == len(wanted) or len(found) < len(wanted) - without_plane,
        f"For {where} the list has {len(found)} lines, and there are {len(wanted)} flights. Some "
        "have no plane: an inner join to the planes drops them.",
    )
    expect(
        len(found) == len(wanted),
        f"For {where} the list has {len(found)} lines; there are {len(wanted)} flights.",
    )
    mine = [tuple(line) for line in found]
    if mine != wanted and sorted(map(str, mine)) == sorted(map(str, wanted)):
        raise NotYet(
            f"For {where} the lines are right, and not in the order of `slow_board`: by "
            "time_hour, carrier, flight."
        )
    for line, right in zip(mine, wanted, strict=True):
        expect(
            line == right,
            f"For {where}, {line!r} stands where {right!r} is expected.",
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


def board_in_one_select() -> Any:
    def board(session, origin, day):
        here = (
            select(Flight.flight, Airline.name, Plane.manufacturer, Airport.name)
            .join(Flight.airline)
            .outerjoin(Flight.plane)
            .join(Flight.dest_airport)
            .where(Flight.origin == origin, Flight.day == day)
            .order_by(Flight.time_hour, Flight.carrier, Flight.flight)
        )
        return session.execute(here).all()

    return board


def board_joined() -> Any:
    def board(session, origin, day):
        here = select(Flight).where(Flight.origin == origin, Flight.day == day)
        here = here.order_by(Flight.time_hour, Flight.carrier, Flight.flight).options(
            joinedload(Flight.airline), joinedload(Flight.plane), joinedload(Flight.dest_airport)
        )
        return [
            (
                flight.flight,
                flight.airline.name,
                flight.plane.manufacturer if flight.plane else None,
                flight.dest_airport.name,
            )
            for flight in session.scalars(here)
        ]

    return board


def board_by_dicts() -> Any:
    def board(session, origin, day):
        airlines = {each.carrier: each.name for each in session.scalars(select(Airline))}
        airports = {each.faa: each.name for each in session.scalars(select(Airport))}
        makers = dict(session.execute(select(Plane.tailnum, Plane.manufacturer)).all())
        here = select(Flight).where(Flight.origin == origin, Flight.day == day)
        here = here.order_by(Flight.time_hour, Flight.carrier, Flight.flight)
        return [
            (one.flight, airlines[one.carrier], makers.get(one.tailnum), airports[one.dest])
            for one in session.scalars(here)
        ]

    return board


def _board(*options: Any) -> Any:
    def board(session, origin, day):
        here = select(Flight).where(Flight.origin == origin, Flight.day == day)
        here = here.order_by(Flight.time_hour, Flight.carrier, Flight.flight).options(*options)
        lines = []
        for flight in session.scalars(here):
            maker = flight.plane.manufacturer if flight.plane else None
            lines.append((flight.flight, flight.airline.name, maker, flight.dest_airport.name))
        return lines

    return board


def board_still_lazy() -> Any:
    return _board()


def board_only_the_airline() -> Any:
    return _board(selectinload(Flight.airline))


def board_guard_without_load() -> Any:
    return _board(selectinload(Flight.airline), selectinload(Flight.plane), raiseload("*"))


def board_inner_join() -> Any:
    def board(session, origin, day):
        here = select(Flight.flight, Airline.name, Plane.manufacturer, Airport.name)
        here = here.join(Flight.airline).join(Flight.plane).join(Flight.dest_airport)
        here = here.where(Flight.origin == origin, Flight.day == day)
        in_order = here.order_by(Flight.time_hour, Flight.carrier, Flight.flight)
        return [tuple(row) for row in session.execute(in_order)]

    return board


def board_without_order() -> Any:
    def board(session, origin, day):
        here = select(Flight.flight, Airline.name, Plane.manufacturer, Airport.name)
        here = here.join(Flight.airline).outerjoin(Flight.plane).join(Flight.dest_airport)
        here = here.where(Flight.origin == origin, Flight.day == day).order_by(Flight.flight)
        return [tuple(row) for row in session.execute(here)]

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
    also_right=(board_in_one_select, board_joined, board_by_dicts),
    wrong=(
        Wrong(
            board_still_lazy,
            "is still lazy",
            "sees no query in the loop, as an attribute hides it",
        ),
        Wrong(
            board_only_the_airline,
            "each of airline, plane and dest_airport",
            "loads one relationship in advance and thinks that the others follow",
        ),
        Wrong(
            board_guard_without_load,
            "was not loaded in advance",
            "sets the guard, and reads what it forbids",
        ),
        Wrong(
            board_inner_join,
            "an inner join to the planes drops them",
            "forgets that a flight may have no plane",
        ),
        Wrong(
            board_without_order,
            "not in the order of `slow_board`",
            "takes the order of the rows for given",
        ),
    ),
)
