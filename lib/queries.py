"""Questions to the data, answered as data frames: the same on both databases, types included.

Sums and averages are cast to DOUBLE in the query, because MySQL would answer with Decimal, cut
after four digits. Each takes a connection, and leaves closing it to the caller.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Double, Label, Select, case, cast, func, select

from lib.models import Flight, PipelineRun, RejectedRow

ON_TIME = 15  # minutes: the limit of the US Department of Transportation for "on time"


def sums() -> list[Label[Any]]:
    """The measures of flights that can be added up over groups, as columns of a select.

    `flights`, `cancelled`, `departed`, `late` (15 minutes or more) are counts; `delay` is in
    minutes.
    """
    delay = Flight.dep_delay
    late = func.sum(case((delay >= ON_TIME, 1), else_=0))
    return [
        func.count().label("flights"),
        (func.count() - func.count(Flight.dep_time)).label("cancelled"),
        func.count(delay).label("departed"),
        cast(late, Double).label("late"),
        cast(func.coalesce(func.sum(delay), 0), Double).label("delay"),
    ]


def sums_of(
    flights: Sequence[int], left: Sequence[int], delays: Sequence[str | None]
) -> pd.DataFrame:
    """Return what `sums` returns, and `delays`, an array of minutes, for groups counted elsewhere.

    Of each group: its flights, how many have a time of departure, and the delays as one text,
    "-3,0,12"; None where nothing departed.
    """
    minutes = np.fromstring(",".join(filter(None, delays)), dtype=np.int32, sep=",")
    departed = [text.count(",") + 1 if text else 0 for text in delays]
    ends = np.cumsum(departed, dtype=np.int64)
    late, delay = (
        np.diff(np.concatenate([[0], np.cumsum(each)])[ends], prepend=0).astype("float64")
        for each in (minutes >= ON_TIME, minutes)
    )
    cancelled = np.asarray(flights, "int64") - np.asarray(left, "int64")
    counts = {"flights": flights, "cancelled": cancelled, "departed": departed}
    found = pd.DataFrame(counts, dtype="int64").assign(late=late, delay=delay)
    found["delays"] = pd.Series(
        [minutes[start:end] for start, end in itertools.pairwise([0, *ends])], dtype=object
    )
    return found


def measures() -> list[Label[Any]]:
    """`flights`, `cancelled`, `on_time` (a share of the departed), `mean_delay` (minutes).

    The last two are null where nothing departed: a month of cancellations is not "0 % on time".
    """
    flights, cancelled, departed, late, delay = sums()
    some = func.nullif(cast(departed.element, Double), 0)
    return [
        flights,
        cancelled,
        (1 - late.element / some).label("on_time"),
        (delay.element / some).label("mean_delay"),
    ]


def delays_by(connection: Connection, column: Any) -> pd.DataFrame:
    """One row per value of a column of `Flight`, in its order, with the measures."""
    return _frame(connection, select(column, *measures()).group_by(column).order_by(column))


def delays_by_month(connection: Connection) -> pd.DataFrame:
    """One row per month: flights, cancelled, on_time (share), mean_delay (minutes)."""
    return delays_by(connection, Flight.month)


def recent_runs(connection: Connection, limit: int = 10) -> pd.DataFrame:
    """The last runs of the pipeline, newest first: all columns of `pipeline_runs`."""
    columns = PipelineRun.__table__.columns
    return _frame(connection, select(*columns).order_by(PipelineRun.id.desc()).limit(limit))


def quarantine(connection: Connection) -> pd.DataFrame:
    """The rejected rows: table_name, file, line, column_name, value, reason."""
    part = ("table_name", "file", "line", "column_name", "value", "reason")
    columns = [RejectedRow.__table__.columns[name] for name in part]
    return _frame(connection, select(*columns).order_by(*columns[:3]))


def _frame(connection: Connection, statement: Select[Any]) -> pd.DataFrame:
    return pd.read_sql(statement, connection)
