"""What the checks of chapter 10 share: the chapter's tables, and accidents on request."""

# What the chapter defines stands here as in its cells, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    literal,
    select,
)

from lib.database import Database
from lib.errors import NotReady
from lib.models import Flight
from lib.workbook.exercises.driver import meeting

metadata = MetaData()
daily = Table(
    "daily",
    metadata,
    Column("month", String(7)),
    Column("day", Integer),
    Column("flights", Integer),
    Column("cancelled", Integer),
)
by_dest = Table(
    "by_dest",
    metadata,
    Column("month", String(7), primary_key=True),
    Column("dest", String(3), primary_key=True),
    Column("flights", Integer),
)


def counted(month):
    cancelled = func.count() - func.count(Flight.dep_time)
    columns = literal(month), Flight.day, func.count(), cancelled
    mine = Flight.year == int(month[:4]), Flight.month == int(month[-2:])
    return select(*columns).where(*mine).group_by(Flight.day)


def replace_month(db, month, fail=False):
    with db.engine.begin() as connection:
        connection.execute(delete(daily).where(daily.c.month == month))
        if fail:
            raise NotReady("The connection is lost.")
        connection.execute(insert(daily).from_select(daily.c.keys(), counted(month)))


def is_insert(statement: str, table: str) -> bool:
    """Tell whether a statement puts rows into the table."""
    words = statement.replace("`", " ").replace('"', " ").split()
    return words[0].upper() in ("INSERT", "REPLACE", "WITH") and table in words


@contextmanager
def accident(
    db: Database, table: str, error: Callable[[], Exception], times: int
) -> Iterator[list[str]]:
    """Let so many INSERTs into the table fail, in the driver, before anything of them is sent.

    Gives the list of the statements that failed.
    """
    failed: list[str] = []

    def strike(statement: str) -> None:
        if len(failed) < times and is_insert(statement, table):
            failed.append(statement)
            raise error()

    with meeting(db, strike):
        yield failed
