"""Exercise 7.4: an upgrade that may find half of its work done."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import IntegrityError

from lib.database import Database
from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function
from lib.workbook.exercises.ch07.ex7_4_halfway_answers import WORDS, WRONG
from lib.workbook.exercises.ch07.ex7_4_halfway_right import ALSO_RIGHT
from lib.workbook.exercises.ch07.running import (
    Run,
    columns_of,
    definition,
    expect_no_new_sqlite,
    expect_ran,
    expect_same_shape,
    first_line,
    look_at,
    make,
    put,
    rows_of,
    run,
    shape_of,
)

# Two share a hub, one has none, and one has a text that is empty.
HUBS = [("9E", None), ("AA", "LGA"), ("B6", "JFK"), ("DL", "JFK"), ("EV", ""), ("UA", "EWR")]
ALLIANCES = {"9E": None, "AA": "oneworld", "B6": None, "DL": "SkyTeam ", "EV": "", "UA": "Star"}
UNIQUE = "The index must not be unique: two airlines may share a hub."
FRESH, HALF = "where it has not run", "where it stopped halfway"


def airlines(*more: sa.Column[Any]) -> sa.Table:
    carrier = sa.Column("carrier", sa.String(2), primary_key=True)
    return sa.Table("airlines", sa.MetaData(), carrier, sa.Column("hub", sa.String(3)), *more)


def check_add_alliance(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "add_alliance")
    db = sandbox.empty
    half, fresh = airlines(sa.Column("alliance", sa.String(16))), airlines()
    rows = [(carrier, hub, ALLIANCES[carrier]) for carrier, hub in HUBS]
    ran, before = start(half, rows, answer, sandbox, db)
    if ran.error is not None:
        half.drop(db.engine)
        other, _ = start(fresh, HUBS, answer, sandbox, db)
        expect_it_fails_nowhere(ran, other)
    judge_on(db, before, HALF)
    for carrier, alliance in ALLIANCES.items():
        found = dict(rows_of(db, "airlines", "carrier", "alliance"))[carrier]
        expect(
            found == alliance,
            f"What stood in `alliance` already is not there any more: {carrier} had {alliance!r}, "
            f"and has {found!r}.",
        )
    half.drop(db.engine)
    ran, before = start(fresh, HUBS, answer, sandbox, db)
    expect_it_fails_nowhere(Run(), ran)
    judge_on(db, before, FRESH)
    return "That is it. Two beginnings, one end, and nothing lost on the way."


def start(
    table: sa.Table, rows: list[Any], answer: Any, sandbox: Sandbox, db: Database
) -> tuple[Run, dict[str, Any]]:
    """Make the table, and run the answer; return what came of it, and the shape before."""
    make(db, table)
    put(db, table, *rows)
    before = shape_of(db, "airlines")
    return run(sandbox, db, answer), before


def expect_it_fails_nowhere(half: Run, fresh: Run) -> None:
    """Expect that it has run in both kinds of database; tell in which of them it has not."""
    for ran in (half, fresh):
        expect_no_new_sqlite(ran, "Neither step needs it.")
        twice = ran.of(IntegrityError) and "UNIQUE INDEX" in ran.statement.upper()
        expect(not twice, UNIQUE)
    if half.error is not None and fresh.error is None:
        expect(
            False,
            f"Your function runs in a database {FRESH}, and fails in one {HALF}, with "
            f"{first_line(half.error)}. Ask what is there before each step.",
        )
    expect_ran(half, f"In a database {HALF},")
    expect_ran(fresh, f"In a database {FRESH},")


def judge_on(db: Database, before: dict[str, Any], where: str) -> None:
    columns = columns_of(db, "airlines")
    expect("alliance" in columns, f"In a database {where}, the column is not there afterwards.")
    at = f"In a database {where}"
    expect_same_shape(before, shape_of(db, "airlines"), at, "the column alliance")
    expect_the_same_end(columns["alliance"], where)
    expect(
        rows_of(db, "airlines", "carrier", "hub") == HUBS,
        f"In a database {where}, airlines or their hubs are not what they were.",
    )
    found = look_at(db, lambda look: look.get_indexes("airlines"))
    indexes = {index["name"]: index for index in found}
    expect(
        "ix_airlines_hub" in indexes,
        f"In a database {where}, the index is not there afterwards."
        + (f" There is {', '.join(map(str, indexes))}." if indexes else "")
        + (" Each step needs a question of its own." if where == HALF and not indexes else ""),
    )
    index = indexes["ix_airlines_hub"]
    on = ", ".join(map(str, index["column_names"]))
    expect(on == "hub", f"In a database {where}, the index is on {on}, not on `hub`.")
    expect(not index["unique"], UNIQUE)
    more = sorted(set(map(str, indexes)) - {"ix_airlines_hub"})
    expect(not more, f"In a database {where}, there is another index afterwards: {more}.")


def expect_the_same_end(column: Any, where: str) -> None:
    """Expect the column as those databases have it that stopped halfway."""
    kind = definition(column)
    same = isinstance(column["type"], sa.String) and column["type"].length == 16
    expect(
        same and kind == str(column["type"]),
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
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=("`sa.inspect(op.get_bind())` tells what a database has.",),
)
