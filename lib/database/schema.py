"""The schema's history: where a database stands in it, and how it moves."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, PendingRollbackError

from lib.database import Database
from lib.database.resuming import VERSION_TABLE
from lib.database.standing import (
    Parts,
    Standing,
)
from lib.database.standing import alembic_config as alembic_config
from lib.database.standing import columns_of, history, standing_of
from lib.errors import NotReady, PipelineError


def head() -> str:
    """Return the newest revision that this code knows."""
    revision = _scripts().get_current_head()
    assert revision is not None
    return revision


def current(db: Database) -> str | None:
    """Return the revision of the database; None when it has no table of ours yet.

    Raises PipelineError when the database does not answer.
    """
    try:
        with db.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except (DBAPIError, RuntimeError) as error:
        raise db.explain(error) from error


def check_known(db: Database) -> str | None:
    """Return the database's revision; raise PipelineError when this code does not know it."""
    revision = current(db)
    known = {script.revision for script in _scripts().walk_revisions()}
    if revision is not None and revision not in known:
        raise PipelineError(
            f"The database is newer than this code: its schema is at revision {revision}, "
            "which is not in migrations/versions.",
            "Update the code, or choose another database with --database-url.",
            topic="newer schema",
        )
    return revision


def standing(db: Database) -> Standing:
    """Return at which revision the database stands, and whether its tables do.

    Raises PipelineError when the database does not answer or is newer than this code.
    """
    revision = check_known(db)
    try:
        with db.engine.connect() as connection:
            return standing_of(connection, revision)
    except DBAPIError as error:
        raise db.explain(error) from error


def upgrade(db: Database, revision: str = "head") -> None:
    """Bring the schema up to the revision, keeping the data.

    What stopped half-way goes on where it was. Several at once wait for each other. Raises
    PipelineError when the database does not answer, is newer than this code, or lacks what its
    revision has: then it says what, and what to type.
    """
    db.prepare()
    at_head = check_known(db) == head() and revision == "head"
    if not at_head:
        _run(db, command.upgrade, revision)
    with db.engine.connect() as connection:
        check_nothing_is_missing(connection)


def check_nothing_is_missing(connection: Connection) -> None:
    """Raise PipelineError when the database lacks what its revision has.

    A downgrade that was stopped leaves that behind on a server, as does a hand that drops a table;
    each step from there would fail, or leave it out.
    """
    ours = not connection.in_transaction()
    revision = MigrationContext.configure(connection).get_current_revision()
    found = standing_of(connection, revision)
    if ours:
        connection.rollback()  # or Alembic would take this for a transaction of its caller's
    if found.missing:
        raise PipelineError(str(found), way_out(found))


def downgrade(db: Database, revision: str) -> None:
    """Take the schema back to the revision ("base": no table of ours is left)."""
    check_known(db)
    _run(db, command.downgrade, revision)


def remove(db: Database) -> list[str]:
    """Drop all tables that the history knows, whatever state they are in; return their names.

    Raises PipelineError when the database says of no revision that they are its own, and one of
    them is none that a revision makes.
    """
    at = check_known(db)
    every = history()
    if not every:
        downgrade(db, "base")
        return []
    known = {part for each in every.values() for part in each}
    with db.migrating() as connection:
        there = sa.inspect(connection).get_table_names()
        names = sorted(name for name in there if f"table {name}" in known)
        if at is None:
            _check_ours(connection, names, every)
        metadata = sa.MetaData()
        metadata.reflect(connection, only=names)
        metadata.drop_all(connection, [metadata.tables[name] for name in names])
        if sa.inspect(connection).has_table(VERSION_TABLE):
            connection.execute(sa.text(f"DELETE FROM {VERSION_TABLE}"))
        if db.dialect.name != "sqlite":
            connection.commit()  # there, `migrating` is the transaction
    return names


def _check_ours(connection: Connection, names: list[str], every: dict[str | None, Parts]) -> None:
    for name in names:
        columns = {each["name"] for each in sa.inspect(connection).get_columns(name)}
        if not any(columns == columns_of(parts, name) for parts in every.values()):
            raise PipelineError(
                f"The database has a table {name} that no revision makes, and stands at none.",
                "If it is not this program's, choose another database in DATABASE_URL. If it is, "
                f"look at what is in it, then type in the database: DROP TABLE {name}",
            )


def explain(db: Database, error: BaseException) -> PipelineError:
    """Return an error in words; where the tables are at fault, with what is wrong with them, and
    what to type."""
    said = db.explain(error)
    if isinstance(said, NotReady):
        return said
    try:
        found = standing(db)
    except PipelineError:
        return said
    if not found.is_whole:
        message = f"{said.message}\n{found}"
        return PipelineError(message, f"{said.fix}\n{way_out(found)}".strip())
    if found.revision is None:
        return PipelineError(
            f"{said.message} The database has no tables yet.",
            "lib.database.schema.upgrade makes them.",
            topic=said.topic and "no data",
        )
    return said


def way_out(found: Standing, again: str = "Run this again") -> str:
    """Return what to type when the tables are not those of the revision."""
    if found.missing:
        assert found.revision is not None  # which lacks nothing
        before = _scripts().get_revision(found.revision).down_revision or "base"
        return (
            f"To end a way down that stopped: python -m alembic downgrade {before}; it passes over "
            "what is gone, and loses the rows of what it drops. Then run this again."
        )
    following = [
        script.revision
        for script in _scripts().walk_revisions()
        if script.down_revision == found.revision
    ]
    name = following[0] if following else "head"
    start = f"{found.revision}:" if found.revision else ""
    return (
        f"{again}: what was done is passed over. If the same statement is refused again, "
        f"python -m alembic upgrade {start}{name} --sql shows all of the revision; run by hand "
        f"what is missing, then: python -m alembic stamp {name}"
    )


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config())


def _run(db: Database, verb: Callable[[Config, str], None], revision: str) -> None:
    config = alembic_config()
    config.attributes["database"] = db
    config.attributes["upgrading"] = verb is command.upgrade
    try:
        verb(config, revision)
    except DBAPIError as error:
        raise explain(db, error) from error
    except PendingRollbackError as error:
        # Alembic fails at tidying up after Ctrl-C or a lost connection; those are what to show.
        cause = error.__context__ or error
        raise (explain(db, cause) if isinstance(cause, DBAPIError) else cause) from None
