"""Exercise 6.3: wrong answers, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from sqlalchemy import Double, case, cast, func, literal, select

from lib.models import Airline, Flight
from lib.workbook.course.exercise import Word, Wrong

LATE = func.count(case((Flight.dep_delay >= 15, 1)))


def count_by_day(late: Any) -> Any:
    by_day = select(Flight.carrier, Flight.day, late.label("late"))
    return by_day.group_by(Flight.carrier, Flight.day)


def first_of_each(by_day: Any, place: Any) -> Any:
    ranked = select(by_day, place.label("place")).cte("ranked")
    return select(ranked.c.carrier, ranked.c.day, ranked.c.late).where(ranked.c.place == 1)


def variant(
    late: Any = LATE,
    *where: Any,
    order: Any = lambda step: (step.c.late.desc(), step.c.day),
    by: Any = lambda step: step.c.carrier,
    rank: Any = func.row_number,
) -> Any:
    """The solution, with one thing done otherwise."""
    step = count_by_day(late).where(*where).cte("by_day")
    return first_of_each(step, rank().over(partition_by=by(step), order_by=order(step)))


def worst_tie_by_chance() -> Any:
    return variant(order=lambda step: step.c.late.desc())


def worst_first_value_by_chance() -> Any:
    by_day = count_by_day(LATE).cte("by_day")
    window = {"partition_by": by_day.c.carrier, "order_by": by_day.c.late.desc()}
    first = func.first_value(by_day.c.day).over(**window).label("day")
    most = func.max(by_day.c.late).over(partition_by=by_day.c.carrier).label("late")
    return select(by_day.c.carrier, first, most).distinct()


def worst_limit_by_chance() -> Any:
    days = count_by_day(LATE).cte("days")
    mine = days.alias("mine")
    one = select(mine.c.day).where(mine.c.carrier == days.c.carrier)
    best = one.order_by(mine.c.late.desc()).limit(1).scalar_subquery()
    return select(days).where(days.c.day == best)


def worst_day_of_the_group() -> Any:
    by_day = count_by_day(LATE).cte("by_day")
    most = func.max(by_day.c.late).label("late")
    return select(by_day.c.carrier, by_day.c.day, most).group_by(by_day.c.carrier)


def worst_window_in_where() -> Any:
    by_day = count_by_day(LATE).cte("by_day")
    place = func.row_number().over(
        partition_by=by_day.c.carrier, order_by=(by_day.c.late.desc(), by_day.c.day)
    )
    return select(by_day.c.carrier, by_day.c.day, by_day.c.late).where(place == 1)


def worst_forgets_the_punctual() -> Any:
    return variant(func.count(), Flight.dep_delay >= 15)


def worst_of_every_airline() -> Any:
    places = variant().subquery()
    day, late = func.coalesce(places.c.day, 1), func.coalesce(places.c.late, 0)
    question = select(Airline.carrier, day.label("day"), late.label("late"))
    return question.outerjoin(places, places.c.carrier == Airline.carrier)


def worst_by_share() -> Any:
    days = select(
        Flight.carrier,
        Flight.day,
        LATE.label("late"),
        (cast(LATE, Double) / func.count()).label("share"),
    )
    step = days.group_by(Flight.carrier, Flight.day).cte("days")
    order = (step.c.share.desc(), step.c.day)
    return first_of_each(step, func.row_number().over(partition_by=step.c.carrier, order_by=order))


WRONG = (
    Wrong(
        lambda: variant(order=lambda step: step.c.late.desc(), rank=func.rank),
        "one for each airline is expected",
        "does not decide ties: rank gives equal places",
    ),
    Wrong(
        worst_tie_by_chance,
        "Does your question decide between equal days",
        "takes the order of equal rows for given",
    ),
    Wrong(
        worst_first_value_by_chance,
        "Does your question decide between equal days",
        "takes the first of equal rows for the earliest",
    ),
    Wrong(
        worst_limit_by_chance,
        "Does your question decide between equal days",
        "takes one of equal rows, and not the earliest",
    ),
    Wrong(
        lambda: variant(order=lambda step: (step.c.late.desc(), step.c.day.desc())),
        "The earlier one counts, and you find day",
        "lets the later day win",
    ),
    Wrong(
        worst_day_of_the_group,
        "neither grouped nor aggregated",
        "believes that max brings the rest of its row along",
    ),
    Wrong(
        lambda: variant(by=lambda step: None),
        "you give a row to 1 of them",
        "forgets the partition: one ranking for all airlines",
    ),
    Wrong(
        worst_window_in_where,
        "put them in a step before",
        "filters by a window in the select that computes it",
    ),
    Wrong(
        worst_forgets_the_punctual,
        "drops flights before they are counted",
        "filters in `where` what should be counted by condition",
    ),
    Wrong(
        lambda: variant(order=lambda step: (step.c.late, step.c.day)),
        "It is the day with the fewest",
        "sorts upwards",
    ),
    Wrong(
        lambda: variant(func.count(case((Flight.dep_delay >= 15, 1), else_=0))),
        "the number of all its flights on that day",
        "counts the zeros of a case, too",
    ),
    Wrong(
        lambda: variant(func.count(case((Flight.dep_delay > 15, 1)))),
        "exactly 15 is late, too",
        "reads `15 or more` as `more than 15`",
    ),
    Wrong(
        lambda: variant(func.count(case((Flight.arr_delay >= 15, 1)))),
        "the number of those that arrived late",
        "takes the delay on arrival for that at departure",
    ),
    Wrong(
        lambda: variant(func.sum(case((Flight.dep_delay >= 15, 1)))),
        "A `sum` of nothing but NULL is NULL",
        "expects 0 from a sum that finds no 1",
    ),
    Wrong(
        worst_by_share,
        "late flights; day",
        "ranks by the share of late flights, not by their number",
    ),
    Wrong(
        lambda: variant(LATE, Flight.dep_time.is_not(None)),
        "has a row, too, with 0",
        "leaves the cancelled flights out, and with them an airline",
    ),
)
WORDS = (
    Word(
        "a select `worst_days` with the columns `carrier`, `day` and `late`",
        "the frame's columns",
        lambda: variant().add_columns(literal(1).label("place")),
    ),
    Word("one row for each airline", "each airline has three days", lambda: count_by_day(LATE)),
    Word("one row for each airline", "16 airlines", lambda: variant(by=lambda step: None)),
    Word("that has flights", "ZZ, an airline without a flight", worst_of_every_airline),
    Word(
        "that has flights",
        "YY, an airline whose flights were all cancelled",
        lambda: variant(LATE, Flight.dep_time.is_not(None)),
    ),
    Word(
        "each airline that has flights",
        "VX, whose worst flights start at PHL",
        lambda: variant(LATE, Flight.origin.in_(["EWR", "JFK", "LGA"])),
    ),
    Word(
        "each airline that has flights",
        "US, whose worst day is in October",
        lambda: variant(LATE, Flight.month == 1),
    ),
    Word(
        "the day on which the most of its flights",
        "F9, of whose day 3 the larger part was late",
        worst_by_share,
    ),
    Word(
        "left 15 minutes late or more",
        "AS, with two flights of exactly 15 minutes on day 3, and one of 16 on day 2",
        lambda: variant(func.count(case((Flight.dep_delay > 15, 1)))),
    ),
    Word(
        "left 15 minutes late or more",
        "AS, with four flights that left 30 minutes early on day 1",
        lambda: variant(func.count(case((func.abs(Flight.dep_delay) >= 15, 1)))),
    ),
    Word(
        "left 15 minutes late or more",
        "HA, whose flights of day 1 left on time and arrived late",
        lambda: variant(func.count(case((Flight.arr_delay >= 15, 1)))),
    ),
    Word("how many these were", "each row", lambda: variant(func.count())),
    Word(
        "When days tie, the earliest one counts",
        "an index that gives the days of AS, HA and UA from the last to the first",
        worst_tie_by_chance,
    ),
    Word(
        "was never late has a row, too, with 0",
        "FL and YY, among others",
        worst_forgets_the_punctual,
    ),
    Word(
        "with 0 and its first day",
        "YY, with flights on the days 3, 2 and 2",
        lambda: variant(
            order=lambda step: (
                step.c.late.desc(),
                case((step.c.late > 0, step.c.day)),
                step.c.day.desc(),
            )
        ),
    ),
)
