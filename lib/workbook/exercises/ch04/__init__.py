"""Exercises of chapter 04, Sessions: a module for each."""

from lib.workbook.exercises.ch04 import (
    merger,
    plain_data,
    rehearsal,
    sent_not_settled,
    there_already,
)

EXERCISES = [
    sent_not_settled.EXERCISE,
    rehearsal.EXERCISE,
    there_already.EXERCISE,
    plain_data.EXERCISE,
    merger.EXERCISE,
]
