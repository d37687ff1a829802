"""A place where rows wait before they are merged, and the plain one that every database has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Table, select, text
from sqlalchemy.exc import SQLAlchemyError

from lib.database.dialects import dialect_of


class Staging(Protocol):
    """A place for rows: `table` is what to query once all are in; `note` says what was unusual.

    `thread_safe` tells whether another thread than the connection's may add rows.
    """

    table: Table
    note: str
    thread_safe: bool

    def add(self, rows: pa.RecordBatch, bytes_read: int = 0) -> None:
        """Append rows, whose columns are those of the table."""

    def finish(self) -> None:
        """Make what was added visible in `table`."""


def is_empty(connection: Connection, table: Table) -> bool:
    """Tell whether the table has no row."""
    return connection.execute(select(text("1")).select_from(table).limit(1)).first() is None


@contextmanager
def temporary_table(connection: Connection, table: Table) -> Iterator[None]:
    """Make a TEMPORARY table for a block, within the connection's transaction."""
    drop = dialect_of(connection).drop_temporary(connection, table)
    connection.execute(drop)
    table.create(connection, checkfirst=False)
    try:
        yield
    except BaseException:
        with suppress(SQLAlchemyError):  # the connection may be what failed
            connection.execute(drop)
        raise
    connection.execute(drop)


def insert_sql(connection: Connection, table: Table) -> str:
    """Return an INSERT for plain tuples, one value for each column, as the driver wants it.

    Tuples spare the driver a dict for each row; PyMySQL sends many of them in one statement.
    """
    quote = connection.dialect.identifier_preparer
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    names = ", ".join(quote.format_column(column) for column in table.c)
    marks = ", ".join([mark] * len(table.c))
    return f"INSERT INTO {quote.format_table(table)} ({names}) VALUES ({marks})"


class Inserted:
    """Plain tuples through the driver, many in one call."""

    thread_safe = False

    def __init__(self, connection: Connection, table: Table, note: str = "") -> None:
        self.table, self.note = table, note
        self._connection = connection
        self._sql = insert_sql(connection, table)

    def add(self, rows: pa.RecordBatch, bytes_read: int = 0) -> None:
        if not len(rows):
            return
        columns = [column.to_pylist() for column in plain(rows).columns]
        self._connection.exec_driver_sql(self._sql, list(zip(*columns, strict=True)))

    def finish(self) -> None:
        """Nothing: the rows are in the table."""


def plain(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Return the rows with times and decimals as the text that both databases take."""
    return pa.RecordBatch.from_pydict({name: as_text(rows[name]) for name in rows.schema.names})


def as_text(column: pa.Array) -> pa.Array:
    """Return times, dates and decimals as the text that both databases take; others as they are.

    Times have whole seconds, as the rules leave them. A cast writes those in the wanted form, in a
    tenth of the time that strftime takes.
    """
    if pa.types.is_timestamp(column.type):
        column = pc.cast(column, pa.timestamp("s"))
    elif not (pa.types.is_date(column.type) or pa.types.is_decimal(column.type)):
        return column
    return pc.cast(column, pa.string())
