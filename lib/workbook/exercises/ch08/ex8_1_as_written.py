"""Exercise 8.1: read a CSV file without losing what it says."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import pandas as pd

from lib.workbook.course.exercise import (
    Bench,
    Exercise,
    Wrong,
    expect,
    expect_function,
    expect_type,
)
from lib.workbook.exercises.ch08.looking import scratch_file

COLUMNS = ["airline", "gate", "seats"]
FILES = (
    [("NA", "07", "120"), ("UA", "-", "-"), ("B6", "1E5", "0")],
    [("AA", "010", "-"), ("NA", "-", "95"), ("-", "22", "4")],
)


def check_read_gates(answer: Any, bench: Bench) -> str:
    expect_function(answer, "read_gates")
    for rows in FILES:
        with scratch_file(",".join(COLUMNS), *(",".join(row) for row in rows)) as path:
            found = bench.call(answer, path)
        expect(found is not None, "The function returns nothing. Return the data frame.")
        expect_type(found, pd.DataFrame, "a data frame")
        expect(
            list(found.columns) == COLUMNS,
            f"The columns are {', '.join(map(str, found.columns))}; expected are the file's own.",
        )
        expect(
            len(found) == len(rows),
            f"The file has {len(rows)} rows, the frame {len(found)}. A row with a missing value is "
            "still a row.",
        )
        for name, texts in zip(COLUMNS, zip(*rows, strict=True), strict=True):
            for value, text in zip(found[name].tolist(), texts, strict=True):
                _expect_value(name, value, text)
    return "That is it. Nothing was guessed: types and missing values are what you declared."


def _expect_value(name: str, value: Any, text: str) -> None:
    if text == "-":
        expect(
            pd.isna(value),
            f"In column {name}, {value!r} stands where the file has `-`: a missing value. "
            "`na_values` says what is missing.",
        )
        return
    if name == "airline":
        expect(
            not pd.isna(value),
            f"The airline {text} is missing from the frame. pandas takes some texts for missing "
            "values unless you switch its own list off.",
        )
    expect(not pd.isna(value), f"In column {name}, {text} from the file is missing in the frame.")
    if name == "seats":
        expect(
            not isinstance(value, str),
            f"The seats are text ({value!r}); they are to be whole numbers.",
        )
        expect(
            not isinstance(value, float),
            f"The seats are floats: {value!r}. A column of plain whole numbers has no place for a "
            "missing one; pandas has a type that has.",
        )
        expect(value == int(text), f"The seats are {value!r} where the file has {text}.")
    else:
        expect(
            value == text,
            f"In column {name}, {value!r} stands where the file has {text!r}. It is a text, even "
            "if it looks like a number.",
        )


def solution_read_gates() -> Any:
    def read_gates(path):
        types = {"airline": "str", "gate": "str", "seats": "Int64"}
        return pd.read_csv(path, dtype=types, keep_default_na=False, na_values=["-"])

    return read_gates


def read_gates_text_first() -> Any:
    def read_gates(path):
        frame = pd.read_csv(path, dtype="str", keep_default_na=False)
        frame = frame.mask(frame == "-")
        frame["seats"] = pd.to_numeric(frame["seats"]).astype("Int64")
        return frame

    return read_gates


def read_gates_guessed() -> Any:
    def read_gates(path):
        return pd.read_csv(path, na_values=["-"])

    return read_gates


def read_gates_default_missing() -> Any:
    def read_gates(path):
        types = {"airline": "str", "gate": "str", "seats": "Int64"}
        return pd.read_csv(path, dtype=types, na_values=["-"])

    return read_gates


def read_gates_floats() -> Any:
    def read_gates(path):
        types = {"airline": "str", "gate": "str"}
        return pd.read_csv(path, dtype=types, keep_default_na=False, na_values=["-"])

    return read_gates


def read_gates_all_text() -> Any:
    def read_gates(path):
        return pd.read_csv(path, dtype="str", keep_default_na=False)

    return read_gates


def read_gates_dropped() -> Any:
    def read_gates(path):
        types = {"airline": "str", "gate": "str", "seats": "Int64"}
        frame = pd.read_csv(path, dtype=types, keep_default_na=False, na_values=["-"])
        return frame.dropna()

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
    also_right=(read_gates_text_first,),
    wrong=(
        Wrong(read_gates_guessed, "The airline NA is missing", "lets pandas guess everything"),
        Wrong(
            read_gates_default_missing,
            "unless you switch its own list off",
            "believes that na_values replaces the list of pandas; it adds to it",
        ),
        Wrong(
            read_gates_floats,
            "The seats are floats",
            "declares what is text and leaves the numbers to a guess",
        ),
        Wrong(
            read_gates_all_text,
            "where the file has `-`: a missing value",
            "keeps everything as text, missing values too",
        ),
        Wrong(
            read_gates_dropped,
            "A row with a missing value is still a row",
            "throws away rows to be rid of missing values",
        ),
    ),
)
