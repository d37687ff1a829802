"""Which rows of a file and of the table are the same, which of two is newer, which have gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

from lib.database.dialects import dialect_of
from lib.database.savepoint import savepoint
from lib.errors import PipelineError, check_word
from lib.load.doubt import Doubts
from lib.load.fit import Fit, uniques
from lib.load.merge import same_key
from lib.load.report import LoadReport
from lib.load.rules import Rule

Vanished = Literal["keep", "delete", "mark"]
MAX_LINES = 500  # in one statement


@dataclass(frozen=True)
class Match:
    """How a load meets the rows that are there.

    `key` are the columns of a unique constraint, instead of the table's own key; of two rows of one
    key the one with the greater `newest_by` stays; rows that the file no longer has are kept,
    deleted, or marked in the column that says so: `mapped_column(info={"vanished": True})`, a
    DateTime that may be missing, or a Boolean.
    """

    key: tuple[str, ...] = ()
    newest_by: str | None = None
    vanished: Vanished = "keep"

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What must hold for a row to be matched so."""
        if self.newest_by is None:
            return ()
        return (Rule(self.newest_by, "missing: it tells which row is newer", pc.is_null),)

    def check(self, table: Table, names: Sequence[str]) -> None:
        """Raise PipelineError where the table, or the columns of a source, do not allow it."""
        check_word("vanished", self.vanished, Vanished)
        own = tuple(column.name for column in table.primary_key)
        known = [own, *uniques(table)]
        allowed = ", ".join(f"({', '.join(each)})" for each in known if each)
        given = set(names)
        mark = mark_of(table)
        for wrong, message, fix in (
            (
                self.key and not any(set(self.key) == set(each) for each in known),
                f"key={self.key!r} is no key of {table.name}.",
                f"These columns tell its rows apart: {allowed or 'none'}.",
            ),
            (
                self.key and set(self.key) != set(own) and given & set(own),
                f"Rows of {table.name} are matched by {', '.join(self.key)}, and the file has "
                f"{', '.join(sorted(given & set(own)))}, too, which would change under other rows.",
                "Leave that column out of the feed, or match by it.",
            ),
            (
                self.newest_by is not None and self.newest_by not in given,
                f"newest_by={self.newest_by!r} is no column that the file fills.",
                "Name the column that tells which of two rows is newer.",
            ),
            (
                self.vanished == "mark" and (mark is None or mark.name in given),
                f"{table.name} has no column of its own that marks vanished rows.",
                'Add one: mapped_column(info={"vanished": True}), a DateTime that may be missing.',
            ),
        ):
            if wrong:
                raise PipelineError(message, fix)


def mark_of(table: Table) -> sa.Column[Any] | None:
    """Return the column that marks vanished rows, if the model has one."""
    return next((column for column in table.columns if column.info.get("vanished")), None)


def drop_older(
    connection: Connection, staging: Table, fit: Fit, match: Match
) -> tuple[int, Sequence[Any]]:
    """Take the rows out of staging that are older than another of their key.

    The other one stands in the same file, or in the table. Returns how many there are, and where
    `settle_vanished` needs them the keys of those whose other one stands in the table: the file
    has these keys, too.
    """
    if match.newest_by is None:
        return 0, ()
    keys, newest = [staging.c[name] for name in fit.key], staging.c[match.newest_by]
    # No join of the table with itself: MySQL opens a temporary table once in a statement.
    # https://dev.mysql.com/doc/refman/8.4/en/temporary-table-problems.html
    first = sa.func.first_value(newest).over(partition_by=keys, order_by=newest.desc())
    every = sa.select(staging.c[fit.line], newest.label("_own_"), first.label("_last_")).subquery()
    line, own, last = every.c
    lines = set(connection.scalars(sa.select(line).where(own < last)))
    joined = staging.join(fit.table, same_key(fit, staging))
    is_beaten = newest < fit.columns[match.newest_by]
    older = sa.select(staging.c[fit.line]).select_from(joined).where(is_beaten)
    lines.update(connection.scalars(older))
    own_keys = sa.select(*(fit.columns[name] for name in fit.key)).distinct()
    beaten = own_keys.select_from(joined).where(is_beaten) if match.vanished != "keep" else None
    keys_there = [] if beaten is None else connection.execute(beaten).all()
    numbers = sorted(lines)
    for start in range(0, len(numbers), MAX_LINES):
        some = staging.c[fit.line].in_(numbers[start : start + MAX_LINES])
        connection.execute(sa.delete(staging).where(some))
    return len(numbers), keys_there


