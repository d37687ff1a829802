"""Killed at any moment, a load leaves each table as before or as after, and the next run finishes.

Each kill is followed by a check of every table, before anything is mended.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from lib.config import sqlite_url
from lib.database import Database
from lib.database.schema import upgrade
from lib.errors import PipelineError
from lib.models import Base, PipelineRun
from lib.pipeline import run_pipeline
from lib.pipeline.runs import mark_dead
from tests.support.killing import (
    Events,
    Moment,
    contents,
    february,
    fingerprint,
    leftovers,
    load_interrupted,
    load_until,
    load_with_little_room,
    staging_folders,
    wait_until_gone,
    working,
    write_february,
)
from tests.support.mysql_server import PrivateServer, connect, find_server, fresh_database

KINDS = ("sqlite", "mysql")
# At least; two tests for each database kill the process.
KILLS_OF_A_TEST, INTERRUPTS_OF_A_TEST, KILLS_OF_THE_SERVER = 20, 10, 5
# What four days have, with the 4 airports and 235 planes that only flights know.
ROWS = {"airlines": 16, "airports": 1_462, "planes": 3_557, "weather": 287, "flights": 3_568}
ROWS |= {"rejected_rows": 2}
Load = tuple[float, dict[str, int], list[float]]  # seconds, what happened, seconds of statements

# Rows that are wrong, rows that are missing, and rejected rows that nobody finds any more: a load
# has to update, insert and delete.
SPOILED = (
    "UPDATE airlines SET name = 'old' WHERE carrier > 'F'",
    "DELETE FROM airports WHERE faa LIKE '0%'",
    "UPDATE planes SET seats = 0 WHERE year > 2000",
    "DELETE FROM flights WHERE day > 11",
    "UPDATE flights SET distance = 1, tailnum = NULL WHERE flight < 1000",
    "DELETE FROM weather WHERE day < 11",
    "UPDATE weather SET temp = 0 WHERE hour = 12",
    "UPDATE rejected_rows SET line = 99999 WHERE table_name = 'flights'",
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files") / "february"
    write_february(folder)
    return folder


@dataclass
class Scene:
    """A database to load into, and what each table may be: the states between two commits."""

    url: str
    db: Database
    files: Path
    temporary: Path
    folders: tuple[Path, ...]
    states: list[tuple[int, ...]] = field(default_factory=list)
    killed: int = 0
    runs: int = 0

    def empty(self) -> None:
        with self.db.engine.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                if table.name != "pipeline_runs":
                    connection.execute(sa.delete(table))

    def spoil(self) -> None:
        self.db.execute(SPOILED)

    def measure(self) -> None:
        """Load without a kill, and note the state after each commit."""
        states = self.states = [fingerprint(self.db)]

        class Noting(Events):
            def note(this, kind: str) -> None:
                super().note(kind)
                if kind == "committed":
                    state = fingerprint(self.db)
                    if state != states[-1]:
                        states.append(state)

        with Database(self.url) as other, february(self.files):
            run_pipeline(other, watch=Noting(other, None, lambda: None).watch)

    def clean_load(self) -> Load:
        with working(load_until, self.url, self.files, self.temporary, None) as worker:
            assert worker.pipe.recv() == "ready"
            done: Load = worker.pipe.recv()
            worker.join()
        return done

    def end_at(self, moment: Moment, function: Callable[..., None] = load_until) -> Any:
        """Load in another process, which ends at the moment; return what it had to tell."""
        self.runs = len(runs(self.db))
        with working(function, self.url, self.files, self.temporary, moment) as worker:
            assert worker.pipe.recv() == "ready"
            if moment.kind == "time" and function is load_until:
                worker.process.join(moment.delay)
                worker.kill()
            worker.join()
            self.killed += worker.was_killed
            told = worker.pipe.recv() if not worker.was_killed else worker.process.exitcode
        wait_until_gone(self.db)
        return told

    def check(self, moment: Moment) -> int:
        """Return how many of the tables are loaded; fail when one is between before and after."""
        state = fingerprint(self.db)
        assert state in self.states, f"{moment}: a table is neither as before nor as after"
        done = self.states.index(state)
        mark_dead(self.db)
        for run in runs(self.db)[self.runs :]:  # none, when it died before it could say so
            assert run.outcome in ("died", "failed", "succeeded"), f"{moment}: {run.outcome}"
            assert run.finished_at is not None
            if run.outcome == "succeeded":
                assert done == 5, f"{moment}: it did not succeed"
        return done


def runs(db: Database) -> list[PipelineRun]:
    with db.session_scope() as session:
        found = list(session.scalars(sa.select(PipelineRun).order_by(PipelineRun.id)))
        session.expunge_all()
    return found


@pytest.fixture(params=KINDS)
def scene(request: pytest.FixtureRequest, files: Path, tmp_path: Path) -> Iterator[Scene]:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = sqlite_url(tmp_path / "x.db").render_as_string(hide_password=False)
        else:
            server: str = request.getfixturevalue("mysql_url")
            url = stack.enter_context(fresh_database(server))
        db = stack.enter_context(Database(url))
        upgrade(db)
        yield Scene(url, db, files, temporary, (tmp_path, temporary))


def moments(load: Load) -> list[Moment]:
    """Spread moments over a load that was measured: by time, by event, and inside statements."""
    total, counts, seconds = load
    found = [Moment("time", delay=total * part / 5) for part in range(5)]
    for kind, steps in (("statement", 5), ("answer", 3), ("batch", 2)):
        found += [Moment(kind, 1 + counts[kind] * step // steps) for step in range(steps)]
    last = counts["commit"]  # of the run's end; the five before it are those of the tables
    found += [Moment("commit", last - back) for back in (0, 1, 3)]
    found += [Moment("committed", last - back) for back in (0, 1, 2, 6)]
    slow = sorted(range(len(seconds)), key=lambda each: -seconds[each])[:2]
    return found + [Moment("statement", each + 1, delay=seconds[each] / 2) for each in slow]


@pytest.mark.parametrize("start", ["empty", "spoiled"])
def test_killed_at_any_moment_it_leaves_whole_tables_and_the_next_run_finishes(
    scene: Scene, start: str
) -> None:
    db = scene.db
    prepare = {"empty": scene.empty, "spoiled": scene.spoil}[start]
    scene.clean_load()
    reference = contents(db)
    assert {name: rows.total() for name, rows in reference.items()} == ROWS

    prepare()
    scene.measure()
    assert len(scene.states) == 6  # before, and after each of the five tables
    prepare()
    load = scene.clean_load()
    assert contents(db) == reference

    done = 5
    for moment in moments(load):
        if done == 5 or start == "empty":
            prepare()
        scene.end_at(moment)
        done = scene.check(moment)
    assert scene.killed >= KILLS_OF_A_TEST

    scene.clean_load()
    assert contents(db) == reference
    assert leftovers(db, *scene.folders) == []
    outcomes = Counter(run.outcome for run in runs(db))
    assert outcomes["died"] >= KILLS_OF_A_TEST // 2
    assert outcomes.keys() == {"died", "succeeded"}


def test_the_next_load_removes_the_staging_folder_of_one_that_was_killed(scene: Scene) -> None:
    scene.end_at(Moment("batch", 3))
    assert scene.killed
    scene.clean_load()
    assert staging_folders(*scene.folders) == []


def test_interrupted_at_any_moment_it_leaves_whole_tables(scene: Scene) -> None:
    db = scene.db
    scene.measure()
    reference = contents(db)
    scene.empty()
    load = scene.clean_load()
    interrupted = 0
    for moment in moments(load)[::2]:
        scene.empty()
        interrupted += scene.end_at(moment, load_interrupted) == "interrupted"
        scene.check(moment)
    assert interrupted >= INTERRUPTS_OF_A_TEST
    assert leftovers(db, *scene.folders) + staging_folders(*scene.folders) == []
    scene.clean_load()
    assert contents(db) == reference


# --- The server -------------------------------------------------------------------------------


@pytest.fixture
def lost(files: Path, tmp_path: Path) -> Iterator[tuple[PrivateServer, Scene]]:
    """A server of one's own, to be killed."""
    if find_server() is None:
        pytest.skip("no server is installed")
    with PrivateServer() as server, Database(server.url) as db, february(files):
        upgrade(db)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tempfile, "tempdir", str(tmp_path))
            yield server, Scene(server.url, db, files, tmp_path, (tmp_path,))


