"""Exercises of chapter 02, Ways of working: a module for each."""

from lib.workbook.exercises.ch02 import hooking, one_tool, reviewing, stripping, truce

EXERCISES = [
    truce.EXERCISE,
    hooking.EXERCISE,
    stripping.EXERCISE,
    one_tool.EXERCISE,
    reviewing.EXERCISE,
]
