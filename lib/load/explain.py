"""What the database's refusal means, in words: what is not there, or which constraint it names."""

from __future__ import annotations

from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

from lib.database.dialects import dialect_of
from lib.errors import PipelineError
from lib.source.base import Source


def explain(
    error: DBAPIError, connection: Connection, table: Table, source: Source
) -> PipelineError | None:
    """Return the error in words, where the table or a row is at fault; None where waiting helps."""
    dialect = dialect_of(connection)
    told = dialect.explain(error, connection.engine.url)
    if dialect.takes_no_writing(error):
        connection.invalidate()  # an engine of your own would use it again
        return told
    if dialect.refuses_row(error):
        said = error.orig.args[-1] if error.orig is not None and error.orig.args else error
        return PipelineError(
            f"The database refuses a row of {source.name} for {table.name}: {said}; "
            "nothing was loaded.",
            "Correct the row, or what the table asks for, then load again.",
        )
    if dialect.is_transient(error) or error.connection_invalidated:
        return None
    if connection.invalidated:  # nothing more can be asked
        return _unless_unknown(told)
    with suppress(DBAPIError):
        inspector = sa.inspect(connection)
        if not inspector.has_table(table.name, schema=table.schema):
            return PipelineError(
                f"There is no table {table.fullname} in the database; nothing was loaded.",
                "Make it first: by a migration, or with create_all of the model's metadata.",
            )
        there = {each["name"] for each in inspector.get_columns(table.name, schema=table.schema)}
        absent = [column.name for column in table.columns if column.name not in there]
        if absent:
            return PipelineError(
                f"The table {table.name} in the database has no {', '.join(absent)}, as its model "
                "has; nothing was loaded.",
                "Bring the database up to date: a migration adds the column.",
            )
    return _unless_unknown(told)


def _unless_unknown(told: PipelineError) -> PipelineError | None:
    return None if told.topic == "refused" else told
