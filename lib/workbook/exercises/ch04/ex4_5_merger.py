"""Exercise 4.5: several steps in one scope, all or nothing."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from types import TracebackType
from typing import Any

from sqlalchemy import update

from lib.models import Airline, Base, Flight
from lib.workbook.course.exercise import Exercise, Sandbox, Wrong, expect, expect_function
from lib.workbook.exercises.airlines import (
    Picture,
    add_airlines,
    expect_as,
    expect_settled,
    picture,
)
from lib.workbook.exercises.ch04.ex4_5_merger_answers import ALSO_RIGHT, ASIDES, WORDS, WRONG
from lib.workbook.exercises.ch04.looking import (
    expect_not_detached,
    expect_nothing_open,
    expect_returned,
    outcome_of,
    stop_before,
)
from lib.workbook.exercises.driver import tapped
from lib.workbook.exercises.slips import slip

MOST_WRITES = 50
Merger = tuple[str, str, str]  # the old airline, the new one, the new one's name


def check_merge(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "merge_airlines")
    add_airlines(sandbox.db)
    now = picture(sandbox.db)
    for old, new, name in (
        ("q1", "DL", "Delta and Quebec's Small Letters"),
        ("Q_", "UA", "United 100%"),
        ("Q'", "Q3", "Quebec Three"),  # Q1 has the name that Q3 had
        ("Q1", "UA", "United and Quebec"),
        ("Q2", "Q4", ""),
    ):
        now = _expect_merged(answer, sandbox, (old, new, name), now)
    now, writes = _expect_all_or_nothing(answer, sandbox, ("HA", "AS", "Alaska and Hawaii"), now)
    _expect_error(answer, sandbox, ("W5", "UA", "United"), now)
    _expect_merged(answer, sandbox, ("US", "AA", "American Airlines"), now)
    return (
        f"That is it. Stopped before each of its {writes} writes, and by a key that was taken, it "
        "left nothing behind."
    )


def _merge(answer: Any, sandbox: Sandbox, merger: Merger) -> Any:
    """Call the answer; errors that the check has words for become its feedback."""
    try:
        return sandbox.call(answer, sandbox.db, *merger)
    except Exception as error:
        cause = error.__cause__
        expect_not_detached(cause)
        expect(
            not isinstance(cause, AssertionError)
            or not _raised_in(cause.__traceback__, "sqlalchemy.orm"),
            "When the session deletes an airline, flights still hang on it. Move them first. A "
            "list `flights` that was loaded before they moved does not follow their new "
            "`carrier`: move them with one `update`, and count without reading that list; or move "
            "each through the relationship: give `flight.airline` the other airline, over a copy "
            "of the list, as the list shrinks.",
        )
        raise


def _raised_in(trace: TracebackType | None, package: str) -> bool:
    """Tell whether the innermost frame is in a module of this package."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    module = "" if trace is None else str(trace.tb_frame.f_globals.get("__name__"))
    return module.startswith(f"{package}.")


def _expect_merged(answer: Any, sandbox: Sandbox, merger: Merger, before: Picture) -> Picture:
    """Expect that `old` is a part of `new`, and that the caller was told in plain data."""
    old, new, name = merger
    with tapped(sandbox.db.engine) as tap:
        found = _merge(answer, sandbox, merger)
        expect_nothing_open(sandbox.db, tap, "When it has returned")
        sent = list(tap.sent)
    after = picture(sandbox.db)
    expect_settled(sent, before, after)
    expect_as(after, before.merged(old, new, name), f"After the merger of {old} into {new}, ")
    expect_returned(found, "the dict")
    expect(
        not isinstance(found, Base),
        "It returns a mapped object, detached by now. Return a dict of plain values.",
    )
    expect(
        isinstance(found, dict) and set(found) == {"name", "moved"},
        f"This asks for a dict with the keys name and moved; your function returns {found!r:.200}.",
    )
    moved = before.counts[old]
    expect(
        found == {"name": name, "moved": moved},
        f"For {old} into {new} it returns {found!r:.200}; name should be {name!r}, moved {moved}.",
    )
    return after


def _expect_all_or_nothing(
    answer: Any, sandbox: Sandbox, merger: Merger, before: Picture
) -> tuple[Picture, int]:
    """Interrupt before the first write, the second, and so on; return how many there were."""
    for writes in range(MOST_WRITES):
        with tapped(sandbox.db.engine) as tap:
            stopped = stop_before(tap, writes, KeyboardInterrupt("from the check"))
            outcome = outcome_of(sandbox, BaseException, answer, sandbox.db, *merger)
            if not stopped:
                break
            when = f"Interrupted before your write number {writes + 1}, {stopped[0].word}"
            expect_nothing_open(sandbox.db, tap, when)
        expect_as(
            picture(sandbox.db),
            before,
            f"{when}, half of the work stays. All steps belong into one scope, with no commit on "
            "the way. ",
        )
        expect(
            outcome.error is not None, f"{when}, your function goes on as if nothing had happened."
        )
    after = picture(sandbox.db)
    expect_as(after, before.merged(*merger), f"After the merger of {merger[0]} into {merger[1]}, ")
    return after, writes


def _expect_error(answer: Any, sandbox: Sandbox, merger: Merger, before: Picture) -> None:
    """Expect that a merger which must fail leaves no trace, and an error."""
    why = (
        f"{merger[0]} cannot be merged into {merger[1]}: some flights would get a key that is taken"
    )
    with tapped(sandbox.db.engine) as tap:
        outcome = outcome_of(sandbox, Exception, answer, sandbox.db, *merger)
        expect_nothing_open(sandbox.db, tap, "When a merger has failed")
    expect_as(picture(sandbox.db), before, f"{why}. Half of the work stays: ")
    expect(
        outcome.error is not None,
        f"{why}. Nothing was changed, but your function returns as if all were well. Let the error "
        "through.",
    )


def solution_merge() -> Any:
    def merge_airlines(db, old, new, name):
        move = update(Flight).where(Flight.carrier == old).values(carrier=new)
        with db.session_scope() as session:
            moved = session.execute(move).rowcount
            session.get(Airline, new).name = name
            session.delete(session.get(Airline, old))
            return {"name": name, "moved": moved}

    return merge_airlines


EXERCISE = Exercise(
    id="4.5",
    title="A merger, all or nothing",
    check=check_merge,
    hints=(
        "One `db.session_scope()` around everything, and no commit of your own in it.",
        "A flight must always have its airline: move the flights before you delete the old "
        "airline. `update(Flight).where(...).values(...)` moves all in one statement, and its "
        "result has a `rowcount`.",
        "Rename with `session.get(Airline, new).name = name`, delete with "
        "`session.delete(...)`, and return a dict.",
    ),
    solution=solution_merge,
    also_right=ALSO_RIGHT,
    wrong=(
        *WRONG,
        Wrong(
            slip(
                solution_merge,
                (
                    "session.get(Airline, new).name = name",
                    "was = session.get(Airline, new).name\n"
                    "            rename = update(Airline).where(Airline.name == was)\n"
                    "            session.execute(rename.values(name=name))",
                ),
            ),
            "the airline Q1 is called 'Quebec Three', not 'Quebec One'",
            "finds an airline by its name, which another one may have",
        ),
    ),
    words=WORDS,
    asides=ASIDES,
)
