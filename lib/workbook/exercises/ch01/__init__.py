"""Exercises of chapter 01, Python environments: a module for each, and one for its answers."""

from lib.workbook.exercises.ch01 import (
    ex1_1_asking,
    ex1_2_choosing,
    ex1_3_making,
    ex1_4_drifting,
    ex1_5_reading_kernels,
)

EXERCISES = [
    ex1_1_asking.EXERCISE,
    ex1_2_choosing.EXERCISE,
    ex1_3_making.EXERCISE,
    ex1_4_drifting.EXERCISE,
    ex1_5_reading_kernels.EXERCISE,
]
