"""Exercise 9.5, a small real task: test a load."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pandas as pd
from sqlalchemy import Connection, delete, select

from lib.database import Database
from lib.load import bulk_load
from lib.models import Airline, Base
from lib.report import LoadReport
from lib.workbook.exercise import Bench, Exercise, Wrong
from lib.workbook.exercises.ch09.looking import judge_test

Load = Callable[..., LoadReport]


def loses_the_last_row(connection: Connection, model: Any, source: Any) -> LoadReport:
    return bulk_load(connection, model, source.iloc[:-1])


def only_says_so(connection: Connection, model: Any, source: Any) -> LoadReport:
    with connection.begin_nested() as savepoint:
        report = bulk_load(connection, model, source)
        savepoint.rollback()
    return report


def keeps_old_values(connection: Connection, model: Any, source: Any) -> LoadReport:
    return bulk_load(connection, model, source, on_conflict="skip")


def mixes_up_the_rows(connection: Connection, model: Any, source: Any) -> LoadReport:
    turned = source.assign(name=source["name"].to_numpy()[::-1])
    return bulk_load(connection, model, turned)


def empties_the_table(connection: Connection, model: Any, source: Any) -> LoadReport:
    connection.execute(delete(model))
    return bulk_load(connection, model, source)


def calls_all_updated(connection: Connection, model: Any, source: Any) -> LoadReport:
    report = bulk_load(connection, model, source)
    report.updated, report.unchanged = report.updated + report.unchanged, 0
    return report


def drops_bad_rows(connection: Connection, model: Any, source: Any) -> LoadReport:
    report = bulk_load(connection, model, source)
    report.read, report.rejected = report.read - report.rejected, 0
    return report


def cuts_long_names(connection: Connection, model: Any, source: Any) -> LoadReport:
    return bulk_load(connection, model, source.assign(name=source["name"].str.slice(0, 64)))


MUTANTS: dict[str, Load] = {
    "loses the last row of the source": loses_the_last_row,
    "reports the rows as loaded, and the table has none of them": only_says_so,
    "gives the names to the wrong airlines": mixes_up_the_rows,
    "leaves the old name where the source has a new one": keeps_old_values,
    "empties the table before it loads": empties_the_table,
    "calls every row updated in a second run, also those that are the same": calls_all_updated,
    "drops the rows that break a rule, and counts them nowhere": drops_bad_rows,
    "cuts a name of more than 64 characters, and loads it": cuts_long_names,
}


def check_load(answer: Any, bench: Bench) -> str:
    with ExitStack() as stack:

        def with_database(load: Load) -> Callable[[], tuple[Any, ...]]:
            def arguments() -> tuple[Any, ...]:
                db = stack.enter_context(Database("sqlite://"))
                Base.metadata.create_all(db.engine)
                return load, db

            return arguments

        judge_test(
            answer,
            bench,
            "test_load",
            {"the right load": with_database(bulk_load)},
            {kind: with_database(load) for kind, load in MUTANTS.items()},
        )
    return f"That is it. The load passes, and none of the {len(MUTANTS)} wrong ones does."


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
            "catches 2 of 8",
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
    ),
)
