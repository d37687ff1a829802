"""What the page asks: small tables of sums, made once for each load, that any filter can add up.

A share or a median of two groups cannot be had from those of each; counts and sums can. So the
database counts once, by everything that the page filters by, and a changed filter adds up some
thousands of rows in memory. Only the median is asked again, with the filter as its WHERE.
"""

from __future__ import annotations

import functools
import re
from calendar import month_name
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from alembic.runtime.migration import MigrationContext
from sqlalchemy import ColumnElement, Connection, Double, case, cast, exists, func, inspect, select

from lib.cli import HINTS
from lib.database.read_only import RELOAD
from lib.database.schema import head
from lib.errors import PipelineError
from lib.models import Airline, Airport, Base, Flight, PipelineRun, Plane, RejectedRow, Weather
from lib.queries import ON_TIME, quarantine, recent_runs

__all__ = ["quarantine", "recent_runs"]  # the page asks these, too

YEAR = 2013
LOAD = HINTS["no data"]


@dataclass(frozen=True)
class Bands:
    """Weather in the hour of departure, in bands; `limits` are where the next one begins."""

    title: str
    column: Any
    limits: tuple[float, ...]
    labels: tuple[str, ...]

    @property
    def lower_ends(self) -> tuple[float, ...]:
        return (0, *self.limits)


BANDS = {
    "visib": Bands("Visibility, miles", Weather.visib, (1, 3, 10), ("0-1", "1-3", "3-10", "10")),
    "precip": Bands(
        "Rain, inches an hour", Weather.precip, (0.01, 0.1), ("none", "under 0.1", "0.1 or more")
    ),
    "wind_speed": Bands(
        "Wind, miles an hour", Weather.wind_speed, (10, 20, 30), ("0-10", "10-20", "20-30", "30+")
    ),
}


