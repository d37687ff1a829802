"""Many files into one table: committed file by file, so that a run resumes where one stopped."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase

from lib.database import Database
from lib.errors import PipelineError
from lib.load import arguments, bulk_load
from lib.load.merge import OnConflict
from lib.load.report import LoadReport, ProgressFactory, no_progress
from lib.load.rules import Rule, fingerprint
from lib.load.tables import LoadedFile
from lib.source import CsvSource
from lib.source.content import read_once

ENDINGS = (".csv", ".csv.gz", ".csv.bz2", ".csv.xz", ".csv.zip")
MAX_SHOWN = 10  # files that are left out


def list_files(
    where: str | Path | Iterable[str | Path], endings: tuple[str, ...] = ENDINGS
) -> list[Path]:
    """Return the files of a folder (those that end in .csv, .csv.gz, .csv.bz2, .csv.xz or .csv.zip,
    in capitals, too), of a glob such as data/2013-*.csv, or of a list; in the order of their names,
    a list in its own. One file is one.

    Raises PipelineError when there is none.
    """
    if not isinstance(where, str | Path):
        found = [Path(one) for one in where]
    elif Path(where).is_dir():
        found = [path for path in sorted(Path(where).iterdir()) if _is_loaded(path, endings)]
    elif Path(where).exists() or read_once(Path(where)):  # also [, which a glob would not find
        found = [Path(where)]
    else:
        found = sorted(Path(one) for one in glob.glob(str(where), recursive=True))
    if not found:
        raise PipelineError(
            " ".join([f"There is no file to load in {where}.", left_out(where, endings)]).rstrip(),
            f"Name a folder with files that end in {', '.join(endings)}, or a glob.",
        )
    return found


def left_out(where: str | Path | Iterable[str | Path], endings: tuple[str, ...] = ENDINGS) -> str:
    """Return a sentence that names what `list_files` leaves out of a folder; empty for nothing."""
    if not isinstance(where, str | Path) or not Path(where).is_dir():
        return ""
    others = [path for path in sorted(Path(where).iterdir()) if not _is_loaded(path, endings)]
    names = [f"{path.name}/" if path.is_dir() else path.name for path in others[:MAX_SHOWN]]
    more = f" and {len(others) - MAX_SHOWN:,} more" if len(others) > MAX_SHOWN else ""
    folder = Path(where).resolve().name
    return f"Of the folder {folder}, {', '.join(names)}{more} were left out." if others else ""


def _is_loaded(path: Path, endings: tuple[str, ...]) -> bool:
    """Tell by its name; a Mac puts ._x.csv beside x.csv on other systems' disks."""
    hidden = path.name.startswith(".")
    return path.name.lower().endswith(endings) and not hidden and not path.is_dir()


def load_files(
    db: Database,
    model: type[DeclarativeBase] | Table,
    files: str | Path | Iterable[str | Path],
    on_conflict: OnConflict = "update",
    *,
    rules: Sequence[Rule] = (),
    limit: float | None = None,
    run_id: int | None = None,
    watch: ProgressFactory = no_progress,
) -> list[LoadReport]:
    """Load each file in a transaction of its own, together with the note that it is loaded.

    A file that was loaded before is left out. One that has changed since is loaded again, and so is
    one that was judged by other rules, or for other columns; the report's `note` tells. A file is
    known by its name and folder. What else lies in a folder is named in the first report. Locks and
    deadlocks are waited for, five times.

    Raises PipelineError when there is no file, one cannot be read, or the database is at fault;
    the files before it stay loaded.
    """
    if not isinstance(db, Database):
        raise PipelineError(
            f"Files are loaded into a Database; this is a {type(db).__name__}.",
            "Write: load_files(Database(url), ...)",
        )
    load = partial(bulk_load, on_conflict=on_conflict, rules=rules, limit=limit, run_id=run_id)
    sources = map(CsvSource, list_files(files))
    reports = load_each(db, model, sources, load, run_id=run_id, watch=watch)
    reports[0].add_note(left_out(files))
    return reports


def load_each(
    db: Database,
    model: type[DeclarativeBase] | Table,
    sources: Iterable[FileSource],
    load: partial[LoadReport],
    *,
    more: Sequence[object] = (),
    again: bool = False,
    run_id: int | None = None,
    watch: ProgressFactory = no_progress,
) -> list[LoadReport]:
    """Do what `load_files` does with sources that are files; `load` is `bulk_load` with options.

    `more` is what else decides what a row becomes; `again`: those that were loaded before, too.
    """
    told = ("on_conflict", "rules", "name", "limit")
    given: dict[str, Any] = {name: load.keywords[name] for name in told if name in load.keywords}
    reports = []
    for source in sources:
        with watch(source) as progress:
            try:
                # In a transaction of its own: SQLite refuses to write in one that has read, as soon
                # as another process has written, so one beside a busy load would never end.
                with db.engine.connect() as connection:
                    table = arguments.check(connection, model, **given)
                    known = None if again else _known(connection, table, source)
                rules = fingerprint(table, given.get("rules", ()), more)
                file = _File(source, table, *source.fingerprint, rules)
                work = partial(_load_file, file, known, partial(load, progress=progress), run_id)
                reports.append(db.in_transaction(work, read_committed=True))
            except DBAPIError as error:
                raise db.explain(error) from error
    return reports


class FileSource(Protocol):
    """A source that is a file."""

    @property
    def name(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def fingerprint(self) -> tuple[int, str]: ...


@dataclass(frozen=True)
class _File:
    """A file on its way into a table, as `loaded_files` keeps it."""

    source: FileSource
    table: Table
    size: int
    sha256: str
    rules: str


def _load_file(
    file: _File,
    known: tuple[str, str] | None,
    load: Callable[..., LoadReport],
    run_id: int | None,
    connection: Connection,
) -> LoadReport:
    name = file.source.name
    if known == (file.sha256, file.rules):
        return LoadReport(file.table.name, name, note=f"{name} was loaded before.")
    report = load(connection, file.table, file.source)
    if file.source.fingerprint[1] != file.sha256:
        raise PipelineError(
            f"{name} changed while it was read; nothing of it was loaded.",
            "Load again when the program that writes it has finished.",
        )
    if known is not None:
        changed = "had changed since" if known[0] != file.sha256 else "was judged by other rules"
        report.note = f"{name} {changed}; it was loaded again. {report.note}".rstrip()
    rows = _table()
    mine = _mine(file.table, file.source)
    connection.execute(sa.delete(rows).filter_by(**mine))
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    facts = {"size": file.size, "sha256": file.sha256, "rules": file.rules, "loaded_at": now}
    connection.execute(sa.insert(rows).values(**mine, **facts, run_id=run_id))
    return report


def _known(connection: Connection, table: Table, source: FileSource) -> tuple[str, str] | None:
    rows = _table()
    if not sa.inspect(connection).has_table(rows.name):
        raise PipelineError(
            f"The database has no table {rows.name}, which keeps what is loaded.",
            "Bring the database up to date, or load each file with bulk_load.",
        )
    found = sa.select(rows.c.sha256, rows.c.rules).filter_by(**_mine(table, source))
    row = connection.execute(found).first()
    return None if row is None else (row.sha256, row.rules)


def _mine(table: Table, source: FileSource) -> dict[str, str]:
    return {"table_name": table.fullname[-64:], "file": source.name, "place": source.place[-255:]}


def _table() -> Table:
    table = LoadedFile.__table__
    assert isinstance(table, Table)
    return table
