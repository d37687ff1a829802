"""What a block of code sends to the database, written the same way for every database."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count, takewhile
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.compiler import StrSQLCompiler

from lib.database import Database

# Spells a bound parameter :name, where SQLite's driver wants ? and PyMySQL %s.
NEUTRAL = DefaultDialect(paramstyle="named")
NEUTRAL.supports_multivalues_insert = True
NEUTRAL.statement_compiler = StrSQLCompiler  # knows UPDATE .. FROM and each one's upsert

_NONE = object()  # no such value, which is not the value None


@contextmanager
def show_sql(db: Database | Engine, *, values: bool = True) -> Iterator[list[str]]:
    """Print each statement that the block sends, as it is sent, with its values below it.

    Gives the list of the statements, which can be counted afterwards.
    """
    with record_sql(db, echo=True, values=values) as statements:
        yield statements


@contextmanager
def record_sql(
    db: Database | Engine, *, echo: bool = False, values: bool = False
) -> Iterator[list[str]]:
    """Collect the statements that the block sends, BEGIN, COMMIT and ROLLBACK included."""
    engine = db.engine if isinstance(db, Database) else db
    statements: list[str] = []

    def note(statement: str, shown: str = "") -> None:
        statements.append(statement)
        if echo:
            print(statement + (f"\n    {shown}" if shown else ""))

    def on_statement(
        _connection: Any, _cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        if statement == "BEGIN":  # ours, in lib.database.dialect; the event below tells of it
            return
        compiled = context.compiled if context is not None else None
        if compiled is None or compiled.statement is None:
            note(statement)
            return
        if context.isddl:  # CREATE TABLE and its like have no values
            note(str(compiled.statement.compile(dialect=NEUTRAL)).strip())
            return
        neutral = compiled.statement.compile(dialect=NEUTRAL, column_keys=compiled.column_keys)
        # SQLite adds values of its own, such as an OFFSET of 0; only those that are shown count.
        rows = [
            {name: value for name in neutral.params if (value := _value(row, name)) is not _NONE}
            for row in context.compiled_parameters
        ]
        # A list gets one name, as its values get one line; their number is not known to the text.
        spelled = re.sub(r"\(__\[POSTCOMPILE_(\w+)\]\)", r"(:\1)", str(neutral))
        note(spelled, _values(rows) if values else "")

    listeners: dict[str, Callable[..., Any]] = {
        "before_cursor_execute": on_statement,
        "begin": lambda _connection: note("BEGIN"),
        "commit": lambda _connection: note("COMMIT"),
        "rollback": lambda _connection: note("ROLLBACK"),
    }
    for name, listener in listeners.items():
        event.listen(engine, name, listener)
    try:
        yield statements
    finally:
        for name, listener in listeners.items():
            event.remove(engine, name, listener)


def _value(row: dict[str, Any], name: str) -> Any:
    """The value of that name; the items of a list stand in the row as name_1, name_2 and so on."""
    if name in row:
        return row[name]
    items = list(takewhile(row.__contains__, (f"{name}_{number}" for number in count(1))))
    return [row[item] for item in items] or _NONE


def _values(rows: list[dict[str, Any]]) -> str:
    shown = [", ".join(f"{name}={_plain(row[name])}" for name in row) for row in rows[:2]]
    more = [f"... and {len(rows) - 2} more"] if len(rows) > 2 else []
    return "\n    ".join([*(line for line in shown if line), *more])


def _plain(value: Any) -> str:
    return repr(str(value) if isinstance(value, datetime) else value)
