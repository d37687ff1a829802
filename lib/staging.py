"""Where rows wait before they are merged: filled in the fastest way that each database has.

SQLite: a file beside the database, written by ADBC, which makes no Python object for a value, and
then attached. MySQL: a temporary table, filled by LOAD DATA LOCAL INFILE. Where neither is to be
had, a temporary table and batched INSERT.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from math import sqrt
from typing import Any, Protocol

import pyarrow as pa
from sqlalchemy import Connection, Table, event, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateTable

from lib.errors import PipelineError
from lib.local_infile import LoadData, as_text, may_load_data
from lib.source import Source
from lib.sqlite_writer import Error, SqliteWriter
from lib.waiting_room import WaitingRoom

CACHE = 32 << 10  # KiB of SQLite's pages kept in memory while four indexes grow
ATTACHED = 8  # SQLite allows ten databases on a connection, the main one counted
LARGE = 8 << 20  # bytes of a file that is worth being cut in parts
PARTS = 4
SLOW_WAY = (
    "The server forbids LOAD DATA LOCAL (local_infile is off), so rows went in by batched INSERT, "
    "which is slower. An administrator switches it on with: SET GLOBAL local_infile = 1"
)


class Staging(Protocol):
    """A place for rows: `table` is what to query once all are in; `note` says what was unusual.

    `in_a_thread` tells whether another thread than the connection's may add rows.
    """

    table: Table
    note: str
    in_a_thread: bool

    def add(self, rows: pa.RecordBatch, bytes_read: int = 0) -> None:
        """Append rows, whose columns are those of the table."""

    def finish(self) -> None:
        """Make what was added visible in `table`."""


@contextmanager
def open_staging(connection: Connection, like: Table) -> Iterator[Staging]:
    """Make a staging place with the columns of `like`, within the connection's transaction."""
    if connection.dialect.name == "sqlite":
        names = connection.exec_driver_sql("PRAGMA database_list").all()
        if len(names) < ATTACHED:
            with _bigger_cache(connection):
                yield _Attached(connection, like, f"staging_{len(names)}")
            return
    with temporary_table(connection, like):
        if connection.dialect.name != "mysql":
            yield _Inserted(connection, like)
        elif may_load_data(connection):
            with closing(WaitingRoom()) as room:
                yield LoadData(connection, like, room.path)
        else:
            yield _Inserted(connection, like, SLOW_WAY)


@contextmanager
def open_parts(
    connection: Connection, table: Table, like: Table, source: Source
) -> Iterator[Parts | None]:
    """Give the way into an empty table of SQLite, for a large file; None where there is none."""
    size = getattr(source, "size", None) if connection.dialect.name == "sqlite" else None
    if size is not None and size >= LARGE:
        names = connection.exec_driver_sql("PRAGMA database_list").all()
        claim(connection, table)
        if len(names) + PARTS < ATTACHED and is_empty(connection, table):
            schemas = [f"staging_{len(names) + number}" for number in range(PARTS)]
            with _bigger_cache(connection):
                yield Parts([_Attached(connection, like, schema) for schema in schemas], size)
            return
    yield None


def is_empty(connection: Connection, table: Table) -> bool:
    """Tell whether the table has no row."""
    return connection.execute(select(text("1")).select_from(table).limit(1)).first() is None


@contextmanager
def temporary_table(connection: Connection, table: Table) -> Iterator[None]:
    """Make a TEMPORARY table for a block, within the connection's transaction.

    MySQL would commit at a DROP TABLE that does not say TEMPORARY, and SQLite knows no such word.
    https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html
    """
    word = "TEMPORARY " if connection.dialect.name == "mysql" else ""
    drop = text(f"DROP {word}TABLE IF EXISTS {table.name}")
    connection.execute(drop)
    table.create(connection, checkfirst=False)
    try:
        yield
    except BaseException:
        with suppress(SQLAlchemyError):  # the connection may be what failed
            connection.execute(drop)
        raise
    connection.execute(drop)


def claim(connection: Connection, table: Table) -> None:
    """Wait for the right to write, before anything is read.

    SQLite lets a transaction that has read, and then wants to write, fail at once when somebody
    else has written in between. One that begins by writing waits. MySQL locks row by row.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"DELETE FROM {table.name} WHERE 0"))


def insert_sql(connection: Connection, table: Table) -> str:
    """Return an INSERT for plain tuples, one value for each column, as the driver wants it.

    Tuples spare the driver a dict for each row; PyMySQL sends many of them in one statement.
    """
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    names = ", ".join(connection.dialect.identifier_preparer.format_column(c) for c in table.c)
    return f"INSERT INTO {table.name} ({names}) VALUES ({', '.join([mark] * len(table.c))})"


class _Inserted:
    """Plain tuples through the driver, many in one call."""

    in_a_thread = False

    def __init__(self, connection: Connection, table: Table, note: str = "") -> None:
        self.table, self.note = table, note
        self._connection = connection
        self._sql = insert_sql(connection, table)

    def add(self, rows: pa.RecordBatch, bytes_read: int = 0) -> None:
        if not len(rows):
            return
        columns = [column.to_pylist() for column in _plain(rows).columns]
        self._connection.exec_driver_sql(self._sql, list(zip(*columns, strict=True)))

    def finish(self) -> None:
        """Nothing: the rows are in the table."""


class _Attached:
    """An SQLite file of its own, written by ADBC, then attached to the connection.

    ADBC has a connection of its own, which could not see what this transaction has done so far;
    nor would the two agree on who may write. A second file spares both. It also lets a thread write
    while another one waits; and as Python gives Ctrl-C to the main thread only, none breaks into
    ADBC's work.
    """

    in_a_thread = True

    def __init__(self, connection: Connection, like: Table, schema: str) -> None:
        self.note = ""
        self._connection = connection
        self._schema = schema
        self._room = WaitingRoom()
        self._path = self._room.path / "staging.db"
        self._writer = SqliteWriter(self._path)
        try:
            # Nobody else sees this file, and it is thrown away if anything fails.
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
            self._writer.append(self._name, _plain(rows))
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
    """What a load leaves attached: SQLite detaches nothing in the middle of a transaction.

    The files go when the connection is back in its pool, or else when nobody knows of it any more.
    """

    def __init__(self, schema: str, room: WaitingRoom, writer: SqliteWriter) -> None:
        self.schema = schema
        self.remove = weakref.finalize(self, _remove, room, writer)


def _remove(room: WaitingRoom, writer: SqliteWriter) -> None:
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
        except sqlite3.Error:  # somebody keeps a result open; when the connection is back again
            still.append(left)
        else:
            left.remove()
    if still:
        record.info["staging"] = still


@contextmanager
def _bigger_cache(connection: Connection) -> Iterator[None]:
    before = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql(f"PRAGMA cache_size = -{CACHE}")
    yield  # after an error the connection may be of no use; the next load sets it again
    connection.exec_driver_sql(f"PRAGMA cache_size = {before}")


def _plain(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Return the rows with times and decimals as the text that both databases take."""
    return pa.RecordBatch.from_pydict({name: as_text(rows[name]) for name in rows.schema.names})
