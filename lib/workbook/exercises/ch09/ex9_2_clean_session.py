"""Exercise 9.2: a session after which nothing is left."""

# The solution stands here as one would type it into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import FunctionType
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, scoped_session

from lib.database import Database
from lib.models import Airline, Airport, Base
from lib.workbook.checking.raised import plain_function
from lib.workbook.course.exercise import (
    Exercise,
    NotYet,
    Sandbox,
    Word,
    Wrong,
    expect,
    expect_function,
)
from lib.workbook.exercises.ch09 import ex9_2_clean_session_answers as answers
from lib.workbook.exercises.ch09.ex9_2_clean_session_under_test import CODES, OWN_COMMIT, Start
from lib.workbook.exercises.slips import slip

TABLES = Airline.__table__, Airport.__table__


def contents(db: Database) -> dict[str, tuple[Any, ...]]:
    """The rows of both tables, by their keys, as any other program sees them now."""
    with db.engine.connect() as connection:
        return {row[0]: tuple(row) for table in TABLES for row in connection.execute(select(table))}


def check_clean_session(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "clean_session")
    # What `@pytest.fixture` makes of a function cannot be called; the function is inside.
    plain = answer if isinstance(answer, FunctionType) else plain_function(answer)
    expect(
        _takes_one(plain),
        "pytest hands the database to the fixture: it needs one parameter, as in "
        "`def clean_session(db):`.",
    )
    db = sandbox.empty
    Base.metadata.create_all(db.engine, tables=[*TABLES])  # type: ignore[list-item]
    old = insert(Airline).values(carrier="MQ", name="Envoy of the check")
    db.execute([old, insert(Airport).values(faa="EWR", name="Newark of the check", alt=18)])
    for code in CODES:
        _expect_clean(plain, sandbox, db, code)
    return "That is it. The code under test may commit as it likes: the last word is yours."


def _expect_clean(
    plain: Any, sandbox: Sandbox, db: Database, code: Callable[[Session], None]
) -> None:
    """Run the fixture around this code; expect that nothing is left of it."""
    before = contents(db)
    fixture = sandbox.call(plain, db)
    expect(isinstance(fixture, Iterator), _no_fixture(fixture))
    session = sandbox.call(next, fixture, None)
    if isinstance(session, scoped_session):  # one for each thread, and this is one thread
        session = session()
    expect(
        isinstance(session, Session),
        f"The fixture must yield a session; it yields {session!r:.60}.",
    )
    start = Start.of(session, db)
    _run(code, session, fixture)
    why, at_the_end = start.why(), contents(db) == before
    ended = object()
    if sandbox.call(next, fixture, ended) is not ended:
        fixture.close()
        raise NotYet("The fixture yields twice. One `yield`; what comes after it tidies up.")
    left = contents(db)
    changed = sorted(key for key in before | left if before.get(key) != left.get(key))
    cause = why or (OWN_COMMIT if at_the_end else "")
    expect(
        not changed,
        f"The code under test {code.__doc__} Afterwards the tables have changed: look at "
        f"{', '.join(changed)}. {cause}".strip(),
    )
    expect(
        db.engine.pool.checkedout() == 0,  # type: ignore[attr-defined]
        "When the fixture has ended, a connection is still open. Use `with` for it, or close "
        "it at the end.",
    )


def _takes_one(plain: Any) -> bool:
    try:
        inspect.signature(plain).bind(None)
    except (TypeError, ValueError):  # it has no signature, or another one
        return False
    return True


def _no_fixture(made: Any) -> str:
    tidy = "A fixture that has to tidy up hands over with `yield`; what stands after it is done "
    tidy += "when the test is over."
    if hasattr(made, "__aiter__") or inspect.iscoroutine(made):
        if inspect.iscoroutine(made):
            made.close()
        return "Code under test waits for no `async` fixture. Write `def`."
    if hasattr(made, "__enter__") and not isinstance(made, Session):
        return f"It returns a context manager, which pytest hands to the test as it is. {tidy}"
    return f"It returns {made!r:.60}, and nothing is done after the test. {tidy}"


def _run(code: Callable[[Session], None], session: Session, fixture: Any) -> None:
    try:
        code(session)
    except BaseException as error:
        with suppress(Exception):
            session.close()
        with suppress(Exception):
            fixture.close()
        if isinstance(error, NotYet) or not isinstance(error, Exception):
            raise
        raise NotYet(
            f"The code under test {code.__doc__} With your session it ends with "
            f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        ) from None


