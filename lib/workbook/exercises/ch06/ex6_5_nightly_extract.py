"""Exercise 6.5: the nightly extract."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Double, cast, func, select, tuple_

from lib.models import Airline, Flight
from lib.workbook.course.exercise import Exercise
from lib.workbook.exercises.ch06.ex6_5_nightly_extract_answers import WRONG
from lib.workbook.exercises.ch06.ex6_5_nightly_extract_check import check_extract


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


def extract_partitions() -> Any:
    def extract(db, send):
        question = select(
            Flight.time_hour,
            Airline.name.label("airline"),
            Flight.flight,
            Flight.tailnum,
            Flight.air_time.label("hours"),
        )
        question = question.join(Flight.airline).where(Flight.air_time.is_not(None))
        question = question.order_by(Flight.time_hour, Flight.carrier, Flight.flight)
        sent = 0
        with db.session_scope() as session:
            rows = session.execute(question.execution_options(yield_per=500))
            for part in rows.partitions():
                frame = pd.DataFrame(part, columns=list(rows.keys()))
                frame["hours"] = frame["hours"] / 60
                send(frame)
                sent += len(frame)
        return sent

    return extract


def extract_objects() -> Any:
    def extract(db, send):
        question = select(Flight).where(Flight.air_time.is_not(None))
        question = question.order_by(Flight.time_hour, Flight.carrier, Flight.flight)
        sent = 0
        with db.sessions() as session:
            names = {each.carrier: each.name for each in session.scalars(select(Airline))}
            flights = session.scalars(question.execution_options(yield_per=1000))
            for part in flights.partitions():
                rows = [
                    (
                        each.time_hour,
                        names[each.carrier],
                        each.flight,
                        each.tailnum,
                        each.air_time / 60,
                    )
                    for each in part
                ]
                names_of_columns = ["time_hour", "airline", "flight", "tailnum", "hours"]
                send(pd.DataFrame(rows, columns=names_of_columns))
                sent += len(rows)
        return sent

    return extract


def extract_pages() -> Any:
    def extract(db, send):
        key = (Flight.time_hour, Flight.carrier, Flight.flight)
        question = (
            select(*key, Airline.name.label("airline"), Flight.tailnum, Flight.air_time)
            .join(Flight.airline)
            .where(Flight.air_time.is_not(None))
            .order_by(*key)
            .limit(1000)
        )
        page, sent = question, 0
        while True:
            frame = db.query(page)
            if frame.empty:
                return sent
            last = frame.iloc[-1]
            values = (last.time_hour.to_pydatetime(), last.carrier, int(last.flight))
            page = question.where(tuple_(*key) > values)
            frame["hours"] = frame["air_time"] / 60
            send(frame[["time_hour", "airline", "flight", "tailnum", "hours"]])
            sent += len(frame)

    return extract


def extract_counted_pages() -> Any:
    def extract(db, send):
        flown = Flight.air_time.is_not(None)
        with db.sessions() as session:
            total = session.scalar(select(func.count()).select_from(Flight).where(flown))
        name = Airline.name.label("airline")
        hours = (Flight.air_time / cast(60, Double)).label("hours")
        question = select(Flight.time_hour, name, Flight.flight, Flight.tailnum, hours)
        question = question.join(Flight.airline).where(flown)
        question = question.order_by(Flight.time_hour, Flight.carrier, Flight.flight)
        for start in range(0, total, 1000):
            send(db.query(question.limit(1000).offset(start)))
        return total

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
    also_right=(extract_partitions, extract_objects, extract_pages, extract_counted_pages),
    wrong=WRONG,
)
