"""Exercise 8.1: read a CSV file without losing what it says."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from numbers import Integral
from typing import Any

import pandas as pd

from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function, expect_type
from lib.workbook.exercises.ch08.ex8_1_as_written_answers import ALSO_RIGHT, WORDS, WRONG
from lib.workbook.exercises.ch08.looking import call_with_file, scratch_file

COLUMNS = ["airline", "gate", "seats"]
# What the rows mean, as they are written but for the quotation marks.
FILES: tuple[list[tuple[str, str, str]], ...] = (
    [("NA", "07", "120"), ("UA", "-", "-"), ("B6", "1E5", "0")],
    [("AA", "010", "-"), ("NA", "-", "95"), ("-", "22", "4"), ("-", "-", "-")],
    # All gates look like numbers, and all seats are there.
    [("UA", "1", "100"), ("DL", "2", "50"), ("NA", "03", "1")],
    # Texts that a program may take for something missing, or tidy up; and one with a comma.
    [("NA", "NA", "-"), ("nan", "null", "-"), ("AA", "-1", "-"), ("B6", "B-2", "-")],
    [("UA", "", "12"), ("NA", "C7 ", "12"), ("YV", "3, upper", "12"), ("9E", "TRUE", "12")],
    [("UA", "7", "3"), ("AA", "7", "3"), ("UA", "7", "3")],  # a row is there twice
)


def check_read_gates(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "read_gates")
    for rows in FILES:
        with scratch_file(",".join(COLUMNS), *map(written, rows)) as path:
            found = call_with_file(sandbox, answer, path)
        expect(found is not None, "The function returns nothing. Return the data frame.")
        expect_type(found, pd.DataFrame, "a data frame")
        expect(
            sorted(map(str, found.columns)) == sorted(COLUMNS),
            f"The columns are {', '.join(map(str, found.columns))}; expected are the file's own.",
        )
        whole = sum("-" not in row for row in rows)
        expect(
            len(found) == len(rows),
            f"The file has {len(rows)} rows, the frame {len(found)}."
            + (" A row with a missing value is still a row." if len(found) == whole else ""),
        )
        for name, texts in zip(COLUMNS, zip(*rows, strict=True), strict=True):
            for value, text in zip(found[name].tolist(), texts, strict=True):
                expect_value(name, value, text)
    return "That is it. Nothing was guessed: types and missing values are what you declared."


def written(row: tuple[str, ...]) -> str:
    """A row as a line of CSV: a text with a comma is in quotation marks."""
    return ",".join(f'"{text}"' if "," in text else text for text in row)


def expect_value(name: str, value: Any, text: str) -> None:
    if text == "-":
        expect(
            is_missing(value),
            f"In column {name}, {value!r} stands where the file has `-`: a missing value. "
            "`na_values` says what is missing.",
        )
        return
    expect(
        not is_missing(value),
        f"In column {name}, {text!r} from the file is missing in the frame. Only `-` is a missing "
        "value. pandas takes some texts for missing unless you switch its own list off.",
    )
    if name == "seats":
        expect_seats(value, text)
    else:
        expect(
            isinstance(value, str) and value == text,
            f"In column {name}, {value!r} stands where the file has {text!r}. It is a text, and is "
            "to stay as it is written.",
        )


def expect_seats(value: Any, text: str) -> None:
    expect(
        not isinstance(value, str),
        f"The seats are text ({value!r}); they are to be whole numbers.",
    )
    expect(
        not isinstance(value, float),
        f"The seats are floats: {value!r}. A column of plain whole numbers has no place for a "
        "missing one; pandas has a type that has.",
    )
    expect(
        isinstance(value, Integral) and not isinstance(value, bool) and value == int(text),
        f"The seats are {value!r} where the file has {text}.",
    )


def is_missing(value: Any) -> bool:
    missing = pd.isna(value)
    return isinstance(missing, bool) and missing


def solution_read_gates() -> Any:
    def read_gates(path):
        types = {"airline": "str", "gate": "str", "seats": "Int64"}
        return pd.read_csv(path, dtype=types, keep_default_na=False, na_values=["-"])

    return read_gates


EXERCISE = Exercise(
    id="8.1",
    title="Read what is written",
    check=check_read_gates,
    hints=(
        "Three arguments of `pd.read_csv` are needed: one for the types, two for what is missing.",
        '`dtype` takes a dict: `"str"` for text, `"Int64"` for whole numbers that may be missing.',
        '`keep_default_na=False` switches pandas\' list off, `na_values=["-"]` gives it yours.',
    ),
    solution=solution_read_gates,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
)
