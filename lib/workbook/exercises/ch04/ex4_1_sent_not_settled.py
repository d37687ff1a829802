"""Exercise 4.1: send a row without settling it."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from contextlib import suppress
from numbers import Number
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lib.models import Airline
from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function
from lib.workbook.exercises.airlines import add_airlines
from lib.workbook.exercises.ch04.ex4_1_sent_not_settled_answers import (
    ALSO_RIGHT,
    ASIDES,
    WORDS,
    WRONG,
)
from lib.workbook.exercises.ch04.looking import airlines_of, expect_returned, outcome_of
from lib.workbook.exercises.driver import Sent, Tap, tapped


def check_add_airline(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "add_airline")
    add_airlines(sandbox.db)
    with tapped(sandbox.db.engine) as tap:
        _expect_sent_alone(answer, sandbox, tap)
        _expect_part_of_more(answer, sandbox, tap)
        _expect_taken_back(answer, sandbox)
        _expect_error(answer, sandbox)
    return "That is it. The row is sent and counted, and the caller may still take it back."


def _expect_sent_alone(answer: Any, sandbox: Sandbox, tap: Tap) -> None:
    """Call the answer with a new session, and commit."""
    db, before = sandbox.db, airlines_of(sandbox.db)
    name = "Zulu's Airline: 100%"
    with db.sessions() as session:
        tap.sent.clear()
        count = sandbox.call(answer, session, "z9", name)
        sent = list(tap.sent)
        _expect_unsettled(sandbox, before)
        _expect_sent(session, sent, "z9")
        _expect_count(count, len(before) + 1, sent)
        session.commit()
    found = airlines_of(db)
    expect(
        found == {**before, "z9": name},
        f"The airline z9 should be called {name!r}, and no other should change. After the "
        f"caller's commit, it is called {found.get('z9')!r}.",
    )


def _expect_part_of_more(answer: Any, sandbox: Sandbox, tap: Tap) -> None:
    """Call the answer with a session that has work in it, and commit."""
    db, before = sandbox.db, airlines_of(sandbox.db)
    with db.sessions() as session:
        session.add(Airline(carrier="Y1", name="Yankee One"))
        session.flush()
        quebec = session.get_one(Airline, "Q1")
        quebec.name = "Quebec Renamed"
        tap.sent.clear()
        count = sandbox.call(answer, session, "Y2", "Yankee Two")
        sent = list(tap.sent)
        _expect_unsettled(sandbox, before)
        expect(
            _name_of(session, "Y1") == "Yankee One" and quebec in session,
            "The caller had sent an airline of its own before the call, and changed another; after "
            "it, that row is gone from the session's transaction, or that object from the session. "
            "Your function may add to it, and not end it.",
        )
        _expect_sent(session, sent, "Y2")
        _expect_count(count, len(before) + 2, sent)
        session.commit()
    more = {"Y1": "Yankee One", "Y2": "Yankee Two", "Q1": "Quebec Renamed"}
    expect(
        airlines_of(db) == {**before, **more},
        "The caller had more work in the session, and committed after the call. Not all of it is "
        "in the table.",
    )


def _expect_taken_back(answer: Any, sandbox: Sandbox) -> None:
    """Call the answer, and roll back."""
    before = airlines_of(sandbox.db)
    with sandbox.db.sessions() as session:
        sandbox.call(answer, session, "X1", "X-Ray Air")
        session.rollback()
    expect(
        airlines_of(sandbox.db) == before,
        "The caller rolled back after the call, and the airline is in the table all the same.",
    )


def _expect_error(answer: Any, sandbox: Sandbox) -> None:
    """Call the answer with a code that is taken: no airline is new, and the caller hears of it."""
    was = airlines_of(sandbox.db)["Q2"]
    with sandbox.db.sessions() as session:
        outcome = outcome_of(sandbox, Exception, answer, session, "Q2", "Another Name")
        name = None
        with suppress(SQLAlchemyError):  # a session that has to be rolled back answers nothing
            name = _name_of(session, "Q2")
    expect(
        outcome.error is not None,
        f"The code Q2 is taken, by {was!r}. Your function returns {outcome.value!r:.60}, and "
        + (
            "no airline is new: let the error out, or the caller takes it for done."
            if name in (None, was)
            else f"Q2 is called {name!r} in this session: an airline that was there has changed."
        ),
    )


def _name_of(session: Session, carrier: str) -> str | None:
    """What the session's own transaction sees now; asked so that nothing is flushed by it."""
    asked = select(Airline.name).where(Airline.carrier == carrier)
    return session.connection().scalar(asked)


def _expect_unsettled(sandbox: Sandbox, before: dict[str, str]) -> None:
    expect(
        airlines_of(sandbox.db) == before,
        "Your function commits: when it returns, other programs see what is new. The caller opened "
        "this session, perhaps with more work in it, and decides when all of it is settled.",
    )


def _expect_sent(session: Session, sent: list[Sent], carrier: str) -> None:
    if _name_of(session, carrier) is not None:
        return
    expect(
        not any(each.writes for each in sent),
        "The INSERT was sent, and when your function returns, the row is not in the session's "
        "transaction: it was taken back.",
    )
    pending = any(getattr(each, "carrier", None) == carrier for each in session.new)
    expect(
        not pending,
        "When your function returns, no INSERT has been sent: the airline is still pending. A "
        "flush, or a query that makes the session flush, sends it.",
    )
    expect(
        False,
        "When your function returns, no INSERT has been sent over the session that it is given.",
    )


def _expect_count(count: Any, wanted: int, sent: list[Sent]) -> None:
    expect_returned(count, "the number")
    expect(
        isinstance(count, Number),
        f"It returns a {type(count).__name__}, not a number. `session.scalar` gives the value that "
        "a question of one row and one column is about.",
    )
    asked = [" ".join(each.statement.split()) for each in sent if each.word == "SELECT"]
    expect(
        count == wanted or count != 1 or any(" FROM " in each for each in asked),
        "It returns 1: your count names no table, so there is nothing to count but the one row of "
        "the answer. Say what to select from.",
    )
    expect(
        count == wanted,
        f"It returns {count}; the session can see {wanted} airlines, the new one and some of the "
        "check's own among them."
        + ("" if asked else " Your function asked nothing through `session`."),
    )


def solution_add_airline() -> Any:
    def add_airline(session, carrier, name):
        session.add(Airline(carrier=carrier, name=name))
        session.flush()
        return session.scalar(select(func.count()).select_from(Airline))

    return add_airline


EXERCISE = Exercise(
    id="4.1",
    title="Sent, not settled",
    check=check_add_airline,
    hints=(
        "Three steps: put a new `Airline` into the session, have the session send it, count.",
        "`session.flush()` sends what is pending and settles nothing. A query in the same "
        "session sees the new row.",
        "`session.scalar(select(func.count()).select_from(Airline))` counts.",
    ),
    solution=solution_add_airline,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=ASIDES,
)
