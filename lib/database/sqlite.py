"""SQLite: one file, one writer at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, Table, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.pool import NullPool, StaticPool

from lib.database.dialect import HOW_TO_BEGIN, IN_AUTOCOMMIT, Dialect, by_index
from lib.database.sqlite_lines import csv_line, csv_text
from lib.errors import PipelineError

MAX_MIGRATION_WAIT_S = 60  # that a migration waits: each of several at once for all before it
BEGIN = "sqlite_begin"  # execution option: the statement that begins a transaction
MAX_LOCK_WAIT_S = 15  # seconds that a statement waits for another connection's lock

# What SQLite says for its result codes, for a driver that passes the text on and not the code.
_TEXTS = {
    "locked": sqlite3.SQLITE_BUSY,
    "unable to open": sqlite3.SQLITE_CANTOPEN,
    "readonly": sqlite3.SQLITE_READONLY,
    "is full": sqlite3.SQLITE_FULL,
    "not a database": sqlite3.SQLITE_NOTADB,
    "malformed": sqlite3.SQLITE_CORRUPT,
}


def in_memory(url: URL) -> bool:
    """Tell whether the database lives in memory only."""
    return url.database in (None, "", ":memory:") or url.query.get("mode") == "memory"


def is_read_only(url: URL) -> bool:
    """Tell whether the URL of an SQLite file asks for no more than reading."""
    return url.query.get("mode") == "ro"


def _result_code(error: BaseException) -> int | None:
    """Return SQLite's primary result code of an error, or None. https://sqlite.org/rescode.html"""
    orig = getattr(error, "orig", None) or error
    code = getattr(orig, "sqlite_errorcode", None)
    if code is not None:
        return int(code) & 0xFF  # without what an extended code says more
    return next((code for text, code in _TEXTS.items() if text in str(orig)), None)


