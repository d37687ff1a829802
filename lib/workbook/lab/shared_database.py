"""A database that many processes may write to at once: a server's, where there is one."""

from __future__ import annotations

import atexit
import os
import sqlite3
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass

import pymysql
from sqlalchemy import func, select

from lib.config import ROOT, read_env_file
from lib.database import Database
from lib.models import Flight
from lib.orchestration.dask_cluster import prepare
from lib.testing.fresh_database import fresh_database
from lib.testing.mysql_server import PrivateServer, ServerError
from lib.testing.programs import find_server
from lib.workbook.course.chapter import Chapter

_stack = ExitStack()


@dataclass(frozen=True)
class Shared:
    """The database, what it is in words, and whether many may write to it at once."""

    db: Database
    where: str

    @property
    def is_server(self) -> bool:
        return self.db.dialect.name == "mysql"

    @property
    def url(self) -> str:
        """What the workers connect to; there is a password in it."""
        return self.db.url.render_as_string(hide_password=False)

    def half_loaded(self, month: str) -> bool:
        """Tell whether another process is loading the month's flights, and has not committed.

        On a server, rows of the month are there that others must not see yet. SQLite shows them
        to no other connection; that the right to write is taken has to do.
        """
        if not self.is_server:
            with closing(sqlite3.connect(str(self.db.url.database), timeout=0)) as raw:
                try:
                    raw.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError:
                    return True
            return False
        rows = select(func.count()).where(Flight.month == int(month[-2:]))
        found = []
        for level in ("READ UNCOMMITTED", "READ COMMITTED"):
            engine = self.db.engine.execution_options(isolation_level=level)
            with engine.connect() as connection:
                found.append(connection.scalar(rows) or 0)
        return found[0] > found[1]

    def close(self) -> None:
        """Give back what was made for the notebook: a database, a server. What was there stays."""
        close()


def shared_database(chapter: Chapter) -> Shared:
    """Return a database with what flights refer to, for processes of other memories.

    The chapter's own, if it lies on a server; otherwise a new one on the server of the tests, or on
    a private server, which lives as long as the notebook. Where no server is at hand, the chapter's
    SQLite file: it takes one writer at a time. A second call closes what the first one opened.
    """
    close()
    if chapter.db.dialect.name == "mysql":
        return Shared(chapter.db, "the server of DATABASE_URL")
    url = os.environ.get("TEST_MYSQL_URL", read_env_file(ROOT / ".env").get("TEST_MYSQL_URL"))
    with suppress(pymysql.Error, ServerError):
        if url:
            db = _stack.enter_context(Database(_stack.enter_context(fresh_database(url))))
            prepare(db)
            return Shared(db, "the server of TEST_MYSQL_URL")
        if url is None and find_server():
            server = _stack.enter_context(PrivateServer())
            # Nothing in it is worth a good order, and a notebook that ends has no time for it.
            _stack.callback(server.kill)
            db = _stack.enter_context(Database(server.url))
            prepare(db)
            return Shared(db, "a private server, for this notebook")
    close()
    return Shared(chapter.db, "SQLite, as no server is at hand")


def close() -> None:
    """Drop the database that was made, and stop the server that was started."""
    _stack.close()


atexit.register(close)
