"""Exercise 4.2: a scope that never commits."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

from sqlalchemy import inspect, update
from sqlalchemy.orm import Session, scoped_session

from lib.models import Airline
from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function
from lib.workbook.exercises.airlines import add_airlines
from lib.workbook.exercises.ch04.ex4_2_rehearsal_answers import ALSO_RIGHT, ASIDES, WORDS, WRONG
from lib.workbook.exercises.ch04.looking import airlines_of, expect_nothing_open
from lib.workbook.exercises.driver import Tap, tapped

ENDINGS: tuple[tuple[str, BaseException | None], ...] = (
    ("When the block ends well", None),
    ("When the block raises an error", ValueError("from the check")),
    ("When the block is interrupted", KeyboardInterrupt("from the check")),
    ("When the block ends the program", SystemExit("from the check")),
)


def check_rehearsal(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "rehearsal")
    add_airlines(sandbox.db)
    with tapped(sandbox.db.engine) as tap:
        for when, fault in ENDINGS:
            _expect_no_trace(answer, sandbox, tap, when, fault)
        _expect_two_sessions(answer, sandbox)
    return "That is it. Inside, the work is real; outside, it never happened, whatever ends it."


class _Block:
    """The block that the check writes below `with`: what it got, and how it was left."""

    def __init__(self, fault: BaseException | None) -> None:
        self.fault = fault
        self.is_scope = False
        self.session: Any = None
        self.kept: Any = None  # an object of the block, an airline of the check's own
        self.heard = False  # whether the fault came out of the scope

    def run(self, rehearsal: Any, db: Any) -> Any:
        """Use what the answer makes; return it if it is no scope. What it raises goes on."""
        scope = rehearsal(db)
        self.is_scope = hasattr(scope, "__enter__")
        if not self.is_scope:
            return scope
        try:
            with scope as self.session:
                self._work()
        except BaseException as error:
            if error is not self.fault:
                raise
            self.heard = True
        return None

    def _work(self) -> None:
        if isinstance(self.session, Session | scoped_session):
            self.kept = self.session.get(Airline, "Q1")
        if self.kept is not None:
            self.session.add(Airline(carrier="ZZ", name="Zulu Air"))
            self.session.flush()
            rename = update(Airline).where(Airline.carrier == "MQ").values(name="Rehearsed")
            self.session.execute(rename)
            if self.fault is not None:
                raise self.fault


def _expect_no_trace(
    answer: Any, sandbox: Sandbox, tap: Tap, when: str, fault: BaseException | None
) -> None:
    """Expect that a block which ends in this way leaves nothing behind."""
    before = airlines_of(sandbox.db)
    block = _Block(fault)
    sandbox.call(lambda: block.run(answer, sandbox.db))
    expect(
        block.is_scope,
        "What it returns cannot stand after `with`. Is `@contextmanager` above the function, and "
        "a `yield` in it?",
    )
    expect(
        isinstance(block.session, Session | scoped_session),
        f"The block gets a {type(block.session).__name__}, not a session. Yield the session.",
    )
    expect(
        block.kept is not None,
        "The block's session asks another database than the `db` that your function was given.",
    )
    expect(
        airlines_of(sandbox.db) == before,
        f"{when}, the work stays: other connections see the new airline. A rehearsal must never "
        "commit.",
    )
    expect_nothing_open(sandbox.db, tap, when)
    expect(
        fault is None or block.heard,
        f"{when}, the caller does not hear of it: your scope swallows the exception. Put `raise` "
        "after the rollback, or leave the exception alone with `finally`.",
    )
    expect(
        inspect(block.kept).detached,
        f"{when}, the session is not closed: an object from the block is still attached, and "
        "reading it later would open a new transaction.",
    )


def _expect_two_sessions(answer: Any, sandbox: Sandbox) -> None:
    """Expect a new session for each block, also for one inside of another."""

    def both() -> bool:
        with answer(sandbox.db) as outer, answer(sandbox.db) as inner:
            return outer is not inner

    expect(
        sandbox.call(both),
        "Two rehearsals, one inside of the other, get the same session: the end of one would take "
        "back the work of both. Make a new session at each call.",
    )


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
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=ASIDES,
)
