"""The classroom wing: chapters, exercises, progress. Notebooks begin with `open_chapter`."""

from lib.workbook.chapter import open_chapter
from lib.workbook.sql import show_sql

__all__ = ["open_chapter", "show_sql"]
