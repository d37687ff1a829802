"""Exercise 7.2: a column that must not be empty, on a full table."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from lib.workbook.course.exercise import Exercise, Wrong
from lib.workbook.exercises.ch07.ex7_2_not_empty_check import check_add_busy


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


def add_busy_in_place() -> Any:
    def add_busy():
        op.add_column("routes", sa.Column("busy", sa.Boolean()))
        op.execute("UPDATE routes SET busy = (flights > 100)")
        op.alter_column("routes", "busy", existing_type=sa.Boolean(), nullable=False)

    return add_busy


def add_busy_in_part_and_forbid() -> Any:
    def add_busy():
        op.add_column("routes", sa.Column("busy", sa.Boolean()))
        op.execute("UPDATE routes SET busy = 1 WHERE flights > 100")
        with op.batch_alter_table("routes") as batch:
            batch.alter_column("busy", existing_type=sa.Boolean(), nullable=False)

    return add_busy


def add_busy_in_a_batch_at_once() -> Any:
    def add_busy():
        with op.batch_alter_table("routes") as batch:
            batch.add_column(sa.Column("busy", sa.Boolean(), nullable=False))

    return add_busy


def add_busy_as_text() -> Any:
    def add_busy():
        op.add_column("routes", sa.Column("busy", sa.Boolean()))
        op.execute("UPDATE routes SET busy = 'false'")
        op.execute("UPDATE routes SET busy = 'true' WHERE flights > 100")
        with op.batch_alter_table("routes") as batch:
            batch.alter_column("busy", existing_type=sa.Boolean(), nullable=False)

    return add_busy


def add_busy_with_the_type_from_above() -> Any:
    def add_busy():
        op.add_column("routes", sa.Column("busy", sa.Boolean()))
        op.execute("UPDATE routes SET busy = (flights > 100)")
        with op.batch_alter_table("routes") as batch:
            batch.alter_column("busy", existing_type=sa.String(3), nullable=False)

    return add_busy


def add_busy_as_a_number() -> Any:
    def add_busy():
        op.add_column("routes", sa.Column("busy", sa.Integer()))
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
        Wrong(
            add_busy_in_place,
            "SQLite cannot change a column in place",
            "knows the three steps, and has not seen why the third was a batch",
        ),
        Wrong(
            add_busy_in_part_and_forbid,
            "the others are still NULL",
            "takes a route that is not busy for a route with nothing to say",
        ),
        Wrong(
            add_busy_in_a_batch_at_once,
            "Three steps",
            "expects that a batch finds a value for the old rows",
        ),
        Wrong(
            add_busy_as_text,
            "text, not a Boolean",
            "writes a truth value in quotation marks",
        ),
        Wrong(
            add_busy_with_the_type_from_above,
            "would become VARCHAR(3)",
            "copies the type with the line; on SQLite it makes no difference",
        ),
        Wrong(
            add_busy_as_a_number,
            "not a Boolean",
            "thinks of how SQLite keeps it, and not of what the column means",
        ),
    ),
)
