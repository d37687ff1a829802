"""Exercises of chapter 06, Querying: a module for each."""

from lib.workbook.exercises.ch06 import (
    departure_board,
    every_flight,
    nightly_extract,
    windy_hours,
    worst_day,
)

EXERCISES = [
    every_flight.EXERCISE,
    windy_hours.EXERCISE,
    worst_day.EXERCISE,
    departure_board.EXERCISE,
    nightly_extract.EXERCISE,
]
