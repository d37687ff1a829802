"""The classroom wing: chapters, exercises, progress. Notebooks begin with `open_chapter`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import lib.skip_rfc3987  # noqa: F401  before all of the classroom, and what it imports
from lib import lazily

if TYPE_CHECKING:
    from lib.workbook.course.chapter import open_chapter
    from lib.workbook.lab.failover import failover
    from lib.workbook.lab.shared_database import shared_database
    from lib.workbook.proof.pytest_run import nbval_cells, run_pytest
    from lib.workbook.show.diagram import draw_schema
    from lib.workbook.show.migrations_walk import walk_migrations
    from lib.workbook.show.page_run import print_page, run_again, run_app, run_page, show_page
    from lib.workbook.show.sql import record_sql, show_sql
    from lib.workbook.show.widgets import Bar, BarChart
    from lib.workbook.terminal.pyenv import look
    from lib.workbook.terminal.scratch import ScratchProject
    from lib.workbook.terminal.terminal import open_terminal
    from lib.workbook.terminal.wheels import make_wheel

__all__ = [
    "Bar",
    "BarChart",
    "ScratchProject",
    "draw_schema",
    "failover",
    "look",
    "make_wheel",
    "nbval_cells",
    "open_chapter",
    "open_terminal",
    "print_page",
    "record_sql",
    "run_again",
    "run_app",
    "run_page",
    "run_pytest",
    "shared_database",
    "show_page",
    "show_sql",
    "walk_migrations",
]

_HOMES = {
    "Bar": "lib.workbook.show.widgets",
    "BarChart": "lib.workbook.show.widgets",
    "ScratchProject": "lib.workbook.terminal.scratch",
    "draw_schema": "lib.workbook.show.diagram",
    "failover": "lib.workbook.lab.failover",
    "look": "lib.workbook.terminal.pyenv",
    "make_wheel": "lib.workbook.terminal.wheels",
    "nbval_cells": "lib.workbook.proof.pytest_run",
    "open_chapter": "lib.workbook.course.chapter",
    "open_terminal": "lib.workbook.terminal.terminal",
    "print_page": "lib.workbook.show.page_run",
    "record_sql": "lib.workbook.show.sql",
    "run_again": "lib.workbook.show.page_run",
    "run_app": "lib.workbook.show.page_run",
    "run_page": "lib.workbook.show.page_run",
    "run_pytest": "lib.workbook.proof.pytest_run",
    "shared_database": "lib.workbook.lab.shared_database",
    "show_page": "lib.workbook.show.page_run",
    "show_sql": "lib.workbook.show.sql",
    "walk_migrations": "lib.workbook.show.migrations_walk",
}


def __getattr__(name: str) -> Any:
    return lazily(__name__, name, _HOMES)
