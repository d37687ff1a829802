"""`bulk_load`: from a file into a table, all or nothing, as often as you like.

Rows are read in batches, judged by the rules, put into a temporary staging table, then merged into
the table on its natural key, inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any, Literal, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy import Connection, Table
from sqlalchemy.orm import DeclarativeBase

from lib.batches import Batch
from lib.errors import PipelineError
from lib.models import Base, RejectedRow
from lib.report import LoadReport, Progress
from lib.rules import Rejected, judge, shown
from lib.source import Source, as_source
from lib.staging import claim, open_staging

OnConflict = Literal["update", "skip", "error"]
T = TypeVar("T")


def bulk_load(
    connection: Connection,
    model: type[DeclarativeBase],
    source: object,
    on_conflict: OnConflict = "update",
    *,
    run_id: int | None = None,
    progress: Progress | None = None,
) -> LoadReport:
    """Load the source into the model's table; rows are matched by its primary key.

    The source is the path of a CSV file (also in a .zip or .gz), a `CsvSource`, a data frame, an
    Arrow table or an Arrow reader. The caller owns the transaction: commit and all rows are there,
    roll back and none is. A row that breaks a rule goes to `rejected_rows`. A row that the table
    has already is updated, left as it is ("skip"), or stops the load ("error").

    Raises PipelineError when the source cannot be read or does not fit the table.
    """
    table = model.__table__
    assert isinstance(table, Table)
    source = as_source(source)
    report = LoadReport(table.name, source.name)
    rejected: list[Rejected] = []
    members = _Members(table)
    seen = 0
    with (
        open_staging(connection, _staging_table(table, source)) as staging,
        closing(ahead(_judged(table, source))) as judged,
    ):
        for batch, good, lines, bad in judged:
            report.read += len(batch.rows) + len(batch.malformed)
            rejected += bad
            members.note(good)
            staging.add(good.add_column(0, "line", lines))
            if progress is not None:
                progress.update(batch.bytes_read - seen)
                seen = batch.bytes_read
        staging.finish()
        report.note = staging.note
        claim(connection, table)
        repeats = _drop_repeats(connection, staging.table, table)
        rejected += repeats
        report.rejected = len(rejected)
        _quarantine(connection, staging.table, table.name, source, rejected, run_id)
        report.inferred = members.add(connection, staging.table if repeats else None)
        _merge(connection, staging.table, table, on_conflict, report)
    assert report.read == report.inserted + report.updated + report.unchanged + report.rejected
    return report


Judged = tuple[Batch, pa.RecordBatch, pa.Array, list[Rejected]]


def _judged(table: Table, source: Source) -> Generator[Judged, None, None]:
    for batch in source.batches():
        good, lines, bad = judge(table, batch)
        yield batch, good, lines, bad


def ahead(items: Generator[T, None, None]) -> Generator[T, None, None]:
    """Yield the items, working on the next one in a thread while the caller uses this one.

    Arrow reads and compares without holding Python's lock, and the databases' drivers wait. In the
    end, whatever it is, the items are closed: their file, that is.
    """
    with closing(items), ThreadPoolExecutor(1, "read ahead") as worker:
        coming = worker.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = worker.submit(next, items, None)
            yield item


def _staging_table(table: Table, source: Source) -> Table:
    """Return a temporary table with the file's columns: no key but the line, no constraints."""
    names = source.columns
    twice = sorted({name for name in names if names.count(name) > 1})
    unknown = [name for name in names if name not in table.columns]
    needed = [
        column.name
        for column in table.columns
        if column.name not in names and not column.nullable and column.server_default is None
    ]
    if unknown or needed or twice:
        found = (
            f"It has {', '.join(str(shown(name)) for name in unknown)}, which the table has not. "
            if unknown
            else ""
        )
        lacks = f"It lacks {', '.join(needed)}. " if needed else ""
        again = f"It has {', '.join(twice)} more than once. " if twice else ""
        raise PipelineError(
            f"{source.name} does not fit the table {table.name}. {found}{lacks}{again}".rstrip(),
            "Correct the first line of the file, then load again.",
        )
    return Table(
        f"staging_{table.name}",
        sa.MetaData(),
        sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, table.columns[name].type) for name in names),
        prefixes=["TEMPORARY"],
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )


def _drop_repeats(connection: Connection, staging: Table, table: Table) -> list[Rejected]:
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


class _Members:
    """What the rows name in other tables that allow for inferred members.

    A flight to an airport that `airports` lacks is still a flight; dropping it would falsify every
    sum. So the airport gets a row with its key and `inferred = true`.
    """

    def __init__(self, table: Table) -> None:
        self._keys: dict[str, sa.Column[Any]] = {}
        for constraint in sorted(table.foreign_key_constraints, key=lambda each: str(each.name)):
            if "inferred" in constraint.referred_table.columns:
                (element,) = constraint.elements
                self._keys[element.parent.name] = element.column
        self._named: dict[str, set[Any]] = {name: set() for name in self._keys}

    def note(self, rows: pa.RecordBatch) -> None:
        """Collect what these rows name."""
        for name in self._keys.keys() & set(rows.schema.names):
            self._named[name].update(pc.unique(rows[name]).to_pylist())

    def add(self, connection: Connection, staging: Table | None) -> dict[str, int]:
        """Add the members that are unknown; return how many, by table.

        With a staging table, only what is still in it counts: some rows were dropped since.
        """
        added: dict[str, int] = {}
        for name, key in self._keys.items():
            named = self._named[name]
            if staging is not None and name in staging.c:
                named = set(connection.scalars(sa.select(staging.c[name]).distinct()))
            unknown = named - {None} - _known(connection, key, named)
            if unknown:
                rows = [{key.name: value, "inferred": True} for value in sorted(unknown)]
                connection.execute(sa.insert(key.table), rows)
                added[key.table.name] = added.get(key.table.name, 0) + len(rows)
        return added


def _known(connection: Connection, key: sa.Column[Any], values: set[Any]) -> set[Any]:
    """Return those of the values that the column has."""
    found: set[Any] = set()
    wanted = [value for value in values if value is not None]
    for start in range(0, len(wanted), 500):  # SQLite and MySQL both limit a list
        found.update(connection.scalars(sa.select(key).where(key.in_(wanted[start : start + 500]))))
    return found


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
        rows = sa.select(*(staging.c[name] for name in names))
        if existing:
            rows = rows.where(~sa.exists().where(same_key))
        result = connection.execute(
            sa.insert(table).from_select(names, rows, include_defaults=False)
        )
        report.inserted = result.rowcount
    report.unchanged = staged - report.inserted - report.updated


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
