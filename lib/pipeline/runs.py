"""The record of runs, and the truth about those that died.

A run that is killed cannot say so. While it works it holds a lock that its end, any end, lets go
of; a run that is still called running, and whose lock is free, has died.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import DBAPIError

from lib.database import Database
from lib.database.database import ATTEMPTS
from lib.errors import PipelineError
from lib.load.report import PipelineReport
from lib.models import PipelineRun


@contextmanager
def recorded(db: Database) -> Iterator[PipelineReport]:
    """Record in `pipeline_runs` how the block ends: succeeded, or failed and why.

    Gives the report, to which the block appends what it has loaded. Runs that have died since are
    marked first.
    """
    mark_dead(db)
    with ExitStack() as lock:

        def start(connection: Connection) -> int:
            lock.close()  # that of an attempt before this one
            run = insert(PipelineRun).values(started_at=_now(), outcome="running")
            number = connection.execute(run).lastrowid
            # Locked before another process can see the row, so that none takes the run for dead.
            lock.enter_context(db.dialect.lock(db.engine, f"run_{number}"))
            return number

        report = PipelineReport(db.in_transaction(start))
        try:
            yield report
            _finish(db, report, lock, "succeeded")
        except BaseException as error:
            with suppress(DBAPIError):  # the server may be what failed; the next run will tell
                _finish(db, report, lock, "failed", _cause(db, report, error), attempts=1)
            raise


def mark_dead(db: Database) -> list[int]:
    """Mark the runs that died without a word; return their numbers."""
    running = PipelineRun.outcome == "running"
    died = (
        update(PipelineRun)
        .where(running)
        .values(
            outcome="died", message="It ended without a word: killed, or the machine went down."
        )
    )

    def mark(connection: Connection) -> list[int]:
        dead = []
        for number in connection.scalars(select(PipelineRun.id).where(running)).all():
            with db.dialect.lock(db.engine, f"run_{number}") as free:
                if free:  # dead; or it has come to its end since we asked, and runs no more
                    mine = died.where(PipelineRun.id == number).values(finished_at=_now())
                    dead += [number] * connection.execute(mine).rowcount
        return dead

    return db.in_transaction(mark)


def _finish(
    db: Database,
    report: PipelineReport,
    lock: ExitStack,
    outcome: str,
    message: str | None = None,
    attempts: int = ATTEMPTS,
) -> None:
    names = ("read", "inserted", "updated", "unchanged", "rejected", "inferred")
    values: dict[str, Any] = {f"rows_{name}": report.total(name) for name in names}
    values |= {"finished_at": _now(), "outcome": outcome, "message": message}

    def finish(connection: Connection) -> None:
        # What succeeded has not failed because Ctrl-C came right after the commit.
        mine = (PipelineRun.id == report.run_id) & (PipelineRun.outcome != "succeeded")
        connection.execute(update(PipelineRun).where(mine).values(values))
        # Before the commit: killed after it, the run would leave a lock file for ever.
        # A process that finds the lock free now, and would mark the run, waits for this row.
        lock.close()

    db.in_transaction(finish, attempts)


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
