"""Exercises of chapter 03, The engine: a module for each."""

from lib.workbook.exercises.ch03 import long_day, merger, password, search, waiting

EXERCISES = [
    password.EXERCISE,
    waiting.EXERCISE,
    long_day.EXERCISE,
    search.EXERCISE,
    merger.EXERCISE,
]