def test_a_server_killed_at_any_moment_has_whole_tables_and_the_next_run_finishes(
    lost: tuple[PrivateServer, Scene],
) -> None:
    server, scene = lost
    db = scene.db
    scene.measure()
    reference = contents(db)
    scene.empty()
    load = scene.clean_load()
    kills = 0
    for moment in moments(load)[2::3]:
        scene.empty()
        scene.runs = len(runs(db))
        with Database(server.url) as other:
            events = Events(other, moment, server.kill)
            if moment.kind == "time":
                events.act_later()
            try:
                run_pipeline(other, watch=events.watch)
            except PipelineError as error:
                assert re.search("broke off|No database answers", str(error)), moment
        events.wait()
        kills += not server.running
        server.start()
        scene.check(moment)
        assert leftovers(db, *scene.folders) + staging_folders(*scene.folders) == []
    assert kills >= KILLS_OF_THE_SERVER
    run_pipeline(db)
    assert contents(db) == reference


@pytest.mark.parametrize("scene", ["mysql"], indirect=True)  # SQLite has none to lose
def test_a_connection_that_is_lost_leaves_whole_tables_and_the_next_run_finishes(
    scene: Scene,
) -> None:
    scene.measure()
    reference = contents(scene.db)
    scene.empty()
    _, counts, seconds = scene.clean_load()
    slowest = seconds.index(max(seconds)) + 1
    last = counts["commit"]
    for moment in (
        Moment("batch", counts["batch"] // 2),
        Moment("statement", slowest),
        Moment("answer", slowest),
        Moment("commit", last - 1),
    ):
        scene.empty()
        scene.runs = len(runs(scene.db))
        with Database(scene.url) as other, february(scene.files):
            events = Events(other, moment, lambda: kill_connections(scene.url))
            with pytest.raises(PipelineError, match="broke off"):
                run_pipeline(other, watch=events.watch)
        scene.check(moment)
        assert runs(scene.db)[-1].outcome in ("failed", "died")
    scene.clean_load()
    assert contents(scene.db) == reference


def kill_connections(url: str) -> None:
    """Let the server end each connection to this database but the one that asks."""
    with connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM information_schema.processlist "
            "WHERE db = DATABASE() AND id <> CONNECTION_ID()"
        )
        for (number,) in cursor.fetchall():
            cursor.execute(f"KILL {number}")


