"""Questions to the data, answered as data frames: the same on both databases, types included.

Sums and averages are cast to DOUBLE in the query, because MySQL would answer with Decimal, cut
after four digits. Each takes a connection, and leaves closing it to the caller.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Double, Select, case, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute

from lib.models import Airline, Airport, Flight, PipelineRun, RejectedRow, Weather

ON_TIME = 15  # minutes: the limit of the US Department of Transportation for "on time"


def headline(connection: Connection) -> pd.DataFrame:
    """One row: flights, cancelled, and the share of departed flights that left on time."""
    return _frame(connection, select(*_measures()))


def delays_by_month(connection: Connection) -> pd.DataFrame:
    """One row per month: flights, cancelled, on_time (share), mean_delay (minutes)."""
    return _grouped(connection, Flight.month)


def delays_by_hour(connection: Connection) -> pd.DataFrame:
    """One row per scheduled local hour of departure, measured as `delays_by_month` does."""
    return _grouped(connection, Flight.hour)


def airlines(connection: Connection) -> pd.DataFrame:
    """One row per airline, busiest first: carrier, name, and the measures."""
    statement = (
        select(Airline.carrier, Airline.name, *_measures())
        .join(Flight.airline)
        .group_by(Airline.carrier, Airline.name)
        .order_by(func.count().desc(), Airline.carrier)
    )
    return _frame(connection, statement)


def destinations(connection: Connection) -> pd.DataFrame:
    """One row per destination, busiest first: faa, name, lat, lon (degrees), and the measures.

    Name and place are missing for an inferred airport.
    """
    place = (Airport.faa, Airport.name, Airport.lat, Airport.lon)
    statement = (
        select(*place, *_measures())
        .join(Flight.dest_airport)
        .group_by(*place)
        .order_by(func.count().desc(), Airport.faa)
    )
    return _frame(connection, statement)


def delays_by_visibility(connection: Connection) -> pd.DataFrame:
    """One row per band of visibility, named by its lower end (0, 1, 3, 10 miles), and the measures.

    An outer join: flights in an hour without a weather report are in the row without visibility.
    """
    sight = Weather.visib
    band = case((sight < 1, 0), (sight < 3, 1), (sight < 10, 3), (sight >= 10, 10))
    same_hour = (Flight.origin == Weather.origin) & (Flight.time_hour == Weather.time_hour)
    banded = (
        select(band.label("visib_from"), Flight.dep_time, Flight.dep_delay)
        .select_from(Flight)
        .outerjoin(Weather, same_hour)
        .subquery()
    )
    visib_from = banded.c.visib_from
    statement = (
        select(visib_from, *_measures(banded.c.dep_time, banded.c.dep_delay))
        .group_by(visib_from)
        .order_by(visib_from)
    )
    return _frame(connection, statement)


def recent_runs(connection: Connection, limit: int = 10) -> pd.DataFrame:
    """The last runs of the pipeline, newest first: all columns of `pipeline_runs`."""
    columns = PipelineRun.__table__.columns
    return _frame(connection, select(*columns).order_by(PipelineRun.id.desc()).limit(limit))


def quarantine(connection: Connection) -> pd.DataFrame:
    """The rejected rows: table_name, file, line, column_name, value, reason."""
    part = ("table_name", "file", "line", "column_name", "value", "reason")
    columns = [RejectedRow.__table__.columns[name] for name in part]
    return _frame(connection, select(*columns).order_by(*columns[:3]))


def _measures(
    dep_time: ColumnElement[Any] | Any = Flight.dep_time,
    dep_delay: ColumnElement[Any] | Any = Flight.dep_delay,
) -> list[Any]:
    late = cast(func.sum(case((dep_delay >= ON_TIME, 1), else_=0)), Double)
    departed = cast(func.count(dep_delay), Double)
    return [
        func.count().label("flights"),
        (func.count() - func.count(dep_time)).label("cancelled"),
        # Null where nothing departed: a month of cancellations is not "0 % on time".
        (1 - late / func.nullif(departed, 0)).label("on_time"),
        func.avg(cast(dep_delay, Double)).label("mean_delay"),
    ]


def _grouped(connection: Connection, column: InstrumentedAttribute[int]) -> pd.DataFrame:
    statement = select(column, *_measures()).group_by(column).order_by(column)
    return _frame(connection, statement)


def _frame(connection: Connection, statement: Select[Any]) -> pd.DataFrame:
    return pd.read_sql(statement, connection)
