"""Exercise 6.4: wrong answers, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from sqlalchemy import String, cast, select, text
from sqlalchemy.orm import joinedload, selectinload

from lib.models import Airline, Airport, Flight, Plane
from lib.workbook.course.exercise import Word, Wrong

ORDER = (Flight.time_hour, Flight.carrier, Flight.flight)
LOADED = (Flight.airline, Flight.plane, Flight.dest_airport)


def in_order(question: Any, origin: str, day: int) -> Any:
    """The flights of the board, as `slow_board` picks and orders them."""
    return question.where(Flight.origin == origin, Flight.day == day).order_by(*ORDER)


def line_of(flight: Any) -> tuple[Any, ...]:
    """A line of the board, as `slow_board` writes it."""
    maker = flight.plane.manufacturer if flight.plane else None
    return flight.flight, flight.airline.name, maker, flight.dest_airport.name


def variant(
    *where: Any,
    order: Any = ORDER,
    options: Any = tuple(map(joinedload, LOADED)),
    line: Any = line_of,
    put: Any = list,
    place: Any = Flight.origin,
    day_of: Any = Flight.day,
) -> Any:
    """The solution, with one thing done otherwise."""

    def board(session, origin, day):
        here = select(Flight).where(place == origin, day_of == day, *where).order_by(*order)
        return put(line(flight) for flight in session.scalars(here.options(*options)))

    return board


def board_still_lazy() -> Any:
    return variant(options=())


def board_only_the_airline() -> Any:
    return variant(options=(selectinload(Flight.airline),))


def board_inner_join() -> Any:
    return variant(
        options=(joinedload(Flight.plane, innerjoin=True), *map(joinedload, LOADED[::2]))
    )


def board_one_plane_at_a_time() -> Any:
    def board(session, origin, day):
        found = []
        here = select(Flight.flight, Airline.name, Flight.tailnum, Airport.name)
        here = here.join(Flight.airline).join(Flight.dest_airport)
        for number, name, tailnum, to in session.execute(in_order(here, origin, day)).all():
            maker = text("select manufacturer from planes where tailnum = :tailnum")
            found.append((number, name, session.scalar(maker, {"tailnum": tailnum}), to))
        return found

    return board


def board_without_doubles() -> Any:
    def board(session, origin, day):
        here = select(Flight.flight, Airline.name, Plane.manufacturer, Airport.name)
        here = here.join(Flight.airline).outerjoin(Flight.plane).join(Flight.dest_airport)
        return session.execute(in_order(here, origin, day)).unique().all()

    return board


def board_by_names() -> Any:
    def board(session, origin, day):
        makers = dict(session.execute(select(Plane.tailnum, Plane.manufacturer)).all())
        here = select(Flight.flight, Airline.name, Flight.tailnum, Airport.name)
        here = here.join(Flight.airline).join(Flight.dest_airport)
        rows = session.execute(in_order(here, origin, day))
        return [(row[0], row[1], makers.get(row[2]) or None, row[3]) for row in rows]

    return board


def _line(position: int, value: Any) -> Any:
    """A line with another value at one position."""

    def line(flight: Any) -> tuple[Any, ...]:
        values = list(line_of(flight))
        values[position] = value(flight)
        return tuple(values)

    return line


WRONG = (
    Wrong(
        board_still_lazy,
        "must be loaded in advance",
        "sees no query in the loop, as an attribute hides it",
    ),
    Wrong(
        board_only_the_airline,
        "must be loaded in advance",
        "loads one relationship in advance and thinks that the others follow",
    ),
    Wrong(
        board_one_plane_at_a_time,
        "What you need of planes must be loaded in advance",
        "asks for each plane by itself, in SQL of its own",
    ),
    Wrong(
        board_inner_join,
        "an inner join drops them",
        "forgets that a flight may have no plane",
    ),
    Wrong(
        lambda: variant(order=(Flight.flight,)),
        "not in the order of `slow_board`",
        "takes the order of the rows for given",
    ),
    Wrong(
        lambda: variant(order=(Flight.time_hour, cast(Flight.flight, String(5)))),
        "not in the order of `slow_board`",
        "orders numbers as if they were texts",
    ),
    Wrong(
        board_without_doubles,
        "the number of different lines",
        "takes equal lines for the same flight",
    ),
    Wrong(
        lambda: variant(Flight.dep_time.is_not(None)),
        "the number of those that left",
        "leaves out what was planned and cancelled",
    ),
    Wrong(
        lambda: variant(Flight.month == 1),
        "the number of those in January",
        "adds a condition that `slow_board` has not",
    ),
    Wrong(
        board_by_names,
        "where `slow_board` gives",
        "takes an empty text for a missing one",
    ),
    Wrong(
        lambda: variant(line=_line(3, lambda flight: flight.dest)),
        "where `slow_board` gives",
        "gives the code in place of the name",
    ),
    Wrong(
        lambda: variant(line=lambda flight: list(line_of(flight))),
        "a list of tuples",
        "takes one kind of sequence for the other",
    ),
    Wrong(
        lambda: variant(put=iter),
        "This asks for a list",
        "hands over what can be read only once",
    ),
)
WORDS = (
    Word(
        "`slow_board` lists the departures of one airport",
        "EWR, LGA and PHL; others arrive there",
        lambda: variant(place=Flight.dest),
    ),
    Word(
        "on one day",
        "the days 3, 2 and 5",
        lambda: variant(day_of=3),
    ),
    Word(
        "on one day",
        "three flights on day 3 of October",
        lambda: variant(Flight.month == 1),
    ),
    Word(
        "flight number, airline's name",
        "MQ, whose name is not the chapter's",
        lambda: variant(line=_line(1, lambda flight: flight.carrier)),
    ),
    Word(
        "plane's manufacturer",
        "a plane whose manufacturer is an empty text",
        board_by_names,
    ),
    Word(
        "`None` when no plane is known",
        "the flights without a `tailnum`",
        board_inner_join,
    ),
    Word(
        "destination's name",
        "BQN, which has no name",
        lambda: variant(line=_line(3, lambda flight: flight.dest_airport.name or flight.dest)),
    ),
    Word(
        "`board(session, origin, day)`",
        "four calls, one of them for an airport and a day without flights",
        lambda: (lambda session, origin, day: variant()(session, "EWR", 3)),
    ),
    Word(
        "the same list of tuples",
        "two flights whose lines are equal",
        board_without_doubles,
    ),
    Word(
        "the same list of tuples",
        "each line",
        lambda: variant(line=lambda flight: list(line_of(flight))),
    ),
    Word(
        "in the same order",
        "flights 100, 99 of UA, 1 of MQ and 2 of B6 in one hour",
        lambda: variant(order=(Flight.time_hour, Flight.flight)),
    ),
    Word(
        "in the same order",
        "the airlines' names have another order than their codes",
        lambda: variant(
            Flight.carrier == Airline.carrier, order=(ORDER[0], Airline.name, ORDER[2])
        ),
    ),
    Word(
        "with at most 4 SELECTs, however many flights there are",
        "EWR on day 3, with more than three hundred flights",
        board_still_lazy,
    ),
    Word(
        "with at most 4 SELECTs, however many flights there are",
        "SELECTs are counted in small letters, too",
        board_one_plane_at_a_time,
    ),
)
