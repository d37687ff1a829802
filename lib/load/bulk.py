"""`bulk_load`: from a file into a table, all or nothing, as often as you like.

Rows are read in batches, validated by the rules, put into a staging table, then merged into the
table on its natural key, inside the caller's transaction. Into an empty table there is a shorter
way: MySQL takes them directly, SQLite in parts, one while the next is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

import pyarrow as pa
from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase

from lib.database.dialects import dialect_of
from lib.database.savepoint import savepoint
from lib.errors import NotTaken
from lib.load import arguments
from lib.load.constraints import breaches, drop_rows, keys_of, repeats, taken, unique_columns
from lib.load.doubt import Doubts, Known, doubts_of
from lib.load.explain import explain
from lib.load.fit import Fit, fit
from lib.load.inferred import InferredMembers, Named
from lib.load.match import Match, Vanished, drop_older, settle_vanished
from lib.load.merge import OnConflict, insert_all, merge
from lib.load.prefetch import prefetch
from lib.load.rejected import check_limit, keep_rejected, remove_ruled_out
from lib.load.report import LoadReport, Progress
from lib.load.rules import Rejected, Rule, validate
from lib.load.staging import Direct, open_direct, open_staging
from lib.load.staging_sqlite import Parts
from lib.load.staging_table import Staging, is_empty
from lib.source.any_source import as_source
from lib.source.base import Source

# Batches that are read ahead: few in memory, unlimited when the thread writes them to a file.
READ_AHEAD, UNLIMITED = 4, 1 << 20


def bulk_load(
    connection: Connection,
    model: type[DeclarativeBase] | Table,
    source: object,
    on_conflict: OnConflict = "update",
    *,
    rules: Sequence[Rule] = (),
    name: str | None = None,
    limit: float | None = None,
    key: Sequence[str] = (),
    newest_by: str | None = None,
    vanished: Vanished = "keep",
    run_id: int | None = None,
    progress: Progress | None = None,
) -> LoadReport:
    """Load the source into the model's table; rows are matched by its primary key.

    The source is the path of a CSV file, also a packed one, a `CsvSource`, a data frame, an
    Arrow table or an Arrow reader. The caller owns the transaction: commit and all rows are there,
    roll back and none is; a load that raises leaves nothing behind. Where the database makes the
    primary key, rows are matched by a unique constraint.

    A row that breaks one of the `rules`, does not fit its column, or breaks a constraint goes to
    `rejected_rows`; more than `limit` of all, a share, stop the load. The quarantine keeps a
    source by its name and folder, a data frame by what is in it, or each by the `name` given. A row
    that the table has already is updated, left as it is ("skip"), or stops the load ("error"); one
    that an earlier load took, and a rule rejects now, leaves the table with "update". For `key`,
    `newest_by` and `vanished` see `Match`.

    Returns what was done, in rows. Raises PipelineError when the source cannot be read or does not
    fit the table, the connection is in AUTOCOMMIT, or a server takes no writing or not so much; and
    DBAPIError when the database is at fault in another way.
    """
    table = arguments.check(connection, model, on_conflict, rules, name, limit)
    source = as_source(source, name)
    try:
        with dialect_of(connection).loading(connection), savepoint(connection):
            match = Match(tuple(key), newest_by, vanished)
            match.check(table, source.columns)
            fitted = fit(connection, table, source, match.key)
            load = _Load(connection, fitted, source, on_conflict, (*rules, *match.rules), match)
            load.limit, load.run_id, load.progress = limit, run_id, progress
            if not load.load_directly():
                load.load_through_staging()
    except DBAPIError as error:
        told = explain(error, connection, table, source)
        if told is None:
            raise
        raise told from error
    report = load.report
    done = report.inserted + report.updated + report.unchanged
    assert report.read == done + report.rejected + report.older
    return report


@dataclass(frozen=True)
class Validated:
    """What became of a batch. Its good rows are None where they went into a file already."""

    read: int
    bytes_read: int
    bad: list[Rejected]
    ruled_out: pa.RecordBatch | None  # an empty part would keep its batch in memory
    named: Named
    doubts: list[Known]
    good: pa.RecordBatch | None


@dataclass
class _Load:
    """One load at work: the report that it fills, and what it has seen."""

    connection: Connection
    fit: Fit
    source: Source
    on_conflict: OnConflict
    rules: tuple[Rule, ...]
    match: Match
    limit: float | None = None
    run_id: int | None = None
    progress: Progress | None = None
    shown: int = 0  # bytes that the progress knows of, also when the file is read again
    uniques: list[list[str]] | None = None  # in the database, beside the key

    def __post_init__(self) -> None:
        self._begin_again()

    def _begin_again(self) -> None:
        self.report = LoadReport(self.fit.table.name, self.source.name)
        self.rejected: list[Rejected] = []
        self.ruled_out: list[pa.RecordBatch] = []
        self.inferred: Counter[str] = Counter()
        self.doubts = Doubts()  # what can be read of the keys of bad rows
        self.beaten: list[object] = []  # keys of rows that the file has, and that are not staged
        self.dropped = False  # whether a row was staged, and is no more
        self.members = InferredMembers(self.fit.table)

    def load_directly(self) -> bool:
        """Load without a merge, where that is possible; tell whether it was.

        A table that does not take every row is loaded in the longer way, which tells why.
        """
        if not (self.source.rereadable and self.fit.direct) or self.source.filtered:
            return False
        fit = self.fit
        with open_direct(self.connection, fit.table, fit.staging, self.source) as direct:
            if direct is None:
                return False
            self._look()
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

    def _look(self) -> list[list[str]]:
        """Return what is unique beside the key. Not before the right to write is there."""
        if self.uniques is None:
            self.uniques = unique_columns(self.connection, self.fit)
        return self.uniques

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
                for part in parts.files[done : parts.number(each.bytes_read)]:
                    self._insert(part)
                    done += 1
        for part in parts.files[done:]:
            self._insert(part)

    def _insert(self, part: Staging) -> None:
        part.finish()
        self.inferred.update(self.members.add(self.connection, None))
        insert_all(self.connection, part.table, self.fit)

    def load_through_staging(self) -> None:
        """Stage the rows until all are known, then merge them."""
        with open_staging(self.connection, self.fit.staging) as staging:
            early = staging if staging.thread_safe else None
            with closing(self._validated(early, lines=True)) as batches:
                for each in batches:
                    if each.good is not None:
                        staging.add(each.good)
            staging.finish()
            self.report.note = staging.note
            dialect_of(self.connection).take_write_lock(self.connection, self.fit.table)
            empty = is_empty(self.connection, self.fit.table)
            self._merge(staging.table, empty, self._look())
            settle_vanished(
                *(self.connection, staging.table, self.fit, self.match),
                *(self.limit, self.report, self.beaten, self.doubts),
            )
        if self.on_conflict == "update":
            remove_ruled_out(self.connection, self.fit, self.ruled_out, self.report)

    def _merge(self, staging: Table, empty: bool, uniques: list[list[str]]) -> None:
        """Merge the rows that the table takes, and set aside those that it does not."""
        # Into an empty table: nothing to match, and it finds out itself whether a key repeats.
        if empty and self._refusal(staging) is None:
            return
        self.report.older, beaten = drop_older(self.connection, staging, self.fit, self.match)
        self.beaten += beaten
        self.dropped = self.dropped or bool(self.report.older)
        self._set_aside(staging, repeats(self.connection, staging, self.fit, self.fit.key))
        known = self.on_conflict != "skip"
        for names in uniques:
            self._set_aside(staging, repeats(self.connection, staging, self.fit, names))
            self._set_aside(staging, taken(self.connection, staging, self.fit, names, known))
        while refusal := self._refusal(staging):
            bad = breaches(self.connection, staging, self.fit, self.source.name)
            if not bad:
                raise refusal
            self._set_aside(staging, bad)

    def _set_aside(self, staging: Table, bad: list[Rejected]) -> None:
        if self.match.vanished != "keep":
            self.beaten += keys_of(self.connection, staging, self.fit, bad)
        drop_rows(self.connection, staging, self.fit, bad)
        self.rejected += bad
        self.dropped = self.dropped or bool(bad)

    def _refusal(self, staging: Table) -> DBAPIError | None:
        """Merge what is staged, or return why the database does not take one of the rows."""
        self.members.forget()
        try:
            with savepoint(self.connection):
                self._keep_rejected(staging)
                left = staging if self.dropped else None
                self.report.inferred = self.members.add(self.connection, left)
                merge(self.connection, staging, self.fit, self.on_conflict, self.report)
        except DBAPIError as error:
            if not dialect_of(self.connection).refuses_row(error):
                raise
            return error
        return None

    def _validated(
        self, place: Staging | Parts | None = None, *, lines: bool = False
    ) -> Generator[Validated, None, None]:
        """Yield what became of each batch; the thread that reads fills the place, if there is."""
        batches = self._in_the_thread(place, lines or place is not None)
        with closing(prefetch(batches, READ_AHEAD if place is None else UNLIMITED)) as validated:
            for each in validated:
                self.report.read += each.read
                self.rejected += each.bad
                self.doubts.add(each.doubts)
                if each.ruled_out is not None:
                    self.ruled_out.append(each.ruled_out)
                self.members.note(each.named)
                yield each
                if self.progress is not None and each.bytes_read > self.shown:
                    self.progress.update(each.bytes_read - self.shown)
                    self.shown = each.bytes_read

    def _in_the_thread(
        self, place: Staging | Parts | None, with_lines: bool
    ) -> Generator[Validated, None, None]:
        fit, dialect = self.fit, self.connection.dialect
        for batch in self.source.batches():
            judged = validate(fit.forms, batch, self.rules)
            named = self.members.named(judged.good)
            good = fit.stored(judged.good, dialect)
            if with_lines:
                good = good.add_column(0, fit.line, judged.lines)
            if place is not None:
                place.add(good, batch.bytes_read)
            yield Validated(
                len(batch.rows) + len(batch.malformed),
                batch.bytes_read,
                judged.bad,
                fit.written(judged.ruled_out) if len(judged.ruled_out) else None,
                named,
                doubts_of(fit, judged) if self.match.vanished != "keep" else [],
                good if place is None else None,
            )

    def _keep_rejected(self, staging: Table | None) -> None:
        self.report.rejected = len(self.rejected)
        check_limit(self.rejected, self.report.read, self.limit, self.source.name)
        keep_rejected(self.connection, staging, self.fit, self.source, self.rejected, self.run_id)
