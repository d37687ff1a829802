"""Exercise 4.5: several steps in one scope, all or nothing."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import delete, event, func, select, update
from sqlalchemy.exc import IntegrityError

from lib.database import Database
from lib.models import Airline, Base, Flight
from lib.workbook.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch04.looking import (
    airlines_of,
    expect_nothing_open,
    flights_of,
    result_or_error,
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
        with interrupt_before(db, writes) as interrupted, suppress(KeyboardInterrupt):
            found = bench.call(answer, db, "HA", "DL", "Delta and Hawaiian")
        if not interrupted:
            break
        writes += 1
        expect_untouched(f"Interrupted before write number {writes}")
    expect_nothing_open(db, "When it has returned")
    _expect_merged(db, names, flights, found)

    names, flights = airlines_of(db), flights_of(db)
    outcome = result_or_error(bench, Exception, answer, db, "FL", "WN", "Southwest")
    expect_untouched("FL cannot be merged into WN, as some flights would get a key that is taken")
    expect(
        isinstance(outcome, Exception),
        "FL cannot be merged into WN: some flights would get a key that is taken. Nothing was "
        "changed, but your function returns as if all were well. Let the error through.",
    )
    merged = bench.call(answer, db, "US", "AA", "American Airlines")
    wanted = {"name": "American Airlines", "moved": flights["US"]}
    expect(merged == wanted, f"For US into AA it returns {merged!r}, not {wanted!r}.")
    return (
        f"That is it. Stopped before each of its {writes} writes, and by a key that was taken, it "
        "left nothing behind."
    )


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


@contextmanager
def interrupt_before(db: Database, write: int) -> Iterator[list[str]]:
    """Raise KeyboardInterrupt before a write, counted from 0; the list tells which one it was."""
    seen: list[str] = []
    stopped: list[str] = []

    def on_statement(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.split()[0] in ("INSERT", "UPDATE", "DELETE"):
            seen.append(statement)
            if len(seen) == write + 1:
                stopped.append(statement)
                raise KeyboardInterrupt

    event.listen(db.engine, "before_cursor_execute", on_statement)
    try:
        yield stopped
    finally:
        event.remove(db.engine, "before_cursor_execute", on_statement)


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


def merge_commits_on_the_way() -> Any:
    def merge_airlines(db, old, new, name):
        with db.session_scope() as session:
            session.get(Airline, new).name = name
            session.commit()
            move = update(Flight).where(Flight.carrier == old).values(carrier=new)
            moved = session.execute(move).rowcount
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
    also_right=(merge_object_by_object, merge_by_built_in),
    wrong=(
        Wrong(
            merge_in_three_scopes,
            "half of the work stays",
            "one scope for each step: each step is safe, the job is not",
        ),
        Wrong(
            merge_commits_on_the_way,
            "half of the work stays",
            "commits inside the scope, to be on the safe side",
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
