"""Why a class cannot be prepared on a server: what is there already, and who may reach into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, text

from lib.errors import PipelineError
from lib.workbook.databases.names import CHECKPOINT
from lib.workbook.teaching.class_names import owns

OTHER_NAME = "Choose another name for the class, such as: --name morning"


def not_ours(what: str, place: str) -> PipelineError:
    """Return the error for what has a name of the class, and was made by another program."""
    return PipelineError(
        f"There is {what} at {place} already, and this command has not made it.", OTHER_NAME
    )


def refuse_what_is_not_ours(
    connection: Connection,
    new: Sequence[str],
    databases: Iterable[str],
    there: Sequence[str],
    place: str,
) -> None:
    """Raise PipelineError where one of these databases, or something of a new user, is `there`."""
    for database in databases:
        if database in there:
            raise not_ours(f"the database {database!r}", place)
    for user in new:
        for database in there:
            if owns(user, database):
                raise not_ours(f"the database {database!r}", place)
        asked = text("SELECT count(*) FROM mysql.user WHERE User = :user")
        if connection.scalar(asked, {"user": user}):
            raise not_ours(f"a user {user!r}", place)
        _refuse_grants_of_others(connection, user)


def _refuse_grants_of_others(connection: Connection, user: str) -> None:
    r"""Raise where another account may use what will be the learner's.

    A new MariaDB lets all users do all in databases like `test\_%`.
    """
    asked = text("SELECT User, Host, Db FROM mysql.db WHERE :own LIKE Db OR :beside LIKE Db")
    administrator = connection.scalar(text("SELECT CURRENT_USER()"))
    names = {"own": user, "beside": f"{user}_{CHECKPOINT}"}
    for other, host, pattern in connection.execute(asked, names):
        if f"{other}@{host}" == administrator:
            continue
        raise PipelineError(
            f"The account '{other}'@'{host}' may use all databases like {pattern}, and so those of "
            f"{user!r}.",
            OTHER_NAME,
        )


def what_undoes_grants(connection: Connection, user: str) -> str:
    """Return what to do about a setting of the server that is known to undo a learner's grants."""
    asked = "SELECT Host FROM mysql.user WHERE User = '' LIMIT 1"
    if found := connection.execute(text(asked)).first():
        # https://dev.mysql.com/doc/refman/8.4/en/connection-access.html
        return (
            f"An account without a name may come before it: DROP USER ''@'{found[0]}'; then type "
            "the same command again."
        )
    # https://dev.mysql.com/doc/refman/8.4/en/partial-revokes.html
    revokes = connection.execute(text("SHOW GLOBAL VARIABLES LIKE 'partial_revokes'")).first()
    if revokes and revokes[1] == "ON":
        return (
            "With partial_revokes, grants know no patterns: SET PERSIST partial_revokes = OFF; "
            "then type the same command again."
        )
    return f"Look at SHOW GRANTS FOR '{user}'@'%' and at the server's log."
