"""The whole run: each feed, in the order of their references; and one of them, by itself."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from lib.database import Database
from lib.database.schema import upgrade
from lib.feeds import Feed
from lib.load.report import LoadReport, PipelineReport, ProgressFactory, no_progress
from lib.pipeline.flights import FEEDS, is_monthly, of_month
from lib.pipeline.runs import recorded


def run_pipeline(
    db: Database, *, month: str | None = None, watch: ProgressFactory = no_progress
) -> PipelineReport:
    """Bring the schema up to date, then load every table; each commits by itself.

    With `month` ("2013-01"), only that month's weather and flights are read. However the run ends,
    by an interrupt too, `pipeline_runs` records it; of one that is killed, the next run does. Run
    again, it finishes what was left, and changes nothing that is there already.

    Raises PipelineError when the database or a file is at fault.
    """
    upgrade(db)
    try:
        with recorded(db) as report:
            for name, feed in FEEDS.items():
                report.loading = name
                part = of_month(feed, month) if month and is_monthly(feed) else feed
                report.tables.append(load_feed(db, part, run_id=report.run_id, watch=watch))
        return report
    except DBAPIError as error:
        raise db.explain(error) from error


def load_feed(
    db: Database,
    feed: Feed,
    *,
    run_id: int | None = None,
    watch: ProgressFactory = no_progress,
) -> LoadReport:
    """Load the one file of a feed in a transaction, whether it was loaded before or not.

    Transient errors, such as a lock, are retried. The tables must be there. Raises PipelineError
    when the file is at fault, and DBAPIError when the database is; then nothing was loaded.
    """
    (path,) = feed.paths()
    source = feed.source(path)
    with watch(source) as progress:

        def load(connection: Connection) -> LoadReport:
            name = source.name  # wherever the package lies
            return feed.load_data(connection, path, name=name, run_id=run_id, progress=progress)

        return db.in_transaction(load, read_committed=True)
