"""The whole run: five tables in the order of their references, and the record of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError

from lib.database import Database
from lib.errors import PipelineError
from lib.load import bulk_load
from lib.models import Airline, Airport, Base, Flight, PipelineRun, Plane, Weather
from lib.report import LoadReport, Progress, format_reports
from lib.schema import upgrade
from lib.source import CsvSource, raw_source

TABLES: tuple[type[Base], ...] = (Airline, Airport, Plane, Weather, Flight)

# Tells how far the reading of one source is; tqdm makes such a thing.
Watch = Callable[[CsvSource], AbstractContextManager[Progress | None]]


@dataclass
class PipelineReport:
    """What one run did: its number in `pipeline_runs`, and a report for each table."""

    run_id: int
    tables: list[LoadReport] = field(default_factory=list)

    def __str__(self) -> str:
        return format_reports(self.tables)

    def total(self, name: str) -> int:
        """Return the sum of a count ("read", "inserted", ..., "inferred") over the tables."""
        if name == "inferred":
            return sum(sum(report.inferred.values()) for report in self.tables)
        return sum(getattr(report, name) for report in self.tables)


def run_pipeline(
    db: Database, *, month: int | None = None, watch: Watch | None = None
) -> PipelineReport:
    """Bring the schema up to date, then load every table; each commits by itself.

    With `month`, only that month's weather and flights are read. However the run ends, by an
    interrupt too, `pipeline_runs` records it. Run again, it finishes what was left, and changes
    nothing that is there already.

    Raises PipelineError when the database or a file is at fault.
    """
    upgrade(db)
    try:
        report = PipelineReport(_start(db))
        try:
            for model in TABLES:
                source = _source(model, month)
                with (watch or _unwatched)(source) as bar, db.engine.begin() as connection:
                    loaded = bulk_load(
                        connection, model, source, run_id=report.run_id, progress=bar
                    )
                report.tables.append(loaded)
        except BaseException as error:
            _finish(db, report, "failed", f"{model.__tablename__}: {_cause(db, error)}")
            raise
        _finish(db, report, "succeeded")
        return report
    except DBAPIError as error:
        raise db.explain(error) from error


def _unwatched(_source: CsvSource) -> AbstractContextManager[Progress | None]:
    return nullcontext()


def _source(model: type[Base], month: int | None) -> CsvSource:
    if month is not None and "month" in model.__table__.columns:
        return raw_source(model.__tablename__, month={str(month)})
    return raw_source(model.__tablename__)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0, tzinfo=None)


def _start(db: Database) -> int:
    with db.session_scope() as session:
        run = PipelineRun(started_at=_now(), outcome="running")
        session.add(run)
        session.flush()
        return run.id


def _finish(db: Database, report: PipelineReport, outcome: str, message: str | None = None) -> None:
    with db.session_scope() as session:
        run = session.get_one(PipelineRun, report.run_id)
        run.finished_at, run.outcome, run.message = _now(), outcome, message
        for name in ("read", "inserted", "updated", "unchanged", "rejected", "inferred"):
            setattr(run, f"rows_{name}", report.total(name))


def _cause(db: Database, error: BaseException) -> str:
    if isinstance(error, DBAPIError):
        error = db.explain(error)
    if isinstance(error, PipelineError):
        return error.message
    return f"{type(error).__name__}: {error}".rstrip(": ")
