"""A part of a transaction that can be taken back by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from lib.database.dialects import dialect_of


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """Set a savepoint: when the block raises, what it did is undone, and the transaction goes on.

    A deadlock (1213) or a changed record (1020) makes the server roll back the whole transaction,
    the savepoint with it, and SQLite does so on a full disk. Rolling back to the savepoint then
    fails as well (1305), which says nothing of the cause: so the first error is raised, for the one
    who owns the transaction. https://dev.mysql.com/doc/refman/8.4/en/innodb-error-handling.html

    The connection is then given up: what the caller did before is undone, and what it does after
    must not be committed without that.

    After an error that a caller may catch, to go on in the same transaction (a row that the table
    does not take), the failed rollback is raised: there is no transaction to go on in.
    """
    nested = connection.begin_nested()
    try:
        yield
    except BaseException as error:
        try:
            # Another one, where a savepoint inside of this could not be released: the connection is
            # lost then, and there is nothing left to roll back.
            if connection.get_nested_transaction() is nested:
                nested.rollback()
        except DBAPIError:
            dialect_of(connection).give_up(connection)
            of_the_server = isinstance(error, DBAPIError) and not isinstance(error, IntegrityError)
            if isinstance(error, Exception) and not of_the_server:
                raise
        raise
    nested.commit()
