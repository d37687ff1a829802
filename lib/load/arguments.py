"""What a caller may hand to a load, and what to write in place of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from sqlalchemy import Connection, Table

from lib.database.dialects import is_known
from lib.errors import PipelineError
from lib.load.merge import OnConflict
from lib.load.rules import Rule

MAX_NAME_CHARS = 255  # of a source, as the quarantine keeps it


def check(
    connection: object,
    model: object,
    on_conflict: object,
    rules: Sequence[Rule],
    name: object,
    limit: object,
) -> Table:
    """Return the table of the model; raises PipelineError for what a load cannot use."""
    if not isinstance(connection, Connection):
        raise PipelineError(
            f"A load needs a connection; this is a {type(connection).__name__}.",
            "Write: with engine.begin() as connection. A session has one: session.connection().",
        )
    if connection.closed:
        raise PipelineError(
            "The connection is closed.", "Open another one: with engine.begin() as connection."
        )
    if not is_known(connection):
        raise PipelineError(
            "A load goes into SQLite, MySQL or MariaDB, not into this kind of database.",
            "Choose one of them.",
        )
    table = getattr(model, "__table__", model)
    if not isinstance(table, Table):
        shown = repr(model) if isinstance(model, str) else f"A {type(model).__name__}"
        raise PipelineError(
            f"{shown} is no model with a table of its own.",
            "Give the class of the model, or its table.",
        )
    if on_conflict not in get_args(OnConflict):
        raise PipelineError(
            f"on_conflict={on_conflict!r} is none of {', '.join(get_args(OnConflict))}.",
            'Write on_conflict="update", "skip" or "error".',
        )
    for rule in rules:
        if rule.column not in (column.name for column in table.columns):
            raise PipelineError(
                f"The rule {rule.reason!r} is about {rule.column}, which {table.name} has not.",
                "Correct the column's name in the rule.",
            )
    number = isinstance(limit, int | float) and not isinstance(limit, bool)
    if limit is not None and not (number and 0 <= limit <= 1):  # type: ignore[operator]
        raise PipelineError(
            f"limit={limit!r} is no share of the rows.",
            "Write a number from 0 to 1, such as 0.05 for one row in twenty.",
        )
    if name is not None and not (isinstance(name, str) and 0 < len(name) <= MAX_NAME_CHARS):
        raise PipelineError(
            f"The name of a source is a text of 1 to {MAX_NAME_CHARS} characters.",
            'Write, for instance, name="orders of Monday".',
        )
    return table
