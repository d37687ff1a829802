"""Exercise 9.3: a database in memory that hides less."""

# The solution stands here as one would type it into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Engine, create_engine, event, func, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.pool import StaticPool

from lib.models import Airline, Base, LoadedFile
from lib.workbook.course.exercise import (
    Exercise,
    Sandbox,
    Word,
    Wrong,
    expect,
    expect_function,
    expect_type,
)
from lib.workbook.exercises.ch09 import ex9_3_shared_memory_answers as answers
from lib.workbook.exercises.slips import slip

T = TypeVar("T")
PATIENCE_S = 3.0  # how long another thread may wait for a connection

EMPTY = "it has a new, empty database. Let the pool hand out one and the same connection."
ORPHAN = (
    "it takes a file of a run that is not there. SQLite looks at foreign keys when it is told to, "
    "on each connection: `PRAGMA foreign_keys = ON`."
)


def check_shared_memory(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "shared_memory")
    engine, other = sandbox.call(answer), sandbox.call(answer)
    # A pool that cannot close what another thread opened says so at length, below the card.
    logging.disable(logging.CRITICAL)
    try:
        for each in (engine, other):
            expect_type(each, Engine, "an engine that is returned")
            expect(
                each.dialect.name == "sqlite" and not sandbox.call(partial(_file, each)),
                "The engine does not work in memory: it has a file, or a server.",
            )
        sandbox.call(partial(Base.metadata.create_all, engine))
        expect_shared(engine, sandbox)
        expect(
            not sandbox.call(partial(_has_tables, other)),
            "The second engine sees the tables of the first. Each call must give a database of "
            "its own, or one test would see the rows of another.",
        )
        expect_keys(engine, other, sandbox)
        expect_rows(engine, other, sandbox)
    finally:
        for each in (engine, other):
            if isinstance(each, Engine):
                each.dispose()
        logging.disable(logging.NOTSET)
    return "That is it. One database for all threads, gone with its engine, and no orphan gets in."


def expect_shared(engine: Engine, sandbox: Sandbox) -> None:
    """Expect that the tables are there for the next connection, and for another thread."""
    expect(
        sandbox.call(partial(_has_tables, engine)),
        f"The tables are made; the next connection does not see them: {EMPTY}",
    )
    found = sandbox.call(partial(_count_beside, engine))
    expect(
        not isinstance(found, NoConnection),
        "While one connection is open, another thread waits for one, and gets none. All "
        "connections must share the one database: `StaticPool` lends the same one to everybody.",
    )
    expect(
        not isinstance(found, ProgrammingError),
        "Another thread may not use the connection: SQLite's driver guards it, until "
        "`check_same_thread` says otherwise.",
    )
    expect(found == 0, f"The tables are made; another thread does not see them: {EMPTY}")


def expect_keys(engine: Engine, other: Engine, sandbox: Sandbox) -> None:
    """Expect that an orphan is refused: here, in another thread, and in the second database."""
    expect(sandbox.call(partial(_refuses_an_orphan, engine)), f"In this thread {ORPHAN}")
    expect(
        sandbox.call(partial(_in_a_thread, _refuses_an_orphan, engine)),
        f"In another thread {ORPHAN}",
    )
    sandbox.call(partial(Base.metadata.create_all, other))
    expect(
        sandbox.call(partial(_refuses_an_orphan, other)), f"In the engine of a second call {ORPHAN}"
    )


def expect_rows(engine: Engine, other: Engine, sandbox: Sandbox) -> None:
    """Expect that a committed row is there for each thread, and for no other engine."""

    def add(engine: Engine) -> None:
        with engine.begin() as connection:
            connection.execute(insert(Airline).values(carrier="ZZ", name="Zulu Air"))

    sandbox.call(partial(_in_a_thread, add, engine))
    expect(
        sandbox.call(partial(_count, engine)) == 1
        and sandbox.call(partial(_in_a_thread, _count, engine)) == 1,
        "A row that is committed in one thread is not seen in another.",
    )
    expect(
        sandbox.call(partial(_count, other)) == 0,
        "A row of the first engine is in the second one's database, too.",
    )


def _file(engine: Engine) -> str:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT file FROM pragma_database_list")).all()
    return "".join(row[0] or "" for row in rows)


def _has_tables(engine: Engine) -> bool:
    return "airlines" in inspect(engine).get_table_names()


def _count(engine: Engine) -> Any:
    """How many airlines a new connection sees, or why it sees none."""
    try:
        with engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(Airline))
    except (DBAPIError, NoConnection) as error:
        return error


