"""Exercises of chapter 13, Your own data: a module for each."""

from lib.workbook.exercises.ch13 import (
    ex13_1_signs,
    ex13_2_against_the_key,
    ex13_3_to_utc,
    ex13_4_price_lists,
)

EXERCISES = [
    ex13_1_signs.EXERCISE,
    ex13_2_against_the_key.EXERCISE,
    ex13_3_to_utc.EXERCISE,
    ex13_4_price_lists.EXERCISE,
]
