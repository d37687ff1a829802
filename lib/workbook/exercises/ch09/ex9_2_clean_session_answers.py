"""Answers to exercise 9.2, right ones and wrong ones."""

# They stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import Any

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from lib.models import Airline

# --- Right ----------------------------------------------------------------------------------


def clean_session_by_hand() -> Any:
    @pytest.fixture
    def clean_session(db):
        connection = db.engine.connect()
        try:
            connection.begin()
            session = Session(connection, join_transaction_mode="create_savepoint")
            yield session
            session.close()
        finally:
            connection.close()

    return clean_session


def clean_session_in_a_savepoint() -> Any:
    def clean_session(db):
        with db.engine.connect() as connection, Session(connection) as session:
            connection.begin()
            connection.begin_nested()  # which a session joins with savepoints of its own
            yield session
            session.close()
            connection.rollback()

    return clean_session


def clean_session_by_configure() -> Any:
    @pytest.fixture(name="clean_session")
    def fixture(db):
        with db.engine.connect() as connection, connection.begin() as outer:
            make = sessionmaker(bind=connection, join_transaction_mode="create_savepoint")
            with closing(make()) as session:
                yield session
            outer.rollback()

    return fixture


def clean_session_for_each_thread() -> Any:
    def clean_session(db):
        connection = db.engine.connect()
        transaction = connection.begin()
        make = sessionmaker(connection, join_transaction_mode="create_savepoint")
        session = scoped_session(make)
        try:
            yield session
        finally:
            session.remove()
            transaction.rollback()
            connection.close()

    return clean_session


# --- Wrong ----------------------------------------------------------------------------------


def clean_session_by_default() -> Any:
    def clean_session(db):
        with db.engine.connect() as connection:
            transaction = connection.begin()
            with Session(connection) as session:
                yield session
            transaction.rollback()

    return clean_session


def clean_session_rolls_back_itself() -> Any:
    def clean_session(db):
        session = db.sessions()
        yield session
        session.rollback()
        session.close()

    return clean_session


def clean_session_deletes() -> Any:
    def clean_session(db):
        with db.sessions() as session:
            yield session
            session.rollback()
            session.execute(delete(Airline).where(Airline.carrier == "ZZ"))
            session.commit()

    return clean_session


def clean_session_stays_open() -> Any:
    def clean_session(db):
        connection = db.engine.connect()
        transaction = connection.begin()
        session = Session(connection, join_transaction_mode="create_savepoint")
        yield session
        transaction.rollback()

    return clean_session


def clean_session_context() -> Any:
    def clean_session(db):
        @contextmanager
        def scope():
            with Session(db.engine) as session:
                yield session
                session.rollback()

        return scope()

    return clean_session


def clean_session_elsewhere() -> Any:
    def clean_session(db):
        with db.engine.connect() as connection:
            transaction = connection.begin()
            with db.sessions(join_transaction_mode="create_savepoint") as session:
                yield session
            transaction.rollback()

    return clean_session


def clean_session_not_begun() -> Any:
    def clean_session(db):
        with db.engine.connect() as connection:
            mode = "create_savepoint"
            with db.sessions(bind=connection, join_transaction_mode=mode) as session:
                yield session
            connection.rollback()

    return clean_session


def clean_session_commits_itself() -> Any:
    def clean_session(db):
        with db.engine.begin() as connection:
            mode = "create_savepoint"
            with db.sessions(bind=connection, join_transaction_mode=mode) as session:
                yield session

    return clean_session


def clean_session_in_control() -> Any:
    def clean_session(db):
        with db.engine.connect() as connection:
            connection.begin()
            with Session(connection, join_transaction_mode="control_fully") as session:
                yield session

    return clean_session


def clean_session_without_parameter() -> Any:
    def clean_session():
        yield Session()

    return clean_session


def clean_session_decorated() -> Any:
    @contextmanager
    def clean_session(db):
        with db.engine.connect() as connection:
            transaction = connection.begin()
            with Session(connection, join_transaction_mode="create_savepoint") as session:
                yield session
            transaction.rollback()

    return clean_session


def clean_session_returned() -> Any:
    def clean_session(db):
        return db.sessions()

    return clean_session


def clean_session_remembers() -> Any:
    def clean_session(db):
        with db.sessions() as session:
            rows = session.execute(select(Airline.carrier, Airline.name)).mappings()
            before = [dict(row) for row in rows]
        with db.sessions() as session:
            yield session
        db.execute([delete(Airline), insert(Airline).values(before)])

    return clean_session


def clean_session_later() -> Any:
    async def clean_session(db):
        with db.sessions() as session:
            yield session
            session.rollback()

    return clean_session


def clean_session_is_the_database() -> Any:
    def clean_session(db):
        with db.engine.connect() as connection:
            outer = connection.begin()
            db.sessions.configure(bind=connection, join_transaction_mode="create_savepoint")
            yield db
            outer.rollback()

    return clean_session
