"""Exercises of chapter 11, Beyond one machine: a module for each."""

from lib.workbook.exercises.ch11 import added_up, how_many, taken

EXERCISES = [how_many.EXERCISE, taken.EXERCISE, added_up.EXERCISE]
