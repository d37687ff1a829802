"""Ends the statement that a thread waits for: in C, and at a server, no signal of Python's counts.

https://docs.python.org/3/library/sqlite3.html#sqlite3.Connection.interrupt may be called from
another thread. A server goes on with a statement whose client has hung up, and keeps its locks.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from types import FrameType
from typing import Any

CONNECT_S = 2  # to a server that may not answer


def interrupt(connections: Iterable[Any]) -> None:
    """Interrupt the statements of those that are SQLite's."""
    for connection in connections:
        if isinstance(connection, sqlite3.Connection):
            with suppress(sqlite3.Error):  # closed by now
                connection.interrupt()


def kill(connections: Iterable[Any]) -> None:
    """End the statements of the others at their servers, as their own users."""
    for connection in connections:
        if not isinstance(connection, sqlite3.Connection):
            with suppress(Exception):  # whatever it is, the learner is told of the statement
                _kill(connection)


def connections_in(frame: FrameType | None) -> Iterator[Any]:
    """Yield the drivers' connections that are at work in the frames up from this one, each once."""
    pymysql = sys.modules.get("pymysql")  # not loaded, not used
    connections = (sqlite3.Connection, *((pymysql.connections.Connection,) if pymysql else ()))
    cursors = (sqlite3.Cursor, *((pymysql.cursors.Cursor,) if pymysql else ()))
    seen: set[int] = set()
    while frame is not None:
        for value in [*frame.f_locals.values()]:
            found = value.connection if isinstance(value, cursors) else value
            if isinstance(found, connections) and id(found) not in seen:
                seen.add(id(found))
                yield found
        frame = frame.f_back


def _kill(busy: Any) -> None:
    import pymysql

    second = pymysql.connect(
        host=busy.host,
        port=busy.port,
        unix_socket=busy.unix_socket,
        user=busy.user,
        password=busy.password,
        ssl=busy.ctx if busy.ssl else None,
        ssl_disabled=not busy.ssl,
        connect_timeout=CONNECT_S,
        read_timeout=CONNECT_S,
    )
    with second, second.cursor() as cursor:
        cursor.execute(f"KILL QUERY {busy.thread_id():d}")
