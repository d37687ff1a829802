"""Exercise 7.1: a rename that keeps the data."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import IntegrityError

from lib.database import Database
from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function
from lib.workbook.exercises.ch07.ex7_1_rename_answers import WORDS, WRONG
from lib.workbook.exercises.ch07.ex7_1_rename_right import ALSO_RIGHT
from lib.workbook.exercises.ch07.running import (
    Run,
    columns_of,
    expect_no_new_sqlite,
    expect_ran,
    expect_same_shape,
    for_mysql,
    make,
    put,
    rows_of,
    run,
    shape_of,
    type_for_mysql,
)

PLANES = sa.Table(
    "planes",
    sa.MetaData(),
    sa.Column("tailnum", sa.String(6), primary_key=True),
    sa.Column("year", sa.SmallInteger()),
    sa.Column("seats", sa.SmallInteger(), nullable=False),
    sa.Column("engine", sa.String(24)),
)
# Two of one year, one of the year 0, one without; and what is empty in another column.
ROWS = [
    ("N10156", 2004, 55, "Turbo-fan"),
    ("N102UW", 1998, 182, None),
    ("N14228", None, 149, ""),
    ("N24211", 1998, 149, "Turbo-jet"),
    ("N3ZERO", 0, 2, "4 Cycle"),
]


def check_rename(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "rename_year")
    with Database("sqlite://") as lite:  # its rules are the stricter ones: always asked first
        moved = judge_on(lite, answer, sandbox, "On SQLite")
    if sandbox.empty.dialect.name != "sqlite":
        judge_on(sandbox.empty, answer, sandbox, "On MySQL")
    if moved:
        return (
            "Every value is there. You have made a new column and copied into it: it stands last "
            "now, and each row has been written again. Alembic can rename in one step, which "
            "leaves the rest as it is."
        )
    return "That is it. One column, another name, every value in its row."


def judge_on(db: Database, answer: Any, sandbox: Sandbox, where: str) -> bool:
    """Judge the answer on this database; tell whether the column is at another place after it."""
    make(db, PLANES)
    put(db, PLANES, *ROWS)
    before = shape_of(db, "planes")
    ran = run(sandbox, db, answer)
    expect_for_mysql(sandbox, answer)
    expect_to_run(ran, where)
    columns = columns_of(db, "planes")
    expect(columns, f"{where}, the table `planes` is not there any more.")
    expect("built" in columns, f"`planes` has no column `built`. It has: {', '.join(columns)}.")
    expect_same_shape(before, shape_of(db, "planes"), where, "the column built", "the column year")
    expect_values(db)
    built = columns["built"]
    expect(
        isinstance(built["type"], sa.SmallInteger),
        f"`built` is of type {built['type']}; `year` was a small integer.",
    )
    expect(built["nullable"], "`built` must not be empty now; `year` was allowed to.")
    expect(
        built["default"] in (None, "NULL"),
        f"`built` has a default now, {built['default']}; `year` had none.",
    )
    return list(columns)[1] != "built"


def expect_for_mysql(sandbox: Sandbox, answer: Any) -> None:
    """Expect that the rename is only a rename on MySQL, which repeats the column's definition."""
    script, refusal = for_mysql(sandbox, answer)
    expect(
        refusal is None,
        f"On MySQL it fails: {refusal} The rename repeats the whole definition of the column "
        "there. Give `existing_type`.",
    )
    repeated = type_for_mysql(script, "built")
    expect(
        repeated in ("", "SMALLINT"),
        f"On MySQL the rename repeats the column's type, and `built` would become {repeated}. "
        "`existing_type` must be the type that `year` has.",
    )
    expect(
        not re.search(r"\bbuilt`? \w+ NOT NULL", script),
        "On MySQL the rename repeats the column's definition, and yours says NOT NULL: `built` "
        "could not be empty any more.",
    )


def expect_to_run(ran: Run, where: str) -> None:
    expect_no_new_sqlite(
        ran,
        "A rename needs nothing of it: `nullable` and `type_` ask for a second change of the "
        "column.",
    )
    expect(
        not ran.of(IntegrityError),
        f"{where} your function fails with an IntegrityError in `{ran.statement[:60]}...`: there "
        "is a plane without a year. `built` may stay empty, as `year` may.",
    )
    expect_ran(ran, where)


def expect_values(db: Database) -> None:
    """Expect each value in its row; the first plane with another one is named."""
    found = dict(rows_of(db, "planes", "tailnum", "built"))
    expect(
        set(found) == {tailnum for tailnum, *_ in ROWS},
        f"`planes` had {len(ROWS)} rows, of {', '.join(row[0] for row in ROWS)}; now it has "
        f"{len(found)}, of {', '.join(map(str, found))}.",
    )
    expect(
        any(built is not None for built in found.values()),
        "No plane has a `built`: all values are gone. To add a column and drop another moves no "
        "value.",
    )
    for tailnum, year, *_ in ROWS:
        expect(
            found[tailnum] == year,
            f"{tailnum} had the year {year}, and has {found[tailnum]!r} as `built`.",
        )
    expect(
        "year" not in columns_of(db, "planes"),
        "`planes` still has `year` besides `built`: two columns that say the same, until one of "
        "them is changed.",
    )
    others = rows_of(db, "planes", "tailnum", "seats", "engine")
    wanted = sorted((row[0], row[2], row[3]) for row in ROWS)
    expect(
        others == wanted,
        f"The other columns are not what they were: {others[:3]}, before {wanted[:3]}.",
    )


def solution_rename() -> Any:
    def rename_year():
        small = sa.SmallInteger()
        op.alter_column("planes", "year", new_column_name="built", existing_type=small)

    return rename_year


EXERCISE = Exercise(
    id="7.1",
    title="Read before you run",
    check=check_rename,
    hints=(
        "A rename is one change of one column, not two changes of two.",
        "`op.alter_column(table, column, new_column_name=...)` renames.",
        "MySQL wants `existing_type` as well: the type that `year` has, `sa.SmallInteger()`.",
    ),
    solution=solution_rename,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=(
        "`op` and `sa` are there, as in a revision. The check runs your function on a table of "
        "its own.",
    ),
)
