"""Exercise 6.2: other right answers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, case, func, literal, or_, select, text, union_all
from sqlalchemy.orm import aliased

from lib.models import Flight, Weather
from lib.workbook.exercises.ch06.ex6_2_windy_hours_answers import same_hour, variant


def windy_by_sums() -> Any:
    windy = case((Weather.wind_speed >= 20, 1), else_=0)
    unknown = case((Weather.wind_speed.is_(None), 1), else_=0)
    question = select(
        Flight.origin,
        func.count().label("flights"),
        func.sum(windy).label("windy"),
        func.sum(unknown).label("unknown"),
    )
    joined = question.outerjoin(Weather, same_hour).group_by(Flight.origin)
    return joined.order_by(Flight.origin.desc())


def windy_by_a_step() -> Any:
    known = and_(same_hour, Weather.wind_speed.is_not(None))
    step = (
        select(Flight.origin, Weather.wind_speed.label("wind"))
        .select_from(Flight)
        .outerjoin(Weather, known)
        .cte("step")
    )
    return select(
        func.count(case((step.c.wind >= 20, 1))).label("windy"),
        func.count().label("flights"),
        func.sum(case((step.c.wind.is_(None), 1), else_=0)).label("unknown"),
        step.c.origin,
    ).group_by(step.c.origin)


def windy_by_a_subquery() -> Any:
    wind = select(Weather.wind_speed).where(same_hour).correlate(Flight).scalar_subquery()
    each = select(Flight.origin, wind.label("wind")).subquery()
    return select(
        each.c.origin,
        func.count().label("flights"),
        func.count(case((each.c.wind >= 20, 1))).label("windy"),
        (func.count() - func.count(each.c.wind)).label("unknown"),
    ).group_by(each.c.origin)


def windy_in_sql() -> Any:
    return """
        WITH seen AS (
            SELECT f.origin, w.wind_speed FROM flights f
            LEFT JOIN weather w ON w.origin = f.origin AND w.time_hour = f.time_hour)
        SELECT origin, count(*) AS flights,
               coalesce(sum(wind_speed >= 20), 0) AS windy,
               sum(wind_speed IS NULL) AS unknown
        FROM seen GROUP BY origin"""


def windy_as_text() -> Any:
    return text(
        "select flights.origin, count(*) flights, "
        "sum(case when wind_speed >= 20.0 then 1 else 0 end) windy, "
        "sum(case when wind_speed is null then 1 else 0 end) unknown "
        "from flights left join weather using (origin, time_hour) group by flights.origin"
    )


def windy_by_exists() -> Any:
    def flies_in(*conditions):
        return select(Weather.origin).where(same_hour, *conditions).correlate(Flight).exists()

    windy, known = flies_in(Weather.wind_speed >= 20), flies_in(Weather.wind_speed.is_not(None))
    return select(
        Flight.origin.label("origin"),
        func.count(Flight.flight).label("flights"),
        func.count(case((windy, 1))).label("windy"),
        func.count(case((~known, 1))).label("unknown"),
    ).group_by(Flight.origin)


def windy_by_local_time() -> Any:
    same = and_(
        *(
            getattr(Flight, name) == getattr(Weather, name)
            for name in ("origin", "year", "month", "day", "hour")
        )
    )
    return variant(same)


def windy_of_unions() -> Any:
    kinds = {
        "flights": literal(1),
        "windy": case((Weather.wind_speed >= 20, 1), else_=0),
        "unknown": case((Weather.wind_speed.is_(None), 1), else_=0),
    }
    parts = [
        select(
            Flight.origin,
            *((value if name == key else literal(0)).label(name) for name, value in kinds.items()),
        ).outerjoin(Weather, same_hour)
        for key in kinds
    ]
    all_parts = union_all(*parts).subquery()
    sums = (func.sum(all_parts.c[name]).label(name) for name in kinds)
    return select(all_parts.c.origin, *sums).group_by(all_parts.c.origin)


def windy_from_the_weather() -> Any:
    flown = aliased(Flight)
    same = (flown.origin == Weather.origin) & (flown.time_hour == Weather.time_hour)
    windy = func.sum(case((func.coalesce(Weather.wind_speed, -1) >= 20, 1), else_=0))
    question = select(flown.origin, func.count(flown.flight).label("flights"), windy.label("windy"))
    unknown = func.sum(case((or_(Weather.wind_speed.is_(None)), 1), else_=0)).label("unknown")
    return (
        question.add_columns(unknown)
        .join_from(flown, Weather, same, isouter=True)
        .group_by(flown.origin)
    )


def windy_by_a_window() -> Any:
    step = select(
        Flight.origin,
        func.count().over(partition_by=Flight.origin).label("flights"),
        func.count(case((Weather.wind_speed >= 20, 1))).over(partition_by=Flight.origin),
        func.count(case((Weather.wind_speed.is_(None), 1))).over(partition_by=Flight.origin),
    )
    joined = step.outerjoin(Weather, same_hour).distinct().subquery()
    origin, flights, windy, unknown = joined.c
    return select(origin, flights, windy.label("windy"), unknown.label("unknown"))


ALSO_RIGHT = (
    windy_by_sums,
    windy_by_a_step,
    windy_by_a_subquery,
    windy_in_sql,
    windy_as_text,
    windy_by_exists,
    windy_by_local_time,
    windy_of_unions,
    windy_from_the_weather,
    windy_by_a_window,
)
