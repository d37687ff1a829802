"""The classroom wing: chapters, exercises, progress. Notebooks begin with `open_chapter`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import lib.skip_rfc3987  # noqa: F401  before all of the classroom, and what it imports
from lib import lazily

if TYPE_CHECKING:
    from lib.workbook.course.chapter import open_chapter
    from lib.workbook.proof.pytest_run import nbval_cells, run_pytest
    from lib.workbook.show.diagram import draw_schema
    from lib.workbook.show.migrations_walk import walk_migrations
    from lib.workbook.show.sql import show_sql
    from lib.workbook.terminal.scratch import ScratchProject
    from lib.workbook.terminal.terminal import open_terminal

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
    "ScratchProject": "lib.workbook.terminal.scratch",
    "draw_schema": "lib.workbook.show.diagram",
    "nbval_cells": "lib.workbook.proof.pytest_run",
    "open_chapter": "lib.workbook.course.chapter",
    "open_terminal": "lib.workbook.terminal.terminal",
    "run_pytest": "lib.workbook.proof.pytest_run",
    "show_sql": "lib.workbook.show.sql",
    "walk_migrations": "lib.workbook.show.migrations_walk",
}


def __getattr__(name: str) -> Any:
    return lazily(__name__, name, _HOMES)
