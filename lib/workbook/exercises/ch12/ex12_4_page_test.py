"""Exercise 12.4: a test that no broken page passes."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from lib.database import Database
from lib.models import Flight
from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.show.page_run import run_page

# --- The pages that the test is tried on: as in a cell, since they run outside of this module --


def good(db):
    import streamlit as st

    flights = db.query("SELECT count(*) AS n FROM flights")["n"][0]
    st.title("Departures")
    st.metric("Flights", f"{flights:,}")


def good_with_more(db):
    import streamlit as st

    flights = db.query("SELECT count(*) AS n FROM flights")["n"][0]
    st.metric("Airlines", "16")
    st.metric("Flights", f"{flights:,}")
    st.write("All flights that were to leave.")


def only_the_departed(db):
    import streamlit as st

    flights = db.query("SELECT count(dep_time) AS n FROM flights")["n"][0]
    st.title("Departures")
    st.metric("Flights", f"{flights:,}")


def number_of_last_month(db):
    import streamlit as st

    st.title("Departures")
    st.metric("Flights", "27,004")


def fails_below_the_number(db):
    import streamlit as st

    flights = db.query("SELECT count(*) AS n FROM flights")["n"][0]
    st.title("Departures")
    st.metric("Flights", f"{flights:,}")
    st.write(db.no_such_thing)


def says_nothing(db):
    import streamlit as st

    st.title("Departures")


_RAISES = "`run_page` never raises: the errors are in the `exception` of what it returns."
_COMPARE = "Compare the number that is shown with the database's."
BROKEN: tuple[tuple[Callable[..., None], str, str], ...] = (
    (fails_below_the_number, "shows the number, and an error below it", _RAISES),
    (only_the_departed, "leaves out the cancelled flights", _COMPARE),
    (number_of_last_month, "always shows 27,004", _COMPARE),
    (says_nothing, "shows no number", "Fail, too, when no metric has the label 'Flights'."),
)


def check_test(answer: Any, bench: Bench) -> str:
    expect_function(answer, "test_page")
    db = bench.db
    passed = _outcome(answer, good, bench, db)
    told = f"{type(passed).__name__}: {passed}".removesuffix(": ")
    expect(
        passed is None or isinstance(passed, AssertionError),
        f"At a good page your test ends with {told}. `page` is a function: "
        "`run_page(page, db=db)` runs it, and returns what is on the page.",
    )
    expect(
        passed is None,
        f"A good page fails your test ({told}). The database here has other flights than the "
        "chapter's: ask it for the number. And what a metric shows is a text, such as 27,004: "
        "write yours as `f'{number:,}'`.",
    )
    caught = [name for page, name, _why in BROKEN if _outcome(answer, page, bench, db) is not None]
    for _page, name, why in BROKEN:
        expect(name in caught, f"A page that {name} passes your test. {why}")
    passed = _outcome(answer, good_with_more, bench, db)
    expect(
        passed is None,
        f"A good page with another number before it fails your test: {passed!r}. Look for the "
        "number with the label 'Flights'.",
    )
    return f"That is it. Two good pages pass, {len(BROKEN)} broken ones do not."


def _outcome(answer: Any, page: Callable[..., None], bench: Bench, db: Database) -> Any:
    """Return what the test raises at this page; None when it passes."""

    def run() -> Any:
        try:
            return answer(page, db), None
        except Exception as error:
            return None, error

    said, error = bench.call(run)
    expect(
        said is None,
        f"Your test returns {said!r}, at which nobody looks. A test fails by an `assert`.",
    )
    return error


def solution_test() -> Any:
    def test_page(page, db):
        ran = run_page(page, db=db)
        assert not ran.exception
        with db.engine.connect() as connection:
            flights = connection.scalar(select(func.count()).select_from(Flight))
        shown = {metric.label: metric.value for metric in ran.metric}
        assert shown["Flights"] == f"{flights:,}"

    return test_page


def test_by_search() -> Any:
    def test_page(page, db):
        ran = run_page(page, db=db)
        flights = db.query("SELECT count(*) AS n FROM flights")["n"][0]
        found = [each.value for each in ran.metric if each.label == "Flights"]
        assert list(ran.exception) == [] and found == [f"{flights:,}"]

    return test_page


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


EXERCISE = Exercise(
    id="12.4",
    title="A test that no broken page passes",
    check=check_test,
    hints=(
        "Three steps: run the page, look for an error, compare the number with the database's.",
        "`run_page(page, db=db)` returns the page. `exception` is the list of its errors, "
        "`metric` the list of its numbers, each with a `label` and a `value`.",
        "Ask the database for the count, write it as the page does, `f'{flights:,}'`, and compare "
        "it with the value whose label is 'Flights'.",
    ),
    solution=solution_test,
    also_right=(test_by_search,),
    wrong=(
        Wrong(only_runs_it, "never raises", "expects a page's error to reach the test by itself"),
        Wrong(
            looks_for_errors_only,
            "leaves out the cancelled flights passes",
            "calls a page right because it does not crash",
        ),
        Wrong(
            knows_the_number,
            "A good page fails your test",
            "compares with a number of one day's data",
        ),
        Wrong(
            returns_it,
            "A test fails by an `assert`",
            "writes a function that answers, not one that fails",
        ),
        Wrong(
            compares_with_a_number,
            "is a text, such as 27,004",
            "compares what is shown with what is meant",
        ),
        Wrong(
            looks_at_the_function,
            "`page` is a function",
            "takes the script for the page that comes of it",
        ),
        Wrong(
            only_where_it_is_shown,
            "when no metric has the label",
            "asserts in a loop that may have nothing to go through",
        ),
        Wrong(
            takes_the_first,
            "another number before it fails",
            "ties the test to the place of a number instead of its name",
        ),
    ),
)
