"""What an answer sends, met on its last step: in the driver, below SQLAlchemy.

An error that is raised here is the database's own, as far as SQLAlchemy and the answer can tell.
Raised in one of SQLAlchemy's events, it would leave a connection in a state that no database leaves
it in.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from lib.database import Database

Meet = Callable[[str], object]
COMMIT = "COMMIT"


@contextmanager
def meeting(db: Database, meet: Meet) -> Iterator[None]:
    """Call `meet` with the text of each statement in the block, before it is sent.

    A commit is met as "COMMIT"; SQLite's BEGIN and PRAGMA are statements as well. What `meet`
    raises comes out of the driver, and the statement is not sent. Connections that are pooled are
    given up before and after.
    """
    at_work = True

    def met(statement: str) -> None:
        if at_work:
            meet(statement)

    def before_connecting(_dialect: Any, _record: Any, _args: Any, options: dict[str, Any]) -> None:
        if at_work and db.dialect.name == "sqlite":
            options["factory"] = _sqlite_connection(met)

    def after_connecting(raw: Any, _record: object) -> None:
        if at_work and db.dialect.name != "sqlite":
            _meet_in_pymysql(raw, met)

    db.engine.dispose()
    event.listen(db.engine, "do_connect", before_connecting)
    event.listen(db.engine, "connect", after_connecting)
    try:
        yield
    finally:
        at_work = False
        db.engine.dispose()


def is_work(statement: str) -> bool:
    """Tell whether a statement asks or changes something; settings and BEGIN do not."""
    return statement.lstrip().upper().partition(" ")[0] not in ("BEGIN", "PRAGMA", "SET")


def no_room(db: Database) -> Exception:
    """Return what the driver raises for a statement when the disk is full.

    The transaction stays open, on each database: it is for who began it to end it.
    """
    if db.dialect.name == "sqlite":
        return sqlite3.OperationalError("database or disk is full")
    import pymysql  # here: SQLite needs none

    error: Exception = pymysql.err.OperationalError(1114, "The table is full")
    return error


def _sqlite_connection(met: Meet) -> type[sqlite3.Connection]:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, *values: Any) -> Any:
            met(sql)
            return super().execute(sql, *values)

        def executemany(self, sql: str, *values: Any) -> Any:
            met(sql)
            return super().executemany(sql, *values)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def commit(self) -> None:
            met(COMMIT)
            super().commit()

    return Connection


def _meet_in_pymysql(raw: Any, met: Meet) -> None:
    import pymysql.cursors

    class Cursor(pymysql.cursors.Cursor):
        def execute(self, query: str, args: Any = None) -> Any:
            met(query if isinstance(query, str) else query.decode())  # bytes, of many rows at once
            return super().execute(query, args)

    commit = raw.commit

    def met_commit() -> None:
        met(COMMIT)
        commit()

    raw.cursorclass = Cursor
    raw.commit = met_commit
