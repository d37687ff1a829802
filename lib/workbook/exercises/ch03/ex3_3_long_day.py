"""Exercise 3.3: an engine that outlives a silence and has a limit."""

# The solutions are shown to learners as they would type them: without annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import socket
import time
from contextlib import suppress
from threading import Thread
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, insert, make_url, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from lib.models import Airline
from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function, expect_type
from lib.workbook.exercises.ch03.ex3_3_long_day_answers import ALSO_RIGHT, ASIDES, WORDS, WRONG

# One second, as a busy machine may measure it; and how long the check waits for a caller.
SHORTEST_S, LONGEST_S, PATIENCE_S = 0.9, 1.5, 2.0


def check_engine(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "make_engine")
    _expect_password_kept(answer, sandbox)
    sandbox.db.execute([insert(Airline).values(carrier="Q1", name="Quebec One")])
    engine = sandbox.call(answer, sandbox.db.url)
    expect_type(engine, Engine, "an engine, as create_engine returns it")
    try:
        _expect_same_database(engine, sandbox)
        _expect_dead_noticed(engine, sandbox, connections=1)
        _expect_limit(engine)
        _expect_dead_noticed(engine, sandbox, connections=2)
    finally:
        engine.dispose()
    return "That is it. This engine survives lunch, and never takes more than its share."


def _expect_password_kept(answer: Any, sandbox: Sandbox) -> None:
    """Expect that the URL is not turned into text on the way, with stars for its password.

    An engine opens nothing, so this can be asked where no server is.
    """
    found = None
    with suppress(Exception):  # an answer that connects at once: what it does is seen below
        url = make_url("mysql+pymysql://reader:p%40ss@127.0.0.1:1/none")
        found = sandbox.call(answer, url).url
    expect(
        found is None or found.host != "127.0.0.1" or found.password == "p@ss",
        f"For a URL with the password 'p@ss', your engine would log in with "
        f"{found and found.password!r}. Hand the URL object on as it is: its text shows stars for "
        "the password.",
    )


def _expect_same_database(engine: Engine, sandbox: Sandbox) -> None:
    def found() -> Any:
        try:
            with engine.connect() as connection:
                return connection.scalar(select(Airline.name).where(Airline.carrier == "Q1"))
        except DBAPIError as error:
            return error

    expect(
        sandbox.call(found) == "Quebec One",
        "The engine leads to another database than the URL that your function was given: a row "
        "of the check's database cannot be found there.",
    )


def _expect_dead_noticed(engine: Engine, sandbox: Sandbox, connections: int) -> None:
    """Cut what waits in the pool, as a server does after a long silence, and ask again."""

    def lend() -> list[Connection]:
        return [engine.connect() for _ in range(connections)]

    lent = sandbox.call(lend)
    drivers = [connection.connection.driver_connection for connection in lent]
    for connection in lent:
        connection.close()
    for driver in drivers:
        _cut(driver, engine.dialect.name)
    error: Exception | None = None
    again: list[Connection] = []
    try:
        for _ in range(connections):
            again.append(engine.connect())
            again[-1].execute(text("SELECT 1"))
    except Exception as raised:
        error = raised
    finally:
        for connection in again:
            connection.close()
    expect(
        error is None,
        "The check hung up on the pool's connection, and the next statement failed with "
        f"{type(error).__name__}. The pool should test a connection before it hands it out.",
    )


def _cut(driver: Any, dialect: str) -> None:
    if dialect == "sqlite":
        driver.close()
    elif driver.open:  # a pool may have closed it by itself
        driver._sock.shutdown(socket.SHUT_RDWR)


class _Caller(Thread):
    """Asks an engine for a connection; knows how long that took, and what came of it."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(daemon=True)
        self.engine = engine
        self.connection: Connection | None = None
        self.error: Exception | None = None
        self.seconds = 0.0
        self.start()
        self.join(PATIENCE_S)

    def run(self) -> None:
        start = time.monotonic()
        try:
            self.connection = self.engine.connect()
        except Exception as error:
            self.error = error
        self.seconds = time.monotonic() - start

    def end(self) -> None:
        self.join(PATIENCE_S)
        if self.connection is not None:
            self.connection.close()


def _expect_limit(engine: Engine) -> None:
    """Expect that two callers get a connection, and a third waits for a second in vain."""
    third, waiting = _third_caller(engine)
    if not waiting and third.error is not None and third.seconds > LONGEST_S:
        third, waiting = _third_caller(engine)  # a busy machine may have been late
    told = "When two connections are taken, a third caller should wait for one second. It "
    expect(not waiting, told + f"was still waiting after {PATIENCE_S:g}.")
    expect(third.error is not None, _why_a_third(engine))
    expect(
        SHORTEST_S <= third.seconds <= LONGEST_S,
        told + f"gave up after {third.seconds:.1f} seconds.",
    )


def _third_caller(engine: Engine) -> tuple[_Caller, bool]:
    """Return the third caller, and whether it was still waiting when its patience was tried."""
    callers = [_Caller(engine) for _ in range(2)]
    got = sum(caller.connection is not None for caller in callers)
    if got == 2:
        callers.append(_Caller(engine))
    waiting = callers[-1].is_alive()
    for caller in callers:
        caller.end()
    expect(
        got == 2,
        f"Two connections should be possible at once; of the first two callers, {got} got one.",
    )
    return callers[-1], waiting


def _why_a_third(engine: Engine) -> str:
    told = "A third connection could be opened while two were in use"
    if not isinstance(engine.pool, QueuePool):
        return f"{told}: a {type(engine.pool).__name__} does not limit them to two."
    kept = engine.pool.size()
    if kept not in (1, 2):
        return f"{told}: " + (
            f"`pool_size` alone allows {kept}." if kept else "`pool_size=0` means without a limit."
        )
    return (
        f"{told}. `pool_size` says how many are kept; another setting says how many may be added "
        "for a while."
    )


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
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=ASIDES,
)
