"""What the checks of chapter 06 share: a month with gaps of its own, and how to ask."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import CompoundSelect, Over, Select, TextClause, delete, event, insert, text, update
from sqlalchemy.sql import visitors
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import SelectBase, TextualSelect

from lib.config import sqlite_url
from lib.database import Database
from lib.models import Airline, Airport, Base, Flight, Weather
from lib.workbook.course.exercise import NotYet, Sandbox, expect, expect_type
from lib.workbook.exercises.ch06.parts import without_comments

LATE = 15  # minutes: from here on a departure is late, as everywhere in the workbook
_PUNCTUAL = {
    "time_hour": datetime(2013, 1, 2, 15),
    "carrier": "UA",
    "flight": 9000,
    "year": 2013,
    "month": 1,
    "day": 2,
    "dep_time": 1000,
    "sched_dep_time": 1000,
    "dep_delay": 0,
    "arr_time": 1200,
    "sched_arr_time": 1200,
    "arr_delay": 0,
    "tailnum": None,
    "origin": "EWR",
    "dest": "CLT",
    "air_time": 90,
    "distance": 529,
    "hour": 10,
    "minute": 0,
}
NULL_FOR_0 = (
    " A `sum` of nothing but NULL is NULL, a `case` without an `else_` gives NULL, and a count is "
    "never NULL."
)
CANCELLED = dict.fromkeys(("dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"))


def gaps(sandbox: Sandbox) -> Database:
    """The sandbox's database with more cancelled flights than the chapter's, and no plane for them,
    as it is with 155 of the chapter's own."""
    early = update(Flight).where(Flight.carrier == "MQ", Flight.day < 3, Flight.hour < 9)
    sandbox.db.execute([early.values(CANCELLED | {"tailnum": None})])
    return sandbox.db


def less_weather(sandbox: Sandbox) -> Database:
    """The same with less weather: hours without a report, and reports without a wind."""
    sandbox.db.execute(
        [
            delete(Weather).where(Weather.origin == "LGA", Weather.day == 2),
            update(Weather).where(Weather.day == 1, Weather.hour < 12).values(wind_speed=None),
            update(Weather).where(Weather.day == 3, Weather.hour > 12).values(wind_speed=20.0),
        ]
    )
    return gaps(sandbox)


def add_flights(db: Database, flights: Iterable[dict[str, Any]]) -> None:
    """Add flights: each differs in these values from a punctual one of United's to Charlotte.

    A flight without a number gets one that no other has.
    """
    rows = [_PUNCTUAL | {"flight": 9000 + number} | values for number, values in enumerate(flights)]
    with db.engine.begin() as connection:
        connection.execute(insert(Flight), rows)


@contextmanager
def in_another_order(
    flights: Iterable[dict[str, Any]], names: Mapping[str, str], index: str
) -> Iterator[Database]:
    """These flights of a few airlines in an SQLite of its own, which meets them by this index.

    Which of two equal rows comes first is then seen to be chance: it is another one than in the
    order of the key.
    """
    with tempfile.TemporaryDirectory() as folder:
        with Database(sqlite_url(Path(folder) / "small.db")) as small:
            event.listen(small.engine, "connect", _without_indexes_of_the_moment)
            Base.metadata.create_all(small.engine)
            airlines = [{"carrier": code, "name": name} for code, name in names.items()]
            places = [{"faa": faa} for faa in ("EWR", "CLT")]
            fill = [insert(Airline).values(airlines), insert(Airport).values(places)]
            small.execute([*fill, text(f"CREATE INDEX another ON flights ({index})")])
            add_flights(small, flights)
            yield small


def _without_indexes_of_the_moment(raw: Any, _record: Any) -> None:
    """SQLite may make an index for one query alone, which puts equal rows in order."""
    raw.execute("PRAGMA automatic_index = 0")


def expect_select(answer: Any, name: str) -> None:
    """Expect a select that has not been asked yet; people hand over its answer."""
    if isinstance(answer, pd.DataFrame):
        raise NotYet(
            f"`{name}` is a data frame: the question has been asked already. The check asks it "
            "itself, of other data. Hand over the select."
        )
    expect_type(answer, (Select, CompoundSelect, TextClause, TextualSelect, str), "a select")
    expect(
        not isinstance(answer, (str, TextClause)) or is_select(str(answer)),
        f"This asks for a select; `{name}` is the text {str(answer)[:40]!r}.",
    )


def is_select(sql: str) -> bool:
    """Tell whether a statement asks for rows, in whatever letters, behind whatever comments."""
    return re.match(r"[\s(]*(select|with)\b", without_comments(sql), re.IGNORECASE) is not None


def ask(db: Database, question: Any) -> pd.DataFrame:
    """Ask the learner's select; what the database has against it is told in its own words."""
    try:
        return db.query(question)
    except Exception as error:
        if not isinstance(question, str) and _windows_too_soon(question):
            raise NotYet(
                "The database refuses your select: a window function stands in its `where`, "
                "`having` or `group_by`, or inside an aggregate. Windows are computed after all "
                "of these; put them in a step before (a CTE)."
            ) from error
        cause = error
        while isinstance(cause.__cause__, Exception):
            cause = cause.__cause__
        words = str(cause.args[-1] if cause.args else cause).splitlines()
        raise NotYet(
            "The database refuses your select: "
            f"{type(cause).__name__}{f', {words[0]}' if words else ''}. Ask it yourself, with "
            "`db.query`, and compare each name with the tables."
        ) from error


def _windows_too_soon(question: Any) -> bool:
    """Tell whether a window stands where rows are chosen, grouped or aggregated."""
    parts: list[Any] = []
    for each in visitors.iterate(question):
        if isinstance(each, Select):
            parts += [*each._where_criteria, *each._having_criteria, *each._group_by_clauses]
        elif isinstance(each, FunctionElement):
            parts.append(each.clause_expr)
    return any(isinstance(each, Over) for part in parts for each in _without_selects(part))


def _without_selects(part: Any) -> Iterator[Any]:
    """A part of a select and all in it, but for the selects in it, which are steps of their own."""
    yield part
    for each in () if isinstance(part, SelectBase) else part.get_children():
        yield from _without_selects(each)


def columns_first(frame: pd.DataFrame, wanted: list[str]) -> pd.DataFrame:
    """Expect these columns, in any order: they say most about what was misunderstood.

    Returns the frame with the columns in the order that is wanted.
    """
    if sorted(map(str, frame.columns)) != sorted(wanted):
        raise NotYet(
            f"The columns are {', '.join(map(str, frame.columns))}; expected are "
            f"{', '.join(wanted)}. `label` gives a column its name."
        )
    return frame[wanted]


def number(value: Any) -> int | None:
    """The whole number that a value is, whatever its type, or None: a text is no number."""
    if isinstance(value, (str, bytes, bool)):
        return None
    try:
        return int(value) if int(value) == value else None
    except (TypeError, ValueError, OverflowError):
        return None


def same(found: Any, wanted: Any) -> bool:
    """Tell whether two values are equal; one that cannot be compared, as an array, is not."""
    try:
        return bool(found == wanted)
    except Exception:
        return False


def that_is(found: Sequence[Any], slips: Mapping[str, Sequence[int]]) -> str:
    """The words of the one slip that gives all the numbers that were found; or nothing.

    One number may fit by accident. A slip is named when all fit, and those of no other slip.
    """
    fitting = [words for words, numbers in slips.items() if list(numbers) == list(found)]
    return f" It is {fitting[0]}." if len(fitting) == 1 else ""
