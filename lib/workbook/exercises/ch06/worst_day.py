"""Exercise 6.3: each airline's worst day."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from sqlalchemy import case, func, select

from lib.database import Database
from lib.models import Flight
from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect
from lib.workbook.exercises.ch06.looking import ask, columns_first, expect_select, less_weather
from lib.workbook.exercises.ch06.parts import loose_columns, numbered_by_chance

COLUMNS = ["carrier", "day", "late"]


def check_worst_days(answer: Any, bench: Bench) -> str:
    expect_select(answer, "worst_days")
    loose = sorted(loose_columns(answer) - {"carrier", "name"})
    expect(
        not loose,
        f"One of your selects has a `group_by` and selects {' and '.join(loose)} neither grouped "
        "nor aggregated. A group has many, so the database picks one, or refuses. `max` finds the "
        "number, not the row that it stands in; a rank keeps the row.",
    )
    db = less_weather(bench)
    counts = late_by_day(db)
    wanted = {
        carrier: min(days.items(), key=lambda item: (-item[1], item[0]))
        for carrier, days in counts.items()
    }
    frame = ask(db, answer)
    columns_first(frame, COLUMNS)
    expect(
        not frame.isna().to_numpy().any(),
        "A value is missing. A `sum` over flights of which none is late is NULL when `case` has "
        "no `else_`.",
    )
    rows = frame.itertuples(index=False, name=None)
    found = [(str(carrier), int(day), int(late)) for carrier, day, late in rows]
    carriers = [carrier for carrier, _, _ in found]
    double = sorted({carrier for carrier in carriers if carriers.count(carrier) > 1})
    if double:
        tied = {late for carrier, _, late in found if carrier == double[0]}
        expect(
            len(tied) > 1,
            f"{double[0]} has {carriers.count(double[0])} rows, which tie. Only the earliest day "
            "counts: `row_number`, with the day as the second column of its `order_by`, picks one.",
        )
    expect(
        not double,
        f"{(double or [''])[0]} has several rows; one for each airline is expected. Filter by the "
        "place, in a step after the one that ranks.",
    )
    missing = sorted(set(wanted) - set(carriers))
    never = [carrier for carrier in missing if wanted[carrier][1] == 0]
    are, they, have = ("is", "it", "has") if len(never) == 1 else ("are", "they", "have")
    expect(
        not missing or len(never) < len(missing),
        f"{', '.join(never)} {are} missing: {they} {have} flights, and none of them late. A "
        "`where` on the delay drops these flights before they are counted; count the late ones "
        "with `case`.",
    )
    expect(
        not missing,
        f"{len(wanted)} airlines have flights, and you give a row to {len(carriers)}. Each airline "
        "has a ranking of its own: `partition_by`.",
    )
    for carrier, day, late in sorted(found):
        best_day, most = wanted[carrier]
        expect(
            late == counts[carrier].get(day),
            f"For {carrier}, day {day}: late is {late}; the check's own data say "
            f"{counts[carrier].get(day)}. Late is more than 15 minutes.",
        )
        expect(
            late == most,
            f"For {carrier} you find day {day}, with {late} late flights; day {best_day} has "
            f"{most}. Which end of the ranking comes first?",
        )
        expect(
            day == best_day,
            f"For {carrier} the days {best_day} and {day} tie, with {most} late flights. The "
            "earlier one counts: the order needs a second column.",
        )
    expect(
        not numbered_by_chance(answer, {"day", "time_hour"}),
        "The days are right here, and two that tie are in an order that nobody asked for: "
        "`row_number` gives them places by chance. The earlier one counts: the order needs a "
        "second column.",
    )
    return "That is it. One row for each airline, the punctual ones too, and no tie left to chance."


def late_by_day(db: Database) -> dict[str, dict[int, int]]:
    """The late flights by airline and day, counted in Python."""
    columns = select(Flight.carrier, Flight.day, Flight.dep_delay)
    counts: dict[str, dict[int, int]] = {}
    with db.engine.connect() as connection:
        for carrier, day, delay in connection.execute(columns):
            days = counts.setdefault(carrier, {})
            days[day] = days.get(day, 0) + (delay is not None and delay > 15)
    return counts


def solution_worst_days() -> Any:
    by_day = (
        select(
            Flight.carrier,
            Flight.day,
            func.count(case((Flight.dep_delay > 15, 1))).label("late"),
        )
        .group_by(Flight.carrier, Flight.day)
        .cte("by_day")
    )
    place = func.row_number().over(
        partition_by=by_day.c.carrier, order_by=(by_day.c.late.desc(), by_day.c.day)
    )
    ranked = select(*by_day.c, place.label("place")).cte("ranked")
    worst_days = select(ranked.c.carrier, ranked.c.day, ranked.c.late).where(ranked.c.place == 1)
    return worst_days


def worst_without_window() -> Any:
    late = func.sum(case((Flight.dep_delay > 15, 1), else_=0)).label("late")
    by_day = (
        select(Flight.carrier, Flight.day, late).group_by(Flight.carrier, Flight.day).cte("by_day")
    )
    most = (
        select(by_day.c.carrier, func.max(by_day.c.late).label("late"))
        .group_by(by_day.c.carrier)
        .cte("most")
    )
    both = (most.c.carrier == by_day.c.carrier) & (most.c.late == by_day.c.late)
    question = select(most.c.carrier, func.min(by_day.c.day).label("day"), most.c.late)
    return question.join(by_day, both).group_by(most.c.carrier, most.c.late)


def worst_in_one_step() -> Any:
    late = func.count(case((Flight.dep_delay > 15, 1)))
    place = func.row_number().over(partition_by=Flight.carrier, order_by=(late.desc(), Flight.day))
    ranked = select(Flight.carrier, Flight.day, late.label("late"), place.label("place"))
    inner = ranked.group_by(Flight.carrier, Flight.day).subquery()
    return select(inner.c.carrier, inner.c.day, inner.c.late).where(inner.c.place == 1)


def worst_by_rank_and_other_names() -> Any:
    late = func.sum(case((Flight.dep_delay > 15, 1), else_=0)).label("n")
    code, date = Flight.carrier.label("code"), Flight.day.label("date")
    step = select(code, date, late).group_by("code", "date").cte("step")
    place = func.rank().over(partition_by=step.c.code, order_by=step.c.n.desc())
    best = select(step, place.label("place")).cte("best")
    carrier, day = best.c.code.label("carrier"), func.min(best.c.date).label("day")
    question = select(carrier, day, func.max(best.c.n).label("late")).where(best.c.place == 1)
    return question.group_by(best.c.code)


def _by_day(late: Any) -> Any:
    by_day = select(Flight.carrier, Flight.day, late.label("late"))
    return by_day.group_by(Flight.carrier, Flight.day)


def _first(by_day: Any, place: Any) -> Any:
    ranked = select(by_day, place.label("place")).cte("ranked")
    return select(ranked.c.carrier, ranked.c.day, ranked.c.late).where(ranked.c.place == 1)


def worst_ties_stay() -> Any:
    by_day = _by_day(func.count(case((Flight.dep_delay > 15, 1)))).cte("by_day")
    place = func.rank().over(partition_by=by_day.c.carrier, order_by=by_day.c.late.desc())
    return _first(by_day, place)


def worst_tie_by_chance() -> Any:
    by_day = _by_day(func.count(case((Flight.dep_delay > 15, 1)))).cte("by_day")
    place = func.row_number().over(partition_by=by_day.c.carrier, order_by=by_day.c.late.desc())
    return _first(by_day, place)


def worst_day_of_the_group() -> Any:
    by_day = _by_day(func.count(case((Flight.dep_delay > 15, 1)))).cte("by_day")
    most = func.max(by_day.c.late).label("late")
    return select(by_day.c.carrier, by_day.c.day, most).group_by(by_day.c.carrier)


def worst_of_all() -> Any:
    by_day = _by_day(func.count(case((Flight.dep_delay > 15, 1)))).cte("by_day")
    place = func.row_number().over(order_by=(by_day.c.late.desc(), by_day.c.day))
    return _first(by_day, place)


def worst_window_in_where() -> Any:
    by_day = _by_day(func.count(case((Flight.dep_delay > 15, 1)))).cte("by_day")
    place = func.row_number().over(
        partition_by=by_day.c.carrier, order_by=(by_day.c.late.desc(), by_day.c.day)
    )
    return select(by_day.c.carrier, by_day.c.day, by_day.c.late).where(place == 1)


def worst_forgets_the_punctual() -> Any:
    by_day = _by_day(func.count()).where(Flight.dep_delay > 15).cte("by_day")
    place = func.row_number().over(
        partition_by=by_day.c.carrier, order_by=(by_day.c.late.desc(), by_day.c.day)
    )
    return _first(by_day, place)


def worst_is_best() -> Any:
    by_day = _by_day(func.count(case((Flight.dep_delay > 15, 1)))).cte("by_day")
    place = func.row_number().over(
        partition_by=by_day.c.carrier, order_by=(by_day.c.late, by_day.c.day)
    )
    return _first(by_day, place)


def worst_counts_zeros() -> Any:
    by_day = _by_day(func.count(case((Flight.dep_delay > 15, 1), else_=0))).cte("by_day")
    place = func.row_number().over(
        partition_by=by_day.c.carrier, order_by=(by_day.c.late.desc(), by_day.c.day)
    )
    return _first(by_day, place)


EXERCISE = Exercise(
    id="6.3",
    title="Each airline's worst day",
    check=check_worst_days,
    hints=(
        "Three steps: count by airline and day; rank the days of each airline; keep the first. "
        "The first two are CTEs.",
        "For the number: group by `Flight.carrier` and `Flight.day`, and take `func.count` (not "
        "`sum`) of `case((Flight.dep_delay > 15, 1))`. Without an `else_` it is NULL for the "
        "others, which `count` leaves out; a `sum` needs `else_=0`. No `where`.",
        "For the rank: `func.row_number()` over `partition_by` the carrier, and an `order_by` of "
        "two columns, `late` downwards and then `day`.",
    ),
    solution=solution_worst_days,
    also_right=(worst_without_window, worst_in_one_step, worst_by_rank_and_other_names),
    wrong=(
        Wrong(
            worst_ties_stay,
            "Only the earliest day counts",
            "does not decide ties: rank gives equal places",
        ),
        Wrong(
            worst_tie_by_chance,
            "the order needs a second column",
            "takes the order of equal rows for given",
        ),
        Wrong(
            worst_day_of_the_group,
            "neither grouped nor aggregated",
            "believes that max brings the rest of its row along",
        ),
        Wrong(
            worst_of_all,
            "has a ranking of its own",
            "forgets the partition: one ranking for all airlines",
        ),
        Wrong(
            worst_window_in_where,
            "put them in a step before",
            "filters by a window in the select that computes it",
        ),
        Wrong(
            worst_forgets_the_punctual,
            "drops these flights before they are counted",
            "filters in `where` what should be counted by condition",
        ),
        Wrong(
            worst_is_best,
            "Which end of the ranking comes first",
            "sorts upwards",
        ),
        Wrong(
            worst_counts_zeros,
            "Late is more than 15 minutes",
            "counts the zeros of a case, too",
        ),
    ),
)
