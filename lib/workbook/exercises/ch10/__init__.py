"""Exercises of chapter 10, Orchestration: a module for each."""

from lib.workbook.exercises.ch10 import (
    nothing_hidden,
    repeatable_task,
    under_dagster,
    what_is_left,
    what_may_pass,
)

EXERCISES = [
    repeatable_task.EXERCISE,
    what_may_pass.EXERCISE,
    nothing_hidden.EXERCISE,
    what_is_left.EXERCISE,
    under_dagster.EXERCISE,
]
