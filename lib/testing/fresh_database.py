"""A database for a while, on a server."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import make_url

from lib.testing.mysql_server import connect


@contextmanager
def fresh_database(url: str, prefix: str = "test_") -> Iterator[str]:
    """Make an empty database of a new name on the server of `url`, and drop it at the end.

    Gives its URL.
    """
    name = prefix + secrets.token_hex(6)
    assert "`" not in name
    with connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE `{name}`")
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        with connect(url) as connection, connection.cursor() as cursor:
            # A transaction that was left open would keep the drop waiting for a day.
            cursor.execute("SET SESSION lock_wait_timeout = 15")
            cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")
