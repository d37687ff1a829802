"""What the page asks: small tables of sums, made once for each load, that any filter can add up.

A share or a median of two groups cannot be had from those of each; counts and sums can. So the
database counts once, by everything that the page filters by, and a changed filter adds up some
thousands of rows in memory. For the median, each of these rows keeps its delays.
"""

from __future__ import annotations

import functools
import re
from calendar import month_name
from dataclasses import dataclass
from typing import Any

import pandas as pd
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, String, case, cast, exists, func, inspect, select

from lib.cli import HINTS
from lib.database.read_only import RELOAD
from lib.database.schema import head
from lib.errors import PipelineError
from lib.models import Airline, Airport, Base, Flight, PipelineRun, Plane, RejectedRow, Weather
from lib.queries import sums_of

LOAD = HINTS["no data"]
ROUTE = ["number", "origin", "carrier", "dest"]
APART = "\x1f"  # between codes in one text: ASCII's unit separator, which stands in none


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
        codes = {"origin": self.airport, "carrier": self.airline, "dest": self.destination}
        kept = cells["month"].between(*self.months)
        for column, value in codes.items():
            if value is not None:
                kept &= cells[column] == value
        return cells[kept]


# --- Questions to the database --------------------------------------------------------------


def cells(connection: Connection) -> pd.DataFrame:
    """The sums by month, scheduled hour, origin, carrier and dest: about 17,000 rows.

    The last column, `delays`, has an array of the delays of all that departed, in minutes.
    """
    found = _sums_by(connection, Flight.month * 100 + Flight.hour)
    found.insert(0, "month", found["number"] // 100)
    found.insert(1, "hour", found.pop("number") % 100)
    return found


def weather_cells(connection: Connection) -> pd.DataFrame:
    """The sums by month, origin, carrier, dest, and three bands of the weather in the hour.

    A band is named by its lower end, and missing where the hour has no report of it.
    """
    number: Any = Flight.month
    for bands in BANDS.values():
        number = 10 * number + _band(bands)
    same_hour = (Flight.origin == Weather.origin) & (Flight.time_hour == Weather.time_hour)
    found = _sums_by(connection, number, Weather, same_hour).drop(columns="delays")
    number = found.pop("number")
    for name, bands in reversed(BANDS.items()):
        found.insert(0, name, (number % 10).map(dict(enumerate(bands.lower_ends))))
        number = number // 10
    found.insert(0, "month", number)
    return found


def _sums_by(connection: Connection, number: Any, *outer_join: Any) -> pd.DataFrame:
    """Return the sums and the delays by this whole number, origin, carrier and dest.

    The database groups by one text, and counts no more than it must: SQLite needs half of the time
    that it takes to sort by five columns, and to add up what `sums_of` finds in the delays.
    """
    group: Any = cast(number, String(11))
    for code in (Flight.origin, Flight.carrier, Flight.dest):
        group = group + APART + code
    group = group.label("codes")
    minutes = func.aggregate_strings(cast(Flight.dep_delay, String(11)), ",")
    asked = select(group, func.count(), func.count(Flight.dep_time), minutes).select_from(Flight)
    if outer_join:
        asked = asked.outerjoin(*outer_join)
    rows = connection.execute(asked.group_by(group)).all()
    texts, flights, left, delays = zip(*rows, strict=True) if rows else ([], [], [], [])
    found = pd.DataFrame([text.split(APART) for text in texts], columns=ROUTE, dtype="category")
    found["number"] = found["number"].astype("int64")
    return pd.concat([found, sums_of(flights, left, delays)], axis="columns")


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


def _band(bands: Bands) -> Any:
    """Number a band, from 0 on; 9 where the hour has no report."""
    steps = [(bands.column < limit, number) for number, limit in enumerate(bands.limits)]
    last = (bands.column >= bands.limits[-1], len(bands.limits))
    return case(*steps, last, else_=9)
