"""The whole run: five tables, in the order of their references; and one of them, by itself."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from lib.database import Database
from lib.database.schema import upgrade
from lib.load import bulk_load
from lib.load.report import LoadReport, PipelineReport, ProgressFactory, no_progress
from lib.models import Airline, Airport, Base, Flight, Plane, Weather
from lib.pipeline.flights import RULES, raw_source
from lib.pipeline.runs import recorded

TABLES: tuple[type[Base], ...] = (Airline, Airport, Plane, Weather, Flight)


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
            for model in TABLES:
                report.loading = model.__tablename__
                part = month if "month" in model.__table__.columns else None
                report.tables.append(load_table(db, model, part, run_id=report.run_id, watch=watch))
        return report
    except DBAPIError as error:
        raise db.explain(error) from error


def load_table(
    db: Database,
    model: type[Base],
    month: str | None = None,
    *,
    run_id: int | None = None,
    watch: ProgressFactory = no_progress,
) -> LoadReport:
    """Load the raw file of one table, or of a monthly one the month ("2013-01"), in a transaction.

    Transient errors, such as a lock, are retried. The tables must be there. Raises PipelineError
    when the file is at fault, and DBAPIError when the database is; then nothing was loaded.
    """
    where = {"month": {str(int(month[-2:]))}} if month else {}
    source = raw_source(model.__tablename__, **where)
    rules = RULES.get(model.__tablename__, ())
    with watch(source) as progress:

        def load(connection: Connection) -> LoadReport:
            return bulk_load(
                connection, model, source, rules=rules, run_id=run_id, progress=progress
            )

        return db.in_transaction(load, read_committed=True)
