"""Where each chapter starts: a database with January 2013 in it, and quick private copies of it.

The original, the checkpoint, is built once, by the same pipeline that loads the year. Chapters and
exercises work on copies, so that nothing that a learner does can harm another chapter.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import Pool

from lib.config import Settings
from lib.database import Database
from lib.workbook.databases.mysql_store import MysqlStore
from lib.workbook.databases.names import (
    CHECKPOINT,
    DRAFT,
    DRAFT_NAME,
    FIRST_DAYS,
    SANDBOX,
    SANDBOX_NAME,
    sandbox_name,
)
from lib.workbook.databases.sqlite_store import SqliteStore

__all__ = [
    "CHECKPOINT",
    "FIRST_DAYS",
    "open_copy",
    "open_empty",
    "prepare",
    "remove",
    "throw_away",
    "tidy",
]


def prepare(settings: Settings) -> None:
    """Build the checkpoint when it is not there; quick when it is."""
    _store(settings).prepare()


def open_copy(settings: Settings, name: str) -> ClosingDatabase:
    """Return a database of that name, made from the checkpoint; an older one is replaced."""
    store = _store(settings)
    store.prepare()
    _tidy(store)
    return ClosingDatabase(store.copy(name))


def open_empty(settings: Settings, name: str) -> ClosingDatabase:
    """Return a database of that name with nothing in it; an older one is replaced."""
    return ClosingDatabase(_store(settings).empty(name))


@contextmanager
def throw_away(settings: Settings, *, empty: bool = False) -> Iterator[Database]:
    """A copy of the first days for the length of a block, or a database with nothing in it."""
    name = sandbox_name()
    store = _store(settings)
    if not empty:
        store.prepare()
    with store.held(name):
        db = ClosingDatabase(store.empty(name) if empty else store.copy(name, days=FIRST_DAYS))
        # What an answer has left locked is waited for, but not for long.
        event.listen(db.engine, "connect", lambda raw, _record: raw.cursor().execute(store.hasty))
        with _lent() as connections:
            try:
                yield db
            finally:
                db.close()
                store.hang_up(name, list(connections))
                store.remove(name)


@contextmanager
def _lent() -> Iterator[Iterable[Any]]:
    """The connections that pools lend in the block, of whatever engine: an answer has its own."""
    lent: weakref.WeakSet[Any] = weakref.WeakSet()

    def on_checkout(_raw: object, _record: object, connection: Any) -> None:
        lent.add(connection)

    event.listen(Pool, "checkout", on_checkout)
    try:
        yield lent
    finally:
        event.remove(Pool, "checkout", on_checkout)


def tidy(settings: Settings) -> list[str]:
    """Remove the throw-away databases of processes that were killed; return their names.

    One that a living process has marked as its own stays, and so does what has another name.
    """
    return _tidy(_store(settings))


def _tidy(store: SqliteStore | MysqlStore) -> list[str]:
    gone = []
    for prefix, pattern in ((SANDBOX, SANDBOX_NAME), (DRAFT, DRAFT_NAME)):
        for name in store.names(prefix):
            if re.fullmatch(pattern, name) and not store.is_held(name):
                with suppress(OSError, DBAPIError):  # still open, or another start was quicker
                    gone += [name] * store.remove(name)
    return gone


def remove(settings: Settings, *names: str) -> list[str]:
    """Remove the copies of these names, or the checkpoint; return the names of those there were."""
    store = _store(settings)
    return [name for name in names if store.remove(name)]


class ClosingDatabase(Database):
    """A Database that can close connections that were not given back.

    A learner's cell may leave a session or a connection open; the next copy of the database must
    not wait for the lock that it holds.
    """

    def __init__(self, url: URL) -> None:
        super().__init__(url)
        self._lent: weakref.WeakSet[Any] = weakref.WeakSet()
        event.listen(self.engine, "checkout", lambda _raw, _record, lent: self._lent.add(lent))

    def close(self) -> None:
        for lent in list(self._lent):
            # Through the pool: an abandoned session, when it is collected at last, would otherwise
            # roll back on a closed connection, and print a traceback below some later cell.
            if lent.is_valid:
                # In use in another thread: nothing that could be done about it here.
                with suppress(Exception):
                    lent.invalidate()
        super().close()


def _store(settings: Settings) -> SqliteStore | MysqlStore:
    if settings.database_url.get_backend_name() == "sqlite":
        return SqliteStore(settings.home)
    return MysqlStore(settings.database_url)
