"""The load: validate whole columns, stage, merge on the key, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lib import lazily

if TYPE_CHECKING:
    from lib.load.bulk import bulk_load
    from lib.load.files import load_files
    from lib.load.report import LoadReport
    from lib.load.rules import Rule

__all__ = ["LoadReport", "Rule", "bulk_load", "load_files"]

_HOMES = {
    "LoadReport": "lib.load.report",
    "Rule": "lib.load.rules",
    "bulk_load": "lib.load.bulk",
    "load_files": "lib.load.files",
}


def __getattr__(name: str) -> Any:
    return lazily(__name__, name, _HOMES)
