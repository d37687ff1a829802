"""MySQL and MariaDB through PyMySQL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from lib.database.dialect import Dialect, by_index
from lib.errors import NotReady, PipelineError

LOOPBACK = ("127.0.0.1", "::1", "localhost")
STRICT = "STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
STRICT += "NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY"
MAX_READER_WAIT_S = 10  # seconds that a reader waits for a table that is being altered
MAX_CONCAT_BYTES = 1 << 28  # of an aggregated text: MySQL would cut it after 1,024, and only warn


class Mysql(Dialect):
    """MySQL and MariaDB: the same protocol, nearly the same SQL."""

    name = "mysql"

    def options(self, url: URL) -> dict[str, Any]:
        # For TLS, PyMySQL reads all certificates that the system trusts, for each connection. A
        # connection that stays on this machine does without, unless the URL speaks of TLS; the
        # password is encrypted by the server's own key.
        asked = any(name.startswith("ssl") for name in url.query)
        plain = {"ssl_disabled": True} if url.host in LOOPBACK and not asked else {}
        return {
            "pool_pre_ping": True,  # the server closes idle connections: wait_timeout
            "pool_recycle": 3600,
            "connect_args": {
                "charset": "utf8mb4",
                "local_infile": True,  # allowed at this end; the server has its own switch
                "connect_timeout": 10,
                "init_command": f"SET time_zone = '+00:00', sql_mode = '{STRICT}', "
                f"group_concat_max_len = {MAX_CONCAT_BYTES}",
                **plain,
            },
        }

    def listen(self, engine: Engine) -> None:
        from lib.database.mysql_driver import (
            hang_up_when_interrupted,  # not above: SQLite needs no PyMySQL
        )

        event.listen(engine, "connect", hang_up_when_interrupted)
        event.listen(engine, "connect", _compare_bytes)

    def prepare(self, url: URL) -> None:
        """Nothing: an administrator makes the database."""

    @contextmanager
    def probe(self, engine: Engine, timeout: float) -> Iterator[Connection]:
        """A connection that gives up: a pooled one would wait for ever for a silent server.

        PyMySQL bounds that by read_timeout only, which would cut short a long query, too.
        """
        limits = {"connect_timeout": timeout, "read_timeout": timeout, "write_timeout": timeout}
        arguments = self.options(engine.url)["connect_args"] | limits
        probe = create_engine(engine.url, poolclass=NullPool, connect_args=arguments)
        with probe.connect() as connection:
            yield connection

    def explain(self, error: BaseException, url: URL) -> PipelineError:
        orig = getattr(error, "orig", None) or error
        code = orig.args[0] if orig.args else None
        server = f"{url.host}:{url.port or 3306}"
        if code in (0, 2006, 2013):  # 0: PyMySQL had closed it before this statement
            return NotReady(
                f"The connection to the server at {server} broke off; "
                "what was not committed is undone.",
                "Look whether the server still runs, then run this again.",
            )
        if code in (2002, 2003, 1040, 1053):
            return NotReady(
                f"No database answers at {server}.",
                "Start it (docker compose up -d --wait), check host and port in DATABASE_URL, "
                "or leave DATABASE_URL out to use SQLite.",
            )
        if code in (1045, 1698):
            return PipelineError(
                f"The server at {server} refuses user {url.username!r} with this password.",
                "Check MYSQL_USER and MYSQL_PASSWORD in .env; a container keeps the password "
                "that it was first started with.",
            )
        if code in (1044, 1049):
            # Often another one than the URL's: the bench and the chapters make some of their own.
            named = re.findall("['`]([^'`]+)['`]", str(orig.args[-1])) or [url.database]
            return PipelineError(
                f"User {url.username!r} may not use the database {named[-1]!r} at {server}, "
                "or it does not exist.",
                "Check its name in DATABASE_URL, or let an administrator create it and grant it.",
            )
        if code in (1142, 1143, 1227):
            return PipelineError(
                f"User {url.username!r} lacks a right at {server}: {orig.args[-1]}.",
                "Let an administrator grant it.",
            )
        if isinstance(orig, RuntimeError) and "cryptography" in str(orig):
            return PipelineError(
                "Logging in to this server needs the package cryptography.",
                "Type: python -m pip install 'PyMySQL[rsa]'",
            )
        return PipelineError(f"The server at {server} refused: {orig}", topic="refused")

    def is_transient(self, error: DBAPIError) -> bool:
        # Lock wait timeout, deadlock, changed since read (MariaDB); and a duplicate key, where
        # another load has committed the same row since this one looked: then it is an update.
        code = error.orig.args[0] if error.orig is not None and error.orig.args else None
        return code in (1205, 1213, 1020, 1062)

    def read_committed(self, connection: Connection) -> None:
        connection.execution_options(isolation_level="READ COMMITTED")

    @contextmanager
    def lock(self, engine: Engine, name: str) -> Iterator[bool]:
        """A named lock of the server's, on a connection of its own: it ends with the connection."""
        connection = engine.connect()
        try:
            named = {"name": f"{engine.url.database}.{name}"[-64:]}
            yield bool(connection.scalar(sa.text("SELECT GET_LOCK(:name, 0)"), named))
        finally:
            with suppress(SQLAlchemyError):
                connection.invalidate()  # closed, not pooled: a pooled one would keep the lock
                connection.close()

    @contextmanager
    def rebuild(self, connection: Connection) -> Iterator[None]:
        """No transaction around all: DDL commits by itself, so Alembic commits after each revision.

        Otherwise a failure in one revision would take back the number of the one before it, but
        not its tables.
        """
        yield

    def take_write_lock(self, connection: Connection, table: Table) -> None:
        """Nothing: the server locks row by row."""

    def drop_temporary(self, connection: Connection, table: Table) -> sa.TextClause:
        """MySQL would commit at a DROP TABLE that does not say TEMPORARY.

        https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html
        """
        name = connection.dialect.identifier_preparer.format_table(table)
        return sa.text(f"DROP TEMPORARY TABLE IF EXISTS {name}")

    def character_sets(self, connection: Connection, table: Table) -> dict[str, tuple[str, str]]:
        columns = sa.table(
            "columns",
            *map(sa.column, ("column_name", "character_set_name", "collation_name")),
            *map(sa.column, ("table_schema", "table_name")),
            schema="information_schema",
        ).c
        mine = columns.table_schema == (table.schema or sa.func.database())
        rows = sa.select(columns.column_name, columns.character_set_name, columns.collation_name)
        rows = rows.where(mine, columns.table_name == table.name, columns.collation_name != "")
        return {name: (charset, collation) for name, charset, collation in connection.execute(rows)}

    def uniques(self, connection: Connection, table: Table) -> list[list[str]]:
        # An index of an expression, or of the first characters, has no column here.
        rows = connection.execute(
            sa.text(
                "SELECT index_name, CASE WHEN sub_part IS NULL THEN column_name END "
                "FROM information_schema.statistics WHERE table_schema = coalesce(:schema, "
                "database()) AND table_name = :table AND non_unique = 0 "
                "ORDER BY index_name, seq_in_index"
            ),
            {"table": table.name, "schema": table.schema},
        )
        return by_index(rows)

    def exact(self, text: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """As bytes: most collations pad with blanks, many ignore the case."""
        return sa.cast(text, sa.LargeBinary)

    def refuses_row(self, error: DBAPIError) -> bool:
        # PyMySQL takes some of these for operational ones: a text that is not of the character set,
        # JSON, a CHECK of MySQL's, what a trigger signals.
        code = error.orig.args[0] if error.orig is not None and error.orig.args else None
        return isinstance(error, IntegrityError | DataError) or code in (1366, 3140, 3819, 1644)

    def insert_missing(self, table: Table) -> sa.Insert:
        """INSERT IGNORE: it waits for the other load to end.

        As an error it would cost the whole load, again and again when many load at once.
        """
        ours = sa.insert(table)
        return ours.prefix_with("IGNORE", dialect="mysql").prefix_with("IGNORE", dialect="mariadb")

    def csv_line(self, columns: Iterable[sa.ColumnElement[Any]]) -> tuple[Any, list[str]]:
        kept = list(columns)
        texts = [_as_text(each) if isinstance(each.type, sa.String) else each for each in kept]
        line = sa.func.concat_ws(",", *(sa.func.coalesce(text, "") for text in texts))
        return line, [str(each.key) for each in kept]

    def read_only(self, url: URL) -> URL:
        """The same: `forbid_writing` sets up each session."""
        return url

    def forbid_writing(self, engine: Engine) -> None:
        @event.listens_for(engine, "connect")
        def read_only_session(connection: Any, _record: object) -> None:
            with connection.cursor() as cursor:
                cursor.execute("SET SESSION TRANSACTION READ ONLY")
                # A day, by the server's own default.
                cursor.execute(f"SET SESSION lock_wait_timeout = {MAX_READER_WAIT_S}")

    def is_missing(self, url: URL) -> bool:
        return False


def _compare_bytes(connection: Any, _record: object) -> None:
    """Compare and sort texts that stand in a statement as columns are, and as SQLite does it.

    Not by an argument of the connection: SQLAlchemy says SET NAMES after that.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET collation_connection = utf8mb4_bin")


def _as_text(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.func.concat('"', sa.func.replace(column, '"', '""'), '"')
