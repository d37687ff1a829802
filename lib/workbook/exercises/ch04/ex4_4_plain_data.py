"""Exercise 4.4: plain data leave the scope."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from sqlalchemy.orm.exc import DetachedInstanceError

from lib.models import Airline, Base
from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function
from lib.workbook.exercises.airlines import add_airlines, picture
from lib.workbook.exercises.ch04.ex4_4_plain_data_answers import ALSO_RIGHT, ASIDES, WORDS, WRONG
from lib.workbook.exercises.ch04.looking import (
    expect_not_detached,
    expect_nothing_open,
    expect_returned,
    outcome_of,
)
from lib.workbook.exercises.driver import tapped

# No airline has these codes; some of them look like one that is there.
UNKNOWN = ("??", "ua", "U", "U_", "", "%")


def check_profile(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "profile")
    add_airlines(sandbox.db)
    tables = picture(sandbox.db)
    for carrier in ("AA", "Q1", "Q2", "q1", "Q3", "Q4", "Q'"):
        _expect_profile(answer, sandbox, carrier, tables.airlines[carrier], tables.counts[carrier])
    for carrier in UNKNOWN:
        _expect_none(answer, sandbox, carrier)
    expect(
        picture(sandbox.db) == tables,
        "Your function has changed the tables: "
        + "; ".join(picture(sandbox.db).differences(tables)),
    )
    return "That is it. What leaves the scope is plain data, and needs no session any more."


def _expect_profile(answer: Any, sandbox: Sandbox, carrier: str, name: str, flights: int) -> None:
    """Expect a dict of plain data about an airline that is there."""
    with tapped(sandbox.db.engine) as tap:
        outcome = outcome_of(sandbox, DetachedInstanceError, answer, sandbox.db, carrier)
        expect_not_detached(outcome.error)
        expect_nothing_open(sandbox.db, tap, "When it has returned")
    found = outcome.value
    who = carrier if flights else f"{carrier}, which has no flights"
    if carrier == "AA":
        expect_returned(found, "the dict")
    expect(
        found is not None,
        f"For {who}, your function returns None; a dict is expected, with the name {name!r} and "
        f"{flights} flights.",
    )
    expect(
        not isinstance(found, Base),
        f"It returns an {type(found).__name__} object. Its session is closed, so it is detached: "
        "the caller could not load its flights. Return a dict of plain values.",
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
        "flights is a list; its objects are detached by now. Return how many there are.",
    )
    for key, wanted in (("name", name), ("flights", flights)):
        expect(
            found[key] == wanted and not isinstance(found[key], bool),
            f"For {who}, {key} is {found[key]!r:.80}; the check's own data say {wanted!r}.",
        )


def _expect_none(answer: Any, sandbox: Sandbox, carrier: str) -> None:
    """Expect None for a code that no airline has."""
    with tapped(sandbox.db.engine) as tap:
        outcome = outcome_of(sandbox, Exception, answer, sandbox.db, carrier)
        told = f"For {carrier!r}, a code that no airline has, your function "
        error = outcome.error
        expect(
            error is None,
            f"{told}raises {type(error).__name__}: {error!s:.80}\nIt should return None.",
        )
        expect(outcome.value is None, f"{told}returns {outcome.value!r:.80}, not None.")
        expect_nothing_open(sandbox.db, tap, f"When it has returned None for {carrier!r}")


def solution_profile() -> Any:
    def profile(db, carrier):
        with db.session_scope() as session:
            airline = session.get(Airline, carrier)
            if airline is None:
                return None
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
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=ASIDES,
)
