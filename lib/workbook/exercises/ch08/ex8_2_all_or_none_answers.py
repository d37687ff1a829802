"""Exercise 8.2: wrong answers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

from pandas.errors import DatabaseError
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from lib.models import Airline
from lib.workbook.course.exercise import Wrong


def variant(
    *, put: Any = lambda frame: frame, well: Any = True, badly: Any = False, **options: Any
) -> Any:
    """The solution, with one thing done otherwise."""

    def append_airlines(db, frame):
        try:
            with db.engine.begin() as connection:
                arguments = {"if_exists": "append", "index": False} | options
                put(frame).to_sql("airlines", connection, **arguments)
        except DatabaseError as error:
            if isinstance(error.__cause__, IntegrityError):
                return badly
            raise
        return well

    return append_airlines


def append_by_engine() -> Any:
    def append_airlines(db, frame):
        try:
            frame.to_sql("airlines", db.engine, if_exists="append", index=False)
        except DatabaseError as error:
            if isinstance(error.__cause__, IntegrityError):
                return False
            raise
        return True

    return append_airlines


def append_with_connect_and_no_begin() -> Any:
    def append_airlines(db, frame):
        with db.engine.connect() as connection:
            try:
                frame.to_sql("airlines", connection, if_exists="append", index=False)
                connection.commit()
            except DatabaseError as error:
                connection.rollback()
                if isinstance(error.__cause__, IntegrityError):
                    return False
                raise
            return True

    return append_airlines


def append_catches_integrity() -> Any:
    def append_airlines(db, frame):
        try:
            with db.engine.begin() as connection:
                frame.to_sql("airlines", connection, if_exists="append", index=False)
        except IntegrityError:
            return False
        return True

    return append_airlines


def append_catches_all() -> Any:
    def append_airlines(db, frame):
        try:
            with db.engine.begin() as connection:
                frame.to_sql("airlines", connection, if_exists="append", index=False)
        except DatabaseError:
            return False
        return True

    return append_airlines


def append_by_core_alone() -> Any:
    def append_airlines(db, frame):
        rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
        try:
            with db.engine.begin() as connection:
                if rows:
                    connection.execute(insert(Airline.__table__), rows)
        except IntegrityError:
            return False
        return True

    return append_airlines


def append_without_commit() -> Any:
    def append_airlines(db, frame):
        try:
            with db.engine.connect() as connection:
                connection.begin()
                frame.to_sql("airlines", connection, if_exists="append", index=False)
        except DatabaseError as error:
            if isinstance(error.__cause__, IntegrityError):
                return False
            raise
        return True

    return append_airlines


def append_row_by_row() -> Any:
    def append_airlines(db, frame):
        for start in range(len(frame)):
            if not variant()(db, frame.iloc[start : start + 1]):
                return False
        return True

    return append_airlines


def append_thousands() -> Any:
    def append_airlines(db, frame):
        parts = [frame.iloc[start : start + 1000] for start in range(0, len(frame), 1000)]
        return all([variant()(db, part) for part in parts])

    return append_airlines


def append_what_is_new() -> Any:
    def append_airlines(db, frame):
        known = set(db.query("SELECT carrier FROM airlines")["carrier"])
        return variant()(db, frame[~frame["carrier"].isin(known)])

    return append_airlines


def append_over_what_is_there() -> Any:
    def append_airlines(db, frame):
        try:
            with db.session_scope() as session:
                for row in frame.to_dict("records"):
                    session.merge(Airline(**row))
        except IntegrityError:
            return False
        return True

    return append_airlines


def append_leaves_a_transaction_open() -> Any:
    kept = []

    def append_airlines(db, frame):
        connection = db.engine.connect()
        kept.append(connection)
        done = variant()(db, frame)
        connection.execute(select(Airline.carrier))
        return done

    return append_airlines


def append_that_knows_no_small_letters() -> Any:
    def append_airlines(db, frame):
        known = set(db.query("SELECT carrier FROM airlines")["carrier"].str.upper())
        if frame["carrier"].str.upper().isin(known).any():
            return False
        return variant()(db, frame)

    return append_airlines


def append_that_swallows() -> Any:
    def append_airlines(db, frame):
        try:
            return variant()(db, frame)
        except Exception:
            return None

    return append_airlines


def append_that_always_raises() -> Any:
    def append_airlines(db, frame):
        with db.engine.begin() as connection:
            frame.to_sql("airlines", connection, if_exists="append", index=False)
        return True

    return append_airlines


WRONG = (
    Wrong(
        append_by_engine,
        "its transaction was committed",
        "hands over the engine: pandas commits what it managed to insert",
    ),
    Wrong(
        append_with_connect_and_no_begin,
        "its transaction was committed",
        "hands over a connection without a transaction: pandas makes one of its own",
    ),
    Wrong(
        append_row_by_row,
        "its transaction was committed",
        "commits each row by itself",
    ),
    Wrong(
        append_thousands,
        "its transaction was committed",
        "commits each part by itself",
    ),
    Wrong(
        append_what_is_new,
        "its transaction was committed",
        "loads the rows that do not disturb",
    ),
    Wrong(
        lambda: variant(put=lambda frame: frame.fillna("")),
        "The database has refused nothing",
        "puts an empty text in the place of a name that is missing",
    ),
    Wrong(
        lambda: variant(put=lambda frame: frame.drop_duplicates("carrier")),
        "The database has refused nothing",
        "tidies the frame up, so that nothing breaks a constraint",
    ),
    Wrong(
        append_catches_integrity,
        "a pandas DatabaseError comes out",
        "expects the error of SQLAlchemy, which pandas wraps",
    ),
    Wrong(
        append_that_always_raises,
        "a pandas DatabaseError comes out",
        "leaves it to the caller to find out what was wrong",
    ),
    Wrong(
        append_catches_all,
        "For a column that the table has not",
        "takes every failure for a taken code",
    ),
    Wrong(
        append_that_swallows,
        "it returns None, as if",
        "catches what it does not know",
    ),
    Wrong(
        append_by_core_alone,
        "nobody hears of it",
        "does not know that a Core insert drops what the table has no column for",
    ),
    Wrong(
        append_without_commit,
        "does not hold the old and the new ones",
        "opens a transaction, and nobody commits it",
    ),
    Wrong(
        append_over_what_is_there,
        "A frame with a code that is taken cannot be loaded",
        "writes over what is there in place of refusing",
    ),
    Wrong(
        append_leaves_a_transaction_open,
        "a transaction is still open",
        "opens a connection, and does not give it back",
    ),
    Wrong(
        append_that_knows_no_small_letters,
        "a code in small letters",
        "takes two codes for one",
    ),
    Wrong(
        lambda: variant(well=None),
        "it returns None, not True",
        "does the work, and does not tell",
    ),
    Wrong(
        lambda: variant(badly="a constraint"),
        "it returns 'a constraint', not False",
        "tells in words of its own",
    ),
)
