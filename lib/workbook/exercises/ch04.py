"""Exercises of chapter 04."""

from lib.workbook.exercise import Exercise

EXERCISES: list[Exercise] = []
