"""Exercises of chapter 03, The engine: a module for each."""

from lib.workbook.exercises.ch03 import (
    ex3_1_password,
    ex3_2_waiting,
    ex3_3_long_day,
    ex3_4_search,
    ex3_5_merger,
)

EXERCISES = [
    ex3_1_password.EXERCISE,
    ex3_2_waiting.EXERCISE,
    ex3_3_long_day.EXERCISE,
    ex3_4_search.EXERCISE,
    ex3_5_merger.EXERCISE,
]
