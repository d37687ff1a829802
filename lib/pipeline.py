"""The whole run: five tables, in the order of their references."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from lib.database import Database
from lib.load import bulk_load
from lib.models import Airline, Airport, Base, Flight, Plane, Weather
from lib.report import LoadReport, PipelineReport, Watch, unwatched
from lib.runs import recorded
from lib.schema import upgrade
from lib.source import CsvSource, raw_source

TABLES: tuple[type[Base], ...] = (Airline, Airport, Plane, Weather, Flight)


def run_pipeline(
    db: Database, *, month: int | None = None, watch: Watch = unwatched
) -> PipelineReport:
    """Bring the schema up to date, then load every table; each commits by itself.

    With `month`, only that month's weather and flights are read. However the run ends, by an
    interrupt too, `pipeline_runs` records it; of one that is killed, the next run does. Run again,
    it finishes what was left, and changes nothing that is there already.

    Raises PipelineError when the database or a file is at fault.
    """
    upgrade(db)
    try:
        with recorded(db) as report:
            for model in TABLES:
                report.loading = model.__tablename__
                source = _source(model, month)
                report.tables.append(_load(db, model, source, report.run_id, watch))
        return report
    except DBAPIError as error:
        raise db.explain(error) from error


def _load(
    db: Database, model: type[Base], source: CsvSource, run_id: int, watch: Watch
) -> LoadReport:
    with watch(source) as progress:

        def load(connection: Connection) -> LoadReport:
            return bulk_load(connection, model, source, run_id=run_id, progress=progress)

        return db.in_transaction(load)


def _source(model: type[Base], month: int | None) -> CsvSource:
    if month is not None and "month" in model.__table__.columns:
        return raw_source(model.__tablename__, month={str(month)})
    return raw_source(model.__tablename__)
