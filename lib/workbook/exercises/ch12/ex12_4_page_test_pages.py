"""The pages that the test of exercise 12.4 is tried on.

They stand here as in a cell, since they run outside of this module.
"""

# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections.abc import Callable


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
    st.metric("Airports", "3")
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


def one_too_many(db):
    import streamlit as st

    flights = db.query("SELECT count(*) + 1 AS n FROM flights")["n"][0]
    st.title("Departures")
    st.metric("Flights", f"{flights:,}")


def without_its_comma(db):
    import streamlit as st

    flights = db.query("SELECT count(*) AS n FROM flights")["n"][0]
    st.title("Departures")
    st.metric("Flights", str(flights))


def says_nothing(db):
    import streamlit as st

    st.title("Departures")


def calls_it_otherwise(db):
    import streamlit as st

    flights = db.query("SELECT count(*) AS n FROM flights")["n"][0]
    st.title("Departures")
    st.metric("Planes", f"{flights:,}")


def writes_it_as_text(db):
    import streamlit as st

    flights = db.query("SELECT count(*) AS n FROM flights")["n"][0]
    st.title("Departures")
    st.metric("Airlines", "16")
    st.write(f"Flights: {flights:,}")


RAISES = "`run_page` never raises: the errors are in the `exception` of what it returns."
COMPARE = "Compare the number that is shown with the database's."
WRITTEN = "It is to be written like 27,004: compare the text."
LABEL = "Fail, too, when no metric has the label 'Flights'."
# Each with what it does, and what would catch it.
BROKEN: tuple[tuple[Callable[..., None], str, str], ...] = (
    (fails_below_the_number, "shows the number, and an error below it", RAISES),
    (only_the_departed, "leaves out the cancelled flights", COMPARE),
    (number_of_last_month, "always shows 27,004", COMPARE),
    (one_too_many, "shows one flight too many", COMPARE),
    (without_its_comma, "shows the number without its comma", WRITTEN),
    (says_nothing, "shows no number", LABEL),
    (calls_it_otherwise, "shows the number under the label 'Planes'", LABEL),
    (writes_it_as_text, "has the number in a text, and in no metric", LABEL),
)
