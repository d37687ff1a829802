"""Answers to exercise 3.3: right in other ways, wrong, and deaf to a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

from typing import Any

from sqlalchemy import create_engine, event, exc
from sqlalchemy.pool import NullPool, QueuePool, StaticPool

from lib.database import Database
from lib.workbook.course.exercise import Word, Wrong

RIGHT: dict[str, Any] = {
    "pool_pre_ping": True,
    "pool_size": 2,
    "max_overflow": 0,
    "pool_timeout": 1,
}


def engine_but(**other: Any) -> Any:
    """The solution, but for some settings; None leaves one out."""
    options = {name: value for name, value in {**RIGHT, **other}.items() if value is not None}

    def make_engine(url):
        return create_engine(url, **options)

    return make_engine


def engine_with_overflow() -> Any:
    return engine_but(pool_size=1, max_overflow=1, pool_timeout=1.0)


def engine_with_a_pool_by_name() -> Any:
    return engine_but(poolclass=QueuePool, pool_recycle=3600, echo_pool=False)


def engine_by_an_event() -> Any:
    def make_engine(url):
        engine = create_engine(url, pool_size=2, max_overflow=0, pool_timeout=1)

        @event.listens_for(engine, "checkout")
        def test(connection, record, proxy):
            try:
                cursor = connection.cursor()
                cursor.execute("SELECT 1")
                cursor.close()
            except Exception as error:
                raise exc.DisconnectionError from error

        return engine

    return make_engine


def engine_that_recycles_at_once() -> Any:
    return engine_but(pool_pre_ping=None, pool_recycle=0)


def engine_in_a_wrapper() -> Any:
    return Database


def engine_of_the_text() -> Any:
    def make_engine(url):
        return create_engine(str(url), **RIGHT)

    return make_engine


def engine_of_another_url() -> Any:
    def make_engine(url):
        return create_engine("sqlite://", poolclass=QueuePool, **RIGHT)  # stands for db.url

    return make_engine


ALSO_RIGHT = (
    engine_with_overflow,
    engine_with_a_pool_by_name,
    engine_by_an_event,
    engine_that_recycles_at_once,
)

WRONG = (
    Wrong(
        lambda: engine_but(pool_pre_ping=None, pool_recycle=3600),
        "hung up on the pool's connection",
        "trusts a connection because it is young; a server may restart at any time",
    ),
    Wrong(
        lambda: engine_but(max_overflow=None),
        "another setting says how many may be added",
        "takes pool_size for the limit; max_overflow adds ten more",
    ),
    Wrong(
        lambda: engine_but(max_overflow=-1),
        "another setting says how many may be added",
        "does not know that -1 takes the limit away",
    ),
    Wrong(
        lambda: engine_but(pool_size=3),
        "alone allows 3",
        "counts the caller who waits among those who have a connection",
    ),
    Wrong(
        lambda: engine_but(pool_size=None),
        "alone allows 5",
        "forgets the limit, or leaves it to the default",
    ),
    Wrong(
        lambda: engine_but(pool_size=0, max_overflow=2),
        "means without a limit",
        "reads pool_size=0 as a pool that keeps nothing",
    ),
    Wrong(
        lambda: engine_but(pool_size=1),
        "of the first two callers, 1 got one",
        "takes max_overflow=0 for one more",
    ),
    Wrong(
        lambda: engine_but(pool_timeout=None),
        "still waiting after 2",
        "left the default patience of the pool, which is 30 seconds",
    ),
    Wrong(
        lambda: engine_but(pool_timeout=0.5),
        "gave up after 0.5 seconds",
        "takes half a second for short enough",
    ),
    Wrong(
        lambda: engine_but(pool_timeout=1000),
        "still waiting after 2",
        "takes the seconds for milliseconds",
    ),
    Wrong(
        lambda: engine_but(
            poolclass=NullPool,
            pool_pre_ping=None,
            pool_size=None,
            max_overflow=None,
            pool_timeout=None,
        ),
        "a NullPool does not limit them",
        "keeps no connection, so that none can die, and limits nothing",
    ),
    Wrong(
        lambda: engine_but(
            poolclass=StaticPool, pool_size=None, max_overflow=None, pool_timeout=None
        ),
        "a StaticPool does not limit them",
        "lends one connection to all, who then share one transaction",
    ),
    Wrong(
        engine_in_a_wrapper,
        "This asks for an engine",
        "takes the project's wrapper for the engine in it",
    ),
    Wrong(
        engine_of_the_text,
        "log in with '***'",
        "turns the URL into text, which works until there is a password",
    ),
)

WORDS = (
    Word(
        "Write `make_engine(url)`. It returns an engine for that URL",
        "a row that only the check's own database has",
        engine_of_another_url,
    ),
    Word(
        "notices a dead connection before it lends it",
        "the connection in the pool is cut, then both are",
        lambda: engine_but(pool_pre_ping=None),
    ),
    Word(
        "never has more than two connections at once",
        "a third caller, while two hold theirs",
        lambda: engine_but(max_overflow=1),
    ),
    Word(
        "makes a third caller wait for one second, and then gives up",
        "the third caller's wait, by the clock",
        lambda: engine_but(pool_timeout=1.8),
    ),
)
ASIDES = ()
