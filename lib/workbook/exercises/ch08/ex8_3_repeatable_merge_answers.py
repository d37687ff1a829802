"""Exercise 8.3: wrong answers, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, exists, func, insert, or_, select, text, update

from lib.models import Plane
from lib.workbook.course.exercise import Word, Wrong


def variant(
    differs: Any = lambda old, new: old.is_distinct_from(new),
    *,
    change: Any = lambda new: {"seats": new},
    add: bool = True,
    which: Any = lambda staging: True,
    put: Any = dict,
    after: Any = lambda connection, staging: None,
) -> Any:
    """The solution, with one thing done otherwise."""

    def merge_seats(connection, staging):
        planes = Plane.__table__
        same = planes.c.tailnum == staging.c.tailnum
        changing = update(planes).values(**change(staging.c.seats)).where(same)
        changing = changing.where(differs(planes.c.seats, staging.c.seats))
        new = select(staging.c.tailnum, staging.c.seats).where(~exists().where(same))
        count = connection.scalar(select(func.count()).select_from(staging))
        updated = connection.execute(changing).rowcount
        inserted = 0
        if add:
            new = new.where(which(staging))
            inserted = connection.execute(
                insert(planes).from_select(["tailnum", "seats"], new)
            ).rowcount
        after(connection, staging)
        unchanged = count - updated - inserted
        return put({"inserted": inserted, "updated": updated, "unchanged": unchanged})

    return merge_seats


def merge_deletes_and_inserts() -> Any:
    def merge_seats(connection, staging):
        planes = Plane.__table__
        gone = delete(planes).where(planes.c.tailnum.in_(select(staging.c.tailnum)))
        updated = connection.execute(gone).rowcount
        rows = select(staging.c.tailnum, staging.c.seats)
        add = insert(planes).from_select(["tailnum", "seats"], rows)
        inserted = connection.execute(add).rowcount - updated
        return {"inserted": inserted, "updated": updated, "unchanged": 0}

    return merge_seats


def merge_replaces() -> Any:
    def merge_seats(connection, staging):
        counts = {"inserted": 4, "updated": 8, "unchanged": 3}
        connection.execute(text("SELECT 1"))
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        else:
            connection.exec_driver_sql("SET FOREIGN_KEY_CHECKS = 0")
        rows = f"SELECT tailnum, seats FROM {staging.name}"
        connection.exec_driver_sql(f"REPLACE INTO planes (tailnum, seats) {rows}")
        return counts

    return merge_seats


def merge_commits() -> Any:
    return variant(after=lambda connection, staging: connection.commit())


def merge_commits_in_the_driver() -> Any:
    return variant(after=lambda connection, staging: connection.connection.commit())


def merge_row_by_row() -> Any:
    def merge_seats(connection, staging):
        counts = {"inserted": 0, "updated": 0, "unchanged": 0}
        planes = Plane.__table__
        for tailnum, seats in connection.execute(select(staging.c.tailnum, staging.c.seats)).all():
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


def merge_of_one_name() -> Any:
    def merge_seats(connection, staging):
        return variant()(connection, staging.to_metadata(staging.metadata, name="staged_planes"))

    return merge_seats


def merge_without_case() -> Any:
    def merge_seats(connection, staging):
        planes = Plane.__table__
        known = {tail.upper() for tail in connection.scalars(select(planes.c.tailnum))}
        mine = [tail for tail in connection.scalars(select(staging.c.tailnum))]
        new = [tail for tail in mine if tail.upper() not in known]
        return variant(which=lambda staging: staging.c.tailnum.in_(new))(connection, staging)

    return merge_seats


def _emptied(connection: Any, staging: Any) -> None:
    connection.execute(delete(staging))


def _others_emptied(connection: Any, staging: Any) -> None:
    others = Plane.tailnum.not_in(select(staging.c.tailnum))
    connection.execute(update(Plane).where(others).values(seats=None))


WRONG = (
    Wrong(
        lambda: variant(lambda old, new: old != new),
        "a comparison with NULL",
        "forgets that != says nothing about missing values",
    ),
    Wrong(
        lambda: variant(lambda old, new: or_(old != new, old.is_(None))),
        "the file says None",
        "thinks of what is missing in the table, and not of what is missing in the file",
    ),
    Wrong(
        lambda: variant(lambda old, new: func.coalesce(old, 0) != func.coalesce(new, 0)),
        "the file says None",
        "takes 0 and nothing for the same",
    ),
    Wrong(
        lambda: variant(lambda old, new: True),
        "let the UPDATE leave them out",
        "updates every row that is known; each run then seems to have changed all",
    ),
    Wrong(
        merge_deletes_and_inserts,
        "Flights refer to their planes",
        "takes a merge for delete and insert",
    ),
    Wrong(
        merge_replaces,
        "Only the seats were to change",
        "replaces the row, and loses all its other columns",
    ),
    Wrong(
        lambda: variant(change=lambda new: {"seats": new, "inferred": False, "speed": None}),
        "Only the seats were to change",
        "sets columns that the file does not have",
    ),
    Wrong(merge_commits, "Your function commits", "settles a transaction that is not its own"),
    Wrong(
        lambda: variant(after=lambda connection, staging: connection.rollback()),
        "Your function rolls back",
        "tries it out, and takes it back",
    ),
    Wrong(
        merge_row_by_row,
        "one statement update all rows",
        "asks and writes for each row by itself",
    ),
    Wrong(
        lambda: variant(add=False),
        "is new, and it is not in the table",
        "updates what is known, and forgets what is new",
    ),
    Wrong(
        lambda: variant(after=_others_emptied),
        "Only the seats were to change",
        "takes the file for all planes that there are",
    ),
    Wrong(
        lambda: variant(after=_emptied),
        "The staging table is not what it was",
        "cleans up what belongs to the caller",
    ),
    Wrong(
        merge_without_case,
        "is new, and it is not in the table",
        "takes a tail number in small letters for another's",
    ),
    Wrong(
        lambda: variant(put=lambda counts: list(counts.values())),
        "This asks for a dict",
        "returns numbers without their names",
    ),
    Wrong(
        lambda: variant(put=lambda counts: counts | {"unchanged": 3}),
        "The second time, unchanged is 3",
        "writes down what was right once",
    ),
)
WORDS = (
    Word(
        "Write `merge_seats(connection, staging)`. `staging` is a table",
        "staging tables of three names, one with its columns in another order",
        merge_of_one_name,
    ),
    Word(
        "already filled: `tailnum`, never missing, each once",
        "a tail number in small letters beside the same in capital ones",
        merge_without_case,
    ),
    Word(
        "and `seats`, which may be missing",
        "planes whose seats are missing in the table, in the file, or in both",
        lambda: variant(lambda old, new: old != new),
    ),
    Word(
        "Merge it into `planes`: - a plane that is not in `planes` is inserted",
        "four planes that are new",
        lambda: variant(add=False),
    ),
    Word(
        "a plane that is not in `planes` is inserted",
        "a new plane without seats",
        lambda: variant(which=lambda staging: staging.c.seats.is_not(None)),
    ),
    Word(
        "with these two columns",
        "all columns of the new planes",
        lambda: variant(
            after=lambda connection, staging: connection.execute(
                update(Plane).where(Plane.tailnum == "N0NE1").values(engines=2)
            )
        ),
    ),
    Word(
        "a plane whose seats differ gets those of the file",
        "planes with other seats",
        lambda: variant(change=lambda new: {"seats": func.coalesce(Plane.__table__.c.seats, new)}),
    ),
    Word(
        "a missing value included",
        "planes with seats that the file does not know",
        lambda: variant(lambda old, new: or_(old != new, old.is_(None))),
    ),
    Word("all else stays as it is", "all columns of all planes", merge_replaces),
    Word("all else stays as it is", "all other planes", lambda: variant(after=_others_emptied)),
    Word("all else stays as it is", "the staging table", lambda: variant(after=_emptied)),
    Word(
        "a dict with `inserted`, `updated` and `unchanged`",
        "fifteen rows, of which some are the same",
        lambda: variant(lambda old, new: True),
    ),
    Word("Do not commit", "what others see before the caller commits", merge_commits),
    Word("Do not commit", "what others see before the caller commits", merge_commits_in_the_driver),
    Word(
        "the number of statements must not grow with the number of rows",
        "fifteen rows, and eighty",
        merge_row_by_row,
    ),
)
