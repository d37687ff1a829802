"""Answers to exercise 10.1, right ones and wrong ones."""

# They stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, delete, func, insert, literal, select, text, update
from sqlalchemy.exc import DBAPIError

from lib.models import Airport, Flight
from lib.workbook.exercises.ch10.looking import by_dest


def _flights(month):
    columns = literal(month), Flight.dest, func.count()
    return (
        select(*columns)
        .where(Flight.year == int(month[:4]), Flight.month == int(month[-2:]))
        .group_by(Flight.dest)
    )


# --- Right ----------------------------------------------------------------------------------


def refresh_by_execute() -> Any:
    def refresh(db, month):
        columns = literal(month), Flight.dest, func.count()
        mine = (Flight.year == int(month[:4])) & (Flight.month == int(month[-2:]))
        flights = select(*columns).where(mine).group_by(Flight.dest)
        old = delete(by_dest).where(by_dest.c.month == month)
        db.execute([old, insert(by_dest).from_select(["month", "dest", "flights"], flights)])

    return refresh


def refresh_in_python() -> Any:
    def refresh(db, month):
        with db.session_scope() as session:
            year, number = map(int, month.split("-"))
            flights = session.scalars(select(Flight.dest).filter_by(year=year, month=number))
            counts = {}
            for dest in flights:
                counts[dest] = counts.get(dest, 0) + 1
            rows = [{"month": month, "dest": d, "flights": n} for d, n in counts.items()]
            session.execute(delete(by_dest).where(by_dest.c.month == month))
            session.execute(insert(by_dest), rows)

    return refresh


def refresh_by_hours_in_utc() -> Any:
    def refresh(db, month):
        zone = {"2013-10": 4}.get(month, 5)  # hours from New York to UTC; 4 in summer
        first = datetime.strptime(month, "%Y-%m")
        after = (first + timedelta(days=31)).replace(day=1)
        ahead = timedelta(hours=zone)
        mine = Flight.time_hour >= first + ahead, Flight.time_hour < after + ahead
        counted = select(literal(month), Flight.dest, func.count(Flight.flight))
        with db.engine.begin() as connection:
            connection.execute(by_dest.delete().where(by_dest.c.month == month))
            rows = counted.where(*mine).group_by(Flight.dest)
            connection.execute(by_dest.insert().from_select(list(by_dest.c), rows))

    return refresh


def refresh_committed_by_hand() -> Any:
    def refresh(db, month):
        connection = db.engine.connect()
        try:
            connection.execute(delete(by_dest).where(by_dest.c.month == month))
            connection.execute(insert(by_dest).from_select(by_dest.c.keys(), _flights(month)))
            connection.commit()
        except Exception:
            connection.rollback()
            raise
        finally:
            connection.close()

    return refresh


def refresh_in_sql() -> Any:
    def refresh(db, month):
        given = {"month": month, "y": int(month[:4]), "m": int(month[5:])}
        with db.engine.begin() as connection:
            connection.execute(text("DELETE FROM by_dest WHERE month = :month"), given)
            counted = """
                INSERT INTO by_dest (month, dest, flights)
                SELECT :month, dest, COUNT(*) FROM flights
                WHERE year = :y AND month = :m GROUP BY dest
            """
            connection.execute(text(counted), given)

    return refresh


def refresh_row_by_row() -> Any:
    def refresh(db, month):
        with db.sessions() as session, session.begin():
            rows = session.execute(_flights(month)).all()
            session.execute(delete(by_dest).where(by_dest.c.month == month))
            for _, dest, count in rows:
                row = {"month": month, "dest": dest, "flights": count}
                session.execute(insert(by_dest).values(**row))

    return refresh


def refresh_what_differs() -> Any:
    def refresh(db, month):
        with db.engine.begin() as connection:
            new = {dest: count for _, dest, count in connection.execute(_flights(month))}
            mine = by_dest.c.month == month
            old = {
                dest: count for _, dest, count in connection.execute(select(by_dest).where(mine))
            }
            for dest in old.keys() - new.keys():
                connection.execute(delete(by_dest).where(mine, by_dest.c.dest == dest))
            for dest in old.keys() & new.keys():
                change = update(by_dest).where(mine, by_dest.c.dest == dest)
                connection.execute(change.values(flights=new[dest]))
            for dest in new.keys() - old.keys():
                row = {"month": month, "dest": dest, "flights": new[dest]}
                connection.execute(insert(by_dest), row)

    return refresh


def refresh_tried_again() -> Any:
    def refresh(db, month):
        def work(connection):
            connection.execute(delete(by_dest).where(by_dest.c.month == month))
            connection.execute(insert(by_dest).from_select(by_dest.c.keys(), _flights(month)))

        try:
            db.in_transaction(work)
        except DBAPIError:
            db.in_transaction(work)

    return refresh


# --- Wrong ----------------------------------------------------------------------------------


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
        mine = cast(Flight.month, String(7)) == month  # MySQL would compare numbers by itself
        columns = literal(month), Flight.dest, func.count()
        flights = select(*columns).where(mine).group_by(Flight.dest)
        old = delete(by_dest).where(by_dest.c.month == month)
        db.execute([old, insert(by_dest).from_select(by_dest.c.keys(), flights)])

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


def refresh_of_utc() -> Any:
    def refresh(db, month):
        first = datetime.strptime(month, "%Y-%m")
        after = (first + timedelta(days=31)).replace(day=1)
        mine = Flight.time_hour >= first, Flight.time_hour < after
        counted = select(literal(month), Flight.dest, func.count()).where(*mine)
        with db.engine.begin() as connection:
            connection.execute(delete(by_dest).where(by_dest.c.month == month))
            rows = counted.group_by(Flight.dest)
            connection.execute(insert(by_dest).from_select(by_dest.c.keys(), rows))

    return refresh


def refresh_of_every_airport() -> Any:
    def refresh(db, month):
        year, number = map(int, month.split("-"))
        mine = (Flight.dest == Airport.faa) & (Flight.year == year) & (Flight.month == number)
        columns = literal(month), Airport.faa, func.count(Flight.flight)
        rows = select(*columns).outerjoin(Flight, mine).group_by(Airport.faa)
        with db.engine.begin() as connection:
            connection.execute(delete(by_dest).where(by_dest.c.month == month))
            connection.execute(insert(by_dest).from_select(by_dest.c.keys(), rows))

    return refresh


def refresh_returns() -> Any:
    def refresh(db, month):
        return db.query(_flights(month))

    return refresh


def refresh_one_commit_for_each_row() -> Any:
    def refresh(db, month):
        with db.engine.connect() as connection:
            rows = connection.execute(_flights(month)).all()
            connection.execute(delete(by_dest).where(by_dest.c.month == month))
            connection.commit()
            for _, dest, count in rows:
                row = {"month": month, "dest": dest, "flights": count}
                connection.execute(insert(by_dest), row)
                connection.commit()

    return refresh


def refresh_if_there_are_any() -> Any:
    def refresh(db, month):
        rows = db.execute([_flights(month)])[0]
        if not rows:
            return
        new = [{"month": month, "dest": dest, "flights": count} for _, dest, count in rows]
        db.execute([delete(by_dest).where(by_dest.c.month == month), insert(by_dest).values(new)])

    return refresh


def refresh_commits_in_any_case() -> Any:
    def refresh(db, month):
        connection = db.engine.connect()
        try:
            connection.execute(delete(by_dest).where(by_dest.c.month == month))
            connection.execute(insert(by_dest).from_select(by_dest.c.keys(), _flights(month)))
        finally:
            connection.commit()
            connection.close()

    return refresh
