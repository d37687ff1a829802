"""Exercises of chapter 03."""

from lib.workbook.exercise import Exercise

EXERCISES: list[Exercise] = []
