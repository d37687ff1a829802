"""A way in that cannot write, for whoever only shows what is there.

Refused by the database itself, so that no mistake of ours, and no odd text in a form, can write:
SQLite opens the file with mode=ro; MySQL has a user who may SELECT and nothing else, and whose
sessions are read-only as well, which also holds where the set-up could not make that user.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import event
from sqlalchemy.engine import URL

from lib.config import Settings
from lib.database import Database
from lib.dialects import in_memory
from lib.errors import PipelineError


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


def check_there(db: Database) -> None:
    """Raise PipelineError when the SQLite file is missing; a server tells by itself."""
    if db.dialect.name == "sqlite" and not in_memory(db.url):
        path = Path(str(db.url.database))
        if not path.is_file():
            raise PipelineError(f"There is no database at {path} yet.", "python run.py pipeline")


def _read_only_file(url: URL) -> URL:
    """Return the file's URI, the one form that takes a mode. https://sqlite.org/uri.html"""
    return url.set(database=f"file:{quote(str(url.database))}", query={"mode": "ro", "uri": "true"})


def _read_only_session(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION TRANSACTION READ ONLY")
