"""What `alembic check` compares, so that it is quiet where nothing differs.

Each database writes types and defaults in its own words: `false` comes back as `0` or `'0'`, `now()`
as `current_timestamp()`, `FLOAT(53)` as `double`, a text's quotation marks doubled or not. Compared
with the words of the model, they differ for ever. So the database writes the model's words, too, in
a temporary table, and its own words are compared.

In `env.py`, as arguments of `context.configure`: compare_type, compare_server_default and
include_object are the three functions of these names.
"""

from __future__ import annotations

import logging
import re
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Connection
from sqlalchemy.exc import CompileError, DBAPIError
from sqlalchemy.types import TypeEngine

from lib.database.dialects import dialect_of

TRIAL = "_as_the_server_writes_it"  # the temporary table
LITERAL = re.compile(r"\(*[-+]?(\d[\d.e+-]*|'([^']|'')*'|null|true|false)\)*", re.IGNORECASE)

logger = logging.getLogger(__name__)


def compare_server_default(
    context: MigrationContext,
    found: Column[Any],
    wanted: Column[Any],
    found_default: str | None,
    wanted_default: Any,
    wanted_text: str | None,
) -> bool | None:
    """Tell whether a column's default in the database is another than the model's.

    None leaves it to Alembic: a computed column, an identity, or a model's default that this
    server refuses. A `FetchedValue` says that the server has one, and not which: no difference.
    """
    computed = (sa.Computed, sa.Identity)
    if isinstance(wanted_default, computed) or isinstance(found.server_default, computed):
        return None
    if wanted_default is not None and not isinstance(wanted_default, sa.DefaultClause):
        return False
    if found_default == wanted_text:
        return False
    connection = context.connection
    assert connection is not None
    # In the type that is there: another type is a difference of its own.
    for type_ in (found.type, wanted.type):
        trial = Column(wanted.name, type_, nullable=found.nullable, server_default=wanted_default)
        written = _written(connection, trial)
        if written is not None:
            ours = _meant(written["default"])
            theirs = _meant(found_default)
            if ours == theirs or None in (ours, theirs):
                return ours != theirs
            return not _same_value(connection, trial, ours, theirs)
    return None


def compare_type(
    context: MigrationContext,
    found: Column[Any],
    wanted: Column[Any],
    _found_type: TypeEngine[Any],
    wanted_type: TypeEngine[Any],
) -> bool | None:
    """Tell whether a column's type in the database is another than the model's.

    Where Alembic sees a difference, the database is asked how it writes the model's type: UUID on
    SQLite, which is reflected as NUMERIC, FLOAT(53) on MySQL, which becomes DOUBLE.
    """
    if not context.impl.compare_type(found, wanted):
        return False
    if getattr(wanted_type, "collation", None) or getattr(wanted_type, "charset", None):
        return True  # the words below do not have it
    connection = context.connection
    assert connection is not None and found.table is not None
    written = _written(connection, Column(wanted.name, wanted_type, nullable=found.nullable))
    if written is None:
        return True
    words = dialect_of(connection).type_words(connection, found.table.name, found.table.schema)
    return words[str(found.name)] != written["words"]


def include_object(
    thing: Any, name: str | None, kind: str, _reflected: bool, compare_to: Any
) -> bool:
    """Leave out of the comparison an index on an expression that is there, and say so.

    MySQL tells an expression in its own words, SQLite not at all.
    """
    if kind != "index" or compare_to is None:
        return True
    both = [*thing.expressions, *compare_to.expressions]
    if all(isinstance(each, Column) for each in both):
        return True
    logger.warning(
        "The index %s of %s is on an expression: whether it has changed is not compared. When you "
        "change it, give it another name.",
        name,
        thing.table.name,
    )
    return False


def _written(connection: Connection, column: Column[Any]) -> dict[str, Any] | None:
    """Return what the database says of such a column: its default, and the words of its type.

    None where it cannot have one.
    """
    dialect = dialect_of(connection)
    table = sa.Table(TRIAL, sa.MetaData(), column, prefixes=["TEMPORARY"])
    connection.execute(dialect.drop_temporary(connection, table))
    try:
        connection.execute(sa.schema.CreateTable(table))
    except (DBAPIError, CompileError):
        return None
    schema = dialect.temporary_schema
    (made,) = sa.inspect(connection).get_columns(TRIAL, schema=schema)
    words = dialect.type_words(connection, TRIAL, schema)
    return {"default": made["default"], "words": words[str(column.name)]}


def _meant(default: str | None) -> str | None:
    """Return a default, None for one that is NULL, as is a column that has none."""
    return None if default is None or default.strip("()").upper() == "NULL" else default


def _same_value(
    connection: Connection, column: Column[Any], ours: str | None, theirs: str | None
) -> bool:
    """Tell whether two literals are one value in this column; expressions are never."""
    if not (ours and theirs and LITERAL.fullmatch(ours) and LITERAL.fullmatch(theirs)):
        return False
    table = sa.Table(TRIAL, sa.MetaData(), Column(column.name, column.type))
    values = []
    for literal in (ours, theirs):
        connection.execute(sa.delete(table))
        connection.execute(sa.insert(table).values({column.name: sa.text(literal)}))
        # As text: a value that the type cannot read, such as a date '', is one as well.
        values.append(connection.scalar(sa.select(sa.cast(table.c[column.name], sa.LargeBinary))))
    return bool(values[0] == values[1])
