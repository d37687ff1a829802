"""The record of runs, and the truth about those that died.

A run that is killed cannot say so. While it works it holds a lock that its end, any end, lets go
of; a run that is still called running, and whose lock is free, has died.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from lib.database import Database
from lib.errors import PipelineError
from lib.models import PipelineRun
from lib.report import PipelineReport


@contextmanager
def recorded(db: Database) -> Iterator[PipelineReport]:
    """Record in `pipeline_runs` how the block ends: succeeded, or failed and why.

    Gives the report, to which the block appends what it has loaded. Runs that have died since are
    marked first.
    """
    mark_dead(db)
    with ExitStack() as until_the_end:
        with db.session_scope() as session:
            run = PipelineRun(started_at=_now(), outcome="running")
            session.add(run)
            session.flush()
            report = PipelineReport(run.id)
            # Locked before anybody else can see the row, so that nobody takes the run for dead.
            until_the_end.enter_context(db.dialect.lock(db.engine, f"run_{run.id}"))
        try:
            yield report
        except BaseException as error:
            with suppress(DBAPIError):  # the server may be what failed; the next run will tell
                _finish(db, report, "failed", _cause(db, report, error))
            raise
        _finish(db, report, "succeeded")


def mark_dead(db: Database) -> list[int]:
    """Mark the runs that died without a word; return their numbers."""
    dead = []
    with db.session_scope() as session:
        for run in session.scalars(select(PipelineRun).where(PipelineRun.outcome == "running")):
            with db.dialect.lock(db.engine, f"run_{run.id}") as free:
                if free:
                    run.outcome, run.finished_at = "died", _now()
                    run.message = "It ended without a word: killed, or the machine went down."
                    dead.append(run.id)
    return dead


def _finish(db: Database, report: PipelineReport, outcome: str, message: str | None = None) -> None:
    with db.session_scope() as session:
        run = session.get_one(PipelineRun, report.run_id)
        run.finished_at, run.outcome, run.message = _now(), outcome, message
        for name in ("read", "inserted", "updated", "unchanged", "rejected", "inferred"):
            setattr(run, f"rows_{name}", report.total(name))


def _cause(db: Database, report: PipelineReport, error: BaseException) -> str:
    if isinstance(error, DBAPIError):
        error = db.explain(error)
    if isinstance(error, PipelineError):
        text = error.message
    else:
        text = f"{type(error).__name__}: {error}".rstrip(": ")
    return f"{report.loading}: {text}" if report.loading else text


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0, tzinfo=None)
