"""Exercises of chapter 12, The dashboard: a module for each."""

from lib.workbook.exercises.ch12 import (
    ex12_1_airport_page,
    ex12_2_kept_count,
    ex12_3_may_write,
    ex12_4_page_test,
    ex12_5_not_known,
)

EXERCISES = [
    ex12_1_airport_page.EXERCISE,
    ex12_2_kept_count.EXERCISE,
    ex12_3_may_write.EXERCISE,
    ex12_4_page_test.EXERCISE,
    ex12_5_not_known.EXERCISE,
]
