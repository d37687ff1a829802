"""`bulk_load`, into an empty table and into a full one."""

from __future__ import annotations

from pathlib import Path

import pandas as pd  # noqa: F401  pyarrow imports it at the first value that Python gives it

from lib.database import Database
from lib.pipeline.flights import FEEDS


def load_once(url: str, file: Path) -> None:
    """bulk_load: checks, quarantine, merge on the key, one transaction"""
    _load(url, file)


def load_again(url: str, file: Path) -> None:
    """the same once more, on the full table: nothing changes"""
    _load(url, file)


def _load(url: str, file: Path) -> None:
    with Database(url) as db, db.engine.begin() as connection:
        FEEDS["flights"].load_data(connection, file)
