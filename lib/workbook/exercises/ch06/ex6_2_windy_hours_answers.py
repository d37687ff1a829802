"""Exercise 6.2: wrong answers, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer, and_, case, cast, func, select
from sqlalchemy.orm import aliased

from lib.models import Airport, Flight, Weather
from lib.workbook.course.exercise import Word, Wrong

same_hour = (Flight.origin == Weather.origin) & (Flight.time_hour == Weather.time_hour)
ALL = func.count()
WINDY = func.count(case((Weather.wind_speed >= 20, 1)))
UNKNOWN = func.count() - func.count(Weather.wind_speed)


def variant(
    condition: Any = same_hour, *, flights: Any = ALL, windy: Any = WINDY, unknown: Any = UNKNOWN
) -> Any:
    """The solution, with one thing done otherwise."""
    question = select(
        Flight.origin, flights.label("flights"), windy.label("windy"), unknown.label("unknown")
    )
    return question.outerjoin(Weather, condition).group_by(Flight.origin)


def windy_inner_join() -> Any:
    return variant().join(Airport, Airport.faa == Weather.origin)


def windy_in_where() -> Any:
    return variant().where(Weather.wind_speed >= 20)


def windy_where_known() -> Any:
    return variant().where(Weather.wind_speed.is_not(None))


def windy_without_else() -> Any:
    return variant(windy=func.sum(case((Weather.wind_speed >= 20, 1))))


def windy_only_without_report() -> Any:
    return variant(unknown=func.count(case((Weather.time_hour.is_(None), 1))))


def windy_asked_already() -> Any:
    import pandas as pd

    return pd.DataFrame({"origin": ["EWR"], "flights": [1], "windy": [1], "unknown": [0]})


WRONG = (
    Wrong(
        windy_inner_join,
        "an inner join keeps only flights with a partner",
        "does not see that a join drops what has no partner",
    ),
    Wrong(
        windy_in_where,
        "a condition on the weather in `where`",
        "turns the outer join into an inner one by a condition in `where`",
    ),
    Wrong(
        windy_where_known,
        "those whose wind is known",
        "leaves out what is unknown before it is counted",
    ),
    Wrong(
        lambda: variant(flights=func.count(Weather.wind_speed)),
        "those whose wind is known",
        "counts a column of the partner for the flights",
    ),
    Wrong(
        lambda: variant(and_(same_hour, Weather.wind_speed >= 20)),
        "calmer air is known, too",
        "moves a condition into the join that decides what is counted, not what belongs",
    ),
    Wrong(
        windy_without_else,
        "A `sum` of nothing but NULL is NULL",
        "expects 0 from a sum that finds no 1",
    ),
    Wrong(
        lambda: variant(Flight.time_hour == Weather.time_hour),
        "meets the reports of all airports",
        "joins on a part of the key, and doubles the flights",
    ),
    Wrong(
        lambda: variant(windy=func.count(case((Weather.wind_speed >= 20, 1), else_=0))),
        "0 is not missing",
        "believes that count counts what is true",
    ),
    Wrong(
        windy_only_without_report,
        "reports without a `wind_speed`",
        "takes `no row` for the only way in which a value can be missing",
    ),
    Wrong(
        lambda: variant(
            unknown=func.count(case((Weather.wind_speed.is_(None), Weather.time_hour)))
        ),
        "some flights have no report",
        "counts the reports that lack a value, and not the hours without a report",
    ),
    Wrong(
        lambda: variant(windy=func.count(case((Weather.wind_gust >= 20, 1)))),
        "in a `wind_gust` of 20 or more",
        "takes the gusts for the wind",
    ),
    Wrong(
        lambda: variant(flights=func.count(Flight.dep_time)),
        "those that left; all flights count",
        "counts a column that may be missing for the rows",
    ),
    Wrong(
        lambda: variant(and_(Flight.origin == Weather.origin, Flight.hour == Weather.hour)),
        "the check's own data say",
        "joins on the hour of the day, whatever the day",
    ),
    Wrong(
        lambda: select(Flight.origin, ALL.label("flights")).group_by(Flight.origin),
        "expected are origin, flights, windy, unknown",
        "hands over the first step",
    ),
    Wrong(
        windy_asked_already,
        "has been asked already",
        "hands over an answer in place of the question",
    ),
)
WORDS = (
    Word("a select `windy_hours`", "it is asked twice, of other data", windy_asked_already),
    Word(
        "a row for each `origin`",
        "flights from PHL and BOS, two airports more than the chapter's three",
        lambda: variant().where(Flight.origin.in_(["EWR", "JFK", "LGA"])),
    ),
    Word(
        "a row for each `origin`",
        "BOS, of which there is no report",
        lambda: variant().having(func.count(Weather.wind_speed) > 0),
    ),
    Word(
        "the columns `origin`, `flights`",
        "the frame's columns",
        lambda: variant().with_only_columns(Flight.origin, ALL, WINDY, UNKNOWN),
    ),
    Word(
        "`flights` (all of them)",
        "cancelled flights, of January and of October",
        lambda: variant(flights=func.count(Flight.dep_time)),
    ),
    Word(
        "`flights` (all of them)",
        "flights of October",
        lambda: variant().where(Flight.month == 1),
    ),
    Word(
        "`windy` (flights in an hour with a `wind_speed` of 20 or more",
        "hours with exactly 20.0",
        lambda: variant(windy=func.count(case((Weather.wind_speed > 20, 1)))),
    ),
    Word(
        "`windy` (flights in an hour with a `wind_speed` of 20 or more",
        "an hour with 19.6",
        lambda: variant(windy=func.count(case((func.round(Weather.wind_speed) >= 20, 1)))),
    ),
    Word(
        "`wind_speed`",
        "hours with a gust of 20 or more in calmer air",
        lambda: variant(windy=func.count(case((Weather.wind_gust >= 20, 1)))),
    ),
    Word(
        "at their airport",
        "hours that differ from airport to airport",
        lambda: variant(
            windy=func.count(case((_windy_anywhere(), 1))),
        ),
    ),
    Word(
        "`unknown` (flights for whose hour no wind speed is known",
        "an hour with a wind of 0.0",
        lambda: _calm_is_unknown(),
    ),
    Word("there is no report", "LGA on day 2", lambda: variant(unknown=_unknown_reports())),
    Word("it has no value", "the mornings of day 1", windy_only_without_report),
    Word("0 where there is none", "JFK, when it is asked again", windy_without_else),
    Word(
        "0 where there is none",
        "PHL, where each wind is known",
        lambda: variant(unknown=func.sum(case((Weather.wind_speed.is_(None), 1)))),
    ),
)


def _windy_anywhere() -> Any:
    other = aliased(Weather)
    windy = select(other.origin).where(other.time_hour == Flight.time_hour, other.wind_speed >= 20)
    return windy.correlate(Flight).exists()


def _calm_is_unknown() -> Any:
    return variant(unknown=ALL - func.count(func.nullif(cast(Weather.wind_speed, Integer), 0)))


def _unknown_reports() -> Any:
    return func.count(case((Weather.wind_speed.is_(None), Weather.time_hour)))
