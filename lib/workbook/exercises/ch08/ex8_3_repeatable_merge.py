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
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from lib.database import Database
from lib.models import Plane
from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch08.looking import result_or_error, rows_of
from lib.workbook.show.sql import record_sql

# What stands in the table, then what stands in the file.
KNOWN = [(150, 150), (None, None), (8, 8), (55, 60), (200, 2), (None, 95), (149, None), (20, None)]


def staged(db: Database, rows: Mapping[str, int | None]) -> Table:
    """A staging table with these seats by tail number."""
    columns = Column("tailnum", String(6)), Column("seats", Integer)
    staging = Table("staged_planes", MetaData(), *columns)
    with db.engine.begin() as connection:
        staging.drop(connection, checkfirst=True)
        staging.create(connection)
        values = [{"tailnum": tailnum, "seats": seats} for tailnum, seats in rows.items()]
        connection.execute(insert(staging), values)
    return staging


def seats_of(db: Database) -> dict[str, int | None]:
    return {row[0]: row[1] for row in rows_of(db, select(Plane.tailnum, Plane.seats))}


def check_merge(answer: Any, bench: Bench) -> str:
    expect_function(answer, "merge_seats")
    db = bench.db
    tails = [row[0] for row in rows_of(db, select(Plane.tailnum).order_by(Plane.tailnum))]
    tails = tails[100 : 100 + len(KNOWN)]
    for tail, (old, _) in zip(tails, KNOWN, strict=True):
        db.execute([update(Plane).where(Plane.tailnum == tail).values(seats=old)])
    file = {tail: new for tail, (_, new) in zip(tails, KNOWN, strict=True)}
    file |= {"N0NE1": 12, "N0NE2": None}
    before = seats_of(db)
    staging = staged(db, file)

    with record_sql(db) as sent, db.engine.connect() as connection:
        found = result_or_error(bench, IntegrityError, answer, connection, staging)
        expect(
            not isinstance(found, IntegrityError),
            "An IntegrityError comes out. Flights refer to their planes: a plane cannot be deleted "
            "and inserted again. Update it where it stands.",
        )
        expect(
            "COMMIT" not in sent,
            "Your function commits. The transaction belongs to whoever opened the connection.",
        )
        expect(
            not any(statement.startswith("ROLLBACK") for statement in sent),
            "Your function rolls back. The transaction belongs to whoever opened the connection.",
        )
        connection.commit()
    few = len(sent)
    _expect_seats(before, seats_of(db), file)
    _expect_counts(found, inserted=2, updated=5, unchanged=3)

    with db.engine.begin() as connection:
        again = bench.call(answer, connection, staging)
    _expect_counts(again, inserted=0, updated=0, unchanged=10)

    many = {f"N{number:03d}QX": number for number in range(80)}
    staging = staged(db, many)
    with record_sql(db) as sent, db.engine.begin() as connection:
        found = bench.call(answer, connection, staging)
    _expect_counts(found, inserted=80, updated=0, unchanged=0)
    expect(
        len(sent) <= few + 4,
        f"For {len(file)} rows it sends {few} statements, for {len(many)} rows {len(sent)}. Let "
        "one statement update all rows, and one insert all.",
    )
    return "That is it. Any number of rows, a handful of statements, and a second run is harmless."


def _expect_seats(
    before: dict[str, int | None], now: dict[str, int | None], file: dict[str, int | None]
) -> None:
    for tail, wanted in file.items():
        expect(tail in now, f"The plane {tail} is new, and it is not in the table.")
        if tail in before and (before[tail] is None or wanted is None) and now[tail] != wanted:
            expect(
                False,
                f"The plane {tail} had {before[tail]} seats and has {now[tail]}; the file says "
                f"{wanted}. A comparison with NULL is neither true nor false: `!=` does not find "
                "it.",
            )
        expect(
            now[tail] == wanted,
            f"The plane {tail} has {now[tail]} seats; the file says {wanted}.",
        )
    others = {tail: seats for tail, seats in before.items() if tail not in file}
    expect(
        others.items() <= now.items() and len(now) == len(others) + len(file),
        "A plane that is not in the file has changed, or is gone.",
    )


