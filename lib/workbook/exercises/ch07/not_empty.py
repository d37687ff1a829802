"""Exercise 7.2: a column that must not be empty, on a full table."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError

from lib.database import Database
from lib.workbook.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch07.running import (
    columns_of,
    first_line,
    make,
    put,
    refused_by_mysql,
    rows_of,
    run,
)

ROUTES = sa.Table(
    "routes",
    sa.MetaData(),
    sa.Column("carrier", sa.String(2), primary_key=True),
    sa.Column("origin", sa.String(3), primary_key=True),
    sa.Column("dest", sa.String(3), primary_key=True),
    sa.Column("flights", sa.Integer(), nullable=False),
)
ROWS = [("UA", "EWR", "IAH", 340), ("DL", "LGA", "ATL", 101), ("B6", "JFK", "BQN", 100)]
ROWS += [("HA", "JFK", "HNL", 31), ("OO", "LGA", "ORD", 1)]
STEPS = "Three steps: add it so that it may be empty, fill it, then forbid it to be empty."


def check_add_busy(answer: Any, bench: Bench) -> str:
    expect_function(answer, "add_busy")
    with Database("sqlite://") as lite:  # its rules are the stricter ones: always asked first
        judge_on(lite, answer, bench)
    expect(
        "existing type" not in refused_by_mysql(answer),
        "On MySQL it fails: there the change repeats the column's definition. Give "
        "`existing_type`.",
    )
    if bench.empty.dialect.name != "sqlite":
        judge_on(bench.empty, answer, bench)
    return "That is it. Each row has its own value, and none can come without."


def judge_on(db: Database, answer: Any, bench: Bench) -> None:
    make(db, ROUTES)
    put(db, ROUTES, *ROWS)
    error = run(bench, db, answer)
    expect(
        error is None or "NOT NULL" not in str(error),
        f"The database refuses: {len(ROWS)} rows are there, and there is no value to put into "
        f"their new column. {STEPS}",
    )
    expect(
        not isinstance(error, NotImplementedError) and "ALTER COLUMN" not in str(error),
        "SQLite has no ALTER TABLE for this. Change the column inside "
        '`with op.batch_alter_table("routes") as batch:`.',
    )
    expect(error is None, f"Your function fails with {first_line(error) if error else ''}")
    columns = columns_of(db, "routes")
    expect(columns, "The table `routes` is not there any more.")
    expect("busy" in columns, f"`routes` has no column `busy`. It has: {', '.join(columns)}.")
    kept = rows_of(db, "routes", "carrier", "origin", "dest", "flights")
    expect(
        set(columns) == {"carrier", "origin", "dest", "flights", "busy"} and kept == sorted(ROWS),
        "The rows of `routes` are not what they were: only `busy` was to come.",
    )
    expect_filled(db)
    expect(
        not columns["busy"]["nullable"],
        "`busy` may still be empty: the last of the three steps is missing.",
    )
    expect(
        not takes_a_route_without(db),
        "A new route without `busy` is taken, and gets a default that may be wrong for it. Remove "
        "the default when the old rows are filled.",
    )


def expect_filled(db: Database) -> None:
    """Expect the right value in each row."""
    found = {row[0]: row[1] for row in rows_of(db, "routes", "flights", "busy")}
    missing = [flights for flights, busy in found.items() if busy is None]
    expect(not missing, f"{len(missing)} of {len(ROWS)} routes have no `busy`. {STEPS}")
    expect(
        any(found.values()),
        f"No route is busy: nobody has filled the column, the database has put 0 into it. {STEPS}",
    )
    for flights, busy in found.items():
        expect(
            bool(busy) == (flights > 100),
            f"A route with {flights} flights has busy = {bool(busy)}. Busy is more than 100.",
        )


def takes_a_route_without(db: Database) -> bool:
    """Tell whether the database lets somebody forget the new column."""
    forgets = "INSERT INTO routes (carrier, origin, dest, flights) VALUES ('ZZ', 'JFK', 'LAX', 500)"
    try:
        db.execute([forgets])
    except DBAPIError:
        return False
    return True


def solution_add_busy() -> Any:
    def add_busy():
        op.add_column("routes", sa.Column("busy", sa.Boolean()))
        op.execute("UPDATE routes SET busy = (flights > 100)")
        with op.batch_alter_table("routes") as batch:
            batch.alter_column("busy", existing_type=sa.Boolean(), nullable=False)

    return add_busy


def add_busy_with_core() -> Any:
    def add_busy():
        op.add_column("routes", sa.Column("busy", sa.Boolean()))
        routes = sa.table("routes", sa.column("flights"), sa.column("busy"))
        op.execute(sa.update(routes).values(busy=sa.case((routes.c.flights > 100, 1), else_=0)))
        with op.batch_alter_table("routes") as batch:
            batch.alter_column("busy", existing_type=sa.Boolean(), nullable=False)

    return add_busy


def add_busy_with_a_passing_default() -> Any:
    def add_busy():
        default = sa.text("0")
        busy: Any = sa.Column("busy", sa.Boolean(), nullable=False, server_default=default)
        op.add_column("routes", busy)
        op.execute("UPDATE routes SET busy = 1 WHERE flights > 100")
        with op.batch_alter_table("routes") as batch:
            batch.alter_column(
                "busy", existing_type=sa.Boolean(), existing_nullable=False, server_default=None
            )

    return add_busy


def add_busy_at_once() -> Any:
    def add_busy():
        op.add_column("routes", sa.Column("busy", sa.Boolean(), nullable=False))

    return add_busy


def add_busy_may_be_empty() -> Any:
    def add_busy():
        op.add_column("routes", sa.Column("busy", sa.Boolean()))
        op.execute("UPDATE routes SET busy = (flights > 100)")

    return add_busy


def add_busy_keeps_default() -> Any:
    def add_busy():
        default = sa.text("0")
        busy: Any = sa.Column("busy", sa.Boolean(), nullable=False, server_default=default)
        op.add_column("routes", busy)
        op.execute("UPDATE routes SET busy = 1 WHERE flights > 100")

    return add_busy


def add_busy_from_100() -> Any:
    def add_busy():
        op.add_column("routes", sa.Column("busy", sa.Boolean()))
        op.execute("UPDATE routes SET busy = (flights >= 100)")
        with op.batch_alter_table("routes") as batch:
            batch.alter_column("busy", existing_type=sa.Boolean(), nullable=False)

    return add_busy


def add_busy_in_part() -> Any:
    def add_busy():
        op.add_column("routes", sa.Column("busy", sa.Boolean()))
        op.execute("UPDATE routes SET busy = 1 WHERE flights > 100")

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
    also_right=(add_busy_with_core, add_busy_with_a_passing_default),
    wrong=(
        Wrong(
            add_busy_at_once,
            "Three steps",
            "does not think of the rows that are there",
        ),
        Wrong(
            add_busy_may_be_empty,
            "the last of the three steps is missing",
            "fills what is there, and leaves the door open for what comes",
        ),
        Wrong(
            add_busy_keeps_default,
            "gets a default that may be wrong",
            "takes a default for the old rows as a rule for the new ones",
        ),
        Wrong(
            add_busy_in_part,
            "have no `busy`",
            "fills the rows of one kind: for the others, not true is empty, not false",
        ),
        Wrong(
            add_busy_from_100,
            "Busy is more than 100",
            "is one off at the border",
        ),
    ),
)
