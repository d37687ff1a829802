"""Exercise 8.6: wrong answers, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, exists, func, insert, or_, select, true, update

from lib.workbook.course.exercise import Word, Wrong


def later(gates: Any, staging: Any) -> Any:
    return or_(staging.c.changed > gates.c.changed, gates.c.changed.is_(None))


def variant(
    newer: Any = later,
    *,
    change: tuple[str, ...] = ("airline", "changed"),
    add: Any = ("gate", "airline", "changed"),
    which: Any = lambda gates, staging: true(),
    put: Any = dict,
    after: Any = lambda connection, gates, staging: None,
) -> Any:
    """The solution, with one thing done otherwise."""

    def merge_newer(connection, gates, staging):
        same = gates.c.gate == staging.c.gate
        changing = update(gates).values({name: staging.c[name] for name in change})
        rows = connection.scalar(select(func.count()).select_from(staging))
        updated = connection.execute(changing.where(same, newer(gates, staging))).rowcount
        inserted = 0
        if add:
            new = select(*[staging.c[name] for name in add]).where(~exists().where(same))
            new = new.where(which(gates, staging))
            inserted = connection.execute(insert(gates).from_select(list(add), new)).rowcount
        after(connection, gates, staging)
        return put(inserted=inserted, updated=updated, unchanged=rows - inserted - updated)

    return merge_newer


def merge_newer_all_again() -> Any:
    def merge_newer(connection, gates, staging):
        connection.execute(insert(gates).from_select(staging.c.keys(), select(staging)))
        return {"inserted": 0, "updated": 0, "unchanged": 0}

    return merge_newer


def merge_newer_replaces_all() -> Any:
    def merge_newer(connection, gates, staging):
        connection.execute(delete(gates))
        connection.execute(insert(gates).from_select(staging.c.keys(), select(staging)))
        return {"inserted": 3, "updated": 6, "unchanged": 5}

    return merge_newer


def _whatever_differs(gates: Any, staging: Any) -> Any:
    return gates.c.airline.is_distinct_from(staging.c.airline)


def _newer_and_different(gates: Any, staging: Any) -> Any:
    return later(gates, staging) & _whatever_differs(gates, staging)


def _commit(connection: Any, _gates: Any, _staging: Any) -> None:
    connection.commit()


def _empty(connection: Any, _gates: Any, staging: Any) -> None:
    connection.execute(delete(staging))


def _tidy(connection: Any, gates: Any, staging: Any) -> None:
    connection.execute(delete(gates).where(gates.c.gate.not_in(select(staging.c.gate))))


WRONG = (
    Wrong(
        lambda: variant(_whatever_differs),
        "The staged row was written earlier: it is not to win",
        "updates what differs, as the merge before: the last file wins",
    ),
    Wrong(
        lambda: variant(lambda gates, staging: staging.c.changed > gates.c.changed),
        "Compared with NULL, nothing is later",
        "forgets that a comparison with NULL is unknown",
    ),
    Wrong(
        lambda: variant(
            lambda gates, staging: or_(
                staging.c.changed >= gates.c.changed, gates.c.changed.is_(None)
            )
        ),
        "Both were written at the same time",
        "takes the same time for later; the file that comes last wins then",
    ),
    Wrong(
        lambda: variant(
            lambda gates, staging: or_(
                staging.c.changed < gates.c.changed, gates.c.changed.is_(None)
            )
        ),
        "UA of 2013-01-09 10:00:00 is right",
        "compares the wrong way round",
    ),
    Wrong(
        lambda: variant(change=("airline",)),
        "`airline` and `changed` are to be its own",
        "takes the value and not its time: the next older file wins",
    ),
    Wrong(
        lambda: variant(_newer_and_different),
        "of 2013-01-11 12:00:00 is right",
        "leaves the old time where the airline is the same",
    ),
    Wrong(
        lambda: variant(add=()),
        "is staged only, and is not inserted",
        "updates, and forgets what is new",
    ),
    Wrong(
        merge_newer_all_again,
        "A gate that is in `gates` is not inserted again",
        "inserts all that is staged",
    ),
    Wrong(
        merge_newer_replaces_all,
        "the gate A2 has",
        "replaces the table by the file",
    ),
    Wrong(
        lambda: variant(after=_commit),
        "Your function commits",
        "ends a transaction that it did not begin",
    ),
    Wrong(
        lambda: variant(put=lambda **counts: None),
        "The function returns nothing",
        "does the work, and does not tell",
    ),
)
WORDS = (
    Word(
        "`gates` and `staging` are two tables of the check",
        "tables of other names, filled for each call",
        lambda: variant(after=_empty),
    ),
    Word(
        "with the columns `gate`, never missing, each once; `airline`; and `changed`",
        "rows with and without an airline",
        lambda: variant(which=lambda gates, staging: staging.c.airline.is_not(None)),
    ),
    Word("Write `merge_newer(connection, gates, staging)`", "four calls", merge_newer_all_again),
    Word("merges `staging` into `gates`", "what others see afterwards", lambda: variant(add=())),
    Word(
        "a gate that is not in `gates` is inserted, as it is staged",
        "three gates that are staged only, one of them old",
        lambda: variant(add=("gate", "airline")),
    ),
    Word(
        "a gate that is not in `gates` is inserted",
        "the gates A1 and a1",
        lambda: variant(which=lambda gates, staging: staging.c.gate == func.upper(staging.c.gate)),
    ),
    Word(
        "a gate that is there gets the staged `airline` and `changed`",
        "a newer row with the same airline",
        lambda: variant(_newer_and_different),
    ),
    Word(
        "a gate that is there gets the staged `airline` and `changed`",
        "a newer row with another airline, and an older file after it",
        lambda: variant(change=("airline",)),
    ),
    Word(
        "if the staged row was written later",
        "rows of the same time",
        lambda: variant(
            lambda gates, staging: or_(
                staging.c.changed >= gates.c.changed, gates.c.changed.is_(None)
            )
        ),
    ),
    Word("all else stays as it is", "two gates that are not staged", lambda: variant(after=_tidy)),
    Word(
        "In `gates`, `changed` may be missing: then the staged row is the newer one",
        "two gates without a time",
        lambda: variant(lambda gates, staging: staging.c.changed > gates.c.changed),
    ),
    Word("Do not commit", "a look from outside", lambda: variant(after=_commit)),
    Word(
        "a dict with `inserted`, `updated` and `unchanged`",
        "what is returned",
        lambda: variant(put=lambda **counts: tuple(counts.values())),
    ),
    Word(
        "how many staged rows were new, newer, neither",
        "the counts of four merges",
        lambda: variant(put=lambda **counts: counts | {"unchanged": 0}),
    ),
)
