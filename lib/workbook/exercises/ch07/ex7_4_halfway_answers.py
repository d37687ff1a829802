"""Exercise 7.4: wrong answers, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError

from lib.workbook.course.exercise import Word, Wrong

SHORT = sa.String(16)


def variant(
    *,
    column: Any = None,
    name: str = "alliance",
    index: str = "ix_airlines_hub",
    on: str = "hub",
    after: str = "",
    **options: Any,
) -> Any:
    """The solution, with one thing done otherwise."""

    def add_alliance():
        look = sa.inspect(op.get_bind())
        if name not in [each["name"] for each in look.get_columns("airlines")]:
            made = sa.Column(name, SHORT) if column is None else column()
            op.add_column("airlines", made)
        if index not in [each["name"] for each in look.get_indexes("airlines")]:
            op.create_index(index, "airlines", [on], **options)
        if after:
            op.execute(after)

    return add_alliance


def add_alliance_as_if_new() -> Any:
    def add_alliance():
        op.add_column("airlines", sa.Column("alliance", sa.String(16)))
        op.create_index("ix_airlines_hub", "airlines", ["hub"])

    return add_alliance


def add_alliance_all_or_none() -> Any:
    def add_alliance():
        columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns("airlines")]
        if "alliance" not in columns:
            op.add_column("airlines", sa.Column("alliance", sa.String(16)))
            op.create_index("ix_airlines_hub", "airlines", ["hub"])

    return add_alliance


def add_alliance_anew() -> Any:
    def add_alliance():
        columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns("airlines")]
        if "alliance" in columns:
            op.drop_column("airlines", "alliance")
        op.add_column("airlines", sa.Column("alliance", sa.String(16)))
        op.create_index("ix_airlines_hub", "airlines", ["hub"])

    return add_alliance


def add_alliance_the_rest() -> Any:
    def add_alliance():
        op.create_index("ix_airlines_hub", "airlines", ["hub"])

    return add_alliance


def add_alliance_in_silence() -> Any:
    def add_alliance():
        try:
            op.add_column("airlines", sa.Column("alliance", sa.String(16)))
            op.create_index("ix_airlines_hub", "airlines", ["hub"])
        except DBAPIError:
            pass

    return add_alliance


def add_alliance_column_only() -> Any:
    def add_alliance():
        columns = sa.inspect(op.get_bind()).get_columns("airlines")
        if "alliance" not in [column["name"] for column in columns]:
            op.add_column("airlines", sa.Column("alliance", SHORT))

    return add_alliance


def add_alliance_in_a_new_table() -> Any:
    def add_alliance():
        names = [each["name"] for each in sa.inspect(op.get_bind()).get_columns("airlines")]
        alliance = "alliance" if "alliance" in names else "NULL AS alliance"
        op.execute(f"CREATE TABLE other AS SELECT carrier, hub, {alliance} FROM airlines")
        op.drop_table("airlines")
        op.rename_table("other", "airlines")
        op.create_index("ix_airlines_hub", "airlines", ["hub"])

    return add_alliance


WRONG = (
    Wrong(
        add_alliance_as_if_new,
        "and fails in one where it stopped halfway",
        "writes for a database that has seen nothing of it",
    ),
    Wrong(
        add_alliance_all_or_none,
        "Each step needs a question of its own",
        "takes the first step's trace as a proof of the second",
    ),
    Wrong(
        add_alliance_in_silence,
        "Each step needs a question of its own",
        "catches the error of one step around both",
    ),
    Wrong(
        add_alliance_column_only,
        "the index is not there afterwards",
        "takes the step that may be done, and forgets the other",
    ),
    Wrong(
        add_alliance_anew,
        "AA had 'oneworld', and has None",
        "makes a clean start at the price of the data",
    ),
    Wrong(
        add_alliance_the_rest,
        "where it has not run, the column is not there",
        "mends the broken databases, and breaks the others",
    ),
    Wrong(
        lambda: variant(unique=True),
        "must not be unique",
        "takes over the fault that stopped the revision",
    ),
    Wrong(
        lambda: variant(column=lambda: sa.Column("alliance", sa.String(3))),
        "`alliance` is VARCHAR(3)",
        "asks whether there is a column, and not whether it is the same one",
    ),
    Wrong(
        lambda: variant(
            column=lambda: sa.Column("alliance", SHORT, nullable=False, server_default="")
        ),
        "NOT NULL with a default",
        "makes the column stricter where it is new",
    ),
    Wrong(
        lambda: variant(on="carrier"),
        "the index is on carrier",
        "takes the name of an index for what it is on",
    ),
    Wrong(
        lambda: variant(after="UPDATE airlines SET alliance = NULL WHERE alliance = ''"),
        "EV had '', and has None",
        "tidies up values that are not its own",
    ),
    Wrong(
        add_alliance_in_a_new_table,
        "it was not to change",
        "copies the rows, and not what holds them",
    ),
)
WORDS = (
    Word(
        "adds the column `alliance`, a `sa.String(16)`, to `airlines`",
        "the column's type, where it has not run",
        lambda: variant(column=lambda: sa.Column("alliance", sa.String(64))),
    ),
    Word(
        "the index `ix_airlines_hub`",
        "the names of the indexes",
        lambda: variant(index="ix_hub"),
    ),
    Word("on `hub`", "the columns of the index", lambda: variant(on="carrier")),
    Word("which is not unique", "two airlines with the hub JFK", lambda: variant(unique=True)),
    Word(
        "stopped halfway: the column is there, the index is not",
        "a table with the column and without the index",
        add_alliance_as_if_new,
    ),
    Word(
        "In others it has not run at all",
        "a table with neither",
        add_alliance_the_rest,
    ),
    Word(
        "Write `add_alliance()`, an `upgrade` body",
        "it is called, once in each kind of database",
        lambda: "airlines.alliance",
    ),
    Word(
        "brings both kinds to the same end",
        "the definition of the column in both",
        lambda: variant(
            column=lambda: sa.Column("alliance", SHORT, nullable=False, server_default="")
        ),
    ),
    Word("What stands in `alliance` already stays", "six alliances", add_alliance_anew),
    Word(
        "What stands in `alliance` already stays",
        "EV, whose alliance is an empty text",
        lambda: variant(after="UPDATE airlines SET alliance = NULL WHERE alliance = ''"),
    ),
    Word(
        "What stands in `alliance` already stays",
        "DL, whose alliance ends in a blank",
        lambda: variant(after="UPDATE airlines SET alliance = rtrim(alliance)"),
    ),
)
