"""Exercises of chapter 02, Ways of working: a module for each, and one for its answers."""

from lib.workbook.exercises.ch02 import (
    ex2_1_truce,
    ex2_2_hooking,
    ex2_3_stripping,
    ex2_4_one_tool,
    ex2_5_reviewing,
)

EXERCISES = [
    ex2_1_truce.EXERCISE,
    ex2_2_hooking.EXERCISE,
    ex2_3_stripping.EXERCISE,
    ex2_4_one_tool.EXERCISE,
    ex2_5_reviewing.EXERCISE,
]
