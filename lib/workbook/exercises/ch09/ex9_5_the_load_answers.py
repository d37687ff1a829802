"""Exercise 9.5: wrong answers."""

# They stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import select

from lib.load import bulk_load
from lib.models import Airline
from lib.workbook.course.exercise import Wrong


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


def load_of_today_only() -> Any:
    def test_load(load, memory):
        rows = pd.DataFrame({"carrier": ["AA", "BB"], "name": ["Alpha", "x" * 65]})
        with memory.engine.begin() as connection:
            first = bulk_load(connection, Airline, rows)
            assert (first.read, first.inserted, first.rejected) == (2, 1, 1)
            assert bulk_load(connection, Airline, rows).unchanged == 1

    return test_load


def load_adds_up() -> Any:
    def test_load(load, memory):
        def run(**names):
            frame = pd.DataFrame({"carrier": list(names), "name": list(names.values())})
            with memory.engine.begin() as connection:
                report = load(connection, Airline, frame)
                found = connection.execute(select(Airline.carrier, Airline.name)).all()
            parts = report.inserted + report.updated + report.unchanged + report.rejected
            assert report.read == parts == len(names)
            return dict(found)

        assert run(AA="A", BB="B", CC="c" * 65) == {"AA": "A", "BB": "B"}
        assert run(AA="A", BB="B") == {"AA": "A", "BB": "B"}
        assert run(AA="Z") == {"AA": "Z", "BB": "B"}

    return test_load


def load_once() -> Any:
    def test_load(load, memory):
        with memory.session_scope() as session:
            session.add_all([Airline(carrier="AA", name="A"), Airline(carrier="BB", name="B")])
        names = {"BB": "Bravo", "CC": "c" * 65, "DD": "Delta"}
        rows = pd.DataFrame({"carrier": list(names), "name": list(names.values())})
        with memory.engine.begin() as connection:
            report = load(connection, Airline, rows)
            found = dict(connection.execute(select(Airline.carrier, Airline.name)).all())
        assert (report.read, report.inserted, report.updated, report.rejected) == (3, 1, 1, 1)
        assert found == {"AA": "A", "BB": "Bravo", "DD": "Delta"}

    return test_load


def load_forgets_the_rejected() -> Any:
    def test_load(load, memory):
        def run(**names):
            frame = pd.DataFrame({"carrier": list(names), "name": list(names.values())})
            with memory.engine.begin() as connection:
                report = load(connection, Airline, frame)
                found = connection.execute(select(Airline.carrier, Airline.name)).all()
            return report.read, report.updated, report.unchanged, dict(found)

        assert run(AA="A", BB="B", CC="c" * 65) == (3, 0, 0, {"AA": "A", "BB": "B"})
        assert run(AA="A", BB="B") == (2, 0, 2, {"AA": "A", "BB": "B"})
        assert run(AA="Z") == (1, 1, 0, {"AA": "Z", "BB": "B"})

    return test_load


def load_and(
    *,
    first: Any = lambda report, _there: (report.read, report.inserted, report.rejected)
    == (3, 2, 1),
    second: Any = lambda report, _there: (report.updated, report.unchanged) == (0, 2),
    third: Any = lambda report, _there: (report.inserted, report.updated) == (0, 1),
    last: Any = lambda there: there == {"AA": "Aleph", "BB": "Bravo"},
    rejected: Any = lambda there: "CC" not in there,
) -> Any:
    """Three runs, each looked at in one way; `last` looks at the table in the end."""

    def test_load(load, memory):
        names = {"AA": "Alpha", "BB": "Bravo", "CC": "x" * 65}
        rows = pd.DataFrame(names.items(), columns=["carrier", "name"])
        for source, looks in (
            (rows, first),
            (rows, second),
            (rows[:1].assign(name="Aleph"), third),
        ):
            with memory.engine.begin() as connection:
                report = load(connection, Airline, source)
                found = connection.execute(select(Airline.carrier, Airline.name)).all()
            there = {carrier: name for carrier, name in found}
            assert report.inserted + report.updated + report.unchanged + report.rejected == (
                report.read
            )
            assert looks(report, there)
            assert rejected(there)
        assert last(there)

    return test_load


# Each looks at most of what a load promises.
BY_HALF = (
    Wrong(
        lambda: load_and(
            rejected=lambda there: True,
            last=lambda there: there["AA"] == "Aleph" and there["BB"] == "Bravo",
        ),
        "cuts a name of more than 64 characters, and loads what it calls rejected",
        "believes the report that a row is rejected, and does not look for it",
    ),
    Wrong(
        lambda: load_and(
            last=lambda there: there["AA"] == "Aleph" and "BB" in there,
        ),
        "gives another name to the rows that the source does not mention",
        "looks whether the others are there, and not what they are called",
    ),
    Wrong(
        lambda: load_and(third=lambda report, _: report.unchanged == 0),
        "calls a row inserted that it has given a new name",
        "looks at what an update is not, and not at what it is",
    ),
    Wrong(
        lambda: load_and(first=lambda report, _: (report.read, report.rejected) == (3, 1)),
        "calls new rows updated",
        "does not look at what became of the good rows of the first run",
    ),
    Wrong(
        lambda: load_and(second=lambda report, _: report.inserted == 0),
        "calls every row updated in a second run",
        "asks a second run for one of its numbers",
    ),
    Wrong(
        lambda: load_and(third=lambda report, _: True),
        "calls a row unchanged that it has given a new name",
        "looks at the third run's table, and at none of its numbers",
    ),
    Wrong(
        lambda: load_and(first=lambda report, _: report.inserted == 2),
        "drops the rows that break a rule, and counts them nowhere",
        "checks that the numbers add up, but not to what was given",
    ),
    Wrong(
        lambda: load_and(last=lambda there: len(there) == 2),
        "gives another name to the rows that the source does not mention",
        "counts the rows in the end",
    ),
    Wrong(
        lambda: load_and(first=lambda report, _: report.inserted == 3),
        "fails on the right load",
        "expects that a long name is cut, and loaded",
    ),
    Wrong(
        lambda: load_and(last=lambda there: there["BB"] == "Beta"),
        "fails on the right load",
        "expects what it has never loaded",
    ),
)
