"""Other processes that work on a database, and die when they are told to.

They are forked from a server that has imported everything: an interpreter's start would take longer
than the load. Where there is no fork, as on Windows, each is an interpreter of its own.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import configure_mappers

import lib.source
from lib.database import Database
from lib.models import Base
from lib.pipeline import run_pipeline
from lib.pipeline.flights import FEEDS, is_monthly, raw_source
from lib.source import CsvSource
from tests.support.few import files_in

_FORKS = "forkserver" in multiprocessing.get_all_start_methods()
CONTEXT: Any = multiprocessing.get_context("forkserver" if _FORKS else "spawn")
configure_mappers()  # once, and not in each process
if _FORKS:
    CONTEXT.set_forkserver_preload(["pytest", "adbc_driver_sqlite.dbapi", __name__])
    # What a process got from the server it need not search for garbage, which would copy it all.
    os.register_at_fork(before=gc.freeze)


def die() -> None:
    """End this process at once: no `finally`, no flush, no goodbye to the server."""
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    time.sleep(60)


# --- Processes --------------------------------------------------------------------------------


@dataclass
class Worker:
    """A process that calls a function; the function gets a pipe to `pipe` as its last argument."""

    process: Any
    pipe: Pipe
    number: int = 0  # of its run

    def kill(self) -> None:
        self.process.kill()
        self.join()

    def join(self, timeout: float = 60) -> None:
        """Wait for the process' end."""
        self.process.join(timeout)
        assert self.process.exitcode is not None, "the other process did not end"

    @property
    def was_killed(self) -> bool:
        return bool(self.process.exitcode not in (0, 1))


@contextmanager
def working(function: Callable[..., Any], *arguments: object) -> Iterator[Worker]:
    """Call the function in another process for a block, at whose end it is gone."""
    here, there = CONTEXT.Pipe()
    process = CONTEXT.Process(target=function, args=(*arguments, there))
    process.start()
    there.close()
    try:
        yield Worker(process, here)
    finally:
        process.kill()
        process.join()
        here.close()


# --- Moments ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moment:
    """When to act: at the `number`-th event of a kind, or so many seconds after it.

    Kinds: statement (before it), answer (after it), commit, committed, batch; and time, which has
    no number and is measured by the parent.
    """

    kind: str
    number: int = 0
    delay: float = 0

    def __str__(self) -> str:
        return f"{self.kind} {self.number} + {self.delay * 1000:.1f} ms"


class Events:
    """Counts what happens on a database, and calls `act` at one moment."""

    def __init__(self, db: Database, moment: Moment | None, act: Callable[[], object]) -> None:
        self.counts = {"statement": 0, "answer": 0, "commit": 0, "committed": 0, "batch": 0}
        self.seconds: list[float] = []  # of each statement
        self._moment, self._act = moment, act
        self._timer: threading.Timer | None = None
        engine: Any = db.engine
        event.listen(engine, "before_cursor_execute", lambda *_: self.note("statement"))
        event.listen(engine, "after_cursor_execute", lambda *_: self.note("answer"))
        commit = engine.dialect.do_commit

        def do_commit(connection: Any) -> None:
            self.note("commit")
            commit(connection)
            self.note("committed")

        engine.dialect.do_commit = do_commit

    def note(self, kind: str) -> None:
        """Count one more of a kind."""
        if kind == "statement":
            self._start = time.perf_counter()
        elif kind == "answer":
            self.seconds.append(time.perf_counter() - self._start)
        self.counts[kind] += 1
        moment = self._moment
        if moment is not None and (moment.kind, moment.number) == (kind, self.counts[kind]):
            if moment.delay:
                self.act_later()
            else:
                self._act()

    def act_later(self) -> None:
        """Act in a thread, after the moment's delay."""
        assert self._moment is not None
        self._timer = threading.Timer(self._moment.delay, self._act)
        self._timer.daemon = True
        self._timer.start()

    def wait(self) -> None:
        """Wait until what was to be done later is done."""
        if self._timer is not None:
            self._timer.join()

    @contextmanager
    def watch(self, _source: CsvSource) -> Iterator[Events]:
        """Be told of batches by a pipeline."""
        yield self

    def update(self, _bytes: int) -> None:
        """Be a progress bar."""
        self.note("batch")


# --- A load that takes many batches -----------------------------------------------------------


def write_february(folder: Path) -> None:
    """Write the raw files, of weather and flights four days: with a rejected row in each."""
    folder.mkdir()
    for name, feed in FEEDS.items():
        days = {}
        if is_monthly(feed):
            days = {"month": ["2"], "day": ["10", "11", "12", "13"]}
        source = raw_source(name, **days)
        with source._open() as (stream, _):
            lines = stream.read().splitlines(keepends=True)
        wanted = [1, *(line for batch in source.batches() for line in batch.lines.to_pylist())]
        (folder / f"{name}.csv").write_bytes(b"".join(lines[number - 1] for number in wanted))


@contextmanager
def february(folder: Path) -> Iterator[None]:
    """Let the pipeline read the files in the folder in small batches, planes and flights in parts,
    as if they were large."""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lib.pipeline.flights.raw_file", files_in(folder))
        patch.setattr("lib.load.staging_sqlite.LARGE_BYTES", 200_000)
        patch.setattr("lib.source.csv_file.BLOCKS", (64 << 10, *lib.source.csv_file.BLOCKS[1:]))
        yield


