"""Answers to exercise 4.5: right in other ways, wrong, and deaf to a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError

from lib.database import Database
from lib.models import Airline, Base, Flight
from lib.workbook.course.exercise import Word, Wrong


def merge_but(
    *,
    moves: Callable[[str], Any] = lambda old: Flight.carrier == old,
    renames: bool = True,
    deletes: bool = True,
    gives: Callable[..., Any] = lambda name, moved, airline: {"name": name, "moved": moved},
    settles: Callable[[Any], None] = lambda session: None,
    turned: bool = False,
) -> Any:
    """The solution, but for one thing; `settles` is done to the session after each step."""

    def merge_airlines(db, old, new, name):
        old, new = (new, old) if turned else (old, new)
        with db.session_scope() as session:
            moved = session.execute(update(Flight).where(moves(old)).values(carrier=new)).rowcount
            settles(session)
            airline = session.get(Airline, new)
            if renames:
                airline.name = name
                settles(session)
            if deletes:
                session.delete(session.get(Airline, old))
            return gives(name, moved, airline)

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


def merge_by_execute() -> Any:
    def merge_airlines(db, old, new, name):
        move = update(Flight).where(Flight.carrier == old).values(carrier=new)
        rename = text("UPDATE airlines SET name = :name WHERE carrier = :new")
        remove = delete(Airline).where(Airline.carrier == old)
        moved, *_ = db.execute([move, rename.bindparams(name=name, new=new), remove])
        return dict(moved=moved, name=name)

    return merge_airlines


def merge_on_a_connection() -> Any:
    def merge_airlines(db, old, new, name):
        names = {"old": old, "new": new, "name": name}
        with db.engine.connect() as connection:
            moved = connection.execute(
                text("UPDATE flights SET carrier = :new WHERE carrier = :old"), names
            ).rowcount
            connection.execute(text("DELETE FROM airlines WHERE carrier = :old"), names)
            connection.execute(text("UPDATE airlines SET name=:name WHERE carrier=:new"), names)
            connection.commit()
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


def merge_uncommitted() -> Any:
    def merge_airlines(db, old, new, name):
        with db.sessions() as session:
            move = update(Flight).where(Flight.carrier == old).values(carrier=new)
            moved = session.execute(move).rowcount
            session.get(Airline, new).name = name
            session.delete(session.get(Airline, old))
            session.flush()
        return {"name": name, "moved": moved}

    return merge_airlines


def merge_swallows(*errors: type[BaseException], gives: bool = False) -> Any:
    def merge_airlines(db, old, new, name):
        try:
            return merge_but()(db, old, new, name)
        except errors as error:
            return error if gives else None

    return merge_airlines


def merge_elsewhere() -> Any:
    def merge_airlines(db, old, new, name):
        with Database("sqlite://") as chapter_db:  # in the notebook: the chapter's own
            Base.metadata.create_all(chapter_db.engine)
            chapter_db.execute(
                [f"INSERT INTO airlines VALUES ('{code}', 'x')" for code in (old, new)]
            )
            return merge_but()(chapter_db, old, new, name)

    return merge_airlines


ALSO_RIGHT = (
    merge_object_by_object,
    merge_by_relationship,
    merge_by_built_in,
    merge_by_execute,
    merge_on_a_connection,
)

WRONG = (
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
        lambda: merge_but(settles=lambda session: session.commit()),
        "half of the work stays",
        "commits on the way, inside of a scope that is one on the outside only",
    ),
    Wrong(merge_uncommitted, "no COMMIT after them", "flushes, and takes that for the end"),
    Wrong(
        lambda: merge_but(gives=lambda name, moved, airline: airline),
        "Return a dict of plain values",
        "hands a mapped object out of its scope",
    ),
    Wrong(
        lambda: merge_swallows(IntegrityError),
        "returns as if all were well",
        "turns a failure into silence",
    ),
    Wrong(
        lambda: merge_swallows(IntegrityError, gives=True),
        "returns as if all were well",
        "returns the error, which the caller may take for a dict",
    ),
    Wrong(
        lambda: merge_swallows(BaseException),
        "goes on as if nothing had happened",
        "turns even an interrupt into silence",
    ),
    Wrong(
        lambda: merge_but(renames=False),
        "the airline DL is called 'Delta Air Lines Inc.'",
        "forgets the new name",
    ),
    Wrong(lambda: merge_but(deletes=False), "the airline q1 is there", "forgets the old airline"),
    Wrong(
        lambda: merge_but(gives=lambda name, moved, airline: {"name": name, "moved": 0}),
        "moved 2",
        "counts when the flights are gone",
    ),
    Wrong(
        lambda: merge_but(gives=lambda name, moved, airline: (name, moved)),
        "a dict with the keys name and moved",
        "returns the two values side by side",
    ),
    Wrong(
        lambda: merge_but(gives=lambda name, moved, airline: None),
        "Your function returns None",
        "does the work, and tells nothing of it",
    ),
)

WORDS = (
    Word(
        "Write `merge_airlines(db, old, new, name)`",
        "seven mergers of other airlines than US and AA, in a database of the check's own",
        merge_elsewhere,
    ),
    Word(
        "all flights of `old` become flights of `new`",
        "flights of October, one cancelled, one that never arrived; those of Q1 stay when q1 goes",
        lambda: merge_but(moves=lambda old: (Flight.carrier == old) & (Flight.month == 1)),
    ),
    Word(
        "`new` gets the name `name`",
        "names with an apostrophe, a percent sign, with nothing in them",
        lambda: merge_but(renames=False),
    ),
    Word("and `old` is deleted", "the codes that are left", lambda: merge_but(deletes=False)),
    Word(
        "Return a dict: `name`, and `moved`, the number of flights that moved.",
        "two flights, one, six, none",
        lambda: merge_but(gives=lambda name, moved, airline: {"name": name, "moved": 2}),
    ),
    Word(
        "All of it, or nothing.",
        "an interrupt before each write; a merger that meets a key which is taken",
        merge_in_three_scopes,
    ),
    Word(
        "An error goes on to the caller.",
        "the merger that meets a key which is taken",
        lambda: merge_swallows(Exception),
    ),
    Word(
        "The check also interrupts you, before each statement that writes.",
        "the interrupt must come out, too",
        lambda: merge_swallows(KeyboardInterrupt),
    ),
)
ASIDES = (
    "At the end of the year that our data tell of, US Airways (`US`) and American Airlines (`AA`) "
    "became one company.",
    "Some mergers must fail: flights of `FL` and `WN` share the hour and the number, so two would "
    "get one key.",
)
