"""Many files into one table: committed file by file, so that a run resumes where one stopped."""

from __future__ import annotations

import glob
import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from lib.database import Database
from lib.database.base import Base
from lib.errors import PipelineError
from lib.load import bulk_load
from lib.load.merge import OnConflict
from lib.load.report import LoadReport, Progress, ProgressFactory, no_progress
from lib.load.rules import Rule
from lib.load.tables import LoadedFile
from lib.source import CsvSource

ENDINGS = (".csv", ".csv.gz", ".csv.zip")


def list_files(where: str | Path | Iterable[str | Path]) -> list[Path]:
    """Return the files of a folder (those that end in .csv, .csv.gz or .csv.zip), of a glob such as
    data/2013-*.csv, or of a list; in the order of their names, a list in its own. One file is one.

    Raises PipelineError when there is none.
    """
    if not isinstance(where, str | Path):
        found = [Path(one) for one in where]
    elif Path(where).is_dir():
        found = sorted(path for path in Path(where).iterdir() if path.name.endswith(ENDINGS))
    elif Path(where).is_file():  # whatever its name is: [ has a meaning in a glob
        found = [Path(where)]
    else:
        found = sorted(Path(one) for one in glob.glob(str(where), recursive=True))
    if not found:
        raise PipelineError(
            f"There is no file to load in {where}.",
            f"Name a folder with files that end in {', '.join(ENDINGS)}, or a glob.",
        )
    return found


def load_files(
    db: Database,
    model: type[Base],
    files: str | Path | Iterable[str | Path],
    on_conflict: OnConflict = "update",
    *,
    rules: Sequence[Rule] = (),
    run_id: int | None = None,
    watch: ProgressFactory = no_progress,
) -> list[LoadReport]:
    """Load each file in a transaction of its own, together with the note that it is loaded.

    A file that was loaded before is left out; one that has changed since is loaded again; both are
    told by the report's `note`. Files are known by their names: two of the same name in different
    folders are one, in two versions. Locks and deadlocks are waited for, five times.

    Raises PipelineError when there is no file, one cannot be read, or the database is at fault;
    the files before it stay loaded.
    """
    reports = []
    for path in list_files(files):
        with watch(CsvSource(path)) as progress:
            try:
                reports.append(_load_file(db, model, path, on_conflict, rules, run_id, progress))
            except DBAPIError as error:
                raise db.explain(error) from error
    return reports


def _load_file(
    db: Database,
    model: type[Base],
    path: Path,
    on_conflict: OnConflict,
    rules: Sequence[Rule],
    run_id: int | None,
    progress: Progress | None,
) -> LoadReport:
    source = CsvSource(path)
    size, digest = _fingerprint(path)
    # In a transaction of its own: SQLite refuses to write in one that has read, as soon as somebody
    # else has written, so a load beside a busy one would never come to its end.
    with db.engine.connect() as connection:
        known = _known(connection, model, source)
    if known == digest:
        note = f"{source.name} was loaded before."
        return LoadReport(model.__tablename__, source.name, note=note)

    def load(connection: Connection) -> LoadReport:
        report = bulk_load(
            connection, model, source, on_conflict, rules=rules, run_id=run_id, progress=progress
        )
        if _fingerprint(path)[1] != digest:
            raise PipelineError(
                f"{source.name} changed while it was read; nothing of it was loaded.",
                "Load again when whoever writes it has finished.",
            )
        if known is not None:
            again = f"{source.name} had changed since; it was loaded again."
            report.note = f"{again} {report.note}".rstrip()
        _remember(connection, model, source, size, digest, run_id)
        return report

    return db.in_transaction(load, read_committed=True)


def _fingerprint(path: Path) -> tuple[int, str]:
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            return stream.tell(), digest
    except OSError as error:
        raise PipelineError(
            f"{path.name} cannot be read ({error.strerror}).", "Check that it is still there."
        ) from error


def _known(connection: Connection, model: type[Base], source: CsvSource) -> str | None:
    rows = _table()
    mine = sa.and_(rows.c.table_name == model.__tablename__, rows.c.file == source.name)
    return connection.scalar(sa.select(rows.c.sha256).where(mine))


def _remember(
    connection: Connection,
    model: type[Base],
    source: CsvSource,
    size: int,
    digest: str,
    run_id: int | None,
) -> None:
    rows = _table()
    mine = {"table_name": model.__tablename__, "file": source.name}
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    connection.execute(sa.delete(rows).filter_by(**mine))
    values = mine | {"size": size, "sha256": digest, "loaded_at": now, "run_id": run_id}
    connection.execute(sa.insert(rows).values(values))


def _table() -> sa.Table:
    table = LoadedFile.__table__
    assert isinstance(table, sa.Table)
    return table
