"""Exercise 4.3: catch a failed flush outside the scope."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.exc import DBAPIError, IntegrityError, PendingRollbackError

from lib.database import Database
from lib.models import Airline
from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function
from lib.workbook.exercises.airlines import add_airlines
from lib.workbook.exercises.ch04.ex4_3_there_already_answers import ASIDES, WORDS, WRONG
from lib.workbook.exercises.ch04.ex4_3_there_already_right import ALSO_RIGHT
from lib.workbook.exercises.ch04.looking import (
    airlines_of,
    expect_nothing_open,
    expect_returned,
    lost_line,
    outcome_of,
    stop_before,
)
from lib.workbook.exercises.checking import told as told_of
from lib.workbook.exercises.driver import tapped


def check_add_if_new(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "add_if_new")
    add_airlines(sandbox.db)
    _expect_added(answer, sandbox, "ZZ", "Zulu's Air: 100%")
    for carrier in ("Q2", "ZZ", "UA"):
        _expect_left_alone(answer, sandbox, carrier)
    # In small letters a code is another one, an underscore is no sign for any other, and two
    # airlines may share a name.
    _expect_added(answer, sandbox, "zz", "Zulu in small letters")
    _expect_added(answer, sandbox, "Z_", "Zulu Underscore")
    _expect_added(answer, sandbox, "Z1", "Quebec One")
    db = sandbox.db
    _expect_passed_on(
        answer,
        sandbox,
        "let your statement that writes fail, as if the line were cut",
        lost_line(db),
    )
    _expect_passed_on(
        answer, sandbox, "gave None for the name, which the table does not take", None
    )
    _expect_passed_on(
        answer, sandbox, "let your statement that writes fail by a foreign key", orphan(db)
    )
    _expect_added(answer, sandbox, "ZY", "Zebra Air")
    return (
        "That is it. A code that is there already changes nothing, no transaction stays open, and "
        "any other failure still reaches the caller."
    )


def _expect_added(answer: Any, sandbox: Sandbox, carrier: str, name: str) -> None:
    """Expect that a new airline is added, and settled."""
    before = airlines_of(sandbox.db)
    with tapped(sandbox.db.engine) as tap:
        added = sandbox.call(answer, sandbox.db, carrier, name)
        expect_returned(added, "True or False")
        expect(
            added is True,
            f"{carrier} is new, with the name {name!r}: it must return True; it returned "
            f"{added!r:.80}.",
        )
        expect_nothing_open(sandbox.db, tap, "When it has returned")
        settled = any(each.word == "COMMIT" for each in tap.sent)
    found = airlines_of(sandbox.db)
    told = f"It returned True for {carrier}, and other connections "
    expect(
        found != before or settled,
        told + "do not see the airline: no COMMIT was sent.",
    )
    expect(found.get(carrier) == name, told + f"see the name {found.get(carrier)!r}, not {name!r}.")
    expect(found == {**before, carrier: name}, told + "see that another airline has changed.")


def _expect_left_alone(answer: Any, sandbox: Sandbox, carrier: str) -> None:
    """Expect that a code which is there already stays as it is."""
    before = airlines_of(sandbox.db)
    with tapped(sandbox.db.engine) as tap:
        known = (PendingRollbackError, IntegrityError)
        outcome = outcome_of(sandbox, known, answer, sandbox.db, carrier, "Another Name")
        expect(
            not isinstance(outcome.error, PendingRollbackError),
            "A PendingRollbackError comes out: after the failed flush, the session was used again, "
            "by a commit for instance, before a rollback. Where the IntegrityError is caught "
            "inside the scope, the scope sees no error and commits. Let the error leave the scope, "
            "and catch it outside.",
        )
        expect(
            not isinstance(outcome.error, IntegrityError),
            "For a code that is there already, an IntegrityError comes out of your function. The "
            "error comes where the INSERT is sent: with the flush, at the end of the scope at the "
            "latest, and not with `session.add`. Put a `try` around the whole `with`.",
        )
        expect_nothing_open(sandbox.db, tap, "When it has met a code that is there already")
    found = airlines_of(sandbox.db)
    expect(
        found == before,
        f"{carrier} was there already, with the name {before[carrier]!r}. Now its name is "
        f"{found.get(carrier)!r}. Leave it alone.",
    )
    expect(
        outcome.value is False,
        f"{carrier} was there already: it must return False; it returned {outcome.value!r:.80}.",
    )


def _expect_passed_on(answer: Any, sandbox: Sandbox, what: str, planted: Exception | None) -> None:
    """Expect that an INSERT of a new code which fails is no code that is there.

    The driver raises `planted` in its place; where it is None, the name is missing.
    """
    before = airlines_of(sandbox.db)
    told = f"For the new code ZY the check {what}. "
    name = "Zebra Air" if planted else None
    with tapped(sandbox.db.engine) as tap:
        if planted:
            stop_before(tap, 0, planted)
        outcome = outcome_of(sandbox, Exception, answer, sandbox.db, "ZY", name)
        kind = "IntegrityError" if planted is None else type(planted).__name__
        expect(
            outcome.error is not None,
            f"{told}Your function returned {outcome.value!r:.80}, and the {kind} did not come out. "
            "Only a code that is there already gives False."
            + (
                " Each constraint raises `IntegrityError`: look whether the code is there, before "
                "you say so."
                if kind == "IntegrityError"
                else ""
            ),
        )
        assert outcome.error is not None
        expect(
            any(isinstance(each, DBAPIError) for each in _chain(outcome.error)),
            f"{told}The {kind} did not come out; this did: {told_of(outcome.error)}.",
        )
        expect_nothing_open(sandbox.db, tap, "When another error has come out")
    expect(airlines_of(sandbox.db) == before, f"{told}Afterwards the table has changed.")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those that it was raised from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def orphan(db: Database) -> Exception:
    """The driver's own error for a row that breaks a foreign key."""
    driver = db.engine.dialect.loaded_dbapi
    on_sqlite = db.dialect.name == "sqlite"
    said = ("FOREIGN KEY constraint failed",) if on_sqlite else (1452, "a foreign key fails")
    error: Exception = driver.IntegrityError(*said)
    return error


def solution_add_if_new() -> Any:
    def add_if_new(db, carrier, name):
        try:
            with db.session_scope() as session:
                session.add(Airline(carrier=carrier, name=name))
        except IntegrityError:
            with db.session_scope() as session:
                if session.get(Airline, carrier) is None:
                    raise
            return False
        return True

    return add_if_new


EXERCISE = Exercise(
    id="4.3",
    title="There already",
    check=check_add_if_new,
    hints=(
        "Adding a code that is there already raises an `IntegrityError`. Where does it come "
        "out: at the add, at the flush, at the end of the scope?",
        "Do not catch it inside the scope: the scope has to see it, to roll back.",
        "`try:` the whole `with` block; `except IntegrityError:` look in a new scope. If the code "
        "is there, return False; if it is not, another constraint was broken: `raise`.",
    ),
    solution=solution_add_if_new,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=ASIDES,
)
