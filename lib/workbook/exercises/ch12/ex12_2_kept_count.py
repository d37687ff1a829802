"""Exercise 12.2: an answer that is kept until the next load."""

# The solution stands here as one would type it into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import inspect
from collections.abc import Sequence
from itertools import count
from numbers import Integral
from typing import Any

import streamlit as st
from sqlalchemy import delete, func, select
from streamlit.runtime.caching.cache_errors import UnhashableParamError

from lib.database import Database
from lib.models import Flight
from lib.workbook.checking.sandbox import AnswerRaised
from lib.workbook.course.exercise import (
    Exercise,
    NotYet,
    Sandbox,
    Word,
    Wrong,
    expect,
    expect_function,
)
from lib.workbook.exercises.ch12 import ex12_2_kept_count_answers as answers
from lib.workbook.exercises.ch12.looking import add_flights
from lib.workbook.exercises.slips import slip

_CHECKS = count(1)


def loads() -> Sequence[tuple[str, ...]]:
    """Keys of which no cache has heard, as `load_key` makes them.

    The first two are of the same run: when it was at work, and when it had ended.
    """
    run = f"{next(_CHECKS)}"
    ends = (("running", "None"), ("succeeded", "2013-02-01 06:00:00"))
    return [("6b1f0c8a41d2", run, *end) for end in ends] + [("6b1f0c8a41d2", f"{run}0", *ends[1])]


def check_kept(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "count_flights")
    expect(
        _names(answer) != ["_db", "load"],
        "Its parameters are `_db` and `load`; the load comes first: `count_flights(load, _db)`.",
    )
    db = sandbox.db
    add_flights(db)
    first, second, third = loads()
    before = expect_asked(answer, sandbox, first, None)
    expect_kept(answer, sandbox, first, before)
    db.execute([delete(Flight).where(Flight.day == 1)])
    after = expect_asked(answer, sandbox, second, before)
    expect_kept(answer, sandbox, second, after)
    db.execute([delete(Flight)])
    nothing = expect_asked(answer, sandbox, third, after)
    expect_kept(answer, sandbox, third, nothing)
    names = _names(answer)
    expect(
        names in ([], ["load", "_db"]),
        f"Its parameters are called {' and '.join(names)}; `load` and `_db` are to stay.",
    )
    return "That is it. Asked once for each load, and never wrong after one."


def expect_asked(answer: Any, sandbox: Sandbox, load: tuple[str, ...], before: int | None) -> int:
    """Expect the number of flights that are there; `before` is the number of the last load."""
    found, _sent = _ask(sandbox, answer, load)
    expect(
        isinstance(found, Integral),
        f"It returns {type(found).__name__}, where a whole number is asked for. With "
        "`connection.scalar(...)` you get the number; out of a table, take it with `.iloc[0, 0]`.",
    )
    number = _count(sandbox.db)
    if found == number:
        return number
    if before is None:
        departed = _count(sandbox.db, Flight.dep_time)
        why = " Those are without the cancelled ones." if found == departed else ""
        raise NotYet(f"It returns {found:,}; `flights` has {number:,} rows.{why}")
    names = _names(answer)
    hidden = bool(names) and names[0].startswith("_") and found == before
    why = f" `{names[0]}` begins with an underscore, which leaves it out of the key."
    raise NotYet(
        f"A load has run, and `load` is another one: it returns {found:,}, and `flights` has "
        f"{number:,} rows.{why if hidden else ''}"
    )


def expect_kept(answer: Any, sandbox: Sandbox, load: tuple[str, ...], number: int) -> None:
    """Expect the same number again, and no question to the database."""
    again, sent = _ask(sandbox, answer, load)
    expect(
        not sent,
        f"Asked again for the same load, it sends {len(sent)} statements, as before. "
        + (
            "Let Streamlit keep the answer: put `@st.cache_data` on the line above `def`."
            if number
            else "The number was 0, which is an answer, too."
        ),
    )
    expect(
        again == number,
        f"Asked again for the same load, it returns {again!r:.60}, and before {number:,}.",
    )


