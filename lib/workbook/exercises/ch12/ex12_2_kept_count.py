"""Exercise 12.2: an answer that is kept until the next load."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import functools
from itertools import count
from numbers import Integral
from typing import Any

import streamlit as st
from sqlalchemy import delete, func, select
from streamlit.runtime.caching.cache_errors import UnhashableParamError

from lib.database import Database
from lib.models import Flight
from lib.workbook.course.exercise import Bench, Exercise, NotYet, Wrong, expect, expect_function

_LOADS = count(1)


def check_kept(answer: Any, bench: Bench) -> str:
    expect_function(answer, "count_flights")
    db = bench.db
    number = _count(db)
    load, next_load = next(_LOADS), next(_LOADS)  # of which no cache has heard
    found, sent = _ask(bench, answer, load)
    expect(
        isinstance(found, Integral),
        f"It returns {type(found).__name__}, where a number is asked for. With "
        "`connection.scalar(...)` you get the number; out of a table, take it with `.iloc[0, 0]`.",
    )
    expect(found == number, f"It returns {found!r}; the table has {number:,} flights.")
    again, sent = _ask(bench, answer, load)
    expect(
        not sent and again == number,
        "Asked again for the same load, it sends its question again. Let Streamlit keep the "
        "answer: put `@st.cache_data` on the line above `def`.",
    )
    db.execute([delete(Flight).where(Flight.day == 1)])
    found, sent = _ask(bench, answer, next_load)
    expect(
        found == _count(db),
        f"A load has run, so the key is another one; it still returns {found:,}, and the table has "
        f"{_count(db):,} flights. A parameter whose name begins with an underscore is not part of "
        "the key.",
    )
    return "That is it. Asked once for each load, and never wrong after one."


def _ask(bench: Bench, answer: Any, load: int) -> tuple[Any, list[str]]:
    try:
        return bench.statements(lambda: answer(load, bench.db))
    except Exception as error:
        if not isinstance(error.__cause__, UnhashableParamError):
            raise
        raise NotYet(
            "UnhashableParamError: Streamlit cannot tell whether two databases are the same one. "
            "An underscore before the parameter's name, `_db`, leaves it out of the key."
        ) from error


def _count(db: Database) -> int:
    with db.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(Flight)) or 0


def solution_kept() -> Any:
    @st.cache_data
    def count_flights(load, _db):
        question = select(func.count()).select_from(Flight)
        with _db.engine.connect() as connection:
            return connection.scalar(question)

    return count_flights


def kept_by_python() -> Any:
    @functools.cache
    def count_flights(load, _db):
        return int(_db.query("SELECT count(*) AS n FROM flights")["n"][0])

    return count_flights


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


EXERCISE = Exercise(
    id="12.2",
    title="Kept until the next load",
    check=check_kept,
    hints=(
        "Two things: the question, and `@st.cache_data` above the function.",
        "Keep the two names as they are. `load` is the key; `_db` is what the question goes to.",
    ),
    solution=solution_kept,
    also_right=(kept_by_python,),
    wrong=(
        Wrong(
            asked_each_time,
            "sends its question again",
            "thinks that a page remembers what it has computed",
        ),
        Wrong(
            a_table_of_one,
            "where a number is asked for",
            "returns the table in which the number stands",
        ),
        Wrong(
            key_left_out,
            "is not part of the key",
            "puts underscores before everything, and gets yesterday's number",
        ),
        Wrong(
            database_in_the_key,
            "An underscore before the parameter's name",
            "expects Streamlit to compare two engines",
        ),
    ),
)
