"""Exercise 6.3: each airline's worst day."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pandas as pd
from sqlalchemy import case, func, insert, select

from lib.database import Database
from lib.models import Airline, Flight
from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, expect
from lib.workbook.exercises.ch06.ex6_3_worst_day_answers import WORDS, WRONG
from lib.workbook.exercises.ch06.ex6_3_worst_day_right import ALSO_RIGHT
from lib.workbook.exercises.ch06.looking import (
    CANCELLED,
    LATE,
    NULL_FOR_0,
    add_flights,
    ask,
    columns_first,
    expect_select,
    in_another_order,
    less_weather,
    number,
    that_is,
)
from lib.workbook.exercises.ch06.parts import filters_by, loose_columns

COLUMNS = ["carrier", "day", "late"]
LOOSE = (
    " One of your selects has a `group_by` and selects {} neither grouped nor aggregated. A group "
    "has many, so the database picks one, or refuses. `max` finds the number, not the row that it "
    "stands in; a rank keeps the row."
)
OCTOBER = {"month": 10, "day": 20}  # no day of January in the check's data has this number
NEW = ({"carrier": "ZZ", "name": "Never Flown"}, {"carrier": "YY", "name": "Always Cancelled"})
HOSTILE: list[dict[str, Any]] = [
    *({"carrier": "YY", "day": day} | CANCELLED for day in (3, 2, 2)),
    *({"carrier": "US", "dep_delay": 50} | OCTOBER for _ in range(6)),
    *({"carrier": "VX", "day": 2, "origin": "PHL", "dep_delay": 70} for _ in range(7)),
    # Two of exactly 15 minutes on day 3; one of 16 on day 2; four that are early on day 1.
    *({"carrier": "AS", "day": 3, "dep_delay": 15} for _ in range(2)),
    {"carrier": "AS", "day": 2, "dep_delay": 16},
    *({"carrier": "AS", "day": 1, "dep_delay": -30} for _ in range(4)),
    # On day 1 more of them, on day 3 the larger part of them.
    *({"carrier": "F9", "day": 1, "dep_delay": delay} for delay in (80, 90, 0, 1, 2, 3, 4, 5)),
    # Those of day 1 arrive late, those of day 3 leave late.
    *({"carrier": "HA", "day": 1, "arr_delay": 200} for _ in range(5)),
    *({"carrier": "HA", "day": 3, "dep_delay": 20, "arr_delay": -9} for _ in range(3)),
    # Days 2 and 3 tie; an inferred day 1, of many flights, none of them late.
    *({"carrier": "YV", "day": day, "dep_delay": 45} for day in (3, 3, 2, 2)),
    *({"carrier": "YV", "day": 1} for _ in range(9)),
]
# Where equal days come from the last to the first: airline, day, how many left late.
TIES = [("AS", 9, 0), ("AS", 4, 0), ("AS", 6, 0), ("HA", 2, 3), ("HA", 9, 3), ("HA", 5, 3)]
TIES += [("HA", 1, 2), ("UA", 8, 4), ("UA", 7, 4), ("UA", 3, 1)]
Counts = dict[str, dict[int, int]]  # late flights by airline and day
Days = dict[str, dict[int, list[Any]]]  # the flights
Kind = Callable[[Any], bool]
# What else people count, in the words of a card.
SLIPS: dict[str, Kind] = {
    "the number of all its flights on that day": lambda row: True,
    "the number of those that arrived late": lambda row: (
        row.arr_delay is not None and row.arr_delay >= LATE
    ),
    "the number of those that left more than 15 minutes late; exactly 15 is late, too": (
        lambda row: row.dep_delay is not None and row.dep_delay > LATE
    ),
}


def check_worst_days(answer: Any, sandbox: Sandbox) -> str:
    expect_select(answer, "worst_days")
    loose = "" if isinstance(answer, str) else " and ".join(sorted(loose_days(answer)))
    db = less_weather(sandbox)
    db.execute([insert(Airline).values(list(NEW))])
    add_flights(db, HOSTILE)
    try:
        frame = ask(db, answer)
    except NotYet as refusal:
        raise NotYet(f"{refusal}{LOOSE.format(loose) if loose else ''}") from refusal
    expect_days(columns_first(frame, COLUMNS), answer, flights_of(db), loose)
    with days_backwards() as lite:
        try:
            frame = ask(lite, answer)
        except NotYet:  # it is written for MySQL alone, which has been asked
            return PRAISE
        expect_days(columns_first(frame, COLUMNS), answer, flights_of(lite), loose)
    return PRAISE


PRAISE = "That is it. One row for each airline, the punctual ones too, and no tie left to chance."


def loose_days(answer: Any) -> set[str]:
    return loose_columns(answer) & {"day", "late", "dep_delay"}


def days_backwards() -> AbstractContextManager[Database]:
    """A database that meets an airline's days from the last to the first."""
    flights = (
        {"carrier": carrier, "day": day, "dep_delay": delay}
        for carrier, day, late in TIES
        for delay in (*[60] * late, 0, 3)
    )
    names = {carrier: carrier for carrier, _, _ in TIES}
    return in_another_order(flights, names, "carrier, day DESC, dep_delay")


def flights_of(db: Database) -> Days:
    """The delays of each airline's flights, by day."""
    columns = Flight.carrier, Flight.day, Flight.dep_delay, Flight.arr_delay
    days: Days = {}
    with db.engine.connect() as connection:
        for row in connection.execute(select(*columns)):
            days.setdefault(row.carrier, {}).setdefault(row.day, []).append(row)
    return days


