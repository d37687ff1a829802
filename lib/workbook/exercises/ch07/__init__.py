"""Exercises of chapter 07, Migrations: a module for each."""

from lib.workbook.exercises.ch07 import (
    ex7_1_rename,
    ex7_2_not_empty,
    ex7_3_by_name,
    ex7_4_halfway,
    ex7_5_guard,
    ex7_6_forgotten,
)

EXERCISES = [
    ex7_1_rename.EXERCISE,
    ex7_2_not_empty.EXERCISE,
    ex7_3_by_name.EXERCISE,
    ex7_4_halfway.EXERCISE,
    ex7_5_guard.EXERCISE,
    ex7_6_forgotten.EXERCISE,
]
