"""Exercise 4.2: a scope that never commits."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from lib.models import Airline
from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch04.looking import airlines_of, expect_nothing_open


def check_rehearsal(answer: Any, bench: Bench) -> str:
    expect_function(answer, "rehearsal")
    db = bench.db
    before = airlines_of(db)
    endings: tuple[tuple[str, BaseException | None], ...] = (
        ("When the block ends well", None),
        ("When the block raises an error", ValueError("from the check")),
        ("When the block is interrupted", KeyboardInterrupt("from the check")),
    )
    for when, fault in endings:
        scope = bench.call(answer, db)
        expect(
            hasattr(scope, "__enter__"),
            "What it returns cannot stand after `with`. Is `@contextmanager` above the function, "
            "and a `yield` in it?",
        )
        session = bench.call(scope.__enter__)
        expect(
            isinstance(session, Session),
            f"The block gets a {type(session).__name__}, not a session. Yield the session.",
        )
        kept = session.get(Airline, "MQ")
        session.add(Airline(carrier="ZZ", name="Zulu Air"))
        session.flush()
        swallowed = bench.call(scope.__exit__, type(fault) if fault else None, fault, None)
        expect(
            airlines_of(db) == before,
            f"{when}, the work stays: other connections see the new airline. A rehearsal must "
            "never commit.",
        )
        expect_nothing_open(db, when)
        expect(
            not (fault and swallowed),
            f"{when}, the caller does not hear of it: your scope swallows the exception. Put "
            "`raise` after the rollback, or leave the exception alone with `finally`.",
        )
        expect(
            inspect(kept).detached,
            f"{when}, the session is not closed: an object from the block is still attached, and "
            "reading it later would open a new transaction.",
        )
    return "That is it. Inside, the work is real; outside, it never happened, whatever ends it."


def solution_rehearsal() -> Any:
    @contextmanager
    def rehearsal(db):
        session = db.sessions()
        try:
            yield session
        finally:
            session.rollback()
            session.close()

    return rehearsal


def rehearsal_closed_by_with() -> Any:
    @contextmanager
    def rehearsal(db):
        with db.sessions() as session:
            yield session

    return rehearsal


def rehearsal_commits() -> Any:
    @contextmanager
    def rehearsal(db):
        with db.session_scope() as session:
            yield session

    return rehearsal


def rehearsal_without_finally() -> Any:
    @contextmanager
    def rehearsal(db):
        session = db.sessions()
        yield session
        session.rollback()
        session.close()

    return rehearsal


def rehearsal_except_exception() -> Any:
    @contextmanager
    def rehearsal(db):
        session = db.sessions()
        try:
            yield session
            session.close()
        except Exception:
            session.close()
            raise

    return rehearsal


def rehearsal_swallows() -> Any:
    @contextmanager
    def rehearsal(db):
        session = db.sessions()
        try:
            yield session
        except BaseException:
            session.rollback()
        finally:
            session.close()

    return rehearsal


def rehearsal_left_attached() -> Any:
    @contextmanager
    def rehearsal(db):
        session = db.sessions()
        try:
            yield session
        finally:
            session.rollback()

    return rehearsal


EXERCISE = Exercise(
    id="4.2",
    title="A rehearsal",
    check=check_rehearsal,
    hints=(
        "Begin with the last version of the scope. Which of its lines makes the work stay?",
        "A rehearsal ends in the same way whether the block succeeds or fails. Python has one "
        "word for what happens in every case: `finally`.",
        "`try:` yield the session; `finally:` roll back, then close.",
    ),
    solution=solution_rehearsal,
    also_right=(rehearsal_closed_by_with,),
    wrong=(
        Wrong(rehearsal_commits, "must never commit", "wraps the scope that commits"),
        Wrong(
            rehearsal_without_finally,
            "When the block raises an error, a transaction is still open",
            "does not see that an exception leaves the generator at its yield",
        ),
        Wrong(
            rehearsal_except_exception,
            "When the block is interrupted, a transaction is still open",
            "takes KeyboardInterrupt for an Exception",
        ),
        Wrong(
            rehearsal_swallows,
            "swallows the exception",
            "forgets to raise again: the caller believes that all went well",
        ),
        Wrong(
            rehearsal_left_attached,
            "the session is not closed",
            "takes rollback for the end of the session's life",
        ),
    ),
)