def _count_beside(engine: Engine) -> Any:
    """The same in another thread, while this one has a connection that it does not use."""
    with ThreadPoolExecutor() as pool, engine.connect():
        try:
            return pool.submit(_count, engine).result(PATIENCE_S)
        except StillWaiting:
            return NoConnection()


def _refuses_an_orphan(engine: Engine) -> bool:
    orphan = {"table_name": "flights", "file": "a.csv", "size": 1, "sha256": "0", "run_id": 7}
    with engine.connect() as connection:
        try:
            now = select(func.current_timestamp()).scalar_subquery()
            connection.execute(insert(LoadedFile).values(loaded_at=now, **orphan))
        except IntegrityError:
            return True
        finally:
            connection.rollback()
    return False


def _in_a_thread(ask: Callable[[Engine], T], engine: Engine) -> T:
    with ThreadPoolExecutor() as pool:
        return pool.submit(ask, engine).result()


def solution_shared_memory() -> Any:
    def shared_memory():
        shared = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
        engine = create_engine("sqlite://", **shared)

        @event.listens_for(engine, "connect")
        def switch_on(connection, record):
            connection.execute("PRAGMA foreign_keys = ON")

        return engine

    return shared_memory


EXERCISE = Exercise(
    id="9.3",
    title="A database in memory that hides less",
    check=check_shared_memory,
    hints=(
        'Two things are missing in `create_engine("sqlite://")`: one connection for all threads, '
        "and the switch for foreign keys.",
        "`StaticPool` and `check_same_thread` stand above. The fixture `as_it_comes` shows how to "
        "run a PRAGMA on each new connection; it switches off, you switch on.",
        '`event.listens_for(engine, "connect")` above a function with two parameters, the '
        "connection and its record. Return the engine.",
    ),
    solution=solution_shared_memory,
    also_right=(
        answers.shared_memory_of_lib,
        answers.shared_memory_keys_once,
        answers.shared_memory_by_creator,
        answers.shared_memory_of_a_shared_cache,
        answers.shared_memory_listened,
    ),
    words=(
        Word(
            "Write `shared_memory()`",
            "two calls without an argument",
            slip(solution_shared_memory, ("def shared_memory()", "def shared_memory(url)")),
        ),
        Word(
            "It returns a new engine",
            "a second call, whose engine must not see the tables of the first",
            answers.shared_memory_made_once,
        ),
        Word(
            "on an SQLite database in memory, with two repairs",
            "the list of the database's files, which must be empty",
            answers.shared_memory_in_a_file,
        ),
        Word(
            "All connections",
            "a second connection, while one is open",
            answers.shared_memory_of_one_at_a_time,
        ),
        Word(
            "all threads meet the same tables",
            "a count in another thread",
            slip(
                solution_shared_memory,
                (
                    '{"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}',
                    "{}",
                ),
            ),
        ),
        Word(
            "an orphan is refused: the engine sends `PRAGMA foreign_keys = ON`",
            "a file of a run that is not there, in two threads and two engines",
            slip(solution_shared_memory, ("foreign_keys = ON", "foreign_keys = OFF")),
        ),
        Word(
            "Each call gives a database of its own, so that no test sees another one's rows",
            "the tables and the rows of a second call",
            answers.shared_memory_for_everybody,
        ),
    ),
    wrong=(
        Wrong(
            answers.shared_memory_by_default,
            "another thread does not see them",
            "believes that `sqlite://` names one database, for everybody",
        ),
        Wrong(
            answers.shared_memory_unpooled,
            "the next connection does not see them",
            "takes a connection for a view of a database that lives elsewhere",
        ),
        Wrong(
            answers.shared_memory_one_thread,
            "may not use the connection",
            "shares the connection, and forgets that the driver guards it",
        ),
        Wrong(
            answers.shared_memory_without_keys,
            "In this thread it takes a file of a run that is not there",
            "believes that SQLite keeps foreign keys because the table declares them",
        ),
        Wrong(
            answers.shared_memory_keys_of_one_thread,
            "In another thread it takes a file",
            "switches the keys on once, where each connection has a switch of its own",
        ),
        Wrong(
            answers.shared_memory_of_one_at_a_time,
            "another thread waits for one, and gets none",
            "allows one connection, and lends it to one user at a time",
        ),
        Wrong(
            answers.shared_memory_for_everybody,
            "The second engine sees the tables of the first",
            "gives a shared cache a name that each call uses again",
        ),
        Wrong(
            answers.shared_memory_in_a_file,
            "does not work in memory",
            "takes a temporary file for memory",
        ),
        Wrong(
            answers.shared_memory_database,
            "the answer is of type Database",
            "returns what has the engine, not the engine",
        ),
    ),
)
