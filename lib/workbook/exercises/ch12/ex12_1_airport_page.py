"""Exercise 12.1: a page whose number follows its filter."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch12.looking import (
    digits,
    expect_no_error,
    flights_by_origin,
    run_answer,
)
from lib.workbook.show.page_run import run_again


def check_page(answer: Any, bench: Bench) -> str:
    expect_function(answer, "airport_page")
    db = bench.db
    flights = flights_by_origin(db)
    page = run_answer(answer, db)
    expect(
        page.selectbox or page.radio,
        "The page has nothing to choose from. `st.selectbox(label, options)` shows a list, and "
        "returns what is chosen.",
    )
    expect(
        page.metric,
        "The page has no `st.metric`. It shows a label and a number, large enough to be read from "
        "afar.",
    )
    widget = page.selectbox[0] if page.selectbox else page.radio[0]
    missing = sorted(set(flights) - set(widget.options))
    expect(not missing, f"One can choose {', '.join(widget.options)}; {missing} is missing.")
    for origin, number in flights.items():
        widget = page.selectbox[0] if page.selectbox else page.radio[0]
        widget.set_value(origin)
        expect_no_error(run_again(page))
        found = next((each for each in page.metric if each.label == "Flights"), page.metric[0])
        expect(found.label == "Flights", f"The number's label is {found.label!r}, not 'Flights'.")
        everything = digits(found.value) == str(sum(flights.values()))
        expect(
            not everything,
            f"With {origin} chosen, the page still shows all {sum(flights.values()):,} flights. "
            "What the select box returns has to be in the question to the database.",
        )
        expect(
            digits(found.value) == str(number),
            f"With {origin} chosen, the page shows {found.value}; the table has {number:,}.",
        )
    return "That is it. The page asks anew at each choice, and shows what it was asked for."


def solution_page() -> Any:
    def airport_page(db):
        import streamlit as st
        from sqlalchemy import func, select

        from lib.models import Flight

        st.title("Departures")
        origin = st.selectbox("From", ["EWR", "JFK", "LGA"])
        question = select(func.count()).where(Flight.origin == origin)
        with db.engine.connect() as connection:
            st.metric("Flights", f"{connection.scalar(question):,}")

    return airport_page


def page_with_radio() -> Any:
    def airport_page(db):
        import streamlit as st

        origin = st.radio("From", ["JFK", "LGA", "EWR"])
        flights = db.query("SELECT origin, count(*) AS n FROM flights GROUP BY origin")
        st.metric("Flights", int(flights.set_index("origin")["n"][origin]))

    return airport_page


def page_that_ignores_the_choice() -> Any:
    def airport_page(db):
        import streamlit as st
        from sqlalchemy import func, select

        from lib.models import Flight

        st.selectbox("From", ["EWR", "JFK", "LGA"])
        with db.engine.connect() as connection:
            count = select(func.count()).select_from(Flight)
            st.metric("Flights", f"{connection.scalar(count):,}")

    return airport_page


def page_without_a_choice() -> Any:
    def airport_page(db):
        import streamlit as st

        flights = db.query("SELECT origin, count(*) AS n FROM flights GROUP BY origin")
        for row in flights.itertuples():
            st.metric(row.origin, f"{row.n:,}")

    return airport_page


def page_that_knows_the_number() -> Any:
    def airport_page(db):
        import streamlit as st

        known = {"EWR": 9893, "JFK": 9161, "LGA": 7950}
        st.metric("Flights", known[st.selectbox("From", list(known))])

    return airport_page


EXERCISE = Exercise(
    id="12.1",
    title="A page that follows its filter",
    check=check_page,
    hints=(
        "The body is like that of `airports` above: import, ask, show. `st.selectbox` returns what "
        "is chosen, from the first run on.",
        "Put it into the question: `select(func.count()).where(Flight.origin == origin)`.",
        "Show the number with `st.metric('Flights', ...)`. All imports stand inside the function.",
    ),
    solution=solution_page,
    also_right=(page_with_radio,),
    wrong=(
        Wrong(
            page_that_ignores_the_choice,
            "has to be in the question",
            "shows a filter, and does not use what it returns",
        ),
        Wrong(
            page_without_a_choice,
            "nothing to choose from",
            "shows everything side by side instead of letting people choose",
        ),
        Wrong(
            page_that_knows_the_number,
            "the table has",
            "writes numbers into the page that the database should give",
        ),
    ),
)
