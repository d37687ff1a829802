"""A revision that stopped half-way goes on where it was.

MySQL and MariaDB commit at each statement that defines tables, and no transaction takes it back. A
revision that was stopped between two of them, by Ctrl-C, a kill or a missing right, is half there,
and its number is not written down; run again, it would fail at what is there already.
https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html
"""

from __future__ import annotations

import logging
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.ddl.base import AddColumn, DropColumn, RenameTable
from alembic.ddl.mysql import MySQLChangeColumn
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, event
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.schema import (
    AddConstraint,
    CreateIndex,
    CreateTable,
    DropConstraint,
    DropIndex,
    DropTable,
    ExecutableDDLElement,
)

from lib.database.mysql_migrating import DEFINES
from lib.database.quiet import quiet_options
from lib.errors import PipelineError

VERSION_TABLE = "alembic_version"
REPEATABLE = "may_run_again"  # execution option of a statement that does no harm a second time
NOTHING = sa.DDL("DO 0")  # type: ignore[no-untyped-call]

logger = logging.getLogger(__name__)


def look_first(connection: Connection) -> dict[str, Any]:
    """Let each statement of Alembic's operations look first whether it has been run; SQL as text
    and changes of rows cannot.

    What is there, and is as the statement would make it, is passed over, as is what should go and
    is gone. Returns the argument of `context.configure` that tells where a revision ends. Nothing
    to do on SQLite, which takes back all of what stopped. Statements raise PipelineError where:

    - something of that name is there, and is not as the revision makes it;
    - the revision changes rows, was found half done, and nothing tells which of its changes were
      made: `op.execute(..., execution_options={"may_run_again": True})` says that it may be
      repeated.
    """
    if connection.dialect.name == "sqlite":
        return {}
    found: list[str] = []  # steps of this revision that were done before it began
    changed: list[str] = []  # changes of rows that it has sent

    @event.listens_for(connection, "before_execute", retval=True)
    def look(
        connection: Connection, step: Any, several: Any, one: Any, options: Any
    ) -> tuple[Any, Any, Any]:
        if isinstance(step, ExecutableDDLElement):
            if done := _done(connection, step):
                logger.info("Passed over: %s", done)
                found.append(done)
                step = NOTHING
        elif _changes_rows(step) and not options.get(REPEATABLE):
            changed.append(" ".join(str(step).split())[:80])
        if found and changed:
            raise PipelineError(
                "A revision stopped half-way at an earlier time, and changes rows: whether it has "
                f"done so is not known. Done is: {'; '.join(found)}. Not known is: {changed[-1]}.",
                "Look at the rows. python -m alembic upgrade REVISION --sql shows the statements; "
                "run by hand what is missing, then: python -m alembic stamp REVISION",
            )
        return step, several, one

    def ended(**_about: Any) -> None:
        found.clear()
        changed.clear()

    return {"on_version_apply": ended}


def _changes_rows(step: Any) -> bool:
    if isinstance(step, sa.TextClause):
        text = step.text.lstrip().upper()
        return not text.startswith(("SELECT", "SHOW", "SET", "DO")) and not DEFINES.match(text)
    written = getattr(step, "table", None)
    return bool(getattr(step, "is_dml", False)) and getattr(written, "name", "") != VERSION_TABLE


def _done(connection: Connection, step: ExecutableDDLElement) -> str:
    """Return what the step would make or drop, in words, where that has happened; else ''."""
    there = sa.inspect(connection)
    match step:
        case CreateTable():
            return _table_made(connection, there, step.element)
        case DropTable():
            name = step.element.name
            return "" if there.has_table(name) else f"table {name} is gone"
        case RenameTable():
            old, new = step.table_name, str(step.new_table_name)
            moved = there.has_table(new) and not there.has_table(old)
            return f"table {old} is called {new}" if moved else ""
        case AddColumn():
            return _column_made(connection, there, step)
        case DropColumn():
            gone = step.column.name not in _columns(there, step.table_name)
            return f"column {step.table_name}.{step.column.name} is gone" if gone else ""
        case MySQLChangeColumn() if step.newname != step.column_name:
            columns = _columns(there, step.table_name)
            moved = step.newname in columns and step.column_name not in columns
            return f"column {step.table_name}.{step.newname} has its name" if moved else ""
        case CreateIndex() | DropIndex():
            return _index(there, step)
        case AddConstraint() | DropConstraint():
            return _constraint(there, step)
    return ""


def _columns(there: Inspector, table: str) -> set[str]:
    return {column["name"] for column in there.get_columns(table)}


def _table_made(connection: Connection, there: Inspector, table: sa.Table) -> str:
    if not there.has_table(table.name):
        return ""
    # Its indexes are steps of their own, and come next, as may what the table has more than that.
    differences = _differences(connection, table)
    _must_be(
        f"the table {table.name}",
        [each for each in differences if each[0] != "add_index" and "remove" not in each[0]],
        f"DROP TABLE {table.name}",
    )
    return f"table {table.name} is there"


