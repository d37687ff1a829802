"""The check of exercise 11.2: somebody else is faster, at the worst moment."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any
from unittest.mock import patch

from sqlalchemy import Column, MetaData, String, Table, event, insert, make_url, select, update
from sqlalchemy.exc import OperationalError

from lib.database import Database
from lib.workbook.checking.sandbox import AnswerRaised
from lib.workbook.course.exercise import (
    NotYet,
    Sandbox,
    describe_error,
    expect,
    expect_function,
)
from lib.workbook.databases.checkpoints import throw_away
from lib.workbook.exercises.driver import COMMIT, meeting

todo = Table(
    "todo",
    MetaData(),
    Column("month", String(7), primary_key=True),
    Column("worker", String(20)),
)
# The same table, but its rows lie in the order in which they came, on each database: MySQL
# would keep them in the order of a primary key, and who forgets ORDER BY would not notice.
SHELF = Table(
    "todo",
    MetaData(),
    Column("month", String(7), unique=True),
    Column("worker", String(20)),
)
TAKEN = {"2012-11": "zoe", "2013-02": "zoe"}
FREE = ["2012-12", "2013-01", "2013-03", "2013-04", "2013-05", "2013-06", "2013-07"]
ROWS = ["2013-04", "2013-07", "2012-12", "2013-02", "2013-06", "2012-11", "2013-01", "2013-05"]
ROWS += ["2013-03"]
MANY = 30  # statements that change something, after which a loop is taken for endless
LOOKS = ("SELECT", "BEGIN", "PRAGMA", "SET", "SHOW", "EXPLAIN", "SAVEPOINT", "RELEASE", "ROLLBACK")


class Endless(BaseException):
    """The answer tries without end."""


@dataclass
class Race:
    """What happened while another worker was faster."""

    left: list[str]  # months that the other worker is going to take
    gone: list[str] = field(default_factory=list)  # those that it has taken
    changes: int = 0  # statements of the answer that change something
    commits: int = 0
    returning: bool = False  # whether a statement of the answer has such a clause


@contextmanager
def others_are_faster(db: Database, months: list[str]) -> Iterator[Race]:
    """Before each statement of the answer that changes something, another worker takes a month.

    Where the answer holds a lock, the other one does not wait for it, and takes nothing.
    """
    race = Race(list(months))
    with Database(db.url) as other:

        @event.listens_for(other.engine, "connect")
        def hurry(raw: Any, _record: object) -> None:
            sqlite = db.dialect.name == "sqlite"
            cursor = raw.cursor()
            cursor.execute(
                "PRAGMA busy_timeout = 100" if sqlite else "SET innodb_lock_wait_timeout = 1"
            )
            cursor.close()

        def strike(statement: str) -> None:
            if statement == COMMIT:
                race.commits += 1
                return
            if statement.lstrip(" (\n\t").upper().startswith(LOOKS):
                return
            race.changes += 1
            race.returning |= bool(re.search(r"\bRETURNING\b", statement, re.IGNORECASE))
            if race.changes > MANY:
                raise Endless
            if race.left:
                month = race.left.pop(0)
                mine = update(todo).where(todo.c.month == month, todo.c.worker.is_(None))
                with suppress(OperationalError):
                    if other.execute([mine.values(worker="faster")])[0]:
                        race.gone.append(month)

        with meeting(db, strike):
            yield race


def holders(db: Database) -> dict[str, str | None]:
    with db.engine.connect() as connection:
        return {month: worker for month, worker in connection.execute(select(todo))}


def check_take(answer: Callable[..., Any], sandbox: Sandbox) -> str:
    expect_function(answer, "take")
    expect_all(answer, sandbox, sandbox.db)
    if sandbox.db.dialect.name != "sqlite":
        expect_the_same_on_sqlite(answer, sandbox)
    return "That is it. The database decides who was first, and everybody knows it."


def expect_the_same_on_sqlite(answer: Callable[..., Any], sandbox: Sandbox) -> None:
    """Expect of an answer that is right on a server that it is right on SQLite."""
    told = "On your server it does what it should; the same function is for SQLite, too. There: "
    settings = replace(sandbox.settings, database_url=make_url("sqlite://"))
    with throw_away(settings, empty=True) as db:
        try:
            expect_all(answer, sandbox, db)
        except NotYet as reason:
            raise NotYet(f"{told}{reason}") from None
        except AnswerRaised as wrapper:
            error = wrapper.__cause__
            assert error is not None
            raise NotYet(f"{told}your code raised {describe_error(error, answer)}") from None


def expect_all(answer: Callable[..., Any], sandbox: Sandbox, db: Database) -> None:
    """Expect what the task asks for, in this database."""
    SHELF.drop(db.engine, checkfirst=True)
    SHELF.create(db.engine)
    db.execute(
        [insert(SHELF).values([{"month": each, "worker": TAKEN.get(each)} for each in ROWS])]
    )
    expect_turns(answer, sandbox, db)
    expect_the_next(answer, sandbox, db)
    for month in [*(month for month in FREE if holders(db)[month] is None), None, None]:
        last = sandbox.call(answer, db, "dora")
        expect(
            last == month,
            f"{month or 'Nothing'} is free, and dora gets {last!r:.60}"
            f"{'' if month else '; None is asked for'}.",
        )
    expect_given_back(answer, sandbox, db)
    expect_nothing_left(answer, sandbox, db)


def expect_turns(answer: Callable[..., Any], sandbox: Sandbox, db: Database) -> None:
    """Expect that three calls get the first three free months, and say so in the table."""
    right: dict[str, str | None] = {month: TAKEN.get(month) for month in ROWS}
    for place, worker in enumerate(("anna", "anna", "ben")):
        with patch.object(db, "query", wraps=db.query) as query:
            found = sandbox.call(answer, db, worker)
        nothing = found is None and query.called
        note = " What is NULL in the table is NaN in a data frame, not None." if nothing else ""
        expect(
            found == FREE[place],
            f"{worker} asks, and gets {found!r:.60}; {FREE[place]} is the first month that is "
            f"free.{note}",
        )
        right[FREE[place]] = worker
        held = holders(db)
        lost = sorted(right.keys() - held.keys())
        expect(not lost, f"After {worker} has asked, `todo` has no row for {', '.join(lost)}.")
        for month in sorted(right):
            expect(
                held[month] == right[month],
                f"After {worker} has taken {FREE[place]}, the worker of {month} in `todo` is "
                f"{held[month]!r}; {right[month]!r} is right.",
            )


def expect_the_next(answer: Callable[..., Any], sandbox: Sandbox, db: Database) -> None:
    """Expect that who comes too late takes the next month that is free."""
    with others_are_faster(db, FREE[3:5]) as race:
        kinds = OperationalError, Endless
        third = sandbox.outcome(kinds, answer, db, "carl")
    held = holders(db)
    story = f"Carl looked and saw {FREE[3]} free; before he wrote, another worker took it."
    if not race.gone:
        story = "Carl looked, and held a lock when he wrote."
    if isinstance(third, OperationalError):
        cause = (
            " A transaction that has read cannot go on to write when another one has written in "
        )
        cause += "between. Look in one transaction, take in another."
        text = str(third.orig).splitlines()[0]
        expect(False, f"{story} His call ends in an error: {text}.{cause if race.gone else ''}")
    if isinstance(third, Endless):
        cause = (
            " All of it is in one transaction, which goes on to see what it has seen first. Look "
        )
        cause += "in one transaction, take in another."
        expect(False, f"{story} Now he tries without end.{'' if race.commits else cause}")
    expect(
        third not in race.gone and {held[month] for month in race.gone} <= {"faster"},
        f"{story} Carl got {third!r:.60} all the same: two workers do the same month. Only a row "
        "that is still free may be changed, and the number of changed rows says whether it was.",
    )
    expect(
        not race.returning,
        "Your function sends a statement with RETURNING, which MySQL does not know; the same "
        "function is for MySQL, too.",
    )
    free = next(month for month in FREE[3:] if month not in race.gone)
    expect(
        third == free,
        f"{story} {free} is still free, and he gets {third!r:.60}. Who comes too late takes the "
        "next free month.",
    )
    expect(
        held[free] == "carl",
        f"{story} He gets {free}, and its worker in `todo` is {held[free]!r}.",
    )


def expect_given_back(answer: Callable[..., Any], sandbox: Sandbox, db: Database) -> None:
    """Expect that who has later months gets an earlier one that has become free again."""
    again = FREE[2]
    db.execute([update(todo).where(todo.c.month == again).values(worker=None)])
    before = holders(db)
    found = sandbox.call(answer, db, "dora")
    expect(
        found == again,
        f"{again} has become free again, and no other month; dora, who has later ones, asks, and "
        f"gets {found!r:.60}.",
    )
    held = holders(db)
    expect(
        held == before | {again: "dora"},
        f"Dora gets {again}, which has become free again; its worker in `todo` is {held[again]!r}.",
    )


def expect_nothing_left(answer: Callable[..., Any], sandbox: Sandbox, db: Database) -> None:
    """Expect None of who comes too late for the last month."""
    db.execute([update(todo).where(todo.c.month == FREE[1]).values(worker=None)])
    with others_are_faster(db, [FREE[1]]) as race:
        last = sandbox.outcome((OperationalError, Endless), answer, db, "emma")
    if race.gone:
        expect(
            last is None,
            f"Emma looked and saw {FREE[1]} free, the last one; before she wrote, another worker "
            f"took it. She gets {last!r:.60}; None is asked for.",
        )
