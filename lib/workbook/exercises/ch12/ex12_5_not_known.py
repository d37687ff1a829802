"""Exercise 12.5: what is missing is left out of a page's text, and never shown as nan."""

# The solution stands here as one would type it into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import insert, select

from lib.database import Database
from lib.models import Plane
from lib.workbook.course.exercise import Exercise, Sandbox, Word, Wrong, expect, expect_function
from lib.workbook.exercises.ch12 import ex12_5_not_known_answers as answers
from lib.workbook.exercises.slips import slip

Row = tuple[str, str | None, int | None, int | None]  # tailnum, manufacturer, year, seats
# Each of the three is missing alone, with another, and with all; 0 and a text "nan" are there.
FLEET: tuple[Row, ...] = (
    ("N60QQ", "EMBRAER", 2004, 55),
    ("N50QQ", None, 1999, 0),
    ("N10QQ", "BOEING", None, 149),
    ("N40QQ", None, None, None),
    ("N20QQ", "AIRBUS INDUSTRIE", 2012, None),
    ("N30QQ", "nan", 1980, 20),
    ("N70QQ", None, None, 8),
    ("N80QQ", "CESSNA", 1956, 200),
)
COLUMNS = ("tailnum", "manufacturer", "year", "seats")
# In each of these, pandas has other types: floats, whole numbers, objects.
PARTS: tuple[tuple[str, tuple[Row, ...]], ...] = (
    ("Of eight planes", FLEET),
    ("Of two planes of which all is known", (FLEET[0], FLEET[7])),
    ("Of one plane of which no more is known", (FLEET[3],)),
    ("Of two planes without a manufacturer", (FLEET[1], FLEET[6])),
    ("Of two rows that are the same, and another one", (FLEET[7], FLEET[0], FLEET[7])),
    ("Of no planes", ()),
)


def told(row: Row) -> str:
    """The text that is right for a plane."""
    tailnum, manufacturer, year, seats = row
    parts = [manufacturer, year, None if seats is None else f"{seats} seats"]
    return " · ".join([tailnum, *(str(part) for part in parts if part is not None)])


def asked(db: Database, rows: tuple[Row, ...]) -> pd.DataFrame:
    """These planes as `db.query` returns them, in this order, which is none of the table's."""
    question = select(*(Plane.__table__.c[name] for name in COLUMNS))
    frame = db.query(question.where(Plane.tailnum.in_([row[0] for row in rows])))
    places = [frame.index[frame["tailnum"] == row[0]][0] for row in rows]
    found = frame.loc[places]
    return found if found.index.is_unique else found.reset_index(drop=True)


def check_describe(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "describe")
    db = sandbox.empty
    with db.engine.begin() as connection:
        Plane.metadata.tables["planes"].create(connection)
        values = [dict(zip(COLUMNS, row, strict=True)) for row in FLEET]
        connection.execute(insert(Plane), values)
    for when, rows in PARTS:
        planes = asked(db, rows)
        given = planes.copy()
        found = sandbox.call(answer, given)
        expect(
            isinstance(found, list),
            f"A list is asked for; your function returns {type(found).__name__}.",
        )
        expect(
            len(found) == len(rows),
            f"{when} you return {len(found)} texts, for {len(rows)} rows.",
        )
        for text, row in zip(found, rows, strict=True):
            expect(
                isinstance(text, str) and text == told(row),
                f"{when}, one is told as {text!r:.90}; {told(row)!r} is right.{reason(text, row)}",
            )
        expect(
            given.equals(planes) and list(given.columns) == list(planes.columns),
            f"{when}: the frame that was handed over is another one afterwards.",
        )
    return "That is it. What is known stands there, and what is not known does not."


def reason(text: Any, row: Row) -> str:
    """Why the text is as it is, where it shows."""
    words = str(text).split(" · ")
    shown = {word.removesuffix(" seats").lower() for word in words[1:]} - {row[1]}
    if shown & {"nan", "none", "<na>"}:
        return (
            " A missing value is shown. NaN counts as true, and is not None: ask `pd.isna(value)`."
        )
    if row[3] == 0 and told(row).removesuffix(" · 0 seats") == text:
        return " 0 is a number that is known; only it counts as false."
    if any(word.endswith(".0") for word in shown):
        return (
            " Where one year is missing, pandas keeps all of them as floats. `int(value)` makes a "
            "whole number of one that is there."
        )
    return ""


