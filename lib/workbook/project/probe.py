"""Runs inside of a project, in a process of its own: loads its files, opens its page, compares.

python probe.py PACKAGE SCRATCH writes what it finds to SCRATCH/found.json. It changes nothing in
the project: its databases lie in SCRATCH. `lib` is the project's own core here, so this module
imports nothing of the classroom.
"""

from __future__ import annotations

import fnmatch
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from lib import Database, PipelineError
from lib.config import sqlite_url
from lib.database.schema import upgrade
from lib.feeds import Local
from lib.feeds.check import look
from lib.feeds.plan import value_of
from lib.feeds.readers import reader_for
from lib.load.files import ENDINGS, list_files
from lib.load.fit import uniques
from lib.load.tables import RejectedRow

MAX_BYTES = (
    20_000_000  # of the files of a feed; where they are larger, those of the tests are taken
)
NONSENSE = (
    "\u2603" * 5_000
)  # no number, no day, no word of a list, and longer than a text should be
STATES = ("no database", "empty", "full")


def files_of(feed: Any) -> list[Path]:
    """Return the files that a feed is tried with: its own, or those of the tests."""
    endings = feed.read.endings if feed.read else ENDINGS
    try:
        own = list_files(feed.files, endings)
    except PipelineError:
        own = []
    if own and sum(path.stat().st_size for path in own) <= MAX_BYTES:
        return list(own)
    given = [feed.files] if isinstance(feed.files, str | Path) else list(feed.files)
    patterns = [Path(each).name for each in given]
    there = sorted(Path("tests/files").glob("*"))
    return [path for path in there if any(fnmatch.fnmatch(path.name, each) for each in patterns)]


def counts(reports: list[Any]) -> list[dict[str, Any]]:
    names = ("read", "inserted", "updated", "unchanged", "rejected", "older", "vanished", "removed")
    return [
        {"source": report.source} | {name: getattr(report, name) for name in names}
        for report in reports
    ]


def rejected(connection: sa.Connection, table: str, file: str | None = None) -> list[Any]:
    rows = RejectedRow.__table__.c
    query = sa.select(rows.line, rows.column_name, rows.reason).where(rows.table_name == table)
    if file is not None:
        query = query.where(rows.file == file)
    return [list(row) for row in connection.execute(query)]


def taken_for_anything(feed: Any, path: Path, db: Database, bad: set[int]) -> list[str]:
    """Return the columns that take a nonsense text, put into a good row of a file."""
    read = feed.read or reader_for(path)
    batch = next(iter(read.open(path).batches()))
    place = next((n for n, line in enumerate(batch.lines.to_pylist()) if line not in bad), None)
    if place is None:
        return []
    row = pa.table(batch.rows.slice(place, 1))
    names, tables = [], []
    for column in feed.table.columns:
        given = feed.columns.get(column.name, column.name)
        value = value_of(column.name, given)
        field = value.fields(column.name)[0] if value is not None else None
        if field in row.column_names and pa.types.is_string(row.schema.field(field).type):
            names.append(column.name)
            where = row.column_names.index(field)
            tables.append(row.set_column(where, field, pa.array([NONSENSE], pa.string())))
    if not tables:
        return []
    with db.engine.connect() as connection:
        transaction = connection.begin()
        feed.load_data(connection, pa.concat_tables(tables), name="nonsense", limit=None)
        found = rejected(connection, feed.table.name, "nonsense")
        transaction.rollback()
    refused = {line for line, _, reason in found if not reason.startswith("repeats")}
    return [name for number, name in enumerate(names, 1) if number not in refused]


def probe_feed(feed: Any, db: Database) -> dict[str, Any]:
    """Load the files of a feed, twice, and tell what came of it."""
    table = feed.table
    paths = files_of(feed)
    key = list(feed.key) or [column.name for column in table.primary_key]
    filled = set(feed.source(paths[0]).columns) if paths else set(key)
    if not filled >= set(key):  # the database makes it: rows are matched by a unique constraint
        key = next((list(each) for each in uniques(table) if filled >= set(each)), key)
    found: dict[str, Any] = {
        "files": [path.name for path in paths],
        "key": key,
        "made": [name for name in key if name not in filled],
        "zoneless": [
            name
            for name, value in feed.columns.items()
            if isinstance(value, Local) and value.zone == "UTC"
        ],
        "limit": feed.limit,
        "rules": [f"{rule.column} {rule.reason}" for rule in feed.rules],
    }
    if not paths:
        return found
    found["first"] = counts(feed.load(db, paths, again=True))
    with db.engine.connect() as connection:
        found["rows"] = connection.scalar(sa.select(sa.func.count()).select_from(table))
        found["bad"] = rejected(connection, table.name)
        lines = {line for line, *_ in rejected(connection, table.name, paths[0].name)}
    found["second"] = counts(feed.load(db, paths, again=True))
    found["seen"] = [look(path).rows for path in paths]
    found["anything"] = taken_for_anything(feed, paths[0], db, lines)
    return found


def differences(base: Any, db: Database) -> list[str]:
    """Return in which the migrations differ from the models."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        return [_told(each) for each in compare_metadata(context, base.metadata)]


def _told(difference: Any) -> str:
    if isinstance(difference, list):  # changes of one column
        return ", ".join(_told(each) for each in difference)
    what, *things = difference
    names = [getattr(each, "name", each) for each in things if isinstance(each, str | sa.Column)]
    names += [each.name for each in things if isinstance(each, sa.Table)]
    return f"{what} {' '.join(str(each) for each in names)}".strip()


def page_errors(scratch: Path) -> dict[str, list[str]]:
    """Return the errors that the page shows in each state."""
    from streamlit import config
    from streamlit.testing.v1 import AppTest

    # What the project's settings keep from its visitors, its author is told.
    config.set_option("client.showErrorDetails", "full")
    found = {}
    for state in STATES:
        os.environ["DATABASE_URL"] = str(sqlite_url(scratch / f"{state}.db").render_as_string())
        page = AppTest.from_file(str(Path("streamlit_app.py").resolve()), default_timeout=60).run()
        found[state] = [each.message for each in page.exception]
    return found


def attempt(result: dict[str, Any], name: str, work: Any) -> None:
    """Note what the work returns; or, under "errors", what it raises: a project may raise all."""
    try:
        result[name] = work()
    except Exception as error:
        told = " ".join(str(error).split()).rstrip(".") or repr(error)
        result.setdefault("errors", {})[name] = told


def main(package: str, scratch: Path) -> None:
    result: dict[str, Any] = {"feeds": {}}
    feeds = importlib.import_module(f"{package}.feeds").FEEDS
    models = importlib.import_module(f"{package}.models")
    with Database(sqlite_url(scratch / "empty.db")) as empty:
        attempt(result, "upgrade", lambda: upgrade(empty))
        attempt(result, "differences", lambda: differences(models.Base, empty))
    with Database(sqlite_url(scratch / "full.db")) as db:
        attempt(result, "upgrade", lambda: upgrade(db))
        for name, feed in feeds.items():
            attempt(result["feeds"], name, lambda feed=feed: probe_feed(feed, db))
    attempt(result, "page", lambda: page_errors(scratch))
    result.pop("upgrade", None)
    (scratch / "found.json").write_text(json.dumps(result, default=str), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
