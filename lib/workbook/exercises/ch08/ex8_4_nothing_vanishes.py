"""Exercise 8.4: set bad rows apart, so that the counts add up."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch08.looking import scratch_file

BAD_COLUMNS = ["line", "column", "value", "reason"]

# Each row, and the column that is to be reported.
FILES: tuple[Sequence[tuple[str, str, str]], ...] = (
    (
        ("N10156", "55", ""),
        ("n102UW", "182", "tailnum"),
        ("N103US", "NA", ""),
        ("N104UW", "many", "seats"),
        ("D942DN", "-4", "tailnum"),
        ("N1234567", "20", "tailnum"),
        ("N9", "0", ""),
    ),
    (
        ("N7", "12.5", "seats"),
        ("N8AA", "007", ""),
        ("XN8AA", "8", "tailnum"),
        ("N", "8", "tailnum"),
        ("N5EE", "-1", "seats"),
    ),
)


def check_sort_out(answer: Any, bench: Bench) -> str:
    expect_function(answer, "sort_out")
    for rows in FILES:
        lines = [f"{tail},{seats}" for tail, seats, _ in rows]
        with scratch_file("tailnum,seats", *lines) as path:
            found = bench.call(answer, path)
        expect(
            isinstance(found, tuple | list)
            and len(found) == 2
            and all(isinstance(part, pd.DataFrame) for part in found),
            "This asks for two data frames: `return good, bad`.",
        )
        good, bad = found
        _expect_bad_shape(bad)
        _expect_sorted(rows, good, bad)
        _expect_bad(rows, bad)
    return "That is it. Each row of the file is in one of the two frames, and nobody has to guess."


def _expect_bad_shape(bad: pd.DataFrame) -> None:
    lacking = [name for name in BAD_COLUMNS if name not in bad.columns]
    expect(
        not lacking,
        f"The frame of bad rows lacks {', '.join(lacking)}. Whoever is to correct the file needs "
        "line, column, value and reason.",
    )


def _expect_sorted(
    rows: Sequence[tuple[str, str, str]], good: pd.DataFrame, bad: pd.DataFrame
) -> None:
    expect(
        not bad["line"].duplicated().any(),
        f"{len(bad)} faults are reported for {bad['line'].nunique()} rows: a row with two faults "
        "is there twice. Count rows, not faults.",
    )
    read = len(rows)
    expect(
        len(good) + len(bad) == read,
        f"The counts do not add up: the file has {read} rows, {len(good)} are good and {len(bad)} "
        "are bad. Each row must be in one of the two.",
    )
    expect(
        {"tailnum", "seats"} <= set(good.columns),
        "The frame of good rows lacks a column of the file.",
    )
    wanted = [(tail, seats) for tail, seats, fault in rows if not fault]
    kept = list(good[["tailnum", "seats"]].itertuples(index=False, name=None))
    for tail, seats in kept:
        expect(
            isinstance(tail, str) and isinstance(seats, str),
            f"In the good rows, {seats!r} is not the text of the file. Read all columns as text, "
            'with `dtype="str"` and `keep_default_na=False`.',
        )
    for row in kept:
        expect(
            row in wanted,
            f"The row {','.join(row)} is among the good ones. Does your pattern look at the whole "
            "value?",
        )
    for row in wanted:
        expect(row in kept, f"The row {','.join(row)} is good, and is not among the good ones.")


def _expect_bad(rows: Sequence[tuple[str, str, str]], bad: pd.DataFrame) -> None:
    wanted = {
        line: (fault, tail if fault == "tailnum" else seats)
        for line, (tail, seats, fault) in enumerate(rows, start=2)
        if fault
    }
    found = {int(row["line"]): row for row in bad.to_dict("records")}
    if set(found) != set(wanted):
        shown, right = (", ".join(map(str, sorted(each))) for each in (found, wanted))
        expect(
            False,
            f"The bad rows stand in the lines {right} of the file; you report {shown}. The index "
            "of a frame begins at 0, the header is line 1, and the first row is line 2.",
        )
    for line, (column, value) in wanted.items():
        row = found[line]
        expect(
            row["column"] == column,
            f"In line {line}, {column} is at fault; you report {row['column']!r}.",
        )
        expect(
            row["value"] == value,
            f"In line {line} the file has {value!r}; you report {row['value']!r}. Report the value "
            "as it is written, before any conversion.",
        )
        expect(
            isinstance(row["reason"], str) and row["reason"].strip(),
            f"For line {line} there is no reason.",
        )


def solution_sort_out() -> Any:
    def sort_out(path):
        rows = pd.read_csv(path, dtype="str", keep_default_na=False)
        rules = {
            "tailnum": ("N[0-9A-Z]{1,5}", "not a US tail number"),
            "seats": ("[0-9]+|NA", "not a number of seats"),
        }
        good, bad = rows, []
        for column, (pattern, reason) in rules.items():
            fits = good[column].str.fullmatch(pattern)
            for index, value in good.loc[~fits, column].items():
                fault = {"line": index + 2, "column": column, "value": value, "reason": reason}
                bad.append(fault)
            good = good[fits]
        return good, pd.DataFrame(bad, columns=["line", "column", "value", "reason"])

    return sort_out


def sort_out_row_by_row() -> Any:
    import csv
    import re

    def sort_out(path):
        good, bad = [], []
        with open(path, encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            for row in reader:
                if not re.fullmatch("N[0-9A-Z]{1,5}", row["tailnum"]):
                    bad.append((reader.line_num, "tailnum", row["tailnum"], "no tail number"))
                elif row["seats"] != "NA" and not re.fullmatch("[0-9]+", row["seats"]):
                    bad.append((reader.line_num, "seats", row["seats"], "no number"))
                else:
                    good.append(row)
        columns = ["line", "column", "value", "reason"]
        return pd.DataFrame(good), pd.DataFrame(bad, columns=columns)

    return sort_out


def _in_pandas(*, line: int = 2, once: bool = True, whole: bool = True, drop: bool = False) -> Any:
    """The solution, with one thing done otherwise."""

    def sort_out(path):
        rows = pd.read_csv(path, dtype="str", keep_default_na=False)
        rules = {"tailnum": "N[0-9A-Z]{1,5}", "seats": "[0-9]+|NA"}
        good, bad = rows, []
        for column, pattern in rules.items():
            looked_at = good if once else rows
            words = looked_at[column].str
            fits = words.fullmatch(pattern) if whole else words.match(pattern)
            for index, value in looked_at.loc[~fits, column].items():
                bad.append(
                    {"line": index + line, "column": column, "value": value, "reason": "wrong"}
                )
            good = good[fits.reindex(good.index)]
        faults = pd.DataFrame([] if drop else bad, columns=BAD_COLUMNS)
        return good, faults

    return sort_out


def sort_out_by_index() -> Any:
    return _in_pandas(line=0)


def sort_out_faults() -> Any:
    return _in_pandas(once=False)


def sort_out_beginning() -> Any:
    return _in_pandas(whole=False)


def sort_out_dropped() -> Any:
    return _in_pandas(drop=True)


def sort_out_converted() -> Any:
    def sort_out(path):
        rows = pd.read_csv(path)
        rows["seats"] = pd.to_numeric(rows["seats"], errors="coerce")
        fits = rows["tailnum"].str.fullmatch("N[0-9A-Z]{1,5}")
        bad = rows[~fits]
        faults = pd.DataFrame({"line": bad.index + 2, "value": bad["tailnum"]})
        return rows[fits], faults.assign(column="tailnum", reason="not a tail number")

    return sort_out


EXERCISE = Exercise(
    id="8.4",
    title="Nothing vanishes",
    check=check_sort_out,
    hints=(
        'Read everything as text: `dtype="str"` and `keep_default_na=False`. Then nothing is '
        "converted before you have judged it.",
        "`rows[column].str.fullmatch(pattern)` is True where the whole value fits the pattern. "
        "`[0-9]+|NA` is a pattern for the seats.",
        "Judge the tail numbers first, and look for wrong seats only in the rows that are left. "
        "The row with index 0 stands in line 2 of the file.",
    ),
    solution=solution_sort_out,
    also_right=(sort_out_row_by_row,),
    wrong=(
        Wrong(sort_out_by_index, "the first row is line 2", "takes the frame's index for the line"),
        Wrong(sort_out_faults, "Count rows, not faults", "reports a row once for each fault"),
        Wrong(
            sort_out_beginning,
            "look at the whole value",
            "uses match, which is content with the beginning of a value",
        ),
        Wrong(sort_out_dropped, "The counts do not add up", "drops the bad rows"),
        Wrong(
            sort_out_converted,
            "is not the text of the file",
            "converts first: a value that does not fit becomes a missing one, and counts as good",
        ),
    ),
)
