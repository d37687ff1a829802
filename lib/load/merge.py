"""From the staging table into the table: the rows that are new, and those that have changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection, Table

from lib.database.dialects import dialect_of
from lib.errors import PipelineError
from lib.load.fit import Fit
from lib.load.report import LoadReport

OnConflict = Literal["update", "skip", "error"]
Condition = sa.ColumnElement[bool]
MAX_COMPARED = 100  # columns at once: SQLite nests no more than 1,000 conditions


def same_key(fit: Fit, staging: Table) -> Condition:
    """Return the condition under which two rows are one."""
    return sa.and_(*(fit.columns[name] == staging.c[name] for name in fit.key))


def differs(connection: Connection, fit: Fit, staging: Table) -> Condition:
    """Return the condition under which a row of the table is not as the file has it."""
    exact = dialect_of(connection).exact
    pairs: list[tuple[Any, Any]] = [
        (fit.columns[name], staging.c[name]) for name in fit.names if name not in fit.key
    ]
    for place, (ours, theirs) in enumerate(pairs):
        if isinstance(theirs.type, sa.String):
            pairs[place] = exact(ours), exact(theirs)
    parts = []
    for start in range(0, len(pairs), MAX_COMPARED):
        ours, theirs = zip(*pairs[start : start + MAX_COMPARED], strict=True)
        parts.append(sa.tuple_(*ours).is_distinct_from(sa.tuple_(*theirs)))
    return sa.or_(sa.false(), *parts)


def insert_all(
    connection: Connection,
    staging: Table,
    fit: Fit,
    where: Condition | None = None,
    without: Collection[str] = (),
) -> int:
    """Insert the rows that are staged, all or some of them, and return how many.

    Raises IntegrityError when the table does not take one.
    """
    names = [name for name in (*fit.names, *fit.filled) if name not in without]
    rows = sa.select(*(staging.c[name] for name in names))
    if where is not None:
        rows = rows.where(where)
    into = sa.insert(fit.table).from_select([fit.columns[name] for name in names], rows)
    return connection.execute(into).rowcount


def merge(
    connection: Connection, staging: Table, fit: Fit, on_conflict: OnConflict, report: LoadReport
) -> None:
    """Update the rows that differ, insert those that are new, and count both.

    Raises PipelineError when a row is there already, and that counts as an error.
    """
    report.inserted = report.updated = 0
    staged = report.read - report.rejected - report.older
    same, changed = same_key(fit, staging), differs(connection, fit, staging)
    if fit.flag is not None:
        changed = sa.or_(changed, fit.flag)  # now a file knows it
    existing, changing = connection.execute(
        sa.select(sa.func.count(), sa.func.sum(sa.case((changed, 1), else_=0))).select_from(
            staging.join(fit.table, same)
        )
    ).one()
    if existing and on_conflict == "error":
        raise PipelineError(
            f"{existing:,} rows of {report.source} are in {fit.table.name} already.",
            'Load with on_conflict="update" or "skip".',
        )
    # Rows that name a parent in this very table: all come without it, then are told of it.
    late = _own_parents(fit)
    there = sa.exists().where(same)
    if on_conflict == "skip" and late:
        connection.execute(sa.delete(staging).where(there))
    report.updated = int(changing or 0) if on_conflict == "update" else 0  # a Decimal on MySQL
    if report.updated and not late:
        _update(connection, staging, fit, sa.and_(same, changed))
    if staged > existing:
        report.inserted = insert_all(connection, staging, fit, ~there if existing else None, late)
    if late and (report.updated or report.inserted):
        _update(connection, staging, fit, sa.and_(same, changed))
    report.unchanged = staged - report.inserted - report.updated


def _own_parents(fit: Fit) -> set[str]:
    """Return the columns that refer to a row of the same table, and may be missing."""
    own = (each for each in fit.table.foreign_key_constraints if each.referred_table is fit.table)
    columns = {column for constraint in own for column in constraint.columns}
    return {each.name for each in columns if each.nullable and each.name in fit.names} - {*fit.key}


def _update(connection: Connection, staging: Table, fit: Fit, condition: Condition) -> None:
    """Multi-table UPDATE: SQLAlchemy writes UPDATE .. FROM for SQLite and UPDATE a, b for MySQL."""
    names = [name for name in fit.names if name not in fit.key]
    values: dict[Any, Any] = {fit.columns[name]: staging.c[name] for name in names}
    if fit.flag is not None:
        values[fit.flag] = sa.false()
    connection.execute(sa.update(fit.table).values(values).where(condition))
