"""The pipeline in parts: one table, or one month of it, loaded and checked by itself.

Each part may be run at any time, in any order after what it refers to, and again: it is loaded
entirely or not at all, and a second run changes nothing. Who runs the parts, and when, is not
decided here: a person, `lib.orchestration`, `lib.orchestration.dask_cluster`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import filterfalse

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import ColumnElement, Connection, Table, select
from sqlalchemy.exc import DBAPIError

from lib.database import Database
from lib.database.frames import read_frame
from lib.database.schema import explain
from lib.errors import NotReady
from lib.load.report import LoadReport
from lib.load.rules import Rule
from lib.pipeline.flights import FEEDS, Model, feed_of, is_monthly, of_month
from lib.pipeline.pipeline import load_feed
from lib.pipeline.runs import recorded

MONTHLY = tuple(filter(is_monthly, FEEDS.values()))
WHOLE = tuple(filterfalse(is_monthly, FEEDS.values()))  # small, and not of any month
MONTHS = tuple(f"2013-{number:02}" for number in range(1, 13))


def load_part(db: Database, model: Model, month: str | None = None) -> LoadReport:
    """Load the feed of a table, or of a monthly one the month ("2013-01"); record it as a run.

    Transient errors are retried. The tables must be there: `lib.database.schema.upgrade` makes
    them. Raises PipelineError when they are not, or when the database or the file is at fault; then
    nothing was loaded.
    """
    feed = feed_of(model)
    try:
        with recorded(db) as run:
            run.loading = f"{feed.table.name} {month or ''}".rstrip()
            part = of_month(feed, month) if month else feed
            run.tables.append(load_feed(db, part, run_id=run.run_id))
            return run.tables[0]
    except DBAPIError as error:
        raise explain(db, error) from error


def may_pass(db: Database, error: BaseException) -> bool:
    """Tell whether the same work may succeed later: a lock, a deadlock, a server that is away.

    Anything else, such as a damaged file, a wrong password or a bug, fails again in the same way.
    """
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, NotReady):
            return True
        if isinstance(seen, DBAPIError):
            return db.dialect.is_transient(seen) or isinstance(db.explain(seen), NotReady)
        seen = seen.__cause__
    return False


def due(today: date, late: int = 7) -> list[str]:
    """Return the months to load on this day: that of yesterday, and in the first days of a month
    the one before it as well, because rows come late. Only months that we have files for."""
    days = {today - timedelta(days=1), today - timedelta(days=late)}
    return [month for month in sorted({f"{day:%Y-%m}" for day in days}) if month in MONTHS]


# --- Checks of what is in the tables -----------------------------------------------------------


def breaks(connection: Connection, model: Model, rule: Rule, month: str) -> int:
    """Return how many rows of the month break the rule; such a row belongs into quarantine."""
    table = feed_of(model).table
    rows = select(table.c[rule.column]).where(*_in(table, month))
    values = pa.Array.from_pandas(read_frame(connection, rows)[rule.column])
    return int(pc.sum(pc.fill_null(rule.broken(values), False)).as_py() or 0)


def empty_days(connection: Connection, model: Model, month: str) -> Sequence[date]:
    """Return the days of the month of which there is no row: a day that failed without a word."""
    table = feed_of(model).table
    there = set(connection.scalars(select(table.c["day"]).where(*_in(table, month)).distinct()))
    day = date.fromisoformat(f"{month}-01")
    days = [day + timedelta(days=number) for number in range(31)]
    return [each for each in days if each.month == day.month and each.day not in there]


def _in(table: Table, month: str) -> list[ColumnElement[bool]]:
    return [table.c["year"] == int(month[:4]), table.c["month"] == int(month[-2:])]
