"""Answers to exercise 3.5: right in other ways, wrong, and deaf to a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import create_engine, delete, select, text, update
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from lib.models import Airline, Flight
from lib.workbook.course.exercise import Word, Wrong

MOVE = "UPDATE flights SET carrier = :new WHERE carrier = :old"
REMOVE = "DELETE FROM airlines WHERE carrier = :old"
COUNT = "SELECT count(*) FROM flights WHERE carrier = :old"


def merge_but(
    move: str = MOVE,
    remove: str = REMOVE,
    *,
    turned: bool = False,
    settled: str = "together",
    gives: Callable[[Any, Any], Any] = lambda moved, gone: moved.rowcount,
) -> Any:
    """The solution, but for one thing; `settled` is how often there is a COMMIT."""

    def merge_airlines(engine, old, new):
        values = {"old": new, "new": old} if turned else {"old": old, "new": new}
        with engine.connect() as connection:
            moved = connection.execute(text(move), values)
            if settled == "each":
                connection.commit()
            gone = connection.execute(text(remove), values) if remove else None
            if settled != "never":
                connection.commit()
            return gives(moved, gone)

    return merge_airlines


def merge_with_commit() -> Any:
    def merge_airlines(engine, old, new):
        with engine.connect() as connection:
            result = connection.execute(
                update(Flight).where(Flight.carrier == old).values(carrier=new)
            )
            connection.execute(delete(Airline).where(Airline.carrier == old))
            connection.commit()
            return result.rowcount

    return merge_airlines


def merge_with_session() -> Any:
    def merge_airlines(engine, old, new):
        values = {"old": old, "new": new}
        with Session(engine) as session, session.begin():
            result: Any = session.execute(text(MOVE), values)
            session.execute(text(REMOVE), values)
        return result.rowcount

    return merge_airlines


def merge_object_by_object() -> Any:
    def merge_airlines(engine, old, new):
        with Session(engine) as session:
            flights = session.scalars(select(Flight).where(Flight.carrier == old)).all()
            for flight in flights:
                flight.carrier = new
            session.flush()
            session.delete(session.get(Airline, old))
            session.commit()
            return len(flights)

    return merge_airlines


def merge_counting_first() -> Any:
    def merge_airlines(engine, old, new):
        connection = engine.connect()
        try:
            moved = connection.scalar(text(COUNT), {"old": old})
            connection.execute(text(MOVE), {"old": old, "new": new})
            connection.execute(text(REMOVE), {"old": old})
            connection.commit()
        finally:
            connection.close()
        return moved

    return merge_airlines


def merge_by_the_driver() -> Any:
    def merge_airlines(engine, old, new):
        mark = "%s" if engine.dialect.name == "mysql" else "?"
        raw = engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute("BEGIN")
            cursor.execute(f"UPDATE flights SET carrier={mark} WHERE carrier={mark}", (new, old))
            moved = cursor.rowcount
            cursor.execute(f"DELETE FROM airlines WHERE carrier={mark}", (old,))
            cursor.close()
            raw.commit()
        finally:
            raw.close()
        return moved

    return merge_airlines


def merge_with_a_savepoint() -> Any:
    def merge_airlines(engine, old, new):
        with engine.connect() as connection, connection.begin():
            with connection.begin_nested():
                moved = connection.execute(text(MOVE).bindparams(old=old, new=new))
            with connection.begin_nested():
                connection.execute(text(REMOVE).bindparams(old=old))
        return moved.rowcount

    return merge_airlines


def merge_by_autocommit() -> Any:
    def merge_airlines(engine, old, new):
        with engine.connect() as connection:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            moved = connection.execute(text(MOVE), {"old": old, "new": new}).rowcount
            connection.execute(text(REMOVE), {"old": old})
        return moved

    return merge_airlines


def merge_flight_by_flight() -> Any:
    def merge_airlines(engine, old, new):
        key = select(Flight.time_hour, Flight.flight).where(Flight.carrier == old)
        with engine.connect() as connection:
            rows = connection.execute(key).all()
            for hour, number in rows:
                one = update(Flight).where(Flight.carrier == old, Flight.time_hour == hour)
                connection.execute(one.where(Flight.flight == number).values(carrier=new))
                connection.commit()
            connection.execute(delete(Airline).where(Airline.carrier == old))
            connection.commit()
        return len(rows)

    return merge_airlines


def merge_in_the_chapter() -> Any:
    chapter_engine = create_engine("sqlite://", poolclass=NullPool)  # stands for db.engine

    def merge_airlines(engine, old, new):
        with chapter_engine.begin() as connection:
            return connection.execute(text("SELECT 1")).rowcount

    return merge_airlines


def merge_left_open() -> Any:
    def merge_airlines(engine, old, new):
        connection = engine.connect()
        values = {"old": old, "new": new}
        moved = connection.execute(text(MOVE), values).rowcount
        connection.execute(text(REMOVE), values)
        connection.commit()
        return moved

    return merge_airlines


def merge_by_f_string() -> Any:
    def merge_airlines(engine, old, new):
        with engine.begin() as connection:
            move = text(f"UPDATE flights SET carrier = '{new}' WHERE carrier = '{old}'")
            moved = connection.execute(move).rowcount
            connection.execute(text(f"DELETE FROM airlines WHERE carrier = '{old}'"))
        return moved

    return merge_airlines


ALSO_RIGHT = (
    merge_with_commit,
    merge_with_session,
    merge_object_by_object,
    merge_counting_first,
    merge_by_the_driver,
    merge_with_a_savepoint,
)

WRONG = (
    Wrong(
        lambda: merge_but(settled="never"),
        "the write was lost",
        "expects connect() to commit at the end of the block",
    ),
    Wrong(
        lambda: merge_but(settled="each"),
        "cut the power before your write number 2, DELETE",
        "one transaction for each statement: a failure between them leaves half the work",
    ),
    Wrong(
        merge_by_autocommit,
        "cut the power before your write number 2, DELETE",
        "switches to autocommit, where each statement is a transaction",
    ),
    Wrong(
        merge_flight_by_flight,
        "cut the power before your write number 2, UPDATE",
        "moves and commits each flight by itself",
    ),
    Wrong(
        lambda: merge_but(gives=lambda moved, gone: gone.rowcount),
        "The function returned 1; flights of Q1 that moved: 6",
        "returns what the DELETE changed, not what the UPDATE changed",
    ),
    Wrong(
        lambda: merge_but(remove=""),
        "the airline Q_ is there",
        "does the first half of the task only",
    ),
    Wrong(
        merge_in_the_chapter,
        "sent nothing through",
        "uses a global engine, where the function is given one",
    ),
    Wrong(
        lambda: merge_but(gives=lambda moved, gone: None),
        "returns None",
        "does the work, and forgets to report it",
    ),
    Wrong(
        lambda: merge_but(gives=lambda moved, gone: moved),
        "the answer is of type CursorResult",
        "hands out the result, where a number was asked for",
    ),
    Wrong(
        merge_left_open,
        "left a connection checked out",
        "commits, but never gives the connection back to the pool",
    ),
    Wrong(
        merge_by_f_string,
        "written into the SQL",
        "builds SQL of codes that come from elsewhere",
    ),
    Wrong(
        lambda: merge_but(MOVE.replace("carrier = :old", "carrier LIKE :old")),
        "After the merger of Q_ into UA, ",
        "compares by LIKE, for which an underscore is any sign, and a small letter a capital one",
    ),
)

WORDS = (
    Word(
        "Write `merge_airlines(engine, old, new)`, where `old` and `new` are carrier codes such as "
        '`"US"` and `"AA"`',
        "six mergers, of other airlines than US and AA, too",
        lambda: merge_but(turned=True),
    ),
    Word(
        "all flights of `old` get the carrier `new`",
        "flights in October and December, one cancelled, one that never arrived; those of q1 stay",
        lambda: merge_but(MOVE + " AND month = 1"),
    ),
    Word(
        "then the airline `old` is deleted",
        "an airline without flights goes, too",
        lambda: merge_but(
            remove="DELETE FROM airlines WHERE carrier = :old AND name <> 'Quebec Two'"
        ),
    ),
    Word(
        "the function returns how many flights moved",
        "six flights, then others, then none",
        lambda: merge_but(gives=lambda moved, gone: gone.rowcount),
    ),
    Word(
        "All of it happens, or nothing",
        "the power is cut before each statement that writes; a merger that meets a taken key",
        lambda: merge_but(settled="each"),
    ),
    Word(
        "Send the codes as bound values, and give back each connection.",
        "an airline with an apostrophe in its code; the pool is counted",
        merge_left_open,
    ),
)
ASIDES = ("The check cuts the power between your two statements.",)
