"""Answers to exercise 10.1, right ones and wrong ones."""

# They stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

from sqlalchemy import String, cast, delete, func, insert, literal, select, update

from lib.models import Flight
from lib.workbook.exercises.ch10.looking import by_dest


def solution_refresh() -> Any:
    def refresh(db, month):
        columns = literal(month), Flight.dest, func.count()
        mine = Flight.month == int(month[-2:])
        flights = select(*columns).where(mine).group_by(Flight.dest)
        with db.engine.begin() as connection:
            connection.execute(delete(by_dest).where(by_dest.c.month == month))
            connection.execute(insert(by_dest).from_select(by_dest.c.keys(), flights))

    return refresh


def refresh_by_execute() -> Any:
    def refresh(db, month):
        columns = literal(month), Flight.dest, func.count()
        mine = Flight.month == int(month[-2:])
        flights = select(*columns).where(mine).group_by(Flight.dest)
        old = delete(by_dest).where(by_dest.c.month == month)
        db.execute([old, insert(by_dest).from_select(["month", "dest", "flights"], flights)])

    return refresh


def refresh_in_python() -> Any:
    def refresh(db, month):
        with db.session_scope() as session:
            flights = session.scalars(select(Flight.dest).filter_by(month=int(month[-2:])))
            counts = {}
            for dest in flights:
                counts[dest] = counts.get(dest, 0) + 1
            rows = [{"month": month, "dest": d, "flights": n} for d, n in counts.items()]
            session.execute(delete(by_dest).where(by_dest.c.month == month))
            session.execute(insert(by_dest), rows)

    return refresh


def _flights(month):
    columns = literal(month), Flight.dest, func.count()
    return select(*columns).where(Flight.month == int(month[-2:])).group_by(Flight.dest)


def refresh_appends() -> Any:
    def refresh(db, month):
        db.execute([insert(by_dest).from_select(by_dest.c.keys(), _flights(month))])

    return refresh


def refresh_of_all_flights() -> Any:
    def refresh(db, month):
        flights = select(literal(month), Flight.dest, func.count()).group_by(Flight.dest)
        old = delete(by_dest).where(by_dest.c.month == month)
        db.execute([old, insert(by_dest).from_select(by_dest.c.keys(), flights)])

    return refresh


def refresh_of_january() -> Any:
    def refresh(db, month):
        old = delete(by_dest).where(by_dest.c.month == "2013-01")
        db.execute([old, insert(by_dest).from_select(by_dest.c.keys(), _flights("2013-01"))])

    return refresh


def refresh_of_a_text() -> Any:
    def refresh(db, month):
        columns = literal(month), Flight.dest, func.count()
        mine = (
            cast(Flight.month, String(7)) == month
        )  # what MySQL makes of the two by itself varies
        flights = select(*columns).where(mine).group_by(Flight.dest)
        old = delete(by_dest).where(by_dest.c.month == month)
        db.execute([old, insert(by_dest).from_select(by_dest.c.keys(), flights)])

    return refresh


def refresh_without_commit() -> Any:
    def refresh(db, month):
        with db.engine.connect() as connection:
            connection.execute(delete(by_dest).where(by_dest.c.month == month))
            connection.execute(insert(by_dest).from_select(by_dest.c.keys(), _flights(month)))

    return refresh


def refresh_empties_the_table() -> Any:
    def refresh(db, month):
        db.execute(
            [delete(by_dest), insert(by_dest).from_select(by_dest.c.keys(), _flights(month))]
        )

    return refresh


def refresh_in_two_transactions() -> Any:
    def refresh(db, month):
        db.execute([delete(by_dest).where(by_dest.c.month == month)])
        db.execute([insert(by_dest).from_select(by_dest.c.keys(), _flights(month))])

    return refresh


def refresh_skips() -> Any:
    def refresh(db, month):
        with db.engine.begin() as connection:
            mine = select(func.count()).where(by_dest.c.month == month)
            if not connection.scalar(mine):
                connection.execute(insert(by_dest).from_select(by_dest.c.keys(), _flights(month)))

    return refresh


def refresh_merges() -> Any:
    def refresh(db, month):
        with db.engine.begin() as connection:
            for _, dest, count in connection.execute(_flights(month)).all():
                mine = (by_dest.c.month == month) & (by_dest.c.dest == dest)
                if not connection.scalar(select(func.count()).where(mine)):
                    row = {"month": month, "dest": dest, "flights": count}
                    connection.execute(insert(by_dest).values(row))
                connection.execute(update(by_dest).where(mine).values(flights=count))

    return refresh
