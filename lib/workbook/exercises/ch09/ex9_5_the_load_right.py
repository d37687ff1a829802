"""Exercise 9.5: right answers besides the solution."""

# They stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from sqlalchemy import func, select

from lib.models import Airline


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
        counts, there = run(DD="D" * 65, EE="E")
        assert counts == (1, 0, 0, 1) and max(map(len, there.values())) == 1

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


def load_in_a_frame_of_reports() -> Any:
    def test_load(load, memory):
        def run(*pairs):
            with memory.engine.begin() as connection:
                report = load(connection, Airline, pd.DataFrame(pairs, columns=["carrier", "name"]))
            return {
                name: getattr(report, name)
                for name in ("read", "inserted", "updated", "unchanged", "rejected")
            }

        def table():
            frame = memory.query(select(Airline.carrier, Airline.name).order_by(Airline.carrier))
            return frame.values.tolist()

        good, bad = ("AA", "Alpha"), ("ZZ", "z" * 65)
        log = [run(good, ("BB", "Bravo"), bad)]
        assert table() == [["AA", "Alpha"], ["BB", "Bravo"]]
        log.append(run(good, ("BB", "Bravo"), bad))
        log.append(run(("BB", "Beta")))
        assert table() == [["AA", "Alpha"], ["BB", "Beta"]]
        assert pd.DataFrame(log).values.tolist() == [
            [3, 2, 0, 0, 1],
            [3, 0, 0, 2, 1],
            [1, 0, 1, 0, 0],
        ]

    return test_load


@pytest.mark.parametrize("size", [65, 200])
def _load_by_parameters(load, memory, size):
    names = {"A1": "one", "A2": "two", "A3": "n" * size}
    question = select(Airline.carrier, Airline.name)

    def counts(frame):
        with memory.session_scope() as session:
            report = load(session.connection(), Airline, frame)
            assert report.read == len(frame)
            return report.inserted, report.updated, report.unchanged, report.rejected

    rows = pd.DataFrame({"carrier": names.keys(), "name": names.values()})
    assert counts(rows) == (2, 0, 0, 1)
    assert counts(rows) == (0, 0, 2, 1)
    assert counts(pd.DataFrame({"carrier": ["A2", "A4"], "name": ["zwei", "vier"]})) == (1, 1, 0, 0)
    with memory.sessions() as session:
        assert sorted(map(tuple, session.execute(question))) == [
            ("A1", "one"),
            ("A2", "zwei"),
            ("A4", "vier"),
        ]


def load_by_parameters() -> Any:
    return _load_by_parameters
