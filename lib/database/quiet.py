"""A comparison for `alembic check`: quiet where nothing differs, awake where something does.

Each database writes types and defaults in its own words: `false` comes back as `0` or `'0'`,
`now()` as `current_timestamp()`, `FLOAT(53)` as `double`. Compared with the words of the model,
they differ for ever. So the database writes the model's words, too, in a temporary table, and its
own words are compared.

A plugin of Alembic's, for defaults, as its own hook for them fails at computed columns (1.20.1):
https://alembic.sqlalchemy.org/en/latest/api/plugins.html
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import AlterColumnOp
from alembic.runtime.migration import MigrationContext
from alembic.runtime.plugins import Plugin
from alembic.util import DispatchPriority, PriorityDispatchResult
from sqlalchemy import Column, Connection
from sqlalchemy.exc import CompileError, DBAPIError
from sqlalchemy.types import TypeEngine

from lib.database.dialects import dialect_of

TRIAL = "_as_the_server_writes_it"  # the temporary table
LITERAL = re.compile(r"[-+]?(\d[\d.e+-]*|'([^']|'')*'|true|false)", re.IGNORECASE)

logger = logging.getLogger(__name__)


def quiet_options() -> dict[str, Any]:
    """Return the arguments of `context.configure` that make the comparison a quiet one."""
    if "plugin" not in _REGISTERED:
        _REGISTERED["plugin"] = Plugin(__name__)
        _REGISTERED["plugin"].add_autogenerate_comparator(
            compare_default, "column", "server_default", priority=DispatchPriority.FIRST
        )
    return {
        "compare_type": compare_type,
        "compare_server_default": True,
        "include_object": include_object,
        "autogenerate_plugins": ["alembic.autogenerate.*", __name__],
    }


_REGISTERED: dict[str, Plugin] = {}  # once for each process: Alembic refuses a second one


def compare_default(
    autogen: AutogenContext,
    change: AlterColumnOp,
    _schema: str | None,
    table: str,
    name: str,
    found: Column[Any],
    wanted: Column[Any],
) -> PriorityDispatchResult:
    """Note in `change` when a column's default in the database is another than the model's.

    Left to Alembic are a computed column, an identity, and a default that this database refuses.
    A `FetchedValue` says that there is a default, and not which: no difference. Nor is an identity
    where the database has none: it numbers the key in its own way.
    """
    default, connection = wanted.server_default, autogen.connection
    assert connection is not None
    if isinstance(default, sa.Identity) and not connection.dialect.supports_identity_columns:
        return PriorityDispatchResult.STOP
    computed = (sa.Computed, sa.Identity)
    if isinstance(default, computed) or isinstance(found.server_default, computed):
        return PriorityDispatchResult.CONTINUE
    if isinstance(default, sa.DefaultClause) or default is None:
        differs = _default_differs(connection, found, wanted)
        if differs is None:
            return PriorityDispatchResult.CONTINUE
        if differs:
            change.existing_server_default = found.server_default
            change.modify_server_default = default
            logger.info("Detected another default on column '%s.%s'", table, name)
    return PriorityDispatchResult.STOP


def compare_type(
    context: MigrationContext,
    found: Column[Any],
    wanted: Column[Any],
    _found_type: TypeEngine[Any],
    wanted_type: TypeEngine[Any],
) -> bool:
    """Tell whether a column's type in the database is another than the model's.

    Where Alembic sees a difference, the database is asked how it writes the model's type: UUID on
    SQLite, which is reflected as NUMERIC, FLOAT(53) on MySQL, which becomes DOUBLE.
    """
    if not context.impl.compare_type(found, wanted):
        return False
    if getattr(wanted_type, "collation", None) or getattr(wanted_type, "charset", None):
        return True  # the words below do not have it
    assert context.connection is not None
    with _written(context.connection, Column(wanted.name, wanted_type)) as written:
        return written is None or written[0] != _there(context.connection, found)[0]


def include_object(
    thing: Any, name: str | None, kind: str, _reflected: bool, compare_to: Any
) -> bool:
    """Leave out of the comparison an index on an expression that is there, and say so.

    MySQL tells an expression in its own words; Alembic would drop the index and make it each time.
    """
    if kind != "index" or compare_to is None:
        return True
    both = [*thing.expressions, *compare_to.expressions]
    if all(isinstance(each, Column) for each in both):
        return True
    logger.warning(
        "The index %s of %s is on an expression: whether that has changed is not compared. When "
        "you change it, give it another name.",
        name,
        thing.table.name,
    )
    return False


def _default_differs(
    connection: Connection, found: Column[Any], wanted: Column[Any]
) -> bool | None:
    theirs = _meant(_there(connection, found)[1])
    # In the type that is there: another type is a difference of its own.
    for type_ in (found.type, wanted.type):
        trial = Column(
            wanted.name, type_, nullable=found.nullable, server_default=wanted.server_default
        )
        with _written(connection, trial) as written:
            if written is not None:
                ours = _meant(written[1])
                return ours != theirs and not _is_one_value(connection, trial, ours, theirs)
    return None


def _there(connection: Connection, column: Column[Any]) -> tuple[str, str | None]:
    table = column.table
    words = dialect_of(connection).column_words(connection, table.name, table.schema)
    return words[str(column.name)]


@contextmanager
def _written(
    connection: Connection, column: Column[Any]
) -> Iterator[tuple[str, str | None] | None]:
    """Make a table of such a column; give its type and default in the words of the database.

    None where it cannot have one. The table goes at the end.
    """
    dialect = dialect_of(connection)
    table = sa.Table(TRIAL, sa.MetaData(), column, prefixes=["TEMPORARY"])
    drop = dialect.drop_temporary(connection, table)
    try:
        connection.execute(sa.schema.CreateTable(table))
    except (DBAPIError, CompileError):
        yield None
        return
    try:
        yield dialect.column_words(connection, TRIAL, dialect.temporary_schema)[str(column.name)]
    finally:
        connection.execute(drop)


def _meant(default: str | None) -> str | None:
    """Return a default without brackets around it, which change nothing.

    None for one that is NULL, as for a column that has none.
    """
    text = (default or "NULL").strip()
    while _is_in_brackets(text):
        text = text[1:-1].strip()
    return None if text.upper() == "NULL" else text


def _is_in_brackets(text: str) -> bool:
    depth, quoted = 0, False
    for place, sign in enumerate(text):
        quoted ^= sign == "'"
        depth += 0 if quoted else (sign == "(") - (sign == ")")
        if depth == 0:
            return 0 < place == len(text) - 1
    return False


def _is_one_value(
    connection: Connection, column: Column[Any], ours: str | None, theirs: str | None
) -> bool:
    """Tell whether two literals are one value in this column; expressions are never."""
    if not (ours and theirs and LITERAL.fullmatch(ours) and LITERAL.fullmatch(theirs)):
        return False
    table = sa.Table(TRIAL, sa.MetaData(), Column(column.name, column.type))
    stored = sa.cast(table.c[column.name], sa.LargeBinary)  # whether the type can read it, or not
    values = []
    for literal in (ours, theirs):
        value: Any = sa.literal_column(literal)
        connection.execute(sa.delete(table))
        connection.execute(sa.insert(table).values({column.name: value}))
        values.append(connection.scalar(sa.select(stored)))
    return bool(values[0] == values[1])
