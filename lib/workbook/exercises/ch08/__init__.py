"""Exercises of chapter 08, The bulk load: a module for each."""

from lib.workbook.exercises.ch08 import (
    ex8_1_as_written,
    ex8_2_all_or_none,
    ex8_3_repeatable_merge,
    ex8_4_nothing_vanishes,
    ex8_5_night_shift,
    ex8_6_newer_row,
)

EXERCISES = [
    ex8_1_as_written.EXERCISE,
    ex8_2_all_or_none.EXERCISE,
    ex8_3_repeatable_merge.EXERCISE,
    ex8_4_nothing_vanishes.EXERCISE,
    ex8_5_night_shift.EXERCISE,
    ex8_6_newer_row.EXERCISE,
]
