"""How the answers to exercise 7.2 are judged."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from lib.database import Database
from lib.workbook.course.exercise import Bench, expect, expect_function
from lib.workbook.exercises.ch07.running import (
    columns_of,
    first_line,
    for_mysql,
    make,
    put,
    rows_of,
    run,
    type_for_mysql,
)

ROUTES = sa.Table(
    "routes",
    sa.MetaData(),
    sa.Column("carrier", sa.String(2), primary_key=True),
    sa.Column("origin", sa.String(3), primary_key=True),
    sa.Column("dest", sa.String(3), primary_key=True),
    sa.Column("flights", sa.Integer(), nullable=False),
)
ROWS = [("UA", "EWR", "IAH", 340), ("DL", "LGA", "ATL", 101), ("B6", "JFK", "BQN", 100)]
ROWS += [("HA", "JFK", "HNL", 31), ("OO", "LGA", "ORD", 1)]
STEPS = "Three steps: add it so that it may be empty, fill it, then forbid it to be empty."


def check_add_busy(answer: Any, bench: Bench) -> str:
    expect_function(answer, "add_busy")
    with Database("sqlite://") as lite:  # its rules are the stricter ones: always asked first
        judge_on(lite, answer, bench)
    script, refusal = for_mysql(answer)
    expect(
        "existing type" not in refusal,
        "On MySQL it fails: there the change repeats the column's definition. Give "
        "`existing_type`.",
    )
    repeated = type_for_mysql(script, "busy")
    expect(
        repeated in ("", "BOOL", "BOOLEAN", "TINYINT(1)"),
        f"On MySQL the change repeats the column's definition, and `busy` would become {repeated}. "
        "`existing_type` must be the type that the column has.",
    )
    if bench.empty.dialect.name != "sqlite":
        judge_on(bench.empty, answer, bench)
    return "That is it. Each row has its own value, and none can come without."


def judge_on(db: Database, answer: Any, bench: Bench) -> None:
    make(db, ROUTES)
    put(db, ROUTES, *ROWS)
    error = run(bench, db, answer)
    expect(
        not isinstance(error, NotImplementedError) and 'near "ALTER"' not in str(error),
        "SQLite cannot change a column in place; use `op.batch_alter_table`.",
    )
    # A table that is rebuilt refuses too, when its rows are copied: with the column, or without.
    copied = "NOT NULL constraint" in str(error) and "busy" in str(getattr(error, "statement", ""))
    expect(
        not copied,
        "The step that forbids it to be empty is refused: some routes still have no `busy`. An "
        "UPDATE with `WHERE` fills some rows; the others are still NULL, which is not false.",
    )
    expect(
        error is None or "NOT NULL" not in str(error),
        f"The database refuses: {len(ROWS)} rows are there, and there is no value to put into "
        f"their new column. {STEPS}",
    )
    expect(error is None, f"Your function fails with {first_line(error) if error else ''}")
    columns = columns_of(db, "routes")
    expect(columns, "The table `routes` is not there any more.")
    expect("busy" in columns, f"`routes` has no column `busy`. It has: {', '.join(columns)}.")
    kept = rows_of(db, "routes", "carrier", "origin", "dest", "flights")
    expect(
        set(columns) == {"carrier", "origin", "dest", "flights", "busy"} and kept == sorted(ROWS),
        "The rows of `routes` are not what they were: only `busy` was to come.",
    )
    expect_filled(db)
    if db.dialect.name == "sqlite":  # MySQL has no Boolean, and calls it TINYINT(1)
        kind = columns["busy"]["type"]
        expect(isinstance(kind, sa.Boolean), f"`busy` is of type {kind}, not a Boolean.")
    expect(
        not columns["busy"]["nullable"],
        "`busy` may still be empty: the last of the three steps is missing.",
    )
    expect(
        not takes_a_route_without(db),
        "A new route without `busy` is taken, and gets a default that may be wrong for it. Remove "
        "the default when the old rows are filled.",
    )


def expect_filled(db: Database) -> None:
    """Expect the right value in each row."""
    found = {row[0]: row[1] for row in rows_of(db, "routes", "flights", "busy")}
    missing = [flights for flights, busy in found.items() if busy is None]
    expect(not missing, f"{len(missing)} of {len(ROWS)} routes have no `busy`. {STEPS}")
    texts = [busy for busy in found.values() if isinstance(busy, str)]
    expect(
        not texts,
        f"`busy` holds {texts[:1]}: text, not a Boolean. In quotation marks, the word is a text, "
        "and SQLite keeps it as such. A comparison has a truth value.",
    )
    other = [busy for busy in found.values() if busy not in (0, 1)]
    expect(not other, f"`busy` holds {other[:1]}: a Boolean is 0 or 1 in both databases.")
    expect(
        any(found.values()),
        f"No route is busy: nobody has filled the column, the database has put 0 into it. {STEPS}",
    )
    for flights, busy in found.items():
        expect(
            bool(busy) == (flights > 100),
            f"A route with {flights} flights has busy = {bool(busy)}. Busy is more than 100.",
        )


def takes_a_route_without(db: Database) -> bool:
    """Tell whether the database lets somebody forget the new column."""
    forgets = "INSERT INTO routes (carrier, origin, dest, flights) VALUES ('ZZ', 'JFK', 'LAX', 500)"
    try:
        db.execute([forgets])
    except DBAPIError:
        return False
    return True
