"""The way into a table that each database has: the fastest, with a plain one behind it.

SQLite: a file beside the database, written by ADBC and then attached; a large file goes into an
empty table in parts. MySQL: LOAD DATA LOCAL INFILE into a temporary table, or straight into an
empty one. Where neither is to be had, a temporary table and batched INSERT.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection, Table

from lib.load import staging_mysql, staging_sqlite
from lib.load.staging_mysql import LoadData
from lib.load.staging_sqlite import Parts
from lib.load.staging_table import Staging
from lib.source.base import Source

Direct = Parts | LoadData


def open_staging(connection: Connection, like: Table) -> AbstractContextManager[Staging]:
    """Make a staging place with the columns of `like`, within the connection's transaction."""
    if connection.dialect.name == "sqlite":
        return staging_sqlite.open_staging(connection, like)
    return staging_mysql.open_staging(connection, like)


@contextmanager
def open_direct(
    connection: Connection, table: Table, like: Table, source: Source
) -> Iterator[Direct | None]:
    """Give the way straight into an empty table; None where a staging place is needed."""
    if connection.dialect.name == "sqlite":
        with staging_sqlite.open_parts(connection, table, like, source) as parts:
            yield parts
    else:
        with staging_mysql.open_target(connection, table, source.columns) as target:
            yield target
