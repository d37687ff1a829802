"""Exercise 8.2: a data frame into a table, entirely or not at all."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pandas as pd
from pandas.errors import DatabaseError
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from lib.database import Database
from lib.models import Airline
from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function
from lib.workbook.exercises.ch08.ex8_2_all_or_none_answers import WRONG
from lib.workbook.exercises.ch08.ex8_2_all_or_none_right import ALSO_RIGHT
from lib.workbook.exercises.ch08.ex8_2_all_or_none_words import WORDS
from lib.workbook.exercises.checking import expect_nothing_open, rows_of
from lib.workbook.show.sql import record_sql

LETTERS = "abcdefghijklmnopqrstuvwxyz"
MANY = " ".join(first + second for first in LETTERS for second in LETTERS + LETTERS.upper())


def frame_of(codes: str, *, without_name: str = "", name: str = "Air") -> pd.DataFrame:
    names = [None if code == without_name else f"{name} {code}" for code in codes.split()]
    return pd.DataFrame({"carrier": codes.split(), "name": pd.Series(names, dtype=object)})


def airlines_in(db: Database) -> dict[str, str]:
    return dict(rows_of(db, select(Airline.carrier, Airline.name)))


def check_append(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "append_airlines")
    expect_taken(answer, sandbox, frame_of("X1 X2 X3"), "three new airlines")
    # In small letters it is another code; and an empty frame has no row that could be refused.
    expect_taken(answer, sandbox, frame_of("x1"), "a code in small letters")
    expect_taken(answer, sandbox, frame_of(""), "no row")
    refused = {
        "a code that is taken": frame_of("Y1 Y2 Y3 Y4 X1", name="Other"),
        "a code that is in it twice": frame_of("V1 V2 V3 V1"),
        "a name that is missing": frame_of("Z1 Z2 Z3", without_name="Z3"),
        "more than a thousand rows and a code that is taken": frame_of(f"{MANY} X2"),
    }
    for fault, frame in refused.items():
        expect_refused(answer, sandbox, frame, fault)
    expect_taken(answer, sandbox, frame_of("Y1 Y2"), "new airlines, after some that were refused")
    expect_raised(answer, sandbox)
    return "That is it. The caller hears of three different outcomes, and none of them is half."


def expect_taken(answer: Any, sandbox: Sandbox, frame: pd.DataFrame, what: str) -> None:
    """Expect that all rows of this frame are in the table, beside what was there."""
    db = sandbox.db
    wanted = airlines_in(db) | dict(frame.itertuples(index=False, name=None))
    outcome = sandbox.call(answer, db, frame)
    expect_nothing_open(db, f"After a frame with {what}")
    found = airlines_in(db)
    lacks, strange = sorted(set(wanted) - set(found)), sorted(set(found) - set(wanted))
    expect(
        not lacks and not strange,
        f"After a frame with {what}, the table does not hold the old and the new ones: "
        + (f"it lacks {', '.join(lacks[:5])}." if lacks else f"it has {', '.join(strange[:5])}."),
    )
    expect(found == wanted, f"After a frame with {what}, airlines have other names than before.")
    expect(
        outcome is True,
        f"For a frame with {what}, all rows are in the table, and it returns {outcome!r}, not "
        "True.",
    )


def expect_refused(answer: Any, sandbox: Sandbox, frame: pd.DataFrame, fault: str) -> None:
    """Expect that nothing of this frame is in the table, and that the answer says False."""
    db = sandbox.db
    before = airlines_in(db)
    with record_sql(db) as sent, refusals(db) as refused:
        outcome = sandbox.outcome(Exception, answer, db, frame)
    expect_nothing_open(db, f"After a frame with {fault}")
    after = airlines_in(db)
    left = sorted(set(after) - set(before))
    expect(
        not left and not committed_in_spite(sent),
        f"A frame with {fault} cannot be loaded, and yet its transaction was committed"
        + (f": {', '.join(left[:5])} stay. " if left else ". ")
        + (
            "All rows belong into one transaction of yours, which ends with a rollback when one of "
            "them is refused: what has opened it must see the error."
            if refused
            else "The database has refused nothing: what your function sent was not an INSERT of "
            "all these rows as they are."
        ),
    )
    expect(after == before, f"After a frame with {fault}, the table is not what it was before.")
    expect(
        not isinstance(outcome, DatabaseError),
        f"For a frame with {fault}, a pandas DatabaseError comes out of your function. pandas "
        "wraps what SQLAlchemy raises: catch its error, then look at `__cause__`.",
    )
    expect(
        not isinstance(outcome, Exception),
        f"For a frame with {fault}, a {type(outcome).__name__} comes out; return False.",
    )
    expect(outcome is False, f"For a frame with {fault} it returns {outcome!r}, not False.")


@contextmanager
def refusals(db: Database) -> Iterator[list[object]]:
    """Collect the errors that the database answers in the block."""
    errors: list[object] = []

    def note(context: Any) -> None:
        errors.append(context.original_exception)

    event.listen(db.engine, "handle_error", note)
    try:
        yield errors
    finally:
        event.remove(db.engine, "handle_error", note)


def committed_in_spite(sent: list[str]) -> bool:
    """Tell whether a COMMIT follows the last INSERT, which was refused, with nothing taken back.

    On MySQL a refused INSERT of many rows leaves none of them, so that the table does not show it;
    with more rows than one statement holds, those of the ones before would stay.
    """
    inserts = [each.lstrip().upper().startswith("INSERT") for each in sent]
    if True not in inserts:
        return False
    after = sent[len(inserts) - inserts[::-1].index(True) :]
    return "COMMIT" in after and not any(each.startswith("ROLLBACK") for each in after)


def expect_raised(answer: Any, sandbox: Sandbox) -> None:
    """Expect that what is no broken constraint is an error, and that it leaves nothing."""
    db = sandbox.db
    before = airlines_in(db)
    unknown = "a column that the table has not"
    outcome = sandbox.outcome(Exception, answer, db, frame_of("W1 W2").assign(nickname="Dub"))
    expect_nothing_open(db, f"After a frame with {unknown}")
    expect(
        outcome is not True,
        f"For a frame with {unknown}, it returns True: the rows are in, the column is nowhere, and "
        "nobody hears of it.",
    )
    expect(
        isinstance(outcome, Exception),
        f"For {unknown}, it returns {outcome!r}, as if a row had broken a constraint. That is a "
        "fault in the program: let the error out.",
    )
    strange = frame_of("W3 W4")
    strange["name"] = pd.Series([["a", "list"], {"a": "dict"}], dtype=object)
    odd = sandbox.outcome(Exception, answer, db, strange)
    expect_nothing_open(db, "After a frame with a list for a name")
    expect(
        isinstance(odd, Exception) and not isinstance(odd, IntegrityError),
        "For a frame with a list and a dict for names, which no driver can write, it returns "
        f"{odd!r}: let the error out.",
    )
    expect(airlines_in(db) == before, "A frame that failed has left rows in the table.")


def solution_append() -> Any:
    def append_airlines(db, frame):
        try:
            with db.engine.begin() as connection:
                frame.to_sql("airlines", connection, if_exists="append", index=False)
        except DatabaseError as error:
            if isinstance(error.__cause__, IntegrityError):
                return False
            raise
        return True

    return append_airlines


EXERCISE = Exercise(
    id="8.2",
    title="All of the frame, or none",
    check=check_append,
    hints=(
        "`to_sql` takes a connection in the place of the engine. Who opens it, ends it.",
        "Put the `try` around the whole `with db.engine.begin() as connection:` block, so that the "
        "block sees the error first and rolls back.",
        "`except DatabaseError as error:` then return False only if `error.__cause__` is an "
        "`IntegrityError`, and `raise` otherwise.",
    ),
    solution=solution_append,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
)
