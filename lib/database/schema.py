"""The schema's history: where a database stands in it, and how it moves."""

from __future__ import annotations

from collections.abc import Callable

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError, PendingRollbackError

from lib.config import ROOT
from lib.database import Database
from lib.errors import PipelineError


def alembic_config() -> Config:
    """Return the project's Alembic settings, as `alembic` itself reads them."""
    return Config(ROOT / "alembic.ini")


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


def upgrade(db: Database, revision: str = "head") -> None:
    """Bring the schema up to the revision, keeping the data.

    Raises PipelineError when the database does not answer or is newer than this code.
    """
    db.prepare()
    if check_known(db) != head() or revision != "head":
        _run(db, command.upgrade, revision)


def downgrade(db: Database, revision: str) -> None:
    """Take the schema back to the revision ("base": no table of ours is left)."""
    check_known(db)
    _run(db, command.downgrade, revision)


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config())


def _run(db: Database, verb: Callable[[Config, str], None], revision: str) -> None:
    config = alembic_config()
    config.attributes["database"] = db
    try:
        verb(config, revision)
    except DBAPIError as error:
        raise db.explain(error) from error
    except PendingRollbackError as error:
        # Alembic fails at tidying up after Ctrl-C or a lost connection; those are what to show.
        cause = error.__context__ or error
        raise (db.explain(cause) if isinstance(cause, DBAPIError) else cause) from None
