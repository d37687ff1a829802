"""Exercise 3.3: an engine that outlives a silence and has a limit."""

# The solutions are shown to learners as they would type them: without annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import socket
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from lib.workbook.course.exercise import (
    Bench,
    Exercise,
    NotYet,
    Wrong,
    expect,
    expect_function,
    expect_type,
)


def check_engine(answer: Any, bench: Bench) -> str:
    expect_function(answer, "make_engine")
    engine = bench.call(answer, bench.db.url)
    expect_type(engine, Engine, "an engine, as create_engine returns it")
    try:
        _check_engine(engine, bench)
    finally:
        engine.dispose()
    return "That is it. This engine survives lunch, and never takes more than its share."


def _check_engine(engine: Engine, bench: Bench) -> None:
    expect(
        engine.url == bench.db.url,
        "The engine leads to another database than the URL that your function was given.",
    )
    expect(
        isinstance(engine.pool, QueuePool),
        "This engine's pool does not count its connections; leave out `poolclass`.",
    )
    bench.call(_hang_up, engine)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except DBAPIError as error:
        raise NotYet(
            "The check hung up on the pool's connection, and the next statement failed with "
            f"{type(error).__name__}. The pool should test a connection before it hands it out."
        ) from error
    patience = getattr(engine.pool, "timeout", lambda: 0.0)()
    expect(
        0.5 <= patience <= 2,
        f"When both connections are taken, the next caller would wait {patience:g} seconds for "
        "one. It should give up after one second.",
    )
    held = []
    try:
        for number in (1, 2, 3):
            try:
                held.append(engine.connect())
            except PoolTimeout:
                break
    finally:
        for connection in held:
            connection.close()
    assert isinstance(engine.pool, QueuePool)
    kept = engine.pool.size()
    expect(
        len(held) < 3 or kept in (1, 2),
        "A third connection could be opened while two were in use: "
        + (f"`pool_size` alone allows {kept}." if kept else "`pool_size=0` means without a limit."),
    )
    expect(
        len(held) < 3,
        "A third connection could be opened while two were in use. `pool_size` says how many are "
        "kept; another setting says how many may be added for a while.",
    )
    expect(len(held) == 2, "Two connections should be possible at once; the second was refused.")


def _hang_up(engine: Engine) -> None:
    """Cut the connection that waits in the pool, as a server does after a long silence."""
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
    if engine.dialect.name == "mysql":
        driver._sock.shutdown(socket.SHUT_RDWR)
    else:
        driver.close()


def solution_engine() -> Any:
    def make_engine(url):
        return create_engine(
            url,
            pool_pre_ping=True,
            pool_size=2,
            max_overflow=0,
            pool_timeout=1,
        )

    return make_engine


def engine_with_overflow() -> Any:
    def make_engine(url):
        options = {"pool_size": 1, "max_overflow": 1, "pool_timeout": 1.0}
        return create_engine(url, pool_pre_ping=True, **options)

    return make_engine


def engine_that_recycles() -> Any:
    def make_engine(url):
        return create_engine(url, pool_recycle=3600, pool_size=2, max_overflow=0, pool_timeout=1)

    return make_engine


def engine_that_grows() -> Any:
    def make_engine(url):
        return create_engine(url, pool_pre_ping=True, pool_size=2, pool_timeout=1)

    return make_engine


def engine_that_waits() -> Any:
    def make_engine(url):
        return create_engine(url, pool_pre_ping=True, pool_size=2, max_overflow=0)

    return make_engine


def engine_with_three() -> Any:
    def make_engine(url):
        return create_engine(url, pool_pre_ping=True, pool_size=3, max_overflow=0, pool_timeout=1)

    return make_engine


def engine_without_limit() -> Any:
    def make_engine(url):
        return create_engine(url, pool_pre_ping=True, pool_size=0, max_overflow=2, pool_timeout=1)

    return make_engine


EXERCISE = Exercise(
    id="3.3",
    title="An engine for a long day",
    check=check_engine,
    hints=(
        "All three wishes are arguments of `create_engine`, after the URL. You have met each "
        "of them above.",
        "`pool_pre_ping` tests a connection before it is handed out. `pool_size` and "
        "`max_overflow` together are the most that there can be. `pool_timeout` is in seconds.",
    ),
    solution=solution_engine,
    also_right=(engine_with_overflow,),
    wrong=(
        Wrong(
            engine_that_recycles,
            "hung up on the pool's connection",
            "trusts a connection because it is young; a server may restart at any time",
        ),
        Wrong(
            engine_that_grows,
            "A third connection",
            "takes pool_size for the limit; max_overflow adds ten more",
        ),
        Wrong(
            engine_with_three,
            "alone allows 3",
            "counts the caller who waits among those who have a connection",
        ),
        Wrong(
            engine_without_limit,
            "means without a limit",
            "reads pool_size=0 as a pool that keeps nothing",
        ),
        Wrong(engine_that_waits, "30 seconds", "left the default patience of the pool"),
    ),
)
