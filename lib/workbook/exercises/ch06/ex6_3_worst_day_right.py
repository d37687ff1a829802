"""Exercise 6.3: other right answers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, case, func, literal, or_, select, text

from lib.models import Airline, Flight
from lib.workbook.exercises.ch06.ex6_3_worst_day_answers import (
    LATE,
    count_by_day,
    first_of_each,
)


def worst_without_window() -> Any:
    late = func.sum(case((Flight.dep_delay >= 15, 1), else_=0)).label("late")
    by_day = (
        select(Flight.carrier, Flight.day, late).group_by(Flight.carrier, Flight.day).cte("by_day")
    )
    most = (
        select(by_day.c.carrier, func.max(by_day.c.late).label("late"))
        .group_by(by_day.c.carrier)
        .cte("most")
    )
    both = (most.c.carrier == by_day.c.carrier) & (most.c.late == by_day.c.late)
    question = select(most.c.carrier, func.min(by_day.c.day).label("day"), most.c.late)
    return question.join(by_day, both).group_by(most.c.carrier, most.c.late)


def worst_in_one_step() -> Any:
    late = func.count(case((Flight.dep_delay >= 15, 1)))
    place = func.row_number().over(partition_by=Flight.carrier, order_by=(late.desc(), Flight.day))
    ranked = select(Flight.carrier, Flight.day, late.label("late"), place.label("place"))
    inner = ranked.group_by(Flight.carrier, Flight.day).subquery()
    return select(inner.c.late, inner.c.carrier, inner.c.day).where(inner.c.place == 1)


def worst_by_rank_and_other_names() -> Any:
    late = func.sum(case((Flight.dep_delay >= 15, 1), else_=0)).label("n")
    code, date = Flight.carrier.label("code"), Flight.day.label("date")
    step = select(code, date, late).group_by("code", "date").cte("step")
    place = func.rank().over(partition_by=step.c.code, order_by=step.c.n.desc())
    best = select(step, place.label("place")).cte("best")
    carrier, day = best.c.code.label("carrier"), func.min(best.c.date).label("day")
    question = select(carrier, day, func.max(best.c.n).label("late")).where(best.c.place == 1)
    return question.group_by(best.c.code)


def worst_by_first_value() -> Any:
    by_day = count_by_day(LATE).cte("by_day")
    window = {"partition_by": by_day.c.carrier, "order_by": (by_day.c.late.desc(), by_day.c.day)}
    return select(
        by_day.c.carrier,
        func.first_value(by_day.c.day).over(**window).label("day"),
        func.first_value(by_day.c.late).over(**window).label("late"),
    ).distinct()


def worst_by_no_better_day() -> Any:
    days = count_by_day(LATE).cte("days")
    better = days.alias("better")
    none = ~(
        select(literal(1))
        .where(better.c.carrier == days.c.carrier)
        .where(
            or_(
                better.c.late > days.c.late,
                and_(better.c.late == days.c.late, better.c.day < days.c.day),
            )
        )
        .exists()
    )
    return select(days).where(none)


def worst_by_a_score() -> Any:
    days = count_by_day(LATE).subquery()
    best = func.max(days.c.late * 100 + 99 - days.c.day).label("best")
    scores = select(days.c.carrier, best).group_by(days.c.carrier).subquery()
    day, late = 99 - scores.c.best % 100, scores.c.best // 100
    return select(scores.c.carrier, day.label("day"), late.label("late"))


def worst_in_sql() -> Any:
    return """
        with days as (
            select carrier, day, sum(case when dep_delay >= 15 then 1 else 0 end) as late
            from flights group by carrier, day),
        ranked as (
            select days.*, dense_rank() over (
                partition by carrier order by late desc, day asc) as place
            from days)
        select carrier, day, late from ranked where place = 1"""


def worst_as_text() -> Any:
    return text(
        "SELECT carrier, min(day) AS day, late FROM ("
        " SELECT carrier, day, count(CASE WHEN dep_delay > 14 THEN 1 END) AS late,"
        "  max(count(CASE WHEN dep_delay > 14 THEN 1 END)) OVER (PARTITION BY carrier) AS most"
        " FROM flights GROUP BY carrier, day) AS days"
        " WHERE late = most GROUP BY carrier, late ORDER BY carrier DESC"
    )


def worst_by_month_too() -> Any:
    by_day = select(Flight.carrier, Flight.month, Flight.day, LATE.label("late"))
    step = by_day.group_by(Flight.carrier, Flight.month, Flight.day).subquery()
    order = (step.c.late.desc(), step.c.month, step.c.day)
    place = func.row_number().over(partition_by=step.c.carrier, order_by=order)
    return first_of_each(step, place)


def worst_by_a_limit() -> Any:
    days = count_by_day(LATE).cte("days")
    mine = days.alias("mine")
    one = select(mine.c.day).where(mine.c.carrier == Airline.carrier)
    best = one.order_by(mine.c.late.desc(), mine.c.day).limit(1).scalar_subquery()
    here = and_(days.c.carrier == Airline.carrier, days.c.day == best)
    return select(Airline.carrier, days.c.day, days.c.late).join(days, here)


ALSO_RIGHT = (
    worst_without_window,
    worst_in_one_step,
    worst_by_rank_and_other_names,
    worst_by_first_value,
    worst_by_no_better_day,
    worst_by_a_score,
    worst_in_sql,
    worst_as_text,
    worst_by_month_too,
    worst_by_a_limit,
)
