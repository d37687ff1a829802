"""Exercises of chapter 11, Beyond one machine: a module for each."""

from lib.workbook.exercises.ch11 import ex11_1_how_many, ex11_2_taken, ex11_3_added_up

EXERCISES = [
    ex11_1_how_many.EXERCISE,
    ex11_2_taken.EXERCISE,
    ex11_3_added_up.EXERCISE,
]