@dataclass(frozen=True)
class Selection:
    """What the page is about; None means all."""

    airport: str | None = None
    airline: str | None = None
    months: tuple[int, int] = (1, 12)
    destination: str | None = None

    def words(self, airlines: dict[str, str], places: dict[str, str]) -> str:
        """Return the selection as people read it, with names for the codes."""
        parts = (
            self.airport or "All airports",
            airlines.get(self.airline or "", "all airlines"),
            " to ".join(month_name[number] for number in sorted(set(self.months))),
            places.get(self.destination or "", "all destinations"),
        )
        return " · ".join(parts)

    def of(self, cells: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of a frame of sums that belong to the selection."""
        kept = cells["month"].between(*self.months)
        for column, value in self._codes():
            if value is not None:
                kept &= cells[str(column.key)] == value
        return cells[kept]

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the same as conditions on flights, such that an index can serve each of them."""
        found: list[ColumnElement[bool]] = [
            column == value for column, value in self._codes() if value is not None
        ]
        first, last = self.months
        if self.months != (1, 12):
            # The month is New York's, and has no index; the key begins with the hour in UTC, which
            # is at most five hours later.
            start = datetime(YEAR, first, 1)
            end = datetime(YEAR + last // 12, last % 12 + 1, 1) + timedelta(hours=5)
            found += [Flight.month.between(first, last), Flight.time_hour.between(start, end)]
        return found

    def _codes(self) -> list[tuple[Any, str | None]]:
        return [
            (Flight.origin, self.airport),
            (Flight.carrier, self.airline),
            (Flight.dest, self.destination),
        ]


# --- Questions to the database --------------------------------------------------------------


def cells(connection: Connection) -> pd.DataFrame:
    """The sums by month, scheduled hour, origin, carrier and dest: about 17,000 rows."""
    by = (Flight.month, Flight.hour, Flight.origin, Flight.carrier, Flight.dest)
    return pd.read_sql(select(*by, *_sums()).group_by(*by), connection)


def weather_cells(connection: Connection) -> pd.DataFrame:
    """The sums by month, origin, carrier, dest, and three bands of the weather in the hour.

    A band is named by its lower end, and missing where the hour has no report of it.
    """
    same_hour = (Flight.origin == Weather.origin) & (Flight.time_hour == Weather.time_hour)
    bands = [_band(each).label(name) for name, each in BANDS.items()]
    by = (Flight.month, Flight.origin, Flight.carrier, Flight.dest)
    question = select(*by, *bands, *_sums()).select_from(Flight).outerjoin(Weather, same_hour)
    return pd.read_sql(question.group_by(*by, *bands), connection)


def delay_counts(connection: Connection, selection: Selection) -> pd.DataFrame:
    """How many flights left with each delay: dep_delay (minutes), flights; in order."""
    delay = Flight.dep_delay
    counted = select(delay, func.count().label("flights")).where(delay.is_not(None))
    counted = counted.where(*selection.conditions()).group_by(delay).order_by(delay)
    return pd.read_sql(counted, connection)


def median_delay(connection: Connection, selection: Selection) -> float | None:
    """The median delay of the flights that departed, in minutes; None when none did."""
    counts = delay_counts(connection, selection)
    if counts.empty:
        return None
    reached = counts["flights"].cumsum()
    total = int(reached.iloc[-1])
    middle = reached.searchsorted([(total + 1) // 2, total // 2 + 1])
    return float(counts["dep_delay"].iloc[middle].mean())


def airline_names(connection: Connection) -> dict[str, str]:
    """The airlines' names by their codes, without Inc. and the like."""
    rows = connection.execute(select(Airline.carrier, Airline.name))
    return {row.carrier: re.sub(r" (Inc\.|Co\.|Corporation)$", "", row.name) for row in rows}


def destination_names(connection: Connection) -> dict[str, str]:
    """Code and name of each airport that a flight goes to, by its code."""
    flown_to = exists().where(Flight.dest == Airport.faa)
    rows = connection.execute(select(Airport.faa, Airport.name).where(flown_to))
    return {row.faa: f"{row.faa} {row.name or ''}".strip() for row in rows}


def airports(connection: Connection) -> pd.DataFrame:
    """All airports: faa, name, lat, lon (degrees); an inferred one has only its code."""
    columns = (Airport.faa, Airport.name, Airport.lat, Airport.lon)
    return pd.read_sql(select(*columns).order_by(Airport.faa), connection)


def table_counts(connection: Connection) -> pd.DataFrame:
    """How many rows each table has: table, rows, and of these the inferred and the rejected."""
    rejected = select(RejectedRow.table_name, func.count()).group_by(RejectedRow.table_name)
    aside = {name: count for name, count in connection.execute(rejected)}
    rows = []
    for model in (Airline, Airport, Plane, Weather, Flight):
        name = model.__tablename__
        count = connection.scalar(select(func.count()).select_from(model))
        known = getattr(model, "inferred", None)
        inferred = 0 if known is None else connection.scalar(select(func.count()).where(known))
        rows.append((name, count, inferred, aside.get(name, 0)))
    return pd.DataFrame(rows, columns=["table", "rows", "inferred", "rejected"])


def load_key(connection: Connection) -> tuple[str, ...]:
    """Return a key that changes when a load has run, for whatever keeps answers.

    Raises PipelineError when there is nothing to show yet, with the reason and what to type.
    """
    revision = MigrationContext.configure(connection).get_current_revision()
    there = set(inspect(connection).get_table_names()) & set(Base.metadata.tables)
    if revision is None and not there:
        raise PipelineError("The database is empty: it has no tables yet.", LOAD)
    if revision != _newest() or there != set(Base.metadata.tables):
        raise PipelineError(
            "The tables are not as this page knows them: a migration is at work, or it stopped "
            "half way.",
            f"{RELOAD} If this stays: {LOAD}",
        )
    # Of all runs: of two at once, the one that began first may end last.
    run = PipelineRun
    about = (func.count(), func.count(run.finished_at), func.max(run.id), func.max(run.finished_at))
    runs = connection.execute(
        select(run.outcome, *about).group_by(run.outcome).order_by(run.outcome)
    ).all()
    if connection.scalar(select(Flight.flight).limit(1)) is None:
        if any(outcome == "running" for outcome, *_ in runs):
            raise PipelineError("The first load is at work.", RELOAD)
        raise PipelineError("The tables are there, but no flight is loaded yet.", LOAD)
    return (str(revision), *(str(each) for outcome in runs for each in outcome))


@functools.cache
def _newest() -> str:
    """Return the revision that the questions are for; the folder of migrations is read once."""
    return head()


def _sums() -> list[Any]:
    delay = Flight.dep_delay
    late = func.sum(case((delay >= ON_TIME, 1), else_=0))
    return [
        func.count().label("flights"),
        (func.count() - func.count(Flight.dep_time)).label("cancelled"),
        func.count(delay).label("departed"),
        # Double: MySQL would answer with Decimal.
        cast(late, Double).label("late"),
        cast(func.coalesce(func.sum(delay), 0), Double).label("delay"),
    ]


def _band(bands: Bands) -> Any:
    """Name a band by its lower end; null where the hour has no report."""
    column, lower = bands.column, bands.lower_ends
    steps = [(column < limit, lower[number]) for number, limit in enumerate(bands.limits)]
    return cast(case(*steps, (column >= lower[-1], lower[-1])), Double)
