"""Exercises of chapter 01, Python environments: a module for each."""

from lib.workbook.exercises.ch01 import asking, choosing, drifting, making, reading_kernels

EXERCISES = [
    asking.EXERCISE,
    choosing.EXERCISE,
    making.EXERCISE,
    drifting.EXERCISE,
    reading_kernels.EXERCISE,
]