def solution_describe() -> Any:
    def describe(planes):
        texts = []
        for plane in planes.itertuples():
            parts = [plane.tailnum]
            if pd.notna(plane.manufacturer):
                parts.append(plane.manufacturer)
            if pd.notna(plane.year):
                parts.append(f"{int(plane.year)}")
            if pd.notna(plane.seats):
                parts.append(f"{int(plane.seats)} seats")
            texts.append(" · ".join(parts))
        return texts

    return describe


SLIP_SEATS = ("if pd.notna(plane.seats):", "if pd.notna(plane.seats) and plane.seats:")
EXERCISE = Exercise(
    id="12.5",
    title="What is not known",
    check=check_describe,
    hints=(
        "`planes.itertuples()` gives row by row. Collect what is there in a list, and join it "
        'with `" · ".join(parts)`.',
        "`pd.notna(value)` is true for what is there, whatever type its column has. "
        '`f"{int(value)}"` makes a whole number\'s text of 2004.0.',
    ),
    solution=solution_describe,
    also_right=(
        answers.described_by_dicts,
        answers.described_by_types,
        answers.described_row_by_row,
        answers.described_by_itself,
    ),
    words=(
        Word("Write `describe(planes)`", "five calls", answers.described_as_one_text),
        Word(
            "`planes` is a data frame as `db.query` returns it",
            "columns of floats, of whole numbers, and without any value",
            answers.asked_for_none,
        ),
        Word(
            "with the columns `tailnum`, `manufacturer`, `year` and `seats`",
            "planes of which all is known",
            slip(solution_describe, ('f"{int(plane.seats)} seats"', 'f"{int(plane.seats)}"')),
        ),
        Word(
            "a list with a text for each row",
            "eight rows, three of which two are the same, two, one and none",
            slip(
                solution_describe, ("planes.itertuples()", "planes.drop_duplicates().itertuples()")
            ),
        ),
        Word(
            "The frame itself is not changed",
            "each frame, afterwards",
            answers.filled_in_place,
        ),
        Word(
            "in their order",
            "rows in another order than that of the table",
            slip(
                solution_describe,
                ("planes.itertuples()", 'planes.sort_values("tailnum").itertuples()'),
            ),
        ),
        Word(
            "such as `N10156 · EMBRAER · 2004 · 55 seats`",
            "planes of which all is known",
            slip(solution_describe, ('" · ".join', '", ".join')),
        ),
        Word(
            "Only `tailnum` is always there",
            "a plane of which only that is known, alone and among others",
            answers.in_quotation_marks,
        ),
        Word(
            "What is missing is left out, together with its dot: `N0EGMQ` alone is a whole text",
            "each of the three missing, alone and together",
            answers.told_as_unknown,
        ),
        Word("0 seats are known", "a plane with 0 seats", slip(solution_describe, SLIP_SEATS)),
        Word(
            "whole numbers",
            "years among which one is missing",
            slip(solution_describe, ("int(plane.year)", "plane.year")),
        ),
    ),
    wrong=(
        Wrong(
            answers.filled_in_place,
            "the frame that was handed over is another one afterwards",
            "fills in what is missing, in the caller's own frame",
        ),
        Wrong(
            slip(
                solution_describe, ("planes.itertuples()", "planes.drop_duplicates().itertuples()")
            ),
            "you return 2 texts, for 3 rows",
            "tells two rows that are the same once",
        ),
        Wrong(
            answers.in_quotation_marks,
            "A missing value is shown",
            "puts into the text whatever the frame holds",
        ),
        Wrong(
            answers.asked_for_true,
            "NaN counts as true",
            "takes what is missing for false",
        ),
        Wrong(
            answers.asked_for_none,
            "is not None: ask `pd.isna(value)`",
            "expects None, as a row of the driver has it",
        ),
        Wrong(
            answers.asked_for_itself,
            "A missing value is shown",
            "knows that NaN is not equal to itself; None is",
        ),
        Wrong(
            answers.asked_for_its_text,
            "'N30QQ · nan · 1980 · 20 seats' is right",
            "looks at the text of the value, and leaves out a text that is there",
        ),
        Wrong(
            slip(solution_describe, SLIP_SEATS),
            "0 is a number that is known",
            "leaves out 0 with what is missing",
        ),
        Wrong(
            slip(solution_describe, ("int(plane.year)", "plane.year")),
            "pandas keeps all of them as floats",
            "shows the year as the frame holds it",
        ),
        Wrong(
            answers.dropped,
            "for 8 rows",
            "drops the planes of which something is missing",
        ),
        Wrong(
            answers.told_as_unknown,
            "'N50QQ · 1999 · 0 seats' is right",
            "says that it is unknown, where it is to be left out",
        ),
    ),
)
