"""`bulk_load`: from a file into a table, all or nothing, as often as you like.

Rows are read in batches, judged by the rules, put into a temporary staging table, then merged into
the table on its natural key, inside the caller's transaction. Into an empty table there is a
shorter way: MySQL takes them straight, SQLite in parts, one while the next is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event, Semaphore
from typing import TypeVar

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy import Connection, Table
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase

from lib.database import savepoint
from lib.errors import PipelineError
from lib.local_infile import LoadData, NotTaken, open_target
from lib.members import Members, Named
from lib.merge import OnConflict, drop_repeats, insert_all, merge
from lib.quarantine import quarantine
from lib.report import LoadReport, Progress
from lib.rules import Rejected, judge, shown
from lib.source import Source, as_source
from lib.staging import Parts, Staging, claim, is_empty, open_parts, open_staging

# Batches that are read before they are asked for: few where they wait in memory, any number where
# they are in a file by then.
FEW, ANY = 4, 1 << 20
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
    if not load.straight(staging):
        load.staged(staging, on_conflict)
    report = load.report
    assert report.read == report.inserted + report.updated + report.unchanged + report.rejected
    return report


@dataclass(frozen=True)
class Judged:
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
        self.inferred: Counter[str] = Counter()
        self.members = Members(self.table)

    def straight(self, like: Table) -> bool:
        """Load without a merge, where that is possible; tell whether it was.

        An empty table takes every row, or says that it did not: then the longer way begins anew, to
        find out which row, and why.
        """
        if not getattr(self.source, "again", False) or getattr(self.source, "where", None):
            return False
        with (
            open_parts(self.connection, self.table, like, self.source) as parts,
            open_target(self.connection, self.table, self.source.columns) as target,
        ):
            if parts is None and target is None:
                return False
            try:
                with savepoint(self.connection):
                    if parts is not None:
                        self._in_parts(parts)
                    elif target is not None:
                        self._at_once(target)
            except (NotTaken, IntegrityError):
                self._begin()
                return False
        self.report.inserted = self.report.read - len(self.rejected)
        self.report.inferred = dict(self.inferred)
        self._quarantine(None)
        return True

    def _at_once(self, target: LoadData) -> None:
        """Hand over each batch as it comes."""
        with closing(self._judged()) as judged:
            for each in judged:
                self.inferred.update(self.members.add(self.connection, None))
                assert each.good is not None
                target.add(each.good)

    def _in_parts(self, parts: Parts) -> None:
        """Insert what is in one file while the next is written."""
        done = 0
        with closing(self._judged(parts)) as judged:
            for each in judged:
                while done < parts.number(each.bytes_read):
                    self._insert(parts.files[done])
                    done += 1
        for part in parts.files[done:]:
            self._insert(part)

    def _insert(self, part: Staging) -> None:
        part.finish()
        self.inferred.update(self.members.add(self.connection, None))
        insert_all(self.connection, part.table, self.table)

    def staged(self, like: Table, on_conflict: OnConflict) -> None:
        """Load through staging: the rows wait there until all are known, then they are merged."""
        with open_staging(self.connection, like) as staging:
            early = staging if staging.in_a_thread else None
            with closing(self._judged(early, lines=True)) as judged:
                for each in judged:
                    if each.good is not None:
                        staging.add(each.good)
            staging.finish()
            self.report.note = staging.note
            claim(self.connection, self.table)
            self.members.check(self.connection, staging.table, self.source.name)
            if is_empty(self.connection, self.table):
                # Nothing to match, and whether a key repeats is what the table itself finds out.
                with suppress(IntegrityError), savepoint(self.connection):
                    return self._settle(staging.table, [], on_conflict)
                self.members.forget()
            repeats = drop_repeats(self.connection, staging.table, self.table)
            self.rejected += repeats
            self._settle(staging.table, repeats, on_conflict)

    def _settle(self, staging: Table, repeats: list[Rejected], on_conflict: OnConflict) -> None:
        """Merge what is staged, once it is known which rows count."""
        self._quarantine(staging)
        self.report.inferred = self.members.add(self.connection, staging if repeats else None)
        merge(self.connection, staging, self.table, on_conflict, self.report)

    def _judged(
        self, place: Staging | Parts | None = None, *, lines: bool = False
    ) -> Generator[Judged, None, None]:
        """Yield what became of each batch; count, and keep what is bad.

        The rows go into the place in the thread that reads, where there is such a place.
        """
        batches = self._in_the_thread(place, lines or place is not None)
        with closing(ahead(batches, FEW if place is None else ANY)) as judged:
            for each in judged:
                self.report.read += each.read
                self.rejected += each.bad
                self.members.note(each.named)
                yield each
                if self.progress is not None and each.bytes_read > self._shown:
                    self.progress.update(each.bytes_read - self._shown)
                    self._shown = each.bytes_read

    def _in_the_thread(
        self, place: Staging | Parts | None, with_lines: bool
    ) -> Generator[Judged, None, None]:
        for batch in self.source.batches():
            good, lines, bad = judge(self.table, batch)
            named = self.members.named(good)
            if with_lines:
                good = good.add_column(0, "line", lines)
            if place is not None:
                place.add(good, batch.bytes_read)
            read = len(batch.rows) + len(batch.malformed)
            yield Judged(read, batch.bytes_read, bad, named, good if place is None else None)

    def _quarantine(self, staging: Table | None) -> None:
        self.report.rejected = len(self.rejected)
        quarantine(
            self.connection, staging, self.table.name, self.source, self.rejected, self.run_id
        )


def ahead(items: Generator[T, None, None], depth: int) -> Generator[T, None, None]:
    """Yield the items, working on the next ones in a thread while the caller uses this one.

    Arrow reads and compares without holding Python's lock, and the databases' drivers wait. In the
    end, whatever it is, the items are closed: their file, that is.
    """
    ready: SimpleQueue[tuple[T] | None] = SimpleQueue()
    room, over = Semaphore(depth), Event()

    def read() -> None:
        try:
            for item in items:
                ready.put((item,))
                room.acquire()
                if over.is_set():
                    break
        finally:
            ready.put(None)

    with closing(items), ThreadPoolExecutor(1, "read ahead") as worker:
        reading = worker.submit(read)
        try:
            while (item := ready.get()) is not None:
                room.release()
                yield item[0]
        finally:
            over.set()
            room.release()
        reading.result()


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
