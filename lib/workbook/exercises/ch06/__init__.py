"""Exercises of chapter 06, Querying: a module for each."""

from lib.workbook.exercises.ch06 import (
    ex6_1_every_flight,
    ex6_2_windy_hours,
    ex6_3_worst_day,
    ex6_4_departure_board,
    ex6_5_nightly_extract,
)

EXERCISES = [
    ex6_1_every_flight.EXERCISE,
    ex6_2_windy_hours.EXERCISE,
    ex6_3_worst_day.EXERCISE,
    ex6_4_departure_board.EXERCISE,
    ex6_5_nightly_extract.EXERCISE,
]
