"""Exercise 8.2: other right answers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import pandas as pd
from pandas.errors import DatabaseError
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from lib.models import Airline


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


def append_with_connect_and_commit() -> Any:
    def append_airlines(db, frame):
        with db.engine.connect() as connection:
            connection.begin()
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


def append_by_core() -> Any:
    def append_airlines(db, frame):
        unknown = set(frame.columns) - {"carrier", "name"}
        if unknown:
            raise ValueError(f"airlines has no {unknown}")
        rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
        try:
            with db.engine.begin() as connection:
                if rows:
                    connection.execute(insert(Airline.__table__), rows)
        except IntegrityError:
            return False
        return True

    return append_airlines


def append_objects() -> Any:
    def append_airlines(db, frame):
        try:
            with db.session_scope() as session:
                session.add_all(Airline(**row) for row in frame.to_dict("records"))
        except IntegrityError:
            return False
        else:
            return True

    return append_airlines


def append_in_sql() -> Any:
    def append_airlines(db, frame):
        names = ", ".join(frame.columns)
        values = ", ".join(f":{name}" for name in frame.columns)
        try:
            with db.engine.begin() as connection:
                for row in frame.to_dict("records"):
                    statement = text(f"INSERT INTO airlines ({names}) VALUES ({values})")
                    connection.execute(statement, row)
        except IntegrityError:
            return False
        return True

    return append_airlines


def append_in_a_savepoint() -> Any:
    def append_airlines(db, frame):
        with db.engine.begin() as connection:
            savepoint = connection.begin_nested()
            try:
                frame.to_sql("airlines", con=connection, index=False, if_exists="append")
            except DatabaseError as error:
                savepoint.rollback()
                if isinstance(error.__cause__, IntegrityError):
                    return False
                raise
            savepoint.commit()
        return True

    return append_airlines


def append_after_a_look() -> Any:
    def append_airlines(db, frame):
        known = set(db.query("SELECT carrier FROM airlines")["carrier"])
        codes = frame["carrier"]
        if frame["name"].isna().any() or codes.duplicated().any() or codes.isin(known).any():
            return False
        with db.engine.begin() as connection:
            frame.to_sql("airlines", connection, if_exists="append", index=False)
        return True

    return append_airlines


def append_in_chunks_of_one_transaction() -> Any:
    def append_airlines(db, frame):
        connection = db.engine.connect()
        transaction = connection.begin()
        try:
            frame.to_sql("airlines", connection, if_exists="append", index=False, chunksize=100)
        except pd.errors.DatabaseError as error:
            transaction.rollback()
            if type(error.__cause__) is IntegrityError:
                return False
            raise error
        else:
            transaction.commit()
            return True
        finally:
            connection.close()

    return append_airlines


def append_in_a_session_that_begins() -> Any:
    def append_airlines(db, frame):
        try:
            with db.sessions.begin() as session:
                for row in frame.itertuples(index=False):
                    session.add(Airline(**row._asdict()))
        except IntegrityError:
            return False
        return True

    return append_airlines


ALSO_RIGHT = (
    append_in_a_scope,
    append_with_connect_and_commit,
    append_by_core,
    append_objects,
    append_in_sql,
    append_in_a_savepoint,
    append_after_a_look,
    append_in_chunks_of_one_transaction,
    append_in_a_session_that_begins,
)
