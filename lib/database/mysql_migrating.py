"""One migration of a database at a time, and none that waits in silence: MySQL and MariaDB."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, event
from sqlalchemy.exc import SQLAlchemyError

from lib.errors import NotReady

NOTICE_S = 3  # after so many seconds of waiting for another migration, it is said
MAX_OTHER_S = 600  # that a migration waits for another one to end
# Seconds that one statement waits for a lock, each time longer. In between it leaves the queue, and
# lets pass those who read: a statement that waits for a table holds up all that come after it.
# https://dev.mysql.com/doc/refman/8.4/en/metadata-locking.html
WAITS_S = (2, 4, 8, 16)
WAITED_TOO_LONG = 1205
MAX_SHOWN = 5  # connections that a message names
DEFINES = re.compile(r"\s*(ALTER|CREATE|DROP|RENAME|TRUNCATE)\b", re.IGNORECASE)  # and commits

logger = logging.getLogger(__name__)


@contextmanager
def alone(connection: Connection) -> Iterator[None]:
    """Hold the named lock of this database's migrations, on the connection that migrates.

    The server lets go of it when the connection ends. Raises NotReady when another migration holds
    it for too long.
    """
    name = {"name": f"{connection.engine.url.database}.migration"[-64:]}
    waited = 0
    while not connection.scalar(
        sa.text("SELECT GET_LOCK(:name, :wait)"), name | {"wait": NOTICE_S}
    ):
        waited += NOTICE_S
        holder = connection.scalar(sa.text("SELECT IS_USED_LOCK(:name)"), name)
        who = f"connection {holder} of the server"
        if waited >= MAX_OTHER_S:
            raise NotReady(
                f"Another migration of this database, {who}, was not done after {waited} s.",
                "Wait until it has ended, then run this again.",
            )
        if waited == NOTICE_S:
            logger.warning("Another migration of this database is at work (%s); waiting.", who)
    connection.commit()  # or Alembic would take this for a transaction of its caller's
    try:
        yield
    finally:
        _tidy(connection, sa.text("SELECT RELEASE_LOCK(:name)").bindparams(**name))


@contextmanager
def without_waiting_in_silence(connection: Connection) -> Iterator[None]:
    """Let each statement of the connection wait for a lock for seconds, say for whom, and give up.

    By default MySQL waits for a table for a year, MariaDB for a day.
    """
    mine: Any = connection.connection.driver_connection
    names = ("lock_wait_timeout", "innodb_lock_wait_timeout", "innodb_rollback_on_timeout")
    asked = sa.text("SELECT " + ", ".join(f"@@{name}" for name in names))
    *before, whole = connection.execute(asked).one()
    connection.commit()

    def patiently(cursor: Any, statement: str, parameters: Any, _context: object) -> bool:
        if cursor.connection is not mine:
            return False
        # Only where the server takes back the statement alone, and not the whole transaction.
        may_repeat = not whole or DEFINES.match(statement)
        for place, wait in enumerate(WAITS_S if may_repeat else [sum(WAITS_S)]):
            cursor.execute(_waits(wait, wait))
            try:
                cursor.execute(statement, parameters)
                return True
            except mine.OperationalError as error:
                if error.args[0] != WAITED_TOO_LONG:
                    raise
                who, numbers = _holders(cursor, statement)
                if not may_repeat or place == len(WAITS_S) - 1:
                    kill = " or ".join(f"KILL {number}" for number in numbers) or "KILL NUMBER"
                    raise NotReady(
                        f"The migration waited {sum(WAITS_S)} s for a lock, in vain. {who} "
                        f"The statement: {_short(statement)}",
                        f"Let that transaction end: close its program, or as the server's "
                        f"administrator: {kill}. Then run this again; it goes on where it was.",
                    ) from error
                logger.warning("The migration waits for a lock. %s", who)
        return True

    event.listen(connection.engine, "do_execute", patiently)
    try:
        yield
    finally:
        event.remove(connection.engine, "do_execute", patiently)
        _tidy(connection, sa.text(_waits(*before)))


def _tidy(connection: Connection, statement: sa.TextClause) -> None:
    """Put right what outlives a transaction; a connection that broke has let go of all."""
    with suppress(SQLAlchemyError):
        if not connection.invalidated:
            connection.execute(statement)


def _waits(table_s: int, row_s: int) -> str:
    return f"SET SESSION lock_wait_timeout = {table_s:d}, innodb_lock_wait_timeout = {row_s:d}"


_WHO = "SELECT DISTINCT p.id, p.user, p.host, p.command, p.time, {since} AS since FROM "
_WHO += "information_schema.processlist p "
_OTHERS = "p.db = DATABASE() AND p.id <> CONNECTION_ID()"
# What the server tells, the most exact first. The first needs the performance schema to be on, the
# second the right PROCESS.
_ASKED = (
    (
        "The table is held by",
        _WHO.format(since="0") + "JOIN performance_schema.threads t ON t.processlist_id = p.id "
        "JOIN performance_schema.metadata_locks m ON m.owner_thread_id = t.thread_id "
        f"WHERE m.object_type = 'TABLE' AND m.object_schema = DATABASE() AND {_OTHERS} "
        "AND m.lock_status = 'GRANTED' AND LOCATE(m.object_name, %s) > 0",
    ),
    (
        "Open transactions:",
        _WHO.format(since="x.trx_started")
        + "JOIN information_schema.innodb_trx x ON x.trx_mysql_thread_id = p.id "
        f"WHERE {_OTHERS} AND %s <> '' ORDER BY since",
    ),
    (
        "The server does not tell this user who holds it. Connected to this database:",
        _WHO.format(since="0") + f"WHERE {_OTHERS} AND %s <> ''",
    ),
)


def _holders(cursor: Any, statement: str) -> tuple[str, list[int]]:
    """Return in words for whom the statement waits, and the numbers of those that hold it."""
    for words, question in _ASKED:
        try:
            cursor.execute(question, (statement,))
            rows = cursor.fetchall()
        except cursor.connection.Error:  # no such table, or no right to look at it
            continue
        if rows:
            each = [
                f"connection {number} ({user}@{re.sub(r':[0-9]+$', '', host)}, "
                f"{command.lower()} for {seconds} s)"
                for number, user, host, command, seconds, _ in rows[:MAX_SHOWN]
            ]
            more = f" and {len(rows) - MAX_SHOWN} more" if len(rows) > MAX_SHOWN else ""
            known = [] if (words, question) == _ASKED[-1] else [row[0] for row in rows[:MAX_SHOWN]]
            return f"{words} {', '.join(each)}{more}.", known
    return "The server does not tell this user who holds it.", []


def _short(statement: str) -> str:
    text = " ".join(statement.split())
    return text if len(text) <= 80 else f"{text[:77]}..."
