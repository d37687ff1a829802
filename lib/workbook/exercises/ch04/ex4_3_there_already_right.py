"""Exercise 4.3: other right answers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from lib.models import Airline
from lib.workbook.exercises.ch04.ex4_3_there_already_answers import (
    add_if_new_asks_first,
    add_if_new_rolls_back,
)


def add_if_new_in_a_savepoint() -> Any:
    def add_if_new(db, carrier, name):
        with db.sessions.begin() as session:
            try:
                with session.begin_nested():
                    session.add(Airline(carrier=carrier, name=name))
            except IntegrityError:
                if session.query(Airline).filter_by(carrier=carrier).count() == 0:
                    raise
                return False
        return True

    return add_if_new


def add_if_new_in_sql() -> Any:
    def add_if_new(db, carrier, name):
        statement = text("INSERT INTO airlines (carrier, name) VALUES (:carrier, :name)")
        with db.engine.connect() as connection:
            try:
                connection.execute(statement, {"carrier": carrier, "name": name})
                connection.commit()
            except IntegrityError as error:
                connection.rollback()
                there = text("SELECT name FROM airlines WHERE carrier = :carrier")
                if connection.execute(there, {"carrier": carrier}).first() is None:
                    raise error
                return False
        return True

    return add_if_new


def add_if_new_counting() -> Any:
    def add_if_new(db, carrier, name):
        there = "SELECT 1 FROM airlines WHERE carrier = :carrier"
        statement = text(
            "INSERT INTO airlines (carrier, name) SELECT :carrier, :name FROM "
            f"(SELECT 1 AS one) AS line WHERE NOT EXISTS ({there})"
        )
        return db.execute([statement.bindparams(carrier=carrier, name=name)]) == [1]

    return add_if_new


def add_if_new_without_with() -> Any:
    def add_if_new(db, carrier, name):
        session = db.sessions()
        session.add(Airline(carrier=carrier, name=name))
        try:
            session.commit()
        except IntegrityError:
            session.rollback()
            if session.scalar(select(Airline.name).where(Airline.carrier == carrier)) is None:
                raise
            return False
        finally:
            session.close()
        return True

    return add_if_new


def add_if_new_by_its_number() -> Any:
    """By what the drivers say; SQLite has two numbers for it, MySQL's is 1062."""

    def add_if_new(db, carrier, name):
        try:
            db.execute([insert(Airline).values(carrier=carrier, name=name)])
        except IntegrityError as error:
            driver: Any = error.orig
            number = getattr(driver, "sqlite_errorcode", driver.args[0])
            if number not in (1555, 2067, 1062):
                raise
            return False
        return True

    return add_if_new


ALSO_RIGHT = (
    add_if_new_asks_first,
    add_if_new_rolls_back,
    add_if_new_in_a_savepoint,
    add_if_new_in_sql,
    add_if_new_counting,
    add_if_new_without_with,
    add_if_new_by_its_number,
)
