"""Exercise 6.5: the nightly extract."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pandas as pd
from sqlalchemy import Double, cast, func, select

from lib.database import Database
from lib.models import Airline, Flight
from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, expect, expect_function
from lib.workbook.exercises.ch06.ex6_5_nightly_extract_answers import WRONG
from lib.workbook.exercises.ch06.ex6_5_nightly_extract_check import (
    COLUMNS,
    Watch,
    or_verdict,
    watching,
)
from lib.workbook.exercises.ch06.ex6_5_nightly_extract_right import ALSO_RIGHT
from lib.workbook.exercises.ch06.ex6_5_nightly_extract_words import WORDS
from lib.workbook.exercises.ch06.looking import (
    CANCELLED,
    add_flights,
    in_another_order,
    less_weather,
    number,
    same,
    that_is,
)

NEVER_LANDED: dict[str, Any] = {
    "arr_time": 1400,
    "arr_delay": None,
    "air_time": None,
}  # it was diverted
OCTOBER = {"month": 10, "day": 20}
HOSTILE: list[dict[str, Any]] = [
    # So many that a thousand and another thousand are not yet all.
    *({"flight": 20_000 + each, "dest": "ORD", "air_time": 100 + each % 7} for each in range(1600)),
    *({"dep_delay": 9} | NEVER_LANDED for _ in range(4)),
    *(CANCELLED for _ in range(3)),
    {"air_time": 0},  # a minute that was rounded: 0 is not missing
    *(OCTOBER for _ in range(5)),
    *({"origin": "PHL"} for _ in range(6)),
    {"tailnum": "N102UW"},
]
# In one hour: the order of the key is neither that of the names nor that of the numbers.
TIES = [("UA", 7), ("UA", 100), ("UA", 12), ("AA", 9), ("AA", 800), ("B6", 3), ("B6", 70)]
NAMES = {"AA": "Zed Air", "B6": "Middle Air", "UA": "Able Air"}
Kind = Callable[[Any], bool]
# What else people send, in the words of a card.
SLIPS: dict[str, Kind] = {
    "the number of all flights": lambda row: True,
    "the number of those that left; some never landed": lambda row: row.dep_time is not None,
    "the number of those with an `arr_time`; some landed at another airport, and have no "
    "`air_time`": lambda row: row.arr_time is not None,
    "the number of those with a `tailnum`; some that flew have none": lambda row: (
        row.air_time is not None and row.tailnum is not None
    ),
    "the number of those in January": lambda row: row.air_time is not None and row.month == 1,
    "the number without a flight whose `air_time` is 0": lambda row: bool(row.air_time),
}


def check_extract(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "extract")
    db = less_weather(sandbox)
    add_flights(db, HOSTILE)
    watch, sent = run(answer, sandbox, db)
    expect(bool(watch.frames), "Your function has sent no row.")
    expect(
        bool(watch.asked),
        "The check has seen no question about flights: your function goes past SQLAlchemy, to the "
        "driver itself or to another database. Ask through the engine or the sessions of the `db` "
        "that your function is given.",
    )
    pool: Any = db.engine.pool
    expect(
        pool.checkedout() == 0,
        "When your function has returned, a connection is still out. Use a `with` block.",
    )
    watch.expect_nothing_kept()
    expect(
        not watch.cut,
        "`hours` is calculated in SQL without a cast to `Double` before it. On MySQL, a division "
        "of whole numbers, or one by 60.0, gives a Decimal, rounded to four digits: 100 minutes "
        "are 1.6667 hours there, and a cast around the division comes too late. Say in which type "
        "to calculate.",
    )
    expect_content(watch, db)
    expect(sent is not None, "Your function returns None. Return the number of rows.")
    rows = sum(map(len, watch.frames))
    expect(number(sent) == rows, f"Your function returns {sent!r}; it has sent {rows:,} rows.")
    expect_order_by_right(answer, sandbox)
    return "That is it. The extract may grow a hundred times, and this function will not notice."


def run(answer: Any, sandbox: Sandbox, db: Database) -> tuple[Watch, Any]:
    """Call the function, and watch it; what is wrong with a frame is raised."""
    with db.sessions() as session:
        flights = session.scalar(select(func.count()).select_from(Flight))
    with watching(db) as watch:
        watch.flights = int(flights or 0)
        sent = sandbox.call(or_verdict(answer), db, watch)
    if isinstance(sent, NotYet):
        raise sent
    return watch, sent


def expect_content(watch: Watch, db: Database) -> None:
    found, wanted = pd.concat(watch.frames, ignore_index=True), extracted(db)
    if len(found) != len(wanted):
        with db.engine.connect() as connection:
            flights = connection.execute(select(Flight.__table__)).all()
        slips = {words: [sum(map(slip, flights))] for words, slip in SLIPS.items()}
        raise NotYet(
            f"You send {len(found):,} rows; {len(wanted):,} flights have an `air_time`."
            + that_is([len(found)], slips)
        )
    expect_hours(found["hours"], sorted(wanted["hours"]))
    mine = list(map(values, found.itertuples(index=False, name=None)))
    right = list(map(values, wanted.itertuples(index=False, name=None)))
    expect(
        mine == right or sorted(map(str, mine)) != sorted(map(str, right)),
        "The rows are right, and not in the order of time_hour, carrier, flight.",
    )
    for line, (got, row) in enumerate(zip(mine, right, strict=True), start=1):
        for column, value, one in zip(COLUMNS, got, row, strict=True):
            expect(
                same(value, one),
                f"In column {column}, {value!r} stands in row {line} where {one!r} is expected.",
            )


def values(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row to be compared: all kinds of missing alike, hours as exact as can be expected."""
    *others, hours = row
    return *(None if is_missing(value) else value for value in others), float(f"{hours:.12g}")


