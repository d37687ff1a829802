"""`bulk_load`: from a file into a table, all or nothing, as often as you like.

Rows are read in batches, judged by the rules, put into a temporary staging table, then merged into
the table on its natural key, inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy import Connection, Table
from sqlalchemy.orm import DeclarativeBase

from lib.dialects import insert_sql, temporary_table
from lib.errors import PipelineError
from lib.models import Base, RejectedRow
from lib.rules import Rejected, judge
from lib.source import Batch

OnConflict = Literal["update", "skip", "error"]


class Source(Protocol):
    """What `bulk_load` reads: something with a name that yields batches of text."""

    @property
    def name(self) -> str: ...

    @property
    def columns(self) -> list[str]: ...

    def batches(self) -> Iterator[Batch]: ...


class Progress(Protocol):
    """What is told how far the reading is; a tqdm bar is one."""

    def update(self, n: int) -> object: ...


@dataclass
class LoadReport:
    """What one load did, in rows: read = inserted + updated + unchanged + rejected.

    `inferred` counts the members that were added to other tables, by table.
    """

    table: str
    source: str
    read: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    inferred: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return format_reports([self])


def format_reports(reports: Sequence[LoadReport]) -> str:
    """Return the reports as a small table, a line for each."""
    counts = ("read", "inserted", "updated", "unchanged", "rejected")
    lines = [f"{'table':<10}" + "".join(f"{name:>10}" for name in counts) + "  inferred"]
    for report in reports:
        inferred = ", ".join(f"{count:,} {table}" for table, count in report.inferred.items())
        numbers = "".join(f"{getattr(report, name):>10,}" for name in counts)
        lines.append(f"{report.table:<10}{numbers}  {inferred or '-'}")
    return "\n".join(lines)


def bulk_load(
    connection: Connection,
    model: type[DeclarativeBase],
    source: Source,
    on_conflict: OnConflict = "update",
    *,
    run_id: int | None = None,
    progress: Progress | None = None,
) -> LoadReport:
    """Load the source into the model's table; rows are matched by its primary key.

    The caller owns the transaction: commit and all rows are there, roll back and none is. A row
    that breaks a rule goes to `rejected_rows`. A row that the table has already is updated, left as
    it is ("skip"), or stops the load ("error").

    Raises PipelineError when the file cannot be read or does not fit the table.
    """
    table = model.__table__
    assert isinstance(table, Table)
    report = LoadReport(table.name, source.name)
    rejected: list[Rejected] = []
    seen = 0
    staging = _staging_table(table, source)
    with temporary_table(connection, staging):
        for batch in source.batches():
            good, lines, bad = judge(table, batch)
            report.read += len(batch.rows)
            rejected += bad
            _stage(connection, staging, good, lines)
            if progress is not None:
                progress.update(batch.bytes_read - seen)
                seen = batch.bytes_read
        rejected += _drop_repeats(connection, staging, table)
        report.rejected = len(rejected)
        _quarantine(connection, staging, table.name, source, rejected, run_id)
        report.inferred = _infer_members(connection, staging, table)
        _merge(connection, staging, table, on_conflict, report)
    assert report.read == report.inserted + report.updated + report.unchanged + report.rejected
    return report


def _staging_table(table: Table, source: Source) -> Table:
    """Return a temporary table with the file's columns: no keys, no constraints."""
    names = source.columns
    twice = sorted({name for name in names if names.count(name) > 1})
    unknown = [name for name in names if name not in table.columns]
    needed = [
        column.name
        for column in table.columns
        if column.name not in names and not column.nullable and column.server_default is None
    ]
    if unknown or needed or twice:
        found = f"It has {', '.join(unknown)}, which the table has not. " if unknown else ""
        lacks = f"It lacks {', '.join(needed)}. " if needed else ""
        again = f"It has {', '.join(twice)} more than once. " if twice else ""
        raise PipelineError(
            f"{source.name} does not fit the table {table.name}. {found}{lacks}{again}".rstrip(),
            "Correct the first line of the file, then load again.",
        )
    return Table(
        f"staging_{table.name}",
        sa.MetaData(),
        sa.Column("line", sa.Integer),
        *(sa.Column(name, table.columns[name].type) for name in names),
        prefixes=["TEMPORARY"],
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )


def _stage(connection: Connection, staging: Table, rows: pa.RecordBatch, lines: pa.Array) -> None:
    """Append the rows, as plain tuples through the driver: the fastest way both drivers share."""
    if not len(rows):
        return
    columns = [lines, *(_for_driver(column) for column in rows.columns)]
    values = list(zip(*(column.to_pylist() for column in columns), strict=True))
    connection.exec_driver_sql(insert_sql(connection, staging), values)


