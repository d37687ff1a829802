"""What the checks of chapter 04 look at: what others see, and what is still open."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import DetachedInstanceError

from lib.database import Database
from lib.models import Airline
from lib.workbook.checking.sandbox import AnswerRaised
from lib.workbook.course.exercise import Sandbox, expect
from lib.workbook.exercises.checking import Outcome
from lib.workbook.exercises.driver import Sent, Tap

Kinds = type[BaseException] | tuple[type[BaseException], ...]
# How long a writer from outside waits for a lock.
_PATIENCE = {
    "sqlite": "PRAGMA busy_timeout = 100",  # milliseconds
    "mysql": "SET SESSION innodb_lock_wait_timeout = 1",  # seconds
}


def airlines_of(db: Database) -> dict[str, str]:
    """What another program sees: the names by their codes."""
    with db.engine.connect() as connection:
        rows = connection.execute(select(Airline.carrier, Airline.name)).all()
    return {row.carrier: row.name for row in rows}


def expect_returned(value: Any, what: str) -> None:
    """Expect that the function handed something over; people print it instead."""
    expect(
        value is not None,
        f"Your function returns None. `print` shows a value to people; `return` hands {what} to "
        "the caller.",
    )


def expect_not_detached(error: BaseException | None) -> None:
    """Expect that nothing was read from an object whose session is closed."""
    expect(
        not isinstance(error, DetachedInstanceError),
        "A DetachedInstanceError comes out: your function reads from an object whose session is "
        "closed already. Read it inside the scope, and keep the plain value.",
    )


def outcome_of(sandbox: Sandbox, kinds: Kinds, answer: Any, *args: Any) -> Outcome:
    """Call the learner's function; for errors of these kinds the check has words.

    An error that is returned is told apart from one that was raised.
    """
    try:
        return Outcome(value=sandbox.call(answer, *args))
    except AnswerRaised as wrapper:
        if not isinstance(wrapper.__cause__, kinds):
            raise
        return Outcome(error=wrapper.__cause__)
    except kinds as error:
        if error is not sandbox.escaped:  # a person's Ctrl-C
            raise
        return Outcome(error=error)


def expect_nothing_open(db: Database, tap: Tap, when: str) -> None:
    """Expect that no connection is still in somebody's hands, and nothing locked.

    Also asked before the check itself writes: it would have to wait for the lock.
    """
    expect(
        not tap.kept,
        f"{when}, a transaction is still open: a connection has not come back to the pool. The "
        "next writer would wait for it.",
    )
    expect(
        not _is_locked(db),
        f"{when}, a transaction is still open: another program cannot write.",
    )


def _is_locked(db: Database) -> bool:
    """Whether another program, one with little patience, cannot write."""
    rename = update(Airline).values(name=Airline.name)
    with Database(db.url) as other, other.engine.connect() as connection:
        connection.exec_driver_sql(_PATIENCE[connection.dialect.name])
        try:
            connection.execute(rename)
        except OperationalError:
            return True
    return False


def stop_before(tap: Tap, write: int, error: BaseException) -> list[Sent]:
    """Have the driver raise the error in place of a write, counted from 0.

    The list holds that write as soon as it was stopped.
    """
    stopped: list[Sent] = []

    def stop(sent: Sent) -> BaseException | None:
        if stopped or not sent.writes or sum(each.writes for each in tap.sent) <= write:
            return None
        stopped.append(sent)
        return error

    tap.stop = stop
    return stopped


def lost_line(db: Database) -> Exception:
    """The driver's own error for a connection that was lost."""
    driver = db.engine.dialect.loaded_dbapi
    error: Exception = driver.OperationalError(2013, "the check has cut the line")
    return error
