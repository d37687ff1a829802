"""Exercise 13.2: the rows that speak against a key."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import pandas as pd

from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function, expect_type
from lib.workbook.exercises.ch13.ex13_2_against_the_key_answers import ALSO_RIGHT, WORDS, WRONG


def frame_of(rows: str, *, start: int = 2) -> pd.DataFrame:
    """Return rows such as "m1 10 a; m1 11 -" with their lines as index.

    A - is a missing value, a ~ an empty text, a _ a blank.
    """
    values = [
        [None if text == "-" else text.replace("_", " ").replace("~", "") for text in row.split()]
        for row in rows.split(";")
    ]
    lines = range(start, start + len(values))
    return pd.DataFrame(values, columns=["meter", "time", "note"], index=lines, dtype=object)


# What it shows, the frame, the key, and the lines of the rows that speak against it.
CASES: tuple[tuple[str, pd.DataFrame, list[str], list[int]], ...] = (
    ("a key that holds", frame_of("a 1 x; a 2 x; b 1 x"), ["meter", "time"], []),
    ("a key of one column", frame_of("a 1 x; b 1 x; a 2 y"), ["meter"], [2, 4]),
    (
        "one key that three rows have",
        frame_of("a 1 x; b 1 x; a 1 y; a 1 z; b 2 x"),
        ["meter", "time"],
        [2, 4, 5],
    ),
    (
        "two keys that are there twice, mixed",
        frame_of("b 2 x; a 1 x; b 2 y; c 3 x; a 1 y"),
        ["meter", "time"],
        [2, 3, 4, 6],
    ),
    (
        "rows that are the same in all columns",
        frame_of("a 1 x; a 1 x; b 1 x"),
        ["time", "meter"],
        [2, 3],
    ),
    (
        "missing values",
        frame_of("a - x; a 1 x; - 1 x; a 2 -; b - x; - - x"),
        ["meter", "time"],
        [2, 4, 6, 7],
    ),
    ("empty texts", frame_of("a ~ x; a 1 x; ~ 1 x; b ~ x"), ["meter", "time"], []),
    ("texts that run together", frame_of("1 11 x; 11 1 x; 1_1 1 x"), ["meter", "time"], []),
    ("capital letters and blanks", frame_of("a 1 x; A 1 x; a_ 1 x"), ["meter", "time"], []),
    ("a key of all columns", frame_of("a 1 x; a 1 y; a 2 x"), ["meter", "time", "note"], []),
    (
        "lines that do not begin at 2",
        frame_of("a 1 x; b 1 x; b 1 y", start=40),
        ["meter", "time"],
        [41, 42],
    ),
    ("no row", frame_of("a 1 x").iloc[:0], ["meter"], []),
)


def check_against(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "against")
    for what, frame, key, lines in CASES:
        expect_right(answer, sandbox, what, frame, key, frame.loc[lines])
    frame = frame_of("a 1 x; b 1 x; a 1 y; b 2 z")
    wanted = frame.loc[[2, 4]].set_axis([9, 5])
    what = "an index that is not sorted"
    expect_right(answer, sandbox, what, frame.set_axis([9, 3, 5, 7]), ["time", "meter"], wanted)
    return "That is it. Where it returns no row, the key is proved, for this file."


def expect_right(
    answer: Any,
    sandbox: Sandbox,
    what: str,
    frame: pd.DataFrame,
    key: list[str],
    wanted: pd.DataFrame,
) -> None:
    """Expect these rows of the frame, which must be as before."""
    given = frame.copy()
    found = sandbox.call(answer, given, list(key))
    expect(found is not None, "The function returns nothing. Return the rows.")
    expect_type(found, pd.DataFrame, "a data frame")
    expect(
        given.equals(frame) and list(given.columns) == list(frame.columns),
        f"With {what}, the frame that was handed over is another one afterwards.",
    )
    expect_rows(found, wanted, f"With {what}, and the key {', '.join(key)}")


def expect_rows(found: Any, wanted: pd.DataFrame, where: str) -> None:
    lines = list(wanted.index)
    expect(
        list(map(str, found.columns)) == list(wanted.columns),
        f"{where}, the columns are {', '.join(map(str, found.columns))}; expected are the frame's.",
    )
    index = list(found.index)
    expect(
        len(index) == len(lines),
        f"{where}, {len(lines)} rows speak against it, those of the lines {lines}; your function "
        f"returns {len(index)}.",
    )
    expect(
        index == lines,
        f"{where}, the rows have the lines {lines}; your function returns {index}. They keep "
        "their order and their index.",
    )
    same = all(
        (pd.isna(one) and pd.isna(other)) or one == other
        for one, other in zip(found.to_numpy().ravel(), wanted.to_numpy().ravel(), strict=True)
    )
    expect(same, f"{where}, the rows have other values than in the frame.")


def solution_against() -> Any:
    def against(frame, key):
        missing = frame[key].isna().any(axis="columns")
        repeated = frame.duplicated(key, keep=False)
        return frame[missing | repeated]

    return against


EXERCISE = Exercise(
    id="13.2",
    title="What speaks against a key",
    check=check_against,
    hints=(
        "Two masks over the rows, and the rows for which one of them is true.",
        "`frame.duplicated` takes the columns, and `keep=` says which of the repeated rows it "
        "leaves out: `False` leaves out none.",
        '`frame[key].isna().any(axis="columns")` is true where a column of the key is missing.',
    ),
    solution=solution_against,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
)
