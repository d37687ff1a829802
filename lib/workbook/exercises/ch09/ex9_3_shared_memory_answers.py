"""Answers to exercise 9.3, right ones and wrong ones."""

# They stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import sqlite3
import uuid
import weakref
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import create_engine, event, text
from sqlalchemy.pool import NullPool, QueuePool, SingletonThreadPool, StaticPool

from lib.database import Database

# --- Right ----------------------------------------------------------------------------------


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


def shared_memory_by_creator() -> Any:
    def shared_memory():
        raw = sqlite3.connect(":memory:", check_same_thread=False)
        raw.execute("PRAGMA foreign_keys = ON")
        return create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)

    return shared_memory


def shared_memory_of_a_shared_cache() -> Any:
    def shared_memory():
        place = f"sqlite:///file:{uuid.uuid4().hex}?mode=memory&cache=shared&uri=true"
        lent_to_all = {"poolclass": QueuePool, "connect_args": {"check_same_thread": False}}
        engine = create_engine(place, **lent_to_all)
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys = ON"))
        return engine

    return shared_memory


def shared_memory_listened() -> Any:
    def shared_memory():
        engine = create_engine(
            "sqlite+pysqlite:///:memory:",
            connect_args={"check_same_thread": False},
            poolclass=StaticPool,
        )

        @event.listens_for(engine, "connect")
        def keys(raw, _record):
            cursor = raw.cursor()
            cursor.execute("pragma foreign_keys=1")
            cursor.close()

        return engine

    return shared_memory


# --- Wrong ----------------------------------------------------------------------------------


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


def shared_memory_keys_of_one_thread() -> Any:
    def shared_memory():
        place = f"sqlite:///file:{uuid.uuid4().hex}?mode=memory&cache=shared&uri=true"
        engine = create_engine(place, poolclass=SingletonThreadPool)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        return engine

    return shared_memory


def shared_memory_of_one_at_a_time() -> Any:
    def shared_memory():
        engine = create_engine(
            "sqlite://",
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            connect_args={"check_same_thread": False},
        )
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys = ON"))
        return engine

    return shared_memory


def shared_memory_for_everybody() -> Any:
    def shared_memory():
        place = "sqlite:///file:shared?mode=memory&cache=shared&uri=true"
        engine = create_engine(place, poolclass=QueuePool)
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys = ON"))
        return engine

    return shared_memory


def shared_memory_made_once() -> Any:
    engine = create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys = ON"))

    def shared_memory():
        return engine

    return shared_memory


def shared_memory_in_a_file() -> Any:
    def shared_memory():
        folder = TemporaryDirectory(ignore_cleanup_errors=True)  # goes with the engine
        engine = create_engine(f"sqlite:///{Path(folder.name, 'memory.db').as_posix()}")
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys = ON"))
        weakref.finalize(engine, folder.cleanup)
        return engine

    return shared_memory


def shared_memory_database() -> Any:
    def shared_memory():
        return Database("sqlite://")

    return shared_memory
