"""Exercise 11.2: no piece of work is given to two workers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, MetaData, String, Table, event, insert, select, update
from sqlalchemy.exc import OperationalError

from lib.database import Database
from lib.workbook.exercise import Bench, Exercise, Wrong, expect, expect_function

todo = Table(
    "todo",
    MetaData(),
    Column("month", String(7), primary_key=True),
    Column("worker", String(20)),
)
MONTHS = [f"2013-{number:02}" for number in range(1, 6)]


@contextmanager
def others_are_faster(db: Database, months: list[str]) -> Iterator[list[str]]:
    """Before each UPDATE of the answer, another worker takes the next of these months.

    Gives the list of the months that were taken so.
    """
    left, gone = list(months), []  # type: tuple[list[str], list[str]]
    with Database(db.url) as other:

        def strike(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if left and statement.upper().startswith("UPDATE"):
                gone.append(left.pop(0))
                mine = update(todo).where(todo.c.month == gone[-1], todo.c.worker.is_(None))
                other.execute([mine.values(worker="faster")])

        event.listen(db.engine, "before_cursor_execute", strike)
        try:
            yield gone
        finally:
            event.remove(db.engine, "before_cursor_execute", strike)


def holders(db: Database) -> dict[str, str | None]:
    with db.engine.connect() as connection:
        return {month: worker for month, worker in connection.execute(select(todo))}


def check_take(answer: Callable[..., Any], bench: Bench) -> str:
    expect_function(answer, "take")
    db = bench.db
    todo.drop(db.engine, checkfirst=True)
    todo.create(db.engine)
    db.execute([insert(todo).values([{"month": month} for month in reversed(MONTHS)])])

    first = bench.call(answer, db, "anna")
    expect(
        first == MONTHS[0],
        f"Five months are free, and the first call returns {first!r}; the first free month is "
        f"{MONTHS[0]}.",
    )
    expect(
        holders(db) == dict.fromkeys(MONTHS) | {MONTHS[0]: "anna"},
        f"After anna has taken {MONTHS[0]}, `todo` does not say so, or says more: "
        f"{holders(db)}. Is it committed?",
    )
    second = bench.call(answer, db, "ben")
    expect(
        second == MONTHS[1] and holders(db)[MONTHS[0]] == "anna",
        f"Then ben asks, and gets {second!r}; {MONTHS[1]} is the first that is free.",
    )

    with others_are_faster(db, MONTHS[2:4]) as gone:
        try:
            third = bench.call(answer, db, "carl")
        except Exception as error:
            if isinstance(error.__cause__, OperationalError):
                third = "an error: the database is locked"
            else:
                raise
    held = holders(db)
    expect(
        third not in gone and {held[month] for month in gone} <= {"faster"},
        f"Carl looked and saw {MONTHS[2]} free; before he wrote, another worker took it. Carl got "
        f"{third!r} all the same: two workers do the same month. Only a row that is still free may "
        "be changed, and the number of changed rows says whether it was.",
    )
    expect(
        third == MONTHS[4] and held[MONTHS[4]] == "carl",
        f"While carl was at it, others took what he had seen; {MONTHS[4]} is still free, and he "
        f"gets {third!r}. Who comes too late takes the next free month.",
    )
    last = bench.call(answer, db, "dora")
    expect(last is None, f"Nothing is free any more, and dora gets {last!r}; None is asked for.")
    return "That is it. The database decides who was first, and everybody knows it."


def solution_take() -> Any:
    def take(db, worker):
        free = select(todo.c.month).where(todo.c.worker.is_(None)).order_by(todo.c.month)
        while rows := db.execute([free.limit(1)])[0]:
            mine = update(todo).where(todo.c.month == rows[0].month, todo.c.worker.is_(None))
            if db.execute([mine.values(worker=worker)])[0] == 1:
                return rows[0].month
        return None

    return take


def take_from_the_list() -> Any:
    def take(db, worker):
        with db.engine.connect() as connection:
            free = select(todo.c.month).where(todo.c.worker.is_(None))
            months = sorted(connection.scalars(free))
        for month in months:
            with db.session_scope() as session:
                mine = update(todo).filter_by(month=month, worker=None).values(worker=worker)
                if session.execute(mine).rowcount:
                    return month

    return take


def take_unconditionally() -> Any:
    def take(db, worker):
        free = select(todo.c.month).where(todo.c.worker.is_(None)).order_by(todo.c.month)
        rows = db.execute([free.limit(1)])[0]
        if not rows:
            return None
        db.execute([update(todo).where(todo.c.month == rows[0].month).values(worker=worker)])
        return rows[0].month

    return take


def take_without_looking() -> Any:
    def take(db, worker):
        free = select(todo.c.month).where(todo.c.worker.is_(None)).order_by(todo.c.month)
        rows = db.execute([free.limit(1)])[0]
        if not rows:
            return None
        mine = update(todo).where(todo.c.month == rows[0].month, todo.c.worker.is_(None))
        db.execute([mine.values(worker=worker)])
        return rows[0].month

    return take


def take_gives_up() -> Any:
    def take(db, worker):
        free = select(todo.c.month).where(todo.c.worker.is_(None)).order_by(todo.c.month)
        rows = db.execute([free.limit(1)])[0]
        if not rows:
            return None
        mine = update(todo).where(todo.c.month == rows[0].month, todo.c.worker.is_(None))
        return rows[0].month if db.execute([mine.values(worker=worker)])[0] else None

    return take


def take_everything() -> Any:
    def take(db, worker):
        free = select(todo.c.month).where(todo.c.worker.is_(None)).order_by(todo.c.month)
        rows = db.execute([free])[0]
        db.execute([update(todo).where(todo.c.worker.is_(None)).values(worker=worker)])
        return rows[0].month if rows else None

    return take


EXERCISE = Exercise(
    id="11.2",
    title="Nobody takes what is taken",
    check=check_take,
    hints=(
        "Two steps in two transactions: look for the first free month, then try to take it. In a "
        "loop, as it may be gone.",
        "The UPDATE has two conditions: this month, and still free: `todo.c.worker.is_(None)`.",
        "`db.execute([mine])[0]` is the number of rows that the UPDATE changed. 1: it is yours. "
        "0: somebody was faster, look again.",
    ),
    solution=solution_take,
    also_right=(take_from_the_list,),
    wrong=(
        Wrong(
            take_unconditionally,
            "two workers do the same month",
            "believes that what was free a moment ago is free now",
        ),
        Wrong(
            take_without_looking,
            "Carl got '2013-03' all the same",
            "writes the right UPDATE, and does not ask whether it changed a row",
        ),
        Wrong(take_gives_up, "takes the next free month", "takes a lost race for an empty list"),
        Wrong(take_everything, "or says more", "leaves the month out of the UPDATE"),
    ),
)
