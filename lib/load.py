"""`bulk_load`: from a file into a table, all or nothing, as often as you like.

Rows are read in batches, judged by the rules, put into a temporary staging table, then merged into
the table on its natural key, inside the caller's transaction. Into an empty table MySQL takes them
straight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import Any, Literal, TypeVar

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy import Connection, Table
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase

from lib.batches import Batch
from lib.errors import PipelineError
from lib.local_infile import NotTaken, open_target
from lib.members import Members
from lib.quarantine import quarantine
from lib.report import LoadReport, Progress
from lib.rules import Rejected, judge, shown
from lib.source import Source, as_source
from lib.staging import Staging, claim, open_staging

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
    staging = _staging_table(table, source)
    load = _Load(connection, table, source, run_id, progress)
    if not load.straight():
        load.staged(staging, on_conflict)
    report = load.report
    assert report.read == report.inserted + report.updated + report.unchanged + report.rejected
    return report


class _Load:
    """One load at work: the report that it fills, and what it has seen."""

    def __init__(
        self,
        connection: Connection,
        table: Table,
        source: Source,
        run_id: int | None,
        progress: Progress | None,
    ) -> None:
        self.connection, self.table, self.source = connection, table, source
        self.run_id, self.progress = run_id, progress
        self._shown = 0  # bytes that the progress knows of, also when the file is read again
        self._begin()

    def _begin(self) -> None:
        self.report = LoadReport(self.table.name, self.source.name)
        self.rejected: list[Rejected] = []
        self.members = Members(self.table)

    def straight(self) -> bool:
        """Load without staging, where that is possible; tell whether it was.

        Into an empty table, MySQL's own reader takes every row, or says that it did not: then the
        longer way begins anew, to find out which row, and why.
        """
        if not getattr(self.source, "again", False) or getattr(self.source, "where", None):
            return False
        with open_target(self.connection, self.table, self.source.columns) as target:
            if target is None:
                return False
            inferred: Counter[str] = Counter()
            try:
                with self.connection.begin_nested(), closing(self._judged()) as judged:
                    for rows, _lines in judged:
                        inferred.update(self.members.add(self.connection, None))
                        target.add(rows)
            except NotTaken:
                self._begin()
                return False
        self.report.inserted = self.report.read - len(self.rejected)
        self.report.inferred = dict(inferred)
        self._quarantine(None)
        return True

    def staged(self, like: Table, on_conflict: OnConflict) -> None:
        """Load through staging: the rows wait there until all are known, then they are merged."""
        with open_staging(self.connection, like) as staging:
            early = staging if staging.in_a_thread else None
            with closing(self._judged(early)) as judged:
                for rows, lines in judged:
                    if not early:
                        staging.add(rows.add_column(0, "line", lines))
            staging.finish()
            self.report.note = staging.note
            claim(self.connection, self.table)
            self.members.check(self.connection, staging.table, self.source.name)
            if _is_empty(self.connection, self.table):
                # Nothing to match, and whether a key repeats is what the table itself finds out.
                with suppress(IntegrityError), self.connection.begin_nested():
                    return self._settle(staging.table, [], on_conflict)
                self.members.forget()
            repeats = _drop_repeats(self.connection, staging.table, self.table)
            self.rejected += repeats
            self._settle(staging.table, repeats, on_conflict)

    def _settle(self, staging: Table, repeats: list[Rejected], on_conflict: OnConflict) -> None:
        """Merge what is staged, once it is known which rows count."""
        self._quarantine(staging)
        self.report.inferred = self.members.add(self.connection, staging if repeats else None)
        _merge(self.connection, staging, self.table, on_conflict, self.report)

    def _judged(
        self, staging: Staging | None = None
    ) -> Generator[tuple[pa.RecordBatch, pa.Array], None, None]:
        """Yield the good rows and their lines; count, and keep the bad ones."""
        with closing(ahead(_judged(self.table, self.source, staging))) as judged:
            for batch, good, lines, bad in judged:
                self.report.read += len(batch.rows) + len(batch.malformed)
                self.rejected += bad
                self.members.note(good)
                yield good, lines
                if self.progress is not None and batch.bytes_read > self._shown:
                    self.progress.update(batch.bytes_read - self._shown)
                    self._shown = batch.bytes_read

    def _quarantine(self, staging: Table | None) -> None:
        self.report.rejected = len(self.rejected)
        quarantine(
            self.connection, staging, self.table.name, self.source, self.rejected, self.run_id
        )


Judged = tuple[Batch, pa.RecordBatch, pa.Array, list[Rejected]]


def _judged(table: Table, source: Source, staging: Staging | None) -> Generator[Judged, None, None]:
    """Yield each batch and what became of it; with a staging place, its good rows are in there."""
    for batch in source.batches():
        good, lines, bad = judge(table, batch)
        if staging is not None:
            staging.add(good.add_column(0, "line", lines))
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


def _is_empty(connection: Connection, table: Table) -> bool:
    return connection.execute(sa.select(sa.text("1")).select_from(table).limit(1)).first() is None


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
