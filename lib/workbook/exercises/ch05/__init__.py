"""Exercises of chapter 05, ORM models: a module for each."""

from lib.workbook.exercises.ch05 import a_key, inspections, missing_columns, plane_table, two_roads

EXERCISES = [
    plane_table.EXERCISE,
    a_key.EXERCISE,
    two_roads.EXERCISE,
    inspections.EXERCISE,
    missing_columns.EXERCISE,
]
