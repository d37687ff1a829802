"""From the staging table into the table: the rows that are new, and those that have changed."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection, Table

from lib.errors import PipelineError
from lib.load.report import LoadReport
from lib.load.rules import Rejected

OnConflict = Literal["update", "skip", "error"]


def drop_repeats(connection: Connection, staging: Table, table: Table) -> list[Rejected]:
    """Reject each row whose key stands in the file before it."""
    keys = [staging.c[column.name] for column in table.primary_key]
    repeated = sa.select(*keys).group_by(*keys).having(sa.func.count() > 1)
    if connection.execute(repeated.limit(1)).first() is None:  # faster than what follows
        return []
    first = sa.func.min(staging.c.line).over(partition_by=keys).label("first_line")
    every = sa.select(staging.c.line, first, *keys).subquery()
    later = sa.select(every).where(every.c.line > every.c.first_line).order_by(every.c.line)
    rejected = [
        Rejected(line, keys[-1].name, ", ".join(map(str, key)), f"repeats the key of line {first}")
        for line, first, *key in connection.execute(later)
    ]
    for start in range(0, len(rejected), 500):
        lines = [row.line for row in rejected[start : start + 500]]
        connection.execute(sa.delete(staging).where(staging.c.line.in_(lines)))
    return rejected


def insert_all(
    connection: Connection,
    staging: Table,
    table: Table,
    where: sa.ColumnElement[bool] | None = None,
) -> int:
    """Insert the rows that are staged, all or some of them, and return how many.

    Raises IntegrityError when the table does not take one.
    """
    names = _names(staging)
    rows = sa.select(*(staging.c[name] for name in names))
    if where is not None:
        rows = rows.where(where)
    into = sa.insert(table).from_select(names, rows, include_defaults=False)
    return connection.execute(into).rowcount


def merge(
    connection: Connection,
    staging: Table,
    table: Table,
    on_conflict: OnConflict,
    report: LoadReport,
) -> None:
    """Update the rows that differ, insert those that are new, and count both.

    Raises PipelineError when a row is there already, and that counts as an error.
    """
    names = _names(staging)
    keys = {column.name for column in table.primary_key}
    same_key = sa.and_(*(table.c[name] == staging.c[name] for name in keys))
    differs = sa.or_(
        *(table.c[name].is_distinct_from(staging.c[name]) for name in names if name not in keys),
        *([table.c.inferred] if _infers(table, names) else []),  # now a file knows it
    )
    staged = report.read - report.rejected
    both = staging.join(table, same_key)
    changed = sa.func.sum(sa.case((differs, 1), else_=0))
    existing, changing = connection.execute(
        sa.select(sa.func.count(), changed).select_from(both)
    ).one()
    if existing and on_conflict == "error":
        raise PipelineError(
            f"{existing:,} rows of {report.source} are in {table.name} already.",
            'Load with on_conflict="update" or "skip".',
        )
    if changing and on_conflict == "update":
        report.updated = int(changing)  # a Decimal on MySQL
        _update(connection, staging, table, names, keys, sa.and_(same_key, differs))
    if staged > existing:
        new = ~sa.exists().where(same_key) if existing else None
        report.inserted = insert_all(connection, staging, table, new)
    report.unchanged = staged - report.inserted - report.updated


def _names(staging: Table) -> list[str]:
    return [column.name for column in staging.columns if column.name != "line"]


def _infers(table: Table, names: list[str]) -> bool:
    """Tell whether the table has inferred members, and the source leaves to us which."""
    return "inferred" in table.columns and "inferred" not in names


def _update(
    connection: Connection,
    staging: Table,
    table: Table,
    names: list[str],
    keys: set[str],
    condition: sa.ColumnElement[bool],
) -> None:
    """Multi-table UPDATE: SQLAlchemy writes UPDATE .. FROM for SQLite and UPDATE a, b for MySQL."""
    values: dict[str, Any] = {name: staging.c[name] for name in names if name not in keys}
    if _infers(table, names):
        values["inferred"] = sa.false()
    connection.execute(sa.update(table).values(values).where(condition))
