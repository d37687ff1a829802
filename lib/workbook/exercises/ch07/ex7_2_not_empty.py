"""Exercise 7.2: a column that must not be empty, on a full table."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError, IntegrityError

from lib.database import Database
from lib.database.kept import lost
from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function
from lib.workbook.exercises.ch07.ex7_2_not_empty_answers import WORDS, WRONG
from lib.workbook.exercises.ch07.ex7_2_not_empty_right import ALSO_RIGHT
from lib.workbook.exercises.ch07.running import (
    Run,
    columns_of,
    expect_no_new_sqlite,
    expect_ran,
    expect_same_shape,
    for_mysql,
    make,
    put,
    rows_in,
    rows_of,
    run,
    shape_of,
    type_for_mysql,
)

ROUTES = sa.Table(
    "routes",
    sa.MetaData(),
    sa.Column("carrier", sa.String(2), primary_key=True),
    sa.Column("origin", sa.String(3), primary_key=True),
    sa.Column("dest", sa.String(3), primary_key=True),
    sa.Column("flights", sa.Integer(), nullable=False),
)
# On both sides of 100, and such as sort otherwise as texts; two routes with as many flights.
ROWS = [("UA", "EWR", "IAH", 340), ("DL", "LGA", "ATL", 101), ("B6", "JFK", "BQN", 100)]
ROWS += [("HA", "JFK", "HNL", 31), ("OO", "LGA", "ORD", 1), ("EV", "EWR", "IAD", 1000)]
ROWS += [("YV", "LGA", "IAD", 0), ("AA", "LGA", "ORD", 340)]
STEPS = "Three steps: add it so that it may be empty, fill it, then forbid it to be empty."


def check_add_busy(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "add_busy")
    with Database("sqlite://") as lite:  # its rules are the stricter ones: always asked first
        judge_on(lite, answer, sandbox, "On SQLite")
    expect_for_mysql(sandbox, answer)
    if sandbox.empty.dialect.name != "sqlite":
        judge_on(sandbox.empty, answer, sandbox, "On MySQL")
    return "That is it. Each row has its own value, and none can come without."


def judge_on(db: Database, answer: Any, sandbox: Sandbox, where: str) -> None:
    make(db, ROUTES)
    put(db, ROUTES, *ROWS)
    before, rows = shape_of(db, "routes"), rows_in(db)
    expect_to_run(run(sandbox, db, answer), where)
    columns = columns_of(db, "routes")
    expect(columns, f"{where}, the table `routes` is not there any more.")
    expect("busy" in columns, f"`routes` has no column `busy`. It has: {', '.join(columns)}.")
    expect_same_shape(before, shape_of(db, "routes"), where, "the column busy")
    kept = rows_of(db, "routes", "carrier", "origin", "dest", "flights")
    expect(
        kept == sorted(ROWS),
        f"{where}, the rows of `routes` are not what they were: there were {len(ROWS)}, there are "
        f"{len(kept)}. " + "; ".join(lost(rows, rows_in(db))),
    )
    expect_filled(db)
    if db.dialect.name == "sqlite":  # MySQL has no Boolean, and calls it TINYINT(1)
        kind = columns["busy"]["type"]
        expect(isinstance(kind, sa.Boolean), f"`busy` is of type {kind}, not a Boolean.")
    expect(
        not columns["busy"]["nullable"],
        "`busy` may still be empty: the last of the three steps is missing.",
    )
    expect_nobody_forgets(db)


def expect_for_mysql(sandbox: Sandbox, answer: Any) -> None:
    """Expect that MySQL, which repeats a column's definition to change it, repeats the right one.

    Asked after SQLite, which can tell more of what goes wrong.
    """
    script, refusal = for_mysql(sandbox, answer)
    expect(
        refusal is None,
        f"On MySQL it fails: {refusal} There the change repeats the column's definition. Give "
        "`existing_type`.",
    )
    repeated = type_for_mysql(script, "busy")
    expect(
        repeated in ("", "BOOL", "BOOLEAN", "TINYINT(1)"),
        f"On MySQL the change repeats the column's definition, and `busy` would become {repeated}. "
        "`existing_type` must be the type that the column has.",
    )


def expect_to_run(ran: Run, where: str) -> None:
    expect_no_new_sqlite(ran, "Change the column inside `with op.batch_alter_table(...)`.")
    updates = [each for each in ran.sent if each.lstrip().upper().startswith("UPDATE")]
    refused = ran.statement.lstrip().upper()
    # A table that is rebuilt refuses when its rows are copied: with the new column, or without.
    expect(
        not (ran.of(IntegrityError) and refused.startswith("INSERT") and "BUSY" in refused),
        f"{where} the step that forbids it to be empty is refused: some of the {len(ROWS)} routes "
        "have no `busy` then. "
        + (
            "Your UPDATE has not reached all of them: a route that is not busy needs its false."
            if updates
            else "Your function has sent no UPDATE that fills it."
        ),
    )
    expect(
        not (ran.of(IntegrityError) or refused.startswith("ALTER TABLE ROUTES ADD")),
        f"{where} the database refuses: {len(ROWS)} rows are there, and there is no value to put "
        f"into their new column. {STEPS}",
    )
    expect_ran(ran, where)


def expect_filled(db: Database) -> None:
    """Expect the right value in each row."""
    found = rows_of(db, "routes", "flights", "busy")
    missing = [flights for flights, busy in found if busy is None]
    expect(not missing, f"{len(missing)} of {len(ROWS)} routes have no `busy`. {STEPS}")
    texts = [busy for _, busy in found if isinstance(busy, str)]
    expect(
        not texts,
        f"`busy` holds {texts[:1]}: text, not a Boolean. In quotation marks, the word is a text, "
        "and SQLite keeps it as such. A comparison has a truth value.",
    )
    other = [busy for _, busy in found if busy not in (0, 1)]
    expect(not other, f"`busy` holds {other[:1]}: a Boolean is 0 or 1 in both databases.")
    expect(
        any(busy for _, busy in found),
        "No route is busy: `busy` is 0 in each row, and some have more than 100 flights.",
    )
    for flights, busy in found:
        expect(
            bool(busy) == (flights > 100),
            f"A route with {flights} flights has busy = {bool(busy)}. Busy is more than 100.",
        )


def expect_nobody_forgets(db: Database) -> None:
    """Expect that the database lets nobody forget the new column."""
    forgets = "INSERT INTO routes (carrier, origin, dest, flights) VALUES ('ZZ', 'JFK', 'LAX', 500)"
    try:
        db.execute([forgets])
    except DBAPIError:
        return
    busy: Any = db.execute(["SELECT busy FROM routes WHERE carrier = 'ZZ'"])[0]
    expect(
        False,
        f"A new route with 500 flights and without a `busy` is taken, and gets {busy[0][0]}, from "
        "a default. Remove the default when the old rows are filled.",
    )


def solution_add_busy() -> Any:
    def add_busy():
        op.add_column("routes", sa.Column("busy", sa.Boolean()))
        op.execute("UPDATE routes SET busy = (flights > 100)")
        with op.batch_alter_table("routes") as batch:
            batch.alter_column("busy", existing_type=sa.Boolean(), nullable=False)

    return add_busy


EXERCISE = Exercise(
    id="7.2",
    title="A column that must not be empty",
    check=check_add_busy,
    hints=(
        "Three steps, one line or block each: `op.add_column` without `nullable=False`, then "
        "`op.execute` with an UPDATE, then the change to NOT NULL.",
        "In both databases a comparison is a value: `SET busy = (flights > 100)`.",
        'The last step stands inside `with op.batch_alter_table("routes") as batch:` and is '
        "`batch.alter_column(..., existing_type=sa.Boolean(), nullable=False)`.",
    ),
    solution=solution_add_busy,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=("The table `routes` of the check has `carrier`, `origin`, `dest` and `flights`",),
)
