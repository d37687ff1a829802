"""Exercises of chapter 09, Testing: a module for each."""

from lib.workbook.exercises.ch09 import (
    clean_session,
    minutes,
    shared_memory,
    the_load,
    unproved,
)

EXERCISES = [
    minutes.EXERCISE,
    clean_session.EXERCISE,
    shared_memory.EXERCISE,
    unproved.EXERCISE,
    the_load.EXERCISE,
]
