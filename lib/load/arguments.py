"""What a caller may hand to a load, and what to write in place of the rest."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Table

from lib.database.dialects import dialect_of
from lib.errors import PipelineError, check_word
from lib.load.merge import OnConflict
from lib.load.rules import Rule

MAX_NAME_CHARS = 255  # of a source, as the quarantine keeps it


def table_of(model: object) -> Table:
    """Return the table of a model; raises PipelineError where there is none."""
    table = getattr(model, "__table__", model)
    if not isinstance(table, Table):
        shown = repr(model) if isinstance(model, str) else f"A {type(model).__name__}"
        raise PipelineError(
            f"{shown} is no model with a table of its own.",
            "Give the class of the model, or its table.",
        )
    return table


def check(
    connection: object,
    model: object,
    on_conflict: object = "update",
    rules: Sequence[Rule] = (),
    name: object = None,
    limit: object = None,
) -> Table:
    """Return the table of the model; raises PipelineError for what a load cannot use."""
    if not isinstance(connection, Connection):
        raise PipelineError(
            f"A load needs a connection; this is a {type(connection).__name__}.",
            "Write: with engine.begin() as connection. A session has one: session.connection().",
        )
    table = table_of(model)
    dialect_of(connection)
    check_word("on_conflict", on_conflict, OnConflict)
    number = isinstance(limit, int | float) and not isinstance(limit, bool)
    odd = [rule for rule in rules if rule.column not in {each.name for each in table.columns}]
    for wrong, message, fix in (
        (connection.closed, "The connection is closed.", "Open one: with engine.begin() as c."),
        (
            odd,
            f"{table.name} has no column {', '.join(rule.column for rule in odd)}; a rule asks it.",
            "Correct the column's name in the rule.",
        ),
        (
            limit is not None and not (number and 0 <= limit <= 1),  # type: ignore[operator]
            f"limit={limit!r} is no share of the rows.",
            "Write a number from 0 to 1, such as 0.05 for one row in twenty.",
        ),
        (
            name is not None and not (isinstance(name, str) and 0 < len(name) <= MAX_NAME_CHARS),
            f"name={name!r} is no text of 1 to {MAX_NAME_CHARS} characters.",
            'Write, for instance, name="orders of Monday".',
        ),
    ):
        if wrong:
            raise PipelineError(message, fix)
    return table
