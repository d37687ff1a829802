"""Exercise 10.1: a report of a month that may be made again."""

# The solution stands here as one would type it into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, insert, literal, select

from lib.models import Flight
from lib.workbook.course.exercise import Exercise, Word, Wrong
from lib.workbook.exercises.ch10 import ex10_1_repeatable_task_answers as answers
from lib.workbook.exercises.ch10.ex10_1_repeatable_task_check import check_refresh
from lib.workbook.exercises.ch10.looking import by_dest
from lib.workbook.exercises.slips import slip


def solution_refresh() -> Any:
    def refresh(db, month):
        columns = literal(month), Flight.dest, func.count()
        mine = Flight.year == int(month[:4]), Flight.month == int(month[-2:])
        flights = select(*columns).where(*mine).group_by(Flight.dest)
        with db.engine.begin() as connection:
            connection.execute(delete(by_dest).where(by_dest.c.month == month))
            connection.execute(insert(by_dest).from_select(by_dest.c.keys(), flights))

    return refresh


EXERCISE = Exercise(
    id="10.1",
    title="A task that may be repeated",
    check=check_refresh,
    hints=(
        "`replace_month` does the same for another table. What differs is the SELECT: it groups "
        "by `Flight.dest`.",
        "`select(literal(month), Flight.dest, func.count())`, limited to the month of that year, "
        "grouped by the destination: those are the three columns of `by_dest`.",
        "`with db.engine.begin() as connection:` first `delete(by_dest)` where the month is this "
        "one, then `insert(by_dest).from_select(by_dest.c.keys(), flights)`.",
    ),
    solution=solution_refresh,
    also_right=(
        answers.refresh_by_execute,
        answers.refresh_in_python,
        answers.refresh_by_hours_in_utc,
        answers.refresh_committed_by_hand,
        answers.refresh_in_sql,
        answers.refresh_row_by_row,
        answers.refresh_what_differs,
        answers.refresh_tried_again,
    ),
    words=(
        Word(
            "Write `refresh(db, month)`",
            "calls with a database and a month, in this order",
            slip(solution_refresh, ("def refresh(db, month)", "def refresh(month, db)")),
        ),
        Word(
            "one row for each destination",
            "ANC and SEA, to which one flight goes",
            slip(
                solution_refresh,
                (".group_by(Flight.dest)", ".group_by(Flight.dest).having(func.count() > 1)"),
            ),
        ),
        Word(
            "of this month",
            "flights of February, October, November and December",
            slip(solution_refresh, (".where(*mine)", ".where(mine[0])")),
        ),
        Word(
            "(`month` like `2013-01`",
            "flights of January 2014, and of New Year's Eve 2012",
            slip(solution_refresh, (".where(*mine)", ".where(mine[1])")),
        ),
        Word(
            ", as above)",
            "the months 2013-10 and 2013-02: one digit is not enough",
            slip(solution_refresh, ("int(month[-2:])", "int(month[-1])")),
        ),
        Word(
            "with the number of flights to it",
            "several flights of one airline, and some without a tail number",
            slip(
                solution_refresh,
                ("func.count()\n", "func.count(Flight.carrier.distinct())\n"),
            ),
        ),
        Word(
            "cancelled ones included",
            "a cancelled flight to ANC, and those of the first days of January",
            slip(solution_refresh, ("func.count()\n", "func.count(Flight.dep_time)\n")),
        ),
        Word(
            "says nothing of this month that is no longer true",
            "flights to MIA that are withdrawn, and a month without any",
            answers.refresh_merges,
        ),
        Word(
            "The rows of other months stay",
            "rows of 2012-12, 2013-11 and 2013-12, with numbers that no flights give",
            answers.refresh_empties_the_table,
        ),
        Word(
            "If it fails anywhere, everything is as before",
            "a disk that is full at one statement after the other, and at the COMMIT",
            answers.refresh_in_two_transactions,
        ),
    ),
    asides=("Afterwards `by_dest` has",),
    wrong=(
        Wrong(
            answers.refresh_appends,
            "The second run raises IntegrityError",
            "writes a task for its first run only",
        ),
        Wrong(
            answers.refresh_of_all_flights,
            "These are the flights of all months",
            "names the month in the row, and forgets it in the question",
        ),
        Wrong(
            answers.refresh_of_utc,
            "it is UTC, and the month of a flight",
            "takes the hour of UTC for New York's",
        ),
        Wrong(
            slip(solution_refresh, (".where(*mine)", ".where(mine[1])")),
            "the flights of that month in every year",
            "takes `month` for the number of a month",
        ),
        Wrong(
            slip(solution_refresh, ("func.count()\n", "func.count(Flight.dep_time)\n")),
            "These are the flights that departed",
            "counts departures, where flights are asked for",
        ),
        Wrong(
            slip(solution_refresh, ("func.count()\n", "func.count(Flight.arr_time)\n")),
            "These are the flights that arrived",
            "counts arrivals, where flights are asked for",
        ),
        Wrong(
            answers.refresh_of_january,
            "After `refresh(db, '2013-02')` the table has no row of 2013-02",
            "writes the month that is at hand into the task",
        ),
        Wrong(
            slip(solution_refresh, ("int(month[-2:])", "int(month[-1])")),
            "the table has no row of 2013-10",
            "takes the last digit of a month for its number",
        ),
        Wrong(
            answers.refresh_of_every_airport,
            "to which no flight of that month goes",
            "gives each airport a row, with 0 where no flight goes",
        ),
        Wrong(
            slip(solution_refresh, ("db.engine.begin()", "db.engine.connect()")),
            "no COMMIT after it",
            "takes `connect` for `begin`",
        ),
        Wrong(
            answers.refresh_of_a_text,
            "had no row of that month",
            "compares a text with a number",
        ),
        Wrong(
            answers.refresh_returns,
            "No INSERT was sent",
            "computes the report, and returns it",
        ),
        Wrong(
            answers.refresh_empties_the_table,
            "the rows of 2012-12 and 2013-11 and 2013-12 are not as before",
            "replaces the whole table where a part was meant",
        ),
        Wrong(
            answers.refresh_in_two_transactions,
            "is neither old nor true",
            "does not see that between two transactions the month is empty",
        ),
        Wrong(
            slip(
                solution_refresh,
                ("with db.", "with __import__('contextlib').suppress(Exception), db."),
            ),
            "it returns as if the report were true now",
            "catches the error, and keeps it to itself",
        ),
        Wrong(
            answers.refresh_commits_in_any_case,
            "is neither old nor true",
            "commits in `finally`, whatever has happened",
        ),
        Wrong(
            answers.refresh_one_commit_for_each_row,
            "is neither old nor true",
            "commits each row by itself",
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
        Wrong(
            answers.refresh_if_there_are_any,
            "All flights of February were withdrawn",
            "does nothing where no flight is left, and keeps what is no longer true",
        ),
    ),
)
