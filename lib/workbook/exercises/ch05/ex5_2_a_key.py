"""Exercise 5.2: find out whether columns are a key."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False
# mypy: disable-error-code="valid-type, misc, assignment"

from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import String, and_, cast, func, insert, inspect, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lib.database import Database
from lib.workbook.course.exercise import Bench, Exercise, NotYet, Wrong, expect, expect_function
from lib.workbook.exercises.ch05.looking import new_base, new_database

# What is in the table, the columns that are tried, whether they are a key, and what to say if the
# answer is another one.
CASES: tuple[tuple[list[tuple[Any, Any]], list[str], bool, str], ...] = (
    ([("UA", 1), ("UA", 2), ("AA", 1)], ["carrier", "number"], True, "No two rows agree in both."),
    (
        [("UA", 1), ("UA", 2), ("AA", 1)],
        ["carrier"],
        False,
        "UA is there twice.",
    ),
    (
        [("UA", 1), ("UA", 2), ("UA", 1)],
        ["carrier", "number"],
        False,
        "UA 1 is there twice.",
    ),
    (
        [("A1", 23), ("A12", 3)],
        ["carrier", "number"],
        True,
        "A1 with 23 and A12 with 3 are two pairs, though their letters in a row are the same: "
        "compare the columns, not a text made of them.",
    ),
    (
        [("UA", 1), (None, 2)],
        ["carrier", "number"],
        False,
        "One row has no carrier. A key must be there in every row: what is missing identifies "
        "nothing.",
    ),
    (
        [(None, 1), (None, 1), ("UA", 1)],
        ["number", "carrier"],
        False,
        "Two rows have no carrier, and agree in the rest.",
    ),
    ([("UA", 1), (None, 2)], ["number"], True, "carrier is missing, but nobody asked for it."),
    ([], ["carrier"], True, "The table is empty, so no two rows agree."),
)


def check_is_key(answer: Any, bench: Bench) -> str:
    expect_function(answer, "is_key")
    base = new_base()

    class Ticket(base):
        __tablename__ = "tickets"

        id: Mapped[int] = mapped_column(primary_key=True)
        carrier: Mapped[str | None] = mapped_column(String(4))
        number: Mapped[int | None]

    with new_database(base) as engine:
        for rows, names, wanted, reason in CASES:
            with Session(engine) as session:
                if rows:
                    pairs = [{"carrier": carrier, "number": number} for carrier, number in rows]
                    session.execute(insert(Ticket), pairs)
                found = _ask(answer, bench, session, Ticket, names)
            told = f"For {' and '.join(names)} in a table of {len(rows)} rows your function returns"
            expect(
                found is not None,
                f"{told} None. `return` hands True or False to the caller.",
            )
            expect(
                isinstance(found, bool | np.bool_),
                f"{told} {found!r:.80}; True or False is expected.",
            )
            expect(found == wanted, f"{told} {found}, and {wanted} is right. {reason}")
    return f"That is it: right for all of {len(CASES)} tables."


def _ask(answer: Any, bench: Bench, session: Session, model: Any, names: list[str]) -> Any:
    try:
        return bench.call(answer, session, model, names)
    except Exception as error:
        told = str(error.__cause__).lower()
        if "tickets" in told and ("no such table" in told or "doesn't exist" in told):
            raise NotYet(
                "Your function asks a database that has no table tickets. Ask the session that it "
                "is given, not `db`: the check, or another program, works in another database."
            ) from error
        if "no such function: concat" in told:
            raise NotYet(
                "SQLite has had no concat for most of its life. And two columns made into one text "
                "can be equal where the columns differ: compare the columns, not a text made of "
                "them."
            ) from error
        raise


def solution_is_key() -> Any:
    def is_key(session, model, names):
        columns = [getattr(model, name) for name in names]
        rows = select(func.count()).select_from(model)
        full = [column.is_not(None) for column in columns]
        distinct = select(*columns).where(*full).distinct().subquery()
        different = select(func.count()).select_from(distinct)
        return session.scalar(rows) == session.scalar(different)

    return is_key


def is_key_by_groups() -> Any:
    def is_key(session, model, names):
        columns = [getattr(model, name) for name in names]
        repeated = select(*columns).group_by(*columns).having(func.count() > 1)
        missing = select(*columns).where(or_(*[column.is_(None) for column in columns]))
        return not session.execute(repeated).first() and not session.execute(missing).first()

    return is_key


def is_key_in_python() -> Any:
    def is_key(session, model, names):
        rows = session.execute(select(*[getattr(model, name) for name in names])).all()
        whole = all(None not in row for row in rows)
        return whole and len(set(rows)) == len(rows)

    return is_key


def is_key_in_pandas() -> Any:
    def is_key(session, model, names):
        rows = pd.read_sql(select(model), session.connection())[names]
        return rows.notna().all(axis=None) and not rows.duplicated().any()

    return is_key


def is_key_without_missing() -> Any:
    def is_key(session, model, names):
        columns = [getattr(model, name) for name in names]
        repeated = select(*columns).group_by(*columns).having(func.count() > 1)
        return session.execute(repeated).first() is None

    return is_key


def is_key_column_by_column() -> Any:
    def is_key(session, model, names):
        for name in names:
            column = getattr(model, name)
            count = select(func.count(), func.count(column.distinct())).select_from(model)
            rows, different = session.execute(count).one()
            if rows != different:
                return False
        return True

    return is_key


def is_key_as_one_text() -> Any:
    def is_key(session, model, names):
        together = cast(getattr(model, names[0]), String)
        for name in names[1:]:
            together = together + cast(getattr(model, name), String)
        count = select(func.count(), func.count(together.distinct())).select_from(model)
        rows, different = session.execute(count).one()
        return rows == different

    return is_key


def is_key_by_concat() -> Any:
    def is_key(session, model, names):
        together = func.concat(*[getattr(model, name) for name in names])
        count = select(func.count(), func.count(together.distinct())).select_from(model)
        rows, different = session.execute(count).one()
        return rows == different

    return is_key


def is_key_asks_the_chapter() -> Any:
    def is_key(session, model, names):
        columns = [getattr(model, name) for name in names]
        repeated = select(*columns).group_by(*columns).having(func.count() > 1)
        with Database("sqlite://") as db:  # in the notebook: the chapter's own
            return db.query(repeated).empty

    return is_key


def is_key_as_declared() -> Any:
    def is_key(session, model, names):
        return [column.name for column in inspect(model).primary_key] == list(names)

    return is_key


def is_key_gives_rows() -> Any:
    def is_key(session, model, names):
        columns = [getattr(model, name) for name in names]
        missing = and_(*[column.is_not(None) for column in columns])
        repeated = select(*columns).where(missing).group_by(*columns).having(func.count() > 1)
        return session.execute(repeated).all()

    return is_key


EXERCISE = Exercise(
    id="5.2",
    title="Is it a key?",
    check=check_is_key,
    hints=(
        "`getattr(model, name)` gives the column of that name. Two things can be wrong with a "
        "key: rows that repeat, and rows where a part of it is missing.",
        "Group by all columns together; a group `having(func.count() > 1)` repeats. A missing "
        "value is asked for with `column.is_(None)`.",
        "Or count twice, and compare: all rows, and the distinct combinations in which nothing "
        "is missing (`column.is_not(None)`).",
    ),
    solution=solution_is_key,
    also_right=(is_key_by_groups, is_key_in_python, is_key_in_pandas),
    wrong=(
        Wrong(
            is_key_without_missing,
            "what is missing identifies nothing",
            "forgets that a key may not be missing",
        ),
        Wrong(
            is_key_column_by_column,
            "No two rows agree in both",
            "asks of each column what only all together must fulfil",
        ),
        Wrong(
            is_key_as_one_text,
            "compare the columns, not a text made of them",
            "glues the columns together, so that different pairs become equal",
        ),
        Wrong(
            is_key_by_concat,
            "compare the columns, not a text made of them",
            "the same, by a function that not every database has",
        ),
        Wrong(
            is_key_asks_the_chapter,
            "Ask the session that it is given, not `db`",
            "uses what happens to be in the notebook, not what the function is given",
        ),
        Wrong(
            is_key_as_declared,
            "No two rows agree in both",
            "reads what the model claims, not what the data say",
        ),
        Wrong(
            is_key_gives_rows,
            "True or False is expected",
            "returns the evidence where the verdict was asked for",
        ),
    ),
)