def _column_made(connection: Connection, there: Inspector, step: AddColumn) -> str:
    table, column = step.table_name, step.column
    if column.name not in _columns(there, table):
        return ""
    differences = _differences(connection, column.table)
    _must_be(
        f"the column {table}.{column.name}",
        [each for each in differences if each[0].startswith("modify_") and each[3] == column.name],
        f"ALTER TABLE {table} DROP COLUMN {column.name}",
    )
    return f"column {table}.{column.name} is there"


def _index(there: Inspector, step: CreateIndex | DropIndex) -> str:
    index = step.element
    assert index.table is not None
    table = index.table.name
    found = [each for each in there.get_indexes(table) if each["name"] == index.name]
    if isinstance(step, DropIndex):
        return "" if found else f"index {index.name} is gone"
    if not found:
        return ""
    # Of an index on an expression, the server tells no columns.
    wanted = [str(getattr(each, "name", None)) for each in index.expressions]
    plain = None not in found[0]["column_names"]
    _must_be_equal(
        f"the index {index.name} of {table}",
        (wanted if plain else None, bool(index.unique)),
        (found[0]["column_names"] if plain else None, bool(found[0]["unique"])),
        f"DROP INDEX {index.name} ON {table}",
    )
    return f"index {index.name} is there"


def _constraint(there: Inspector, step: AddConstraint | DropConstraint) -> str:
    constraint = step.element
    table, name = constraint.table.name, constraint.name
    columns = [column.name for column in getattr(constraint, "columns", ())]
    wanted: Any = columns
    found: dict[str | None, Any]
    match constraint:
        case sa.PrimaryKeyConstraint():
            name = name or "the primary key"
            key = there.get_pk_constraint(table)["constrained_columns"]
            found = {str(name): key} if key else {}
        case sa.ForeignKeyConstraint():
            keys = there.get_foreign_keys(table)
            found = {
                each["name"]: [
                    *each["constrained_columns"],
                    each["referred_table"],
                    *each["referred_columns"],
                ]
                for each in keys
            }
            if isinstance(step, AddConstraint):
                targets = [element.column.name for element in constraint.elements]
                wanted = [*columns, constraint.referred_table.name, *targets]
        case sa.UniqueConstraint():
            indexes = there.get_indexes(table)
            found = {each["name"]: each["column_names"] for each in indexes}
        case _:  # a CHECK: each server writes the condition in its own way
            checks = there.get_check_constraints(table)
            found = {each["name"]: wanted for each in checks}
    if isinstance(step, DropConstraint):
        return "" if name is None or name in found else f"constraint {name} is gone"
    if name is None or name not in found:
        return ""
    drop = f"ALTER TABLE {table} DROP CONSTRAINT {name}"
    _must_be_equal(f"the constraint {name} of {table}", wanted, found[str(name)], drop)
    return f"constraint {name} is there"


def _differences(connection: Connection, table: sa.Table) -> list[tuple[Any, ...]]:
    """Return what Alembic would change to make the table in the database like this one."""

    def this_one(_object: object, name: str | None, kind: str, *_rest: object) -> bool:
        return kind != "table" or name == table.name

    options = quiet_options() | {
        "include_object": this_one,
        "include_name": lambda name, kind, _parents: kind != "table" or name == table.name,
    }
    context = MigrationContext.configure(connection, opts=options)
    found: list[tuple[Any, ...]] = []
    for each in compare_metadata(context, table.metadata):
        found += each if isinstance(each, list) else [each]  # the changes of one column come as one
    return found


def _must_be(what: str, differences: list[tuple[Any, ...]], drop: str) -> None:
    if differences:
        words = sorted({_word(each) for each in differences})
        _refuse(what, ", ".join(words), drop)


def _word(difference: tuple[Any, ...]) -> str:
    """Return in words what Alembic would do: "add_column", "modify_type" of a column ..."""
    kind, part = difference[0].split("_", 1)
    if kind == "modify":
        return f"{part.replace('_', ' ')} of column {difference[3]}"
    return f"{part} {getattr(difference[-1], 'name', '')} is missing"


def _must_be_equal(what: str, wanted: Any, found: Any, drop: str) -> None:
    if wanted != found:
        _refuse(what, f"the revision wants {wanted}, there is {found}", drop)


def _refuse(what: str, why: str, drop: str) -> None:
    raise PipelineError(
        f"A revision makes {what}. One of that name is there already, and it is another: {why}.",
        "If it is not this program's, choose another database in DATABASE_URL. If the revision "
        "stopped half-way, and a later step has changed it: python -m alembic upgrade REVISION "
        "--sql shows the steps; run by hand what is missing, then: python -m alembic stamp "
        f"REVISION. If it may go, type in the database: {drop}; and run this again.",
    )
