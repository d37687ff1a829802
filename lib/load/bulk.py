"""`bulk_load`: from a file into a table, all or nothing, as often as you like.

Rows are read in batches, validated by the rules, put into a staging table, then merged into the
table on its natural key, inside the caller's transaction. Into an empty table there is a shorter
way: MySQL takes them directly, SQLite in parts, one while the next is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy import Connection, Table
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase

from lib.database.database import savepoint
from lib.database.dialects import dialect_of
from lib.errors import NotTaken, PipelineError
from lib.load.inferred import InferredMembers, Named
from lib.load.merge import OnConflict, drop_repeats, insert_all, merge
from lib.load.prefetch import prefetch
from lib.load.rejected import keep_rejected
from lib.load.report import LoadReport, Progress
from lib.load.rules import Rejected, Rule, shorten, validate
from lib.load.staging import Direct, open_direct, open_staging
from lib.load.staging_sqlite import Parts
from lib.load.staging_table import Staging, is_empty
from lib.source.any_source import as_source
from lib.source.base import Source

# Batches that are read before they are asked for: few while they are kept in memory, unlimited when
# the thread that reads writes them to the staging file itself.
READ_AHEAD, UNLIMITED = 4, 1 << 20


def bulk_load(
    connection: Connection,
    model: type[DeclarativeBase],
    source: object,
    on_conflict: OnConflict = "update",
    *,
    rules: Sequence[Rule] = (),
    run_id: int | None = None,
    progress: Progress | None = None,
) -> LoadReport:
    """Load the source into the model's table; rows are matched by its primary key.

    The source is the path of a CSV file (also in a .zip or .gz), a `CsvSource`, a data frame, an
    Arrow table or an Arrow reader. The caller owns the transaction: commit and all rows are there,
    roll back and none is. A row that breaks one of the `rules`, or does not fit its column, goes to
    `rejected_rows`. A row that the table has already is updated, left as it is ("skip"), or stops
    the load ("error").

    Returns what was done, in rows. Raises PipelineError when the source cannot be read or does not
    fit the table.
    """
    table = model.__table__
    assert isinstance(table, Table)
    source = as_source(source)
    staging = _staging_table(table, source)
    load = _Load(connection, table, source, tuple(rules), run_id, progress)
    if not load.load_directly(staging):
        load.load_through_staging(staging, on_conflict)
    report = load.report
    assert report.read == report.inserted + report.updated + report.unchanged + report.rejected
    return report


@dataclass(frozen=True)
class Validated:
    """What became of a batch. Its good rows are None where they went into a file already."""

    read: int
    bytes_read: int
    bad: list[Rejected]
    named: Named
    good: pa.RecordBatch | None


class _Load:
    """One load at work: the report that it fills, and what it has seen."""

    def __init__(
        self,
        connection: Connection,
        table: Table,
        source: Source,
        rules: tuple[Rule, ...],
        run_id: int | None,
        progress: Progress | None,
    ) -> None:
        self.connection, self.table, self.source = connection, table, source
        self.rules, self.run_id, self.progress = rules, run_id, progress
        self._shown = 0  # bytes that the progress knows of, also when the file is read again
        self.report = LoadReport(table.name, source.name)
        self.rejected: list[Rejected] = []
        self.inferred: Counter[str] = Counter()
        self.members = InferredMembers(table)

    def _begin_again(self) -> None:
        self.report = LoadReport(self.table.name, self.source.name)
        self.rejected = []
        self.inferred = Counter()
        self.members = InferredMembers(self.table)

    def load_directly(self, like: Table) -> bool:
        """Load without a merge, where that is possible; tell whether it was.

        An empty table takes every row, or says that it did not: then the longer way begins again,
        to find out which row, and why.
        """
        if not self.source.rereadable or self.source.filtered:
            return False
        with open_direct(self.connection, self.table, like, self.source) as direct:
            if direct is None:
                return False
            try:
                with savepoint(self.connection):
                    self._fill(direct)
            except (NotTaken, IntegrityError):
                self._begin_again()
                return False
        self.report.inserted = self.report.read - len(self.rejected)
        self.report.inferred = dict(self.inferred)
        self._keep_rejected(None)
        return True

    def _fill(self, direct: Direct) -> None:
        if isinstance(direct, Parts):
            return self._in_parts(direct)
        with closing(self._validated()) as batches:
            for each in batches:
                self.inferred.update(self.members.add(self.connection, None))
                assert each.good is not None
                direct.add(each.good)

    def _in_parts(self, parts: Parts) -> None:
        """Insert what is in one file while the next is written."""
        done = 0
        with closing(self._validated(parts)) as batches:
            for each in batches:
                while done < parts.number(each.bytes_read):
                    self._insert(parts.files[done])
                    done += 1
        for part in parts.files[done:]:
            self._insert(part)

    def _insert(self, part: Staging) -> None:
        part.finish()
        self.inferred.update(self.members.add(self.connection, None))
        insert_all(self.connection, part.table, self.table)

    def load_through_staging(self, like: Table, on_conflict: OnConflict) -> None:
        """Stage the rows until all are known, then merge them."""
        with open_staging(self.connection, like) as staging:
            early = staging if staging.thread_safe else None
            with closing(self._validated(early, lines=True)) as batches:
                for each in batches:
                    if each.good is not None:
                        staging.add(each.good)
            staging.finish()
            self.report.note = staging.note
            dialect_of(self.connection).take_write_lock(self.connection, self.table)
            self.members.check(self.connection, staging.table, self.source.name)
            if is_empty(self.connection, self.table):
                # Nothing to match, and whether a key repeats is what the table itself finds out.
                with suppress(IntegrityError), savepoint(self.connection):
                    return self._merge_staged(staging.table, [], on_conflict)
                self.members.forget()
            repeats = drop_repeats(self.connection, staging.table, self.table)
            self.rejected += repeats
            self._merge_staged(staging.table, repeats, on_conflict)

    def _merge_staged(
        self, staging: Table, repeats: list[Rejected], on_conflict: OnConflict
    ) -> None:
        """Merge what is staged, once it is known which rows count."""
        self._keep_rejected(staging)
        self.report.inferred = self.members.add(self.connection, staging if repeats else None)
        merge(self.connection, staging, self.table, on_conflict, self.report)

    def _validated(
        self, place: Staging | Parts | None = None, *, lines: bool = False
    ) -> Generator[Validated, None, None]:
        """Yield what became of each batch; count, and keep what is bad.

        The rows go into the place in the thread that reads, where there is such a place.
        """
        batches = self._in_the_thread(place, lines or place is not None)
        with closing(prefetch(batches, READ_AHEAD if place is None else UNLIMITED)) as validated:
            for each in validated:
                self.report.read += each.read
                self.rejected += each.bad
                self.members.note(each.named)
                yield each
                if self.progress is not None and each.bytes_read > self._shown:
                    self.progress.update(each.bytes_read - self._shown)
                    self._shown = each.bytes_read

    def _in_the_thread(
        self, place: Staging | Parts | None, with_lines: bool
    ) -> Generator[Validated, None, None]:
        for batch in self.source.batches():
            good, lines, bad = validate(self.table, batch, self.rules)
            named = self.members.named(good)
            if with_lines:
                good = good.add_column(0, "line", lines)
            if place is not None:
                place.add(good, batch.bytes_read)
            read = len(batch.rows) + len(batch.malformed)
            yield Validated(read, batch.bytes_read, bad, named, good if place is None else None)

    def _keep_rejected(self, staging: Table | None) -> None:
        self.report.rejected = len(self.rejected)
        keep_rejected(
            self.connection, staging, self.table.name, self.source, self.rejected, self.run_id
        )


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
            f"It has {', '.join(str(shorten(name)) for name in unknown)}, which the table has not. "
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
