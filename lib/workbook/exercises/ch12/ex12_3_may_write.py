"""Exercise 12.3: find out whether a way in can write."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DBAPIError

from lib.config import Settings
from lib.database import Database
from lib.database.read_only import open_read_only
from lib.models import Airline, Weather
from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch12.looking import contents


def check_may_write(answer: Any, bench: Bench) -> str:
    expect_function(answer, "may_write")
    before = contents(bench.db)
    owner = bench.call(answer, bench.db)
    pool: Any = bench.db.engine.pool
    expect(
        pool.checkedout() == 0,
        "A connection has not come back to the pool: use it in a `with` block.",
    )
    after = contents(bench.db)
    touched = sorted(name for name in before | after if before.get(name) != after.get(name))
    expect(
        not touched,
        f"The trial has left its traces: {', '.join(touched)} is not as before. Roll back what you "
        "try; what a database cannot roll back, such as CREATE TABLE on MySQL, do not try.",
    )
    expect(
        owner is True or owner is False,
        f"It returns {owner!r}; this asks for True or False.",
    )
    expect(owner, "The chapter's own way in may write, and your function says that it may not.")
    with open_read_only(Settings(bench.settings.home, bench.db.url)) as page:
        visitor = bench.call(_refusal, answer, page)
    expect(
        not isinstance(visitor, Exception),
        "The read-only way in refuses, and that error comes out of your function. The refusal is "
        "the answer: catch `DBAPIError`, and return False.",
    )
    expect(
        visitor is False,
        "A read-only way in passes for one that may write. Only a statement that writes finds out: "
        "try one.",
    )
    return "That is it. Nobody has to believe a setting that can be tried."


def _refusal(answer: Any, page: Database) -> Any:
    """Return what the answer returns, or the database's refusal, where that comes out of it."""
    try:
        return answer(page)
    except DBAPIError as error:
        return error


def solution_may_write() -> Any:
    def may_write(db):
        trial = insert(Airline).values(carrier="??", name="a trial")
        with db.engine.connect() as connection:
            try:
                connection.execute(trial)
            except DBAPIError:
                return False
            finally:
                connection.rollback()
        return True

    return may_write


def by_a_delete() -> Any:
    def may_write(db):
        try:
            with db.engine.connect() as connection:
                connection.execute(delete(Airline).where(Airline.carrier == "none"))
            return True
        except DBAPIError:
            return False

    return may_write


def by_a_scope_that_fails() -> Any:
    class Enough(Exception):
        pass

    def may_write(db):
        try:
            with db.session_scope() as session:
                session.add(Airline(carrier="??", name="a trial"))
                session.flush()
                raise Enough
        except Enough:
            return True
        except DBAPIError:
            return False

    return may_write


def leaves_its_trial() -> Any:
    def may_write(db):
        trial = insert(Airline).values(carrier="??", name="a trial")
        try:
            with db.engine.begin() as connection:
                connection.execute(trial)
            return True
        except DBAPIError:
            return False

    return may_write


def deletes_for_good() -> Any:
    def may_write(db):
        try:
            db.execute([delete(Weather)])
            return True
        except DBAPIError:
            return False

    return may_write


def changes_a_column() -> Any:
    def may_write(db):
        try:
            db.execute([update(Weather).values(temp=0)])
            return True
        except DBAPIError:
            return False

    return may_write


def makes_a_table() -> Any:
    def may_write(db):
        try:
            db.execute(["CREATE TABLE trial (id INTEGER)"])
            return True
        except DBAPIError:
            return False

    return may_write


def lets_the_refusal_out() -> Any:
    def may_write(db):
        with db.engine.connect() as connection:
            connection.execute(insert(Airline).values(carrier="??", name="a trial"))
        return True

    return may_write


def only_reads() -> Any:
    def may_write(db):
        try:
            with db.engine.connect() as connection:
                connection.execute(text("SELECT count(*) FROM airlines"))
            return True
        except DBAPIError:
            return False

    return may_write


EXERCISE = Exercise(
    id="12.3",
    title="Try it, leave nothing",
    check=check_may_write,
    hints=(
        "An INSERT that is rolled back writes nothing, and is refused where writing is.",
        "`with db.engine.connect() as connection:` does not commit by itself. Execute the INSERT "
        "inside `try`, and catch `DBAPIError`.",
    ),
    solution=solution_may_write,
    also_right=(by_a_delete, by_a_scope_that_fails),
    wrong=(
        Wrong(leaves_its_trial, "has left its traces", "tests in production, and commits the test"),
        Wrong(
            deletes_for_good,
            "weather is not as before",
            "takes the chapter's example, and forgets its rollback",
        ),
        Wrong(
            changes_a_column,
            "weather is not as before",
            "counts the rows, finds as many as before, and calls that no trace",
        ),
        Wrong(
            makes_a_table,
            "trial is not as before",
            "leaves a table, which on MySQL no rollback takes away",
        ),
        Wrong(
            lets_the_refusal_out,
            "The refusal is the answer",
            "sees an error where the database gives the answer",
        ),
        Wrong(
            only_reads,
            "passes for one that may write",
            "takes a connection that answers for one that may do everything",
        ),
    ),
)