def is_missing(value: Any) -> bool:
    missing = pd.isna(value)
    return isinstance(missing, bool) and missing


def expect_hours(found: pd.Series[Any], wanted: list[float]) -> None:
    """Expect floats that are exact, in whatever order they come."""
    whole = found.dtype.kind == "i" and sorted(found) == [hours // 1 for hours in wanted]
    expect(
        found.dtype.kind == "f" and not found.isna().any(),
        f"`hours` has the type {found.dtype}"
        + (", and some are missing" if found.isna().any() else "")
        + "; a float is expected in each row."
        + (" In whole numbers the minutes are lost." if whole else ""),
    )
    pairs = list(zip(sorted(found), wanted, strict=True))
    wrong = [pair for pair in pairs if not math.isclose(*pair, rel_tol=1e-12, abs_tol=1e-12)]
    if wrong:
        off = max(abs(got - right) for got, right in pairs)
        raise NotYet(
            f"`hours` differ by up to {off:.2g} from `air_time` divided by 60; as exact as a float "
            "can be, they differ by nothing."
        )


def extracted(db: Database) -> pd.DataFrame:
    columns: Any = (
        Flight.time_hour,
        Airline.name,
        Flight.flight,
        Flight.tailnum,
        Flight.air_time,
    )
    question = select(*columns).join(Flight.airline).where(Flight.air_time.is_not(None))
    in_order = question.order_by(Flight.time_hour, Flight.carrier, Flight.flight)
    frame = db.query(in_order)
    frame["air_time"] = frame["air_time"] / 60
    return frame.set_axis(COLUMNS, axis=1)


def expect_order_by_right(answer: Any, sandbox: Sandbox) -> None:
    """Expect the order where a database meets equal hours in another order than that of the key."""
    flights = [{"carrier": carrier, "flight": flight} for carrier, flight in TIES]
    # All columns are in the index, so that SQLite reads it, and not the key's own.
    others = [each.name for each in Flight.__table__.columns if not each.primary_key]
    index = ", ".join(["time_hour", "carrier", "flight DESC", *others])
    with in_another_order(flights, NAMES, index) as small:
        try:
            watch, _ = run(answer, sandbox, small)
        except Exception:  # it is written for MySQL alone, where it has been judged
            return
        found = [(row.airline, row.flight) for each in watch.frames for row in each.itertuples()]
    wanted = [(NAMES[carrier], flight) for carrier, flight in sorted(TIES)]
    expect(
        found == wanted,
        "In a small table of the check, with flights in one hour, your rows are not in the order "
        f"of time_hour, carrier, flight: {found[:3]} are the first three, and should be "
        f"{wanted[:3]}. Does your `order_by` decide between equal hours, or does the database?",
    )


def solution_extract() -> Any:
    def extract(db, send):
        hours = (cast(Flight.air_time, Double) / 60).label("hours")
        name = Airline.name.label("airline")
        question = (
            select(Flight.time_hour, name, Flight.flight, Flight.tailnum, hours)
            .join(Flight.airline)
            .where(Flight.air_time.is_not(None))
            .order_by(Flight.time_hour, Flight.carrier, Flight.flight)
            .execution_options(stream_results=True)
        )
        sent = 0
        with db.engine.connect() as connection:
            for frame in pd.read_sql(question, connection, chunksize=1000):
                send(frame)
                sent += len(frame)
        return sent

    return extract


EXERCISE = Exercise(
    id="6.5",
    title="The nightly extract",
    check=check_extract,
    hints=(
        "`pd.read_sql(question, connection, chunksize=1000)` gives one frame after the other. "
        "What else does it need, so that the driver does not hold all rows?",
        "`.execution_options(stream_results=True)` on the select asks for a stream. Call `send` "
        "inside the loop, inside the `with` block.",
        "Cast `air_time` to `Double` before you divide by 60. `Airline.name` comes with "
        "`.join(Flight.airline)`, and `label` names the columns.",
    ),
    solution=solution_extract,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=("A stream will do, and so will one page after the other",),
)
