"""What the checks of chapter 04 look at: the tables and the pool, from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import delete, event, func, insert, select
from sqlalchemy.orm.exc import DetachedInstanceError

from lib.database import Database
from lib.models import Airline, Flight
from lib.workbook.course.exercise import Bench, expect

Kinds = type[Exception] | tuple[type[Exception], ...]


def airlines_of(db: Database) -> dict[str, str]:
    """What another program sees: the names by their codes."""
    with db.engine.connect() as connection:
        rows = connection.execute(select(Airline.carrier, Airline.name)).all()
    return {row.carrier: row.name for row in rows}


def flights_of(db: Database) -> dict[str, int]:
    """What another program sees: the number of flights by the airline's code."""
    counted = select(Flight.carrier, func.count().label("flights")).group_by(Flight.carrier)
    with db.engine.connect() as connection:
        return {row.carrier: row.flights for row in connection.execute(counted)}


def expect_returned(value: Any, what: str) -> None:
    """Expect that the function handed something over; people print it instead."""
    expect(
        value is not None,
        f"Your function returns None. `print` shows a value to people; `return` hands {what} to "
        "the caller.",
    )


def expect_not_detached(outcome: Any) -> None:
    """Expect that nothing was read from an object whose session is closed."""
    expect(
        not isinstance(outcome, DetachedInstanceError),
        "A DetachedInstanceError comes out: your function reads from an object whose session is "
        "closed already. Read it inside the scope, and keep the plain value.",
    )


def expect_nothing_open(db: Database, when: str) -> None:
    """Expect that no connection is still in somebody's hands.

    Also asked before the check itself writes: it would have to wait for the lock.
    """
    pool: Any = db.engine.pool
    expect(
        pool.checkedout() == 0,
        f"{when}, a transaction is still open: a connection has not come back to the pool. The "
        "next writer would wait for it.",
    )


def result_or_error(bench: Bench, kinds: Kinds, answer: Any, *args: Any) -> Any:
    """Call the learner's function; errors of these kinds, which the check has words for, are
    returned."""

    def call() -> Any:
        try:
            return answer(*args)
        except kinds as error:
            return error

    return bench.call(call)


@contextmanager
def stopped_before(db: Database, write: int, error: BaseException) -> Iterator[list[str]]:
    """Raise the error before a write, counted from 0; the list tells which one it was."""
    seen: list[str] = []
    stopped: list[str] = []

    def on_statement(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.split()[0] in ("INSERT", "UPDATE", "DELETE"):
            seen.append(statement)
            if len(seen) == write + 1:
                stopped.append(statement)
                raise error

    event.listen(db.engine, "before_cursor_execute", on_statement)
    try:
        yield stopped
    finally:
        event.remove(db.engine, "before_cursor_execute", on_statement)


def vary(bench: Bench) -> Database:
    """The bench's database with other data than the chapter's, so that no number can be known."""
    bench.db.execute(
        [
            insert(Airline).values(carrier="Q1", name="Quebec One"),
            insert(Airline).values(carrier="Q2", name="Quebec Two"),
            delete(Flight).where(Flight.carrier.in_(["HA", "US"]), Flight.day > 2),
        ]
    )
    return bench.db
