"""Answers to exercise 4.1: right in other ways, wrong, and deaf to a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lib.models import Airline, Flight
from lib.workbook.course.exercise import Word, Wrong

COUNT = select(func.count()).select_from(Airline)


def add_airline_but(
    *,
    before: Any = None,
    send: Any = Session.flush,
    count: Any = COUNT,
    after: Any = None,
    turned: bool = False,
) -> Any:
    """The solution, but for one thing; `before` and `after` are done to the session, too."""

    def add_airline(session, carrier, name):
        if before:
            before(session)
        carrier, name = (name, carrier) if turned else (carrier, name)
        session.add(Airline(carrier=carrier, name=name))
        send(session)
        number = session.scalar(count)
        if after:
            after(session)
        return number

    return add_airline


def add_airline_by_autoflush() -> Any:
    def add_airline(session, carrier, name):
        session.add(Airline(carrier=carrier, name=name))
        return len(session.scalars(select(Airline)).all())

    return add_airline


def add_airline_by_insert() -> Any:
    def add_airline(session, carrier, name):
        session.execute(insert(Airline).values(carrier=carrier, name=name))
        return session.scalar(select(func.count(Airline.carrier)))

    return add_airline


def add_airline_in_sql() -> Any:
    def add_airline(session, carrier, name):
        values = {"carrier": carrier, "name": name}
        session.execute(text("INSERT INTO airlines VALUES (:carrier, :name)"), values)
        return session.execute(text("SELECT count(*) FROM airlines")).scalar_one()

    return add_airline


def add_airline_in_a_savepoint() -> Any:
    def add_airline(session, carrier, name):
        with session.begin_nested():
            session.add(Airline(carrier=carrier, name=name))
        return session.query(Airline).count()

    return add_airline


def add_airline_counting_before() -> Any:
    def add_airline(session, carrier, name):
        there = session.scalar(COUNT)
        session.add_all([Airline(carrier=carrier, name=name)])
        session.flush()
        return there + 1

    return add_airline


def add_airline_unsent() -> Any:
    def add_airline(session, carrier, name):
        count = session.scalar(COUNT)
        session.add(Airline(carrier=carrier, name=name))
        return count + 1

    return add_airline


def add_airline_printed() -> Any:
    def add_airline(session, carrier, name):
        session.add(Airline(carrier=carrier, name=name))
        print(session.scalar(COUNT))

    return add_airline


def add_airline_asks_elsewhere() -> Any:
    def add_airline(session, carrier, name):
        session.add(Airline(carrier=carrier, name=name))
        session.flush()
        with Session(session.get_bind()) as other:
            return other.scalar(COUNT)

    return add_airline


def add_airline_elsewhere() -> Any:
    def add_airline(session, carrier, name):
        with Session(session.get_bind()) as other:
            other.add(Airline(carrier=carrier, name=name))
            other.flush()
            return other.scalar(COUNT)

    return add_airline


def add_airline_known_number() -> Any:
    def add_airline(session, carrier, name):
        session.add(Airline(carrier=carrier, name=name))
        session.flush()
        return 17

    return add_airline


def add_airline_in_its_own_transaction() -> Any:
    def add_airline(session, carrier, name):
        with session.begin():
            session.add(Airline(carrier=carrier, name=name))
            return session.scalar(COUNT)

    return add_airline


def add_airline_by_merge() -> Any:
    def add_airline(session, carrier, name):
        session.merge(Airline(carrier=carrier, name=name))
        session.flush()
        return session.scalar(COUNT)

    return add_airline


def add_airline_swallows() -> Any:
    def add_airline(session, carrier, name):
        session.add(Airline(carrier=carrier, name=name))
        try:
            session.flush()
        except IntegrityError:
            session.rollback()
        return session.scalar(COUNT)

    return add_airline


def add_airline_gives_a_row() -> Any:
    def add_airline(session, carrier, name):
        session.add(Airline(carrier=carrier, name=name))
        return session.execute(COUNT).first()

    return add_airline


ALSO_RIGHT = (
    add_airline_by_autoflush,
    add_airline_by_insert,
    add_airline_in_sql,
    add_airline_in_a_savepoint,
    add_airline_counting_before,
)

WRONG = (
    Wrong(
        lambda: add_airline_but(send=Session.commit),
        "Your function commits",
        "takes commit for the way to send; does not see that the caller owns the transaction",
    ),
    Wrong(
        add_airline_in_its_own_transaction,
        "Your function commits",
        "opens a block that commits at its end",
    ),
    Wrong(
        lambda: add_airline_but(before=Session.commit),
        "Your function commits",
        "settles what was there before, to begin afresh",
    ),
    Wrong(
        lambda: add_airline_but(before=Session.rollback),
        "that row is gone",
        "clears the session before the work, as if it were its own",
    ),
    Wrong(
        lambda: add_airline_but(after=Session.expunge_all),
        "that object from the session",
        "empties the session, in which the caller has objects of its own",
    ),
    Wrong(
        lambda: add_airline_but(after=Session.close),
        "it was taken back",
        "closes what somebody else has opened",
    ),
    Wrong(
        add_airline_unsent,
        "no INSERT has been sent: the airline is still pending",
        "takes add for the insert: the object is only pending",
    ),
    Wrong(
        add_airline_elsewhere,
        "it was taken back",
        "opens a session of its own, which ends with the function",
    ),
    Wrong(
        add_airline_known_number,
        "asked nothing through `session`",
        "read the number off the chapter's own table, or asked `db` for it",
    ),
    Wrong(
        lambda: add_airline_but(count=select(func.count())),
        "your count names no table",
        "believes that `count` knows what is counted",
    ),
    Wrong(
        lambda: add_airline_but(count=select(func.count(Airline.name.distinct()))),
        "the session can see 25 airlines",
        "counts names, of which two airlines may have the same",
    ),
    Wrong(
        lambda: add_airline_but(count=select(func.count()).select_from(Flight)),
        "the session can see 25 airlines",
        "counts another table",
    ),
    Wrong(
        add_airline_by_merge,
        "an airline that was there has changed",
        "merges, where something new was asked for",
    ),
    Wrong(
        add_airline_swallows,
        "let the error out, or the caller takes it for done",
        "catches the error, and ends the transaction of somebody else",
    ),
    Wrong(add_airline_printed, "`return` hands the number to the caller", "takes print for return"),
    Wrong(add_airline_gives_a_row, "It returns a Row", "does not take the value out of the row"),
    Wrong(
        add_airline_asks_elsewhere,
        "It returns 24; the session can see 25 airlines",
        "does not see that another connection has another view",
    ),
)

WORDS = (
    Word(
        "Write `add_airline(session, carrier, name)`",
        "the name that others read for the code, after the commit",
        lambda: add_airline_but(turned=True),
    ),
    Word(
        "It puts a new airline into the session that it is given",
        "what the session's own transaction sees after the call",
        add_airline_elsewhere,
    ),
    Word(
        "makes sure that the INSERT has been sent when it returns",
        "the session's transaction is asked so that nothing is flushed by it",
        add_airline_unsent,
    ),
    Word(
        "returns how many airlines the session can see now",
        "airlines of the check's own, one of them added by the caller and not yet settled",
        add_airline_asks_elsewhere,
    ),
    Word(
        "It does not commit.",
        "what others see when the function has returned",
        lambda: add_airline_but(after=Session.commit),
    ),
    Word(
        "When the code is taken, the error of the database goes on to the caller.",
        "the code Q2, which is taken",
        add_airline_swallows,
    ),
    Word(
        "The caller opened the session, perhaps for more than this",
        "a row that the caller has sent before, and a change that it has not",
        lambda: add_airline_but(before=Session.rollback),
    ),
)
ASIDES = ()
