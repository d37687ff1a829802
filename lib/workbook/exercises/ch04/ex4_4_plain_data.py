"""Exercise 4.4: plain data leave the scope."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm.exc import DetachedInstanceError

from lib.models import Airline, Base, Flight
from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch04.looking import (
    airlines_of,
    expect_not_detached,
    expect_nothing_open,
    expect_returned,
    flights_of,
    result_or_error,
    vary,
)


def check_profile(answer: Any, bench: Bench) -> str:
    expect_function(answer, "profile")
    db = vary(bench)
    names, flights = airlines_of(db), flights_of(db)
    for carrier in ("HA", "Q1", "US"):
        found = result_or_error(bench, DetachedInstanceError, answer, db, carrier)
        expect_not_detached(found)
        expect_nothing_open(db, "When it has returned")
        expect(
            found is not None or flights.get(carrier, 0),
            f"For {carrier}, an airline that has no flights, it returns None. A join of airlines "
            "with flights finds no row for such an airline; here the answer is a dict with 0.",
        )
        expect_returned(found, "the dict")
        expect(
            not isinstance(found, Base),
            f"It returns an {type(found).__name__} object. Its session is closed, so it is "
            "detached: the caller could not load its flights. Return a dict of plain values.",
        )
        expect(
            isinstance(found, dict),
            f"This asks for a dict; your function returns a {type(found).__name__}.",
        )
        expect(
            set(found) == {"name", "flights"},
            f"The keys are {', '.join(sorted(map(str, found)))}; expected are name and flights.",
        )
        expect(
            not isinstance(found["flights"], list),
            "flights is a list of Flight objects, which are detached by now. Return how many.",
        )
        wanted = {"name": names[carrier], "flights": flights.get(carrier, 0)}
        who = carrier if flights.get(carrier) else f"{carrier}, which has no flights"
        for key, value in wanted.items():
            expect(
                found[key] == value,
                f"For {who}, {key} is {found[key]!r}; the check's own data say {value!r}.",
            )
    missing = result_or_error(bench, AttributeError, answer, db, "??")
    expect(
        not isinstance(missing, AttributeError),
        "For a code that no airline has, `session.get` gives None, and None has no name. Return "
        "None then.",
    )
    expect(missing is None, f"For a code that no airline has it returns {missing!r}, not None.")
    return "That is it. What leaves the scope is plain data, and needs no session any more."


def solution_profile() -> Any:
    def profile(db, carrier):
        with db.session_scope() as session:
            airline = session.get(Airline, carrier)
            if airline is None:
                return None
            return {"name": airline.name, "flights": len(airline.flights)}

    return profile


def profile_by_query() -> Any:
    def profile(db, carrier):
        counted = select(func.count()).where(Flight.carrier == carrier).scalar_subquery()
        question = select(Airline.name, counted.label("flights")).where(Airline.carrier == carrier)
        with db.session_scope() as session:
            row = session.execute(question).one_or_none()
            return dict(row._mapping) if row else None

    return profile


def profile_by_inner_join() -> Any:
    def profile(db, carrier):
        question = select(Airline.name, func.count().label("flights"))
        question = question.join(Airline.flights).where(Airline.carrier == carrier)
        with db.session_scope() as session:
            row = session.execute(question.group_by(Airline.name)).one_or_none()
            return dict(row._mapping) if row else None

    return profile


def profile_reads_too_late() -> Any:
    def profile(db, carrier):
        with db.session_scope() as session:
            airline = session.get(Airline, carrier)
        return {"name": airline.name, "flights": len(airline.flights)}

    return profile


def profile_gives_the_object() -> Any:
    def profile(db, carrier):
        with db.session_scope() as session:
            return session.get(Airline, carrier)

    return profile


def profile_gives_flights() -> Any:
    def profile(db, carrier):
        with db.session_scope() as session:
            airline = session.get(Airline, carrier)
            return {"name": airline.name, "flights": airline.flights}

    return profile


def profile_forgets_the_unknown() -> Any:
    def profile(db, carrier):
        with db.session_scope() as session:
            airline = session.get(Airline, carrier)
            return {"name": airline.name, "flights": len(airline.flights)}

    return profile


EXERCISE = Exercise(
    id="4.4",
    title="Plain data leave the scope",
    check=check_profile,
    hints=(
        "Read all that you need while the session is open; `airline.flights` can be loaded "
        "there.",
        "A `return` inside the `with` block is fine: the scope still commits and closes.",
        "`session.get` gives None for a code that no airline has. Test for it before you read "
        "the name.",
    ),
    solution=solution_profile,
    also_right=(profile_by_query,),
    wrong=(
        Wrong(
            profile_by_inner_join,
            "For Q1, an airline that has no flights",
            "does not see that an inner join drops what has no partner",
        ),
        Wrong(
            profile_reads_too_late,
            "Read it inside the scope",
            "reads the attributes when the session is closed",
        ),
        Wrong(
            profile_gives_the_object,
            "Return a dict of plain values",
            "hands out the object; it is expired and detached at once",
        ),
        Wrong(
            profile_gives_flights,
            "list of Flight objects",
            "takes the dict for plain data although it holds mapped objects",
        ),
        Wrong(
            profile_forgets_the_unknown,
            "None has no name",
            "forgets that get answers None",
        ),
    ),
)
