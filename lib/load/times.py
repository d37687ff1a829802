"""Moments, days, times of day and spans: as fine as MySQL keeps them, as SQLAlchemy writes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from lib.errors import counted
from lib.load.arrow import cast_fitting, outside
from lib.load.form import (
    UNFIT,
    Dialect,
    Fault,
    Faults,
    Form,
    UnknownType,
    as_it_is,
    binding,
    by_cast,
    by_processor,
)

TIMESTAMP_LIMITS = datetime(1970, 1, 1, 0, 0, 1), datetime(2038, 1, 19, 3, 14, 7)  # of MySQL's
UNITS = ("s", "s", "s", "ms", "ms", "ms", "us")  # of Arrow, by the digits of a fraction
DAY, CLOCK = r"[1-9]\d{3}-\d\d-\d\d", r"\d\d:\d\d:\d\d(\.\d{1,9})?"
SPAN = re.compile(r"(?:(-?\d+) days?,? \+?)?(\d+):([0-5]\d):([0-5]\d)(?:\.0+)?", re.ASCII)


def moment(kind: Any, limit: Any, dialect: Dialect) -> Form:
    form = rf"^{DAY}[T ]{CLOCK}(Z|[-+]\d\d:?\d\d)$"
    unit, store = _fineness(datetime(2001, 2, 3, 4, 5, 6), kind, limit, dialect)
    late: Fault = (UNFIT, partial(outside, low=TIMESTAMP_LIMITS[0], high=TIMESTAMP_LIMITS[1]))
    more = (late,) if isinstance(limit, sa.TIMESTAMP) else ()
    judge = by_cast(pa.timestamp(unit), form, "not a time with its zone", *more)
    digits = {"s": 0, "ms": 3, "us": 6}[unit]
    finer = rf"^{DAY}[T ]\d\d:\d\d:\d\d\.\d{{{digits}}}\d*[1-9]"
    reason = (
        f"has more than {counted(digits, 'digit')} behind the second, which the column cannot "
        "keep; use " + "fine_timestamp(6) for the column, or " * (digits < 6) + "Time(cut=True)"
    )

    def tell_finer(texts: pa.Array) -> tuple[pa.Array, Faults]:
        values, (shape, *others) = judge(texts)
        if not pa.types.is_string(texts.type):
            return values, [shape, *others]
        return values, [shape, (reason, pc.match_substring_regex(texts, finer)), *others]

    return Form(tell_finer, store)


def clock(kind: Any, limit: Any, dialect: Dialect) -> Form:
    unit, store = _fineness(time(4, 5, 6), kind, limit, dialect)
    target = pa.time64(unit) if unit == "us" else pa.time32(unit)
    return Form(by_cast(target, rf"^({CLOCK}|\d\d:\d\d)$", "not a time of day"), store)


def day(kind: Any, limit: Any, dialect: Dialect) -> Form:
    _fineness(date(2001, 2, 3), kind, limit, dialect)
    return Form(by_cast(pa.date32(), f"^{DAY}$", "not a date"))


def _fineness(
    sample: Any, kind: Any, limit: Any, dialect: Dialect
) -> tuple[str, Callable[[pa.Array], pa.Array]]:
    """Return the finest unit that both databases keep, and what makes Arrow write it likewise.

    SQLite keeps times as texts, in one of two forms; another one is unknown here.
    """
    written = binding(kind, dialect)(sample)
    unit = UNITS[getattr(limit, "fsp", None) or 0]
    if written == f"{sample}.000000":
        fine = pa.timestamp("us") if isinstance(sample, datetime) else pa.time64("us")
        return unit, partial(pc.cast, target_type=fine)
    if written not in (sample, str(sample)):
        raise UnknownType(repr(kind))
    return (unit if written == sample else "s"), as_it_is


def span(kind: Any, _limit: Any, dialect: Dialect) -> Form:
    def judge(values: pa.Array) -> tuple[pa.Array, Faults]:
        spans = pa.types.is_duration(values.type)
        values, mask = cast_fitting(values, pa.duration("s") if spans else pa.string())
        return values, [(UNFIT, mask)]

    def read(value: Any) -> timedelta:
        if isinstance(value, timedelta):
            return value
        parts = SPAN.fullmatch(value)
        if not parts:
            raise ValueError
        days, hours, minutes, seconds = (int(part or 0) for part in parts.groups())
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)

    return by_processor(kind, dialect, judge, read, "not a span such as 1 days 02:03:04")
