"""Exercise 6.1: other right answers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd
from sqlalchemy import case, func, select, text, union_all
from sqlalchemy.orm import Session

from lib.models import Flight
from lib.workbook.exercises.ch06.ex6_1_every_flight_answers import (
    ALL_ZERO,
    CANCELLED,
    LATE,
    ON_TIME,
)


def outcomes_one_by_one() -> Any:
    def outcomes(session, dest):
        def count(condition):
            counted = select(func.count()).where(Flight.dest == dest, condition)
            return session.scalar(counted)

        return {
            "on_time": count(Flight.dep_delay < 15),
            "late": count(Flight.dep_delay >= 15),
            "cancelled": count(Flight.dep_time == None),  # noqa: E711
        }

    return outcomes


def outcomes_by_difference() -> Any:
    def outcomes(session, dest):
        kinds = select(
            func.count().label("all"),
            func.count(Flight.dep_time).label("left"),
            func.coalesce(func.sum(case((Flight.dep_delay > 14, 1), else_=0)), 0).label("late"),
        )
        row = session.execute(kinds.where(Flight.dest == dest)).one()
        return {"on_time": row.left - row.late, "late": row.late, "cancelled": row.all - row.left}

    return outcomes


def outcomes_in_python() -> Any:
    def outcomes(session, dest):
        delays = session.scalars(select(Flight.dep_delay).where(Flight.dest == dest)).all()
        return {
            "on_time": sum(delay is not None and delay < 15 for delay in delays),
            "late": sum(delay is not None and delay >= 15 for delay in delays),
            "cancelled": sum(delay is None for delay in delays),
        }

    return outcomes


def outcomes_of_objects() -> Any:
    def outcomes(session, dest):
        counted = Counter(cancelled=0, late=0, on_time=0)
        for flight in session.query(Flight).filter_by(dest=dest):
            if flight.dep_time is None:
                counted["cancelled"] += 1
            else:
                counted["late" if flight.dep_delay >= 15 else "on_time"] += 1
        session.commit()
        return counted

    return outcomes


def outcomes_in_groups() -> Any:
    def outcomes(session, dest):
        kind = case((CANCELLED, "cancelled"), (LATE, "late"), else_="on_time")
        groups = select(kind, func.count()).where(Flight.dest == dest).group_by(kind)
        return ALL_ZERO | dict(session.execute(groups).all())

    return outcomes


def outcomes_in_sql() -> Any:
    def outcomes(session, dest):
        question = text(
            "select count(case when dep_delay < 15 then 1 end) as on_time, "
            "count(case when dep_delay >= 15 then 1 end) as late, "
            "count(*) - count(dep_time) as cancelled from flights where dest = :dest"
        )
        return session.execute(question, {"dest": dest}).one()._asdict()

    return outcomes


def outcomes_by_pandas() -> Any:
    def outcomes(session, dest):
        here = select(Flight.dep_time, Flight.dep_delay).where(Flight.dest == dest)
        frame = pd.read_sql(here, session.connection())
        late, left = frame["dep_delay"] >= 15, frame["dep_time"].notna()
        return {"on_time": (left & ~late).sum(), "late": late.sum(), "cancelled": (~left).sum()}

    return outcomes


def outcomes_in_a_session_of_its_own() -> Any:
    def outcomes(session, dest):
        parts = [
            select(func.count()).where(Flight.dest == dest, condition).select_from(Flight)
            for condition in (ON_TIME, LATE, CANCELLED)
        ]
        with Session(session.get_bind()) as mine, mine.begin():
            numbers = [mine.scalar(part) for part in parts]
        return dict(zip(("on_time", "late", "cancelled"), numbers, strict=True))

    return outcomes


def outcomes_of_a_union() -> Any:
    def outcomes(session, dest):
        here = select(Flight).where(Flight.dest == dest).subquery()
        conditions = {
            "on_time": here.c.dep_delay.between(-1000, 14),
            "late": ~(here.c.dep_delay < 15),
            "cancelled": here.c.dep_delay.is_(None),
        }
        counts = [
            select(text(f"'{key}'"), func.count()).select_from(here).where(condition)
            for key, condition in conditions.items()
        ]
        return {key: count for key, count in session.execute(union_all(*counts))}

    return outcomes


def outcomes_by_sums() -> Any:
    def outcomes(session, dest):
        def adds(condition):
            return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

        question = select(adds(ON_TIME), adds(LATE), adds(CANCELLED)).where(Flight.dest == dest)
        on_time, late, cancelled = session.execute(question).one()
        return dict(on_time=int(on_time), late=int(late), cancelled=int(cancelled))

    return outcomes


ALSO_RIGHT = (
    outcomes_one_by_one,
    outcomes_by_difference,
    outcomes_in_python,
    outcomes_of_objects,
    outcomes_in_groups,
    outcomes_in_sql,
    outcomes_by_pandas,
    outcomes_in_a_session_of_its_own,
    outcomes_of_a_union,
    outcomes_by_sums,
)
