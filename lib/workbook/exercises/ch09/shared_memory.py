"""Exercise 9.3: a database in memory that hides less."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Engine, create_engine, event, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.pool import NullPool, StaticPool

from lib.database import Database
from lib.models import Airline, Base, LoadedFile
from lib.workbook.course.exercise import (
    Bench,
    Exercise,
    Wrong,
    expect,
    expect_function,
    expect_type,
)

COUNT = select(func.count()).select_from(Airline)


def count(engine: Engine) -> int | None:
    """How many airlines a new connection sees; None where it sees no such table."""
    try:
        with engine.connect() as connection:
            return connection.scalar(COUNT)
    except OperationalError:
        return None


def check_shared_memory(answer: Any, bench: Bench) -> str:
    expect_function(answer, "shared_memory")
    engine, other = bench.call(answer), bench.call(answer)
    # A pool that cannot close what another thread opened says so at length, below the card.
    logging.disable(logging.CRITICAL)
    try:
        expect_type(engine, Engine, "an engine that is returned")
        expect(
            engine.dialect.name == "sqlite" and not _file(engine),
            "The engine does not work in memory: it has a file, or a server.",
        )
        Base.metadata.create_all(engine)
        expect(
            count(engine) == 0,
            "The tables are made, and the next connection does not see them: each one is a new, "
            "empty database. Let the pool hand out one and the same connection.",
        )
        with ThreadPoolExecutor() as pool:
            found = pool.submit(_count_or_error, engine).result()
        expect(
            found == 0,
            f"Another thread gets {found!r}: it has no table, or may not use the connection. All "
            "threads must share the one connection.",
        )
        expect(
            count(other) is None,
            "The second engine sees the tables of the first. Each call must give a database of "
            "its own, or one test would see the rows of another.",
        )
        expect(
            _refuses_an_orphan(engine),
            "It takes a file of a run that is not there. SQLite looks at foreign keys when it is "
            "told to, on each connection: `PRAGMA foreign_keys = ON`.",
        )
        with engine.begin() as connection:
            connection.execute(insert(Airline).values(carrier="ZZ", name="Zulu Air"))
        with ThreadPoolExecutor() as pool:
            expect(
                pool.submit(_count_or_error, engine).result() == 1,
                "A row that is committed in one thread is not seen in another.",
            )
    finally:
        for each in (engine, other):
            if isinstance(each, Engine):
                each.dispose()
        logging.disable(logging.NOTSET)
    return "That is it. One database for all threads, gone with its engine, and no orphan gets in."


def _file(engine: Engine) -> str:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT file FROM pragma_database_list")).all()
    return "".join(row[0] or "" for row in rows)


def _count_or_error(engine: Engine) -> int | str | None:
    try:
        with engine.connect() as connection:
            return connection.scalar(COUNT)
    except DBAPIError as error:
        return str(error.orig).split(".")[0]  # what follows names the threads


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


def solution_shared_memory() -> Any:
    def shared_memory():
        shared = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
        engine = create_engine("sqlite://", **shared)

        @event.listens_for(engine, "connect")
        def switch_on(connection, record):
            connection.execute("PRAGMA foreign_keys = ON")

        return engine

    return shared_memory


def shared_memory_of_lib() -> Any:
    def shared_memory():
        return Database("sqlite://").engine

    return shared_memory


def shared_memory_keys_once() -> Any:
    def shared_memory():
        arguments = {"check_same_thread": False}
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args=arguments)
        with engine.connect() as connection:
            connection.execute(text("PRAGMA foreign_keys = ON"))
        return engine

    return shared_memory


def shared_memory_by_default() -> Any:
    def shared_memory():
        engine = create_engine("sqlite://")
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys = ON"))
        return engine

    return shared_memory


def shared_memory_unpooled() -> Any:
    def shared_memory():
        return create_engine("sqlite://", poolclass=NullPool)

    return shared_memory


def shared_memory_one_thread() -> Any:
    def shared_memory():
        arguments = {"check_same_thread": True}
        return create_engine("sqlite://", poolclass=StaticPool, connect_args=arguments)

    return shared_memory


def shared_memory_without_keys() -> Any:
    def shared_memory():
        arguments = {"check_same_thread": False}
        return create_engine("sqlite://", poolclass=StaticPool, connect_args=arguments)

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
    also_right=(shared_memory_of_lib, shared_memory_keys_once),
    wrong=(
        Wrong(
            shared_memory_by_default,
            "Another thread gets 'no such table",
            "believes that `sqlite://` names one database, for everybody",
        ),
        Wrong(
            shared_memory_unpooled,
            "each one is a new, empty database",
            "takes a connection for a view of a database that lives elsewhere",
        ),
        Wrong(
            shared_memory_one_thread,
            "may not use the connection",
            "shares the connection, and forgets that the driver guards it",
        ),
        Wrong(
            shared_memory_without_keys,
            "It takes a file of a run that is not there",
            "believes that SQLite keeps foreign keys because the table declares them",
        ),
    ),
)
