"""Answers to exercise 4.3: right in other ways, wrong, and deaf to a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from lib.database import Database
from lib.models import Airline, Base
from lib.workbook.course.exercise import Word, Wrong


def is_there(db: Any, carrier: str) -> bool:
    with db.session_scope() as session:
        return session.get(Airline, carrier) is not None


def add_if_new_but(
    *,
    catches: Any = IntegrityError,
    new: Any = True,
    old: Any = False,
    change: Any = None,
    upper: bool = False,
    passes_on: Any = lambda db, carrier, _name, _error: not is_there(db, carrier),
) -> Any:
    """The solution, but for one thing; `change` is done when the code is there already.

    `passes_on` tells whether an error that was caught is raised again.
    """

    def add_if_new(db, carrier, name):
        try:
            with db.session_scope() as session:
                session.add(Airline(carrier=carrier.upper() if upper else carrier, name=name))
        except catches as error:
            if passes_on(db, carrier, name, error):
                raise
            if change:
                change(db, carrier, name)
            return old
        return new

    return add_if_new


def add_if_new_asking(question: Any) -> Any:
    """Ask first, in this way."""

    def add_if_new(db, carrier, name):
        with db.session_scope() as session:
            if session.scalar(question(carrier, name)) is not None:
                return False
            session.add(Airline(carrier=carrier, name=name))
            return True

    return add_if_new


def add_if_new_asks_first() -> Any:
    return add_if_new_asking(
        lambda carrier, name: select(Airline).where(Airline.carrier == carrier)
    )


def add_if_new_inside(cure: Any) -> Any:
    """Catch the error of the flush inside the scope, and do this to the session."""

    def add_if_new(db, carrier, name):
        with db.session_scope() as session:
            session.add(Airline(carrier=carrier, name=name))
            try:
                session.flush()
            except IntegrityError:
                cure(session)
                if session.get(Airline, carrier) is None:
                    raise
                return False
            return True

    return add_if_new


def add_if_new_rolls_back() -> Any:
    return add_if_new_inside(Session.rollback)


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


def add_if_new_uncommitted() -> Any:
    def add_if_new(db, carrier, name):
        with db.sessions() as session:
            session.add(Airline(carrier=carrier, name=name))
            try:
                session.flush()
            except IntegrityError:
                return False
        return True

    return add_if_new


def add_if_new_left_open() -> Any:
    def add_if_new(db, carrier, name):
        session = db.sessions()
        if session.get(Airline, carrier) is not None:
            return False
        session.add(Airline(carrier=carrier, name=name))
        session.commit()
        return True

    return add_if_new


def add_if_new_elsewhere() -> Any:
    def add_if_new(db, carrier, name):
        with Database("sqlite://") as chapter_db:  # in the notebook: the chapter's own
            Base.metadata.create_all(chapter_db.engine)
            return add_if_new_but()(chapter_db, carrier, name)

    return add_if_new


def rename(db: Any, carrier: str, name: str) -> None:
    with db.session_scope() as session:
        session.get(Airline, carrier).name = name


def replace_it(db: Any, carrier: str, name: str) -> None:
    new = insert(Airline).values(carrier=carrier, name=name)
    db.execute([delete(Airline).where(Airline.carrier == carrier), new])


WRONG = (
    Wrong(
        lambda: add_if_new_but(catches=Exception, passes_on=lambda *_: False),
        "as if the line were cut. Your function returned False, and the OperationalError did not",
        "catches every error, and so calls a lost connection 'there already'",
    ),
    Wrong(
        lambda: add_if_new_but(passes_on=lambda *_: False),
        "gave None for the name, which the table does not take. Your function returned False",
        "takes every IntegrityError for a code that is there already",
    ),
    Wrong(
        lambda: add_if_new_but(passes_on=lambda _db, _carrier, name, _error: name is None),
        "fail by a foreign key. Your function returned False",
        "knows one other constraint, and takes the rest for a code that is there already",
    ),
    Wrong(
        lambda: add_if_new_inside(Session.expunge_all),
        "A PendingRollbackError comes out",
        "believes that a caught error is a cured session",
    ),
    Wrong(
        add_if_new_catches_the_add,
        "not with `session.add`",
        "expects the error where the object is added, not where it is sent",
    ),
    Wrong(
        add_if_new_merges,
        "Now its name is 'Another Name'",
        "takes merge for 'add when it is new'; it updates what is there",
    ),
    Wrong(
        lambda: add_if_new_but(change=replace_it),
        "Now its name is 'Another Name'",
        "replaces the row, which works for an airline without flights",
    ),
    Wrong(
        lambda: add_if_new_asking(lambda carrier, name: select(Airline).filter_by(name=name)),
        "not with `session.add`",
        "looks for the name, and not for the code",
    ),
    Wrong(
        lambda: add_if_new_asking(
            lambda carrier, name: select(Airline).where(
                func.lower(Airline.carrier) == carrier.lower()
            )
        ),
        "zz is new",
        "takes a code in small letters for the same",
    ),
    Wrong(add_if_new_uncommitted, "no COMMIT was sent", "flushes, and takes that for the end"),
    Wrong(
        add_if_new_left_open,
        "When it has met a code that is there already, a transaction is still open",
        "closes nothing: the question alone has begun a transaction",
    ),
    Wrong(
        lambda: add_if_new_but(new=None),
        "Your function returns None",
        "forgets to tell that the airline was new",
    ),
)


WORDS = (
    Word(
        "Write `add_if_new(db, carrier, name)`",
        "a database of the check's own, and names that only it knows",
        add_if_new_elsewhere,
    ),
    Word(
        "It adds the airline, commits, and returns `True`",
        "what others see after the call",
        add_if_new_uncommitted,
    ),
    Word(
        "When the code is there already",
        "an airline with flights, two without; the same code in small letters; a name that another "
        "has",
        lambda: add_if_new_but(upper=True),
    ),
    Word(
        "it leaves that airline as it is",
        "the name, before and after",
        lambda: add_if_new_but(change=rename),
    ),
    Word("and returns `False`", "the value itself", lambda: add_if_new_but(old=None)),
    Word(
        "Every other failure goes on to the caller",
        "the line is cut when the INSERT is sent, the name is missing, a foreign key is broken; "
        "then the same code once more",
        lambda: add_if_new_but(catches=SQLAlchemyError, passes_on=lambda *_: False),
    ),
    Word(
        "also of a broken constraint that has nothing to do with the code",
        "a name that is missing, an error of a foreign key",
        lambda: add_if_new_but(passes_on=lambda *_: False),
    ),
)


ASIDES = (
    "You may let the database find out: it raises `IntegrityError`, as for every broken "
    "constraint. Think about where that error comes out, and who has to see it before you do.",
)
