"""Exercise 6.5: how the rows come, as far as one can see it from outside of the function."""

from __future__ import annotations

import gc
import re
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from lib.database import Database
from lib.workbook.course.exercise import NotYet, expect, expect_type
from lib.workbook.exercises.ch06.parts import cut_on_mysql

COLUMNS = ["time_hour", "airline", "flight", "tailnum", "hours"]
MOST = 1000  # rows of one frame
AHEAD = 2 * MOST  # rows that may be read and not sent yet: a frame, and as many in a buffer
ENOUGH = 100  # frames without a row


@dataclass
class Rows:
    """How many rows of one statement have been fetched; a cursor of PyMySQL's counts by itself."""

    cursor: Any = None
    fetched: int = 0

    def count(self) -> int:
        return self.fetched if self.cursor is None else int(self.cursor.rownumber or 0)


@dataclass
class Watch:
    """What the function asks about flights, and what it has sent of the answer."""

    asked: list[str] = field(default_factory=list)
    at_once: dict[str, int] = field(default_factory=dict)  # rows that a driver would hold
    reading: list[Rows] = field(default_factory=list)
    flights: int = 0  # all there are; more rows than these are no answer
    empty: int = 0  # frames without a row
    cut: bool = False  # a division in SQL that MySQL cuts after a few digits
    frames: list[pd.DataFrame] = field(default_factory=list)  # copies
    sent: list[weakref.ref[pd.DataFrame]] = field(default_factory=list)
    most_kept: int = 0  # earlier frames that were still in memory when the last one came

    def take(self, frame: Any) -> None:
        """Take a frame: `send` of the check."""
        expect_type(frame, pd.DataFrame, "data frames, and `send` takes one of them at a time")
        expect(
            len(frame) <= MOST,
            f"You send a frame of {len(frame):,} rows; at most {MOST:,} are allowed.",
        )
        if not len(frame):  # `read_sql` gives one without rows when nothing matches
            self.empty += 1
            if self.empty > ENOUGH:
                raise Stopped(f"Your function has sent {ENOUGH} frames without a row; enough.")
            return
        expect(
            sorted(map(str, frame.columns)) == sorted(COLUMNS),
            f"The columns are {', '.join(map(str, frame.columns))}; expected are "
            f"{', '.join(COLUMNS)}.",
        )
        self.expect_in_pieces(len(frame))
        self.most_kept = self.kept()
        self.frames.append(frame[COLUMNS].copy())
        self.sent.append(weakref.ref(frame))
        rows = sum(map(len, self.frames))
        if rows > self.flights + MOST:
            raise Stopped(
                f"Your function has sent {rows:,} rows, of a table of {self.flights:,} flights, "
                "and goes on. Does each page begin behind the last row of the one before?"
            )

    def kept(self) -> int:
        """The number of frames, of those that were sent, which are still in memory."""
        if all(reference() is None for reference in self.sent):
            return 0
        gc.collect()  # what only refers to itself is not kept by the function
        return len({id(reference()) for reference in self.sent if reference() is not None})

    def expect_in_pieces(self, rows: int) -> None:
        """Expect that no more of the answer has been read than a frame and a buffer."""
        most = max(self.at_once.values(), default=0)
        expect(
            most <= AHEAD,
            f"One of your questions brings {most:,} rows at once. PyMySQL then holds all of them "
            "in memory before the first frame, whatever `chunksize` says. Ask for a stream "
            "(`stream_results` or `yield_per`), or for one page after the other.",
        )
        ahead = sum(each.count() for each in self.reading) - sum(map(len, self.frames)) - rows
        expect(
            ahead <= AHEAD,
            f"When you send frame {len(self.frames) + 1}, you have read {ahead:,} rows more than "
            "you have sent: they are in memory. Send each frame as it comes.",
        )

    def expect_nothing_kept(self) -> None:
        """Expect that the function does not collect its frames."""
        earlier = len(self.sent) - 1
        expect(
            earlier < 2 or self.most_kept < earlier,
            f"When you send frame {len(self.sent)}, all {earlier} before it are still in memory: "
            "something holds them. Count the rows, and let each frame go.",
        )


@contextmanager
def watching(db: Database) -> Iterator[Watch]:
    """Watch what is asked about flights in the block."""
    watch = Watch()
    busy = False

    def after(
        connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, _many: bool
    ) -> None:
        nonlocal busy
        if busy or cursor.description is None or not re.search(r"\bflights\b", statement, re.I):
            return
        watch.asked.append(statement)
        compiled = context.compiled
        question = statement if compiled is None else compiled.statement
        watch.cut = watch.cut or cut_on_mysql(statement if question is None else question)
        if not context.execution_options.get("stream_results"):
            busy = True
            try:
                watch.at_once[statement] = _rows_of(db, statement, parameters)
            finally:
                busy = False
        watch.reading.append(_count(cursor))

    event.listen(db.engine, "after_cursor_execute", after)
    try:
        yield watch
    finally:
        event.remove(db.engine, "after_cursor_execute", after)


def _rows_of(db: Database, statement: str, parameters: Any) -> int:
    """The number of rows that a statement brings; 0 when it cannot be asked in this form."""
    counted = f"SELECT count(*) FROM ({statement.strip().rstrip(';')}) AS asked"
    with suppress(SQLAlchemyError), db.engine.connect() as connection:
        return int(connection.exec_driver_sql(counted, parameters or None).scalar_one())
    return 0


def _count(cursor: Any) -> Rows:
    """Count the rows that are fetched from this cursor."""
    if hasattr(cursor, "rownumber"):
        return Rows(cursor)
    rows, before = Rows(), cursor.row_factory

    def one(cursor: Any, row: Any) -> Any:
        rows.fetched += 1
        return row if before is None else before(cursor, row)

    cursor.row_factory = one
    return rows


class Stopped(BaseException):
    """Ends a function that sends and sends, whatever errors it catches."""


def or_verdict(answer: Any) -> Any:
    """The learner's function; what the check has against a frame is returned, as a value.

    Not raised in the middle of the loop: a stream of PyMySQL's wants to be read to its end.
    """

    def call(db: Database, watch: Watch) -> Any:
        verdicts: list[NotYet] = []

        def send(frame: Any) -> None:
            try:
                if not verdicts:
                    watch.take(frame)
            except NotYet as verdict:
                verdicts.append(verdict)

        try:
            sent = answer(db, send)
        except Stopped as reason:
            return NotYet(str(reason))
        return verdicts[0] if verdicts else sent

    return call
