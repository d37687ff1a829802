"""Exercise 6.5: wrong answers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Double, cast, select

from lib.models import Airline, Flight
from lib.workbook.course.exercise import Wrong


def _question(hours: Any, **options: Any) -> Any:
    name = Airline.name.label("airline")
    columns = (Flight.time_hour, name, Flight.flight, Flight.tailnum, hours.label("hours"))
    question = select(*columns).join(Flight.airline).where(Flight.air_time.is_not(None))
    in_order = question.order_by(Flight.time_hour, Flight.carrier, Flight.flight)
    return in_order.execution_options(**options)


def _extract(hours: Any, **options: Any) -> Any:
    def extract(db, send):
        sent = 0
        with db.engine.connect() as connection:
            for frame in pd.read_sql(_question(hours, **options), connection, chunksize=1000):
                send(frame)
                sent += len(frame)
        return sent

    return extract


def extract_whole_then_cut() -> Any:
    def extract(db, send):
        frame = db.query(_question(cast(Flight.air_time, Double) / 60))
        for start in range(0, len(frame), 1000):
            send(frame.iloc[start : start + 1000])
        return len(frame)

    return extract


def extract_chunks_alone() -> Any:
    return _extract(cast(Flight.air_time, Double) / 60)


def extract_list_of_chunks() -> Any:
    def extract(db, send):
        question = _question(cast(Flight.air_time, Double) / 60, stream_results=True)
        with db.engine.connect() as connection:
            frames = list(pd.read_sql(question, connection, chunksize=1000))
        for frame in frames:
            send(frame)
        return sum(map(len, frames))

    return extract


def extract_whole_hours() -> Any:
    return _extract(Flight.air_time // 60, stream_results=True)


def extract_without_cast() -> Any:
    return _extract(Flight.air_time / 60, stream_results=True)


def extract_cast_too_late() -> Any:
    return _extract(cast(Flight.air_time / 60, Double), stream_results=True)


def extract_by_a_float() -> Any:
    return _extract(Flight.air_time / 60.0, stream_results=True)


def extract_returns_nothing() -> Any:
    def extract(db, send):
        question = _question(cast(Flight.air_time, Double) / 60, stream_results=True)
        with db.engine.connect() as connection:
            for frame in pd.read_sql(question, connection, chunksize=1000):
                send(frame)

    return extract


def extract_frames_too_large() -> Any:
    def extract(db, send):
        question = _question(cast(Flight.air_time, Double) / 60, stream_results=True)
        with db.engine.connect() as connection:
            for frame in pd.read_sql(question, connection, chunksize=2000):
                send(frame)

    return extract


def extract_without_order() -> Any:
    def extract(db, send):
        question = _question(cast(Flight.air_time, Double) / 60, stream_results=True)
        sent = 0
        with db.engine.connect() as connection:
            by_plane = question.order_by(None).order_by(Flight.tailnum, Flight.time_hour)
            for frame in pd.read_sql(by_plane, connection, chunksize=1000):
                send(frame)
                sent += len(frame)
        return sent

    return extract


def extract_ordered_by_hour() -> Any:
    def extract(db, send):
        question = _question(cast(Flight.air_time, Double) / 60, stream_results=True)
        by_hour = question.order_by(None).order_by(Flight.time_hour)
        sent = 0
        with db.engine.connect() as connection:
            for frame in pd.read_sql(by_hour, connection, chunksize=1000):
                send(frame)
                sent += len(frame)
        return sent

    return extract


WRONG = (
    Wrong(
        extract_whole_then_cut,
        "the whole answer at once",
        "cuts the frame when all of it is already there",
    ),
    Wrong(
        extract_chunks_alone,
        "whatever `chunksize` says",
        "believes that chunksize reaches the driver",
    ),
    Wrong(
        extract_list_of_chunks,
        "Send each frame as it comes",
        "collects the pieces of a stream before using them",
    ),
    Wrong(
        extract_whole_hours,
        "the minutes are lost",
        "takes the whole division for the division",
    ),
    Wrong(
        extract_without_cast,
        "without a cast",
        "leaves the type of a division to the database",
    ),
    Wrong(
        extract_cast_too_late,
        "a cast around the division comes too late",
        "casts the result of the division, when the digits are gone",
    ),
    Wrong(
        extract_by_a_float,
        "without a cast",
        "takes 60.0 for a float everywhere: to MySQL it is a decimal",
    ),
    Wrong(
        extract_returns_nothing,
        "Return the number of rows",
        "forgets what the caller wants to know",
    ),
    Wrong(
        extract_frames_too_large,
        "at most 1,000 are allowed",
        "does not tie the size of a piece to what the receiver takes",
    ),
    Wrong(
        extract_ordered_by_hour,
        "time_hour, carrier, flight",
        "orders by a column that does not decide ties, and trusts what it sees",
    ),
    Wrong(
        extract_without_order,
        "not in the order of time_hour",
        "takes the order of the rows for given",
    ),
)
