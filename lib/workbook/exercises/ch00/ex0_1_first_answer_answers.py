"""Answers to exercise 0.1: right ones, wrong ones, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from decimal import Decimal

import numpy as np

from lib.workbook.course.exercise import Word, Wrong


def with_an_underscore():
    flights = 27_004
    return flights


def read_from_the_text():
    return int("27,004".replace(",", ""))


def asked_of_the_database():
    return np.int64(27004)  # db.query("SELECT count(*) FROM flights").iloc[0, 0]


def as_a_float():
    return 27004.0


def as_a_decimal():
    return Decimal(27004)  # sum(1), as MySQL answers it


ALSO_RIGHT = (
    with_an_underscore,
    read_from_the_text,
    asked_of_the_database,
    as_a_float,
    as_a_decimal,
)
WRONG = (
    Wrong(lambda: "27,004", "a number", "typed the number as text"),
    Wrong(lambda: "27004", "of type str", "takes digits between quotation marks for a number"),
    Wrong(lambda: 2013, "2013 is the year", "read the first number in the line"),
    Wrong(lambda: 27.004, "begins the decimals", "wrote a point for the comma, as some do"),
    Wrong(lambda: 521, "521 is not the number of flights", "read the output of another cell"),
    Wrong(lambda: 27_005, "27,005 is not", "mistyped a digit"),
    Wrong(lambda: -27004, "-27,004 is not", "took a dash before the number for a part of it"),
    Wrong(lambda: 0, "0 is not", "answered with a placeholder of its own"),
    Wrong(lambda: True, "a truth value", "asked whether there are flights, not how many"),
    Wrong(lambda: [27004], "of type list", "put the number into brackets"),
    Wrong(lambda: {27, 4}, "of type set", "took the comma for a part of the number"),
    Wrong(lambda: lambda: 27004, "of type function", "wrote a function where a value is asked for"),
    Wrong(lambda: None, "of type NoneType", "handed over what print returns"),
    Wrong(lambda: float("nan"), "That is not", "answered with a missing number"),
)
WORDS = (
    Word(
        "The first cell of this notebook printed the number",
        "the number of the first cell, 27,004; another cell's, 521, is refused",
        lambda: 521,
    ),
    Word(
        "Replace `...` with it, without the comma",
        "a number is asked for: a text with a comma is none",
        lambda: "27,004",
    ),
)
