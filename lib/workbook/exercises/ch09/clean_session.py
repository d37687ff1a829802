"""Exercise 9.2: a session after which nothing is left."""

from __future__ import annotations

import inspect
from collections.abc import Generator
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lib.database import Database
from lib.models import Airline, Base
from lib.workbook.course.exercise import Bench, Exercise, NotYet, Wrong, expect, expect_function
from lib.workbook.exercises.ch09 import clean_session_answers as answers

_NO_TRANSACTION = (
    "A commit is the end: nothing takes it back, and nobody knows all the rows that a test leaves. "
    "Begin a transaction around the test, and let a commit in it end a savepoint only."
)
_ELSEWHERE = (
    "You hold a connection, and your session is not on it: it takes another one, and commits "
    "there. Give it yours: `bind=connection`."
)
_NOT_BEGUN = (
    "The session is on your connection, but no transaction was begun there, so the session began "
    "one, and ended it. Begin yours on the connection before you make the session."
)
_COMMITTED_YOURS = (
    "Its commit went through to your transaction, and ended it. `join_transaction_mode` decides "
    "what a commit in the test ends."
)
_LEFT_YOURS = (
    "After its rollback the session has left your transaction, and commits for real. "
    "`join_transaction_mode` decides that."
)
_OWN_COMMIT = (
    "Until the test was over, nobody else saw a change; then your fixture committed. A `with` "
    "around `begin()` commits when its block ends well: roll back yourself."
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
        _takes_one(plain),
        "pytest hands the database to the fixture: it needs one parameter, as in "
        "`def clean_session(db):`.",
    )
    expect(
        inspect.isgeneratorfunction(plain),
        "A fixture that has to tidy up hands over with `yield`; what stands after it is done when "
        "the test is over. Yours has no `yield`.",
    )
    db = bench.empty
    Base.metadata.create_all(db.engine, tables=[Base.metadata.tables["airlines"]])
    db.execute([insert(Airline).values(carrier="MQ", name="Envoy of the check")])
    before = names(db)

    for test, kind in ((_commits, "commits"), (_goes_on, "commits, rolls back and commits again")):
        fixture = bench.call(plain, db)
        session = bench.call(next, fixture, None)
        expect(
            isinstance(session, Session),
            f"The fixture must yield a session; it yields {session!r:.60}.",
        )
        why = _why(session, db, _COMMITTED_YOURS if test is _commits else _LEFT_YOURS)
        _run(test, session, fixture, f"The code under test {kind}, and cannot. {why}")
        at_the_end = names(db) == before
        _end(fixture, bench)
        left = names(db)
        expect(
            left == before,
            f"The code under test {kind}. Afterwards the table has changed: look at "
            f"{_difference(before, left)}. {_OWN_COMMIT if at_the_end else why}",
        )
        expect(
            db.engine.pool.checkedout() == 0,  # type: ignore[attr-defined]
            "When the fixture has ended, a connection is still open. Use `with` for it, or close "
            "it at the end.",
        )
    return "That is it. The code under test may commit as it likes: the last word is yours."


def _takes_one(plain: Any) -> bool:
    try:
        inspect.signature(plain).bind(None)
    except TypeError:
        return False
    return True


def _why(session: Session, db: Database, ended: str) -> str:
    """What the fixture lacks when a change is left; asked before the code under test has run."""
    bound = session.get_bind()
    if isinstance(bound, Connection):
        return ended if bound.in_transaction() else _NOT_BEGUN
    held: int = db.engine.pool.checkedout()  # type: ignore[attr-defined]
    return _ELSEWHERE if held and not session.in_transaction() else _NO_TRANSACTION


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


def _run(test: Any, session: Session, fixture: Generator[Any, Any, Any], cannot: str) -> None:
    try:
        test(session)
    except BaseException as error:
        with suppress(Exception):
            session.close()
        with suppress(Exception):
            fixture.close()
        if isinstance(error, NotYet) or not isinstance(error, Exception):
            raise
        raise NotYet(f"{cannot} It got {type(error).__name__}.") from None


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
    solution=answers.solution_clean_session,
    also_right=(answers.clean_session_by_hand,),
    wrong=(
        Wrong(
            answers.clean_session_rolls_back_itself,
            "A commit is the end",
            "rolls back after a commit, when there is nothing left to roll back",
        ),
        Wrong(
            answers.clean_session_by_default,
            "decides what a rollback in the test ends",
            "joins the outer transaction, and lets the first rollback in a test end it",
        ),
        Wrong(
            answers.clean_session_deletes,
            "nobody knows all the rows that a test leaves",
            "tidies up the rows that they know of, one by one",
        ),
        Wrong(
            answers.clean_session_stays_open,
            "a connection is still open",
            "rolls back, and keeps the connection from the pool",
        ),
        Wrong(
            answers.clean_session_context,
            "Yours has no `yield`",
            "returns a context manager, which pytest would hand to the test as it is",
        ),
        Wrong(
            answers.clean_session_elsewhere,
            "Give it yours: `bind=connection`",
            "begins a transaction, and lets the session work on another connection",
        ),
        Wrong(
            answers.clean_session_not_begun,
            "no transaction was begun there",
            "takes the savepoint mode alone for a transaction around the test",
        ),
        Wrong(
            answers.clean_session_commits_itself,
            "then your fixture committed",
            "forgets that a `with` around `begin()` commits when it ends",
        ),
        Wrong(
            answers.clean_session_in_control,
            "Its commit went through to your transaction",
            "picks another mode, in which the session owns the outer transaction",
        ),
        Wrong(
            answers.clean_session_without_parameter,
            "it needs one parameter",
            "does not see that a fixture gets other fixtures as its parameters",
        ),
    ),
)
