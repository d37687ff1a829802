"""Exercise 8.6: of two rows with one key, the one that was written later wins."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    MetaData,
    String,
    Table,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from lib.database import Database
from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function
from lib.workbook.exercises.ch08.ex8_6_newer_row_answers import WORDS, WRONG
from lib.workbook.exercises.ch08.ex8_6_newer_row_right import ALSO_RIGHT
from lib.workbook.exercises.checking import first_line, rows_of, same
from lib.workbook.show.sql import record_sql

Rows = dict[str, tuple[str | None, datetime | None]]  # by the gate: airline and changed


def at(day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2013, 1, day, hour, minute)


# By gate: what stands in the table, what is staged. Times that sort otherwise as texts without
# a zero in front; an airline that is later in the alphabet and older in time, and the other way.
BOTH: dict[str, tuple[tuple[str | None, datetime | None], tuple[str | None, datetime]]] = {
    "A1": (("DL", at(9, 9)), ("UA", at(9, 10))),
    "A2": (("AA", at(10)), ("UA", at(9))),
    "A3": (("UA", at(10)), ("AA", at(10))),
    "A4": (("UA", None), ("DL", at(1))),
    "A5": (("UA", at(10)), ("UA", at(11))),
    "A6": (("UA", at(10)), (None, at(10, 12, 1))),
    "A7": ((None, at(10)), ("B6", at(11))),
    "A8": ((None, None), (None, at(2))),
    "A9": (("UA", at(10)), ("UA", at(10))),
    "B1": (("UA", at(10)), ("UA", at(9))),
    "B2": (("WN", at(10)), (None, at(9, 23))),
}
ONLY_HERE: Rows = {"C1": ("AA", at(1)), "C2": (None, None)}
ONLY_STAGED: Rows = {"D1": ("B6", at(1)), "D2": (None, at(20)), "a1": ("HA", at(3))}
HAD: Rows = {gate: had for gate, (had, _) in BOTH.items()} | ONLY_HERE
STAGED: Rows = {gate: new for gate, (_, new) in BOTH.items()} | ONLY_STAGED
COUNTS = ("inserted", "updated", "unchanged")


def is_newer(had: datetime | None, staged: datetime | None) -> bool:
    return staged is not None and (had is None or staged > had)


def merged(table: Rows, staged: Rows) -> Rows:
    """What the table should hold after the merge."""
    wins = {
        gate: row
        for gate, row in staged.items()
        if gate not in table or is_newer(table[gate][1], row[1])
    }
    return table | wins


def made(db: Database, name: str, rows: Rows) -> Table:
    """Return a table of gates with these rows; one of this name that is there is dropped."""
    table = Table(
        name,
        MetaData(),
        Column("gate", String(4), primary_key=True),
        Column("airline", String(2)),
        Column("changed", DateTime),
        mysql_charset="utf8mb4",  # as the workbook's tables
        mysql_collate="utf8mb4_bin",
    )
    with db.engine.begin() as connection:
        table.drop(connection, checkfirst=True)
        table.create(connection)
        values = [
            {"gate": gate, "airline": airline, "changed": changed}
            for gate, (airline, changed) in rows.items()
        ]
        if values:
            connection.execute(insert(table), values)
    return table


def found_in(db: Database, table: Table) -> Rows:
    return {
        gate: (airline, changed)
        for gate, airline, changed in rows_of(
            db, select(table.c.gate, table.c.airline, table.c.changed)
        )
    }


def check_merge_newer(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "merge_newer")
    db = sandbox.empty
    gates, staging = made(db, "gates_now", HAD), made(db, "gates_tonight", STAGED)
    wanted = merged(HAD, STAGED)
    updated = sum(is_newer(had[1], new[1]) for had, new in BOTH.values())
    counts = (len(ONLY_STAGED), updated, len(BOTH) - updated)
    with record_sql(db) as sent, db.engine.connect() as connection:
        found = sandbox.outcome(IntegrityError, answer, connection, gates, staging)
        expect(
            not isinstance(found, IntegrityError),
            f"The database refuses: {first_line(found)}. A gate that is in `gates` is not inserted "
            "again.",
        )
        expect(not connection.closed, "Your function closes the connection, which is the caller's.")
        for word, does in (("COMMIT", "commits"), ("ROLLBACK", "rolls back")):
            expect(
                word not in sent,
                f"Your function {does}. The transaction belongs to the caller.",
            )
        expect(
            found_in(db, gates) == HAD,
            "Before the caller has committed, others see what your function has changed: it has "
            "been committed. The transaction belongs to the caller.",
        )
        connection.commit()
    expect_rows(found_in(db, gates), wanted)
    expect(
        found_in(db, staging) == STAGED,
        "The staging table is not what it was: it belongs to the caller.",
    )
    expect_counts(found, counts, f"For {len(STAGED)} staged rows")
    again = call(answer, sandbox, gates, staging)
    expect_rows(found_in(db, gates), wanted, "After a second run, ")
    expect_counts(again, (0, 0, len(STAGED)), "For the same rows once more")
    older: Rows = {gate: ("ZZ", at(1, 0)) for gate, row in wanted.items() if row[1] is not None}
    found = call(answer, sandbox, gates, made(db, "gates_of_old", older))
    expect_rows(found_in(db, gates), wanted, "A file comes in which all is older: after it, ")
    expect_counts(found, (0, 0, len(older)), "For a file in which all is older")
    empty = call(answer, sandbox, gates, made(db, "gates_of_nobody", {}))
    expect_counts(empty, (0, 0, 0), "For a staging table without a row")
    return "That is it. In whatever order the files arrive, the newest row stays."


def call(answer: Any, sandbox: Sandbox, gates: Table, staging: Table) -> Any:
    with sandbox.empty.engine.begin() as connection:
        return sandbox.call(answer, connection, gates, staging)


def expect_rows(now: Rows, wanted: Rows, when: str = "") -> None:
    """Expect these rows in the table; say of the first that differs what it was and what came."""
    for gate, right in wanted.items():
        if gate not in now:
            where = "is staged only, and is not inserted" if gate in ONLY_STAGED else "is gone"
            expect(False, f"{when}the gate {gate} {where}.")
        history = ""
        if gate in BOTH and not when:
            had, staged = BOTH[gate]
            history = f" It had {told(had)}; staged is {told(staged)}."
        expect(
            now[gate] == right,
            f"{when}the gate {gate} has {told(now[gate])}; {told(right)} is right.{history}"
            + (f" {reason(gate)}" if history else ""),
        )
    more = sorted(set(now) - set(wanted))
    expect(not more, f"{when}there is a gate {', '.join(more[:1])}, which is in neither table.")


def reason(gate: str) -> str:
    """The rule of the task that this gate is about."""
    had, staged = BOTH[gate]
    if had[1] is None:
        return (
            "Where `changed` is missing in `gates`, the staged row is the newer one. Compared with "
            "NULL, nothing is later."
        )
    if staged[1] > had[1]:
        return "The staged row was written later: `airline` and `changed` are to be its own."
    if staged[1] == had[1]:
        return "Both were written at the same time: the staged row is not newer."
    return "The staged row was written earlier: it is not to win."


def told(row: tuple[str | None, datetime | None]) -> str:
    airline, changed = row
    return f"{airline or 'no airline'} of {changed or 'no time'}"


def expect_counts(found: Any, wanted: tuple[int, int, int], when: str) -> None:
    expect(found is not None, "The function returns nothing. Return the dict with the counts.")
    expect(
        isinstance(found, dict) and set(found) == set(COUNTS),
        f"A dict with inserted, updated and unchanged is asked for; it returns {found!r:.80}.",
    )
    for name, right in zip(COUNTS, wanted, strict=True):
        expect(same(found[name], right), f"{when}, {name} is {found[name]!r}; {right} is right.")


def solution_merge_newer() -> Any:
    def merge_newer(connection, gates, staging):
        same = gates.c.gate == staging.c.gate
        newer = (staging.c.changed > gates.c.changed) | gates.c.changed.is_(None)
        change = update(gates).values(airline=staging.c.airline, changed=staging.c.changed)
        columns = staging.c.gate, staging.c.airline, staging.c.changed
        new = select(*columns).where(~exists().where(same))
        rows = connection.scalar(select(func.count()).select_from(staging))
        updated = connection.execute(change.where(same, newer)).rowcount
        add = insert(gates).from_select(["gate", "airline", "changed"], new)
        inserted = connection.execute(add).rowcount
        return dict(inserted=inserted, updated=updated, unchanged=rows - inserted - updated)

    return merge_newer


EXERCISE = Exercise(
    id="8.6",
    title="The newer row wins",
    check=check_merge_newer,
    hints=(
        "The merge of this chapter, with another condition in its UPDATE: not whether the rows "
        "differ, but which was written later.",
        "`staging.c.changed > gates.c.changed` says nothing where `gates` has no time: add that "
        "case with `|` and `is_(None)`.",
        "`rowcount` of the UPDATE and of the INSERT are two of the counts; the third is what is "
        "left of the staged rows.",
    ),
    solution=solution_merge_newer,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
)
