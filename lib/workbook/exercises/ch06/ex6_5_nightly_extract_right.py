"""Exercise 6.5: other right answers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Double, and_, cast, func, or_, select, text, tuple_
from sqlalchemy.orm import joinedload

from lib.models import Airline, Flight
from lib.workbook.exercises.ch06.ex6_5_nightly_extract_answers import asked


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


def extract_by_a_streaming_connection() -> Any:
    def extract(db, send):
        sent = 0
        with db.engine.connect().execution_options(yield_per=250) as connection:
            result = connection.execute(asked())
            for part in result.partitions(1000):
                send(pd.DataFrame(part, columns=result.keys()))
                sent += len(part)
            connection.commit()
        return sent

    return extract


def extract_in_sql() -> Any:
    def extract(db, send):
        question = text(
            "select time_hour, name as airline, flight, tailnum, air_time as hours "
            "from flights join airlines using (carrier) where air_time is not null "
            "order by time_hour, flights.carrier, flight"
        ).columns(Flight.time_hour)
        sent = 0
        with db.session_scope() as session:
            connection = session.connection(execution_options={"stream_results": True})
            for frame in pd.read_sql(question, connection, chunksize=700):
                frame["hours"] = frame["hours"] / 60.0
                frame["time_hour"] = pd.to_datetime(frame["time_hour"])
                send(frame)
                sent += frame.shape[0]
        return sent

    return extract


def extract_hour_by_hour() -> Any:
    def extract(db, send):
        sent = 0
        with db.sessions() as session:
            hours = session.scalars(select(Flight.time_hour).distinct()).all()
        for hour in sorted(hours):
            pages = asked().where(Flight.time_hour == hour).limit(1000)
            page = db.query(pages)
            start = 0
            while len(page):
                send(page)
                start += len(page)
                page = db.query(pages.offset(start)) if len(page) == 1000 else ()
            sent += start
        return sent

    return extract


def extract_key_by_key() -> Any:
    def extract(db, send):
        key = (Flight.time_hour, Flight.carrier, Flight.flight)
        question = select(*key, Airline.name, Flight.tailnum, Flight.air_time)
        question = question.join(Flight.airline).order_by(*key).limit(1000)
        question = question.where(Flight.air_time.is_not(None))
        last, sent = None, 0
        while True:
            page = question
            if last is not None:
                hour, carrier, number = last[:3]
                later = or_(
                    Flight.time_hour > hour,
                    and_(Flight.time_hour == hour, Flight.carrier > carrier),
                    and_(Flight.time_hour == hour, Flight.carrier == carrier, key[2] > number),
                )
                page = question.where(later)
            with db.engine.begin() as connection:
                rows = connection.execute(page).all()
            if not rows:
                return sent
            columns = ["time_hour", "airline", "flight", "tailnum", "hours"]
            lines = [(row[0], row[3], row[2], row[4], row[5] / 60) for row in rows]
            send(pd.DataFrame(lines, columns=columns))
            last, sent = rows[-1], sent + len(rows)

    return extract


def extract_with_the_airline_joined() -> Any:
    def extract(db, send):
        key = (Flight.time_hour, Flight.carrier, Flight.flight)
        question = select(Flight).options(joinedload(Flight.airline))
        question = question.where(Flight.air_time >= 0).order_by(*key)
        sent, lines = 0, []  # type: ignore[var-annotated]

        def hand_over():
            nonlocal sent, lines
            send(pd.DataFrame(lines))
            sent, lines = sent + len(lines), []

        with db.sessions() as session:
            for one in session.scalars(question.execution_options(yield_per=100)):
                line = {"hours": one.air_time / 60, "airline": one.airline.name}
                columns = ("time_hour", "flight", "tailnum")
                lines.append(line | {name: getattr(one, name) for name in columns})
                if len(lines) == 999:
                    hand_over()
        hand_over()
        return sent

    return extract


def extract_fetched_by_hand() -> Any:
    def extract(db, send):
        question = asked(cast(Flight.air_time, Double) / cast(60, Double))
        connection = db.engine.connect()
        try:
            stream = connection.execution_options(stream_results=True, max_row_buffer=500)
            result = stream.execute(question)
            sent = 0
            while rows := result.fetchmany(1000):
                send(pd.DataFrame.from_records(rows, columns=result.keys()))
                sent += len(rows)
        finally:
            connection.close()
        return sent

    return extract


def extract_in_seconds() -> Any:
    def extract(db, send):
        flown = select(func.count(Flight.flight)).where(Flight.air_time.is_not(None))
        question = asked(Flight.air_time).execution_options(stream_results=True)
        with db.engine.connect() as connection:
            for frame in pd.read_sql(question, connection, chunksize=1000):
                minutes = pd.to_timedelta(frame["hours"], unit="min")
                send(frame.assign(hours=minutes.dt.total_seconds() / 3600))
            return connection.scalar(flown)

    return extract


ALSO_RIGHT = (
    extract_partitions,
    extract_objects,
    extract_pages,
    extract_counted_pages,
    extract_by_a_streaming_connection,
    extract_in_sql,
    extract_hour_by_hour,
    extract_key_by_key,
    extract_with_the_airline_joined,
    extract_fetched_by_hand,
    extract_in_seconds,
)
