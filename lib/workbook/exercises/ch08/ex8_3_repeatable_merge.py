"""Exercise 8.3: a merge that changes nothing the second time."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    exists,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from lib.database import Database
from lib.models import Flight, Plane
from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function
from lib.workbook.exercises.ch08.ex8_3_repeatable_merge_answers import WORDS, WRONG
from lib.workbook.exercises.ch08.ex8_3_repeatable_merge_right import ALSO_RIGHT
from lib.workbook.exercises.checking import first_line, rows_of, same
from lib.workbook.show.sql import record_sql

# What stands in the table, then what stands in the file: 0 and missing beside each other.
KNOWN = [(150, 150), (None, None), (0, 0), (55, 60), (200, 2), (None, 95), (149, None), (20, None)]
KNOWN += [(0, None), (None, 0), (8, 0)]
FEW = 4  # statements more than for a few rows
ROWS = 80
Seats = Mapping[str, int | None]


def staged(db: Database, rows: Seats, name: str, *, turned: bool = False) -> Table:
    """A staging table of this name with these seats by tail number."""
    columns: list[Column[Any]] = [Column("tailnum", String(6)), Column("seats", Integer)]
    staging = Table(
        name,
        MetaData(),
        *(columns[::-1] if turned else columns),
        mysql_charset="utf8mb4",  # as the workbook's tables
        mysql_collate="utf8mb4_bin",
    )
    with db.engine.begin() as connection:
        staging.create(connection)
        values = [{"tailnum": tailnum, "seats": seats} for tailnum, seats in rows.items()]
        if values:
            connection.execute(insert(staging), values)
    return staging


Whole = dict[str, dict[str, Any]]


def planes_of(db: Database) -> Whole:
    """All planes, with all that is known of them."""
    columns = [column.name for column in Plane.__table__.columns]
    rows = rows_of(db, select(Plane.__table__))
    return {row[0]: dict(zip(columns, row, strict=True)) for row in rows}


def merged(planes: Whole, file: Seats) -> Whole:
    """What the planes should be after the merge."""
    new = {column.name: None for column in Plane.__table__.columns} | {"inferred": False}
    return planes | {
        tail: planes.get(tail, new | {"tailnum": tail}) | {"seats": seats}
        for tail, seats in file.items()
    }


def check_merge(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "merge_seats")
    db = sandbox.db
    file = prepare(db)
    before = planes_of(db)
    flights = rows_of(db, select(func.count()).select_from(Flight))
    staging = staged(db, file, "staged_planes")
    few = expect_merged(answer, sandbox, staging, before, file)
    there = inspect(db.engine).has_table(staging.name)
    left = dict(rows_of(db, select(staging.c.tailnum, staging.c.seats))) if there else {}
    expect(left == file, "The staging table is not what it was: it belongs to the caller.")
    expect(
        rows_of(db, select(func.count()).select_from(Flight)) == flights,
        "Flights are gone that were there before: they refer to their planes.",
    )
    counts = dict(inserted=0, updated=0, unchanged=len(file))
    expect_counts(again(answer, sandbox, staging), counts, "The second time")
    many: Seats = {f"N{number:03d}QX": number for number in range(ROWS)}
    staging = staged(db, many, "planes_of_the_night", turned=True)
    with record_sql(db) as sent:
        found = again(answer, sandbox, staging)
    counts = dict(inserted=ROWS, updated=0, unchanged=0)
    expect_counts(found, counts, f"For {ROWS} new planes")
    expect(
        len(sent) <= few + FEW,
        f"For {len(file)} rows it sends {few} statements, for {ROWS} rows {len(sent)}. Let one "
        "statement update all rows, and one insert all.",
    )
    staging = staged(db, {}, "nothing_new")
    counts = dict(inserted=0, updated=0, unchanged=0)
    expect_counts(again(answer, sandbox, staging), counts, "For a staging table without a row")
    expect_planes(db, merged(merged(before, file), many), many)
    return "That is it. Any number of rows, a handful of statements, and a second run is harmless."


def prepare(db: Database) -> dict[str, int | None]:
    """Give some planes the seats of the check; return what the file says of these and of others."""
    query = select(Plane.tailnum).where(Plane.manufacturer.is_not(None)).order_by(Plane.tailnum)
    tails = [row[0] for row in rows_of(db, query)][100 : 100 + len(KNOWN)]
    with db.engine.begin() as connection:
        for tail, (old, _) in zip(tails, KNOWN, strict=True):
            mine = update(Plane).where(Plane.tailnum == tail)
            connection.execute(mine.values(seats=old, speed=0, engine=""))
    file = {tail: new for tail, (_, new) in zip(tails, KNOWN, strict=True)}
    # In small letters it is another plane.
    return file | {"N0NE1": 12, "N0NE2": None, "N0NE3": 0, tails[0].lower(): 7}


def expect_merged(answer: Any, sandbox: Sandbox, staging: Table, before: Whole, file: Seats) -> int:
    """Expect the first merge; return how many statements it sent."""
    db = sandbox.db
    with db.engine.connect() as connection, record_sql(db) as sent:
        connection.begin()  # it is the caller's; a session that the answer opens on it joins it
        sent.clear()
        found = sandbox.outcome(IntegrityError, answer, connection, staging)
        expect_no_integrity_error(found, sent)
        expect(not connection.closed, "Your function closes the connection, which is the caller's.")
        for word, does in (("COMMIT", "commits"), ("ROLLBACK", "rolls back")):
            expect(
                word not in sent,
                f"Your function {does}. The transaction belongs to the caller.",
            )
        expect(
            planes_of(db) == before,
            "Before the caller has committed, others see what your function has changed: it has "
            "been committed. The transaction belongs to the caller.",
        )
        connection.commit()
    expect_planes(db, merged(before, file), file, before)
    new = set(file) - set(before)
    same = sum(old == new for old, new in KNOWN)
    counts = dict(inserted=len(new), updated=len(KNOWN) - same, unchanged=same)
    expect_counts(found, counts, f"For {len(file)} rows")
    return len(sent)


def again(answer: Any, sandbox: Sandbox, staging: Table) -> Any:
    with sandbox.db.engine.begin() as connection:
        return sandbox.call(answer, connection, staging)


def expect_no_integrity_error(found: Any, sent: list[str]) -> None:
    deletes = [each for each in sent if each.lstrip().upper().startswith(("DELETE", "REPLACE"))]
    expect(
        not isinstance(found, IntegrityError),
        f"An IntegrityError comes out: {first_line(found)}."
        + (
            " Flights refer to their planes: a plane cannot be deleted and inserted again. Update "
            "it where it stands."
            if deletes
            else ""
        ),
    )


def expect_planes(db: Database, wanted: Whole, file: Seats, before: Whole | None = None) -> None:
    """Expect the planes of the file as it says, and all else as it was."""
    now, old = planes_of(db), before or {}
    for tail in file:
        expect(tail in now, f"The plane {tail} is new, and it is not in the table.")
    without_null = all(
        now[tail]["seats"] == (seats if tail not in old else unequal(old[tail]["seats"], seats))
        for tail, seats in file.items()
    )
    for tail, seats in file.items():
        had = f"had {old[tail]['seats']} seats and " if tail in old else ""
        expect(
            now[tail]["seats"] == seats,
            f"The plane {tail} {had}has {now[tail]['seats']}; the file says {seats}."
            + (
                " No plane has changed whose seats are missing in the table or in the file: a "
                "comparison with NULL is neither true nor false, `!=` as `==`."
                if without_null
                else ""
            ),
        )
    for tail, plane in wanted.items():
        expect(tail in now, f"The plane {tail}, which is not in the file, is gone.")
        others = [name for name, value in plane.items() if now[tail][name] != value]
        expect(
            not others,
            f"The plane {tail} has other values than it should have: "
            + ", ".join(f"{name} is {now[tail][name]!r}, not {plane[name]!r}" for name in others)
            + ". Only the seats were to change.",
        )
    more = sorted(set(now) - set(wanted))
    expect(not more, f"There is a plane {', '.join(more[:1])}, which is in no file.")


def unequal(old: int | None, new: int | None) -> int | None:
    """What a plane has when those are updated whose seats are unequal, to `!=` of SQL."""
    return new if old is not None and new is not None else old


def expect_counts(found: Any, wanted: dict[str, int], when: str) -> None:
    expect(found is not None, "The function returns nothing. Return the dict with the counts.")
    expect(
        isinstance(found, dict) and set(found) == set(wanted),
        f"This asks for a dict with inserted, updated and unchanged; it returns {found!r}.",
    )
    for key, count in wanted.items():
        expect(
            same(found[key], count),
            f"{when}, {key} is {found[key]!r}; it should be {count}."
            + (
                " Rows that are the same are unchanged: let the UPDATE leave them out."
                if key == "updated"
                and same(found[key], count + wanted["unchanged"])
                and wanted["unchanged"]
                else ""
            ),
        )


def solution_merge() -> Any:
    def merge_seats(connection, staging):
        planes = Plane.__table__
        same = planes.c.tailnum == staging.c.tailnum
        differs = planes.c.seats.is_distinct_from(staging.c.seats)
        change = update(planes).values(seats=staging.c.seats).where(same, differs)
        new = select(staging.c.tailnum, staging.c.seats).where(~exists().where(same))
        count = connection.scalar(select(func.count()).select_from(staging))
        updated = connection.execute(change).rowcount
        add = insert(planes).from_select(["tailnum", "seats"], new)
        inserted = connection.execute(add).rowcount
        unchanged = count - updated - inserted
        return {"inserted": inserted, "updated": updated, "unchanged": unchanged}

    return merge_seats


EXERCISE = Exercise(
    id="8.3",
    title="A merge that can be repeated",
    check=check_merge,
    hints=(
        "The same two statements as for the airlines: an UPDATE of the planes that differ, an "
        "INSERT of those that have no partner. `Plane.__table__` is the table.",
        "Seats may be missing on either side, in the table or in the file. Which comparison finds "
        "that?",
        "`planes.c.seats.is_distinct_from(staging.c.seats)` finds it. Count the rows of `staging` "
        "with a SELECT; what is neither updated nor inserted is unchanged.",
    ),
    solution=solution_merge,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
)
