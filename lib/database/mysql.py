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

from lib.database import mysql_errors
from lib.database.dialect import HOW_TO_BEGIN, IN_AUTOCOMMIT, Dialect, by_index
from lib.errors import PipelineError

LOOPBACK = ("127.0.0.1", "::1", "localhost")
STRICT = "STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
STRICT += "NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY,"
STRICT += "NO_AUTO_VALUE_ON_ZERO"  # or a key of 0 would get another number, at each load
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
        mysql_errors.watch(engine)

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
        return mysql_errors.explain(error, url)

    def is_transient(self, error: DBAPIError) -> bool:
        return mysql_errors.code_of(error) in mysql_errors.TRANSIENT

    def takes_no_writing(self, error: DBAPIError) -> bool:
        return mysql_errors.code_of(error) in mysql_errors.READ_ONLY

    def give_up(self, connection: Connection) -> None:
        connection.invalidate()

    @contextmanager
    def loading(self, connection: Connection) -> Iterator[None]:
        """Strict, as `options` says it: a lax server cuts what does not fit.

        An engine of your own may have made the connection; it gets its own mode back, and
        keeps its quotation marks, which SQLAlchemy knows.
        """
        if not connection.in_transaction():
            connection.begin()
        raw: Any = connection.connection.driver_connection
        if raw.get_autocommit():
            raise PipelineError(IN_AUTOCOMMIT, HOW_TO_BEGIN)
        before = connection.scalar(sa.text("SELECT @@sql_mode"))
        strict = {*STRICT.split(",")} | {*before.split(",")} & {"ANSI_QUOTES"}
        if {*before.split(",")} == strict:
            yield
            return
        set_mode = sa.text("SET sql_mode = :mode")
        connection.execute(set_mode, {"mode": ",".join(sorted(strict))})
        try:
            yield
        finally:
            if not connection.invalidated:
                with suppress(DBAPIError):  # it may be what failed
                    connection.execute(set_mode, {"mode": before})

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
        not its tables. One migration at a time has the database; who waits says for whom.
        """
        from lib.database.mysql_migrating import alone, without_waiting_in_silence

        with alone(connection), without_waiting_in_silence(connection):
            yield

    def take_write_lock(self, connection: Connection, table: Table) -> None:
        """Nothing: the server locks row by row."""

    def drop_temporary(self, connection: Connection, table: Table) -> sa.TextClause:
        """MySQL would commit at a DROP TABLE that does not say TEMPORARY.

        https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html
        """
        name = connection.dialect.identifier_preparer.format_table(table)
        return sa.text(f"DROP TEMPORARY TABLE IF EXISTS {name}")

    def column_words(
        self, connection: Connection, table: str, schema: str | None = None
    ) -> dict[str, tuple[str, str | None]]:
        # Not by SHOW COLUMNS alone, where a text looks like an expression; information_schema has
        # no temporary tables; SQLAlchemy's reflection cannot read each expression.
        name = connection.dialect.identifier_preparer.format_table(sa.table(table, schema=schema))
        types = connection.execute(sa.text(f"SHOW COLUMNS FROM {name}")).all()
        made = connection.execute(sa.text(f"SHOW CREATE TABLE {name}")).one()[1].splitlines()
        lines = dict(zip((row[0] for row in types), made[1:], strict=False))
        return {row[0]: (str(row[1]).lower(), _default(lines[row[0]])) for row in types}

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
        known = mysql_errors.code_of(error) in (1366, 1644, 3140, 3819, 4025)
        return isinstance(error, IntegrityError | DataError) or known

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
        return line, [each.name for each in kept]

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


def _default(line: str) -> str | None:
    """Return the default in a column's line of SHOW CREATE TABLE, with ON UPDATE if it has that."""
    # Texts are blotted out, so that what stands in them is not taken for a word of the statement.
    bare = re.sub(r"'(?:[^'\\]|\\.|'')*'|`(?:[^`]|``)*`", lambda text: "x" * len(text[0]), line)
    found = re.search(r" DEFAULT (.+?)(?= COMMENT x| CHECK \(| /\*!| (?:IN)?VISIBLE\b|,?$)", bare)
    if not found:
        return None
    # Two spellings of one; MySQL keeps the one that it was told.
    return re.sub(r"^\(now\(\)\)$", "CURRENT_TIMESTAMP", line[found.start(1) : found.end(1)])


def _as_text(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.func.concat('"', sa.func.replace(column, '"', '""'), '"')
