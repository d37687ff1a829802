"""Answers to exercise 12.2, right ones and wrong ones."""

# They stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import functools
from typing import Any

import streamlit as st
from sqlalchemy import func, select

from lib.models import Flight

# --- Right ----------------------------------------------------------------------------------


def kept_by_python() -> Any:
    @functools.cache
    def count_flights(load, _db):
        return int(_db.query("SELECT count(*) AS n FROM flights")["n"][0])

    return count_flights


def kept_with_limits() -> Any:
    @st.cache_data(ttl="10m", max_entries=1, show_spinner=False)
    def count_flights(load, _db):
        with _db.session_scope() as session:
            return session.query(Flight).count()

    return count_flights


def kept_in_a_dictionary() -> Any:
    kept: dict[Any, int] = {}

    def count_flights(load, _db):
        if load not in kept:
            kept[load] = _db.execute([select(func.count()).select_from(Flight)])[0][0][0]
        return kept[load]

    return count_flights


def kept_the_last() -> Any:
    last: dict[str, Any] = {"load": None, "number": None}

    def count_flights(load, _db):
        if last["load"] != load:
            number = _db.query("SELECT count(*) AS n FROM flights").iloc[0, 0]
            last.update(load=load, number=number)
        return last["number"]

    return count_flights


def kept_by_an_inner_function() -> Any:
    @st.cache_resource
    def number_of(load, _engine):
        with _engine.connect() as connection:
            return len(connection.execute(select(Flight.flight)).all())

    def count_flights(load, _db):
        return number_of(load, _db.engine)

    return count_flights


# --- Wrong ----------------------------------------------------------------------------------


def asked_each_time() -> Any:
    def count_flights(load, _db):
        question = select(func.count()).select_from(Flight)
        with _db.engine.connect() as connection:
            return connection.scalar(question)

    return count_flights


def a_table_of_one() -> Any:
    @st.cache_data
    def count_flights(load, _db):
        return _db.query("SELECT count(*) AS n FROM flights")

    return count_flights


def key_left_out() -> Any:
    @st.cache_data
    def count_flights(_load, _db):
        question = select(func.count()).select_from(Flight)
        with _db.engine.connect() as connection:
            return connection.scalar(question)

    return count_flights


def database_in_the_key() -> Any:
    @st.cache_data
    def count_flights(load, db):
        question = select(func.count()).select_from(Flight)
        with db.engine.connect() as connection:
            return connection.scalar(question)

    return count_flights


def kept_for_ever() -> Any:
    kept: list[int] = []

    def count_flights(load, _db):
        if not kept:
            kept.append(int(_db.query("SELECT count(*) AS n FROM flights")["n"][0]))
        return kept[0]

    return count_flights


def kept_by_the_run() -> Any:
    kept: dict[Any, int] = {}

    def count_flights(load, _db):
        run = load[1]
        if run not in kept:
            kept[run] = int(_db.query("SELECT count(*) AS n FROM flights")["n"][0])
        return kept[run]

    return count_flights


def kept_unless_nothing() -> Any:
    kept: dict[Any, int] = {}

    def count_flights(load, _db):
        if not kept.get(load):
            kept[load] = int(_db.query("SELECT count(*) AS n FROM flights")["n"][0])
        return kept[load]

    return count_flights
