"""Exercise 6.5: the nightly extract."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from sqlalchemy import Double, cast, event, select, tuple_

from lib.database import Database
from lib.models import Airline, Flight
from lib.workbook.exercise import (
    Bench,
    Exercise,
    NotYet,
    Wrong,
    expect,
    expect_frame,
    expect_function,
    expect_type,
)
from lib.workbook.exercises.ch06.looking import small_month

COLUMNS = ["time_hour", "airline", "flight", "tailnum", "hours"]
MOST = 1000  # rows of one frame
ENDLESS = 10_000  # frames: more than there are rows


@dataclass
class Watch:
    """What the answer asked, and what was already fetched when the first frame came."""

    unbounded: list[str] = field(default_factory=list)  # neither a stream nor a limit
    results: list[Any] = field(default_factory=list)
    cut: bool = False  # a division in SQL that MySQL cuts after four digits


def check_extract(answer: Any, bench: Bench) -> str:
    expect_function(answer, "extract")
    db = small_month(bench)
    wanted = extracted(db)
    frames: list[pd.DataFrame] = []
    with watching(db) as watch:

        def send(frame: Any) -> None:
            if not frames:
                expect_in_pieces(watch)
            expect_type(frame, pd.DataFrame, "data frames; you send something else")
            expect(len(frame) > 0, "You send a frame without rows.")
            expect(
                len(frame) <= MOST,
                f"You send a frame of {len(frame):,} rows; at most {MOST:,} are allowed.",
            )
            frames.append(frame)

        sent = bench.call(_or_verdict(answer), db, send)
    if isinstance(sent, NotYet):
        raise sent
    pool: Any = db.engine.pool
    expect(bool(frames), "Your function has never called `send`.")
    expect(
        pool.checkedout() == 0,
        "When your function has returned, a connection is still out. Use a `with` block.",
    )
    expect_content(pd.concat(frames, ignore_index=True), wanted)
    expect(
        not watch.cut,
        "`hours` is divided in SQL without a cast. On MySQL that gives a Decimal, cut after four "
        "digits: 100 minutes are 1.6667 hours there. Say in which type to calculate.",
    )
    expect(sent is not None, "Your function returns None. Return the number of rows.")
    expect(
        sent == len(wanted),
        f"Your function returns {sent!r}; it has sent {len(wanted):,} rows.",
    )
    return "That is it. The extract may grow a hundred times, and this function will not notice."


class _Endless(BaseException):
    """Ends a function that sends and sends, whatever errors it catches."""


def _or_verdict(answer: Any) -> Any:
    """The learner's function; what `send` has against a frame is returned, as a value.

    Not raised in the middle of the loop: a stream of PyMySQL's wants to be read to its end.
    """

    def call(db: Database, send: Any) -> Any:
        verdicts: list[NotYet] = []
        calls = 0

        def judged(frame: Any) -> None:
            nonlocal calls
            calls += 1
            if calls > ENDLESS:
                raise _Endless
            try:
                if not verdicts:
                    send(frame)
            except NotYet as verdict:
                verdicts.append(verdict)

        try:
            sent = answer(db, judged)
        except _Endless:
            sent = NotYet(
                f"Your function has called `send` {ENDLESS:,} times and does not end. Does each "
                "page begin behind the last row of the one before?"
            )
        return verdicts[0] if verdicts else sent

    return call


def expect_in_pieces(watch: Watch) -> None:
    expect(
        not watch.unbounded,
        "You ask for the whole answer at once. PyMySQL then holds every row in memory before the "
        "first frame, whatever `chunksize` says. Ask for a stream (`stream_results` or "
        "`yield_per`), or for one page after the other.",
    )
    exhausted = [result for result in watch.results if result._soft_closed]
    expect(
        not exhausted or len(exhausted) < len(watch.results) or _has_limit(watch.results[-1]),
        "You ask for a stream, and then read it to its end before the first frame is sent: all "
        "rows are in memory. Send each frame as it comes.",
    )


def _has_limit(result: Any) -> bool:
    compiled = result.context.compiled
    return getattr(getattr(compiled, "statement", None), "_limit_clause", None) is not None


@contextmanager
def watching(db: Database) -> Iterator[Watch]:
    watch = Watch()

    def after(*arguments: Any) -> None:
        result = arguments[-1]
        context = result.context
        sql = str(context.statement)
        if not result.returns_rows or " flights" not in sql.replace("\n", " "):
            return
        watch.results.append(result)
        if not context.execution_options.get("stream_results") and not _has_limit(result):
            watch.unbounded.append(sql)
        spelled = str(context.compiled.statement) if context.compiled is not None else sql
        if "/" in spelled and not any(word in spelled for word in ("DOUBLE", "FLOAT", "REAL")):
            watch.cut = True

    event.listen(db.engine, "after_execute", after)
    try:
        yield watch
    finally:
        event.remove(db.engine, "after_execute", after)


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


def expect_content(found: pd.DataFrame, wanted: pd.DataFrame) -> None:
    if list(found.columns) == COLUMNS and len(found) == len(wanted):
        whole = (pd.to_numeric(found["hours"]) % 1 == 0).all()
        expect(
            not whole,
            "`hours` are whole numbers only. `//` divides whole numbers into whole numbers; the "
            "minutes are lost.",
        )
        rounded = pd.to_numeric(found["hours"]) - wanted["hours"]
        expect(
            not (rounded.abs().max() < 1e-3 and rounded.abs().max() > 1e-6),
            "`hours` is cut after a few digits. On MySQL, `/` between whole numbers gives a "
            "Decimal with four of them: a division without a cast. Say in which type to "
            "calculate.",
        )
    expect(
        len(found) <= len(wanted) or not found.isna().to_numpy().any(),
        f"You send {len(found):,} rows, some with missing values; {len(wanted):,} flights have an "
        "`air_time`.",
    )
    mixed = found.sort_values(COLUMNS[:3]).reset_index(drop=True) if _same(found) else found
    expected = wanted.sort_values(COLUMNS[:3]).reset_index(drop=True)
    if _same(found) and len(found) == len(wanted):
        expect_frame(mixed, expected)
        expect(
            found[COLUMNS[:3]].values.tolist() == wanted[COLUMNS[:3]].values.tolist(),
            "The rows are right, and not in the order of time_hour, carrier, flight. Pages "
            "without an order may even repeat rows.",
        )
        expect(
            found["hours"].dtype.kind == "f",
            f"`hours` has the type {found['hours'].dtype}; a float is expected.",
        )
    expect_frame(found, wanted, ordered=True)


def _same(frame: pd.DataFrame) -> bool:
    return list(frame.columns) == COLUMNS


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
    also_right=(extract_partitions, extract_objects, extract_pages),
    wrong=(
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
            extract_without_order,
            "not in the order of time_hour",
            "takes the order of the rows for given",
        ),
    ),
)
