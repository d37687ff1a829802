"""A part of a transaction that can be taken back by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """Take back what the block did, and no more, when it raises.

    A deadlock has taken back the whole transaction, and the savepoint with it: then the error of
    the block is raised, not the one that no such savepoint is there (1305).
    https://dev.mysql.com/doc/refman/8.4/en/innodb-error-handling.html
    """
    nested = connection.begin_nested()
    try:
        yield
    except BaseException:
        with suppress(SQLAlchemyError):
            nested.rollback()
        raise
    nested.commit()
