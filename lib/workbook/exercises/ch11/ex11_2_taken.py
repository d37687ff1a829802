"""Exercise 11.2: no piece of work is given to two workers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any

from sqlalchemy import Column, MetaData, String, Table, event, insert, select, update
from sqlalchemy.exc import OperationalError

from lib.database import Database
from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function

todo = Table(
    "todo",
    MetaData(),
    Column("month", String(7), primary_key=True),
    Column("worker", String(20)),
)
MANY = 30  # UPDATEs, after which a loop is taken for endless
MONTHS = [f"2013-{number:02}" for number in range(1, 6)]


class _Endless(BaseException):
    """The answer tries without end."""


@contextmanager
def others_are_faster(db: Database, months: list[str]) -> Iterator[list[str]]:
    """Before each UPDATE of the answer, another worker takes the next of these months.

    Gives the list of the months that were taken so. Where the answer holds a lock, the other one
    does not wait for it, and takes nothing.
    """
    left, gone = list(months), []  # type: tuple[list[str], list[str]]
    updates = count(1)
    with Database(db.url) as other:

        @event.listens_for(other.engine, "connect")
        def hurry(raw: Any, _record: object) -> None:
            sqlite = db.dialect.name == "sqlite"
            cursor = raw.cursor()
            cursor.execute(
                "PRAGMA busy_timeout = 100" if sqlite else "SET innodb_lock_wait_timeout = 1"
            )
            cursor.close()

        def strike(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.upper().startswith("UPDATE"):
                return
            if next(updates) > MANY:
                raise _Endless
            if left:
                month = left.pop(0)
                mine = update(todo).where(todo.c.month == month, todo.c.worker.is_(None))
                with suppress(OperationalError):
                    other.execute([mine.values(worker="faster")])
                    gone.append(month)

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
    why = " In a data frame, what is NULL becomes NaN, not None." if second is None else ""
    expect(
        second == MONTHS[1] and holders(db)[MONTHS[0]] == "anna",
        f"Then ben asks, and gets {second!r}; {MONTHS[1]} is the first that is free.{why}",
    )

    def carl() -> Any:
        try:
            return answer(db, "carl")
        except (OperationalError, _Endless) as error:
            return error

    with others_are_faster(db, MONTHS[2:4]) as gone:
        third = bench.call(carl)
    held = holders(db)
    expect(
        not isinstance(third, OperationalError),
        f"Carl looked, another worker wrote, and Carl's UPDATE ends in an error: "
        f"{getattr(third, 'orig', '')}. A transaction that has read cannot go on to write when "
        "somebody else has written in between. Look in one transaction, take in another.",
    )
    expect(
        not isinstance(third, _Endless),
        f"Carl looked and saw {MONTHS[2]} free; before he wrote, another worker took it. Now he "
        "tries without end: in one transaction, MySQL shows him what he has seen first. Look in "
        "one transaction, take in another.",
    )
    expect(
        third not in gone and {held[month] for month in gone} <= {"faster"},
        f"Carl looked and saw {MONTHS[2]} free; before he wrote, another worker took it. Carl got "
        f"{third!r} all the same: two workers do the same month. Only a row that is still free may "
        "be changed, and the number of changed rows says whether it was.",
    )
    free = [month for month in MONTHS[2:] if month not in gone]
    expect(
        third == free[0] and held[free[0]] == "carl",
        f"While carl was at it, others took what he had seen; {free[0]} is still free, and he "
        f"gets {third!r}. Who comes too late takes the next free month.",
    )
    for month in [*free[1:], None]:
        last = bench.call(answer, db, "dora")
        expect(
            last == month,
            f"{month or 'Nothing'} is free, and dora gets {last!r}"
            f"{'' if month else '; None is asked for'}.",
        )
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


def take_with_a_lock() -> Any:
    def take(db, worker):
        free = select(todo.c.month).where(todo.c.worker.is_(None)).order_by(todo.c.month)
        with db.engine.begin() as connection:
            # SQLite: the right to write, before the look. MySQL locks the row that is seen.
            connection.execute(update(todo).where(todo.c.month == "").values(worker=""))
            month = connection.scalar(free.limit(1).with_for_update())
            connection.execute(update(todo).where(todo.c.month == month).values(worker=worker))
        return month

    return take


def take_in_one_transaction() -> Any:
    def take(db, worker):
        free = select(todo.c.month).where(todo.c.worker.is_(None)).order_by(todo.c.month)
        with db.engine.begin() as connection:
            while month := connection.scalar(free.limit(1)):
                mine = update(todo).where(todo.c.month == month, todo.c.worker.is_(None))
                if connection.execute(mine.values(worker=worker)).rowcount:
                    return month

    return take


def take_by_a_frame() -> Any:
    def take(db, worker):
        rows = db.query(select(todo).order_by(todo.c.month))
        for month, who in rows.itertuples(index=False):
            if who is None:
                db.execute([update(todo).where(todo.c.month == month).values(worker=worker)])
                return month
        return None

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
    also_right=(take_from_the_list, take_with_a_lock),
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
        Wrong(
            take_in_one_transaction,
            "Look in one transaction, take in another",
            "believes that one transaction around both makes them one step",
        ),
        Wrong(
            take_by_a_frame,
            "becomes NaN, not None",
            "compares with None what a data frame has turned into NaN",
        ),
        Wrong(take_everything, "or says more", "leaves the month out of the UPDATE"),
    ),
)
