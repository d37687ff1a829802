"""Exercise 7.1: a rename that keeps the data."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from alembic import op

from lib.database import Database
from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch07.running import (
    columns_of,
    for_mysql,
    make,
    not_here,
    put,
    rows_of,
    run,
    type_for_mysql,
)

PLANES = sa.Table(
    "planes",
    sa.MetaData(),
    sa.Column("tailnum", sa.String(6), primary_key=True),
    sa.Column("year", sa.SmallInteger()),
    sa.Column("seats", sa.SmallInteger(), nullable=False),
)
ROWS = [("N10156", 2004, 55), ("N102UW", 1998, 182), ("N14228", None, 149), ("N24211", 1998, 149)]


def check_rename(answer: Any, bench: Bench) -> str:
    expect_function(answer, "rename_year")
    with Database("sqlite://") as lite:  # its rules are the stricter ones: always asked first
        moved = judge_on(lite, answer, bench)
    if bench.empty.dialect.name != "sqlite":
        judge_on(bench.empty, answer, bench)
    if moved:
        return (
            "Every value is there. You have made a new column and copied into it: it stands last "
            "now, each row has been written again, and an index on `year` would be gone. Alembic "
            "can rename in one step, which leaves the rest as it is."
        )
    return "That is it. One column, another name, every value in its row."


def judge_on(db: Database, answer: Any, bench: Bench) -> bool:
    """Judge the answer on this database; tell whether the column is at another place after it."""
    make(db, PLANES)
    put(db, PLANES, *ROWS)
    error = run(bench, db, answer)
    script, refusal = for_mysql(answer)
    expect(
        "existing type" not in f"{error} {refusal}",
        "On MySQL it fails: the rename repeats the whole definition of the column there, and "
        "Alembic asks for its type. Give `existing_type`.",
    )
    expect(
        not any(sign in str(error) for sign in ('near "ALTER"', "NOT NULL constraint"))
        and not re.search(r"\bbuilt`? \w+ NOT NULL", script),
        "Only rename: `built` may stay empty, as `year` may, and keeps its type. Say nothing of "
        "`nullable` or `type_`: they ask for a second change of the column.",
    )
    repeated = type_for_mysql(script, "built")
    expect(
        repeated in ("", "SMALLINT"),
        f"On MySQL the rename repeats the column's type, and `built` would become {repeated}. "
        "`existing_type` must be the type that `year` has.",
    )
    not_here(error, "On the check's table")
    columns = columns_of(db, "planes")
    expect("built" in columns, f"`planes` has no column `built`. It has: {', '.join(columns)}.")
    expect(
        isinstance(columns["built"]["type"], sa.SmallInteger),
        f"`built` is of type {columns['built']['type']}; `year` was a small integer.",
    )
    before = sorted((tailnum, year) for tailnum, year, _ in ROWS)
    after = rows_of(db, "planes", "tailnum", "built")
    empty = [sum(year is None for _, year in rows) for rows in (before, after)]
    expect(
        after == before,
        f"The values are not the same: {empty[1]} of {len(ROWS)} planes have no `built`, and "
        f"{empty[0]} had no `year`. To add a column and drop another moves no value.",
    )
    expect(
        "year" not in columns,
        "`planes` still has `year` besides `built`: two columns that say the same, until one of "
        "them is changed.",
    )
    expect(
        set(columns) == {"tailnum", "built", "seats"}
        and rows_of(db, "planes", "seats") == sorted((seats,) for *_, seats in ROWS),
        "The other columns of `planes` are not what they were.",
    )
    expect(columns["built"]["nullable"], "`built` must not be empty now; `year` was allowed to.")
    return list(columns)[1] != "built"


def solution_rename() -> Any:
    def rename_year():
        small = sa.SmallInteger()
        op.alter_column("planes", "year", new_column_name="built", existing_type=small)

    return rename_year


def rename_in_a_batch() -> Any:
    def rename_year():
        with op.batch_alter_table("planes") as batch:
            batch.alter_column("year", new_column_name="built", existing_type=sa.SmallInteger())

    return rename_year


def rename_by_sql() -> Any:
    def rename_year():
        op.execute("ALTER TABLE planes RENAME COLUMN year TO built")

    return rename_year


def rename_by_copying() -> Any:
    def rename_year():
        op.add_column("planes", sa.Column("built", sa.SmallInteger()))
        op.execute("UPDATE planes SET built = year")
        op.drop_column("planes", "year")

    return rename_year


def rename_by_copying_what_is_known() -> Any:
    def rename_year():
        with op.batch_alter_table("planes") as batch:
            batch.add_column(sa.Column("built", sa.SmallInteger()))
        op.execute("UPDATE planes SET built = year WHERE year IS NOT NULL")
        with op.batch_alter_table("planes") as batch:
            batch.drop_column("year")

    return rename_year


def rename_as_written() -> Any:
    def rename_year():
        op.add_column("planes", sa.Column("built", sa.SmallInteger(), nullable=True))
        op.drop_column("planes", "year")

    return rename_year


def rename_keeps_both() -> Any:
    def rename_year():
        op.add_column("planes", sa.Column("built", sa.SmallInteger()))
        op.execute("UPDATE planes SET built = year")

    return rename_year


def rename_without_type() -> Any:
    def rename_year():
        op.alter_column("planes", "year", new_column_name="built")

    return rename_year


def rename_with_the_type_from_above() -> Any:
    def rename_year():
        text = sa.String(64)
        op.alter_column("planes", "year", new_column_name="built", existing_type=text)

    return rename_year


def rename_and_forbid_empty() -> Any:
    def rename_year():
        small = sa.SmallInteger()
        op.alter_column(
            "planes", "year", new_column_name="built", existing_type=small, nullable=False
        )

    return rename_year


def rename_and_forbid_empty_in_a_batch() -> Any:
    def rename_year():
        small = sa.SmallInteger()
        with op.batch_alter_table("planes") as batch:
            batch.alter_column("year", new_column_name="built", existing_type=small, nullable=False)

    return rename_year


def rename_with_a_new_type() -> Any:
    def rename_year():
        op.alter_column("planes", "year", new_column_name="built", type_=sa.SmallInteger())

    return rename_year


def rename_by_copying_into_another_type() -> Any:
    def rename_year():
        op.add_column("planes", sa.Column("built", sa.String(4)))
        op.execute("UPDATE planes SET built = year")
        op.drop_column("planes", "year")

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
    also_right=(
        rename_in_a_batch,
        rename_by_sql,
        rename_by_copying,
        rename_by_copying_what_is_known,
    ),
    wrong=(
        Wrong(
            rename_as_written,
            "moves no value",
            "trusts what autogenerate wrote; does not see that drop and add move no value",
        ),
        Wrong(
            rename_keeps_both,
            "still has `year`",
            "copies, and does not finish: takes a second column for a rename",
        ),
        Wrong(
            rename_without_type,
            "Give `existing_type`",
            "tried it on SQLite only, where the rename needs no type",
        ),
        Wrong(
            rename_with_the_type_from_above,
            "would become VARCHAR(64)",
            "copies the type with the line; on SQLite it makes no difference",
        ),
        Wrong(
            rename_and_forbid_empty,
            "Only rename",
            "makes two changes of one, and the second is not wanted",
        ),
        Wrong(
            rename_and_forbid_empty_in_a_batch,
            "Only rename",
            "the same in a batch, where a plane without a year stops it",
        ),
        Wrong(
            rename_with_a_new_type,
            "Only rename",
            "takes `type_`, which changes the type, for the type that the column has",
        ),
        Wrong(
            rename_by_copying_into_another_type,
            "is of type VARCHAR(4)",
            "copies, and lets the type change on the way",
        ),
    ),
)
