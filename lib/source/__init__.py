"""What a load reads: files and frames as Arrow batches of text, with line numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lib import lazily

if TYPE_CHECKING:
    from lib.source.base import Batch, Source
    from lib.source.csv_file import CsvSource

__all__ = ["Batch", "CsvSource", "Source"]

_HOMES = {"CsvSource": "lib.source.csv_file"} | dict.fromkeys(
    ("Batch", "Source"), "lib.source.base"
)


def __getattr__(name: str) -> Any:
    return lazily(__name__, name, _HOMES)
