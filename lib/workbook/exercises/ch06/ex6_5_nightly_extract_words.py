"""Exercise 6.5: answers that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from sqlalchemy import Double, Float, cast

from lib.models import Airline, Flight
from lib.workbook.course.exercise import Word
from lib.workbook.exercises.ch06.ex6_5_nightly_extract_answers import (
    FLOAT,
    HOURS,
    asked,
    extract_collects,
    extract_frames,
    extract_nothing_returned,
    extract_pages_by_hour,
    extract_past_sqlalchemy,
    sending,
    variant,
)

WORDS = (
    Word(
        "every flight that took off and landed",
        "six flights from a fourth airport",
        lambda: variant(asked(HOURS, Flight.origin.in_(["EWR", "JFK", "LGA"]))),
    ),
    Word(
        "every flight that took off and landed",
        "flights without a `tailnum`",
        lambda: variant(asked(HOURS, Flight.tailnum.is_not(None))),
    ),
    Word(
        "every flight that took off and landed",
        "five flights of October",
        lambda: variant(asked(HOURS, Flight.month == 1)),
    ),
    Word(
        "`extract(db, send)`",
        "two databases: the chapter's with hostile rows, and a small one",
        lambda: (lambda db, send: 0),
    ),
    Word(
        "`send(frame)` for one data frame after the other",
        "each frame",
        extract_frames,
    ),
    Word(
        "`send(frame)` for one data frame after the other",
        "each frame",
        lambda: variant(put=lambda frame: frame.to_dict("records")),
    ),
    Word(
        "each of at most 1,000 rows",
        "more than four thousand rows",
        lambda: variant(size=1001),
    ),
    Word("returns how many rows it has sent", "frames and rows", extract_nothing_returned),
    Word(
        "returns how many rows it has sent",
        "frames and rows",
        lambda: variant(count=lambda frame: 1),
    ),
    Word(
        "The columns: `time_hour`, `airline`",
        "the frames' columns",
        lambda: variant(put=lambda frame: frame.rename(columns={"airline": "name"})),
    ),
    Word(
        "`airline` (its name)",
        "names that differ from the codes",
        lambda: variant(asked(airline=Flight.carrier)),
    ),
    Word(
        "`flight`, `tailnum`",
        "the frames' columns",
        lambda: variant(put=lambda frame: frame.drop(columns="tailnum")),
    ),
    Word(
        "`hours`, the `air_time` in hours",
        "each row",
        lambda: variant(asked(cast(Flight.air_time, Double))),
    ),
    Word(
        "as exact as a float can be",
        "flights of 100 to 106 minutes",
        lambda: sending("hours", lambda hours: hours.round(9)),
    ),
    Word(
        "Only flights with an `air_time`",
        "four flights that were diverted: with an `arr_time`, without an `air_time`",
        lambda: variant(asked(known=Flight.arr_time.is_not(None))),
    ),
    Word(
        "Only flights with an `air_time`",
        "a flight whose `air_time` is 0",
        lambda: variant(asked(known=Flight.air_time > 0)),
    ),
    Word(
        "in the order of `time_hour`, `carrier`, `flight`",
        "airlines whose names have another order than their codes",
        lambda: variant(asked(order=(Flight.time_hour, Airline.name, Flight.flight))),
    ),
    Word(
        "in the order of `time_hour`, `carrier`, `flight`",
        "an index that meets the flights of one hour from the last to the first",
        lambda: variant(asked(order=(Flight.time_hour, Flight.carrier))),
    ),
    Word(
        "Ask through the engine or the sessions of `db`",
        "what is asked about flights is seen by SQLAlchemy's own events",
        extract_past_sqlalchemy,
    ),
    Word(
        "a page that begins behind the last row needs the whole key, all three columns of it",
        "1,600 flights of one airline in one hour",
        extract_pages_by_hour,
    ),
    Word("The whole answer is never in memory", "four frames", extract_collects),
    Word(
        "on either database",
        "a driver that holds what is not streamed",
        lambda: variant(stream=False),
    ),
    Word(
        "the values are the same on both",
        "a division that MySQL rounds",
        lambda: variant(asked(Flight.air_time / 60), put=lambda frame: frame.astype(FLOAT)),
    ),
    Word(
        "the values are the same on both",
        "a cast that MariaDB does not know",
        lambda: variant(asked(cast(Flight.air_time, Float(53)) / 60)),
    ),
)
