"""The exercises of chapter 12, The dashboard."""

from __future__ import annotations

from lib.workbook.exercises.ch12 import airport_page, kept_count, may_write, page_test

EXERCISES = [
    airport_page.EXERCISE,
    kept_count.EXERCISE,
    may_write.EXERCISE,
    page_test.EXERCISE,
]
