"""Exercise 10.1: a report of a month that may be made again."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, insert, literal, select, update

from lib.database import Database
from lib.dialects import NotReady
from lib.models import Flight
from lib.workbook.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch10.looking import accident, by_dest, result_or_error, rows_of

MONTH = "2013-01"
OTHER = ("2012-12", "MIA", 7)  # a row of another month, which is nobody's business


def expected(db: Database) -> list[tuple[Any, ...]]:
    counted = select(Flight.dest, func.count()).where(Flight.month == 1).group_by(Flight.dest)
    return sorted(rows_of(db, counted))


def report(db: Database) -> list[tuple[Any, ...]]:
    mine = select(by_dest.c.dest, by_dest.c.flights).where(by_dest.c.month == MONTH)
    return sorted(rows_of(db, mine))


def others(db: Database) -> list[tuple[Any, ...]]:
    return rows_of(db, select(by_dest).where(by_dest.c.month != MONTH))


def check_refresh(answer: Any, bench: Bench) -> str:
    expect_function(answer, "refresh")
    db = bench.db
    by_dest.create(db.engine, checkfirst=True)
    db.execute([insert(by_dest).values(OTHER)])

    bench.call(answer, db, MONTH)
    expect(
        others(db) == [OTHER],
        "The report had a row of December 2012, and now it has not. Only the rows of the month "
        "that is asked for may go.",
    )
    expect(report(db), "After the first run, the table has no row of January.")
    expect(
        report(db) == expected(db),
        "After the first run, the rows of January are not one for each destination with its "
        "number of flights.",
    )

    again = result_or_error(bench, answer, db, MONTH)
    expect(
        not isinstance(again, Exception),
        f"The second run raises {type(again).__name__}: the rows of January are there already. "
        "A task will be run twice; what is there has to make way, or be changed.",
    )
    expect(report(db) == expected(db), "The second run has changed the report, but no flight has.")

    db.execute(
        [
            delete(Flight).where(Flight.dest == "MIA"),
            update(Flight).where(Flight.dest == "BOS", Flight.day < 9).values(dest="LAX"),
        ]
    )
    outcome = result_or_error(bench, answer, db, MONTH)
    expect(
        not isinstance(outcome, Exception),
        f"After some flights have changed, it raises {type(outcome).__name__}.",
    )
    expect(
        "MIA" not in dict(report(db)),
        "All flights to MIA were withdrawn, and the report still has them. What the source no "
        "longer has must leave the report, too.",
    )
    expect(
        report(db) == expected(db),
        "Some flights have changed, and the report of the next run does not follow. A month that "
        "is there may not be skipped: its rows come late, and are corrected.",
    )

    before = report(db)
    with accident(db, "by_dest", lambda: NotReady("The connection is lost."), times=1):
        result_or_error(bench, answer, db, MONTH)
    expect(
        report(db) == before,
        "The connection was lost at the INSERT, and the report of January is damaged: "
        f"{len(report(db))} rows of {len(before)} are left. Delete and insert in one transaction.",
    )
    expect(others(db) == [OTHER], "The row of another month is gone, or is there twice.")
    return "That is it. However often it runs, and wherever it stops, the report is true or old."


def solution_refresh() -> Any:
    def refresh(db, month):
        columns = literal(month), Flight.dest, func.count()
        mine = Flight.month == int(month[-2:])
        flights = select(*columns).where(mine).group_by(Flight.dest)
        with db.engine.begin() as connection:
            connection.execute(delete(by_dest).where(by_dest.c.month == month))
            connection.execute(insert(by_dest).from_select(by_dest.c.keys(), flights))

    return refresh


def refresh_by_execute() -> Any:
    def refresh(db, month):
        columns = literal(month), Flight.dest, func.count()
        mine = Flight.month == int(month[-2:])
        flights = select(*columns).where(mine).group_by(Flight.dest)
        old = delete(by_dest).where(by_dest.c.month == month)
        db.execute([old, insert(by_dest).from_select(["month", "dest", "flights"], flights)])

    return refresh


def refresh_in_python() -> Any:
    def refresh(db, month):
        with db.session_scope() as session:
            flights = session.scalars(select(Flight.dest).filter_by(month=int(month[-2:])))
            counts = {}
            for dest in flights:
                counts[dest] = counts.get(dest, 0) + 1
            rows = [{"month": month, "dest": d, "flights": n} for d, n in counts.items()]
            session.execute(delete(by_dest).where(by_dest.c.month == month))
            session.execute(insert(by_dest), rows)

    return refresh


def _flights(month):
    columns = literal(month), Flight.dest, func.count()
    return select(*columns).where(Flight.month == int(month[-2:])).group_by(Flight.dest)


def refresh_appends() -> Any:
    def refresh(db, month):
        db.execute([insert(by_dest).from_select(by_dest.c.keys(), _flights(month))])

    return refresh


def refresh_empties_the_table() -> Any:
    def refresh(db, month):
        db.execute(
            [delete(by_dest), insert(by_dest).from_select(by_dest.c.keys(), _flights(month))]
        )

    return refresh


def refresh_in_two_transactions() -> Any:
    def refresh(db, month):
        db.execute([delete(by_dest).where(by_dest.c.month == month)])
        db.execute([insert(by_dest).from_select(by_dest.c.keys(), _flights(month))])

    return refresh


def refresh_skips() -> Any:
    def refresh(db, month):
        with db.engine.begin() as connection:
            mine = select(func.count()).where(by_dest.c.month == month)
            if not connection.scalar(mine):
                connection.execute(insert(by_dest).from_select(by_dest.c.keys(), _flights(month)))

    return refresh


def refresh_merges() -> Any:
    def refresh(db, month):
        with db.engine.begin() as connection:
            for _, dest, count in connection.execute(_flights(month)).all():
                mine = (by_dest.c.month == month) & (by_dest.c.dest == dest)
                if not connection.scalar(select(func.count()).where(mine)):
                    row = {"month": month, "dest": dest, "flights": count}
                    connection.execute(insert(by_dest).values(row))
                connection.execute(update(by_dest).where(mine).values(flights=count))

    return refresh


EXERCISE = Exercise(
    id="10.1",
    title="A task that may be repeated",
    check=check_refresh,
    hints=(
        "`replace_month` does the same for another table. What differs is the SELECT: it groups "
        "by `Flight.dest`.",
        "`select(literal(month), Flight.dest, func.count())`, limited to the month, grouped by the "
        "destination: those are the three columns of `by_dest`.",
        "`with db.engine.begin() as connection:` first `delete(by_dest)` where the month is this "
        "one, then `insert(by_dest).from_select(by_dest.c.keys(), flights)`.",
    ),
    solution=solution_refresh,
    also_right=(refresh_by_execute, refresh_in_python),
    wrong=(
        Wrong(refresh_appends, "The second run raises", "writes a task for its first run only"),
        Wrong(
            refresh_empties_the_table,
            "a row of December 2012",
            "replaces the whole table where a part was meant",
        ),
        Wrong(
            refresh_in_two_transactions,
            "the report of January is damaged",
            "does not see that between two transactions the month is empty",
        ),
        Wrong(
            refresh_skips,
            "still has them",
            "takes a month that is there for a month that is right",
        ),
        Wrong(
            refresh_merges,
            "still has them",
            "forgets that a merge never takes anything away",
        ),
    ),
)
