"""Exercises of chapter 07, Migrations: a module for each."""

from lib.workbook.exercises.ch07 import by_name, guard, halfway, not_empty, rename

EXERCISES = [
    rename.EXERCISE,
    not_empty.EXERCISE,
    by_name.EXERCISE,
    halfway.EXERCISE,
    guard.EXERCISE,
]