# --- The disk ---------------------------------------------------------------------------------


@pytest.mark.parametrize("pages", [4, 60, 150])
def test_a_full_disk_leaves_whole_tables_and_the_next_run_finishes(
    files: Path, tmp_path: Path, pages: int
) -> None:
    url = sqlite_url(tmp_path / "x.db")
    with Database(url) as db:
        upgrade(db)
        scene = Scene(str(url), db, files, tmp_path, (tmp_path,))
        with february(files):
            scene.measure()
            reference = contents(db)
            scene.empty()
            db.execute(["DELETE FROM pipeline_runs"])
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
            used = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        with Database(url) as full, february(files):

            @event.listens_for(full.engine, "connect")
            def limit(raw: Any, _record: object) -> None:
                raw.execute(f"PRAGMA max_page_count = {used + pages}")

            with pytest.raises(PipelineError, match="no room left"):
                run_pipeline(full)
        assert scene.check(Moment("full", pages)) < 5
        assert [run.outcome for run in runs(db)] == ["failed"]
        assert "no room left" in str(runs(db)[0].message)
        assert leftovers(db, tmp_path) + staging_folders(tmp_path) == []
        with february(files):
            run_pipeline(db)
        assert contents(db) == reference


@pytest.mark.skipif(os.name == "nt", reason="Windows limits no file's size")
def test_a_full_staging_folder_leaves_whole_tables_and_one_error(scene: Scene) -> None:
    scene.clean_load()
    reference = contents(scene.db)
    scene.db.execute(["DELETE FROM flights"])
    before = fingerprint(scene.db)
    limit = 20_000  # bytes: less than a batch of flights
    if scene.db.dialect.name == "sqlite":  # more than the database has, less than all flights
        with scene.db.engine.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        ) as connection:
            connection.exec_driver_sql("VACUUM")
            limit = connection.exec_driver_sql("PRAGMA page_count").scalar_one() * 4096 + 100_000
        scene.db.close()
    with working(load_with_little_room, scene.url, scene.files, scene.temporary, limit) as worker:
        assert worker.pipe.recv() == "ready"
        kind, message = worker.pipe.recv()
        assert kind == "PipelineError"
        assert re.search("disk|room", message), message
        worker.join()
    assert fingerprint(scene.db) == before
    assert leftovers(scene.db, *scene.folders) + staging_folders(*scene.folders) == []
    scene.clean_load()
    assert contents(scene.db) == reference
