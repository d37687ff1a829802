"""Exercise 6.5, how it is judged: what the function sends, and what it asks meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from sqlalchemy import event, select

from lib.database import Database
from lib.models import Airline, Flight
from lib.workbook.course.exercise import (
    Bench,
    NotYet,
    expect,
    expect_frame,
    expect_function,
    expect_type,
)
from lib.workbook.exercises.ch06.looking import less_weather
from lib.workbook.exercises.ch06.parts import cut_on_mysql

COLUMNS = ["time_hour", "airline", "flight", "tailnum", "hours"]
MOST = 1000  # rows of one frame
FLIGHTS = re.compile(r"\bflight\b|[ .]\*")  # asks for flights, not for their number or the hours
ENDLESS = 10_000  # frames: more than there are rows


@dataclass
class ProgressFactory:
    """What the answer asked, and what was already fetched when the first frame came."""

    unbounded: list[str] = field(default_factory=list)  # neither a stream nor a limit
    results: list[Any] = field(default_factory=list)
    cut: bool = False  # a division in SQL that MySQL cuts after a few digits
    by_chance: bool = False  # an order that does not decide all ties


def check_extract(answer: Any, bench: Bench) -> str:
    expect_function(answer, "extract")
    db = less_weather(bench)
    wanted = extracted(db)
    frames: list[pd.DataFrame] = []
    with watching(db) as watch:

        def send(frame: Any) -> None:
            if not frames:
                expect_in_pieces(watch)
            expect_type(frame, pd.DataFrame, "data frames; you send something else")
            expect(
                len(frame) <= MOST,
                f"You send a frame of {len(frame):,} rows; at most {MOST:,} are allowed.",
            )
            if len(frame):  # `read_sql` gives one without rows when nothing matches
                frames.append(frame)

        sent = bench.call(_or_verdict(answer), db, send)
    if isinstance(sent, NotYet):
        raise sent
    pool: Any = db.engine.pool
    expect(bool(frames), "Your function has sent no row.")
    expect(
        pool.checkedout() == 0,
        "When your function has returned, a connection is still out. Use a `with` block.",
    )
    expect_content(pd.concat(frames, ignore_index=True), wanted)
    expect(
        not watch.cut,
        "`hours` is divided in SQL without a cast to `Double` before it. On MySQL a division of "
        "whole numbers gives a Decimal, cut after a few digits: 100 minutes are 1.6667 hours "
        "there, and a cast around the division comes too late. Say in which type to calculate.",
    )
    expect(
        not watch.by_chance,
        "Your rows come in the right order here, and you have not asked for it. An `order_by` "
        "that leaves ties leaves them to the database: it takes time_hour, carrier, flight.",
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


def expect_in_pieces(watch: ProgressFactory) -> None:
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
def watching(db: Database) -> Iterator[ProgressFactory]:
    watch = ProgressFactory()

    def after(*arguments: Any) -> None:
        result = arguments[-1]
        context = result.context
        sql = str(context.statement)
        if not result.returns_rows or not FLIGHTS.search(sql):
            return
        watch.results.append(result)
        if not context.execution_options.get("stream_results") and not _has_limit(result):
            watch.unbounded.append(sql)
        question = context.compiled.statement if context.compiled is not None else sql
        watch.cut = watch.cut or cut_on_mysql(question)
        watch.by_chance = watch.by_chance or _leaves_ties(str(question))

    event.listen(db.engine, "after_execute", after)
    try:
        yield watch
    finally:
        event.remove(db.engine, "after_execute", after)


def _leaves_ties(sql: str) -> bool:
    """Tell whether flights are asked for in an order of fewer columns than their key has."""
    orders = re.split(r"ORDER BY", sql, flags=re.IGNORECASE)[1:]
    terms = max((re.split(r"\bLIMIT\b", each)[0].count(",") + 1 for each in orders), default=0)
    one_hour = len(re.findall(r"\b(?:time_hour|carrier) = :", sql))
    return terms + one_hour < 3


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
