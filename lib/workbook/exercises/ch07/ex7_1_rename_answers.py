"""Exercise 7.1: wrong answers, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from lib.workbook.course.exercise import Word, Wrong

SMALL = sa.SmallInteger()


def rename_with(**options: Any) -> Any:
    """The solution, with other options."""

    def rename_year():
        op.alter_column("planes", "year", new_column_name="built", **options)

    return rename_year


def rename_in_a_batch_with(**options: Any) -> Any:
    """The solution in a batch, with other options."""

    def rename_year():
        with op.batch_alter_table("planes") as batch:
            batch.alter_column("year", new_column_name="built", **options)

    return rename_year


def copying(select: str, *, kind: Any = SMALL, drop: bool = True, after: str = "") -> Any:
    """A new column that is filled by this expression."""

    def rename_year():
        op.add_column("planes", sa.Column("built", kind))
        op.execute(f"UPDATE planes SET built = {select}")
        if drop:
            op.drop_column("planes", "year")
        if after:
            op.execute(after)

    return rename_year


def rename_as_written() -> Any:
    def rename_year():
        op.add_column("planes", sa.Column("built", sa.SmallInteger(), nullable=True))
        op.drop_column("planes", "year")

    return rename_year


def rename_and_lose_the_key() -> Any:
    def rename_year():
        op.execute("CREATE TABLE other AS SELECT tailnum, year AS built, seats, engine FROM planes")
        op.drop_table("planes")
        op.rename_table("other", "planes")

    return rename_year


def rename_to_another_name() -> Any:
    def rename_year():
        op.alter_column("planes", "year", new_column_name="year_built", existing_type=SMALL)

    return rename_year


WRONG = (
    Wrong(
        rename_as_written,
        "moves no value",
        "trusts what autogenerate wrote; does not see that drop and add move no value",
    ),
    Wrong(
        lambda: copying("year", drop=False),
        "still has `year`",
        "copies, and does not finish: takes a second column for a rename",
    ),
    Wrong(
        lambda: copying("coalesce(year, 0)"),
        "N14228 had the year None, and has 0",
        "fills what was not known, and 0 is a year like any other",
    ),
    Wrong(
        lambda: copying("nullif(year, 0)"),
        "N3ZERO had the year 0, and has None",
        "empties what looks wrong, on the way",
    ),
    Wrong(
        rename_with,
        "Give `existing_type`",
        "tried it on SQLite only, where the rename needs no type",
    ),
    Wrong(
        lambda: rename_with(existing_type=sa.String(64)),
        "would become VARCHAR(64)",
        "copies the type with the line; on SQLite it makes no difference",
    ),
    Wrong(
        lambda: rename_with(existing_type=SMALL, nullable=False),
        "yours says NOT NULL",
        "makes two changes of one, and the second is not wanted",
    ),
    Wrong(
        lambda: rename_with(existing_type=SMALL, existing_nullable=False),
        "yours says NOT NULL",
        "says that the column could not be empty before; SQLite does not mind",
    ),
    Wrong(
        lambda: rename_in_a_batch_with(existing_type=SMALL, nullable=False),
        "yours says NOT NULL",
        "the same in a batch, where a plane without a year stops it",
    ),
    Wrong(
        lambda: rename_with(type_=SMALL),
        "SQLite knows this form since",
        "takes `type_`, which changes the type, for the type that the column has",
    ),
    Wrong(
        lambda: copying("year", kind=sa.String(4)),
        "and has '2004' as `built`",
        "copies, and lets the type change on the way",
    ),
    Wrong(
        rename_and_lose_the_key,
        "the primary key was ['tailnum'] and is []",
        "copies the rows, and not what holds them",
    ),
    Wrong(
        rename_to_another_name,
        "has no column `built`",
        "chooses a name of its own",
    ),
    Wrong(
        lambda: copying("year", after="DELETE FROM planes WHERE built IS NULL"),
        "now it has 4",
        "is rid of the rows without a value",
    ),
)
WORDS = (
    Word(
        "autogenerate has written this into `upgrade`: "
        '- `op.add_column("planes", sa.Column("built", sa.SmallInteger(), nullable=True))` '
        '- `op.drop_column("planes", "year")` Write what was meant',
        "five planes with their years",
        rename_as_written,
    ),
    Word("as the function `rename_year()`", "it is called", lambda: "planes.built"),
    Word(
        "`planes` has `built` instead of `year`",
        "the columns afterwards",
        lambda: copying("year", drop=False),
    ),
    Word("with the same values", "a plane of the year 0", lambda: copying("nullif(year, 0)")),
    Word(
        "in the same rows",
        "two planes of one year, and others",
        lambda: copying("(SELECT max(year) FROM planes)"),
    ),
    Word(
        "in the same rows",
        "a plane without a year",
        lambda: copying("year", after="DELETE FROM planes WHERE built IS NULL"),
    ),
    Word(
        "still may be empty",
        "the definition of `built` on MySQL, and a plane without a year",
        lambda: rename_with(existing_type=SMALL, nullable=False),
    ),
    Word(
        "The same lines must do it on SQLite and on MySQL",
        "the statements that Alembic writes for MySQL",
        rename_with,
    ),
)
