"""Exercises of chapter 00, Start here: a module for each, and one for its answers."""

from lib.workbook.exercises.ch00.ex0_1_first_answer import EXERCISES

__all__ = ["EXERCISES"]
