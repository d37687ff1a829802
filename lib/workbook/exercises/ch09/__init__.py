"""Exercises of chapter 09, Testing: a module for each."""

from lib.workbook.exercises.ch09 import (
    ex9_1_minutes,
    ex9_2_clean_session,
    ex9_3_shared_memory,
    ex9_4_unproved,
    ex9_5_the_load,
)

EXERCISES = [
    ex9_1_minutes.EXERCISE,
    ex9_2_clean_session.EXERCISE,
    ex9_3_shared_memory.EXERCISE,
    ex9_4_unproved.EXERCISE,
    ex9_5_the_load.EXERCISE,
]
