"""Exercise 6.2: how windy was it?"""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import case, func, insert, select, update

from lib.database import Database
from lib.models import Flight, Weather
from lib.workbook.course.exercise import Exercise, Sandbox, expect
from lib.workbook.exercises.ch06.ex6_2_windy_hours_answers import (
    WORDS,
    WRONG,
    same_hour,
)
from lib.workbook.exercises.ch06.ex6_2_windy_hours_right import ALSO_RIGHT
from lib.workbook.exercises.ch06.looking import (
    CANCELLED,
    NULL_FOR_0,
    add_flights,
    ask,
    columns_first,
    expect_select,
    less_weather,
    number,
    that_is,
)

COLUMNS = ["origin", "flights", "windy", "unknown"]
WINDY = 20  # mph
CALM = "JFK"  # where no hour is windy when the check asks again
OCTOBER = {"month": 10, "day": 2, "time_hour": datetime(2013, 10, 2, 14)}
MORNING, NOON = {"time_hour": datetime(2013, 1, 2, 15)}, {"time_hour": datetime(2013, 1, 2, 17)}
# Two more airports of departure: of each hour at PHL the wind is known, of none at BOS.
HOSTILE: list[dict[str, Any]] = [
    *({"origin": "PHL"} | MORNING for _ in range(3)),
    *({"origin": "PHL", "hour": 12} | NOON for _ in range(2)),
    *({"origin": "BOS"} | MORNING for _ in range(4)),
    *({"origin": "EWR"} | OCTOBER for _ in range(6)),
    *({"origin": "EWR"} | OCTOBER | CANCELLED for _ in range(2)),
    *({"origin": "JFK"} | OCTOBER for _ in range(5)),
]
# Where, when, which wind, which gust; none starts in CLT, and its report belongs to no flight.
REPORTS: list[tuple[str, dict[str, Any], float | None, float | None]] = [
    ("PHL", MORNING | {"hour": 10}, 0.0, 31.1),
    ("PHL", NOON | {"hour": 12}, 25.3, None),
    ("EWR", OCTOBER | {"hour": 10}, 19.6, 20.7),
    ("JFK", OCTOBER | {"hour": 10}, None, 20.7),
    ("CLT", MORNING | {"hour": 10}, 28.8, None),
]


@dataclass(frozen=True)
class Seen:
    """A flight, and what is known of the air in its hour at its airport."""

    flight: Any
    reports: int  # at its airport; 0 or 1
    anywhere: int  # in its hour at any airport
    wind: float | None
    gust: float | None


Kinds = dict[str, Callable[[Seen], int]]
KINDS: Kinds = {
    "flights": lambda seen: 1,
    "windy": lambda seen: seen.wind is not None and seen.wind >= WINDY,
    "unknown": lambda seen: seen.wind is None,
}
# What else people count, in the words of a card.
SLIPS: dict[str, Kinds] = {
    "flights": {
        "the number of those whose wind is known: no flight may drop out, and a wind that is not "
        "known is NULL, to `where` and to `count(column)`": lambda seen: seen.wind is not None,
        "the number of those in a windy hour: a condition on the weather in `where`, or in an "
        "inner join, drops the others": KINDS["windy"],
        "the number of those with a report: an inner join keeps only flights with a partner": (
            lambda seen: seen.reports
        ),
        "what comes out when each flight meets the reports of all airports: the join needs the "
        "whole key of the weather, place and hour": lambda seen: max(1, seen.anywhere),
        "the number of those that left; all flights count": lambda seen: (
            seen.flight.dep_time is not None
        ),
        "the number of those with a `tailnum`; all flights count": lambda seen: (
            seen.flight.tailnum is not None
        ),
    },
    "windy": {
        "the number of all flights: `count` counts what is not missing, and 0 is not missing": (
            KINDS["flights"]
        ),
        "the number of those in more than 20; a `wind_speed` of exactly 20 counts": lambda seen: (
            seen.wind is not None and seen.wind > WINDY
        ),
        "the number of those in a `wind_gust` of 20 or more": lambda seen: (
            seen.gust is not None and seen.gust >= WINDY
        ),
    },
    "unknown": {
        "the number of those without a report; there are reports without a `wind_speed`, too": (
            lambda seen: not seen.reports
        ),
        "the number of those whose report has no `wind_speed`; some flights have no report": (
            lambda seen: seen.reports and seen.wind is None
        ),
        "the number of those that are not windy; calmer air is known, too": (
            lambda seen: not KINDS["windy"](seen)
        ),
    },
}