def _expect_counts(found: Any, **wanted: int) -> None:
    expect(found is not None, "The function returns nothing. Return the dict with the counts.")
    expect(
        isinstance(found, dict) and set(found) == set(wanted),
        f"This asks for a dict with inserted, updated and unchanged; it returns {found!r}.",
    )
    expect(
        sum(found.values()) == sum(wanted.values()),
        f"The staging table has {sum(wanted.values())} rows; the counts do not add up to that: "
        f"{found!r}.",
    )
    expect(
        found["updated"] <= wanted["updated"],
        f"It says that {found['updated']} planes were updated; {wanted['updated']} differ. Rows "
        "that are the same are unchanged: let the UPDATE leave them out.",
    )
    expect(found == wanted, f"The counts are {found!r}; expected are {wanted!r}.")


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


def merge_in_python() -> Any:
    def merge_seats(connection, staging):
        staged_rows = connection.execute(select(staging.c.tailnum, staging.c.seats)).all()
        known = dict(connection.execute(select(Plane.tailnum, Plane.seats)).all())
        planes = Plane.__table__
        new = [{"tailnum": t, "seats": s} for t, s in staged_rows if t not in known]
        changed = [{"key": t, "now": s} for t, s in staged_rows if t in known and known[t] != s]
        if new:
            connection.execute(insert(planes), new)
        if changed:
            mine = planes.c.tailnum == bindparam("key")
            connection.execute(update(planes).where(mine).values(seats=bindparam("now")), changed)
        unchanged = len(staged_rows) - len(new) - len(changed)
        return {"inserted": len(new), "updated": len(changed), "unchanged": unchanged}

    return merge_seats


def _merge_where(condition: Any) -> Any:
    """The solution, with another idea of which rows differ."""

    def merge_seats(connection, staging):
        planes = Plane.__table__
        same = planes.c.tailnum == staging.c.tailnum
        change = update(planes).values(seats=staging.c.seats)
        change = change.where(same, condition(planes.c.seats, staging.c.seats))
        new = select(staging.c.tailnum, staging.c.seats).where(~exists().where(same))
        count = connection.scalar(select(func.count()).select_from(staging))
        updated = connection.execute(change).rowcount
        add = insert(planes).from_select(["tailnum", "seats"], new)
        inserted = connection.execute(add).rowcount
        unchanged = count - updated - inserted
        return {"inserted": inserted, "updated": updated, "unchanged": unchanged}

    return merge_seats


def merge_unequal() -> Any:
    return _merge_where(lambda old, new: old != new)


def merge_touches_all() -> Any:
    return _merge_where(lambda old, new: True)


def merge_replaces() -> Any:
    def merge_seats(connection, staging):
        planes = Plane.__table__
        gone = delete(planes).where(planes.c.tailnum.in_(select(staging.c.tailnum)))
        updated = connection.execute(gone).rowcount
        rows = select(staging.c.tailnum, staging.c.seats)
        add = insert(planes).from_select(["tailnum", "seats"], rows)
        inserted = connection.execute(add).rowcount - updated
        return {"inserted": inserted, "updated": updated, "unchanged": 0}

    return merge_seats


def merge_commits() -> Any:
    def merge_seats(connection, staging):
        result = solution_merge()(connection, staging)
        connection.commit()
        return result

    return merge_seats


def merge_row_by_row() -> Any:
    def merge_seats(connection, staging):
        counts = {"inserted": 0, "updated": 0, "unchanged": 0}
        planes = Plane.__table__
        for tailnum, seats in connection.execute(select(staging)).all():
            mine = planes.c.tailnum == tailnum
            row = connection.execute(select(planes.c.seats).where(mine)).one_or_none()
            if row is None:
                connection.execute(insert(planes).values(tailnum=tailnum, seats=seats))
                counts["inserted"] += 1
            elif row.seats != seats:
                connection.execute(update(planes).where(mine).values(seats=seats))
                counts["updated"] += 1
            else:
                counts["unchanged"] += 1
        return counts

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
    also_right=(merge_in_python,),
    wrong=(
        Wrong(
            merge_unequal,
            "A comparison with NULL",
            "forgets that != says nothing about missing values",
        ),
        Wrong(
            merge_touches_all,
            "let the UPDATE leave them out",
            "updates every row that is known; each run then seems to have changed all",
        ),
        Wrong(
            merge_replaces,
            "Flights refer to their planes",
            "takes a merge for delete and insert",
        ),
        Wrong(merge_commits, "Your function commits", "settles a transaction that is not its own"),
        Wrong(
            merge_row_by_row,
            "one statement update all rows",
            "asks and writes for each row by itself",
        ),
    ),
)
