"""Exercise 4.5: several steps in one scope, all or nothing."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import DetachedInstanceError

from lib.database import Database
from lib.models import Airline, Base, Flight
from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch04.looking import (
    airlines_of,
    expect_not_detached,
    expect_nothing_open,
    expect_returned,
    flights_of,
    result_or_error,
    stopped_before,
    vary,
)


def check_merge(answer: Any, bench: Bench) -> str:
    expect_function(answer, "merge_airlines")
    db = vary(bench)
    names, flights = airlines_of(db), flights_of(db)

    def expect_untouched(when: str) -> None:
        expect_nothing_open(db, when)
        now, flying = airlines_of(db), flights_of(db)
        left = [
            *(
                f"airline {code} is {now.get(code)!r}"
                for code in names
                if now.get(code) != names[code]
            ),
            *(
                f"{code} has {flying.get(code, 0):,} flights instead of {flights[code]:,}"
                for code in flights
                if flying.get(code) != flights[code]
            ),
        ]
        expect(
            not left,
            f"{when}, half of the work stays: {'; '.join(left)}. All steps belong into one scope, "
            "with no commit on the way.",
        )

    # Interrupted before its first write, its second, and so on, until it comes to its end.
    found, writes = None, 0
    while True:
        with (
            stopped_before(db, writes, KeyboardInterrupt()) as interrupted,
            suppress(KeyboardInterrupt),
        ):
            found = _merged(answer, bench)
        if not interrupted:
            break
        writes += 1
        expect_untouched(f"Interrupted before write number {writes}")
    expect_nothing_open(db, "When it has returned")
    _expect_merged(db, names, flights, found)

    names, flights = airlines_of(db), flights_of(db)
    outcome = result_or_error(bench, Exception, answer, db, "FL", "B6", "JetBlue")
    expect_untouched("FL cannot be merged into B6, as some flights would get a key that is taken")
    expect(
        isinstance(outcome, Exception),
        "FL cannot be merged into B6: some flights would get a key that is taken. Nothing was "
        "changed, but your function returns as if all were well. Let the error through.",
    )
    merged = bench.call(answer, db, "US", "AA", "American Airlines")
    wanted = {"name": "American Airlines", "moved": flights["US"]}
    expect(merged == wanted, f"For US into AA it returns {merged!r}, not {wanted!r}.")
    return (
        f"That is it. Stopped before each of its {writes} writes, and by a key that was taken, it "
        "left nothing behind."
    )


def _merged(answer: Any, bench: Bench) -> Any:
    """Merge HA into DL; errors that the check has words for become its feedback."""

    def call() -> Any:
        try:
            return answer(bench.db, "HA", "DL", "Delta and Hawaiian")
        except DetachedInstanceError as error:
            return error
        except AssertionError as error:
            if "blank-out primary key" not in str(error):
                raise
            return error

    found = bench.call(call)
    expect_not_detached(found)
    expect(
        not isinstance(found, AssertionError),
        "The old airline still holds flights when the session deletes it. If its list `flights` "
        "was loaded before they moved, it does not follow their new `carrier`. Move them with one "
        "`update`, and count without reading that list; or move each through the relationship: "
        "give `flight.airline` the other airline, over a copy of the list, as the list shrinks.",
    )
    return found


def _expect_merged(
    db: Database, names: dict[str, str], flights: dict[str, int], found: Any
) -> None:
    """Expect that HA has become a part of DL, and that the caller was told in plain data."""
    now, flying = airlines_of(db), flights_of(db)
    moved = flights["HA"]
    expect(
        "HA" not in flying and flying["DL"] == flights["DL"] + moved,
        f"HA has {flying.get('HA', 0)} flights, DL {flying['DL']:,}; expected were 0 and "
        f"{flights['DL'] + moved:,}. Was there a commit?",
    )
    expect("HA" not in now, "The old airline is still in the table: delete it.")
    expect(
        now["DL"] == "Delta and Hawaiian",
        f"The new airline is called {now['DL']!r}, not as the caller wished.",
    )
    rest = {code: name for code, name in names.items() if code not in ("HA", "DL")}
    expect(
        rest.items() <= now.items() and sum(flying.values()) == sum(flights.values()),
        "Something else has changed: another airline, or the number of all flights.",
    )
    expect_returned(found, "the dict")
    expect(
        not isinstance(found, Base),
        "It returns a mapped object, detached by now. Return a dict of plain values.",
    )
    expect(
        isinstance(found, dict) and set(found) == {"name", "moved"},
        f"This asks for a dict with the keys name and moved; your function returns {found!r}.",
    )
    expect(
        found == {"name": "Delta and Hawaiian", "moved": moved},
        f"It returns {found!r}; name should be 'Delta and Hawaiian', moved {moved}.",
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


def merge_object_by_object() -> Any:
    def merge_airlines(db, old, new, name):
        with db.session_scope() as session:
            flights = session.scalars(select(Flight).where(Flight.carrier == old)).all()
            for flight in flights:
                flight.carrier = new
            session.flush()
            airline = session.get(Airline, new)
            airline.name = name
            session.delete(session.get(Airline, old))
            result = {"name": airline.name, "moved": len(flights)}
        return result

    return merge_airlines


def merge_by_relationship() -> Any:
    def merge_airlines(db, old, new, name):
        with db.session_scope() as session:
            gone, airline = session.get(Airline, old), session.get(Airline, new)
            moving = list(gone.flights)
            for flight in moving:
                flight.airline = airline
            airline.name = name
            session.delete(gone)
            return {"name": name, "moved": len(moving)}

    return merge_airlines


def merge_by_built_in() -> Any:
    def merge_airlines(db, old, new, name):
        with db.sessions.begin() as session:
            flights = select(func.count()).where(Flight.carrier == old)
            moved = session.scalar(flights)
            session.execute(update(Flight).where(Flight.carrier == old).values(carrier=new))
            session.execute(delete(Airline).where(Airline.carrier == old))
            session.execute(update(Airline).where(Airline.carrier == new).values(name=name))
        return {"name": name, "moved": moved}

    return merge_airlines


def merge_with_a_loaded_list() -> Any:
    def merge_airlines(db, old, new, name):
        with db.session_scope() as session:
            gone = session.get(Airline, old)
            moved = len(gone.flights)
            for flight in gone.flights:
                flight.carrier = new
            session.flush()
            session.get(Airline, new).name = name
            session.delete(gone)
        return {"name": name, "moved": moved}

    return merge_airlines


def merge_in_three_scopes() -> Any:
    def merge_airlines(db, old, new, name):
        with db.session_scope() as session:
            move = update(Flight).where(Flight.carrier == old).values(carrier=new)
            moved = session.execute(move).rowcount
        with db.session_scope() as session:
            session.get(Airline, new).name = name
        with db.session_scope() as session:
            session.delete(session.get(Airline, old))
        return {"name": name, "moved": moved}

    return merge_airlines


def merge_gives_the_object() -> Any:
    def merge_airlines(db, old, new, name):
        with db.session_scope() as session:
            session.execute(update(Flight).where(Flight.carrier == old).values(carrier=new))
            airline = session.get(Airline, new)
            airline.name = name
            session.delete(session.get(Airline, old))
            return airline

    return merge_airlines


def merge_swallows() -> Any:
    def merge_airlines(db, old, new, name):
        try:
            with db.session_scope() as session:
                move = update(Flight).where(Flight.carrier == old).values(carrier=new)
                moved = session.execute(move).rowcount
                session.get(Airline, new).name = name
                session.delete(session.get(Airline, old))
        except IntegrityError:
            return None
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
    also_right=(merge_object_by_object, merge_by_relationship, merge_by_built_in),
    wrong=(
        Wrong(
            merge_with_a_loaded_list,
            "does not follow their new `carrier`",
            "changes a foreign key, and expects a list that was loaded before to know of it",
        ),
        Wrong(
            merge_in_three_scopes,
            "half of the work stays",
            "one scope, or one commit, for each step: each step is safe, the job is not",
        ),
        Wrong(
            merge_gives_the_object,
            "Return a dict of plain values",
            "hands a mapped object out of its scope",
        ),
        Wrong(
            merge_swallows,
            "returns as if all were well",
            "turns a failure into silence",
        ),
    ),
)