def check_windy_hours(answer: Any, sandbox: Sandbox) -> str:
    expect_select(answer, "windy_hours")
    db = less_weather(sandbox)
    add_hostile(db)
    expect_counts(answer, db)
    at_most_19 = update(Weather).where(Weather.origin == CALM, Weather.wind_speed >= WINDY)
    db.execute([at_most_19.values(wind_speed=19.0)])
    expect_counts(answer, db)
    return "That is it. Every flight is in, and what nobody measured is told apart from calm air."


def add_hostile(db: Database) -> None:
    add_flights(db, HOSTILE)
    rows = [
        {"month": 1, "day": 2, "year": 2013, "origin": origin}
        | when
        | {"wind_speed": wind, "wind_gust": gust}
        for origin, when, wind, gust in REPORTS
    ]
    db.execute([insert(Weather).values(row) for row in rows])


def expect_counts(answer: Any, db: Database) -> None:
    flights = seen_by_origin(db)
    frame = columns_first(ask(db, answer), COLUMNS)
    found = ["NULL" if pd.isna(origin) else str(origin) for origin in frame["origin"]]
    rows = (
        f"Your select gives {len(found)} rows, for {', '.join(found[:8]) or 'nothing'}; flights "
        f"leave from {', '.join(sorted(flights))}, and a row is expected for each."
    )
    expect(set(found) <= set(flights) and len(found) == len(set(found)), rows)
    # The numbers first, where there are many: they tell why a row is missing, too.
    ordered = sorted(frame.to_dict("records"), key=lambda row: -len(flights[row["origin"]]))
    for key in COLUMNS[1:]:
        expect_numbers(key, {row["origin"]: row[key] for row in ordered}, flights)
    expect(set(found) == set(flights), rows)


def seen_by_origin(db: Database) -> dict[str, list[Seen]]:
    """The flights of each airport, put together with the weather in Python."""
    with db.engine.connect() as connection:
        columns = Flight.origin, Flight.time_hour, Flight.dep_time, Flight.tailnum
        flights = connection.execute(select(*columns)).all()
        reports = connection.execute(
            select(Weather.origin, Weather.time_hour, Weather.wind_speed, Weather.wind_gust)
        ).all()
    by_key = {(row.origin, row.time_hour): row for row in reports}
    by_hour: dict[datetime, int] = {}
    for row in reports:
        by_hour[row.time_hour] = by_hour.get(row.time_hour, 0) + 1
    seen: dict[str, list[Seen]] = {}
    for flight in flights:
        report = by_key.get((flight.origin, flight.time_hour))
        wind, gust = (report.wind_speed, report.wind_gust) if report else (None, None)
        anywhere = by_hour.get(flight.time_hour, 0)
        air = Seen(flight, int(report is not None), anywhere, wind, gust)
        seen.setdefault(flight.origin, []).append(air)
    return seen


def expect_numbers(key: str, found: dict[str, Any], flights: dict[str, list[Seen]]) -> None:
    """Expect the numbers of this kind; name a slip when one alone gives all that were found."""
    got = [number(value) for value in found.values()]
    slips = {
        words: [sum(map(slip, flights[origin])) for origin in found]
        for words, slip in SLIPS[key].items()
    }
    for (origin, value), one in zip(found.items(), got, strict=True):
        wanted = sum(map(KINDS[key], flights[origin]))
        expect(
            one == wanted,
            f"For {origin}, {key} is {value if one is None else one!r}; the check's own data say "
            f"{wanted}, of {len(flights[origin])} flights."
            + (NULL_FOR_0 if one is None and not wanted else that_is(got, slips)),
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
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=("in any order",),
)
