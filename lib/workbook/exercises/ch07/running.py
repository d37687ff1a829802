"""How the checks of chapter 07 run the body of an upgrade, and look at what it leaves."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from lib.database import Database
from lib.database.kept import Snapshot, snapshot
from lib.errors import PipelineError
from lib.workbook.checking.sandbox import AnswerRaised
from lib.workbook.course.exercise import NotYet, Sandbox, expect

Body = Callable[[], Any]
# What a migration raises when it does not suit a database: the check says it in words.
REFUSALS = (DBAPIError, CommandError, NotImplementedError, ValueError, PipelineError)
# What SQLite knows since 3.53 only. Those who have an older one, or serve one, cannot run it.
# https://www.sqlite.org/releaselog/3_53_0.html
NEW_IN_SQLITE = re.compile(
    r"\s*ALTER\s+TABLE\s+\S+\s+(ALTER|DROP\s+CONSTRAINT|ADD\s+(CONSTRAINT|CHECK))\b", re.IGNORECASE
)

TOO_NEW = "ALTER TABLE"  # sent in the place of such a statement: no version can parse it


@dataclass
class Run:
    """What came of running a body: what says that it does not suit, and what was sent."""

    error: Exception | None = None
    sent: list[str] = field(default_factory=list)
    too_new: list[str] = field(default_factory=list)  # statements that SQLite 3.40 refuses

    def of(self, *kinds: type[Exception]) -> bool:
        return isinstance(self.error, kinds)

    @property
    def statement(self) -> str:
        """The statement that the database has refused, or nothing."""
        return str(getattr(self.error, "statement", None) or "")


def run(sandbox: Sandbox, db: Database, body: Body) -> Run:
    """Run the body as an `upgrade` of this database, SQLite as one of 3.40."""
    ran = Run()

    def upgrade() -> Any:
        with db.migrating() as connection:
            context = MigrationContext.configure(connection)
            with context.begin_transaction(_per_migration=True), Operations.context(context):
                return body()

    with _as_sqlite_3_40(db, ran):
        outcome = sandbox.outcome(REFUSALS, upgrade)
    if isinstance(outcome, REFUSALS):
        ran.error = outcome
    return ran


@contextmanager
def _as_sqlite_3_40(db: Database, ran: Run) -> Iterator[None]:
    """Note what is sent; let every SQLite refuse what an older one refuses, by itself."""

    def before(
        _connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any
    ) -> tuple[str, Any]:
        ran.sent.append(statement)
        if db.dialect.name == "sqlite" and NEW_IN_SQLITE.match(statement):
            ran.too_new.append(" ".join(statement.split()))
            return TOO_NEW, ()
        return statement, parameters

    event.listen(db.engine, "before_cursor_execute", before, retval=True)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", before)


def expect_no_new_sqlite(ran: Run, instead: str) -> None:
    """Expect that it does not fail at what SQLite knows since 3.53 only; it may try it."""
    expect(
        ran.statement != TOO_NEW,
        f"Your function sends `{''.join(ran.too_new[-1:])}`. SQLite knows this form since 3.53 "
        f"only, and refuses it before. {instead}",
    )


def for_mysql(sandbox: Sandbox, body: Body) -> tuple[str, Exception | None]:
    """Write the body down as SQL for MySQL; return that, and why it cannot be done, if so."""
    script = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="mysql", opts={"as_sql": True, "output_buffer": script}
    )

    def write() -> Any:
        with Operations.context(context):
            return body()

    outcome = None
    with suppress(AnswerRaised):  # it asks the database, which is not there: another run judges it
        outcome = sandbox.outcome((CommandError, NotImplementedError), write)
    # Raised anywhere else, it says that there is no table to rebuild: another run judges that, too.
    refused = isinstance(outcome, Exception) and _raised_in(outcome) == "alembic.ddl.mysql"
    return script.getvalue(), outcome if refused else None


def _raised_in(error: BaseException) -> str:
    """The name of the module in which an error was raised."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    return "" if step is None else str(step.tb_frame.f_globals.get("__name__", ""))


def type_for_mysql(script: str, column: str) -> str:
    """The type that a script for MySQL repeats where it changes this column, or nothing."""
    changes = rf"(?:MODIFY|CHANGE `?\w+`?) (?:COLUMN )?`?{column}`? (\w+(?:\(\d+\))?)"
    found = re.search(changes, script)
    return found[1] if found else ""


def first_line(error: Exception) -> str:
    """The error's class and what it says first, for a message of the check."""
    cause = getattr(error, "orig", None) or error
    text = str(cause.args[-1] if cause.args else cause).splitlines()
    return f"{type(error).__name__}: {text[0] if text else ''}".rstrip(" .:")


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


def rows_in(db: Database) -> Snapshot:
    """All rows of all tables, for `lost`."""
    with db.engine.connect() as connection:
        return snapshot(connection)


def rows_of(db: Database, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of a table, these columns only, sorted."""
    names = ", ".join(columns)
    found: Any = db.execute([f"SELECT {names} FROM {table} ORDER BY {names}"])[0]
    return [tuple(row) for row in found]


def expect_ran(ran: Run, where: str, advice: str = "") -> None:
    """Expect that the body has run to its end."""
    if ran.error is not None:
        raise NotYet(f"{where} your function fails with {first_line(ran.error)}. {advice}".strip())


def definition(column: Any) -> str:
    """What a column is, as `VARCHAR(16) NOT NULL DEFAULT ''`."""
    default = str(column["default"] or "NULL")
    not_null = "" if column["nullable"] else " NOT NULL"
    return f"{column['type']}{not_null}{'' if default == 'NULL' else f' DEFAULT {default}'}"


def shape_of(db: Database, table: str) -> dict[str, Any]:
    """What holds the rows of a table: its columns, its primary key, its unique constraints."""
    with db.engine.connect() as connection:
        look = sa.inspect(connection)
        if not look.has_table(table):
            return {}
        columns = {
            f"the column {column['name']}": definition(column) for column in look.get_columns(table)
        }
        uniques = look.get_unique_constraints(table)
        return {
            "the primary key": look.get_pk_constraint(table)["constrained_columns"],
            "the unique constraints": sorted(str(unique["name"]) for unique in uniques),
        } | columns


def expect_same_shape(
    before: dict[str, Any], after: dict[str, Any], where: str, *changing: str
) -> None:
    """Expect that a table is what it was, but for what was to change."""
    for part in before | after:
        expect(
            part in changing or before.get(part) == after.get(part),
            f"{where}, {part} was {before.get(part, 'not there')} and is "
            f"{after.get(part, 'not there')}: it was not to change.",
        )
