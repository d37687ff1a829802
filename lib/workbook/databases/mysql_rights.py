"""What a user may do on a MySQL or MariaDB server: found out by doing it, and undone at once.

Grants may come from patterns, roles and settings of the server; to read them would be to guess.
"""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from lib.database import Database
from lib.errors import PipelineError
from lib.workbook.databases.names import sandbox_name

# https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
NO_DATABASE, NO_TABLE, NO_COLUMN = 1044, 1142, 1143  # access denied, to what
DENIED = (NO_DATABASE, NO_TABLE, NO_COLUMN)
# What chapters and loads do with tables. The right to drop comes first: without it nothing is made
# that would have to stay.
STEPS = (
    "DROP TABLE IF EXISTS {0}",
    "CREATE TABLE {0} (id INTEGER PRIMARY KEY, up INTEGER, FOREIGN KEY (up) REFERENCES {0} (id))",
    "ALTER TABLE {0} ADD COLUMN name VARCHAR(10)",
    "CREATE INDEX names ON {0} (name)",
    "INSERT INTO {0} (id) VALUES (1)",
    "UPDATE {0} SET name = 'x' WHERE id = 1",
    "SELECT count(*) FROM {0}",
    "DELETE FROM {0}",
    "DROP TABLE {0}",
)


def is_denied(error: DBAPIError) -> bool:
    """Tell whether the server refused something that a grant would allow."""
    return bool(error.orig is not None and error.orig.args[:1] and error.orig.args[0] in DENIED)


def escaped(name: str) -> str:
    """Return the name as a grant or LIKE wants it, where `_` stands for any character."""
    return name.replace("_", r"\_")


def missing_right(connection: Connection, url: URL, *, beside: bool) -> PipelineError:
    """Return the error for a user who may not use the URL's database, or those `beside` it."""
    account = str(connection.scalar(text("SELECT CURRENT_USER()")))
    user, _, host = account.rpartition("@")
    pattern = escaped(str(url.database))
    if beside:
        what = f"make databases whose names begin with {url.database}_: each chapter, and each "
        what += "check of an answer, has one of its own."
        pattern += r"\_%"
    else:
        what = f"make, change and fill tables in the database {url.database!r}."
    return PipelineError(
        f"User {user!r} may not {what}",
        f"As the server's administrator: GRANT ALL ON `{pattern}`.* TO '{user}'@'{host}';",
    )


def check_rights(url: URL) -> None:
    """Try what the chapters do, in the URL's database and in one beside it; leave nothing behind.

    Raises PipelineError, with the GRANT to type, where the server refuses it; and NotReady where
    it does not answer.
    """
    # Named as what a check of an answer makes: should this be killed, a later start removes it.
    beside = f"{url.database}_{sandbox_name()}"
    with Database(url) as db:
        db.ping()
        with db.engine.connect() as connection:
            _try(connection, url, f"`{url.database}`", beside=False)
            connection.execute(text("SELECT GET_LOCK(:name, 0)"), {"name": beside})
            try:
                # Refused before it is made: who may not drop could not take it away.
                connection.execute(text(f"DROP DATABASE IF EXISTS `{beside}`"))
                connection.execute(text(f"CREATE DATABASE `{beside}`"))
            except DBAPIError as error:
                raise _told(error, connection, url, beside=True) from error
            try:
                _try(connection, url, f"`{beside}`", beside=True)
            finally:
                connection.execute(text(f"DROP DATABASE `{beside}`"))


def _try(connection: Connection, url: URL, database: str, *, beside: bool) -> None:
    table = f"{database}.`probe_{secrets.token_hex(6)}`"
    made = False
    try:
        for step in STEPS:
            connection.execute(text(step.format(table)))
            made = True
    except DBAPIError as error:
        told = _told(error, connection, url, beside=beside)
        if made:
            connection.execute(text(f"DROP TABLE IF EXISTS {table}"))
        raise told from error
    connection.commit()


def _told(error: DBAPIError, connection: Connection, url: URL, *, beside: bool) -> Exception:
    return missing_right(connection, url, beside=beside) if is_denied(error) else error
