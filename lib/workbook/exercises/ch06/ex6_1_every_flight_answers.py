"""Exercise 6.1: wrong answers, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, case, func, or_, select, true

from lib.models import Flight, Plane
from lib.workbook.course.exercise import Word, Wrong

ON_TIME, LATE = Flight.dep_delay < 15, Flight.dep_delay >= 15
CANCELLED = Flight.dep_time.is_(None)
ALL_ZERO = {"on_time": 0, "late": 0, "cancelled": 0}


def variant(
    *where: Any,
    on_time: Any = ON_TIME,
    late: Any = LATE,
    cancelled: Any = CANCELLED,
    place: Any = lambda dest: Flight.dest == dest,
    put: Any = dict,
    count: Any = lambda condition: func.count(case((condition, 1))),
) -> Any:
    """The solution, with one thing done otherwise."""

    def outcomes(session, dest):
        counted = select(
            count(on_time).label("on_time"),
            count(late).label("late"),
            count(cancelled).label("cancelled"),
        )
        row = session.execute(counted.select_from(Flight).where(place(dest), *where)).one()
        return put(row._mapping)

    return outcomes


def how_many(*conditions: Any) -> int:
    """Stands for the notebook's helper, which asks the chapter's database."""
    return 100 * len(conditions)


def outcomes_asks_elsewhere() -> Any:
    def outcomes(session, dest):
        here = Flight.dest == dest
        return {
            "on_time": how_many(here, Flight.dep_delay < 15),
            "late": how_many(here, Flight.dep_delay >= 15),
            "cancelled": how_many(here, Flight.dep_time.is_(None)),
        }

    return outcomes


def outcomes_written_down() -> Any:
    return lambda session, dest: dict(ALL_ZERO)


def outcomes_is_none() -> Any:
    return variant(cancelled=Flight.dep_time is None)


def outcomes_the_rest_is_on_time() -> Any:
    def outcomes(session, dest):
        here = select(func.count()).where(Flight.dest == dest)
        late = session.scalar(here.where(Flight.dep_delay >= 15))
        return {
            "on_time": session.scalar(here) - late,
            "late": late,
            "cancelled": session.scalar(here.where(Flight.dep_time.is_(None))),
        }

    return outcomes


def outcomes_by_truth() -> Any:
    def outcomes(session, dest):
        counted = dict(ALL_ZERO)
        for flight in session.scalars(select(Flight).where(Flight.dest == dest)):
            if not flight.dep_time:
                counted["cancelled"] += 1
            else:
                counted["late" if flight.dep_delay >= 15 else "on_time"] += 1
        return counted

    return outcomes


def outcomes_only_what_there_is() -> Any:
    def outcomes(session, dest):
        kind = case((CANCELLED, "cancelled"), (LATE, "late"), else_="on_time")
        groups = select(kind, func.count()).where(Flight.dest == dest).group_by(kind)
        return dict(session.execute(groups).all())

    return outcomes


def outcomes_sum_of_nothing() -> Any:
    return variant(count=lambda condition: func.sum(case((condition, 1), else_=0)))


WRONG = (
    Wrong(
        outcomes_asks_elsewhere,
        "has asked its `session` nothing",
        "leaves the argument aside and asks a database that happens to be at hand",
    ),
    Wrong(
        outcomes_written_down,
        "has asked its `session` nothing",
        "writes numbers down in place of the question",
    ),
    Wrong(
        outcomes_is_none,
        "Ask SQL with `is_(None)`",
        "takes Python's `is` for SQL; the condition is plain False",
    ),
    Wrong(
        outcomes_the_rest_is_on_time,
        "those that were not late, the cancelled ones included",
        "takes `not late` for `on time`: forgets that a comparison may be unknown",
    ),
    Wrong(
        outcomes_sum_of_nothing,
        "A `sum` that finds nothing to add up is NULL",
        "expects 0 from a sum over no rows",
    ),
    Wrong(
        lambda: variant(on_time=Flight.dep_delay <= 15, late=Flight.dep_delay > 15),
        "at most 15 minutes late: exactly 15 is late",
        "reads `15 or more` as `more than 15`",
    ),
    Wrong(
        lambda: variant(late=Flight.dep_delay > 15),
        "more than 15 minutes late: exactly 15 is late",
        "counts those that are exactly 15 minutes late nowhere",
    ),
    Wrong(
        lambda: variant(cancelled=Flight.arr_time.is_(None)),
        "those that never arrived, and some of them left",
        "takes a flight that never arrived for one that never left",
    ),
    Wrong(
        lambda: variant(cancelled=Flight.tailnum.is_(None)),
        "those without a `tailnum`, and some of them left",
        "takes one missing value for another",
    ),
    Wrong(
        lambda: variant(on_time=Flight.arr_delay < 15, late=Flight.arr_delay >= 15),
        "those that arrived less than 15 minutes late",
        "takes the delay on arrival for that at departure",
    ),
    Wrong(
        lambda: variant(cancelled=Flight.dep_time.is_not(None)),
        "the number of those with a `dep_time`",
        "counts what is not missing: `count` leaves NULL out",
    ),
    Wrong(
        lambda: variant(on_time=Flight.dep_delay.between(0, 14)),
        "without those that left early",
        "forgets that a delay may be negative",
    ),
    Wrong(
        outcomes_by_truth,
        "For CLT, on_time is",
        "takes 0, midnight, for a missing time",
    ),
    Wrong(
        outcomes_only_what_there_is,
        "expected are on_time, late, cancelled",
        "groups by the kind, and has no 0 for a kind that does not occur",
    ),
    Wrong(
        lambda: variant(Flight.tailnum == Plane.tailnum),
        "the check's own data say",
        "joins what it does not need, and loses the flights without a plane",
    ),
)
WORDS = (
    Word(
        "`outcomes(session, dest)`",
        "the session leads to data of the check's own; six places are asked for",
        outcomes_asks_elsewhere,
    ),
    Word("a dict of three numbers", "each call", lambda: variant(put=lambda row: [*row])),
    Word(
        "a dict of three numbers",
        "each call",
        lambda: variant(put=lambda row: {key: str(row[key]) for key in row}),
    ),
    Word(
        "flights to that airport",
        "eight flights that start in CLT",
        lambda: variant(place=lambda dest: or_(Flight.dest == dest, Flight.origin == dest)),
    ),
    Word(
        "flights to that airport",
        "the flights to five other places",
        lambda: variant(place=lambda dest: true()),
    ),
    Word(
        "`on_time` (left early, or",
        "flights with a negative delay, of up to 20 minutes",
        lambda: variant(on_time=and_(Flight.dep_delay >= 0, ON_TIME)),
    ),
    Word(
        "`on_time` (left early, or",
        "a flight that left 20 minutes early",
        lambda: variant(on_time=func.abs(Flight.dep_delay) < 15),
    ),
    Word(
        "less than 15 minutes late",
        "flights that left 14, 15 and 16 minutes late",
        lambda: variant(on_time=Flight.dep_delay < 14),
    ),
    Word(
        "`late` (left 15 minutes late or more",
        "flights that left 14, 15 and 16 minutes late",
        lambda: variant(late=Flight.dep_delay > 15),
    ),
    Word(
        "`late` (left 15 minutes late or more",
        "flights that left on time and arrived late, and the other way round",
        lambda: variant(late=Flight.arr_delay >= 15),
    ),
    Word(
        "`cancelled` (`dep_time` is missing)",
        "seven flights that left and never arrived",
        lambda: variant(cancelled=Flight.air_time.is_(None)),
    ),
    Word(
        "`cancelled` (`dep_time` is missing)",
        "a flight that left at midnight, in the minute 0",
        outcomes_by_truth,
    ),
    Word(
        "all flights to `dest`",
        "seven flights of October, two of them in 2014",
        lambda: variant(Flight.month == 1),
    ),
    Word(
        "all flights to `dest`",
        "three flights from a fourth airport, PHL",
        lambda: variant(Flight.origin.in_(["EWR", "JFK", "LGA"])),
    ),
    Word(
        "for an airport without flights all three are 0",
        "ANC, which has none",
        outcomes_sum_of_nothing,
    ),
)