def solution_clean_session() -> Any:
    def clean_session(db):
        with db.engine.connect() as connection:
            transaction = connection.begin()
            mode = "create_savepoint"
            with db.sessions(bind=connection, join_transaction_mode=mode) as session:
                yield session
            transaction.rollback()

    return clean_session


EXERCISE = Exercise(
    id="9.2",
    title="A session after which nothing is left",
    check=check_clean_session,
    hints=(
        "Open a connection and begin a transaction on it, before the session. Who begins a "
        "transaction decides how it ends.",
        "`db.sessions(bind=connection, ...)` makes a session that works on your connection. The "
        "cell whose SQL has a SAVEPOINT shows the option that lets it commit.",
        "Yield the session; then close it, roll your transaction back, and give the connection "
        "back. Two `with` blocks, one inside the other, do most of it.",
    ),
    solution=solution_clean_session,
    also_right=(
        answers.clean_session_by_hand,
        answers.clean_session_in_a_savepoint,
        answers.clean_session_by_configure,
        answers.clean_session_for_each_thread,
    ),
    words=(
        Word(
            "`clean_session(db)` yields one session",
            "a second `next`, which must find the end",
            slip(
                solution_clean_session,
                ("yield session\n", "yield session\n                yield session\n"),
            ),
        ),
        Word(
            "The code under test may commit",
            "code that adds rows to two tables and commits",
            answers.clean_session_rolls_back_itself,
        ),
        Word(
            "meet an error, roll back, and commit again",
            "code that commits, rolls back after an error, and commits again",
            answers.clean_session_by_default,
        ),
        Word(
            "It sees its own work all the time",
            "code that looks for its row after the commit",
            slip(
                solution_clean_session,
                ("yield session\n", "session.commit = session.rollback; yield session\n"),
            ),
        ),
        Word(
            "the tables are as before",
            "rows added, changed and deleted, in two tables; all columns",
            answers.clean_session_deletes,
        ),
        Word(
            "no connection is open",
            "the pool, which must have all its connections",
            answers.clean_session_stays_open,
        ),
    ),
    asides=(
        "Some functions take a session, not a database; `add_airline` of chapter 04 is one.",
        "Leave out the line `@pytest.fixture`, or write it: the check takes both.",
    ),
    wrong=(
        Wrong(
            answers.clean_session_rolls_back_itself,
            "A commit is final",
            "rolls back after a commit, when there is nothing left to roll back",
        ),
        Wrong(
            answers.clean_session_by_default,
            "decides what a rollback in the test ends",
            "joins the outer transaction, and lets the first rollback in a test end it",
        ),
        Wrong(
            answers.clean_session_deletes,
            "a list of rows to delete is never complete",
            "tidies up the rows that they know of, one by one",
        ),
        Wrong(
            answers.clean_session_stays_open,
            "a connection is still open",
            "rolls back, and keeps the connection from the pool",
        ),
        Wrong(
            answers.clean_session_context,
            "It returns a context manager",
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
            "your fixture has committed it",
            "forgets that a `with` around `begin()` commits when it ends",
        ),
        Wrong(
            answers.clean_session_in_control,
            "was ended by the code under test",
            "picks another mode, in which the session owns the outer transaction",
        ),
        Wrong(
            answers.clean_session_without_parameter,
            "it needs one parameter",
            "does not see that a fixture gets other fixtures as its parameters",
        ),
        Wrong(
            answers.clean_session_decorated,
            "It returns a context manager",
            "writes `@contextmanager` where pytest wants a fixture",
        ),
        Wrong(
            answers.clean_session_returned,
            "nothing is done after the test",
            "returns the session, and tidies up nothing",
        ),
        Wrong(
            answers.clean_session_remembers,
            "look at ZZZ",
            "puts back one table, the one that this test is about",
        ),
        Wrong(
            answers.clean_session_later,
            "Write `def`",
            "makes an `async` fixture for code that does not wait",
        ),
        Wrong(
            answers.clean_session_is_the_database,
            "must yield a session; it yields Database",
            "yields the database, as the fixture `yours` does",
        ),
    ),
)
