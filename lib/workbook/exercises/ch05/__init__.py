"""Exercises of chapter 05, ORM models: a module for each."""

from lib.workbook.exercises.ch05 import (
    ex5_1_plane_table,
    ex5_2_a_key,
    ex5_3_two_roads,
    ex5_4_inspections,
    ex5_5_missing_columns,
)

EXERCISES = [
    ex5_1_plane_table.EXERCISE,
    ex5_2_a_key.EXERCISE,
    ex5_3_two_roads.EXERCISE,
    ex5_4_inspections.EXERCISE,
    ex5_5_missing_columns.EXERCISE,
]
