"""Exercises of chapter 00, Start here: a module for each, and one for its answers."""

from lib.workbook.exercises.ch00 import ex0_1_first_answer, ex0_2_is_late, ex0_3_by_origin

EXERCISES = [ex0_1_first_answer.EXERCISE, ex0_2_is_late.EXERCISE, ex0_3_by_origin.EXERCISE]