def _ask(sandbox: Sandbox, answer: Any, load: tuple[str, ...]) -> tuple[Any, list[str]]:
    try:
        return sandbox.statements(answer, load, sandbox.db)
    except AnswerRaised as wrapper:
        if not isinstance(wrapper.__cause__, UnhashableParamError):
            raise
        raise NotYet(
            "UnhashableParamError: Streamlit cannot tell whether two databases are the same one. "
            "An underscore before the parameter's name, `_db`, leaves it out of the key."
        ) from None


def _names(answer: Any) -> list[str]:
    """The names of the parameters; empty where they cannot be told."""
    try:
        return list(inspect.signature(answer).parameters)
    except (TypeError, ValueError):
        return []


def _count(db: Database, column: Any = None) -> int:
    number = func.count() if column is None else func.count(column)
    with db.engine.connect() as connection:
        return connection.scalar(select(number).select_from(Flight)) or 0


def solution_kept() -> Any:
    @st.cache_data
    def count_flights(load, _db):
        question = select(func.count()).select_from(Flight)
        with _db.engine.connect() as connection:
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
    also_right=(
        answers.kept_by_python,
        answers.kept_with_limits,
        answers.kept_in_a_dictionary,
        answers.kept_the_last,
        answers.kept_by_an_inner_function,
    ),
    words=(
        Word(
            "Write `count_flights(load, _db)`",
            "calls with the load first",
            slip(solution_kept, ("count_flights(load, _db)", "count_flights(_db, load)")),
        ),
        Word(
            "it returns the number of rows in `flights`",
            "cancelled flights, other months, and an empty table",
            slip(solution_kept, ("func.count()", "func.count(Flight.dep_time)")),
        ),
        Word(
            "For the same `load` it asks the database once",
            "a second call for each load, also where the number is 0",
            answers.asked_each_time,
        ),
        Word(
            "for another `load` it asks again",
            "three loads, and flights that go in between",
            answers.key_left_out,
        ),
        Word(
            "Keep the two names as they are",
            "the names of the parameters",
            slip(solution_kept, ("count_flights(load, _db)", "count_flights(key, _db)")),
        ),
    ),
    asides=("What was kept for an older `load` may be forgotten.",),
    wrong=(
        Wrong(
            answers.asked_each_time,
            "Let Streamlit keep the answer",
            "thinks that a page remembers what it has computed",
        ),
        Wrong(
            answers.a_table_of_one,
            "where a whole number is asked for",
            "returns the table in which the number stands",
        ),
        Wrong(
            answers.key_left_out,
            "`_load` begins with an underscore",
            "puts underscores before everything, and gets yesterday's number",
        ),
        Wrong(
            answers.database_in_the_key,
            "An underscore before the parameter's name",
            "expects Streamlit to compare two engines",
        ),
        Wrong(
            answers.kept_for_ever,
            "and `load` is another one: it returns",
            "keeps the first answer, whatever the load",
        ),
        Wrong(
            answers.kept_by_the_run,
            "and `load` is another one: it returns",
            "takes the number of the run for the key, and so counts while it is at work",
        ),
        Wrong(
            answers.kept_unless_nothing,
            "The number was 0, which is an answer, too",
            "takes 0 for an answer that is lacking",
        ),
        Wrong(
            slip(solution_kept, ("func.count()", "func.count(Flight.dep_time)")),
            "without the cancelled ones",
            "counts departures, where rows are asked for",
        ),
        Wrong(
            slip(
                solution_kept,
                ("count_flights(load, _db)", "count_flights(load, _database)"),
                ("with _db.engine", "with _database.engine"),
            ),
            "`load` and `_db` are to stay",
            "renames what the page passes by name",
        ),
        Wrong(
            slip(
                solution_kept,
                ("return connection.scalar(question)", "return f'{connection.scalar(question):,}'"),
            ),
            "It returns str, where a whole number is asked for",
            "returns what is to be shown, not what is counted",
        ),
    ),
)
