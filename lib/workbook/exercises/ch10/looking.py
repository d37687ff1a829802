"""What the checks of chapter 10 share: the chapter's tables, and accidents on request."""

# What the chapter defines stands here as in its cells, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    Column,
    Executable,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    event,
    func,
    insert,
    literal,
    select,
)

from lib.database import Database
from lib.errors import NotReady
from lib.models import Flight
from lib.workbook.course.exercise import Bench

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
    return select(*columns).where(Flight.month == int(month[-2:])).group_by(Flight.day)


def replace_month(db, month, fail=False):
    with db.engine.begin() as connection:
        connection.execute(delete(daily).where(daily.c.month == month))
        if fail:
            raise NotReady("The connection is lost.")
        connection.execute(insert(daily).from_select(daily.c.keys(), counted(month)))


def rows_of(db: Database, statement: Executable) -> list[tuple[Any, ...]]:
    """Return what another program would see now."""
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(statement)]


def result_or_error(bench: Bench, answer: Callable[..., Any], *args: Any) -> Any:
    """Call the answer; return its result, or the error that comes out of it."""

    def call() -> Any:
        try:
            return answer(*args)
        except Exception as error:
            return error

    return bench.call(call)


@contextmanager
def accident(
    db: Database, table: str, error: Callable[[], Exception], times: int
) -> Iterator[None]:
    """Let so many INSERTs into the table fail, before anything of them is sent."""
    left = [times]

    def strike(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if left[0] and statement.upper().startswith("INSERT") and f" {table} " in statement + " ":
            left[0] -= 1
            raise error()

    event.listen(db.engine, "before_cursor_execute", strike)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", strike)
