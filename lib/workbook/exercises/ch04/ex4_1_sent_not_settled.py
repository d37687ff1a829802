"""Exercise 4.1: send a row without settling it."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from numbers import Number
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from lib.models import Airline
from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch04.looking import airlines_of, expect_returned, vary


def check_add_airline(answer: Any, bench: Bench) -> str:
    expect_function(answer, "add_airline")
    db = vary(bench)
    before = airlines_of(db)
    with db.sessions() as session:
        count, sent = bench.statements(answer, session, "ZZ", "Zulu Air")
        expect(
            "COMMIT" not in sent,
            "Your function commits. The caller opened this session, perhaps with more work in it; "
            "the caller decides when all of it is settled.",
        )
        expect(
            any(statement.startswith("INSERT INTO airlines") for statement in sent),
            "When your function returns, no INSERT has been sent: the airline is still pending. "
            "A flush, or a query that makes the session flush, sends it.",
        )
        expect(airlines_of(db) == before, "Other connections see the airline before the commit.")
        expect_returned(count, "the number")
        expect(
            isinstance(count, Number),
            f"It returns a {type(count).__name__}, not a number. `session.scalar` gives the value "
            "that a question of one row and one column is about.",
        )
        wanted = len(before) + 1
        asked = [statement for statement in sent if statement.startswith("SELECT")]
        expect(
            count == wanted or all(" FROM " in " ".join(each.split()) for each in asked),
            f"It returns {count}: your count names no table, so there is nothing to count but the "
            "one row of the answer. Say what to select from.",
        )
        expect(
            count == wanted or asked,
            f"It returns {count}; the session can see {wanted} airlines here, as the check has "
            "added some. The number must come from a query that goes through `session`: `db` "
            "takes another connection, which cannot see a row before its commit.",
        )
        expect(
            count != len(before),
            f"It returns {count}: the airlines without the new one. Count after the add, and "
            "through the session that you are given.",
        )
        expect(
            count == wanted,
            f"It returns {count}; the session can see {wanted} airlines, the new one included. "
            "The check has added some of its own, so the number must come from a query.",
        )
        session.commit()
    expect(
        airlines_of(db) == {**before, "ZZ": "Zulu Air"},
        "After the caller's commit the table does not hold the new airline with its name.",
    )
    return "That is it. The row is sent and counted, and the caller may still take it back."


def solution_add_airline() -> Any:
    def add_airline(session, carrier, name):
        session.add(Airline(carrier=carrier, name=name))
        session.flush()
        return session.scalar(select(func.count()).select_from(Airline))

    return add_airline


def add_airline_by_autoflush() -> Any:
    def add_airline(session, carrier, name):
        session.add(Airline(carrier=carrier, name=name))
        return len(session.scalars(select(Airline)).all())

    return add_airline


def add_airline_by_insert() -> Any:
    def add_airline(session, carrier, name):
        session.execute(insert(Airline).values(carrier=carrier, name=name))
        return session.scalar(select(func.count(Airline.carrier)))

    return add_airline


def add_airline_and_commit() -> Any:
    def add_airline(session, carrier, name):
        session.add(Airline(carrier=carrier, name=name))
        session.commit()
        return session.scalar(select(func.count()).select_from(Airline))

    return add_airline


def add_airline_unsent() -> Any:
    def add_airline(session, carrier, name):
        count = session.scalar(select(func.count()).select_from(Airline))
        session.add(Airline(carrier=carrier, name=name))
        return count + 1

    return add_airline


def add_airline_no_table() -> Any:
    def add_airline(session, carrier, name):
        session.add(Airline(carrier=carrier, name=name))
        session.flush()
        return session.scalar(select(func.count()))

    return add_airline


def add_airline_printed() -> Any:
    def add_airline(session, carrier, name):
        session.add(Airline(carrier=carrier, name=name))
        print(session.scalar(select(func.count()).select_from(Airline)))

    return add_airline


def add_airline_asks_elsewhere() -> Any:
    def add_airline(session, carrier, name):
        session.add(Airline(carrier=carrier, name=name))
        session.flush()
        with Session(session.get_bind()) as other:
            return other.scalar(select(func.count()).select_from(Airline))

    return add_airline


def add_airline_known_number() -> Any:
    def add_airline(session, carrier, name):
        session.add(Airline(carrier=carrier, name=name))
        session.flush()
        return 17

    return add_airline


EXERCISE = Exercise(
    id="4.1",
    title="Sent, not settled",
    check=check_add_airline,
    hints=(
        "Three steps: put a new `Airline` into the session, have the session send it, count.",
        "`session.flush()` sends what is pending and settles nothing. A query in the same "
        "session sees the new row.",
        "`session.scalar(select(func.count()).select_from(Airline))` counts.",
    ),
    solution=solution_add_airline,
    also_right=(add_airline_by_autoflush, add_airline_by_insert),
    wrong=(
        Wrong(
            add_airline_and_commit,
            "Your function commits",
            "takes commit for the way to send; does not see that the caller owns the "
            "transaction",
        ),
        Wrong(
            add_airline_unsent,
            "no INSERT has been sent",
            "takes add for the insert: the object is only pending",
        ),
        Wrong(
            add_airline_known_number,
            "must come from a query",
            "read the number off the chapter's own table, or asked `db` for it",
        ),
        Wrong(
            add_airline_no_table,
            "your count names no table",
            "believes that `count` knows what is counted",
        ),
        Wrong(
            add_airline_printed,
            "`return` hands the number to the caller",
            "takes print for return",
        ),
        Wrong(
            add_airline_asks_elsewhere,
            "through the session that you are given",
            "does not see that another connection has another view",
        ),
    ),
)
