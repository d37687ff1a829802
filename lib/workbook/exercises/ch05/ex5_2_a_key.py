"""Exercise 5.2: find out whether columns are a key."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False
# mypy: disable-error-code="valid-type, misc, assignment"

import re
import string
from dataclasses import dataclass
from typing import Any

import numpy as np
from pandas.errors import DatabaseError
from sqlalchemy import String, func, insert, inspect, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from lib.database import Database
from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, expect, expect_function
from lib.workbook.exercises.ch05.ex5_2_a_key_answers import ASIDES, WORDS, WRONG
from lib.workbook.exercises.ch05.ex5_2_a_key_right import ALSO_RIGHT
from lib.workbook.exercises.ch05.looking import new_base
from lib.workbook.exercises.driver import Tap, tapped

_CONCAT = re.compile(r"\bconcat(_ws)?\s*\(", re.IGNORECASE)
# What is put between two texts to make one, so that other pairs look the same.
_GLUE = ("", *string.punctuation, *" \t\n\x1f", ", ", "||", "::", "--", "__", " - ", " | ")


@dataclass(frozen=True)
class Case:
    """What is in the table, the columns that are tried, and whether they are a key."""

    rows: list[tuple[Any, ...]]  # carrier, number, and perhaps gate
    names: list[str]
    key: bool
    reason: str


CASES = (
    Case(
        [("UA", 1), ("UA", 2), ("AA", 1)],
        ["carrier", "number"],
        True,
        "No two rows agree in both.",
    ),
    Case([("UA", 1), ("UA", 2), ("AA", 1)], ["carrier"], False, "UA is there twice."),
    Case([("UA", 1), ("AA", 2), ("AA", 3)], ["number"], True, "Each number is there once."),
    Case(
        [("UA", 1), ("UA", 2), ("UA", 1)],
        ["carrier", "number"],
        False,
        "UA 1 is there twice.",
    ),
    Case(
        [("UA", 1, "A"), ("UA", 1, "B"), ("UA", 2, "A"), ("AA", 1, "A")],
        ["gate", "carrier", "number"],
        True,
        "No two rows agree in all three.",
    ),
    Case(
        [("UA", 1, "A"), ("UA", 1, "B"), ("UA", 2, "A"), ("AA", 1, "A")],
        ["carrier", "number"],
        False,
        "UA 1 is there twice, at two gates; but the gate is none of the columns.",
    ),
    Case([("UA", 1), ("UA", 1)], ["id"], True, "Each id is there once."),
    Case(
        [("A1", 23), ("A12", 3)],
        ["carrier", "number"],
        True,
        "A1 with 23 and A12 with 3 are two pairs, though their letters in a row are the same: "
        "compare the columns, not a text made of them.",
    ),
    Case(
        [pair for glue in _GLUE for pair in ((f"A{glue}B", 0, "C"), ("A", 0, f"B{glue}C"))],
        ["carrier", "gate"],
        True,
        "No two rows agree in both, though some look alike when a sign is put between the two: "
        "compare the columns, not a text made of them.",
    ),
    Case(
        [("A", 0, "B"), ("B", 0, "A")],
        ["carrier", "gate"],
        True,
        "A at gate B and B at gate A are two pairs.",
    ),
    Case(
        [*(("UA", number) for number in range(1200)), ("UA", 7)],
        ["carrier", "number"],
        False,
        "UA 7 is there twice, the second time in the last row.",
    ),
    Case(
        [("ua", 1), ("UA", 1)],
        ["carrier", "number"],
        True,
        "ua and UA are two texts.",
    ),
    Case(
        [("", 0), ("UA", 0), ("", 1)],
        ["carrier", "number"],
        True,
        "No two rows agree in both, and nothing is missing: an empty text and a 0 are values.",
    ),
    Case(
        [("UA", 1), (None, 2)],
        ["carrier", "number"],
        False,
        "One row has no carrier. A key must be there in every row: what is missing identifies "
        "nothing.",
    ),
    Case(
        [("UA", 1), ("AA", None)],
        ["carrier", "number"],
        False,
        "One row has no number. A key must be there in every row: what is missing identifies "
        "nothing.",
    ),
    Case([(None, 1)], ["carrier"], False, "The one row has no carrier."),
    Case(
        [(None, 1), (None, 1), ("UA", 1)],
        ["number", "carrier"],
        False,
        "Two rows have no carrier, and agree in the rest.",
    ),
    Case(
        [("UA", 1), (None, 2)],
        ["number"],
        True,
        "A carrier is missing, but carrier is none of the columns.",
    ),
    Case([], ["carrier"], True, "The table is empty, so no two rows agree."),
    Case([], ["carrier", "number"], True, "The table is empty, so no two rows agree."),
)


def check_is_key(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "is_key")
    for case in CASES:
        _expect_verdict(answer, sandbox, case)
    return f"That is it: right for all of {len(CASES)} tables."


def _expect_verdict(answer: Any, sandbox: Sandbox, case: Case) -> None:
    """Put the rows into a table of a new database, and ask the answer about the columns."""
    base = new_base()

    class Ticket(base):
        __tablename__ = "tickets"

        id: Mapped[int] = mapped_column(primary_key=True)
        carrier: Mapped[str | None] = mapped_column(String(8))
        number: Mapped[int | None]
        gate: Mapped[str | None] = mapped_column(String(8))

    class Note(base):
        __tablename__ = "notes"

        id: Mapped[int] = mapped_column(primary_key=True)

    with Database("sqlite://") as db, tapped(db.engine) as tap:
        base.metadata.create_all(db.engine)
        with db.sessions() as session:
            if case.rows:
                columns = ("carrier", "number", "gate")
                rows = [dict(zip(columns, (*row, None)[:3], strict=True)) for row in case.rows]
                session.execute(insert(Ticket), rows)
                session.commit()
            before = _contents(session)
            session.add(note := Note(id=1))  # of the caller, who has not said what becomes of it
            tap.sent.clear()
            found = _ask(answer, sandbox, tap, session, Ticket, case.names)
            pending = note in session
            try:
                session.flush()  # what is changed or deleted in it, and not yet sent
            except SQLAlchemyError as error:
                raise NotYet(
                    "After your function, the caller's session cannot be flushed: "
                    f"{type(error).__name__}. It asks, and changes nothing."
                ) from error
            after = _contents(session)
            session.rollback()
            expect(
                not tap.kept,
                "Your function has opened a connection of its own, and left it open. Ask through "
                "the session that it is given.",
            )
            settled = _contents(session)
    told = (
        f"For {' and '.join(case.names)} in a table of {len(case.rows)} rows your function returns"
    )
    expect(found is not None, f"{told} None. `return` hands True or False to the caller.")
    expect(
        isinstance(found, bool | np.bool_),
        f"{told} {found!r:.80}; True or False is expected.",
    )
    expect(found == case.key, f"{told} {found}, and {case.key} is right. {case.reason}")
    changed = [name for name in before if after.get(name) != before[name] and name != "notes"]
    changed += [f"a new table, {name}," for name in after if name not in before]
    expect(
        not changed,
        f"After your function, {' and '.join(changed)} is not as before: it asks, and changes "
        "nothing.",
    )
    expect(
        not settled["notes"],
        "Your function has committed what the caller had only added to the session. Whether that "
        "is committed is for the caller to say.",
    )
    expect(
        pending,
        "After your function, an object that the caller had added to the session is no longer in "
        "it. A rollback, `close` and `expunge_all` are for the caller, who opened the session.",
    )
    expect(settled == before, "After your function and a rollback, the tables are not as before.")


def _contents(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """The tables and their rows, as the session's transaction sees them."""
    connection = session.connection()
    return {
        name: [tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')]
        for name in sorted(inspect(connection).get_table_names())
    }


def _ask(
    answer: Any, sandbox: Sandbox, tap: Tap, session: Session, model: Any, names: list[str]
) -> Any:
    try:
        return sandbox.call(answer, session, model, list(names))
    except Exception as error:
        if isinstance(error.__cause__, DBAPIError | DatabaseError):
            if not any(each.reads or each.writes for each in tap.sent):
                raise NotYet(
                    f"{type(error.__cause__).__name__} comes out of your function, and nothing was "
                    "asked of the session that it is given. Ask the session that it is given, not "
                    "`db`: the check, or another program, works in another database."
                ) from error
            if any(_CONCAT.search(each.statement) for each in tap.sent):
                raise NotYet(
                    "Not every database has a concat. And two columns made into one text can be "
                    "equal where the columns differ: compare the columns, not a text made of them."
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
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=ASIDES,
)
