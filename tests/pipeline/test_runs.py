"""The record of runs tells the truth: of those that end, and of those that die."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from lib.config import sqlite_url
from lib.database import Database
from lib.errors import PipelineError
from lib.load.report import LoadReport
from lib.models import Base, PipelineRun
from lib.pipeline.runs import mark_dead, recorded
from tests.support.killing import Pipe, Worker, die, wait_until_gone, working
from tests.support.tables import emptied_after, tables_made
from tests.support.year import KINDS


@pytest.fixture(scope="module", params=KINDS)
def url(request: pytest.FixtureRequest) -> Iterator[URL]:
    with tables_made(request, request.param) as url:
        yield url


@pytest.fixture
def db(url: URL) -> Iterator[Database]:
    with emptied_after(url) as db:
        yield db


def runs(db: Database) -> list[PipelineRun]:
    with db.session_scope() as session:
        found = list(session.scalars(sa.select(PipelineRun).order_by(PipelineRun.id)))
        session.expunge_all()
    return found


def outcomes(db: Database) -> list[str]:
    return [run.outcome for run in runs(db)]


def lock_files(db: Database) -> list[Path]:
    file = Path(str(db.url.database))
    return list(file.parent.glob("*.lock")) if db.dialect.name == "sqlite" else []


# --- A run that comes to its end --------------------------------------------------------------


def test_a_run_is_running_until_it_has_succeeded(db: Database) -> None:
    with recorded(db) as report:
        assert outcomes(db) == ["running"]
        assert runs(db)[0].finished_at is None
        report.tables.append(LoadReport("x", "x.csv", 9, 4, 3, 1, 1, {"airports": 2}))
    (run,) = runs(db)
    assert (run.id, run.outcome, run.message) == (report.run_id, "succeeded", None)
    assert run.finished_at is not None and run.finished_at >= run.started_at
    counts = (run.rows_read, run.rows_inserted, run.rows_updated, run.rows_unchanged)
    assert (*counts, run.rows_rejected, run.rows_inferred) == (9, 4, 3, 1, 1, 2)
    assert lock_files(db) == []


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PipelineError("The file is bad.", "Mend it."), "planes: The file is bad."),
        (ValueError("on purpose"), "planes: ValueError: on purpose"),
        (KeyboardInterrupt(), "planes: KeyboardInterrupt"),
        (SystemExit(3), "planes: SystemExit: 3"),
    ],
    ids=repr,
)
def test_a_run_that_fails_says_why(db: Database, error: BaseException, message: str) -> None:
    with pytest.raises(type(error)), recorded(db) as report:
        report.loading = "planes"
        report.tables.append(LoadReport("x", "x.csv", 5, 5))
        raise error
    (run,) = runs(db)
    assert (run.outcome, run.message, run.rows_read) == ("failed", message, 5)
    assert run.finished_at is not None
    assert lock_files(db) == []


def test_a_database_that_fails_is_quoted_without_its_sql(db: Database) -> None:
    with pytest.raises(sa.exc.DBAPIError), recorded(db):
        db.execute(["SELECT 'secret' FROM no_such_table"])
    message = str(runs(db)[0].message)
    assert "no_such_table" in message
    assert "secret" not in message


def test_an_interrupt_right_after_the_end_does_not_take_the_success_back(db: Database) -> None:
    commit = db.engine.dialect.do_commit

    def interrupt(connection: object) -> None:
        db.engine.dialect.do_commit = commit
        commit(connection)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), recorded(db):
        db.engine.dialect.do_commit = interrupt
    assert outcomes(db) == ["succeeded"]


def test_an_interrupt_before_the_last_commit_is_recorded(db: Database) -> None:
    commit = db.engine.dialect.do_commit

    def interrupt(_connection: object) -> None:
        db.engine.dialect.do_commit = commit
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), recorded(db):
        db.engine.dialect.do_commit = interrupt
    assert outcomes(db) == ["failed"]


def test_what_another_one_holds_for_a_moment_is_waited_for(db: Database) -> None:
    """The end of a run is an update; it must not fail because somebody has just written."""
    error = OperationalError("x", {}, Exception("database is locked"))
    if db.dialect.name == "mysql":
        error = OperationalError("x", {}, Exception(1213, "Deadlock found"))
    raised: list[str] = []

    def refuse(_cursor: object, statement: str, *_: object) -> None:
        verb = statement.split()[0]
        if "pipeline_runs" in statement and verb not in raised:
            raised.append(verb)
            raise error

    event.listen(db.engine, "do_execute", refuse)
    with recorded(db):
        pass
    event.remove(db.engine, "do_execute", refuse)
    assert raised == ["SELECT", "INSERT", "UPDATE"]
    assert outcomes(db) == ["succeeded"]
    assert lock_files(db) == []


# --- A run that dies --------------------------------------------------------------------------


def run_and(end: str, url: str, pipe: Pipe) -> None:
    """Begin a run; then wait for a word, and end it, or die in it."""
    with Database(url) as db, recorded(db) as report:
        pipe.send(report.run_id)
        if end == "die":
            die()
        pipe.recv()


@contextmanager
def run_elsewhere(end: str, db: Database) -> Iterator[Worker]:
    """Have another process in the middle of a run."""
    url = db.url.render_as_string(hide_password=False)
    with working(run_and, end, url) as worker:
        worker.number = worker.pipe.recv()
        yield worker


def test_the_next_run_marks_the_one_that_was_killed(db: Database) -> None:
    with run_elsewhere("die", db) as worker:
        worker.join()
        assert worker.was_killed
    wait_until_gone(db)
    assert outcomes(db) == ["running"]  # the lie that a dead process cannot take back
    with recorded(db):
        assert outcomes(db) == ["died", "running"]
    died, after = runs(db)
    assert (died.id, died.outcome, after.outcome) == (worker.number, "died", "succeeded")
    assert "without a word" in str(died.message)
    assert died.finished_at is not None
    assert mark_dead(db) == []
    assert lock_files(db) == []


def test_a_run_is_not_taken_for_dead_while_its_process_lives(db: Database) -> None:
    with run_elsewhere("end", db) as worker:
        for _ in range(3):
            assert mark_dead(db) == []
        with recorded(db):
            assert outcomes(db) == ["running", "running"]
        assert outcomes(db) == ["running", "succeeded"]
        worker.pipe.send("end")
        worker.join()
    assert outcomes(db) == ["succeeded", "succeeded"]
    assert lock_files(db) == []


def test_two_runs_at_once_in_one_process_are_not_taken_for_dead(db: Database) -> None:
    with recorded(db) as first, recorded(db) as second:
        assert mark_dead(db) == []
        assert first.run_id != second.run_id
    assert outcomes(db) == ["succeeded", "succeeded"]


def test_of_several_only_the_dead_are_marked(db: Database) -> None:
    with run_elsewhere("end", db) as living:
        with run_elsewhere("end", db) as first, run_elsewhere("end", db) as second:
            first.kill()
            second.kill()
        marked: list[int] = []
        deadline = time.monotonic() + 10
        while len(marked) < 2 and time.monotonic() < deadline:  # the server takes a moment, too
            marked += mark_dead(db)
        assert marked == [first.number, second.number]
        living.pipe.send("end")
        living.join()
    assert outcomes(db) == ["succeeded", "died", "died"]


def test_a_run_that_ends_while_it_is_looked_at_has_not_died(db: Database) -> None:
    """Whoever asks has read `running`; before it gets the lock, the run has succeeded."""
    with recorded(db) as report:
        pass
    state = sa.update(PipelineRun).where(PipelineRun.id == report.run_id)
    db.execute([state.values(outcome="running")])
    ended: list[bool] = []

    def end(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT pipeline_runs") and not ended:
            ended.append(True)
            with Database(db.url) as other:
                other.execute([state.values(outcome="succeeded")])

    event.listen(db.engine, "after_cursor_execute", end)
    marked = mark_dead(db)
    event.remove(db.engine, "after_cursor_execute", end)
    assert ended
    assert marked == []
    assert outcomes(db) == ["succeeded"]


def test_a_run_in_memory_is_recorded_and_never_taken_for_dead() -> None:
    with Database("sqlite://") as db:
        Base.metadata.create_all(db.engine)
        with recorded(db):
            assert mark_dead(db) == []
        with pytest.raises(ValueError, match="on purpose"), recorded(db):
            raise ValueError("on purpose")
        assert outcomes(db) == ["succeeded", "failed"]


def test_a_database_that_is_gone_does_not_hide_the_first_error(tmp_path: Path) -> None:
    with Database(sqlite_url(tmp_path / "x.db")) as db:
        Base.metadata.create_all(db.engine)
        with pytest.raises(ValueError, match="on purpose"), recorded(db):
            db.execute(["DROP TABLE rejected_rows", "DROP TABLE loaded_files"])
            db.execute(["DROP TABLE pipeline_runs"])
            raise ValueError("on purpose")
        assert lock_files(db) == []
