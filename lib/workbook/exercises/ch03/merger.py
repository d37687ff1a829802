"""Exercise 3.5: two statements in one transaction."""

# The solutions are shown to learners as they would type them: without annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Engine, create_engine, delete, event, func, select, text, update
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection

from lib.database import Database
from lib.models import Airline, Flight
from lib.workbook.course import exercise as ex
from lib.workbook.course.exercise import Bench, Exercise, NotYet, Wrong, expect, expect_function
from lib.workbook.exercises.ch03.sent import statements_sent


class _PowerCut(Exception):
    """What the check raises between two statements of the answer."""


def _flights(db: Database, carrier: str) -> int:
    with db.session_scope() as session:
        query = select(func.count()).select_from(Flight).where(Flight.carrier == carrier)
        return session.scalar(query) or 0


def _known(db: Database, carrier: str) -> bool:
    with db.session_scope() as session:
        return session.get(Airline, carrier) is not None


@contextmanager
def _given_back(engine: Engine) -> Iterator[None]:
    """Expect that the block gives back each connection that it takes."""
    taken: list[PoolProxiedConnection] = []

    def note(_raw: Any, _record: Any, connection: PoolProxiedConnection) -> None:
        taken.append(connection)  # and so the garbage collector does not tidy up after the answer

    event.listen(engine, "checkout", note)
    try:
        yield
    finally:
        event.remove(engine, "checkout", note)
        kept = [connection for connection in taken if connection.is_valid]
        for connection in kept:
            connection.close()
    expect(
        not kept,
        "Your function left a connection checked out. Open it in a `with` block, which gives it "
        "back.",
    )


def check_merge(answer: Any, bench: Bench) -> str:
    expect_function(answer, "merge_airlines")
    db = bench.db
    for old, new in (("US", "AA"), ("YV", "UA")):
        _check_merge(answer, bench, old, new)
    before = _flights(db, "9E")
    _cut_at_delete(answer, db, "9E", "DL")
    expect(
        _flights(db, "9E") == before and _known(db, "9E"),
        "The check cut the power between your two statements. The flights were moved already, "
        "and the old airline was still there: half the work. Both statements belong in one "
        "transaction.",
    )
    return "That is it: both statements, or neither."


def _check_merge(answer: Any, bench: Bench, old: str, new: str) -> None:
    db, engine = bench.db, bench.db.engine
    moved, total = _flights(db, old), _flights(db, old) + _flights(db, new)
    with statements_sent(engine) as sent, _given_back(engine):
        returned = bench.call(answer, engine, old, new)
    expect(
        bool(sent),
        "Your function sent nothing through the `engine` that it was given. The check calls it "
        "with an engine of its own, not with the one in `db`.",
    )
    writes = any(words.lstrip().upper().startswith(("UPDATE", "DELETE")) for words, _ in sent)
    if writes and _flights(db, old) == moved and _known(db, old):
        raise NotYet(
            "The statements were sent, and afterwards nothing has changed: the write was lost, "
            "because nobody committed."
        )
    expect(
        _flights(db, old) == 0,
        f"{_flights(db, old):,} flights still belong to {old}; none should.",
    )
    expect(_flights(db, new) == total, f"Flights were lost: {new} has {_flights(db, new):,} now.")
    expect(not _known(db, old), f"The flights have moved, but the airline {old} is still there.")
    expect(
        not any(f"'{old}'" in words or f'"{old}"' in words for words, _ in sent),
        "The code of the airline is written into the SQL. Send it as a bound value.",
    )
    expect(
        returned is not None,
        "The tables are right, but your function returns None; perhaps its last line is no "
        "`return`.",
    )
    ex.expect_type(returned, int, "a whole number, how many flights moved")
    expect(
        returned == moved,
        f"The function returned {returned:,}, but {moved:,} flights moved. Each statement has a "
        "`rowcount` of its own.",
    )


def _cut_at_delete(answer: Any, db: Database, old: str, new: str) -> None:
    """Call the answer with a failure before its DELETE; what it raises is of no interest."""

    def cut(_c: Any, _k: Any, statement: str, _p: Any, _x: Any, _many: bool) -> None:
        if statement.lstrip().upper().startswith("DELETE"):
            raise _PowerCut

    event.listen(db.engine, "before_cursor_execute", cut)
    try:
        with suppress(Exception):
            answer(db.engine, old, new)
    finally:
        event.remove(db.engine, "before_cursor_execute", cut)


def solution_merge() -> Any:
    def merge_airlines(engine, old, new):
        move = text("UPDATE flights SET carrier = :new WHERE carrier = :old")
        remove = text("DELETE FROM airlines WHERE carrier = :old")
        with engine.begin() as connection:
            moved = connection.execute(move, {"old": old, "new": new}).rowcount
            connection.execute(remove, {"old": old})
        return moved

    return merge_airlines


