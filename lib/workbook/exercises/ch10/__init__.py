"""Exercises of chapter 10, Orchestration: a module for each."""

from lib.workbook.exercises.ch10 import (
    ex10_1_repeatable_task,
    ex10_2_what_may_pass,
    ex10_3_nothing_hidden,
    ex10_4_what_is_left,
    ex10_5_under_dagster,
)

EXERCISES = [
    ex10_1_repeatable_task.EXERCISE,
    ex10_2_what_may_pass.EXERCISE,
    ex10_3_nothing_hidden.EXERCISE,
    ex10_4_what_is_left.EXERCISE,
    ex10_5_under_dagster.EXERCISE,
]
