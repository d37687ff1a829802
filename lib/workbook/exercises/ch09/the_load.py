"""Exercise 9.5, a small real task: test a load."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import ExitStack
from types import CodeType
from typing import Any

import pandas as pd
from sqlalchemy import select

from lib.database import Database
from lib.load import bulk_load
from lib.models import Airline, Base
from lib.workbook.course.exercise import Bench, Exercise, NotYet, Wrong
from lib.workbook.exercises.ch09.looking import judge_test
from lib.workbook.exercises.ch09.wrong_loads import MUTANTS, Load

LOADS_OF_TODAY = {"bulk_load", "load_airlines"}


def check_load(answer: Any, bench: Bench) -> str:
    with ExitStack() as stack:

        def with_database(load: Load) -> Callable[[], tuple[Any, ...]]:
            def arguments() -> tuple[Any, ...]:
                db = stack.enter_context(Database("sqlite://"))
                Base.metadata.create_all(db.engine)
                return load, db

            return arguments

        try:
            judge_test(
                answer,
                bench,
                "test_load",
                {"the right load": with_database(bulk_load)},
                {kind: with_database(load) for kind, load in MUTANTS.items()},
            )
        except NotYet as reason:
            code = getattr(inspect.unwrap(answer), "__code__", None) if callable(answer) else None
            if others := LOADS_OF_TODAY & _names_in(code):
                raise NotYet(
                    f"{reason} Your test calls `{min(others)}`, which is today's "
                    "load, whatever the test is given: call `load`, its parameter, each time."
                ) from None
            raise
    return f"That is it. The load passes, and none of the {len(MUTANTS)} wrong ones does."


def _names_in(code: CodeType | None) -> set[str]:
    """The names that a function takes from outside, and those of the functions inside it."""
    if code is None:
        return set()
    inner = [_names_in(each) for each in code.co_consts if isinstance(each, CodeType)]
    return set(code.co_names).union(code.co_freevars, *inner)


def solution_load() -> Any:
    def test_load(load, memory):
        names = {"AA": "Alpha", "BB": "Bravo", "CC": "x" * 65}
        rows = pd.DataFrame(names.items(), columns=["carrier", "name"])
        good = {"AA": "Alpha", "BB": "Bravo"}

        with memory.engine.begin() as connection:
            first = load(connection, Airline, rows)
            assert (first.read, first.inserted, first.rejected) == (3, 2, 1)
            assert dict(connection.execute(select(Airline.carrier, Airline.name)).all()) == good

            second = load(connection, Airline, rows)
            assert (second.inserted, second.updated, second.unchanged) == (0, 0, 2)

            third = load(connection, Airline, rows[:1].assign(name="Aleph"))
            assert third.updated == 1
            good["AA"] = "Aleph"
            assert dict(connection.execute(select(Airline.carrier, Airline.name)).all()) == good

    return test_load


def load_with_helpers() -> Any:
    def test_load(load, memory):
        def run(**names):
            frame = pd.DataFrame({"carrier": list(names), "name": list(names.values())})
            with memory.engine.begin() as connection:
                report = load(connection, Airline, frame)
            counts = report.inserted, report.updated, report.unchanged, report.rejected
            assert report.read == sum(counts) == len(names)
            with memory.session_scope() as session:
                return counts, {
                    each.carrier: each.name for each in session.scalars(select(Airline))
                }

        assert run(AA="A", BB="B", CC="C") == ((3, 0, 0, 0), {"AA": "A", "BB": "B", "CC": "C"})
        assert run(AA="A", BB="B", CC="C")[0] == (0, 0, 3, 0)
        assert run(BB="b") == ((0, 1, 0, 0), {"AA": "A", "BB": "b", "CC": "C"})
        assert run(DD="D" * 65, EE="E")[0] == (1, 0, 0, 1)

    return test_load


def load_believes_the_report() -> Any:
    def test_load(load, memory):
        rows = pd.DataFrame({"carrier": ["AA", "BB"], "name": ["Alpha", "Bravo"]})
        with memory.engine.begin() as connection:
            first = load(connection, Airline, rows)
            second = load(connection, Airline, rows)
        assert first.read == first.inserted + first.updated + first.unchanged + first.rejected
        assert (first.inserted, second.inserted, second.updated) == (2, 0, 0)

    return test_load


def load_counts_only() -> Any:
    def test_load(load, memory):
        rows = pd.DataFrame({"carrier": ["AA", "BB"], "name": ["Alpha", "Bravo"]})
        with memory.engine.begin() as connection:
            load(connection, Airline, rows)
            load(connection, Airline, rows)
            assert len(connection.execute(select(Airline.carrier)).all()) == 2

    return test_load


def load_good_rows_only() -> Any:
    def test_load(load, memory):
        names = [("AA", "Alpha"), ("BB", "Bravo")]
        rows = pd.DataFrame(names, columns=["carrier", "name"])
        question = select(Airline.carrier, Airline.name).order_by(Airline.carrier)
        with memory.engine.begin() as connection:
            load(connection, Airline, rows)
            assert connection.execute(question).all() == names
            assert load(connection, Airline, rows).unchanged == 2
            load(connection, Airline, rows[:1].assign(name="Aleph"))
            assert connection.execute(question).all() == [("AA", "Aleph"), ("BB", "Bravo")]

    return test_load


def load_without_second_thoughts() -> Any:
    def test_load(load, memory):
        rows = pd.DataFrame({"carrier": ["AA", "BB"], "name": ["Alpha", "x" * 65]})
        with memory.engine.begin() as connection:
            report = load(connection, Airline, rows)
            assert (report.read, report.inserted, report.rejected) == (2, 2, 0)

    return test_load


def load_of_today() -> Any:
    def load_airlines(db, source):
        with db.session_scope() as session:
            return bulk_load(session.connection(), Airline, source)

    def test_load(load, memory):
        names = {"AA": "Alpha", "BB": "Bravo", "CC": "x" * 65}
        rows = pd.DataFrame(names.items(), columns=["carrier", "name"])
        question = select(Airline.carrier, Airline.name)

        with memory.engine.begin() as connection:
            first = load(connection, Airline, rows)
            assert (first.read, first.inserted, first.rejected) == (3, 2, 1)
            assert dict(connection.execute(question).all()) == {"AA": "Alpha", "BB": "Bravo"}
        second = load_airlines(memory, rows)
        assert (second.inserted, second.updated, second.unchanged) == (0, 0, 2)
        with memory.engine.begin() as connection:
            assert load(connection, Airline, rows[:1].assign(name="Aleph")).updated == 1
            assert dict(connection.execute(question).all()) == {"AA": "Aleph", "BB": "Bravo"}

    return test_load


def load_all_rows_mentioned() -> Any:
    def test_load(load, memory):
        def run(*names):
            frame = pd.DataFrame({"carrier": ["AA", "BB", "CC"], "name": names})
            with memory.engine.begin() as connection:
                report = load(connection, Airline, frame)
                found = connection.execute(select(Airline.name).order_by(Airline.carrier))
                counts = report.inserted, report.updated, report.unchanged, report.rejected
                return report.read, counts, found.scalars().all()

        assert run("A", "B", "x" * 65) == (3, (2, 0, 0, 1), ["A", "B"])
        assert run("A", "B", "x" * 65) == (3, (0, 0, 2, 1), ["A", "B"])
        assert run("a", "B", "C") == (3, (1, 1, 1, 0), ["a", "B", "C"])

    return test_load


def load_read_is_not_read() -> Any:
    def test_load(load, memory):
        def run(*names):
            frame = pd.DataFrame({"carrier": ["AA", "BB", "CC"][: len(names)], "name": names})
            with memory.engine.begin() as connection:
                report = load(connection, Airline, frame)
                found = connection.execute(select(Airline.name).order_by(Airline.carrier))
                counts = report.inserted, report.updated, report.unchanged, report.rejected
                return counts, found.scalars().all()

        assert run("A", "B", "x" * 65) == ((2, 0, 0, 1), ["A", "B"])
        assert run("A", "B") == ((0, 0, 2, 0), ["A", "B"])
        assert run("a") == ((0, 1, 0, 0), ["a", "B"])

    return test_load


def load_says_no_word_of_updates() -> Any:
    def test_load(load, memory):
        def run(**names):
            frame = pd.DataFrame({"carrier": list(names), "name": list(names.values())})
            with memory.engine.begin() as connection:
                report = load(connection, Airline, frame)
                found = connection.execute(select(Airline.carrier, Airline.name)).all()
                return report, dict(found)

        first, found = run(AA="A", BB="B", CC="C" * 65)
        assert (first.read, first.inserted, first.rejected) == (3, 2, 1)
        assert found == {"AA": "A", "BB": "B"}
        assert run(AA="A", BB="B")[0].unchanged == 2
        assert run(AA="a")[1] == {"AA": "a", "BB": "B"}

    return test_load


EXERCISE = Exercise(
    id="9.5",
    title="Test a load",
    check=check_load,
    hints=(
        'Write down small rows by hand, such as `pd.DataFrame({"carrier": [...], "name": '
        "[...]})`. Load them with `load(connection, Airline, rows)`, inside "
        "`memory.engine.begin()`.",
        "Look at both: what the report says, and what the table holds, names included. A report "
        "can be wrong, and so can a table.",
        "Load three times: rows of which one has a name of 65 characters; the same rows again; "
        "one of them with another name. After the last, the others must still be there.",
    ),
    solution=solution_load,
    also_right=(load_with_helpers,),
    wrong=(
        Wrong(
            load_believes_the_report,
            "gives the names to the wrong airlines",
            "tests the report, and never looks into the table",
        ),
        Wrong(
            load_counts_only,
            "catches 2 of 11",
            "counts rows, and takes the right number for the right rows",
        ),
        Wrong(
            load_good_rows_only,
            "drops the rows that break a rule",
            "loads good rows only; bad ones are what a pipeline meets",
        ),
        Wrong(
            load_without_second_thoughts,
            "fails on the right load",
            "expects that whatever is in the source comes into the table",
        ),
        Wrong(
            load_of_today,
            "Your test calls `load_airlines`, which is today's load",
            "tests the load that they know, in place of the one that the test is given",
        ),
        Wrong(
            load_all_rows_mentioned,
            "deletes the rows that the source does not mention",
            "mentions every row in each run, and so never sees what becomes of the others",
        ),
        Wrong(
            load_read_is_not_read,
            "reports more rows read than the source has",
            "checks the parts of the sum, and never looks at the sum",
        ),
        Wrong(
            load_says_no_word_of_updates,
            "calls a row unchanged that it has given a new name",
            "looks at the table after an update, and not at what the report says of it",
        ),
    ),
)
