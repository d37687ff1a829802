"""Exercise 6.1: every flight counted."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from sqlalchemy import case, func, select

from lib.models import Flight
from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch06.looking import gaps

KEYS = ("on_time", "late", "cancelled")
PLACES = ("CLT", "ORD", "RDU")


def check_outcomes(answer: Any, bench: Bench) -> str:
    expect_function(answer, "outcomes")
    db = gaps(bench)
    columns = (Flight.dest, Flight.dep_time, Flight.dep_delay)
    with db.engine.connect() as connection:
        rows = connection.execute(select(*columns).where(Flight.dest.in_(PLACES))).all()
    for dest in PLACES:
        here = [row for row in rows if row.dest == dest]
        wanted = {
            "on_time": sum(row.dep_delay is not None and row.dep_delay <= 15 for row in here),
            "late": sum(row.dep_delay is not None and row.dep_delay > 15 for row in here),
            "cancelled": sum(row.dep_time is None for row in here),
        }
        expect_outcomes(_ask(answer, bench, dest), wanted, dest, len(here))
    nowhere = _ask(answer, bench, "ANC")
    expect(
        isinstance(nowhere, dict) and all(nowhere.get(key) is not None for key in KEYS),
        "For an airport without flights a number is None. A `sum` over no rows is NULL; a count "
        "is 0.",
    )
    expect_outcomes(nowhere, dict.fromkeys(KEYS, 0), "an airport without flights", 0)
    return "That is it. The three add up to all flights, so none is lost in between."


def _ask(answer: Any, bench: Bench, dest: str) -> Any:
    with bench.db.sessions() as session:
        found, sent = bench.statements(answer, session, dest)
    names = getattr(getattr(answer, "__code__", None), "co_names", ())
    elsewhere = {"db", "how_many"} & set(names)
    expect(
        found is None or (not elsewhere and any(" flights" in each for each in sent)),
        "You asked `db`, the chapter's own database, or nobody; `how_many` asks it, too. Ask the "
        "`session` that your function is given: the check hands it one with data of its own.",
    )
    return found


def expect_outcomes(found: Any, wanted: dict[str, int], dest: str, total: int) -> None:
    expect(
        found is not None,
        "Your function returns None. `print` shows a value to people; `return` hands it over.",
    )
    expect(
        isinstance(found, dict),
        f"This asks for a dict; your function returns a {type(found).__name__}.",
    )
    expect(
        set(found) == set(KEYS),
        f"The keys are {', '.join(map(str, found))}; expected are {', '.join(KEYS)}.",
    )
    expect(
        all(found[key] is not None for key in KEYS),
        f"For {dest} a number is None. A `sum` over no rows is NULL, and NULL plus 1 is NULL.",
    )
    expect(
        found["cancelled"] != 0 or wanted["cancelled"] == 0,
        f"For {dest} no flight is cancelled, and {wanted['cancelled']} are. `column is None` is "
        "Python's own question about the column object; ask SQL with `is_(None)`.",
    )
    expect(
        found["on_time"] != wanted["on_time"] + wanted["cancelled"] or wanted["cancelled"] == 0,
        f"For {dest} the cancelled flights are counted as on time. A delay that is missing is not "
        "a small delay: not late is not the same as on time.",
    )
    for key in KEYS:
        expect(
            found[key] == wanted[key],
            f"For {dest}, {key} is {found[key]}; the check's own data say {wanted[key]}, of "
            f"{total} flights. Look at the limits: 15 minutes is on time, 16 is late.",
        )


def solution_outcomes() -> Any:
    def outcomes(session, dest):
        counted = select(
            func.count(case((Flight.dep_delay <= 15, 1))).label("on_time"),
            func.count(case((Flight.dep_delay > 15, 1))).label("late"),
            func.count(case((Flight.dep_time.is_(None), 1))).label("cancelled"),
        )
        row = session.execute(counted.where(Flight.dest == dest)).one()
        return dict(row._mapping)

    return outcomes


def outcomes_one_by_one() -> Any:
    def outcomes(session, dest):
        def count(condition):
            counted = select(func.count()).where(Flight.dest == dest, condition)
            return session.scalar(counted)

        return {
            "on_time": count(Flight.dep_delay <= 15),
            "late": count(Flight.dep_delay > 15),
            "cancelled": count(Flight.dep_time == None),  # noqa: E711
        }

    return outcomes


def outcomes_by_difference() -> Any:
    def outcomes(session, dest):
        kinds = select(
            func.count().label("all"),
            func.count(Flight.dep_time).label("left"),
            func.coalesce(func.sum(case((Flight.dep_delay > 15, 1), else_=0)), 0).label("late"),
        )
        row = session.execute(kinds.where(Flight.dest == dest)).one()
        late = int(row.late)
        return {"on_time": row.left - late, "late": late, "cancelled": row.all - row.left}

    return outcomes


def outcomes_in_python() -> Any:
    def outcomes(session, dest):
        delays = session.scalars(select(Flight.dep_delay).where(Flight.dest == dest)).all()
        return {
            "on_time": sum(delay is not None and delay <= 15 for delay in delays),
            "late": sum(delay is not None and delay > 15 for delay in delays),
            "cancelled": sum(delay is None for delay in delays),
        }

    return outcomes


def how_many(*conditions: Any) -> int:
    """Stands for the notebook's helper, which asks the chapter's database."""
    return 100 * len(conditions)


def outcomes_asks_elsewhere() -> Any:
    def outcomes(session, dest):
        here = Flight.dest == dest
        return {
            "on_time": how_many(here, Flight.dep_delay <= 15),
            "late": how_many(here, Flight.dep_delay > 15),
            "cancelled": how_many(here, Flight.dep_time.is_(None)),
        }

    return outcomes


def outcomes_written_down() -> Any:
    def outcomes(session, dest):
        return {"on_time": 0, "late": 0, "cancelled": 0}

    return outcomes


def outcomes_is_none() -> Any:
    def outcomes(session, dest):
        def count(condition):
            return session.scalar(select(func.count()).where(Flight.dest == dest, condition))

        return {
            "on_time": count(Flight.dep_delay <= 15),
            "late": count(Flight.dep_delay > 15),
            "cancelled": count(Flight.dep_time is None),
        }

    return outcomes


def outcomes_the_rest_is_on_time() -> Any:
    def outcomes(session, dest):
        here = select(func.count()).where(Flight.dest == dest)
        late = session.scalar(here.where(Flight.dep_delay > 15))
        return {
            "on_time": session.scalar(here) - late,
            "late": late,
            "cancelled": session.scalar(here.where(Flight.dep_time.is_(None))),
        }

    return outcomes


def outcomes_sum_of_nothing() -> Any:
    def outcomes(session, dest):
        kinds = select(
            func.sum(case((Flight.dep_delay <= 15, 1), else_=0)).label("on_time"),
            func.sum(case((Flight.dep_delay > 15, 1), else_=0)).label("late"),
            func.sum(case((Flight.dep_time.is_(None), 1), else_=0)).label("cancelled"),
        )
        return dict(session.execute(kinds.where(Flight.dest == dest)).one()._mapping)

    return outcomes


def outcomes_wrong_limit() -> Any:
    def outcomes(session, dest):
        kinds = select(
            func.count(case((Flight.dep_delay < 15, 1))).label("on_time"),
            func.count(case((Flight.dep_delay >= 15, 1))).label("late"),
            func.count(case((Flight.dep_time.is_(None), 1))).label("cancelled"),
        )
        return dict(session.execute(kinds.where(Flight.dest == dest)).one()._mapping)

    return outcomes


EXERCISE = Exercise(
    id="6.1",
    title="Every flight counted",
    check=check_outcomes,
    hints=(
        "Three counts, each with its own condition: two on `dep_delay`, one with `is_(None)`.",
        "`func.count` leaves out what is missing, and `case((condition, 1))` without an `else_` "
        "gives NULL where the condition does not hold.",
        "One select can hold all three: `func.count(case((Flight.dep_delay > 15, 1)))` "
        'with `.label("late")`, and so on. `dict(row._mapping)` makes a dict of a row.',
    ),
    solution=solution_outcomes,
    also_right=(outcomes_one_by_one, outcomes_by_difference, outcomes_in_python),
    wrong=(
        Wrong(
            outcomes_asks_elsewhere,
            "Ask the `session` that your function is given",
            "leaves the argument aside and asks a database that happens to be at hand",
        ),
        Wrong(
            outcomes_written_down,
            "or nobody",
            "writes numbers down in place of the question",
        ),
        Wrong(
            outcomes_is_none,
            "ask SQL with `is_(None)`",
            "takes Python's `is` for SQL; the condition is plain False",
        ),
        Wrong(
            outcomes_the_rest_is_on_time,
            "cancelled flights are counted as on time",
            "takes `not late` for `on time`: forgets that a comparison may be unknown",
        ),
        Wrong(
            outcomes_sum_of_nothing,
            "A `sum` over no rows is NULL",
            "expects 0 from a sum over no rows",
        ),
        Wrong(
            outcomes_wrong_limit,
            "15 minutes is on time",
            "reads `at most 15` as `less than 15`",
        ),
    ),
)
