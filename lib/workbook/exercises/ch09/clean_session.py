"""Exercise 9.2: a session after which nothing is left."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import inspect
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lib.database import Database
from lib.models import Airline
from lib.workbook.exercise import Bench, Exercise, NotYet, Wrong, expect, expect_function

_NO_TRANSACTION = (
    "A commit is the end: nothing takes it back, and nobody knows all the rows that a test leaves. "
    "Begin a transaction around the test, and let a commit in it end a savepoint only."
)
_LEFT_YOURS = (
    "After its rollback the session has left your transaction, and commits for real. "
    "`join_transaction_mode` decides that."
)


def names(db: Database) -> dict[str, str]:
    """The airlines as any other program sees them now."""
    with db.engine.connect() as connection:
        rows = connection.execute(select(Airline.carrier, Airline.name)).all()
    return {carrier: name for carrier, name in rows}


def check_clean_session(answer: Any, bench: Bench) -> str:
    expect_function(answer, "clean_session")
    plain = inspect.unwrap(answer)
    expect(
        inspect.isgeneratorfunction(plain),
        "A fixture that has to tidy up hands over with `yield`; what stands after it is done when "
        "the test is over. Yours has no `yield`.",
    )
    db = bench.db
    db.execute([update(Airline).where(Airline.carrier == "MQ").values(name="Envoy of the check")])
    before = names(db)

    for test, kind in ((_commits, "commits"), (_goes_on, "commits, rolls back and commits again")):
        fixture = plain(db)
        session = bench.call(next, fixture, None)
        expect(
            isinstance(session, Session),
            f"The fixture must yield a session; it yields {session!r:.60}.",
        )
        joined = isinstance(session.get_bind(), Connection)
        why = _LEFT_YOURS if joined else _NO_TRANSACTION
        _run(test, session, fixture, bench)
        _end(fixture, bench)
        left = names(db)
        expect(
            left == before,
            f"The code under test {kind}. Afterwards the table has changed: look at "
            f"{_difference(before, left)}. {why}",
        )
        expect(
            db.engine.pool.checkedout() == 0,  # type: ignore[attr-defined]
            "When the fixture has ended, a connection is still open. Use `with` for it, or close "
            "it at the end.",
        )
    return "That is it. The code under test may commit as it likes: the last word is yours."


def _commits(session: Session) -> None:
    session.add(Airline(carrier="ZZ", name="Zulu Air"))
    session.commit()
    if session.get(Airline, "ZZ") is None:
        raise NotYet(
            "The code under test adds an airline and commits, and its own session does not find "
            "it afterwards. The test must see what the code did."
        )


def _goes_on(session: Session) -> None:
    session.get_one(Airline, "MQ").name = "Eagle"
    session.commit()
    session.add(Airline(carrier="MQ", name="Twice"))
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
    session.expire_all()
    found = session.get_one(Airline, "MQ").name
    session.add(Airline(carrier="ZY", name="Zebra Air"))
    session.commit()
    if found != "Eagle":
        raise NotYet(
            "The code under test commits, then meets an error and rolls back. The rollback took "
            "the commit back as well, and so the test sees what never happens in earnest. "
            "`join_transaction_mode` decides what a rollback in the test ends."
        )


def _run(test: Any, session: Session, fixture: Generator[Any, Any, Any], bench: Bench) -> None:
    try:
        test(session)
    except BaseException:
        session.close()
        fixture.close()
        raise


def _end(fixture: Generator[Any, Any, Any], bench: Bench) -> None:
    ended = object()
    if bench.call(next, fixture, ended) is not ended:
        fixture.close()
        raise NotYet("The fixture yields twice. One `yield`; what comes after it tidies up.")


def _difference(before: dict[str, str], after: dict[str, str]) -> str:
    changed = sorted(
        key for key in before.keys() | after.keys() if before.get(key) != after.get(key)
    )
    return ", ".join(changed)


def solution_clean_session() -> Any:
    def clean_session(db):
        with db.engine.connect() as connection:
            transaction = connection.begin()
            mode = "create_savepoint"
            with db.sessions(bind=connection, join_transaction_mode=mode) as session:
                yield session
            transaction.rollback()

    return clean_session


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


EXERCISE = Exercise(
    id="9.2",
    title="A session after which nothing is left",
    check=check_clean_session,
    hints=(
        "Open a connection and begin a transaction on it, before the session. Whoever begins a "
        "transaction decides how it ends.",
        "`db.sessions(bind=connection, ...)` makes a session that works on your connection. The "
        "cell whose SQL has a SAVEPOINT shows the option that lets it commit.",
        "Yield the session; then close it, roll your transaction back, and give the connection "
        "back. Two `with` blocks, one inside the other, do most of it.",
    ),
    solution=solution_clean_session,
    also_right=(clean_session_by_hand,),
    wrong=(
        Wrong(
            clean_session_rolls_back_itself,
            "A commit is the end",
            "rolls back after a commit, when there is nothing left to roll back",
        ),
        Wrong(
            clean_session_by_default,
            "decides what a rollback in the test ends",
            "joins the outer transaction, and lets the first rollback in a test end it",
        ),
        Wrong(
            clean_session_deletes,
            "nobody knows all the rows that a test leaves",
            "tidies up the rows that they know of, one by one",
        ),
        Wrong(
            clean_session_stays_open,
            "a connection is still open",
            "rolls back, and keeps the connection from the pool",
        ),
        Wrong(
            clean_session_context,
            "Yours has no `yield`",
            "returns a context manager, which pytest would hand to the test as it is",
        ),
    ),
)
