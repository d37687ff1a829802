"""Answers to exercise 4.4: right in other ways, wrong, and deaf to a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, joinedload, sessionmaker

from lib.database import Database
from lib.models import Airline, Base, Flight
from lib.workbook.course.exercise import Word, Wrong


def profile_but(
    count: Any = None,
    *,
    where: Any = None,
    gives: Any = lambda airline, flights: {"name": airline.name, "flights": flights},
    unknown: Any = None,
) -> Any:
    """The solution, but for what is counted, where, and what is given back."""

    def profile(db, carrier):
        with db.session_scope() as session:
            airline = session.get(Airline, carrier)
            if airline is None:
                return unknown
            question = select(func.count() if count is None else count).where(
                Flight.carrier == carrier, *([] if where is None else [where])
            )
            return gives(airline, session.scalar(question))

    return profile


def profile_by_query() -> Any:
    def profile(db, carrier):
        counted = select(func.count()).where(Flight.carrier == carrier).scalar_subquery()
        question = select(Airline.name, counted.label("flights")).where(Airline.carrier == carrier)
        with db.session_scope() as session:
            row = session.execute(question).one_or_none()
            return dict(row._mapping) if row else None

    return profile


def profile_by_outer_join() -> Any:
    def profile(db, carrier):
        question = select(Airline.name, func.count(Flight.flight).label("flights"))
        question = question.join(Airline.flights, isouter=True).group_by(Airline.name)
        with db.engine.connect() as connection:
            found = connection.execute(question.where(Airline.carrier == carrier)).mappings().all()
        return dict(found[0]) if found else None

    return profile


def profile_by_a_frame() -> Any:
    def profile(db, carrier):
        names = db.query(select(Airline.name).where(Airline.carrier == carrier))
        if names.empty:
            return None
        flights = db.query(select(Flight.flight).where(Flight.carrier == carrier))
        return dict(name=names.name[0], flights=len(flights))

    return profile


def profile_loaded_in_advance() -> Any:
    def profile(db, carrier):
        keeping = sessionmaker(db.engine, expire_on_commit=False)
        load = joinedload(Airline.flights)
        with keeping.begin() as session:
            airline = session.get(Airline, carrier, options=[load])
        return airline and {"flights": len(airline.flights), "name": airline.name}

    return profile


def profile_in_sql() -> Any:
    def profile(db, carrier):
        session = Session(db.engine)
        try:
            code = {"carrier": carrier}
            name = session.scalar(text("SELECT name FROM airlines WHERE carrier = :carrier"), code)
            count = text("SELECT count(*) FROM flights WHERE carrier = :carrier")
            flights = session.execute(count, code).scalar_one()
            return None if name is None else {"name": name, "flights": flights}
        finally:
            session.close()

    return profile


def profile_by_inner_join() -> Any:
    def profile(db, carrier):
        question = select(Airline.name, func.count().label("flights"))
        question = question.join(Airline.flights).where(Airline.carrier == carrier)
        with db.session_scope() as session:
            row = session.execute(question.group_by(Airline.name)).one_or_none()
            return dict(row._mapping) if row else None

    return profile


def profile_counting_rows_of_a_join() -> Any:
    def profile(db, carrier):
        question = select(Airline.name, func.count().label("flights"))
        question = question.outerjoin(Airline.flights).where(Airline.carrier == carrier)
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


def profile_left_open() -> Any:
    def profile(db, carrier):
        airline = db.sessions().get(Airline, carrier)
        return airline and {"name": airline.name, "flights": len(airline.flights)}

    return profile


def profile_forgets_the_unknown() -> Any:
    def profile(db, carrier):
        with db.session_scope() as session:
            airline = session.get(Airline, carrier)
            return {"name": airline.name, "flights": len(airline.flights)}

    return profile


def profile_insists() -> Any:
    def profile(db, carrier):
        question = select(Airline).where(Airline.carrier == carrier)
        with db.session_scope() as session:
            airline = session.scalars(question).one()
            return {"name": airline.name, "flights": len(airline.flights)}

    return profile


def profile_like() -> Any:
    def profile(db, carrier):
        question = select(Airline).where(Airline.carrier.ilike(carrier)).order_by(Airline.carrier)
        with db.session_scope() as session:
            airline = session.scalars(question).first()
            return airline and {"name": airline.name, "flights": len(airline.flights)}

    return profile


def profile_without_an_empty_name() -> Any:
    def profile(db, carrier):
        found = profile_in_sql()(db, carrier)
        return found if found and found["name"] else None

    return profile


def profile_elsewhere() -> Any:
    def profile(db, carrier):
        with Database("sqlite://") as chapter_db:  # in the notebook: the chapter's own
            Base.metadata.create_all(chapter_db.engine)
            return profile_by_query()(chapter_db, carrier)

    return profile


ALSO_RIGHT = (
    profile_by_query,
    profile_by_outer_join,
    profile_by_a_frame,
    profile_loaded_in_advance,
    profile_in_sql,
)

WRONG = (
    Wrong(
        lambda: profile_but(func.count(Flight.dep_delay)),
        "For AA, flights is",
        "counts a column, which leaves out the cancelled flights",
    ),
    Wrong(
        lambda: profile_but(where=Flight.month == 1),
        "For Q1, flights is 4; the check's own data say 6",
        "counts the month that happens to be in the chapter's database",
    ),
    Wrong(
        lambda: profile_but(func.count(Flight.flight.distinct())),
        "flights is",
        "counts numbers of flights, which come again every day",
    ),
    Wrong(
        profile_by_inner_join,
        "For Q2, which has no flights, your function returns None",
        "does not see that an inner join drops what has no partner",
    ),
    Wrong(
        profile_counting_rows_of_a_join,
        "For Q2, which has no flights, flights is 1",
        "counts the rows of an outer join: one, with nothing on its other side",
    ),
    Wrong(
        profile_reads_too_late,
        "Read it inside the scope",
        "reads the attributes when the session is closed",
    ),
    Wrong(
        lambda: profile_but(gives=lambda airline, flights: airline),
        "Return a dict of plain values",
        "hands out the object; it is expired and detached at once",
    ),
    Wrong(
        lambda: profile_but(
            gives=lambda airline, flights: {"name": airline.name, "flights": airline.flights}
        ),
        "Return how many there are",
        "takes the dict for plain data although it holds mapped objects",
    ),
    Wrong(
        lambda: profile_but(gives=lambda airline, flights: (airline.name, flights)),
        "returns a tuple",
        "takes two values in a row for a dict",
    ),
    Wrong(
        profile_left_open,
        "a transaction is still open",
        "closes no session, and hopes that somebody tidies up",
    ),
    Wrong(
        profile_forgets_the_unknown,
        "raises AttributeError",
        "forgets that get answers None",
    ),
    Wrong(profile_insists, "raises NoResultFound", "insists on a row that may be missing"),
    Wrong(
        profile_without_an_empty_name,
        "For Q4, your function returns None",
        "takes an empty name for no airline",
    ),
)

WORDS = (
    Word(
        "Write `profile(db, carrier)`",
        "airlines that only the check's own database has",
        profile_elsewhere,
    ),
    Word(
        "a dict with the keys `name`, the airline's name",
        "an airline without a name, two of one name",
        lambda: profile_but(
            gives=lambda airline, flights: {"name": airline.carrier, "flights": flights}
        ),
    ),
    Word(
        "and `flights`, how many flights it has",
        "flights that were cancelled, that never arrived, of October; two of one number",
        lambda: profile_but(func.count(Flight.arr_time)),
    ),
    Word("an airline may have none", "two airlines without flights", profile_by_inner_join),
    Word(
        "For a code that no airline has it returns `None`",
        "`??`, `ua`, `U_`, a percent sign, nothing at all",
        profile_like,
    ),
    Word(
        "Callers will use the dict long after the session is closed.",
        "what is open after the call; values of another type",
        profile_left_open,
    ),
)
ASIDES = ()
