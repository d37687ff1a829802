"""Exercises of chapter 08, The bulk load: a module for each."""

from lib.workbook.exercises.ch08 import (
    all_or_none,
    as_written,
    night_shift,
    nothing_vanishes,
    repeatable_merge,
)

EXERCISES = [
    as_written.EXERCISE,
    all_or_none.EXERCISE,
    repeatable_merge.EXERCISE,
    nothing_vanishes.EXERCISE,
    night_shift.EXERCISE,
]