def is_late(row: Any) -> bool:
    return row.dep_delay is not None and bool(row.dep_delay >= LATE)


def expect_days(frame: pd.DataFrame, answer: Any, flights: Days, loose: str) -> None:
    counts = {
        carrier: {day: sum(map(is_late, rows)) for day, rows in days.items()}
        for carrier, days in flights.items()
    }
    found = sorted(
        (str(carrier), day, late) for carrier, day, late in frame.itertuples(index=False, name=None)
    )
    expect_one_row_for_each([carrier for carrier, _, _ in found], answer, counts)
    for carrier, day, _ in found:
        expect(number(day) is not None, f"For {carrier}, day is {day!r}; it should be a number.")
        expect(
            number(day) in counts[carrier],
            f"For {carrier} you find day {day!r}, on which it has no flight.",
        )
    expect_numbers(found, flights, counts)
    for carrier, day, late in found:
        expect_day(carrier, int(day), int(late), counts[carrier], loose)


def expect_one_row_for_each(carriers: list[str], answer: Any, counts: Counts) -> None:
    strange = sorted(set(carriers) - set(counts))
    expect(
        not strange,
        f"There is a row for {', '.join(strange[:3])}: no flights have this carrier. One row is "
        "expected for each airline that has flights.",
    )
    double = sorted({carrier for carrier in carriers if carriers.count(carrier) > 1})
    expect(
        not double,
        f"{(double or [''])[0]} has {carriers.count((double or [''])[0])} rows; one for each "
        "airline is expected, for its worst day. When days tie, only the earliest counts.",
    )
    missing = sorted(set(counts) - set(carriers))
    never = [carrier for carrier in missing if not any(counts[carrier].values())]
    where = not isinstance(answer, str) and filters_by(answer, "dep_delay")
    expect(
        not missing or never != missing,
        f"No row for {', '.join(never)}: with flights, and none of them late. Each of these "
        "airlines has a row, too, with 0."
        + (
            " Your `where` on `dep_delay` drops flights before they are counted; count the late "
            "ones with `case`."
            if where
            else ""
        ),
    )
    expect(
        not missing,
        (
            f"{len(counts)} airlines have flights, and you give a row to {len(carriers)} of them: "
            f"{', '.join(missing[:3])} and others have none."
            if len(missing) > 3
            else f"There is no row for {', '.join(missing)}."
        ),
    )


def expect_numbers(found: list[tuple[str, Any, Any]], flights: Days, counts: Counts) -> None:
    """Expect the number of each day; name a slip when one alone gives all that were found."""
    got = [number(late) for _, _, late in found]
    slips = {
        words: [sum(map(slip, flights[carrier][int(day)])) for carrier, day, _ in found]
        for words, slip in SLIPS.items()
    }
    for (carrier, day, late), one in zip(found, got, strict=True):
        wanted = counts[carrier][int(day)]
        expect(
            one == wanted,
            f"For {carrier}, day {int(day)}: late is {late if one is None else one!r}; the check's "
            f"own data say {wanted}."
            + (NULL_FOR_0 if one is None and not wanted else that_is(got, slips)),
        )


def expect_day(carrier: str, day: int, late: int, days: dict[int, int], loose: str) -> None:
    """Expect this airline's worst day."""
    most = max(days.values())
    best = min(each for each, late in days.items() if late == most)
    fewest = " It is the day with the fewest." if late == min(days.values()) else ""
    expect(
        late == most,
        f"For {carrier} you find day {day}, with {late} late flights; day {best} has {most}."
        f"{LOOSE.format(loose) if loose else fewest}",
    )
    expect(
        day == best,
        f"For {carrier} the days {best} and {day} tie, with {most} late flights each. The earlier "
        f"one counts, and you find day {day}."
        + (
            LOOSE.format(loose)
            if loose
            else " Does your question decide between equal days, or does the database?"
        ),
    )


def solution_worst_days() -> Any:
    by_day = (
        select(
            Flight.carrier,
            Flight.day,
            func.count(case((Flight.dep_delay >= 15, 1))).label("late"),
        )
        .group_by(Flight.carrier, Flight.day)
        .cte("by_day")
    )
    place = func.row_number().over(
        partition_by=by_day.c.carrier, order_by=(by_day.c.late.desc(), by_day.c.day)
    )
    ranked = select(*by_day.c, place.label("place")).cte("ranked")
    worst_days = select(ranked.c.carrier, ranked.c.day, ranked.c.late).where(ranked.c.place == 1)
    return worst_days


EXERCISE = Exercise(
    id="6.3",
    title="Each airline's worst day",
    check=check_worst_days,
    hints=(
        "Three steps: count by airline and day; rank the days of each airline; keep the first. "
        "The first two are CTEs.",
        "For the number: group by `Flight.carrier` and `Flight.day`, and take `func.count` (not "
        "`sum`) of `case((Flight.dep_delay >= 15, 1))`. Without an `else_` it is NULL for the "
        "others, which `count` leaves out; a `sum` needs `else_=0`. No `where`.",
        "For the rank: `func.row_number()` over `partition_by` the carrier, and an `order_by` of "
        "two columns, `late` downwards and then `day`.",
    ),
    solution=solution_worst_days,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=("in any order",),
)
