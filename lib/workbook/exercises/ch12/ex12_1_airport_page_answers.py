"""Answers to exercise 12.1, right ones and wrong ones."""

# They stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import functools
from typing import Any

# --- Right ----------------------------------------------------------------------------------


def page_with_radio() -> Any:
    def airport_page(db):
        import streamlit as st

        origin = st.radio("From", ["JFK", "LGA", "EWR"])
        flights = db.query("SELECT origin, count(*) AS n FROM flights GROUP BY origin")
        st.metric("Flights", int(flights.set_index("origin")["n"][origin]))

    return airport_page


def page_with_segments() -> Any:
    def airport_page(db):
        import streamlit as st
        from sqlalchemy import text

        origin = st.segmented_control("From", ["EWR", "JFK", "LGA"])
        if origin:
            with db.engine.connect() as connection:
                count = text("SELECT count(*) FROM flights WHERE origin = :origin")
                number = connection.execute(count, {"origin": origin}).scalar_one()
            st.metric("Flights", number)

    return airport_page


def page_with_pills() -> Any:
    def airport_page(db):
        import streamlit as st
        from sqlalchemy import func, select

        from lib.models import Flight

        origin = st.pills("Airport", options=["LGA", "JFK", "EWR"], default="JFK")
        with db.session_scope() as session:
            number = session.scalar(select(func.count()).where(Flight.origin == origin))
        st.sidebar.metric(label="Flights", value=f"{number:,}")

    return airport_page


def page_with_a_slider() -> Any:
    def airport_page(db):
        import streamlit as st

        flights = db.query("SELECT origin FROM flights")
        origin = st.select_slider("From", options=["EWR", "JFK", "LGA"])
        st.metric("Flights", f"{(flights['origin'] == origin).sum():,}")

    return airport_page


def page_with_names() -> Any:
    def airport_page(db):
        import streamlit as st
        from sqlalchemy import func, select

        from lib.models import Flight

        names = {"Newark": "EWR", "Kennedy": "JFK", "LaGuardia": "LGA"}
        name = st.selectbox("From", list(names), index=None, placeholder="an airport")
        if name is None:
            st.stop()
        question = select(func.count()).where(Flight.origin == names[name])
        with db.engine.connect() as connection:
            st.metric("Flights", connection.scalar(question))

    return airport_page


def page_in_a_form() -> Any:
    def airport_page(db):
        import streamlit as st
        from sqlalchemy import func, select

        from lib.models import Flight

        names = {"EWR": "Newark", "JFK": "John F. Kennedy", "LGA": "LaGuardia"}
        with st.form("airport"):
            origin = st.radio(
                "From", list(names), format_func=lambda code: f"{names[code]} ({code})"
            )
            st.form_submit_button("Show")
        with db.engine.connect() as connection:
            question = select(func.count()).where(Flight.origin == origin)
            st.metric("Flights", f"{connection.scalar(question):,}")

    return airport_page


def page_with_buttons() -> Any:
    def airport_page(db):
        import streamlit as st
        from sqlalchemy import func, select

        from lib.models import Flight

        for column, code in zip(st.columns(3), ("EWR", "JFK", "LGA"), strict=True):
            if column.button(code):
                st.session_state["origin"] = code
        origin = st.session_state.get("origin", "EWR")
        with db.engine.connect() as connection:
            question = select(func.count()).where(Flight.origin == origin)
            st.metric("Flights", f"{connection.scalar(question):,}")

    return airport_page


def page_with_tabs() -> Any:
    def airport_page(db):
        import streamlit as st
        from sqlalchemy import func, select

        from lib.models import Flight

        codes = ["EWR", "JFK", "LGA"]
        question = select(Flight.origin, func.count()).group_by(Flight.origin)
        with db.engine.connect() as connection:
            counts = dict(connection.execute(question).all())
        for tab, code in zip(st.tabs(codes), codes, strict=True):
            with tab:
                st.metric("Flights", f"{counts[code]:,}")

    return airport_page


def page_with_single_pills_of_names() -> Any:
    def airport_page(db):
        import streamlit as st

        codes = dict(Newark="EWR", Kennedy="JFK", LaGuardia="LGA")
        name = st.pills("Airport", list(codes), selection_mode="single")
        if st.button("Forget it") or not name:
            st.info("Choose an airport")
            return
        sql = f"SELECT COUNT(*) AS n FROM flights WHERE origin = '{codes[name]}'"
        st.metric("Flights", int(db.query(sql).loc[0, "n"]))

    return airport_page


def page_with_more_on_it() -> Any:
    def airport_page(db):
        import streamlit as st
        from sqlalchemy import func, select

        from lib.models import Airline, Flight

        with db.engine.connect() as connection:
            airlines = connection.execute(select(Airline.carrier)).scalars().all()
            st.selectbox("Airline", airlines)
            st.metric("Airlines", len(airlines))
            options = ["EWR", "JFK", "LGA"]
            chosen = st.sidebar.multiselect("From", options, max_selections=1)
            if chosen:
                question = select(func.count()).where(Flight.origin.in_(chosen))
                st.metric("Flights", f"{connection.scalar(question):,}")

    return airport_page


# --- Wrong ----------------------------------------------------------------------------------


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


def page_with_all_there_are() -> Any:
    def airport_page(db):
        import streamlit as st

        flights = db.query("SELECT origin FROM flights")["origin"].value_counts()
        st.metric("Flights", int(flights[st.radio("From", sorted(flights.index))]))

    return airport_page


def page_with_a_fourth_button() -> Any:
    def airport_page(db):
        import streamlit as st

        flights = db.query("SELECT origin FROM flights")["origin"].value_counts()
        pressed = [code for code in sorted(flights.index) if st.button(code)]
        if pressed:
            st.metric("Flights", int(flights[pressed[0]]))

    return airport_page


def page_with_several() -> Any:
    def airport_page(db):
        import streamlit as st
        from sqlalchemy import func, select

        from lib.models import Flight

        chosen = st.multiselect("From", ["EWR", "JFK", "LGA"], default=["EWR"])
        with db.engine.connect() as connection:
            question = select(func.count()).where(Flight.origin.in_(chosen))
            st.metric("Flights", f"{connection.scalar(question):,}")

    return airport_page


def page_with_several_pills() -> Any:
    def airport_page(db):
        import streamlit as st

        flights = db.query("SELECT origin FROM flights")["origin"]
        chosen = st.pills("From", ["EWR", "JFK", "LGA"], selection_mode="multi")
        if chosen:
            st.metric("Flights", int((flights == chosen[0]).sum()))

    return airport_page


def page_one_step_behind() -> Any:
    def airport_page(db):
        import streamlit as st
        from sqlalchemy import func, select

        from lib.models import Flight

        before = st.session_state.get("origin", "EWR")
        st.session_state["origin"] = st.selectbox("From", ["EWR", "JFK", "LGA"])
        question = select(func.count()).where(Flight.origin == before)
        with db.engine.connect() as connection:
            st.metric("Flights", f"{connection.scalar(question):,}")

    return airport_page


def page_by_lambda() -> Any:
    def airport_page(db, airports):
        import streamlit as st

        st.metric("Flights", st.selectbox("From", airports))

    return functools.partial(airport_page, airports=["EWR", "JFK", "LGA"])
