"""Answers to exercise 11.2, right ones and wrong ones."""

# They stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import func, select, text, update

from lib.workbook.exercises.ch11.ex11_2_taken_check import todo

# --- Right ----------------------------------------------------------------------------------


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


def take_in_sql() -> Any:
    def take(db, worker):
        free = "SELECT MIN(month) AS month FROM todo WHERE worker IS NULL"
        mine = text("""
            UPDATE todo SET worker = :worker
            WHERE month = :month AND worker IS NULL
        """)
        while (month := db.execute([free])[0][0].month) is not None:
            if db.execute([mine.bindparams(worker=worker, month=month)]) == [1]:
                return month

    return take


def take_in_a_session() -> Any:
    def take(db, worker):
        while True:
            with db.sessions() as session:
                free = select(func.min(todo.c.month)).where(todo.c.worker.is_(None))
                month = session.scalar(free)
                session.rollback()  # the look is over
                if month is None:
                    return None
                still_free = (todo.c.month == month) & (todo.c.worker == None)  # noqa: E711
                result = session.execute(todo.update().where(still_free), {"worker": worker})
                session.commit()
                if result.rowcount > 0:
                    return month

    return take


def take_by_calling_itself() -> Any:
    def take(db, worker):
        with db.engine.connect() as connection:
            free = select(todo.c.month).where(todo.c.worker.is_(None)).order_by(todo.c.month)
            month = connection.execute(free).scalars().first()
        if month is None:
            return None
        mine = update(todo).where(todo.c.month == month, todo.c.worker.is_(None))
        with db.engine.begin() as connection:
            taken = connection.execute(mine.values(worker=worker)).rowcount
        return month if taken else take(db, worker)

    return take


def take_again_and_again() -> Any:
    def take(db, worker):
        def one(connection):
            free = select(func.min(todo.c.month)).where(todo.c.worker.is_(None))
            month = connection.scalar(free)
            mine = update(todo).where(todo.c.month == month, todo.c.worker.is_(None))
            taken = month and connection.execute(mine.values(worker=worker)).rowcount
            return month, taken

        while True:
            month, taken = db.in_transaction(one)  # which begins again where it was locked
            if taken or month is None:
                return month

    return take


def take_by_a_mark() -> Any:
    def take(db, worker):
        mark = uuid.uuid4().hex[:20]
        first = "SELECT month FROM (SELECT MIN(month) AS month FROM todo WHERE worker IS NULL) AS f"
        take_it = text(f"UPDATE todo SET worker = :mark WHERE month = ({first})")
        mine = update(todo).where(todo.c.worker == mark).values(worker=worker)
        with db.engine.begin() as connection:
            if connection.execute(take_it, {"mark": mark}).rowcount == 0:
                return None
            month = connection.scalar(select(todo.c.month).where(todo.c.worker == mark))
            connection.execute(mine)
        return month

    return take


# --- Wrong ----------------------------------------------------------------------------------


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


def take_looks_twice() -> Any:
    def take(db, worker):
        free = select(todo.c.month).where(todo.c.worker.is_(None)).order_by(todo.c.month)
        while rows := db.execute([free.limit(1)])[0]:
            month = rows[0].month
            again = select(todo.c.worker).where(todo.c.month == month)
            if db.execute([again])[0][0].worker is None:
                db.execute([update(todo).where(todo.c.month == month).values(worker=worker)])
                return month
        return None

    return take


def take_without_a_commit() -> Any:
    def take(db, worker):
        free = select(todo.c.month).where(todo.c.worker.is_(None)).order_by(todo.c.month)
        while rows := db.execute([free.limit(1)])[0]:
            mine = update(todo).where(todo.c.month == rows[0].month, todo.c.worker.is_(None))
            with db.engine.connect() as connection:
                if connection.execute(mine.values(worker=worker)).rowcount:
                    return rows[0].month
        return None

    return take


def take_the_last() -> Any:
    def take(db, worker):
        free = select(todo.c.month).where(todo.c.worker.is_(None)).order_by(todo.c.month.desc())
        while rows := db.execute([free.limit(1)])[0]:
            mine = update(todo).where(todo.c.month == rows[0].month, todo.c.worker.is_(None))
            if db.execute([mine.values(worker=worker)])[0]:
                return rows[0].month
        return None

    return take


def take_what_is_mine() -> Any:
    def take(db, worker):
        free = select(func.min(todo.c.month)).where(todo.c.worker.is_(None))
        month = db.execute([free])[0][0][0]
        mine = update(todo).where(todo.c.month == month, todo.c.worker.is_(None))
        db.execute([mine.values(worker=worker)])
        given = select(todo.c.month).where(todo.c.worker == worker).order_by(todo.c.month)
        rows = db.execute([given])[0]
        return rows[0].month if rows else None

    return take


def take_for_update() -> Any:
    def take(db, worker):
        free = select(todo.c.month).where(todo.c.worker.is_(None)).order_by(todo.c.month)
        with db.engine.begin() as connection:
            month = connection.scalar(free.limit(1).with_for_update())
            if month is not None:
                mine = update(todo).where(todo.c.month == month)
                connection.execute(mine.values(worker=worker))
        return month

    return take


def take_returning() -> Any:
    def take(db, worker):
        first = "SELECT MIN(month) FROM todo WHERE worker IS NULL"
        mine = f"UPDATE todo SET worker = :worker WHERE month = ({first}) RETURNING month"
        with db.engine.begin() as connection:
            return connection.execute(text(mine), {"worker": worker}).scalar()

    return take


def take_the_newest_of_mine() -> Any:
    def take(db, worker):
        first = "SELECT month FROM (SELECT MIN(month) AS month FROM todo WHERE worker IS NULL) AS f"
        mine = text(f"UPDATE todo SET worker = :worker WHERE month = ({first})")
        with db.engine.begin() as connection:
            if not connection.execute(mine, {"worker": worker}).rowcount:
                return None
            newest = select(func.max(todo.c.month)).where(todo.c.worker == worker)
            return connection.scalar(newest)

    return take


def take_deletes() -> Any:
    def take(db, worker):
        free = select(todo.c.month).where(todo.c.worker.is_(None)).order_by(todo.c.month)
        while rows := db.execute([free.limit(1)])[0]:
            if db.execute([todo.delete().where(todo.c.month == rows[0].month)])[0]:
                return rows[0].month
        return None

    return take