def merge_with_commit() -> Any:
    def merge_airlines(engine, old, new):
        with engine.connect() as connection:
            result = connection.execute(
                update(Flight).where(Flight.carrier == old).values(carrier=new)
            )
            connection.execute(delete(Airline).where(Airline.carrier == old))
            connection.commit()
            return result.rowcount

    return merge_airlines


def merge_with_session() -> Any:
    def merge_airlines(engine, old, new):
        values = {"old": old, "new": new}
        with Session(engine) as session, session.begin():
            move = text("UPDATE flights SET carrier = :new WHERE carrier = :old")
            result: Any = session.execute(move, values)
            session.execute(text("DELETE FROM airlines WHERE carrier = :old"), values)
        return result.rowcount

    return merge_airlines


def merge_without_commit() -> Any:
    def merge_airlines(engine, old, new):
        move = text("UPDATE flights SET carrier = :new WHERE carrier = :old")
        remove = text("DELETE FROM airlines WHERE carrier = :old")
        with engine.connect() as connection:
            moved = connection.execute(move, {"old": old, "new": new}).rowcount
            connection.execute(remove, {"old": old})
        return moved

    return merge_airlines


def merge_in_two_transactions() -> Any:
    def merge_airlines(engine, old, new):
        move = text("UPDATE flights SET carrier = :new WHERE carrier = :old")
        remove = text("DELETE FROM airlines WHERE carrier = :old")
        with engine.begin() as connection:
            moved = connection.execute(move, {"old": old, "new": new}).rowcount
        with engine.begin() as connection:
            connection.execute(remove, {"old": old})
        return moved

    return merge_airlines


def merge_counting_the_last() -> Any:
    def merge_airlines(engine, old, new):
        move = text("UPDATE flights SET carrier = :new WHERE carrier = :old")
        remove = text("DELETE FROM airlines WHERE carrier = :old")
        with engine.begin() as connection:
            result = connection.execute(move, {"old": old, "new": new})
            result = connection.execute(remove, {"old": old})
        return result.rowcount

    return merge_airlines


def merge_without_delete() -> Any:
    def merge_airlines(engine, old, new):
        move = text("UPDATE flights SET carrier = :new WHERE carrier = :old")
        with engine.begin() as connection:
            return connection.execute(move, {"old": old, "new": new}).rowcount

    return merge_airlines


def merge_in_the_chapter() -> Any:
    chapter_engine = create_engine("sqlite://")  # stands for db.engine: not the one it is given

    def merge_airlines(engine, old, new):
        with chapter_engine.begin() as connection:
            return connection.execute(text("SELECT 1")).rowcount

    return merge_airlines


def merge_without_return() -> Any:
    def merge_airlines(engine, old, new):
        values = {"old": old, "new": new}
        move = text("UPDATE flights SET carrier = :new WHERE carrier = :old")
        with engine.begin() as connection:
            connection.execute(move, values)
            connection.execute(text("DELETE FROM airlines WHERE carrier = :old"), values)

    return merge_airlines


def merge_left_open() -> Any:
    def merge_airlines(engine, old, new):
        connection = engine.connect()
        values = {"old": old, "new": new}
        move = text("UPDATE flights SET carrier = :new WHERE carrier = :old")
        moved = connection.execute(move, values).rowcount
        connection.execute(text("DELETE FROM airlines WHERE carrier = :old"), values)
        connection.commit()
        return moved

    return merge_airlines


EXERCISE = Exercise(
    id="3.5",
    title="Two airlines become one",
    check=check_merge,
    hints=(
        "`with engine.begin() as connection:` is one transaction. Everything that must "
        "happen together goes into this one block.",
        "First an UPDATE that gives the flights to the new airline, then a DELETE of the old "
        "one. The other order breaks a foreign key.",
        "`connection.execute(...)` of the UPDATE returns a result; its `rowcount` is the "
        "number of flights that moved.",
    ),
    solution=solution_merge,
    also_right=(merge_with_commit, merge_with_session),
    wrong=(
        Wrong(
            merge_without_commit,
            "the write was lost",
            "expects connect() to commit at the end of the block",
        ),
        Wrong(
            merge_in_two_transactions,
            "cut the power",
            "one transaction for each statement: a failure between them leaves half the work",
        ),
        Wrong(
            merge_counting_the_last,
            "a `rowcount` of its own",
            "returns what the DELETE changed, not what the UPDATE changed",
        ),
        Wrong(
            merge_without_delete,
            "is still there",
            "does the first half of the task only",
        ),
        Wrong(
            merge_in_the_chapter,
            "sent nothing through",
            "uses a global engine, where the function is given one",
        ),
        Wrong(merge_without_return, "returns None", "does the work, and forgets to report it"),
        Wrong(
            merge_left_open,
            "left a connection checked out",
            "commits, but never gives the connection back to the pool",
        ),
    ),
)
