"""Exercise 6.4: other right answers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections import namedtuple
from itertools import starmap
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, subqueryload

from lib.models import Airline, Airport, Flight, Plane
from lib.workbook.exercises.ch06.ex6_4_departure_board_answers import in_order, line_of


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


def board_by_subqueries() -> Any:
    def board(session, origin, day):
        here = in_order(select(Flight), origin, day).options(
            subqueryload(Flight.airline), subqueryload(Flight.plane).load_only(Plane.manufacturer)
        )
        here = here.options(joinedload(Flight.dest_airport, innerjoin=True))
        return [line_of(flight) for flight in session.scalars(here).all()]

    return board


def board_containing_what_is_joined() -> Any:
    def board(session, origin, day):
        here = in_order(session.query(Flight), origin, day)
        here = here.join(Flight.airline).outerjoin(Flight.plane).join(Flight.dest_airport)
        loaded = (Flight.airline, Flight.plane, Flight.dest_airport)
        return list(map(line_of, here.options(*map(contains_eager, loaded)).all()))

    return board


def board_in_sql() -> Any:
    def board(session, origin, day):
        question = text(
            "select f.flight, a.name, p.manufacturer, d.name from flights f "
            "join airlines a on a.carrier = f.carrier left join planes p on p.tailnum = f.tailnum "
            "join airports d on d.faa = f.dest where f.origin = :origin and f.day = :day "
            "order by f.time_hour, f.carrier, f.flight"
        )
        rows = session.execute(question, {"origin": origin, "day": day})
        return [tuple(row) for row in rows]

    return board


def board_of_named_tuples() -> Any:
    line = namedtuple("line", "flight airline maker to")

    def board(session, origin, day):
        to = aliased(Airport)
        here = select(Flight.flight, Airline.name, Plane.manufacturer, to.name)
        here = here.select_from(Flight).join(Airline).outerjoin(Plane)
        here = in_order(here.join(to, to.faa == Flight.dest), origin, day)
        with session.begin():
            return list(starmap(line, session.execute(here)))

    return board


def board_on_a_connection_of_its_own() -> Any:
    def board(session, origin, day):
        to = select(Airport.name).where(Airport.faa == Flight.dest).scalar_subquery()
        maker = select(Plane.manufacturer).where(Plane.tailnum == Flight.tailnum)
        name = select(func.min(Airline.name)).where(Airline.carrier == Flight.carrier)
        columns = (Flight.flight, name.scalar_subquery(), maker.scalar_subquery(), to)
        with session.get_bind().connect() as connection:
            rows = connection.execute(in_order(select(*columns), origin, day)).all()
            connection.commit()
        return rows

    return board


def board_filled_from_the_identity_map() -> Any:
    def board(session, origin, day):
        keep = [session.scalars(select(each)).all() for each in (Airline, Airport, Plane)]
        flights = session.scalars(in_order(select(Flight), origin, day)).all()
        found = [line_of(flight) for flight in flights]
        del keep
        return found

    return board


def board_in_another_session() -> Any:
    def board(session, origin, day):
        with Session(session.connection()) as mine:
            loaded = [Flight.airline, Flight.plane, Flight.dest_airport]
            here = in_order(select(Flight), origin, day).options(*map(joinedload, loaded))
            return [line_of(flight) for flight in mine.scalars(here)]

    return board


ALSO_RIGHT = (
    board_in_one_select,
    board_joined,
    board_by_dicts,
    board_by_subqueries,
    board_containing_what_is_joined,
    board_in_sql,
    board_of_named_tuples,
    board_on_a_connection_of_its_own,
    board_filled_from_the_identity_map,
    board_in_another_session,
)
