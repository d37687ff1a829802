"""Exercise 7.4: an upgrade that may find half of its work done."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError, IntegrityError

from lib.database import Database
from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch07.running import (
    columns_of,
    first_line,
    look_at,
    make,
    put,
    rows_of,
    run,
)

HUBS = [("AA", "LGA"), ("B6", "JFK"), ("DL", "JFK"), ("UA", "EWR")]
UNIQUE = "The index must not be unique: two airlines may share a hub."
FRESH, HALF = "where it has not run", "where it stopped halfway"


def airlines(*more: sa.Column[Any]) -> sa.Table:
    carrier = sa.Column("carrier", sa.String(2), primary_key=True)
    return sa.Table("airlines", sa.MetaData(), carrier, sa.Column("hub", sa.String(3)), *more)


def check_add_alliance(answer: Any, bench: Bench) -> str:
    expect_function(answer, "add_alliance")
    db = bench.empty
    half = airlines(sa.Column("alliance", sa.String(16)))
    make(db, half)
    put(db, half, *((carrier, hub, "Star" if carrier == "UA" else None) for carrier, hub in HUBS))
    judge_on(db, answer, bench, HALF)
    members = dict(rows_of(db, "airlines", "carrier", "alliance"))
    expect(
        members["UA"] == "Star",
        "What stood in `alliance` already is gone. To drop the half and begin again loses what "
        "people have entered since.",
    )
    half.drop(db.engine)
    fresh = airlines()
    make(db, fresh)
    put(db, fresh, *HUBS)
    judge_on(db, answer, bench, FRESH)
    return "That is it. Two beginnings, one end, and nothing lost on the way."


def judge_on(db: Database, answer: Any, bench: Bench, where: str) -> None:
    error = run(bench, db, answer)
    expect(not isinstance(error, IntegrityError), UNIQUE)
    expect(
        error is None,
        f"In a database {where}, your function fails with "
        f"{first_line(error) if error else ''}. Ask what is there before each step.",
    )
    columns = columns_of(db, "airlines")
    expect("alliance" in columns, f"In a database {where}, the column is not there afterwards.")
    expect_the_same_end(columns["alliance"], where)
    expect(
        rows_of(db, "airlines", "carrier", "hub") == HUBS,
        f"In a database {where}, airlines or their hubs are not what they were.",
    )
    found = look_at(db, lambda look: look.get_indexes("airlines"))
    indexes = {index["name"]: index for index in found}
    expect(
        "ix_airlines_hub" in indexes,
        f"In a database {where}, the index is not there afterwards: each step needs a question of "
        "its own.",
    )
    index = indexes["ix_airlines_hub"]
    expect(index["column_names"] == ["hub"], "The index is not on `hub`.")
    expect(not index["unique"], UNIQUE)


def expect_the_same_end(column: Any, where: str) -> None:
    """Expect the column as those databases have it that stopped halfway."""
    kind = f"{column['type']}{'' if column['nullable'] else ' NOT NULL'}"
    if column["default"] is not None:
        kind += " with a default"
    same = isinstance(column["type"], sa.String) and column["type"].length == 16
    expect(
        same and column["nullable"] and column["default"] is None,
        f"In a database {where}, `alliance` is {kind} afterwards. Both kinds must come to the same "
        "end: VARCHAR(16) that may be empty, as it is where the revision stopped halfway.",
    )


def solution_add_alliance() -> Any:
    def add_alliance():
        look = sa.inspect(op.get_bind())
        columns = [column["name"] for column in look.get_columns("airlines")]
        indexes = [index["name"] for index in look.get_indexes("airlines")]
        if "alliance" not in columns:
            op.add_column("airlines", sa.Column("alliance", sa.String(16)))
        if "ix_airlines_hub" not in indexes:
            op.create_index("ix_airlines_hub", "airlines", ["hub"])

    return add_alliance


def add_alliance_unless_refused() -> Any:
    def add_alliance():
        with suppress(sa.exc.OperationalError):
            op.add_column("airlines", sa.Column("alliance", sa.String(16)))
        op.create_index("ix_airlines_hub", "airlines", ["hub"])

    return add_alliance


def add_alliance_if_index_is_missing() -> Any:
    def add_alliance():
        look = sa.inspect(op.get_bind())
        if not any(column["name"] == "alliance" for column in look.get_columns("airlines")):
            op.add_column("airlines", sa.Column("alliance", sa.String(16), nullable=True))
        if not look.has_index("airlines", "ix_airlines_hub"):
            op.create_index(op.f("ix_airlines_hub"), "airlines", ["hub"], unique=False)

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


def add_alliance_and_a_unique_index() -> Any:
    def add_alliance():
        look = sa.inspect(op.get_bind())
        if not any(column["name"] == "alliance" for column in look.get_columns("airlines")):
            op.add_column("airlines", sa.Column("alliance", sa.String(16)))
        if not look.has_index("airlines", "ix_airlines_hub"):
            op.create_index("ix_airlines_hub", "airlines", ["hub"], unique=True)

    return add_alliance


def add_alliance_never_empty() -> Any:
    def add_alliance():
        look = sa.inspect(op.get_bind())
        if not any(column["name"] == "alliance" for column in look.get_columns("airlines")):
            short = sa.String(3)
            op.add_column(
                "airlines", sa.Column("alliance", short, nullable=False, server_default="")
            )
        if not look.has_index("airlines", "ix_airlines_hub"):
            op.create_index("ix_airlines_hub", "airlines", ["hub"])

    return add_alliance


EXERCISE = Exercise(
    id="7.4",
    title="Home from halfway",
    check=check_add_alliance,
    hints=(
        "Before each step, ask whether it has happened; take it only if not. Two steps, two "
        "questions.",
        '`sa.inspect(op.get_bind())` has `get_columns("airlines")` and '
        '`get_indexes("airlines")`; each gives a list of dicts with a `name`.',
    ),
    solution=solution_add_alliance,
    also_right=(add_alliance_unless_refused, add_alliance_if_index_is_missing),
    wrong=(
        Wrong(
            add_alliance_as_if_new,
            "where it stopped halfway, your function fails",
            "writes for a database that has seen nothing of it",
        ),
        Wrong(
            add_alliance_all_or_none,
            "each step needs a question of its own",
            "takes the first step's trace as a proof of the second",
        ),
        Wrong(
            add_alliance_in_silence,
            "each step needs a question of its own",
            "catches the error of one step around both",
        ),
        Wrong(
            add_alliance_anew,
            "What stood in `alliance` already is gone",
            "makes a clean start at the price of the data",
        ),
        Wrong(
            add_alliance_the_rest,
            "where it has not run, the column is not there",
            "mends the broken databases, and breaks the others",
        ),
        Wrong(
            add_alliance_and_a_unique_index,
            "must not be unique",
            "takes over the fault that stopped the revision",
        ),
        Wrong(
            add_alliance_never_empty,
            "come to the same end",
            "asks whether there is a column, and not whether it is the same one",
        ),
    ),
)
