"""Exercise 4.3: catch a failed flush outside the scope."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import IntegrityError, OperationalError, PendingRollbackError

from lib.models import Airline
from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch04.looking import (
    airlines_of,
    expect_nothing_open,
    expect_returned,
    result_or_error,
    stopped_before,
    vary,
)


def check_add_if_new(answer: Any, bench: Bench) -> str:
    expect_function(answer, "add_if_new")
    db = vary(bench)
    before = airlines_of(db)
    added = bench.call(answer, db, "ZZ", "Zulu Air")
    expect_returned(added, "True or False")
    expect(added is True, f"For a code that is new it must return True; it returned {added!r}.")
    expect_nothing_open(db, "When it has returned")
    before["ZZ"] = "Zulu Air"
    expect(
        airlines_of(db) == before,
        "It returned True, but other connections do not see the airline: nothing was committed.",
    )
    for carrier in ("Q1", "ZZ"):
        known = (PendingRollbackError, IntegrityError)
        outcome = result_or_error(bench, known, answer, db, carrier, "Another Name")
        expect(
            not isinstance(outcome, PendingRollbackError),
            "A PendingRollbackError comes out. You caught the IntegrityError inside the scope, so "
            "the scope saw no error and tried to commit a poisoned session. Let the error leave "
            "the scope, and catch it outside.",
        )
        expect(
            not isinstance(outcome, IntegrityError),
            "For a code that is there already, an IntegrityError comes out of your function. "
            "`session.add` sends nothing, so it cannot fail: the error comes with the flush, at "
            "the end of the scope at the latest. Put the `try` around the whole `with`.",
        )
        expect_nothing_open(db, "When it has met a code that is there already")
        expect(
            airlines_of(db) == before,
            f"{carrier} was there already, and your function changed its name. Leave it alone.",
        )
        expect(
            outcome is False,
            f"{carrier} was there already: it must return False; it returned {outcome!r}.",
        )
    lost = OperationalError("INSERT INTO airlines ...", {}, Exception("the line is cut"))
    with stopped_before(db, 0, lost):
        outcome = result_or_error(bench, Exception, answer, db, "ZY", "Zebra Air")
    expect(
        isinstance(outcome, Exception),
        f"For a new code the check let the INSERT fail, as if the connection were lost. Your "
        f"function returned {outcome!r}: it takes every failure for a code that is there already. "
        "Catch `IntegrityError`, and let all others through.",
    )
    expect_nothing_open(db, "When another error has come out")
    return (
        "That is it. A code that is there already changes nothing, no transaction stays open, and "
        "any other failure still reaches the caller."
    )


def solution_add_if_new() -> Any:
    def add_if_new(db, carrier, name):
        try:
            with db.session_scope() as session:
                session.add(Airline(carrier=carrier, name=name))
        except IntegrityError:
            return False
        return True

    return add_if_new


def add_if_new_asks_first() -> Any:
    def add_if_new(db, carrier, name):
        with db.session_scope() as session:
            if session.get(Airline, carrier) is not None:
                return False
            session.add(Airline(carrier=carrier, name=name))
            return True

    return add_if_new


def add_if_new_rolls_back() -> Any:
    def add_if_new(db, carrier, name):
        with db.session_scope() as session:
            session.add(Airline(carrier=carrier, name=name))
            try:
                session.flush()
            except IntegrityError:
                session.rollback()
                return False
            return True

    return add_if_new


def add_if_new_catches_all() -> Any:
    def add_if_new(db, carrier, name):
        try:
            with db.session_scope() as session:
                session.add(Airline(carrier=carrier, name=name))
        except Exception:
            return False
        return True

    return add_if_new


def add_if_new_catches_inside() -> Any:
    def add_if_new(db, carrier, name):
        with db.session_scope() as session:
            session.add(Airline(carrier=carrier, name=name))
            try:
                session.flush()
            except IntegrityError:
                return False
            return True

    return add_if_new


def add_if_new_catches_the_add() -> Any:
    def add_if_new(db, carrier, name):
        with db.session_scope() as session:
            try:
                session.add(Airline(carrier=carrier, name=name))
            except IntegrityError:
                return False
        return True

    return add_if_new


def add_if_new_merges() -> Any:
    def add_if_new(db, carrier, name):
        with db.session_scope() as session:
            session.merge(Airline(carrier=carrier, name=name))
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
        "`try:` the whole `with` block; `except IntegrityError:` return False.",
    ),
    solution=solution_add_if_new,
    also_right=(add_if_new_asks_first, add_if_new_rolls_back),
    wrong=(
        Wrong(
            add_if_new_catches_all,
            "takes every failure for a code that is there already",
            "catches every error, and so calls a lost connection 'there already'",
        ),
        Wrong(
            add_if_new_catches_inside,
            "commit a poisoned session",
            "believes that a caught error is a cured session",
        ),
        Wrong(
            add_if_new_catches_the_add,
            "`session.add` sends nothing",
            "expects the error where the object is added, not where it is sent",
        ),
        Wrong(
            add_if_new_merges,
            "changed its name",
            "takes merge for 'add when it is new'; it updates what is there",
        ),
    ),
)
