"""Exercise 11.2: no piece of work is given to two workers."""

# The solution stands here as one would type it into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from lib.workbook.course.exercise import Exercise, Word, Wrong
from lib.workbook.exercises.ch11 import ex11_2_taken_answers as answers
from lib.workbook.exercises.ch11.ex11_2_taken_check import check_take, todo
from lib.workbook.exercises.slips import slip


def solution_take() -> Any:
    def take(db, worker):
        free = select(todo.c.month).where(todo.c.worker.is_(None)).order_by(todo.c.month)
        while rows := db.execute([free.limit(1)])[0]:
            mine = update(todo).where(todo.c.month == rows[0].month, todo.c.worker.is_(None))
            if db.execute([mine.values(worker=worker)])[0] == 1:
                return rows[0].month
        return None

    return take


EXERCISE = Exercise(
    id="11.2",
    title="Nobody takes what is taken",
    check=check_take,
    hints=(
        "Two steps in two transactions: look for the first free month, then try to take it. In a "
        "loop, as it may be gone.",
        "The UPDATE has two conditions: this month, and still free: `todo.c.worker.is_(None)`.",
        "`db.execute([mine])[0]` is the number of rows that the UPDATE changed. 1: it is yours. "
        "0: somebody was faster, look again.",
    ),
    solution=solution_take,
    also_right=(
        answers.take_from_the_list,
        answers.take_with_a_lock,
        answers.take_in_sql,
        answers.take_in_a_session,
        answers.take_by_calling_itself,
        answers.take_again_and_again,
        answers.take_by_a_mark,
    ),
    words=(
        Word(
            "write `take(db, worker)`",
            "calls with the database first",
            slip(solution_take, ("def take(db, worker)", "def take(worker, db)")),
        ),
        Word(
            "the first free month in `todo`",
            "rows that lie in another order, the first month of all taken",
            slip(solution_take, (".order_by(todo.c.month)", "")),
        ),
        Word(
            "to this worker (writes its name into the row)",
            "three workers, whose names must stand in the rows",
            slip(solution_take, ("worker=worker)", 'worker="taken")')),
        ),
        Word(
            "and returns the month",
            "what is returned, compared with the month",
            slip(
                solution_take,
                ("return rows[0].month\n", "return True\n"),
            ),
        ),
        Word(
            "or `None` when no month is free",
            "two calls when all months are taken",
            slip(solution_take, ("return None", 'return ""')),
        ),
        Word(
            "Many workers call it at the same time",
            "another worker, which takes a month before each UPDATE",
            answers.take_without_looking,
        ),
        Word(
            "Between the moment in which you look and that in which you write, another one may "
            "have been faster",
            "another worker, on a connection of its own",
            answers.take_in_one_transaction,
        ),
        Word(
            "then take the next free month",
            "months that are still free when the race is lost",
            answers.take_gives_up,
        ),
        Word(
            "No month may be given to two",
            "the name of the faster worker, which must stay",
            answers.take_unconditionally,
        ),
        Word(
            "The same function is for SQLite and for MySQL: `FOR UPDATE` locks nothing on the one",
            "on a server, all of it once more on SQLite",
            answers.take_for_update,
        ),
        Word(
            "`RETURNING` is unknown to the other",
            "the statements that are sent",
            answers.take_returning,
        ),
    ),
    asides=("For an UPDATE, `db.execute([statement])[0]` is the number of rows",),
    wrong=(
        Wrong(
            answers.take_unconditionally,
            "two workers do the same month",
            "believes that what was free a moment ago is free now",
        ),
        Wrong(
            answers.take_without_looking,
            "Carl got '2013-04' all the same",
            "writes the right UPDATE, and does not ask whether it changed a row",
        ),
        Wrong(
            answers.take_gives_up,
            "takes the next free month",
            "takes a lost race for an empty list",
        ),
        Wrong(
            answers.take_in_one_transaction,
            "Look in one transaction, take in another",
            "believes that one transaction around both makes them one step",
        ),
        Wrong(
            answers.take_by_a_frame,
            "NaN in a data frame, not None",
            "compares with None what a data frame has turned into NaN",
        ),
        Wrong(
            answers.take_everything,
            "the worker of 2013-01 in `todo` is 'anna'; None is right",
            "leaves the month out of the UPDATE",
        ),
        Wrong(
            answers.take_looks_twice,
            "two workers do the same month",
            "looks a second time before it writes, and writes to whatever is there",
        ),
        Wrong(
            answers.take_without_a_commit,
            "the worker of 2012-12 in `todo` is None; 'anna' is right",
            "takes `connect` for `begin`",
        ),
        Wrong(
            answers.take_the_last,
            "2012-12 is the first month that is free",
            "sorts the months the other way around",
        ),
        Wrong(
            answers.take_what_is_mine,
            "anna asks, and gets '2012-12'; 2013-01 is the first month",
            "looks for the worker's name, which may stand there from an earlier call",
        ),
        Wrong(
            answers.take_for_update,
            "A transaction that has read cannot go on to write",
            "locks the row that is seen, which SQLite does not do",
        ),
        Wrong(
            answers.take_the_newest_of_mine,
            "has become free again, and no other month; dora, who has later ones",
            "takes the last month of a worker for the one that was given last",
        ),
        Wrong(
            answers.take_deletes,
            "`todo` has no row for 2012-12",
            "takes the row out of the list",
        ),
    ),
)
