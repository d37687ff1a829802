"""A feed says in one place which files go into which table, and what their texts mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.orm import DeclarativeBase

from lib.database import Database
from lib.errors import PipelineError, check_word
from lib.feeds.plan import Others, Plan, make_plan, value_of
from lib.feeds.readers import FileReader, OpenedFile, Texts, reader_for
from lib.feeds.source import FeedSource
from lib.load import LoadReport, Rule, bulk_load
from lib.load.arguments import table_of
from lib.load.files import ENDINGS, left_out, list_files, load_each
from lib.load.match import Vanished
from lib.load.merge import OnConflict
from lib.load.report import ProgressFactory, no_progress
from lib.source.any_source import as_source
from lib.source.base import Source
from lib.source.wanted import Wanted, texts_of

Files = str | Path | Iterable[str | Path]


@dataclass(frozen=True)
class Feed:
    """Files on their way into a table.

    `columns` says where each column comes from: the name of a field, a value such as
    Whole("field"), a function on the field of its own name, or None for a column that no field
    fills. Columns that it does not name come from the fields of their names. Fields that fill no
    column are refused, or with `others="leave out"` not even parsed. `read` tells how the files are
    written; without it, their ending does. `files` may be a function that finds them when they are
    asked for. With `where`, only the rows are read in which a field has a text, or one of several,
    without blanks at its ends where they are taken off; None stands for no value. `rules`, `limit`,
    `key`, `newest_by` and `vanished` are those of `bulk_load`.
    """

    model: type[DeclarativeBase] | Table
    files: Files | Callable[[], Files] = ()
    read: FileReader | None = None
    columns: Mapping[str, object] = field(default_factory=dict)
    rules: Sequence[Rule] = ()
    others: Others = "refuse"
    key: Sequence[str] = ()
    newest_by: str | None = None
    vanished: Vanished = "keep"
    on_conflict: OnConflict = "update"
    limit: float | None = None
    where: Mapping[str, Wanted] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = {column.name for column in self.table.columns}
        unknown = [name for name in self.columns if name not in known]
        if unknown:
            raise PipelineError(
                f"The table {self.table.name} has no column {', '.join(unknown)}.",
                "`columns` names the table's columns first: {'column': 'field of the file'}.",
            )
        texts_of(self.where)
        for name, given in self.columns.items():
            value_of(name, given)
        check_word("others", self.others, Others)
        check_word("vanished", self.vanished, Vanished)
        check_word("on_conflict", self.on_conflict, OnConflict)
        if isinstance(self.key, str):
            raise PipelineError(
                f"key={self.key!r} is a text.", f"Write the columns: key=({self.key!r},)."
            )

    @property
    def table(self) -> Table:
        """The table that the files go into."""
        return table_of(self.model)

    def source(self, data: object) -> FeedSource:
        """Return the source of the table's columns for a file, a frame, or an Arrow table.

        Raises PipelineError where the file cannot be read, or has other fields than the feed says.
        """
        if not isinstance(data, str | Path):
            raw, texts = as_source(data), self.read or Texts()
            return FeedSource(raw, self._plan(raw, texts), texts, where=self.where)
        read = self.read or reader_for(Path(data))
        opened: OpenedFile = read.open(Path(data))
        plan = self._plan(opened, read)
        only = plan.wanted | self.where.keys() if self.others == "leave out" else None
        narrow, word = read.narrowed(opened, only, plan.values.values())
        return FeedSource(narrow, plan, read, where=self.where, word=word)

    def _plan(self, raw: Source, texts: Texts) -> Plan:
        header = raw.columns
        unknown = ", ".join(self.where.keys() - set(header))
        if unknown:
            raise PipelineError(f"{raw.name} has no field {unknown}.", "Look at `where`.")
        return make_plan(self.table, raw.name, header, self.columns, self.others, texts.strip)

    def paths(self) -> list[Path]:
        """Return the feed's own files, in order; raises PipelineError where there is none."""
        return self._paths(self.files() if callable(self.files) else self.files)

    def _paths(self, where: Files) -> list[Path]:
        return list_files(where, self.read.endings) if self.read else list_files(where)

    def load(
        self,
        db: Database,
        files: Files | None = None,
        *,
        again: bool = False,
        run_id: int | None = None,
        watch: ProgressFactory = no_progress,
    ) -> list[LoadReport]:
        """Load each file in a transaction of its own, as `load_files` does.

        A file that was loaded before is left out, as long as it, its feed and its table are the
        same; with `again` it is read all the same. Raises PipelineError as `load_files` does.
        """
        if files is None:
            files = self.files() if callable(self.files) else self.files
        work: Any = partial(
            self._load_one,
            on_conflict=self.on_conflict,
            rules=self.rules,
            limit=self.limit,
            run_id=run_id,
        )
        sources = map(self.source, self._paths(files))
        more = list(self._facts())
        reports = load_each(
            db, self.model, sources, work, more=more, again=again, run_id=run_id, watch=watch
        )
        reports[0].add_note(left_out(files, self.read.endings if self.read else ENDINGS))
        return reports

    def load_data(
        self, connection: Connection, data: object, *, name: str | None = None, **options: Any
    ) -> LoadReport:
        """Load a file, a frame or an Arrow table within the caller's transaction."""
        given = {"on_conflict": self.on_conflict, "rules": self.rules, "limit": self.limit}
        source = self.source(data)
        return self._load_one(connection, self.table, source, name=name, **given | options)

    def _load_one(
        self, connection: Connection, table: Table, source: FeedSource, **options: Any
    ) -> LoadReport:
        match = partial(bulk_load, key=self.key, newest_by=self.newest_by, vanished=self.vanished)
        report = match(connection, table, source, **options)
        report.add_note(source.note)
        return report

    def _facts(self) -> Iterator[object]:
        """Yield what decides, beside table and rules, what a row becomes."""
        yield from (self.read, self.others, *self.key, self.newest_by, self.vanished)
        yield from sorted(self.where.items())
        for name, given in sorted(self.columns.items()):
            value = value_of(name, given)
            yield name
            yield type(value).__name__
            for each in fields(value) if value is not None else ():
                yield getattr(value, each.name)
