"""How Alembic reaches the database: through lib, with the same settings as everything else.

`lib.database.schema` hands a Database over; on the command line (`alembic upgrade head`) the
settings name it.
"""

from __future__ import annotations

import logging
from logging.config import fileConfig

from alembic import command, context
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from lib.config import load_settings
from lib.database import Database
from lib.database.quiet import quiet_options
from lib.database.resuming import look_first
from lib.database.schema import check_nothing_is_missing, explain
from lib.database.standing import history
from lib.errors import PipelineError
from lib.models import Base

config = context.config
given: Database | None = config.attributes.get("database")
typed = getattr(config.cmd_opts, "cmd", (None,))[0]  # on the command line
upgrading = config.attributes.get("upgrading", typed is command.upgrade)

if given is None and config.config_file_name and not logging.getLogger().handlers:
    # The default would silence every logger that exists already.
    fileConfig(config.config_file_name, disable_existing_loggers=False, encoding="utf-8")


def run_offline(db: Database) -> None:
    """Write the SQL to standard output; no database is opened."""
    context.configure(
        dialect_name=db.dialect.name,
        literal_binds=True,
        target_metadata=Base.metadata,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_online(db: Database) -> None:
    """Run the revisions, on SQLite all of them in one transaction."""
    if upgrading:
        history()  # before others have to wait for it
    with db.migrating() as connection:
        if upgrading:
            check_nothing_is_missing(connection)
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            transactional_ddl=db.dialect.name == "sqlite",
            **quiet_options(),
            **look_first(connection),
        )
        context.run_migrations()


def main() -> None:
    """Run in the way that the command asks for; a user's mistake is one line, not a traceback."""
    try:
        db = given or Database(load_settings().database_url)
        if context.is_offline_mode():
            run_offline(db)
        else:
            run_online(db)
    except PipelineError as error:
        if given is not None:
            raise
        raise CommandError(str(error)) from error
    except DBAPIError as error:
        if given is not None:
            raise
        raise CommandError(str(explain(db, error))) from error


main()
