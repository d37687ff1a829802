"""The runs: which table is loaded from what, and a note of how each run ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lib import lazily

if TYPE_CHECKING:
    from lib.pipeline.flights import FEEDS, raw_source
    from lib.pipeline.pipeline import run_pipeline

__all__ = [
    "FEEDS",
    "raw_source",
    "run_pipeline",
]

_HOMES = {
    "FEEDS": "lib.pipeline.flights",
    "raw_source": "lib.pipeline.flights",
    "run_pipeline": "lib.pipeline.pipeline",
}


def __getattr__(name: str) -> Any:
    return lazily(__name__, name, _HOMES)
