"""How the checks of chapter 07 run the body of an upgrade, and look at what it leaves."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from lib.database import Database
from lib.errors import PipelineError
from lib.workbook.course.exercise import Bench, NotYet

Body = Callable[[], Any]
# What a migration raises when it does not suit a database: the check says it in words.
REFUSALS = (DBAPIError, CommandError, NotImplementedError, ValueError, PipelineError)


def run(bench: Bench, db: Database, body: Body) -> Exception | None:
    """Run the body as an `upgrade` of this database; return what says that it does not suit."""

    def upgrade() -> Exception | None:
        try:
            with db.migrating() as connection:
                context = MigrationContext.configure(connection)
                with context.begin_transaction(_per_migration=True), Operations.context(context):
                    body()
        except REFUSALS as error:
            return error
        except TypeError as error:
            if "create_foreign_key" not in str(error):
                raise
            return error
        return None

    error: Exception | None = bench.call(upgrade)
    return error


def for_mysql(body: Body) -> tuple[str, str]:
    """Write the body down as SQL for MySQL; return that, and why it cannot be done, or nothing."""
    script = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="mysql", opts={"as_sql": True, "output_buffer": script}
    )
    refusal = ""
    try:
        with Operations.context(context):
            body()
    except (CommandError, NotImplementedError) as error:
        # A table can be rebuilt only where there is one: the other run judges that.
        refusal = "" if "--sql mode" in str(error) else str(error)
    except Exception:  # it asks the database, which is not there: the other run judges it
        pass
    return script.getvalue(), refusal


def type_for_mysql(script: str, column: str) -> str:
    """The type that a script for MySQL repeats where it changes this column, or nothing."""
    changes = rf"(?:MODIFY|CHANGE `?\w+`?) (?:COLUMN )?`?{column}`? (\w+(?:\(\d+\))?)"
    found = re.search(changes, script)
    return found[1] if found else ""


def first_line(error: Exception) -> str:
    """The error's class and what it says first, for a message of the check."""
    cause = getattr(error, "orig", None) or error
    text = str(cause.args[-1] if cause.args else cause).splitlines()
    return f"{type(error).__name__}: {text[0] if text else ''}"


def make(db: Database, *tables: sa.Table) -> None:
    """Make these tables in a database that has none of them yet."""
    with db.engine.begin() as connection:
        for table in tables:
            table.create(connection)


def put(db: Database, table: sa.Table, *rows: tuple[Any, ...]) -> None:
    """Put rows into a table, values in the order of its columns."""
    names = [column.name for column in table.columns]
    with db.engine.begin() as connection:
        connection.execute(table.insert(), [dict(zip(names, row, strict=True)) for row in rows])


def columns_of(db: Database, table: str) -> dict[str, Any]:
    """What is known of each column of a table; nothing when the table is not there."""
    with db.engine.connect() as connection:
        look = sa.inspect(connection)
        if not look.has_table(table):
            return {}
        return {column["name"]: column for column in look.get_columns(table)}


def look_at(db: Database, ask: Callable[[sa.Inspector], Any]) -> Any:
    """What the question finds in the database as it is now."""
    with db.engine.connect() as connection:
        return ask(sa.inspect(connection))


def rows_of(db: Database, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of a table, these columns only, sorted."""
    names = ", ".join(columns)
    found: Any = db.execute([f"SELECT {names} FROM {table} ORDER BY {names}"])[0]
    return [tuple(row) for row in found]


def not_here(error: Exception | None, where: str) -> None:
    """Raise NotYet when the body did not run."""
    if error is not None:
        raise NotYet(f"{where} your function fails with {first_line(error)}")
