"""Exercise 10.1: a report of a month that may be made again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, insert, select, update

from lib.database import Database
from lib.errors import NotReady
from lib.models import Flight
from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.databases.checkpoints import FIRST_DAYS
from lib.workbook.exercises.ch10 import repeatable_task_answers as answers
from lib.workbook.exercises.ch10.looking import accident, by_dest, result_or_error, rows_of

MONTH = "2013-01"
NEXT = "2013-02"
OTHER = ("2012-12", "MIA", 7)  # a row of another month, which is nobody's business


def expected(db: Database, month: int = 1) -> list[tuple[Any, ...]]:
    counted = select(Flight.dest, func.count()).where(Flight.month == month).group_by(Flight.dest)
    return sorted(rows_of(db, counted))


def report(db: Database, month: str = MONTH) -> list[tuple[Any, ...]]:
    mine = select(by_dest.c.dest, by_dest.c.flights).where(by_dest.c.month == month)
    return sorted(rows_of(db, mine))


def others(db: Database) -> list[tuple[Any, ...]]:
    return rows_of(db, select(by_dest).where(by_dest.c.month.not_in((MONTH, NEXT))))


def check_refresh(answer: Any, bench: Bench) -> str:
    expect_function(answer, "refresh")
    db = bench.db
    by_dest.create(db.engine, checkfirst=True)
    last = update(Flight).where(Flight.month == 1, Flight.day == FIRST_DAYS).values(month=2, day=1)
    db.execute([insert(by_dest).values(OTHER), last])  # the last day plays February

    bench.call(answer, db, MONTH)
    expect(
        others(db) == [OTHER],
        "The report had a row of December 2012, and now it has not. Only the rows of the month "
        "that is asked for may go.",
    )
    expect(
        report(db),
        "After the first run, the table has no row of January. Two usual causes: nothing was "
        "committed, or `month`, a text such as 2013-01, was compared with `Flight.month`, a "
        "number.",
    )
    expect(
        sum(flights for _, flights in report(db))
        != rows_of(db, select(func.count(Flight.dest)))[0][0],
        "The rows of January count the flights of February, too, which this check's database has "
        "as well. Limit the SELECT to the month.",
    )
    expect(
        report(db) == expected(db),
        "After the first run, the rows of January are not one for each destination with its "
        "number of flights.",
    )

    bench.call(answer, db, NEXT)
    expect(
        report(db, NEXT) == expected(db, 2) and report(db) == expected(db),
        "The report of January is right; but that of `2013-02`, made next, is not, or January has "
        "changed with it. The month to write is the argument.",
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
            update(Flight).where(Flight.dest == "BOS", Flight.day < 2).values(dest="LAX"),
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
    solution=answers.solution_refresh,
    also_right=(answers.refresh_by_execute, answers.refresh_in_python),
    wrong=(
        Wrong(
            answers.refresh_appends, "The second run raises", "writes a task for its first run only"
        ),
        Wrong(
            answers.refresh_of_all_flights,
            "count the flights of February, too",
            "names the month in the row, and forgets it in the question",
        ),
        Wrong(
            answers.refresh_of_january,
            "The month to write is the argument",
            "writes the month that is at hand into the task",
        ),
        Wrong(
            answers.refresh_without_commit,
            "nothing was committed",
            "takes `connect` for `begin`",
        ),
        Wrong(
            answers.refresh_of_a_text,
            "a number",
            "compares a text with a number",
        ),
        Wrong(
            answers.refresh_empties_the_table,
            "a row of December 2012",
            "replaces the whole table where a part was meant",
        ),
        Wrong(
            answers.refresh_in_two_transactions,
            "the report of January is damaged",
            "does not see that between two transactions the month is empty",
        ),
        Wrong(
            answers.refresh_skips,
            "still has them",
            "takes a month that is there for a month that is right",
        ),
        Wrong(
            answers.refresh_merges,
            "still has them",
            "forgets that a merge never takes anything away",
        ),
    ),
)
