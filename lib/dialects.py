"""Everything that differs between SQLite and MySQL, as a small table of behaviour.

No other module of the pipeline asks which database it talks to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool, StaticPool

from lib.errors import PipelineError

STRICT = "STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
STRICT += "NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY"


class NotReady(PipelineError):
    """The server does not answer yet, or not any more; waiting may help."""


@dataclass(frozen=True)
class Dialect:
    """What one kind of database needs, and where it differs from the other."""

    name: str
    options: Callable[[URL], dict[str, Any]]
    listen: Callable[[Engine], None]
    explain: Callable[[BaseException, URL], PipelineError]
    rebuild: Callable[[Connection], Any]
    probe: Callable[[Engine, float], AbstractContextManager[Connection]]


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


# --- SQLite ---------------------------------------------------------------------------------


def in_memory(url: URL) -> bool:
    """Tell whether the database lives in memory only."""
    return url.database in (None, "", ":memory:") or url.query.get("mode") == "memory"


def _sqlite_options(url: URL) -> dict[str, Any]:
    if in_memory(url):
        # Each new connection would be a new, empty database: all threads share one.
        return {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    return {"connect_args": {"timeout": 15}}


def _sqlite_listen(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        # Python's sqlite3 starts no transaction for DDL by itself; so it starts none at all, and
        # `on_begin` does. SQLAlchemy's docs, "Pysqlite", "Serializable isolation", tell why.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN")


def _sqlite_probe(engine: Engine, _timeout: float) -> Connection:
    return engine.connect()


def _sqlite_explain(error: BaseException, url: URL) -> PipelineError:
    cause = str(getattr(error, "orig", None) or error)
    where = Path(str(url.database))
    if "unable to open" in cause and not where.parent.is_dir():
        return PipelineError(
            f"The folder of the database, {where.parent}, is not there.",
            "Make it, or choose another place with --database-url sqlite:///file.db.",
        )
    if "unable to open" in cause or "readonly" in cause:
        return PipelineError(
            f"The database {where} cannot be opened or written ({cause}).",
            "Check that you may write in its folder, or choose another place with "
            "--database-url sqlite:///file.db.",
        )
    if "locked" in cause:
        return PipelineError(
            f"Another program holds the database {where.name} ({cause}).",
            "Shut down the kernels that use it (in JupyterLab: Kernel, Shut Down All Kernels), "
            "then try again.",
        )
    if "not a database" in cause or "malformed" in cause:
        return PipelineError(
            f"{where} is damaged, or is no SQLite database ({cause}).",
            "Type: python run.py reset all, or choose another file with --database-url.",
        )
    return PipelineError(f"SQLite refused: {cause}.", "Type: python run.py doctor")


@contextmanager
def _sqlite_rebuild(connection: Connection) -> Iterator[None]:
    """Foreign keys off while tables are rebuilt: dropping the old table would delete its children.

    The switch works outside a transaction only, hence on the driver's own connection, and what it
    let through is checked before the commit. https://www.sqlite.org/lang_altertable.html#otheralter
    """
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        with connection.begin():
            yield
            orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if orphans:
                raise PipelineError(
                    f"The migration would leave {len(orphans)} rows of {orphans[0][0]} without "
                    f"the row of {orphans[0][2]} that they refer to; nothing was changed."
                )
    finally:
        if not connection.invalidated:  # Ctrl-C in a statement closes the connection
            driver.execute("PRAGMA foreign_keys = ON")


# --- MySQL and MariaDB ----------------------------------------------------------------------


def _mysql_options(_url: URL) -> dict[str, Any]:
    return {
        "pool_pre_ping": True,  # the server closes idle connections: wait_timeout
        "pool_recycle": 3600,
        "connect_args": {
            "charset": "utf8mb4",
            "local_infile": True,  # allowed at this end; the server has its own switch
            "connect_timeout": 10,
            "init_command": f"SET time_zone = '+00:00', sql_mode = '{STRICT}'",
        },
    }


def _mysql_listen(_engine: Engine) -> None:
    """Nothing to do at connect that the options above do not."""


@contextmanager
def _mysql_probe(engine: Engine, timeout: float) -> Iterator[Connection]:
    """A connection that gives up: a pooled one would wait for ever for a silent server's greeting.

    PyMySQL bounds that by read_timeout only, which would cut short a long query, too.
    """
    limits = {"connect_timeout": timeout, "read_timeout": timeout, "write_timeout": timeout}
    arguments = _mysql_options(engine.url)["connect_args"] | limits
    probe = create_engine(engine.url, poolclass=NullPool, connect_args=arguments)
    with probe.connect() as connection:
        yield connection


def _mysql_explain(error: BaseException, url: URL) -> PipelineError:
    orig = getattr(error, "orig", None) or error
    code = orig.args[0] if orig.args else None
    server = f"{url.host}:{url.port or 3306}"
    if code in (2002, 2003, 2006, 2013, 1040, 1053):
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
    if code in (1044, 1049, 1142, 1227):
        return PipelineError(
            f"User {url.username!r} may not use the database {url.database!r} at {server}, "
            "or it does not exist.",
            "Check its name in DATABASE_URL, or let an administrator create it and grant it.",
        )
    if isinstance(orig, RuntimeError) and "cryptography" in str(orig):
        return PipelineError(
            "Logging in to this server needs the package cryptography.",
            "Type: python -m pip install 'PyMySQL[rsa]'",
        )
    return PipelineError(f"The server at {server} refused: {orig}", "Type: python run.py doctor")


@contextmanager
def _mysql_rebuild(_connection: Connection) -> Iterator[None]:
    """No transaction around all: DDL commits by itself, so Alembic commits after each revision.

    Otherwise what fails in one would take back the number of the one before it, but not its tables.
    """
    yield


_MYSQL = Dialect(
    "mysql", _mysql_options, _mysql_listen, _mysql_explain, _mysql_rebuild, _mysql_probe
)
_SQLITE = Dialect(
    "sqlite", _sqlite_options, _sqlite_listen, _sqlite_explain, _sqlite_rebuild, _sqlite_probe
)
DIALECTS = {"sqlite": _SQLITE, "mysql": _MYSQL, "mariadb": _MYSQL}
