"""Staging on SQLite: a file beside the database, written by ADBC, then attached.

ADBC makes no Python object for a value, and a large file is cut in parts: one is inserted from
while the next is written.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import sqrt
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Table, event, text
from sqlalchemy.schema import CreateTable

from lib.database.dialects import dialect_of
from lib.errors import PipelineError
from lib.load.sqlite_writer import Error, SqliteWriter
from lib.load.staging_folder import StagingFolder
from lib.load.staging_table import Inserted, Staging, is_empty, plain, temporary_table
from lib.source.base import Source

CACHE_KIB = 32 << 10  # of SQLite's pages, kept in memory while four indexes grow
MAX_ATTACHED = 8  # SQLite allows ten databases on a connection, the main one counted
LARGE_BYTES = 8 << 20  # of a file that is worth being cut in parts
PARTS = 4


@contextmanager
def open_staging(connection: Connection, like: Table) -> Iterator[Staging]:
    """Make a staging file with the columns of `like`, or a table where too many are attached."""
    names = connection.exec_driver_sql("PRAGMA database_list").all()
    if len(names) < MAX_ATTACHED:
        with _bigger_cache(connection):
            yield Attached(connection, like, f"staging_{len(names)}")
        return
    with temporary_table(connection, like):
        yield Inserted(connection, like)


@contextmanager
def open_parts(
    connection: Connection, table: Table, like: Table, source: Source
) -> Iterator[Parts | None]:
    """Give the way into an empty table, for a large file; None where there is none."""
    size = source.size
    if size is not None and size >= LARGE_BYTES:
        names = connection.exec_driver_sql("PRAGMA database_list").all()
        dialect_of(connection).take_write_lock(connection, table)
        if len(names) + PARTS < MAX_ATTACHED and is_empty(connection, table):
            schemas = [f"staging_{len(names) + number}" for number in range(PARTS)]
            with _bigger_cache(connection):
                yield Parts([Attached(connection, like, schema) for schema in schemas], size)
            return
    yield None


class Attached:
    """An SQLite file of its own, written by ADBC, then attached to the connection.

    ADBC has a connection of its own, which could not see what this transaction has done so far;
    nor would the two agree on who may write. A second file spares both. It also lets a thread write
    while another one waits; and as Python gives Ctrl-C to the main thread only, none breaks into
    ADBC's work.
    """

    thread_safe = True

    def __init__(self, connection: Connection, like: Table, schema: str) -> None:
        self.note = ""
        self._connection = connection
        self._schema = schema
        self._room = StagingFolder()
        self._path = self._room.path / "staging.db"
        self._writer = SqliteWriter(self._path)
        try:
            # No other connection sees this file, and it is deleted if anything fails.
            for setting in ("journal_mode = OFF", "synchronous = OFF"):
                self._writer.execute(f"PRAGMA {setting}")
            create = str(CreateTable(like).compile(dialect=connection.dialect))
            self._writer.execute(create.replace("TEMPORARY ", "", 1))  # the whole file is
        except BaseException:
            _remove(self._room, self._writer)
            raise
        self._name = like.name
        self.table = like.to_metadata(type(like.metadata)(), schema=schema)
        connection.info.setdefault("staging", []).append(_Left(schema, self._room, self._writer))
        if not event.contains(connection.engine, "checkin", _clean_up):
            event.listen(connection.engine, "checkin", _clean_up)

    def add(self, rows: pa.RecordBatch, bytes_read: int = 0) -> None:
        try:
            self._writer.append(self._name, plain(rows))
        except Error as error:
            raise PipelineError(
                f"The temporary file {self._path.as_posix()} takes no more rows ({error}).",
                "Free some of that disk, or name a folder on another one in TMPDIR.",
            ) from error

    def finish(self) -> None:
        self._writer.close()
        attach = text(f"ATTACH DATABASE :file AS {self._schema}")
        self._connection.execute(attach, {"file": self._path.as_posix()})


class Parts:
    """Several such files for one source: one is inserted from while the next is written.

    Which one a batch goes into depends on how far into the source it reaches, so the thread that
    writes and the one that inserts agree without a word. The first is small, because its rows are
    waited for, and each is larger than the one before: writing them takes less than inserting.
    """

    def __init__(self, files: Sequence[Staging], size: int) -> None:
        self.files = files
        self._size = size

    def number(self, bytes_read: int) -> int:
        """Return the place of the file for a batch that ends there; those before it are full."""
        return min(len(self.files) - 1, int(len(self.files) * sqrt(bytes_read / self._size)))

    def add(self, rows: pa.RecordBatch, bytes_read: int) -> None:
        """Append rows to the file whose turn it is."""
        self.files[self.number(bytes_read)].add(rows)


class _Left:
    """The staging databases of a connection: SQLite detaches none in the middle of a transaction.

    They are detached and deleted when the connection returns to its pool (event `checkin`), or is
    garbage-collected.
    """

    def __init__(self, schema: str, room: StagingFolder, writer: SqliteWriter) -> None:
        self.schema = schema
        self.remove = weakref.finalize(self, _remove, room, writer)


def _remove(room: StagingFolder, writer: SqliteWriter) -> None:
    try:
        writer.close()
    finally:
        room.close()


def _clean_up(raw: Any, record: Any) -> None:
    still = []
    for left in record.info.pop("staging", []):
        try:
            if raw and left.schema in [row[1] for row in raw.execute("PRAGMA database_list")]:
                raw.execute(f"DETACH DATABASE {left.schema}")
        except sqlite3.Error:  # a result is still open: when the connection is back again
            still.append(left)
        else:
            left.remove()
    if still:
        record.info["staging"] = still


@contextmanager
def _bigger_cache(connection: Connection) -> Iterator[None]:
    before = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql(f"PRAGMA cache_size = -{CACHE_KIB}")
    yield  # after an error the connection may be of no use; the next load sets it again
    connection.exec_driver_sql(f"PRAGMA cache_size = {before}")
