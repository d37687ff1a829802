"""What the checks of chapter 05 work with: a new Base, a new database, both databases' DDL."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, Engine, Enum, MetaData, String, Table, Text, text
from sqlalchemy.dialects import mysql
from sqlalchemy.exc import CompileError, DBAPIError, SAWarning
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.schema import CreateTable

from lib.database import Database
from lib.models import NAMING
from lib.workbook.course.exercise import NotYet, Sandbox, expect


def new_base() -> type[DeclarativeBase]:
    """A Base of its own for each look: a second class for one table would be refused."""

    class Base(DeclarativeBase):
        metadata = MetaData(naming_convention=NAMING)

    return Base


@contextmanager
def new_database(base: type[DeclarativeBase]) -> Iterator[Engine]:
    """An SQLite database in memory that has the tables of the base, and checks foreign keys.

    What SQLite has against the tables is told: they must do on both databases.
    """
    with Database("sqlite://") as db:
        try:
            base.metadata.create_all(db.engine)
        except (CompileError, DBAPIError) as error:
            told = str(getattr(error, "orig", None) or error)
            raise NotYet(f"SQLite does not take this table. It says: {told:.200}") from error
        yield db.engine


def build(sandbox: Sandbox, answer: Any, base: type[DeclarativeBase]) -> Any:
    """Call the learner's function with a base.

    Its warnings are for the check to find words for: a learner's code may be half done.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        return sandbox.call(answer, base)


def expect_model(made: Any, base: type[DeclarativeBase], table: str) -> Table:
    """Expect a class mapped on this base to this table; return the table."""
    expect(
        made is not None,
        "Your function returns None. A class that is defined in a function is known only there: "
        "`return` hands it to the caller.",
    )
    expect(
        isinstance(made, type) and hasattr(made, "__table__"),
        f"This asks for a mapped class; your function returns {type(made).__name__} {made!r:.60}.",
    )
    found: Table = made.__table__
    expect(
        found.metadata is base.metadata,
        f"The table of {made.__name__} is in another metadata than that of the Base which your "
        "function is given. The class should inherit from that Base.",
    )
    expect(found.name == table, f"The table is called {found.name!r}; {table!r} is expected.")
    return found


def expect_columns(table: Table, names: list[str]) -> None:
    """Expect these columns, in any order."""
    missing = [name for name in names if name not in table.columns]
    extra = [column.name for column in table.columns if column.name not in names]
    expect(not missing, f"In {table.name}, these columns are missing: {', '.join(missing)}.")
    expect(not extra, f"{table.name} has columns that are not in the task: {', '.join(extra)}.")


def expect_mysql_takes(table: Table) -> None:
    """Expect that the table can be made on MySQL; SQLite takes a string without a length."""
    for column in table.columns:
        kind = column.type
        expect(
            not isinstance(kind, String) or isinstance(kind, Text | Enum) or kind.length,
            f"SQLite takes this table, MySQL does not: column {column.name} is a text without a "
            "length. Every String needs a length.",
        )
    try:
        CreateTable(table).compile(dialect=mysql.dialect())
    except CompileError as error:
        raise NotYet(f"MySQL does not take this table. SQLAlchemy says: {error!s:.200}") from error


def on_mysql(column: Column[Any]) -> str:
    """The column's type as it is spelled on MySQL."""
    return str(column.type.compile(dialect=mysql.dialect())).upper()


def refused(engine: Engine, statement: str, **values: Any) -> str:
    """Run a statement in a transaction of its own; return why the database refused it, or ""."""
    try:
        with engine.begin() as connection:
            connection.execute(text(statement), values)
    except DBAPIError as error:
        return str(error.orig) or type(error.orig).__name__
    return ""
