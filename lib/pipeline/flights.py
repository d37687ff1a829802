"""The example's feeds: where its five files lie, how they are read, rules for their rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import DeclarativeBase

from lib.config import ROOT
from lib.errors import PipelineError
from lib.feeds import Csv, Feed
from lib.load.rules import Rule, above, unlike
from lib.models import Airline, Airport, Base, Flight, Plane, Weather
from lib.source.csv_file import CsvSource

Model = type[DeclarativeBase] | Table  # of one of the five tables


def flights_folder() -> Path:
    """Return the folder of the raw files; data/README.md says where they come from.

    Raises PipelineError where it is not there.
    """
    folder = ROOT / "data"
    if not folder.is_dir():
        raise PipelineError(
            f"The folder of the raw files, {folder}, is not there.",
            "Type: git restore data, or get the workbook again, whole.",
        )
    return folder


def raw_file(table: str) -> Path:
    """Return the raw file of a table: airlines, airports, planes, weather or flights."""
    folder = flights_folder()
    packed = folder / f"{table}.csv.zip"
    return packed if packed.exists() else folder / f"{table}.csv"


def raw_source(table: str, **where: Any) -> CsvSource:
    """Return the raw file of a table as a source; with `where`, some of its rows."""
    return CsvSource(raw_file(table), where=where)


def _feed(model: type[Base], *rules: Rule) -> Feed:
    name = model.__tablename__
    return Feed(model, lambda: raw_file(name), Csv(missing=("NA",)), rules=rules)


# In the order of their references.
FEEDS = {
    feed.table.name: feed
    for feed in (
        _feed(Airline),
        _feed(Airport),
        _feed(Plane),
        _feed(Weather, Rule("wind_speed", "above 200 mph", above(200))),
        _feed(
            Flight,
            Rule("tailnum", "not a US tail number (N and 1 to 5 more)", unlike("^N[0-9A-Z]{1,5}$")),
        ),
    )
}


def feed_of(model: Model) -> Feed:
    """Return the feed of a table."""
    table: Any = getattr(model, "__table__", model)
    return FEEDS[table.name]


def is_monthly(feed: Feed) -> bool:
    """Tell whether the rows of a feed belong to months, so that one can be loaded by itself."""
    return "month" in feed.table.columns


def of_month(feed: Feed, month: str) -> Feed:
    """Return the feed of one month ("2013-01"), which is a feed like any other."""
    return replace(feed, where={"month": int(month[-2:])})
