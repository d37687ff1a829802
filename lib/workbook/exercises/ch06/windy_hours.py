"""Exercise 6.2: how windy was it?"""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd
from sqlalchemy import and_, case, func, select, update

from lib.database import Database
from lib.models import Flight, Weather
from lib.workbook.course.exercise import Bench, Exercise, NotYet, Wrong, expect
from lib.workbook.exercises.ch06.looking import ask, columns_first, expect_select, less_weather

same_hour = (Flight.origin == Weather.origin) & (Flight.time_hour == Weather.time_hour)
COLUMNS = ["origin", "flights", "windy", "unknown"]
CALM = "JFK"  # where no hour is windy when the check asks again


def check_windy_hours(answer: Any, bench: Bench) -> str:
    expect_select(answer, "windy_hours")
    db = less_weather(bench)
    expect_counts(answer, db)
    at_most_19 = update(Weather).where(Weather.origin == CALM, Weather.wind_speed >= 20)
    db.execute([at_most_19.values(wind_speed=19.0)])
    expect_counts(answer, db)
    return "That is it. Every flight is in, and what nobody measured is told apart from calm air."


def expect_counts(answer: Any, db: Database) -> None:
    wanted = counted(db)
    frame = ask(db, answer)
    columns_first(frame, COLUMNS)
    expect(
        len(frame) == len(wanted),
        f"The frame has {len(frame)} rows; there are {len(wanted)} airports of departure, and a "
        "row is expected for each. Group by `origin`.",
    )
    found = {row["origin"]: row for row in frame.to_dict("records")}
    for origin, numbers in wanted.items():
        expect(origin in found, f"There is no row for {origin}.")
        got = {key: found[origin][key] for key in COLUMNS[1:]}
        expect_numbers(origin, got, numbers)


def counted(db: Database) -> dict[str, dict[str, int]]:
    """The same numbers, counted in Python from the two tables."""
    with db.engine.connect() as connection:
        flights = connection.execute(select(Flight.origin, Flight.time_hour)).all()
        reports = connection.execute(
            select(Weather.origin, Weather.time_hour, Weather.wind_speed)
        ).all()
    winds = {(row.origin, row.time_hour): row.wind_speed for row in reports}
    numbers: dict[str, Counter[str]] = {}
    for origin, time_hour in flights:
        wind = winds.get((origin, time_hour))
        kind = "unknown" if wind is None else "windy" if wind >= 20 else "calm"
        numbers.setdefault(origin, Counter()).update(("flights", kind))
    return {origin: {key: each[key] for key in COLUMNS[1:]} for origin, each in numbers.items()}


def expect_numbers(origin: str, got: dict[str, Any], wanted: dict[str, int]) -> None:
    flights = wanted["flights"]
    if pd.isna(got["flights"]) or got["flights"] < flights:
        hint = (
            "an inner join keeps only flights with a report, and so does a condition on the "
            "weather in `where`"
        )
        if got["flights"] == flights - wanted["unknown"]:
            hint = "those whose wind is not known are left out, by `count(column)` or by `where`"
        elif got["flights"] == got["windy"] == wanted["windy"]:
            hint = "a condition on the weather in `where` has dropped the others"
        raise NotYet(
            f"For {origin} you count {got['flights']} flights, and there are {flights}: {hint}."
        )
    expect(
        got["flights"] <= flights,
        f"For {origin} you count {got['flights']} flights, and there are {flights}: a flight has "
        "met several reports. The join needs the whole key of the weather, place and hour.",
    )
    expect(
        got["windy"] != flights or wanted["windy"] == flights,
        f"For {origin} all flights are windy. `count` counts what is not missing, and 0 is not "
        "missing: add the zeros and ones up with `sum`, or leave out the `else_`.",
    )
    for key in ("windy", "unknown"):
        expect(
            not pd.isna(got[key]),
            f"{origin} has flights and none of this kind, and {key} is NULL there, not 0. A `sum` "
            "of nothing but NULL is NULL: `case` needs its `else_=0`.",
        )
    expect(
        got["windy"] == wanted["windy"],
        f"For {origin}, windy is {got['windy']}; the check's own data say {wanted['windy']}. A "
        "wind_speed of exactly 20 counts.",
    )
    expect(
        got["unknown"] <= wanted["unknown"] or got["unknown"] != flights - got["windy"],
        f"For {origin}, unknown is {got['unknown']}; the check's own data say "
        f"{wanted['unknown']}. Every flight that is not windy is unknown with you: a condition on "
        "the wind in your join makes calmer hours look missing. The join needs place and hour "
        "only.",
    )
    expect(
        got["unknown"] == wanted["unknown"],
        f"For {origin}, unknown is {got['unknown']}; the check's own data say "
        f"{wanted['unknown']}. There are hours without a report, and reports without a "
        "wind_speed; both count.",
    )


