"""A connection that cannot write, for a page or a report that only reads.

Refused by the database itself, so that no mistake of ours, and no odd text in a form, can write:
SQLite opens the file with mode=ro; MySQL has a user who may SELECT and nothing else, and whose
sessions are read-only as well, which also holds where the set-up could not make that user.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pandas.errors import DatabaseError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from lib.config import Settings
from lib.database.database import Database
from lib.database.dialects import DIALECTS
from lib.errors import PipelineError

RELOAD = "Wait for it, then look again."


def open_read_only(settings: Settings) -> Database:
    """Return the database of the settings, for reading; connections are made when needed."""
    url = settings.reader_url or settings.database_url
    dialect = DIALECTS[url.get_backend_name()]
    db = Database(dialect.read_only(url), shown_url=url)
    dialect.forbid_writing(db.engine)
    return db


@contextmanager
def reading(db: Database) -> Iterator[Connection]:
    """A connection to read with; what the database raises comes out as a PipelineError, in words.

    A missing SQLite file is told as such, where SQLite says that it is unable to open it.
    """
    if db.dialect.is_missing(db.shown_url):
        raise PipelineError(
            f"There is no database {Path(str(db.shown_url.database)).name} yet.",
            "Load it first.",
            topic="no data",
        )
    try:
        with db.engine.connect() as connection:
            yield connection
    except (DBAPIError, DatabaseError) as error:
        # pandas wraps what SQLAlchemy raises into an error of its own.
        cause = error.__cause__ if isinstance(error, DatabaseError) else error
        if isinstance(cause, DBAPIError) and db.dialect.is_transient(cause):
            raise PipelineError("Another program is changing the tables now.", RELOAD) from error
        raise db.explain(cause or error) from error
