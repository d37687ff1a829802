"""Exercise 8.4: set bad rows apart, so that the counts add up."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from numbers import Integral
from typing import Any

import pandas as pd

from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function
from lib.workbook.exercises.ch08.ex8_4_nothing_vanishes_answers import WORDS, WRONG
from lib.workbook.exercises.ch08.ex8_4_nothing_vanishes_right import ALSO_RIGHT
from lib.workbook.exercises.ch08.looking import call_with_file, scratch_file

BAD_COLUMNS = ["line", "column", "value", "reason"]
Row = tuple[str, str, str]  # the tail number, the seats, and the column that is to be reported
GOOD, TAIL, SEATS = "", "tailnum", "seats"

FILES: tuple[Sequence[Row], ...] = (
    (
        ("N10156", "55", GOOD),
        ("n102UW", "182", TAIL),
        ("N103US", "NA", GOOD),
        ("N104UW", "many", SEATS),
        ("D942DN", "-4", TAIL),
        ("N1234567", "20", TAIL),
        ("N9", "0", GOOD),
    ),
    (
        ("N7", "12.5", SEATS),
        ("N8AA", "007", GOOD),
        ("XN8AA", "8", TAIL),
        ("N", "8", TAIL),
        ("N5EE", "-1", SEATS),
    ),
    # Small letters in each place, one sign too many, and as many signs as there may be.
    (
        ("Na", "1", TAIL),
        ("N1b", "1", TAIL),
        ("N12c4", "1", TAIL),
        ("N1234d", "1", TAIL),
        ("N123456", "1", TAIL),
        ("N12345", "1", GOOD),
        ("NABCDE", "1", GOOD),
        ("N123A-", "1", TAIL),
        ("N 12", "1", TAIL),
        ("N\u0661", "1", TAIL),  # a digit of another script
        ("N\u00c9", "1", TAIL),  # a capital letter that is not one of A to Z
    ),
    # What is nearly a number, or nearly NA; a blank at either end; nothing at all.
    (
        ("N1", "na", SEATS),
        ("N2", "NA ", SEATS),
        ("N3", " 5", SEATS),
        ("N4", "5 ", SEATS),
        ("N5", "", SEATS),
        ("N6", "+5", SEATS),
        ("N7", "5.0", SEATS),
        ("N8", "1e2", SEATS),
        ("N9", "\u0665", SEATS),
        ("N10", "\u00b2", SEATS),
        ("N11", "NaN", SEATS),
        ("N12", "NA5", SEATS),
        ("N13 ", "5", TAIL),
        (" N14", "5", TAIL),
        ("", "5", TAIL),
        ("NA", "5", GOOD),
        ("N15", "123456789012345678901", GOOD),
    ),
    # Rows that are there twice; both columns wrong; then only good rows, only bad ones, and none.
    (("N1", "5", GOOD), ("N1", "5", GOOD), ("x", "y", TAIL), ("x", "y", TAIL), ("", "", TAIL)),
    (("N1", "5", GOOD), ("N2", "NA", GOOD)),
    (("n1", "5", TAIL), ("N2", "x", SEATS)),
    (),
)
TURNED = 3  # the file whose columns stand in the other order


def check_sort_out(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "sort_out")
    for number, rows in enumerate(FILES):
        with scratch_file(*lines_of(rows, turned=number == TURNED)) as path:
            found = call_with_file(sandbox, answer, path)
        expect(
            isinstance(found, (tuple, list))
            and len(found) == 2
            and all(isinstance(part, pd.DataFrame) for part in found),
            "This asks for two data frames: `return good, bad`.",
        )
        good, bad = found
        expect_columns(good, bad)
        expect_all_rows(rows, good, bad)
        expect_good(rows, good)
        expect_bad(rows, bad)
    return "That is it. Each row of the file is in one of the two frames, and nobody has to guess."


def lines_of(rows: Sequence[Row], *, turned: bool) -> list[str]:
    """The lines of a file with these rows, of columns in this order or the other."""
    cells = [(TAIL, SEATS), *((tail, seats) for tail, seats, _ in rows)]
    return [",".join(line[::-1] if turned else line) for line in cells]


def expect_columns(good: pd.DataFrame, bad: pd.DataFrame) -> None:
    lacking = [name for name in BAD_COLUMNS if name not in bad.columns]
    expect(
        not lacking or not len(bad),
        f"The frame of bad rows lacks {', '.join(lacking)}. Those who correct the file need "
        "line, column, value and reason.",
    )
    missing = [name for name in (TAIL, SEATS) if name not in good.columns]
    expect(
        not missing or not len(good),
        f"The frame of good rows lacks {', '.join(missing)}, a column of the file.",
    )


def expect_all_rows(rows: Sequence[Row], good: pd.DataFrame, bad: pd.DataFrame) -> None:
    if len(bad):
        lines = list(map(str, bad["line"]))
        double = sorted({line for line in lines if lines.count(line) > 1})
        expect(
            not double,
            f"Line {', '.join(double[:1])} is reported {lines.count((double or [''])[0])} times. "
            f"There are {len(bad)} faults for {len(set(lines))} rows: report each row once.",
        )
    expect(
        len(good) + len(bad) == len(rows),
        f"The counts do not add up: the file has {len(rows)} rows, {len(good)} are good and "
        f"{len(bad)} are bad. Each row must be in one of the two.",
    )


def expect_good(rows: Sequence[Row], good: pd.DataFrame) -> None:
    wanted = Counter((tail, seats) for tail, seats, fault in rows if not fault)
    kept = list(good[[TAIL, SEATS]].itertuples(index=False, name=None)) if len(good) else []
    for row in kept:
        other = [value for value in row if not isinstance(value, str)]
        expect(
            not other,
            f"In the good rows, {other[:1]} is not the text of the file. Read all columns as text, "
            'with `dtype="str"` and `keep_default_na=False`.',
        )
    found = Counter(kept)
    in_file = {(tail, seats) for tail, seats, _ in rows}
    for row in found:
        expect(
            row in in_file,
            f"The row {row!r} is among the good ones, and in the file there is none of this text. "
            "Keep the values as they are written.",
        )
        expect(row in wanted, f"The row {row!r} is among the good ones, and breaks a rule.")
    for row, count in wanted.items():
        expect(
            row in found,
            f"The row {row!r} is good, and is not among the good ones.",
        )
        expect(
            found[row] == count,
            f"The row {row!r} is {count} times in the file, and {found[row]} times among the good "
            "ones.",
        )


def expect_bad(rows: Sequence[Row], bad: pd.DataFrame) -> None:
    wanted = {
        line: (fault, tail if fault == TAIL else seats)
        for line, (tail, seats, fault) in enumerate(rows, start=2)
        if fault
    }
    reported = bad.to_dict("records") if len(bad) else []
    lines = [row["line"] for row in reported]
    expect(
        all(isinstance(line, Integral) for line in lines),
        f"The lines are {lines[:3]!r}: they are to be whole numbers.",
    )
    expect(
        sorted(map(int, lines)) == sorted(wanted),
        f"You report the lines {', '.join(map(str, sorted(map(int, lines))))}; the bad rows are in "
        f"{', '.join(map(str, wanted))}. The header is line 1, and the first row is line 2.",
    )
    for row in reported:
        line = int(row["line"])
        column, value = wanted[line]
        expect(
            row["column"] == column,
            f"In line {line}, {column} is to be reported; you report {row['column']!r}."
            + (
                " When both columns are wrong, it is the tail number."
                if column == TAIL and row["column"] == SEATS
                else ""
            ),
        )
        expect(
            isinstance(row["value"], str) and row["value"] == value,
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
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
)