def solution_windy_hours() -> Any:
    windy_hours = (
        select(
            Flight.origin,
            func.count().label("flights"),
            func.count(case((Weather.wind_speed >= 20, 1))).label("windy"),
            (func.count() - func.count(Weather.wind_speed)).label("unknown"),
        )
        .select_from(Flight)
        .outerjoin(Weather, same_hour)
        .group_by(Flight.origin)
    )
    return windy_hours


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
        step.c.origin,
        func.count().label("flights"),
        func.count(case((step.c.wind >= 20, 1))).label("windy"),
        func.sum(case((step.c.wind.is_(None), 1), else_=0)).label("unknown"),
    ).group_by(step.c.origin)


def _question() -> Any:
    return select(
        Flight.origin,
        func.count().label("flights"),
        func.count(case((Weather.wind_speed >= 20, 1))).label("windy"),
        (func.count() - func.count(Weather.wind_speed)).label("unknown"),
    ).group_by(Flight.origin)


def windy_inner_join() -> Any:
    return _question().join(Weather, same_hour)


def windy_in_where() -> Any:
    return _question().outerjoin(Weather, same_hour).where(Weather.wind_speed >= 20)


def windy_in_the_join() -> Any:
    windy_air = and_(same_hour, Weather.wind_speed >= 20)
    return _question().outerjoin(Weather, windy_air)


def windy_without_else() -> Any:
    question = select(
        Flight.origin,
        func.count().label("flights"),
        func.sum(case((Weather.wind_speed >= 20, 1))).label("windy"),
        (func.count() - func.count(Weather.wind_speed)).label("unknown"),
    )
    return question.outerjoin(Weather, same_hour).group_by(Flight.origin)


def windy_any_place() -> Any:
    return _question().outerjoin(Weather, Flight.time_hour == Weather.time_hour)


def windy_counts_zeros() -> Any:
    return (
        select(
            Flight.origin,
            func.count().label("flights"),
            func.count(case((Weather.wind_speed >= 20, 1), else_=0)).label("windy"),
            (func.count() - func.count(Weather.wind_speed)).label("unknown"),
        )
        .outerjoin(Weather, same_hour)
        .group_by(Flight.origin)
    )


def windy_only_without_report() -> Any:
    return (
        select(
            Flight.origin,
            func.count().label("flights"),
            func.count(case((Weather.wind_speed >= 20, 1))).label("windy"),
            func.count(case((Weather.time_hour.is_(None), 1))).label("unknown"),
        )
        .outerjoin(Weather, same_hour)
        .group_by(Flight.origin)
    )


EXERCISE = Exercise(
    id="6.2",
    title="How windy was it?",
    check=check_windy_hours,
    hints=(
        "Start from the outer join of the section, with `same_hour`, and group by "
        "`Flight.origin`. No `where` is needed.",
        "`func.count(case((condition, 1)))` counts the rows for which a condition holds.",
        "`func.count(Weather.wind_speed)` counts the flights whose wind speed is known. All "
        "flights less these are the unknown ones.",
    ),
    solution=solution_windy_hours,
    also_right=(windy_by_sums, windy_by_a_step),
    wrong=(
        Wrong(
            windy_inner_join,
            "an inner join keeps only flights with a report",
            "does not see that a join drops what has no partner",
        ),
        Wrong(
            windy_in_where,
            "in `where` has dropped the others",
            "turns the outer join into an inner one by a condition in `where`",
        ),
        Wrong(
            windy_in_the_join,
            "makes calmer hours look missing",
            "moves a condition into the join that decides what is counted, not what belongs",
        ),
        Wrong(
            windy_without_else,
            "`case` needs its `else_=0`",
            "expects 0 from a sum that finds no 1",
        ),
        Wrong(
            windy_any_place,
            "met several reports",
            "joins on a part of the key, and doubles the flights",
        ),
        Wrong(
            windy_counts_zeros,
            "0 is not missing",
            "believes that count counts what is true",
        ),
        Wrong(
            windy_only_without_report,
            "reports without a wind_speed",
            "takes `no row` for the only way in which a value can be missing",
        ),
    ),
)
