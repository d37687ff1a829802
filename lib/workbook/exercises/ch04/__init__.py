"""Exercises of chapter 04, Sessions: a module for each."""

from lib.workbook.exercises.ch04 import (
    ex4_1_sent_not_settled,
    ex4_2_rehearsal,
    ex4_3_there_already,
    ex4_4_plain_data,
    ex4_5_merger,
)

EXERCISES = [
    ex4_1_sent_not_settled.EXERCISE,
    ex4_2_rehearsal.EXERCISE,
    ex4_3_there_already.EXERCISE,
    ex4_4_plain_data.EXERCISE,
    ex4_5_merger.EXERCISE,
]
