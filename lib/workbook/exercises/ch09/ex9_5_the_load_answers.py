"""Answers to exercise 9.5, right ones and wrong ones."""

# They stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import func, select

from lib.load import bulk_load
from lib.models import Airline

# --- Right ----------------------------------------------------------------------------------


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


def load_by_sessions() -> Any:
    def test_load(load, memory):
        def there():
            with memory.session_scope() as session:
                return {each.carrier: each.name for each in session.scalars(select(Airline))}

        def run(rows):
            with memory.session_scope() as session:
                report = load(session.connection(), Airline, pd.DataFrame(rows))
            names = ("read", "inserted", "updated", "unchanged", "rejected")
            return [getattr(report, name) for name in names]

        rows = [{"carrier": "UA", "name": "United"}, {"carrier": "DL", "name": "y" * 64}]
        assert run(rows) == [2, 2, 0, 0, 0]
        assert there() == {"UA": "United", "DL": "y" * 64}
        assert run([*rows, {"carrier": "ZZ", "name": "z" * 100}]) == [3, 0, 0, 2, 1]
        assert there() == {"UA": "United", "DL": "y" * 64}
        assert run([{"carrier": "DL", "name": "Delta"}]) == [1, 0, 1, 0, 0]
        assert there() == {"UA": "United", "DL": "Delta"}

    return test_load


def load_committed_by_hand() -> Any:
    def test_load(load, memory):
        frame = pd.DataFrame(
            [["AA", "A"], ["BB", "B"], ["CC", 65 * "c"]], columns=["carrier", "name"]
        )
        connection = memory.engine.connect()
        report = load(connection, Airline, frame)
        connection.commit()
        assert report.read == 3 and report.inserted == 2 and report.rejected == 1
        assert report.updated == report.unchanged == 0
        assert connection.scalar(select(func.count()).select_from(Airline)) == 2
        report = load(connection, Airline, frame)
        connection.commit()
        assert report.unchanged == 2 and report.inserted == report.updated == 0
        report = load(connection, Airline, pd.DataFrame({"carrier": ["BB"], "name": ["Bee"]}))
        connection.commit()
        assert (report.read, report.updated, report.unchanged) == (1, 1, 0)
        found = connection.execute(select(Airline.carrier, Airline.name)).all()
        connection.close()
        assert sorted(map(tuple, found)) == [("AA", "A"), ("BB", "Bee")]

    return test_load


def load_in_frames() -> Any:
    def test_load(load, memory):
        def table():
            return memory.query("SELECT carrier, name FROM airlines ORDER BY carrier")

        good = pd.DataFrame({"carrier": ["AA", "BB"], "name": ["A", "B"]})
        bad = pd.DataFrame({"carrier": ["CC"], "name": ["C" * 65]})
        reports = []
        for rows in (pd.concat([good, bad]), good, good.replace("B", "Z").tail(1), bad):
            with memory.engine.begin() as connection:
                reports.append(load(connection, Airline, rows.reset_index(drop=True)))
            expected = good if len(reports) < 3 else good.replace("B", "Z")
            pd.testing.assert_frame_equal(table(), expected, check_dtype=False)
        counts = [(r.read, r.inserted, r.updated, r.unchanged, r.rejected) for r in reports]
        wanted = [(3, 2, 0, 0, 1), (2, 0, 0, 2, 0), (1, 0, 1, 0, 0), (1, 0, 0, 0, 1)]
        assert counts == wanted

    return test_load


def load_into_full_tables() -> Any:
    def test_load(load, memory):
        with memory.session_scope() as session:
            session.add_all([Airline(carrier="OO", name="Old"), Airline(carrier="UA", name="Uni")])
        names = {"UA": "United", "OO": "Old", "XX": "x" * 70, "NN": "New"}
        rows = pd.DataFrame({"carrier": list(names), "name": list(names.values())})
        with memory.engine.begin() as connection:
            report = load(connection, Airline, rows.iloc[[0, 2, 3]])
        assert (report.read, report.inserted, report.updated, report.rejected) == (3, 1, 1, 1)
        with memory.engine.begin() as connection:
            again = load(connection, Airline, rows)
        assert (again.inserted, again.updated, again.unchanged, again.rejected) == (0, 0, 3, 1)
        with memory.engine.connect() as connection:
            found = dict(connection.execute(select(Airline.carrier, Airline.name)).all())
        assert found == {"UA": "United", "OO": "Old", "NN": "New"}

    return test_load


# --- Wrong ----------------------------------------------------------------------------------


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