class Sqlite(Dialect):
    """SQLite through Python's sqlite3."""

    name = "sqlite"
    temporary_schema = "temp"
    driver_streams = True
    unwritable = (sqlite3.OperationalError, OperationalError)  # JSON holds no bytes

    def options(self, url: URL) -> dict[str, Any]:
        if in_memory(url):
            # Each new connection would be a new, empty database: all threads share one.
            return {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
        if is_read_only(url):
            # No connection is kept: the file may be replaced under a page that runs for weeks.
            return {"poolclass": NullPool, "connect_args": {"timeout": MAX_LOCK_WAIT_S}}
        return {"connect_args": {"timeout": MAX_LOCK_WAIT_S}}

    def listen(self, engine: Engine) -> None:
        @event.listens_for(engine, "connect")
        def on_connect(connection: Any, _record: object) -> None:
            # Python's sqlite3 starts no transaction for DDL by itself; so it starts none at all,
            # and `on_begin` does. https://docs.sqlalchemy.org/en/21/dialects/sqlite.html, "Enabling
            # Non-Legacy SQLite Transactional Modes"
            connection.isolation_level = None
            connection.execute("PRAGMA foreign_keys = ON")
            if not is_read_only(engine.url):
                connection.execute("PRAGMA journal_mode = WAL")

        @event.listens_for(engine, "invalidate")
        def on_invalidate(connection: Any, _record: object, _error: object) -> None:
            # Ctrl-C in a statement: closing would not end the transaction while a result is
            # referred to, and a notebook keeps the traceback, which does that; the file would stay
            # locked.
            with suppress(sqlite3.Error):
                connection.rollback()

        @event.listens_for(engine, "begin")
        def on_begin(connection: Connection) -> None:
            options = connection.get_execution_options()
            if options.get("isolation_level") != "AUTOCOMMIT":
                connection.exec_driver_sql(options.get(BEGIN, "BEGIN"))

    def prepare(self, url: URL) -> None:
        """Make the folder of the file."""
        if in_memory(url):
            return
        folder = Path(str(url.database)).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PipelineError(
                f"The folder {folder} cannot be made ({error.strerror}).",
                "Choose a place where you may write: --database-url sqlite:///file.db",
            ) from error

    @contextmanager
    def probe(self, engine: Engine, timeout: float) -> Iterator[Connection]:
        """A connection from the pool: opening a file takes no time to speak of."""
        with engine.connect() as connection:
            yield connection

    def explain(self, error: BaseException, url: URL) -> PipelineError:
        cause = str(getattr(error, "orig", None) or error)
        code = _result_code(error)
        where = Path(str(url.database))
        if code == sqlite3.SQLITE_CANTOPEN and not where.parent.is_dir():
            return PipelineError(
                f"The folder of the database, {where.parent}, is not there.",
                "Make it, or choose another place with --database-url sqlite:///file.db.",
            )
        if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            return PipelineError(
                f"The database {where} cannot be opened or written ({cause}).",
                "Check that you may write in its folder, or choose another place with "
                "--database-url sqlite:///file.db.",
            )
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return PipelineError(
                f"Another program holds the database {where.name} ({cause}).",
                "End the programs that use it, kernels of notebooks too, then try again.",
            )
        if code == sqlite3.SQLITE_FULL:
            return PipelineError(
                f"There is no room left for the database {where} ({cause}); nothing was changed.",
                "Make room on its disk, or choose another place with --database-url "
                "sqlite:///file.db.",
            )
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            return PipelineError(
                f"{where} is damaged, or is no SQLite database ({cause}).",
                "Choose another file with --database-url, or restore this one from a copy.",
                topic="damaged",
            )
        return PipelineError(f"SQLite refused: {cause}.", topic="refused")

    def is_transient(self, error: DBAPIError) -> bool:
        """True when another connection held the lock for longer than we wait."""
        return _result_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)

    def takes_no_writing(self, error: DBAPIError) -> bool:
        """False: there is no other server that could take over."""
        return False

    def give_up(self, connection: Connection) -> None:
        if not in_memory(connection.engine.url):  # which would be lost with its connection
            connection.invalidate()

    @contextmanager
    def loading(self, connection: Connection) -> Iterator[None]:
        """Python's sqlite3 begins no transaction at a savepoint: its end would commit.

        The engines of `Database` begin by themselves, in `on_begin`.
        """
        if not connection.in_transaction():
            connection.begin()
        raw: Any = connection.connection.driver_connection
        if not raw.in_transaction:
            if raw.isolation_level is None:
                raise PipelineError(IN_AUTOCOMMIT, HOW_TO_BEGIN)
            connection.exec_driver_sql("BEGIN")
        yield

    def read_committed(self, connection: Connection) -> None:
        """Nothing: who writes has waited for the lock first, and reads the newest state then."""

    @contextmanager
    def lock(self, engine: Engine, name: str) -> Iterator[bool]:
        """A lock file beside the database; in memory, where nothing outlives the process, none."""
        if in_memory(engine.url):
            yield False
            return
        lock = FileLock(f"{engine.url.database}.{name}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()
            with suppress(OSError):  # another program may have it open
                Path(lock.lock_file).unlink()

    @contextmanager
    def rebuild(self, connection: Connection) -> Iterator[None]:
        """Foreign keys off while tables are rebuilt: a dropped table would take its children along.

        The right to write is taken before anything is read: a transaction that has read, and then
        wants to write, may not wait for another one's end. https://www.sqlite.org/isolation.html

        The switch works outside a transaction only, hence on the driver's own connection, and what
        it let through is checked before the commit.
        https://www.sqlite.org/lang_altertable.html#otheralter
        """
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute(f"PRAGMA busy_timeout = {MAX_MIGRATION_WAIT_S * 1000}")
        try:
            with connection.execution_options(**{BEGIN: "BEGIN IMMEDIATE"}).begin():
                yield
                orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if orphans:
                    raise PipelineError(
                        f"The migration would leave {len(orphans)} rows of {orphans[0][0]} without "
                        f"the row of {orphans[0][2]} that they refer to; nothing was changed."
                    )
        finally:
            if not connection.invalidated:  # Ctrl-C in a statement closes the connection
                driver.execute(f"PRAGMA busy_timeout = {MAX_LOCK_WAIT_S * 1000}")
                driver.execute("PRAGMA foreign_keys = ON")

    def take_write_lock(self, connection: Connection, table: Table) -> None:
        """Write nothing, so that the transaction begins by writing.

        SQLite lets a transaction that has read, and then wants to write, fail at once when another
        connection has written in between. One that begins by writing waits.
        https://www.sqlite.org/rescode.html#busy_snapshot
        """
        connection.execute(sa.delete(table).where(sa.false()))

    def drop_temporary(self, connection: Connection, table: Table) -> sa.TextClause:
        return sa.text(
            f"DROP TABLE IF EXISTS {connection.dialect.identifier_preparer.format_table(table)}"
        )

    def column_words(
        self, connection: Connection, table: str, schema: str | None = None
    ) -> dict[str, tuple[str, str | None]]:
        rows = connection.execute(
            sa.text("SELECT name, type, dflt_value FROM pragma_table_info(:table, :schema)"),
            {"table": table, "schema": schema or "main"},
        )
        return {name: (str(words).upper(), default) for name, words, default in rows}

    def character_sets(self, connection: Connection, table: Table) -> dict[str, tuple[str, str]]:
        """None: all texts are UTF-8."""
        return {}

    def uniques(self, connection: Connection, table: Table) -> list[list[str]]:
        rows = connection.execute(
            sa.text(
                "SELECT '', name, pk AS place FROM pragma_table_info(:table, :schema) WHERE pk "
                "UNION ALL SELECT one.name, part.name, part.seqno "
                "FROM pragma_index_list(:table, :schema) one, pragma_index_info(one.name, :schema) "
                'part WHERE one."unique" AND NOT one.partial ORDER BY 1, 3'
            ),
            {"table": table.name, "schema": table.schema or "main"},
        )
        return by_index(rows)

    def exact(self, text: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """A collation, as NOCASE, is a column's own, and known to its type."""
        collated = getattr(text.type, "collation", None)
        return sa.cast(text, sa.LargeBinary) if collated else text

    def refuses_row(self, error: DBAPIError) -> bool:
        return isinstance(error, IntegrityError)

    def insert_missing(self, table: Table) -> sa.Insert:
        """A plain INSERT: a load that is here has the only right to write."""
        return sa.insert(table)

    def csv_line(self, columns: Iterable[sa.ColumnElement[Any]]) -> tuple[Any, list[str]]:
        return csv_line(columns)

    def csv_text(self, lines: Sequence[Any]) -> tuple[bytes, int | None]:
        return csv_text(lines)

    def read_only(self, url: URL) -> URL:
        """Return the file's URI, the one form that takes a mode. https://sqlite.org/uri.html"""
        if in_memory(url):
            return url
        address = f"file:{quote(str(url.database))}"
        return url.set(database=address, query={"mode": "ro", "uri": "true"})

    def forbid_writing(self, engine: Engine) -> None:
        """Nothing: the URL says it already."""

    def is_missing(self, url: URL) -> bool:
        return not in_memory(url) and not Path(str(url.database)).is_file()
