"""Everything that differs between SQLite and MySQL, as a small table of behaviour.

No other module of the pipeline asks which database it talks to.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool, StaticPool

from lib.errors import PipelineError

LOOPBACK = ("127.0.0.1", "::1", "localhost")
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
    # Takes a lock of this name without waiting, and tells whether it got it; a process that ends,
    # however it ends, lets go of it.
    lock: Callable[[Engine, str], AbstractContextManager[bool]]
    # Tells whether the same work may succeed when it is tried again.
    may_pass: Callable[[DBAPIError], bool]


# --- SQLite ---------------------------------------------------------------------------------


def in_memory(url: URL) -> bool:
    """Tell whether the database lives in memory only."""
    return url.database in (None, "", ":memory:") or url.query.get("mode") == "memory"


def read_only(url: URL) -> bool:
    """Tell whether the URL of an SQLite file asks for no more than reading."""
    return url.query.get("mode") == "ro"


def _sqlite_options(url: URL) -> dict[str, Any]:
    if in_memory(url):
        # Each new connection would be a new, empty database: all threads share one.
        return {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    if read_only(url):
        # No connection is kept: the file may be replaced under a page that runs for weeks.
        return {"poolclass": NullPool, "connect_args": {"timeout": 15}}
    return {"connect_args": {"timeout": 15}}


def _sqlite_listen(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        # Python's sqlite3 starts no transaction for DDL by itself; so it starts none at all, and
        # `on_begin` does. SQLAlchemy's docs, "Pysqlite", "Serializable isolation", tell why.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        if not read_only(engine.url):
            connection.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "invalidate")
    def on_invalidate(connection: Any, _record: object, _error: object) -> None:
        # Ctrl-C in a statement: closing would not end the transaction as long as somebody knows of
        # a result, and a notebook keeps the traceback, which does; the file would stay locked.
        with suppress(sqlite3.Error):
            connection.rollback()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN")


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
    if "is full" in cause:
        return PipelineError(
            f"There is no room left for the database {where} ({cause}); nothing was changed.",
            "Make room on its disk, or choose another place with --database-url sqlite:///file.db.",
        )
    if "not a database" in cause or "malformed" in cause:
        return PipelineError(
            f"{where} is damaged, or is no SQLite database ({cause}).",
            "Type: python run.py reset all, or choose another file with --database-url.",
        )
    return PipelineError(f"SQLite refused: {cause}.", "Type: python run.py doctor")


@contextmanager
def _sqlite_lock(engine: Engine, name: str) -> Iterator[bool]:
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
        with suppress(OSError):  # somebody else may be looking at it
            Path(lock.lock_file).unlink()


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


def _mysql_options(url: URL) -> dict[str, Any]:
    # For TLS, PyMySQL reads all certificates that the system trusts, for each connection. One that
    # stays on this machine does without, and the password is encrypted by the server's own key;
    # unless the URL speaks of it.
    asked = any(name.startswith("ssl") for name in url.query)
    plain = {"ssl_disabled": True} if url.host in LOOPBACK and not asked else {}
    return {
        "pool_pre_ping": True,  # the server closes idle connections: wait_timeout
        "pool_recycle": 3600,
        "connect_args": {
            "charset": "utf8mb4",
            "local_infile": True,  # allowed at this end; the server has its own switch
            "connect_timeout": 10,
            "init_command": f"SET time_zone = '+00:00', sql_mode = '{STRICT}'",
            **plain,
        },
    }


def _mysql_listen(engine: Engine) -> None:
    from lib.mysql_driver import hang_up_when_interrupted  # not above: SQLite needs no PyMySQL

    event.listen(engine, "connect", hang_up_when_interrupted)


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
        named = re.findall("['`]([^'`]+)['`]", str(orig.args[-1]))
        return PipelineError(
            f"User {url.username!r} may not use the database {(named or [url.database])[-1]!r} at "
            f"{server}, or it does not exist.",
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
    return PipelineError(f"The server at {server} refused: {orig}", "Type: python run.py doctor")


@contextmanager
def _mysql_lock(engine: Engine, name: str) -> Iterator[bool]:
    """A named lock of the server's, on a connection of its own: it ends with the connection."""
    connection = engine.connect()
    try:
        named = {"name": f"{engine.url.database}.{name}"[-64:]}
        yield bool(connection.scalar(text("SELECT GET_LOCK(:name, 0)"), named))
    finally:
        with suppress(SQLAlchemyError):
            connection.invalidate()  # closed, not pooled: a pooled one would keep the lock
            connection.close()


def _mysql_may_pass(error: DBAPIError) -> bool:
    # Lock wait timeout, deadlock, changed since read (MariaDB); and a duplicate key, where another
    # load has committed the same row since this one looked: next time it is an update.
    code = error.orig.args[0] if error.orig is not None and error.orig.args else None
    return code in (1205, 1213, 1020, 1062)


@contextmanager
def _mysql_rebuild(_connection: Connection) -> Iterator[None]:
    """No transaction around all: DDL commits by itself, so Alembic commits after each revision.

    Otherwise what fails in one would take back the number of the one before it, but not its tables.
    """
    yield


_MYSQL = Dialect(
    name="mysql",
    options=_mysql_options,
    listen=_mysql_listen,
    explain=_mysql_explain,
    rebuild=_mysql_rebuild,
    probe=_mysql_probe,
    lock=_mysql_lock,
    may_pass=_mysql_may_pass,
)
_SQLITE = Dialect(
    name="sqlite",
    options=_sqlite_options,
    listen=_sqlite_listen,
    explain=_sqlite_explain,
    rebuild=_sqlite_rebuild,
    probe=lambda engine, _timeout: engine.connect(),
    lock=_sqlite_lock,
    may_pass=lambda error: "locked" in str(error.orig),
)
DIALECTS = {"sqlite": _SQLITE, "mysql": _MYSQL, "mariadb": _MYSQL}
