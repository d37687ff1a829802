"""The classroom wing: chapters, exercises, progress. Notebooks begin with `open_chapter`."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import lib.quick_start  # noqa: F401  before all of the classroom, and what it imports

if TYPE_CHECKING:
    from lib.workbook.chapter import open_chapter
    from lib.workbook.diagram import draw_schema
    from lib.workbook.migrations_walk import walk_migrations
    from lib.workbook.pytest_run import nbval_cells, run_pytest
    from lib.workbook.scratch import ScratchProject
    from lib.workbook.shell import open_terminal
    from lib.workbook.sql import show_sql

__all__ = [
    "ScratchProject",
    "draw_schema",
    "nbval_cells",
    "open_chapter",
    "open_terminal",
    "run_pytest",
    "show_sql",
    "walk_migrations",
]

_HOMES = {
    "ScratchProject": "lib.workbook.scratch",
    "draw_schema": "lib.workbook.diagram",
    "nbval_cells": "lib.workbook.pytest_run",
    "open_chapter": "lib.workbook.chapter",
    "open_terminal": "lib.workbook.shell",
    "run_pytest": "lib.workbook.pytest_run",
    "show_sql": "lib.workbook.sql",
    "walk_migrations": "lib.workbook.migrations_walk",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: `run.py lab` must not wait for pandas."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
