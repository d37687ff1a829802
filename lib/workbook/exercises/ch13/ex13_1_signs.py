"""Exercise 13.1: read a number by the signs that are said, and refuse every other text."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import re
from decimal import Decimal, DecimalException
from typing import Any

from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function
from lib.workbook.exercises.ch13.ex13_1_signs_answers import ALSO_RIGHT, WORDS, WRONG

GERMAN, ENGLISH, SWISS, FRENCH, PLAIN = (",", "."), (".", ","), (".", "'"), (",", " "), (".", "")
GOOD = (
    ("12.345,552", GERMAN, "12345.552"),
    ("12345,552", GERMAN, "12345.552"),
    ("1.234", GERMAN, "1234"),
    ("1.234", PLAIN, "1.234"),
    ("-1.234.567,50", GERMAN, "-1234567.50"),
    ("0,10", GERMAN, "0.10"),
    ("1,234,567.5", ENGLISH, "1234567.5"),
    ("1'234.50", SWISS, "1234.50"),
    ("12 345,5", FRENCH, "12345.5"),
    ("1234.5", PLAIN, "1234.5"),
    ("-0.25", PLAIN, "-0.25"),
    ("007", PLAIN, "7"),
    ("12345678901234567890,123", GERMAN, "12345678901234567890.123"),
    ("-1.234.567.890.123.456.789.012.345.678,12345", GERMAN, "-1234567890123456789012345678.12345"),
)
BAD = (
    ("12.5", GERMAN),
    ("12,5", ENGLISH),
    ("1.2345", GERMAN),
    ("1234.567", GERMAN),
    ("1.234567", GERMAN),
    ("1..234", GERMAN),
    ("1.234.", GERMAN),
    (".234", GERMAN),
    ("1,234,5", GERMAN),
    ("12,", GERMAN),
    (",5", GERMAN),
    ("0,123.456", GERMAN),
    ("1,234", PLAIN),
    ("1x5", PLAIN),
    ("+5", PLAIN),
    ("--5", PLAIN),
    ("5-", PLAIN),
    ("1e3", PLAIN),
    ("1_000", PLAIN),
    (" 5", PLAIN),
    ("5 ", PLAIN),
    ("5\n", PLAIN),
    ("", PLAIN),
    ("-", PLAIN),
    ("nan", PLAIN),
    ("Infinity", PLAIN),
    ("\u0663", PLAIN),
    ("\u00b2", PLAIN),
)


def check_to_number(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "to_number")
    for text, signs, wanted in GOOD:
        expect_good(said(sandbox, answer, text, signs), text, signs, wanted)
    for text, signs in BAD:
        found = said(sandbox, answer, text, signs)
        expect(
            isinstance(found, ValueError),
            f"{told(text, signs)} is no number of this form, and your function returns {found!r}: "
            "raise a ValueError.",
        )
    return "That is it. Nothing is guessed: each text is read by the signs that you were told."


def said(sandbox: Sandbox, answer: Any, text: str, signs: tuple[str, str]) -> Any:
    """Return what the function returns, or the ValueError that it raises."""
    found = sandbox.outcome((ValueError, DecimalException), answer, text, *signs)
    expect(
        not isinstance(found, DecimalException),
        f"For {told(text, signs)} a decimal.{type(found).__name__} comes out of your function, "
        "which is no ValueError. Look at the text before you hand it to Decimal.",
    )
    return found


def expect_good(found: Any, text: str, signs: tuple[str, str], wanted: str) -> None:
    what, number = told(text, signs), Decimal(wanted)
    expect(found is not None, f"For {what} your function returns None. Return the number.")
    expect(
        not isinstance(found, ValueError),
        f"{what} is a number of this form, and your function raises a ValueError for it.",
    )
    expect(
        isinstance(found, Decimal),
        f"For {what} your function returns {type(found).__name__} where a Decimal is wanted: a "
        "float does not keep all digits.",
    )
    expect(found == number, f"{what} is {number}, and your function returns {found}.")
    expect(
        found.as_tuple() == number.as_tuple(),
        f"{what} is {number}, with all digits that are written; your function returns {found}.",
    )


def told(text: str, signs: tuple[str, str]) -> str:
    decimal, thousands = signs
    return f"{text!r} with decimal={decimal!r} and thousands={thousands!r}"


def solution_to_number() -> Any:
    def to_number(text, decimal, thousands):
        point, group = re.escape(decimal), re.escape(thousands)
        whole = rf"[0-9]+|[0-9]{{1,3}}(?:{group}[0-9]{{3}})+"
        if not re.fullmatch(rf"-?(?:{whole})(?:{point}[0-9]+)?", text):
            raise ValueError(f"{text!r} is not a number with {decimal!r} as its decimal sign")
        whole, _, fraction = text.partition(decimal)
        whole = whole.replace(thousands, "") if thousands else whole
        return Decimal(f"{whole}.{fraction}" if fraction else whole)

    return to_number


EXERCISE = Exercise(
    id="13.1",
    title="By the signs that are said",
    check=check_to_number,
    hints=(
        "Two steps: first look whether the whole text has the form, then make a number of it.",
        "`re.fullmatch` looks at the whole text. `re.escape` takes the signs as they are: a point "
        "in a pattern stands for any character. `[0-9]` are ten digits, `\\d` are hundreds.",
        "Before the fraction stands `[0-9]+`, or `[0-9]{1,3}` and then, once or more often, the "
        "sign and `[0-9]{3}`. Then take the thousands' sign out, and write a point for the "
        "decimal sign.",
    ),
    solution=solution_to_number,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=(
        "You are told both, as they differ from file to file",
        "with a point as that sign, `1.234.567` and `1234567` are right, `1234.567` is wrong",
    ),
)
