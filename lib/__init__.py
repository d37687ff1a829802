"""The toolkit: load any file into any table, as often as you like. README.md is the map."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lib.database.database import Database
    from lib.database.frames import read_frame
    from lib.database.read_only import open_read_only
    from lib.errors import NotReady, PipelineError
    from lib.feeds.feed import Feed
    from lib.feeds.readers import Csv
    from lib.load.bulk import bulk_load
    from lib.load.files import load_files
    from lib.load.report import LoadReport
    from lib.load.rules import Rule
    from lib.source.csv_file import CsvSource

__all__ = [
    "Csv",
    "CsvSource",
    "Database",
    "Feed",
    "LoadReport",
    "NotReady",
    "PipelineError",
    "Rule",
    "bulk_load",
    "load_files",
    "open_read_only",
    "read_frame",
]

_HOMES = {
    "Csv": "lib.feeds.readers",
    "CsvSource": "lib.source.csv_file",
    "Database": "lib.database.database",
    "Feed": "lib.feeds.feed",
    "LoadReport": "lib.load.report",
    "NotReady": "lib.errors",
    "PipelineError": "lib.errors",
    "Rule": "lib.load.rules",
    "bulk_load": "lib.load.bulk",
    "load_files": "lib.load.files",
    "open_read_only": "lib.database.read_only",
    "read_frame": "lib.database.frames",
}


def lazily(package: str, name: str, homes: Mapping[str, str]) -> Any:
    """Return what `name` stands for in the package, from the module that is its home.

    For a package's `__getattr__` (PEP 562). The value is kept in the package, so that the next
    look finds it without a call. Raises AttributeError for a name that is not in `homes`.
    """
    if name not in homes:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(homes[name]), name)
    setattr(sys.modules[package], name, value)
    return value


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: pandas and Arrow take half a second."""
    return lazily(__name__, name, _HOMES)
