"""Tables made once for a module's tests and emptied after each: on MySQL, DDL takes time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy import delete
from sqlalchemy.engine import URL, make_url

from lib.config import sqlite_url
from lib.database import Database
from lib.models import Base
from tests.support.mysql_server import fresh_database


@contextmanager
def tables_made(request: pytest.FixtureRequest, kind: str) -> Iterator[URL]:
    """Give the URL of a new database of a kind, with all tables; for a module's fixture.

    The kind "sqlite in parts" is SQLite that takes every file for a large one.
    """
    with ExitStack() as stack:
        if kind == "sqlite in parts":
            stack.enter_context(pytest.MonkeyPatch.context()).setattr(
                "lib.load.staging_sqlite.LARGE_BYTES", 0
            )
        if kind.startswith("sqlite"):
            factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
            url = sqlite_url(factory.mktemp("tables") / "test.db")
        else:
            server: str = request.getfixturevalue("mysql_url")
            url = make_url(stack.enter_context(fresh_database(server)))
        with Database(url) as db:
            Base.metadata.create_all(db.engine)
        yield url


@contextmanager
def emptied_after(url: URL) -> Iterator[Database]:
    """Give a Database of its own, and leave the tables without a row."""
    with Database(url) as db:
        yield db
    with Database(url) as db, db.engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(delete(table))
