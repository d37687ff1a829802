"""Exercise 7.2: wrong answers, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from lib.workbook.course.exercise import Word, Wrong

BOOLEAN = sa.Boolean()
COMPARE = "UPDATE routes SET busy = (flights > 100)"


def variant(
    *,
    add: Any = BOOLEAN,
    fill: Any = (COMPARE,),
    batch: bool = True,
    existing: Any = BOOLEAN,
    after: Any = (),
    name: str = "busy",
    **change: Any,
) -> Any:
    """The solution, with one thing done otherwise; `change` is what the last step changes."""
    changes = change or {"nullable": False}

    def add_busy():
        op.add_column("routes", sa.Column(name, add))
        for statement in fill:
            op.execute(statement)
        if not batch:
            op.alter_column("routes", name, existing_type=existing, **changes)
        elif change != {"nullable": True}:
            with op.batch_alter_table("routes") as routes:
                routes.alter_column(name, existing_type=existing, **changes)
        for statement in after:
            op.execute(statement)

    return add_busy


def add_busy_at_once() -> Any:
    def add_busy():
        op.add_column("routes", sa.Column("busy", sa.Boolean(), nullable=False))

    return add_busy


def add_busy_keeps_default() -> Any:
    def add_busy():
        default = sa.text("0")
        busy: Any = sa.Column("busy", sa.Boolean(), nullable=False, server_default=default)
        op.add_column("routes", busy)
        op.execute("UPDATE routes SET busy = 1 WHERE flights > 100")

    return add_busy


def add_busy_in_a_batch_at_once() -> Any:
    def add_busy():
        with op.batch_alter_table("routes") as batch:
            batch.add_column(sa.Column("busy", sa.Boolean(), nullable=False))

    return add_busy


def add_busy_without_keys() -> Any:
    def add_busy():
        op.execute("CREATE TABLE new_routes AS SELECT *, flights > 100 AS busy FROM routes")
        op.drop_table("routes")
        op.rename_table("new_routes", "routes")

    return add_busy


PART = "UPDATE routes SET busy = 1 WHERE flights > 100"
WRONG = (
    Wrong(
        add_busy_at_once,
        "Three steps",
        "does not think of the rows that are there",
    ),
    Wrong(
        lambda: variant(nullable=True),
        "the last of the three steps is missing",
        "fills what is there, and leaves the door open for what comes",
    ),
    Wrong(
        add_busy_keeps_default,
        "gets 0, from a default",
        "takes a default for the old rows as a rule for the new ones",
    ),
    Wrong(
        lambda: variant(fill=(PART,), nullable=True),
        "have no `busy`",
        "fills the rows of one kind: for the others, not true is empty, not false",
    ),
    Wrong(
        lambda: variant(fill=("UPDATE routes SET busy = (flights >= 100)",)),
        "Busy is more than 100",
        "is one off at the border",
    ),
    Wrong(
        lambda: variant(batch=False),
        "SQLite knows this form since 3.53 only",
        "knows the three steps, and has not seen why the third was a batch",
    ),
    Wrong(
        lambda: variant(fill=(PART,)),
        "a route that is not busy needs its false",
        "takes a route that is not busy for a route with nothing to say",
    ),
    Wrong(
        lambda: variant(fill=()),
        "sent no UPDATE",
        "forbids it to be empty before it is filled",
    ),
    Wrong(
        add_busy_in_a_batch_at_once,
        "Three steps",
        "expects that a batch finds a value for the old rows",
    ),
    Wrong(
        lambda: variant(fill=("UPDATE routes SET busy = 'false'",)),
        "text, not a Boolean",
        "writes a truth value in quotation marks",
    ),
    Wrong(
        lambda: variant(fill=("UPDATE routes SET busy = flights",)),
        "a Boolean is 0 or 1",
        "takes the number for the truth about it",
    ),
    Wrong(
        lambda: variant(existing=sa.String(3)),
        "would become VARCHAR(3)",
        "copies the type with the line; on SQLite it makes no difference",
    ),
    Wrong(
        lambda: variant(existing=None),
        "Give `existing_type`",
        "tried it on SQLite only, where the change needs no type",
    ),
    Wrong(
        lambda: variant(add=sa.Integer()),
        "not a Boolean",
        "thinks of how SQLite keeps it, and not of what the column means",
    ),
    Wrong(
        add_busy_without_keys,
        "it was not to change",
        "copies the rows, and not what holds them",
    ),
    Wrong(
        lambda: variant(after=("DELETE FROM routes WHERE busy = 0",)),
        "there were 8",
        "cleans up while it is there",
    ),
)
WORDS = (
    Word("and is full", "eight routes", add_busy_at_once),
    Word("Write `add_busy()`, the body of an `upgrade`", "it is called", lambda: "routes.busy"),
    Word(
        "`routes` gets a column `busy`", "the columns afterwards", lambda: variant(name="is_busy")
    ),
    Word("a `sa.Boolean()`", "the type of the column", lambda: variant(add=sa.Integer())),
    Word("must not be empty", "the definition afterwards", lambda: variant(nullable=True)),
    Word(
        "true for the routes with more than 100 flights",
        "routes with 100 and 101 flights",
        lambda: variant(fill=("UPDATE routes SET busy = (flights >= 100)",)),
    ),
    Word(
        "true for the routes with more than 100 flights",
        "routes with 31 and 1000 flights, which sort otherwise as texts",
        lambda: variant(fill=("UPDATE routes SET busy = (cast(flights AS CHAR) > '100')",)),
    ),
    Word(
        "false for the others",
        "five routes with at most 100 flights",
        lambda: variant(fill=(PART,)),
    ),
    Word(
        "No row and no value may be lost",
        "a route with 0 flights",
        lambda: variant(after=("DELETE FROM routes WHERE flights = 0",)),
    ),
    Word(
        "No row and no value may be lost",
        "the flights of each route",
        lambda: variant(after=("UPDATE routes SET flights = 100 WHERE flights = 31",)),
    ),
    Word("what else `routes` has stays", "its primary key", add_busy_without_keys),
    Word(
        "on SQLite, from 3.40 on",
        "a statement that SQLite knows since 3.53",
        lambda: variant(batch=False),
    ),
    Word(
        "and on MySQL",
        "the statements that Alembic writes for MySQL",
        lambda: variant(existing=None),
    ),
    Word(
        "a missing `busy` is refused afterwards",
        "a route that is inserted without it",
        add_busy_keeps_default,
    ),
)
