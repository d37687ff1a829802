"""What one kind of database can do, and where it differs from the other, as methods.

`lib.database.sqlite` and `lib.database.mysql` answer them. Outside of this room and of the two
staging modules of the load, nothing asks which database it talks to.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Table
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from lib.errors import PipelineError

IN_AUTOCOMMIT = "The connection is in AUTOCOMMIT: half of a load could stay. Nothing was loaded."
HOW_TO_BEGIN = (
    "Take one without it: with engine.begin() as connection, of an engine or connection without "
    'isolation_level="AUTOCOMMIT".'
)


class Dialect(ABC):
    """One kind of database: SQLite, or MySQL and MariaDB."""

    name: str  # as SQLAlchemy names it
    temporary_schema: str | None = None  # where temporary tables are, if not among the others
    driver_streams = False  # the driver's own cursor fetches rows when they are asked for
    unwritable: tuple[type[Exception], ...] = ()  # raised where `csv_line` cannot write a value

    @abstractmethod
    def options(self, url: URL) -> dict[str, Any]:
        """Return the arguments of `create_engine` for this URL."""

    @abstractmethod
    def listen(self, engine: Engine) -> None:
        """Set up each connection that the engine makes."""

    @abstractmethod
    def prepare(self, url: URL) -> None:
        """Make what must be there before the first connection; raises PipelineError."""

    @abstractmethod
    def probe(self, engine: Engine, timeout: float) -> AbstractContextManager[Connection]:
        """Return a connection that gives up after so many seconds, for one query."""

    @abstractmethod
    def explain(self, error: BaseException, url: URL) -> PipelineError:
        """Return the error in words that a user can act on; never with a password in them."""

    @abstractmethod
    def is_transient(self, error: DBAPIError) -> bool:
        """Tell whether the same work may succeed when it is tried again from its beginning."""

    @abstractmethod
    def takes_no_writing(self, error: DBAPIError) -> bool:
        """Tell whether the server refuses all writing, so that its connections are of no use."""

    @abstractmethod
    def give_up(self, connection: Connection) -> None:
        """Close a connection of whose transaction a part was undone: its rest must not commit."""

    @abstractmethod
    def loading(self, connection: Connection) -> AbstractContextManager[None]:
        """Make sure that there is a transaction, in which nothing that does not fit is cut.

        Raises PipelineError for a connection in AUTOCOMMIT.
        """

    @abstractmethod
    def read_committed(self, connection: Connection) -> None:
        """Let each statement of the next transaction see what others have committed by then."""

    @abstractmethod
    def lock(self, engine: Engine, name: str) -> AbstractContextManager[bool]:
        """Take an advisory lock of this name without waiting; True when it was taken.

        The operating system or the server releases it when the process dies.
        """

    @abstractmethod
    def rebuild(self, connection: Connection) -> AbstractContextManager[None]:
        """Return a context in which migrations may rebuild tables that others refer to."""

    @abstractmethod
    def take_write_lock(self, connection: Connection, table: Table) -> None:
        """Wait for the right to write into the table, before anything is read."""

    @abstractmethod
    def drop_temporary(self, connection: Connection, table: Table) -> sa.TextClause:
        """Return the statement that drops a temporary table and commits nothing."""

    @abstractmethod
    def column_words(
        self, connection: Connection, table: str, schema: str | None = None
    ) -> dict[str, tuple[str, str | None]]:
        """Return each column's type and its default, in the words of the database."""

    @abstractmethod
    def character_sets(self, connection: Connection, table: Table) -> dict[str, tuple[str, str]]:
        """Return the character set and the collation of each text column that is in the table."""

    @abstractmethod
    def uniques(self, connection: Connection, table: Table) -> list[list[str]]:
        """Return the columns of each key and unique index that the table has in the database."""

    @abstractmethod
    def exact(self, text: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """Return what is equal where texts are, to the last blank and in upper and lower case."""

    @abstractmethod
    def refuses_row(self, error: DBAPIError) -> bool:
        """Tell whether a row is at fault: it breaks a constraint, or does not fit its column."""

    @abstractmethod
    def insert_missing(self, table: Table) -> sa.Insert:
        """Return an INSERT that leaves out what another load has added since we looked."""

    @abstractmethod
    def csv_line(self, columns: Iterable[sa.ColumnElement[Any]]) -> tuple[Any, list[str]]:
        """Return an expression that writes columns as one line, and the names of these columns.

        Columns that would lose something that way are left out.
        """

    def csv_text(self, lines: Sequence[Any]) -> tuple[bytes, int | None]:
        """Return such lines as CSV in UTF-8, and how many of the values are texts, where known.

        A missing value is empty, or the word null; a text is in quotes.
        """
        return "".join(f"{line}\n" for line in lines).encode(), None

    @abstractmethod
    def read_only(self, url: URL) -> URL:
        """Return the URL under which the same database can only be read."""

    @abstractmethod
    def forbid_writing(self, engine: Engine) -> None:
        """Let the database itself refuse each write on the engine's connections."""

    @abstractmethod
    def is_missing(self, url: URL) -> bool:
        """Tell whether the database is a file that is not there, without making it."""


def by_index(rows: Iterable[Sequence[Any]]) -> list[list[str]]:
    """Return the columns of each index, of rows of index and column; not where one has no name."""
    found: dict[str, list[str | None]] = {}
    for index, column, *_ in rows:
        found.setdefault(index, []).append(column)
    return [[each for each in columns if each] for columns in found.values() if all(columns)]
