"""What checks share: calls whose errors are results, and a look at the database from outside."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable

from lib.database import Database
from lib.workbook.checking.sandbox import AnswerRaised
from lib.workbook.course.exercise import Sandbox, expect


@dataclass(frozen=True)
class Outcome:
    """What came of a call: a value, or the error that was raised, which are not the same."""

    value: Any = None
    error: BaseException | None = None


def outcome_of(
    sandbox: Sandbox,
    answer: Callable[..., Any],
    *args: Any,
    stops: type[BaseException] | tuple[type[BaseException], ...] = (),
    **options: Any,
) -> Outcome:
    """Call the answer; `stops` are errors besides those of Exception that may come out of it."""
    try:
        return Outcome(value=sandbox.call(answer, *args, **options))
    except AnswerRaised as wrapper:
        return Outcome(error=wrapper.__cause__)
    except stops as error:
        if error is not sandbox.escaped:  # a person's Ctrl-C
            raise
        return Outcome(error=error)


def first_line(error: object) -> str:
    """Return the first line of what an error says; of a database's, without SQLAlchemy's words."""
    text = str(getattr(error, "orig", None) or error)
    return text.splitlines()[0] if text else ""


def told(error: BaseException) -> str:
    """Return the type of an error, and the first line of what it says."""
    return f"{type(error).__name__}: {first_line(error)}".removesuffix(": ")


def rows_of(db: Database, statement: Executable) -> list[tuple[Any, ...]]:
    """Return what another program would see now."""
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(statement)]


def still_open(db: Database) -> int:
    """Return how many connections are out of the pool; the unreachable are collected first."""
    pool: Any = db.engine.pool
    if pool.checkedout():
        gc.collect()  # an error that is kept by a circle of references keeps what it had in hand
    return int(pool.checkedout())


def expect_nothing_open(db: Database, when: str) -> None:
    """Expect that each connection came back to the pool; the next writer would wait for it."""
    expect(
        not still_open(db),
        f"{when}, a transaction is still open: a connection has not come back to the pool. Use "
        "`with db.engine.begin() as connection:`.",
    )


def same(found: Any, wanted: int) -> bool:
    """Tell whether a value is this number; a text or a truth value is none."""
    if isinstance(found, (str, bytes, bool)):
        return False
    try:
        return bool(found == wanted)
    except Exception:  # an array, for instance, cannot say it in one word
        return False
