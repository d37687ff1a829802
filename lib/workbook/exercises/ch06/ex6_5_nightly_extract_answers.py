"""Exercise 6.5: wrong answers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Double, cast, select, text

from lib.models import Airline, Flight
from lib.workbook.course.exercise import Wrong

HOURS = cast(Flight.air_time, Double) / 60
FLOAT = {"hours": "float64"}
COLUMNS = ["time_hour", "airline", "flight", "tailnum", "hours"]
KEY = (Flight.time_hour, Flight.carrier, Flight.flight)


def asked(
    hours: Any = HOURS,
    *where: Any,
    known: Any = Flight.air_time.is_not(None),
    order: Any = KEY,
    airline: Any = Airline.name,
) -> Any:
    """The question of the solution, without a stream, with one thing asked otherwise."""
    columns = (Flight.time_hour, airline.label("airline"), Flight.flight, Flight.tailnum)
    question = select(*columns, hours.label("hours")).join(Flight.airline)
    return question.where(known, *where).order_by(*order)


def variant(
    question: Any = None,
    *,
    size: int = 1000,
    stream: bool = True,
    put: Any = lambda frame: frame,
    count: Any = len,
    all_of: Any = iter,
) -> Any:
    """The solution, with one thing done otherwise."""

    def extract(db, send):
        mine = (asked() if question is None else question).execution_options(stream_results=stream)
        sent = 0
        with db.engine.connect() as connection:
            for frame in all_of(pd.read_sql(mine, connection, chunksize=size)):
                send(put(frame))
                sent += count(frame)
        return sent

    return extract


def extract_whole_then_cut() -> Any:
    def extract(db, send):
        frame = db.query(asked())
        for start in range(0, len(frame), 1000):
            send(frame.iloc[start : start + 1000])
        return len(frame)

    return extract


def extract_a_page_for_all() -> Any:
    def extract(db, send):
        frame = db.query(asked().limit(1_000_000))
        for start in range(0, len(frame), 1000):
            send(frame.iloc[start : start + 1000])
        return len(frame)

    return extract


def extract_collects() -> Any:
    def extract(db, send):
        frames = []
        question = asked().execution_options(stream_results=True)
        with db.engine.connect() as connection:
            for frame in pd.read_sql(question, connection, chunksize=1000):
                send(frame)
                frames.append(frame)
        return sum(map(len, frames))

    return extract


def extract_pages_by_hour() -> Any:
    def extract(db, send):
        last, sent = pd.Timestamp(2000, 1, 1), 0
        while True:
            page = db.query(asked(HOURS, Flight.time_hour > last.to_pydatetime()).limit(1000))
            if page.empty:
                return sent
            send(page)
            last, sent = page["time_hour"].iloc[-1], sent + len(page)

    return extract


def extract_the_first_page_again() -> Any:
    def extract(db, send):
        sent = 0
        while True:
            page = db.query(asked().limit(1000))
            send(page)
            sent += len(page)
            if len(page) < 1000:
                return sent

    return extract


def extract_past_sqlalchemy() -> Any:
    def extract(db, send):
        sql = str(asked(Flight.air_time).compile(db.engine))
        raw = db.engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute(sql)
            sent = 0
            while rows := cursor.fetchmany(1000):
                frame = pd.DataFrame([tuple(row) for row in rows], columns=COLUMNS)
                frame["time_hour"] = pd.to_datetime(frame["time_hour"])
                send(frame.assign(hours=frame["hours"] / 60))
                sent += len(rows)
            cursor.close()
        finally:
            raw.close()
        return sent

    return extract


def extract_leaves_open() -> Any:
    kept = []

    def extract(db, send):
        kept.append(db.engine.connect())
        kept[-1].execute(select(1))
        return variant()(db, send)

    return extract


def extract_text_of_a_division() -> Any:
    def extract(db, send):
        sql = (
            "SELECT f.time_hour, a.name AS airline, f.flight, f.tailnum, "
            "f.air_time / 60.0 AS hours FROM flights f JOIN airlines a ON a.carrier = f.carrier "
            "WHERE f.air_time IS NOT NULL ORDER BY f.time_hour, f.carrier, f.flight"
        )
        return variant(text(sql).columns(Flight.time_hour))(db, send)

    return extract


def extract_frames() -> Any:
    def extract(db, send):
        send([db.query(asked().limit(1000))])
        return 1000

    return extract


def extract_nothing_returned() -> Any:
    def extract(db, send):
        variant()(db, send)

    return extract


def sending(name: str, value: Any) -> Any:
    """Frames with another column."""
    return variant(put=lambda frame: frame.assign(**{name: value(frame[name])}))


WRONG = (
    Wrong(
        extract_whole_then_cut,
        "rows at once",
        "cuts the frame when all of it is already there",
    ),
    Wrong(
        lambda: variant(stream=False),
        "whatever `chunksize` says",
        "believes that chunksize reaches the driver",
    ),
    Wrong(
        extract_a_page_for_all,
        "rows at once",
        "takes any limit for a page",
    ),
    Wrong(
        lambda: variant(all_of=list),
        "Send each frame as it comes",
        "collects the pieces of a stream before using them",
    ),
    Wrong(
        extract_collects,
        "are still in memory",
        "sends each piece as it comes, and keeps it to count it",
    ),
    Wrong(
        lambda: variant(asked(Flight.air_time // 60)),
        "the minutes are lost",
        "takes the whole division for the division",
    ),
    Wrong(
        lambda: sending("hours", lambda hours: hours.round(4)),
        "as exact as a float can be",
        "rounds what somebody else will calculate with",
    ),
    Wrong(
        lambda: variant(asked(Flight.air_time / 60), put=lambda frame: frame.astype(FLOAT)),
        "Say in which type to calculate",
        "leaves the type of a division to the database",
    ),
    Wrong(
        extract_text_of_a_division,
        "Say in which type to calculate",
        "divides in SQL of its own, and takes 60.0 for a float",
    ),
    Wrong(
        lambda: variant(asked(cast(Flight.air_time / 60, Double))),
        "Say in which type to calculate",
        "casts the result of the division, when the digits are gone",
    ),
    Wrong(
        lambda: variant(asked(Flight.air_time / 60.0), put=lambda frame: frame.astype(FLOAT)),
        "Say in which type to calculate",
        "takes 60.0 for a float everywhere: to MySQL it is a decimal",
    ),
    Wrong(
        extract_nothing_returned,
        "Return the number of rows",
        "forgets what the caller wants to know",
    ),
    Wrong(
        lambda: variant(count=lambda frame: 1),
        "it has sent",
        "counts frames, not rows",
    ),
    Wrong(
        lambda: variant(size=2000),
        "at most 1,000 are allowed",
        "does not tie the size of a piece to what the receiver takes",
    ),
    Wrong(
        lambda: variant(asked(order=(Flight.time_hour,))),
        "in the order of time_hour, carrier, flight",
        "orders by a column that does not decide ties, and trusts what it sees",
    ),
    Wrong(
        lambda: variant(asked(order=(Flight.time_hour, Airline.name, Flight.flight))),
        "not in the order of time_hour",
        "orders by the name that is shown, not by the code that is asked for",
    ),
    Wrong(
        extract_pages_by_hour,
        "flights have an `air_time`",
        "goes on behind one column of the key, and skips the rest of the hour",
    ),
    Wrong(
        extract_the_first_page_again,
        "and goes on",
        "asks for the first page again and again",
    ),
    Wrong(
        extract_past_sqlalchemy,
        "goes past SQLAlchemy",
        "takes the driver's own cursor, which PyMySQL fills with the whole answer",
    ),
    Wrong(
        extract_leaves_open,
        "a connection is still out",
        "opens a connection, and does not give it back",
    ),
    Wrong(
        lambda: variant(asked(known=Flight.dep_time.is_not(None))),
        "some never landed",
        "takes a flight that left for one that landed",
    ),
    Wrong(
        lambda: variant(asked(known=Flight.arr_time.is_not(None))),
        "some landed at another airport",
        "takes the hour of arrival for the time in the air",
    ),
)
