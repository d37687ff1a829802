"""Answers to exercise 12.4, right ones and wrong ones."""

# They stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from lib.models import Flight
from lib.workbook.show.page_run import run_page

# --- Right ----------------------------------------------------------------------------------


def test_by_search() -> Any:
    def test_page(page, db):
        ran = run_page(page, db=db)
        flights = db.query("SELECT count(*) AS n FROM flights")["n"][0]
        found = [each.value for each in ran.metric if each.label == "Flights"]
        assert list(ran.exception) == [] and found == [f"{flights:,}"]

    return test_page


def test_with_all_metrics() -> Any:
    def test_page(page, db):
        with db.engine.connect() as connection:
            rows = len(connection.execute(select(Flight.flight)).all())
        result = run_page(page, db=db)
        assert not len(result.exception), result.exception[0].message
        assert ("Flights", f"{rows:,d}") in [(each.label, each.value) for each in result.metric]

    return test_page


def test_in_words() -> Any:
    def test_page(page, db):
        ran = run_page(page, db=db)
        if len(ran.exception) > 0:
            raise AssertionError(ran.exception[0].value)
        count = int(db.query("SELECT COUNT(*) FROM flights").iloc[0, 0])
        thousands, rest = divmod(count, 1000)
        written = f"{thousands},{rest:03}" if thousands else str(rest)
        labels = [each.label for each in ran.metric]
        assert "Flights" in labels, labels
        assert ran.metric[labels.index("Flights")].value == written

    return test_page


def test_by_pytest() -> Any:
    def test_page(page, db):
        ran = run_page(page, db=db)
        if ran.exception:
            pytest.fail("the page shows an error")
        with db.session_scope() as session:
            wanted = format(session.query(Flight).count(), ",")
        for metric in ran.metric:
            if metric.label == "Flights":
                assert metric.value == wanted
                break
        else:
            raise AssertionError("no metric Flights")
        return True  # which nobody asks for, and which does no harm

    return test_page


def test_by_streamlit() -> Any:
    def test_page(page, db):
        ran = AppTest.from_function(page, kwargs={"db": db}, default_timeout=60).run()
        flights = db.execute([select(func.count()).select_from(Flight)])[0][0][0]
        (metric,) = (each for each in ran.metric if each.label == "Flights")
        assert not ran.exception and metric.value == f"{flights:,}"

    return test_page


# --- Wrong ----------------------------------------------------------------------------------


def only_runs_it() -> Any:
    def test_page(page, db):
        run_page(page, db=db)

    return test_page


def looks_for_errors_only() -> Any:
    def test_page(page, db):
        assert not run_page(page, db=db).exception

    return test_page


def knows_the_number() -> Any:
    def test_page(page, db):
        ran = run_page(page, db=db)
        assert not ran.exception
        assert ran.metric[0].value == "27,004"

    return test_page


def returns_it() -> Any:
    def test_page(page, db):
        ran = run_page(page, db=db)
        flights = db.query("SELECT count(*) AS n FROM flights")["n"][0]
        return not ran.exception and ran.metric[0].value == f"{flights:,}"

    return test_page


def compares_with_a_number() -> Any:
    def test_page(page, db):
        ran = run_page(page, db=db)
        flights = db.query("SELECT count(*) AS n FROM flights")["n"][0]
        assert not ran.exception
        assert ran.metric[0].value == flights

    return test_page


def looks_at_the_function() -> Any:
    def test_page(page, db):
        assert not page.exception

    return test_page


def only_where_it_is_shown() -> Any:
    def test_page(page, db):
        ran = run_page(page, db=db)
        assert not ran.exception
        flights = db.query("SELECT count(*) AS n FROM flights")["n"][0]
        for metric in ran.metric:
            if metric.label == "Flights":
                assert metric.value == f"{flights:,}"

    return test_page


def takes_the_first() -> Any:
    def test_page(page, db):
        ran = run_page(page, db=db)
        flights = db.query("SELECT count(*) AS n FROM flights")["n"][0]
        assert not ran.exception
        assert ran.metric[0].value == f"{flights:,}"

    return test_page


def any_metric() -> Any:
    def test_page(page, db):
        ran = run_page(page, db=db)
        flights = db.query("SELECT count(*) AS n FROM flights")["n"][0]
        assert not ran.exception
        assert f"{flights:,}" in [metric.value for metric in ran.metric]

    return test_page


def anywhere_on_the_page() -> Any:
    def test_page(page, db):
        ran = run_page(page, db=db)
        flights = db.query("SELECT count(*) AS n FROM flights")["n"][0]
        assert not ran.exception
        texts = [f"{each.label}: {each.value}" for each in ran.metric]
        texts += [each.value for each in ran.markdown]
        assert f"Flights: {flights:,}" in texts

    return test_page


def as_numbers() -> Any:
    def test_page(page, db):
        result = run_page(page, db=db)
        assert len(result.exception) == 0, result.exception[0].message
        expected = len(db.query("SELECT flight FROM flights"))
        numbers = [int(m.value.replace(",", "")) for m in result.metric if m.label == "Flights"]
        assert numbers == [expected]

    return test_page


def skips_it() -> Any:
    def test_page(page, db):
        ran = run_page(page, db=db)
        flights = db.query("SELECT count(*) AS n FROM flights")["n"][0]
        if ran.exception or ran.metric[0].value != "27,004":
            pytest.skip("another database")
        assert ran.metric[0].value == f"{flights:,}"

    return test_page


def looks_at_its_beginning() -> Any:
    def test_page(page, db):
        ran = run_page(page, db=db)
        flights = db.query("SELECT count(*) AS n FROM flights")["n"][0]
        shown = {metric.label: metric.value for metric in ran.metric}
        assert not ran.exception
        assert shown["Flights"].startswith(f"{flights:,}"[:3])

    return test_page
