"""A way in that cannot write, for whoever only shows what is there.

Refused by the database itself, so that no mistake of ours, and no odd text in a form, can write:
SQLite opens the file with mode=ro; MySQL has a user who may SELECT and nothing else, and whose
sessions are read-only as well, which also holds where the set-up could not make that user.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pandas.errors import DatabaseError
from sqlalchemy import Connection, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from lib.config import Settings
from lib.database import Database
from lib.dialects import in_memory
from lib.errors import PipelineError

LOAD = "Type: python run.py pipeline"
RELOAD = "Wait for it, and reload the page."
LONGEST = 10  # seconds: to wait for somebody who changes a table


def open_read_only(settings: Settings) -> Database:
    """Return the database of the settings, for reading; connections are made when needed."""
    url = settings.reader_url or settings.database_url
    if url.get_backend_name() == "sqlite":
        db = Database(url if in_memory(url) else _read_only_file(url))
        db.url = url  # what messages name
        return db
    db = Database(url)
    event.listen(db.engine, "connect", _read_only_session)
    return db


@contextmanager
def reading(db: Database) -> Iterator[Connection]:
    """A connection to read with; what the database raises comes out as a PipelineError, in words.

    A missing SQLite file is told as such, where SQLite says that it is unable to open it.
    """
    path = Path(str(db.url.database))
    if db.dialect.name == "sqlite" and not in_memory(db.url) and not path.is_file():
        raise PipelineError(f"There is no database {path.name} yet.", LOAD)
    try:
        with db.engine.connect() as connection:
            yield connection
    except (DBAPIError, DatabaseError) as error:
        # pandas wraps what SQLAlchemy raises into an error of its own.
        cause = error.__cause__ if isinstance(error, DatabaseError) else error
        if isinstance(cause, DBAPIError) and db.dialect.may_pass(cause):
            raise PipelineError("Somebody is changing the tables just now.", RELOAD) from error
        raise db.explain(cause or error) from error


def _read_only_file(url: URL) -> URL:
    """Return the file's URI, the one form that takes a mode. https://sqlite.org/uri.html"""
    return url.set(database=f"file:{quote(str(url.database))}", query={"mode": "ro", "uri": "true"})


def _read_only_session(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION TRANSACTION READ ONLY")
        cursor.execute(f"SET SESSION lock_wait_timeout = {LONGEST}")  # a day, otherwise