def _for_driver(column: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        return pc.strftime(column, "%Y-%m-%d %H:%M:%S")
    return column


def _drop_repeats(connection: Connection, staging: Table, table: Table) -> list[Rejected]:
    """Reject each row whose key stands in the file before it."""
    keys = [staging.c[column.name] for column in table.primary_key]
    repeated = sa.select(*keys).group_by(*keys).having(sa.func.count() > 1)
    rejected = []
    for key in connection.execute(repeated).all():
        same = sa.and_(*(column == value for column, value in zip(keys, key, strict=True)))
        lines = connection.scalars(
            sa.select(staging.c.line).where(same).order_by(staging.c.line)
        ).all()
        shown = ", ".join(str(value) for value in key)
        name = keys[-1].name
        rejected += [
            Rejected(line, name, shown, f"repeats the key of line {lines[0]}") for line in lines[1:]
        ]
        connection.execute(sa.delete(staging).where(same, staging.c.line > lines[0]))
    return rejected


def _quarantine(
    connection: Connection,
    staging: Table,
    table: str,
    source: Source,
    rejected: list[Rejected],
    run_id: int | None,
) -> None:
    """Make `rejected_rows` say what this file's rejected rows are; rows known already stay."""
    file = source.name
    rows = Base.metadata.tables[RejectedRow.__tablename__]
    mine = sa.and_(rows.c.table_name == table, rows.c.file == file)
    parts = (rows.c.line, rows.c.column_name, rows.c.value, rows.c.reason)
    known = {
        tuple(row[1:]): row[0]
        for row in connection.execute(sa.select(rows.c.id, *parts).where(mine))
    }
    found = {(bad.line, bad.column, bad.value, bad.reason) for bad in rejected}
    lines = {key[0] for key in known}
    if getattr(source, "where", None):  # says nothing of the rows that it leaves out
        read_again = sa.select(rows.c.line).where(mine, rows.c.line.in_(sa.select(staging.c.line)))
        lines = {bad.line for bad in rejected} | set(connection.scalars(read_again))
    gone = [
        {"old": number} for key, number in known.items() if key not in found and key[0] in lines
    ]
    if gone:
        connection.execute(sa.delete(rows).where(rows.c.id == sa.bindparam("old")), gone)
    new = [
        dict(run_id=run_id, table_name=table, file=file)
        | dict(line=line, column_name=column, value=value, reason=reason)
        for line, column, value, reason in sorted(found - known.keys(), key=lambda key: key[0])
    ]
    if new:
        connection.execute(sa.insert(rows), new)


def _infer_members(connection: Connection, staging: Table, table: Table) -> dict[str, int]:
    """Add what only this file knows to the tables that it refers to, marked as inferred.

    A flight to an airport that `airports` lacks is still a flight; dropping it would falsify every
    sum. So the airport gets a row with its key and `inferred = true`.
    """
    added: dict[str, int] = {}
    for constraint in sorted(table.foreign_key_constraints, key=lambda each: str(each.name)):
        target = constraint.referred_table
        if "inferred" not in target.columns:
            continue
        (element,) = constraint.elements
        key, child = element.column, staging.c[element.parent.name]
        unknown = (
            sa.select(child, sa.true())
            .distinct()
            .where(child.is_not(None), ~sa.exists().where(key == child))
        )
        result = connection.execute(
            sa.insert(target).from_select([key.name, "inferred"], unknown, include_defaults=False)
        )
        if result.rowcount:
            added[target.name] = added.get(target.name, 0) + result.rowcount
    return added


def _merge(
    connection: Connection,
    staging: Table,
    table: Table,
    on_conflict: OnConflict,
    report: LoadReport,
) -> None:
    """Update the rows that differ, insert those that are new, and count both."""
    names = [column.name for column in staging.columns if column.name != "line"]
    keys = {column.name for column in table.primary_key}
    same_key = sa.and_(*(table.c[name] == staging.c[name] for name in keys))
    differs = sa.or_(
        *(table.c[name].is_distinct_from(staging.c[name]) for name in names if name not in keys),
        *([table.c.inferred] if "inferred" in table.columns else []),  # now a file knows it
    )
    staged = report.read - report.rejected
    matched = sa.select(sa.func.count()).select_from(staging.join(table, same_key))
    existing: int = connection.scalar(matched) or 0
    if existing and on_conflict == "error":
        raise PipelineError(
            f"{existing:,} rows of {report.source} are in {table.name} already.",
            'Load with on_conflict="update" or "skip".',
        )
    if existing and on_conflict == "update":
        report.updated = connection.scalar(matched.where(differs)) or 0
    if report.updated:
        _update(connection, staging, table, names, keys, sa.and_(same_key, differs))
    inserted = connection.execute(
        sa.insert(table).from_select(
            names,
            sa.select(*(staging.c[name] for name in names)).where(~sa.exists().where(same_key)),
            include_defaults=False,
        )
    )
    report.inserted = inserted.rowcount
    report.unchanged = staged - report.inserted - report.updated


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
    if "inferred" in table.columns:
        values["inferred"] = sa.false()
    connection.execute(sa.update(table).values(values).where(condition))
