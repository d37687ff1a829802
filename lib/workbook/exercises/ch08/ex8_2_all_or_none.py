"""Exercise 8.2: a data frame into a table, entirely or not at all."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import pandas as pd
from pandas.errors import DatabaseError
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from lib.database import Database
from lib.models import Airline
from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch08.looking import expect_nothing_open, result_or_error, rows_of
from lib.workbook.show.sql import record_sql


def frame_of(codes: str, *, without_name: str = "") -> pd.DataFrame:
    names = [None if code == without_name else f"Air {code}" for code in codes.split()]
    return pd.DataFrame({"carrier": codes.split(), "name": pd.Series(names, dtype=object)})


def codes_in(db: Database) -> set[str]:
    return {carrier for (carrier,) in rows_of(db, select(Airline.carrier))}


def check_append(answer: Any, bench: Bench) -> str:
    expect_function(answer, "append_airlines")
    db = bench.db
    before = codes_in(db)

    outcome = bench.call(answer, db, frame_of("X1 X2 X3"))
    expect_nothing_open(db, "When it has returned")
    before |= {"X1", "X2", "X3"}
    expect(
        codes_in(db) == before,
        "After a frame with three new airlines, the table does not hold the old and the new ones.",
    )
    expect(outcome is True, f"All rows are in the table, and it returns {outcome!r}, not True.")

    faults = {
        "a code that is taken": frame_of("Y1 Y2 Y3 Y4 X1"),
        "a name that is missing": frame_of("Z1 Z2 Z3", without_name="Z3"),
    }
    for fault, frame in faults.items():
        with record_sql(db) as sent:
            outcome = result_or_error(bench, Exception, answer, db, frame)
        expect_nothing_open(db, f"After a frame with {fault}")
        left = sorted(codes_in(db) - before)
        written = any(statement.startswith("INSERT") for statement in sent)
        expect(
            not left and not (written and sent[-1] == "COMMIT"),
            f"A frame with {fault} cannot be loaded, and yet its transaction was committed"
            + (f": {', '.join(left)} stay. " if left else ". ")
            + "Open the transaction yourself, around all rows, and hand the connection on.",
        )
        expect(
            not isinstance(outcome, DatabaseError),
            f"For a frame with {fault}, a pandas DatabaseError comes out of your function. pandas "
            "wraps what SQLAlchemy raises: catch its error, then look at `__cause__`.",
        )
        expect(
            not isinstance(outcome, Exception),
            f"For a frame with {fault}, a {type(outcome).__name__} comes out; return False.",
        )
        expect(outcome is False, f"For a frame with {fault} it returns {outcome!r}, not False.")

    odd = frame_of("W1 W2").assign(nickname="Dub")
    outcome = result_or_error(bench, Exception, answer, db, odd)
    expect_nothing_open(db, "After a frame with a column that the table has not")
    expect(
        outcome is not True,
        "For a frame with a column that the table has not, it returns True. The rows are in, the "
        "column is nowhere, and nobody hears of it: `insert` drops the keys that it does not know.",
    )
    expect(
        isinstance(outcome, Exception),
        f"For a column that the table has not, it returns {outcome!r}, as if a row had broken a "
        "constraint. That is a fault in the program: let the error out.",
    )
    expect(codes_in(db) == before, "A frame that failed has left rows in the table.")
    return "That is it. The caller hears of three different outcomes, and none of them is half."


def solution_append() -> Any:
    def append_airlines(db, frame):
        try:
            with db.engine.begin() as connection:
                frame.to_sql("airlines", connection, if_exists="append", index=False)
        except DatabaseError as error:
            if isinstance(error.__cause__, IntegrityError):
                return False
            raise
        return True

    return append_airlines


def append_in_a_scope() -> Any:
    def append_airlines(db, frame):
        try:
            with db.session_scope() as session:
                connection = session.connection()
                frame.to_sql("airlines", connection, if_exists="append", index=False)
            return True
        except DatabaseError as error:
            if not isinstance(error.__cause__, IntegrityError):
                raise
            return False

    return append_airlines


def append_by_core() -> Any:
    def append_airlines(db, frame):
        rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
        try:
            with db.engine.begin() as connection:
                connection.execute(insert(Airline.__table__), rows)
        except IntegrityError:
            return False
        return True

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


EXERCISE = Exercise(
    id="8.2",
    title="All of the frame, or none",
    check=check_append,
    hints=(
        "`to_sql` takes a connection in the place of the engine. Who opens it, ends it.",
        "Put the `try` around the whole `with db.engine.begin() as connection:` block, so that the "
        "block sees the error first and rolls back.",
        "`except DatabaseError as error:` then return False only if `error.__cause__` is an "
        "`IntegrityError`, and `raise` otherwise.",
    ),
    solution=solution_append,
    also_right=(append_in_a_scope,),
    wrong=(
        Wrong(
            append_by_engine,
            "its transaction was committed",
            "hands over the engine: pandas commits what it managed to insert",
        ),
        Wrong(
            append_catches_integrity,
            "a pandas DatabaseError comes out",
            "expects the error of SQLAlchemy, which pandas wraps",
        ),
        Wrong(
            append_catches_all,
            "For a column that the table has not",
            "takes every failure for a taken code",
        ),
        Wrong(
            append_by_core,
            "the column is nowhere",
            "does not know that a Core insert drops what the table has no column for",
        ),
        Wrong(
            append_without_commit,
            "does not hold the old and the new ones",
            "opens a transaction, and nobody commits it",
        ),
    ),
)