def load_until(url: str, files: Path, temporary: Path, moment: Moment | None, pipe: Pipe) -> None:
    """Run the pipeline, die at the moment; or tell how long it took, and what happened."""
    tempfile.tempdir = str(temporary)
    with Database(url) as db, february(files):
        events = Events(db, moment, die)
        pipe.send("ready")
        start = time.perf_counter()
        run_pipeline(db, watch=events.watch)
        pipe.send((time.perf_counter() - start, events.counts, events.seconds))


def load_interrupted(url: str, files: Path, temporary: Path, moment: Moment, pipe: Pipe) -> None:
    """Run the pipeline, and press Ctrl-C at the moment; tell how it ended."""
    tempfile.tempdir = str(temporary)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    ended = "finished"
    try:
        try:
            with Database(url) as db, february(files):
                events = Events(db, moment, lambda: os.kill(os.getpid(), signal.SIGINT))
                pipe.send("ready")
                if moment.kind == "time":
                    events.act_later()
                run_pipeline(db, watch=events.watch)
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # what comes now comes too late
    except KeyboardInterrupt:
        ended = "interrupted"
    gc.collect()  # the parent does not wait until this process ends, and Python tidies up
    pipe.send(ended)


def load_with_little_room(url: str, files: Path, temporary: Path, limit: int, pipe: Pipe) -> None:
    """Run the pipeline where no file may have more bytes; tell what was raised."""
    import resource

    tempfile.tempdir = str(temporary)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    try:
        with Database(url) as db, february(files):
            pipe.send("ready")
            run_pipeline(db)
        pipe.send(("nothing", ""))
    except Exception as error:
        pipe.send((type(error).__name__, str(error)))


# --- What is in the tables --------------------------------------------------------------------

# Numbers and times of runs differ from run to run; everything else has to be the same.
LEFT_OUT = {"rejected_rows": {"id", "run_id"}, "loaded_files": {"loaded_at", "run_id"}}
DATA = ("airlines", "airports", "planes", "weather", "flights", "rejected_rows")


def contents(db: Database, tables: tuple[str, ...] = DATA) -> dict[str, Counter[tuple[Any, ...]]]:
    """Return the rows of the tables, in no order, and how often each is there."""
    found = {}
    with db.engine.connect() as connection:
        for name in tables:
            table = Base.metadata.tables[name]
            kept = [column for column in table.c if column.name not in LEFT_OUT.get(name, ())]
            found[name] = Counter(map(tuple, connection.execute(sa.select(*kept))))
    return found


def fingerprint(db: Database) -> tuple[int, ...]:
    """Return a checksum for each table: quick enough to be asked after each kill."""
    if db.dialect.name == "sqlite":
        return tuple(hash(tuple(rows)) for rows in raw_rows(db).values())
    found = []
    with db.engine.connect() as connection:
        names = ", ".join(name for name in DATA if name not in LEFT_OUT)
        sums = connection.exec_driver_sql(f"CHECKSUM TABLE {names}").all()
        found += [int(checksum) for _, checksum in sums]
    rest = contents(db, tuple(name for name in DATA if name in LEFT_OUT))
    return (*found, *(hash(frozenset(rows.items())) for rows in rest.values()))


def raw_rows(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows as the driver gives them, in the order of the key."""
    found = {}
    with db.engine.connect() as connection:
        for name in DATA:
            table = Base.metadata.tables[name]
            kept = [column for column in table.c if column.name not in LEFT_OUT.get(name, ())]
            order = kept if name in LEFT_OUT else list(table.primary_key)
            names = ", ".join(column.name for column in kept)
            by = ", ".join(column.name for column in order)
            cursor = connection.exec_driver_sql(f"SELECT {names} FROM {name} ORDER BY {by}")
            found[name] = [tuple(row) for row in cursor]
    return found


def wait_until_gone(db: Database, timeout: float = 20) -> None:
    """Wait until the server has noticed that a client died, and has taken back what it did."""
    if db.dialect.name == "sqlite":
        return
    others = sa.text(
        "SELECT COUNT(*) FROM information_schema.processlist "
        "WHERE db = DATABASE() AND id <> CONNECTION_ID()"
    )
    end = time.monotonic() + timeout
    db.close()
    while True:
        with db.engine.connect() as connection:
            if not connection.scalar(others):
                return
        assert time.monotonic() < end, "a connection of the dead process is still there"
        time.sleep(0.005)


def leftovers(db: Database, *folders: Path) -> list[str]:
    """Return what a load should have taken away: lock files, staging tables and databases."""
    found = [path.name for folder in folders for path in folder.glob("*.lock")]
    with db.engine.connect() as connection:
        found += [name for name in sa.inspect(connection).get_table_names() if "staging" in name]
        if db.dialect.name == "mysql":
            names = connection.exec_driver_sql("SHOW DATABASES").scalars()
            found += [name for name in names if "staging" in name]
    return found


def staging_folders(*folders: Path) -> list[str]:
    """Return what is left of the folders in which rows wait."""
    return [path.name for folder in folders for path in folder.glob("*staging*")]
