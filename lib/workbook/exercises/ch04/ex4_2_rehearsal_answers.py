"""Answers to exercise 4.2: right in other ways, wrong, and deaf to a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from typing import Any

from sqlalchemy.orm import Session

from lib.database import Database
from lib.models import Base
from lib.workbook.course.exercise import Word, Wrong


def rehearsal_but(
    *,
    catches: type[BaseException] = BaseException,
    swallows: bool = False,
    closes: bool = True,
    at_the_end: Callable[[Session], None] = Session.rollback,
    gives: Callable[[Session], Any] = lambda session: session,
) -> Any:
    """The scope of the chapter without its commit, but for one thing."""

    @contextmanager
    def rehearsal(db):
        session = db.sessions()
        try:
            yield gives(session)
        except catches:
            session.rollback()
            if closes:
                session.close()
            if not swallows:
                raise
        else:
            at_the_end(session)
            if closes:
                session.close()

    return rehearsal


def rehearsal_closed_by_with() -> Any:
    @contextmanager
    def rehearsal(db):
        with db.sessions() as session:
            yield session

    return rehearsal


def rehearsal_by_the_session_itself() -> Any:
    def rehearsal(db):
        return Session(db.engine)

    return rehearsal


def rehearsal_as_a_class() -> Any:
    class rehearsal:  # noqa: N801
        def __init__(self, db):
            self.session = db.sessions()

        def __enter__(self):
            return self.session

        def __exit__(self, kind, error, trace):
            self.session.close()
            if error is not None:
                raise error

    return rehearsal


def rehearsal_on_a_connection() -> Any:
    @contextmanager
    def rehearsal(db):
        with ExitStack() as stack:
            connection = stack.enter_context(db.engine.connect())
            transaction = connection.begin()
            stack.callback(transaction.rollback)
            session = Session(connection, join_transaction_mode="create_savepoint")
            stack.callback(session.close)
            yield session

    return rehearsal


def rehearsal_commits() -> Any:
    @contextmanager
    def rehearsal(db):
        with db.session_scope() as session:
            yield session

    return rehearsal


def rehearsal_undecorated() -> Any:
    def rehearsal(db):
        session = db.sessions()
        try:
            yield session
        finally:
            session.close()

    return rehearsal


def rehearsal_without_finally() -> Any:
    @contextmanager
    def rehearsal(db):
        session = db.sessions()
        yield session
        session.rollback()
        session.close()

    return rehearsal


def rehearsal_elsewhere() -> Any:
    @contextmanager
    def rehearsal(db):
        with Database("sqlite://") as chapter_db:  # stands for another one than is given
            Base.metadata.create_all(chapter_db.engine)
            with chapter_db.sessions() as session:
                yield session

    return rehearsal


def rehearsal_with_one_session() -> Any:
    kept: dict[Any, Any] = {}

    @contextmanager
    def rehearsal(db):
        session = kept.setdefault(db, db.sessions())
        try:
            yield session
        finally:
            session.close()

    return rehearsal


ALSO_RIGHT = (
    rehearsal_closed_by_with,
    rehearsal_by_the_session_itself,
    rehearsal_as_a_class,
    rehearsal_on_a_connection,
    rehearsal_but,
)

WRONG = (
    Wrong(rehearsal_commits, "must never commit", "wraps the scope that commits"),
    Wrong(
        lambda: rehearsal_but(at_the_end=Session.commit),
        "When the block ends well, the work stays",
        "takes back the work of a block that failed only",
    ),
    Wrong(
        rehearsal_undecorated,
        "cannot stand after `with`",
        "forgot what makes a `with` block of a function that yields",
    ),
    Wrong(
        lambda: rehearsal_but(gives=lambda session: None),
        "The block gets a NoneType",
        "yields nothing, so the block has no session",
    ),
    Wrong(
        lambda: rehearsal_but(gives=lambda session: session.connection()),
        "The block gets a Connection",
        "yields what the session works with",
    ),
    Wrong(
        rehearsal_without_finally,
        "When the block raises an error, a transaction is still open",
        "does not see that an exception leaves the generator at its yield",
    ),
    Wrong(
        lambda: rehearsal_but(catches=Exception),
        "When the block is interrupted, a transaction is still open",
        "takes KeyboardInterrupt for an Exception",
    ),
    Wrong(
        lambda: rehearsal_but(catches=(Exception, KeyboardInterrupt)),  # type: ignore[arg-type]
        "When the block ends the program, a transaction is still open",
        "lists the endings that came to mind",
    ),
    Wrong(
        lambda: rehearsal_but(swallows=True),
        "swallows the exception",
        "forgets to raise again: the caller believes that all went well",
    ),
    Wrong(
        lambda: rehearsal_but(closes=False),
        "the session is not closed",
        "takes rollback for the end of the session's life",
    ),
    Wrong(
        lambda: rehearsal_but(at_the_end=lambda session: None, closes=False),
        "When the block ends well, a transaction is still open",
        "leaves out the commit, and puts nothing in its place",
    ),
    Wrong(
        rehearsal_elsewhere,
        "asks another database than the `db`",
        "works in a database of its own",
    ),
)

WORDS = (
    Word(
        "Write `rehearsal(db)` for use in a `with` block",
        "a block that the check writes, in a database of its own",
        rehearsal_undecorated,
    ),
    Word(
        "it gives the block a new session",
        "one rehearsal inside of another",
        rehearsal_with_one_session,
    ),
    Word(
        "when the block ends, in whatever way, nothing stays",
        "four endings: well, an error, Ctrl-C, the end of the program",
        lambda: rehearsal_but(catches=Exception),
    ),
    Word(
        "No commit, no open transaction",
        "another program looks, and writes, after the block",
        lambda: rehearsal_but(at_the_end=Session.commit),
    ),
    Word(
        "the session closed",
        "an object of the block, after it",
        lambda: rehearsal_but(closes=False),
    ),
    Word(
        "An exception in the block goes on to the caller.",
        "the very exception that the block raised",
        lambda: rehearsal_but(swallows=True),
    ),
)
ASIDES = (
    "Sometimes you want to try a change on the real tables, look at the result, and leave no "
    "trace.",
    "The function below is not yet fit for `with`: remember what made the others so.",
)
