"""What an answer sends, seen and stopped where the driver takes it.

SQLAlchemy's own events are no place to stop an answer: what a listener raises is not treated as
what a driver raises, and a transaction may stay open that a real failure would have ended.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.pool import PoolProxiedConnection

from lib.database import Database

COMMIT = "COMMIT"
# The first words of what changes no row.
_READING = set("SELECT VALUES SHOW DESCRIBE DESC EXPLAIN PRAGMA USE SET".split())
_SETTLING = set("BEGIN START COMMIT ROLLBACK END SAVEPOINT RELEASE".split())
_COMMENT = re.compile(r"\s+|--[^\n]*|#[^\n]*|/\*.*?\*/|[(;]", re.DOTALL)


@dataclass(frozen=True)
class Sent:
    """One statement on its way; `connection` is the driver's own."""

    statement: str
    parameters: Any
    connection: Any

    @property
    def word(self) -> str:
        """The statement's first word, in capitals, behind blanks, comments and brackets."""
        text, place = self.statement, 0
        while skipped := _COMMENT.match(text, place):
            place = skipped.end()
        found = re.compile(r"\w*").match(text, place)
        return found[0].upper() if found else ""

    @property
    def reads(self) -> bool:
        """Whether it asks for rows, and can change none."""
        return self.word in _READING

    @property
    def writes(self) -> bool:
        """Whether it may change rows, or tables."""
        return self.word not in _READING | _SETTLING


def _never(_sent: Sent) -> BaseException | None:
    return None


@dataclass
class Tap:
    """The statements that have passed; `stop` may return what the driver is to raise instead.

    `lent` holds each connection that was lent, so that the garbage collector tidies up after no
    answer: one that was not given back can be seen.
    """

    sent: list[Sent] = field(default_factory=list)
    stop: Callable[[Sent], BaseException | None] = _never
    lent: list[PoolProxiedConnection] = field(default_factory=list)

    def note(self, statement: str, parameters: Any, connection: Any) -> None:
        """Take down a statement; raise what `stop` gives for it, if it gives something."""
        self.sent.append(sent := Sent(statement, parameters, connection))
        error = self.stop(sent)
        if error is not None:
            raise error

    @property
    def kept(self) -> list[PoolProxiedConnection]:
        """The connections that were lent, and have not come back."""
        return [each for each in self.lent if each.is_valid]


@contextmanager
def tapped(engine: Engine) -> Iterator[Tap]:
    """Note what goes over the engine's new connections, for the length of the block.

    Those that wait in the pool are closed before, so that all are new, and again after; what was
    not given back is closed, too. A database in memory begins and ends with the block.
    """
    tap = Tap()

    def before(_dialect: Any, _record: Any, _args: Any, options: dict[str, Any]) -> None:
        if engine.dialect.driver == "pysqlite":

            def make(*args: Any, **named: Any) -> _SqliteConnection:
                made = _SqliteConnection(*args, **named)
                made.tap = tap
                return made

            options["factory"] = make

    def after(raw: Any, _record: Any) -> None:
        if engine.dialect.driver == "pymysql":
            _tap_pymysql(raw, tap)

    def lend(_raw: Any, _record: Any, lent: PoolProxiedConnection) -> None:
        tap.lent.append(lent)

    listeners: dict[str, Callable[..., Any]] = {
        "do_connect": before,
        "connect": after,
        "checkout": lend,
    }
    engine.dispose()
    for name, listener in listeners.items():
        event.listen(engine, name, listener)
    try:
        yield tap
    finally:
        tap.stop = _never
        for name, listener in listeners.items():
            event.remove(engine, name, listener)
        for lent in tap.kept:
            with suppress(Exception):  # in use in another thread: nothing can be done about it here
                lent.invalidate()
        engine.dispose()


@contextmanager
def meeting(db: Database, meet: Callable[[str], object]) -> Iterator[None]:
    """Call `meet` with the text of each statement in the block, before it is sent.

    A commit is met as "COMMIT". What `meet` raises comes out of the driver, and the statement is
    not sent.
    """

    def stop(sent: Sent) -> None:
        if sent.word != "ROLLBACK":
            meet(sent.statement)

    with tapped(db.engine) as tap:
        tap.stop = stop
        yield


def is_work(statement: str) -> bool:
    """Tell whether a statement asks or changes something; settings and BEGIN do not."""
    return statement.lstrip().upper().partition(" ")[0] not in ("BEGIN", "PRAGMA", "SET")


def no_room(db: Database) -> Exception:
    """Return what the driver raises for a statement when the disk is full.

    The transaction stays open, on each database: it is for who began it to end it.
    """
    driver = db.engine.dialect.loaded_dbapi
    on_sqlite = db.dialect.name == "sqlite"
    said = ("database or disk is full",) if on_sqlite else (1114, "The table is full")
    error: Exception = driver.OperationalError(*said)
    return error


class _SqliteCursor(sqlite3.Cursor):
    connection: _SqliteConnection

    def execute(self, statement: str, parameters: Any = (), /) -> _SqliteCursor:
        self.connection.tap.note(statement, parameters, self.connection)
        super().execute(statement, parameters)
        return self

    def executemany(self, statement: str, parameters: Any, /) -> _SqliteCursor:
        self.connection.tap.note(statement, parameters, self.connection)
        super().executemany(statement, parameters)
        return self

    def executescript(self, statements: str, /) -> _SqliteCursor:
        self.connection.tap.note(statements, (), self.connection)
        super().executescript(statements)
        return self


class _SqliteConnection(sqlite3.Connection):
    tap: Tap

    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(factory or _SqliteCursor)

    def commit(self) -> None:
        self.tap.note("COMMIT", (), self)
        super().commit()

    def rollback(self) -> None:
        self.tap.note("ROLLBACK", (), self)
        super().rollback()


def _tap_pymysql(raw: Any, tap: Tap) -> None:
    """Have a connection of PyMySQL tell the tap what is sent.

    By its attributes: `lib` gives each connection a class of its own.
    """
    commit, rollback, raw.tap = raw.commit, raw.rollback, tap

    def note_commit() -> None:
        tap.note("COMMIT", (), raw)
        commit()

    def note_rollback() -> None:
        tap.note("ROLLBACK", (), raw)
        rollback()

    def cursor(kind: Any = None) -> Any:
        return _pymysql_cursor(kind or raw.cursorclass)(raw)

    raw.commit, raw.rollback, raw.cursor = note_commit, note_rollback, cursor


@cache
def _pymysql_cursor(kind: Any) -> Any:
    class Cursor(kind):  # type: ignore[misc]
        many = False

        def execute(self, query: str, args: Any = None) -> Any:
            if not self.many:
                self.connection.tap.note(query, args, self.connection)
            return super().execute(query, args)

        def executemany(self, query: str, args: Any) -> Any:
            self.connection.tap.note(query, args, self.connection)
            self.many = True  # PyMySQL calls `execute`, for each row or for many
            try:
                return super().executemany(query, args)
            finally:
                self.many = False

    return Cursor