def settle_vanished(
    connection: Connection,
    staging: Table,
    fit: Fit,
    match: Match,
    limit: float | None,
    report: LoadReport,
    beaten: Sequence[Any],
    doubts: Doubts,
) -> None:
    """Delete or mark the rows of the table that the file no longer has; count them, and tell.

    `beaten` are the keys of rows that the file has, and that are not staged. Of rejected rows,
    `doubts` has what can be read of their keys: what may be one of them stays. Raises PipelineError
    where more than `limit` of the table, a share, has vanished.
    """
    if match.vanished == "keep":
        return
    with doubts.staged(connection, fit) as doubtful:
        _settle(connection, staging, fit, match, limit, report, beaten, doubts, doubtful)


def _settle(
    connection: Connection,
    staging: Table,
    fit: Fit,
    match: Match,
    limit: float | None,
    report: LoadReport,
    beaten: Sequence[Any],
    doubts: Doubts,
    doubtful: sa.ColumnElement[bool],
) -> None:
    table, mark = fit.table, mark_of(fit.table)
    back_again = [
        dict(zip(fit.key, row, strict=True)) | {fit.line: -number}
        for number, row in enumerate(beaten, 1)
    ]
    if back_again:  # the merge is done: what is staged only says what the file has
        connection.execute(sa.insert(staging), back_again)
    gone = ~sa.exists().where(same_key(fit, staging))
    marks: dict[Any, Any] = {}
    if match.vanished == "mark" and mark is not None:
        boolean = isinstance(mark.type, sa.Boolean)
        now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
        free = sa.or_(mark.is_(None), mark == sa.false()) if boolean else mark.is_(None)
        marks = {mark: sa.true() if boolean else now}
        back = sa.update(table).values({mark: sa.false() if boolean else None})
        connection.execute(back.where(~free, ~gone))
        gone = sa.and_(gone, free)
    rows = sa.select(sa.func.count()).select_from(table)
    every = connection.scalar(rows.where(gone)) or 0
    if every and doubts.unreadable():
        told = f"{every:,} rows of {table.name} are not among the good ones of {report.source}"
        report.add_note(f"{told}; they were kept, because {doubts}")
        return
    gone = sa.and_(gone, ~doubtful)
    count = every and (connection.scalar(rows.where(gone)) or 0)
    if every > count:
        report.add_note(
            f"{every - count:,} rows of {table.name} are not among the good ones of "
            f"{report.source}, and may be rejected ones, by what can be read of these rows' keys; "
            "they were kept."
        )
    if not count:
        return
    told = f"{count:,} rows of {table.name} are not in {report.source} any more"
    whole = connection.scalar(rows) or 0
    if limit is not None and count > limit * whole:
        raise PipelineError(
            f"{told}, the limit is {limit:g} of {whole:,}; nothing was loaded.",
            "Look whether the file is whole, or raise the limit.",
        )
    verb: Any = sa.update(table).values(marks) if marks else sa.delete(table)
    try:
        with savepoint(connection):
            connection.execute(verb.where(gone))
    except DBAPIError as error:
        if not dialect_of(connection).refuses_row(error):
            raise
        raise PipelineError(
            f"{told}, and cannot be deleted, because other rows refer to them; nothing was loaded.",
            'Write vanished="mark", or delete the other rows first.',
        ) from error
    report.vanished = count
    report.add_note(f"{told}; they were {'marked' if marks else 'deleted'}.")
