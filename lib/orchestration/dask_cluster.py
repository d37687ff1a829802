"""The same parts in several processes at once: Dask's scheduler and workers, and one database.

Dask hands out the months; the database keeps them whole. A month that a dead worker was at is given
to another one, which may be the second to load it: that is why each part may be repeated.
"""

from __future__ import annotations

import atexit
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import sqlalchemy as sa

from lib.config import ROOT, load_settings
from lib.database import Database
from lib.database.frames import read_frame
from lib.database.schema import upgrade
from lib.errors import PipelineError
from lib.models import Flight
from lib.pipeline.months import MONTHLY, WHOLE, load_part
from lib.queries import ON_TIME

if TYPE_CHECKING:
    from distributed import Client

START = 120.0  # seconds; on a busy machine each process takes long to import what it needs
IDLE = "7200"  # seconds without work after which a scheduler that was left behind ends by itself

# For a process that imports pandas and is forked: a fork copies one thread, and what another one
# has locked at that moment stays locked in it. Both of these start a thread with the import.
FORKED = {
    "OPENBLAS_NUM_THREADS": "1",
    # Built into Arrow's jemalloc as "true". Arrow has no option against it, but jemalloc reads this
    # after what was built into it (https://github.com/apache/arrow/issues/17285).
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}


@contextmanager
def cluster(workers: int, database_url: str) -> Iterator[str]:
    """A scheduler and so many worker processes on this machine, Dask's own; gives the address.

    Another machine's workers join with `dask worker ADDRESS`, where this project is installed and
    DATABASE_URL names the same server. Raises PipelineError when a process does not start.
    """
    with tempfile.TemporaryDirectory(prefix="dask-", ignore_cleanup_errors=True) as folder:
        file, log = Path(folder, "scheduler.json"), Path(folder, "log")
        common = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file)]
        scheduler = ["dask_scheduler", *common, "--port", "0", "--idle-timeout", IDLE]
        worker = ["dask_worker", *common, "--nworkers", str(workers), "--nthreads", "1"]
        worker += ["--local-directory", folder, "--memory-limit", "0", "--death-timeout", "60"]
        # The URL goes by the environment: a task's arguments travel, and are shown, in plain text.
        environment = os.environ | {"DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)}
        if "forkserver" in multiprocessing.get_all_start_methods():
            # A worker need not import again what the one before it has imported.
            environment["DASK_DISTRIBUTED__WORKER__MULTIPROCESSING_METHOD"] = "forkserver"
            environment |= FORKED
            worker += ["--preload-nanny", "lib.orchestration.dask_preload"]
        with log.open("wb") as stream:
            started: list[subprocess.Popen[bytes]] = []
            end = partial(_end, started)
            atexit.register(end)  # a notebook that is shut down leaves no block
            try:
                for name, *options in (scheduler, worker):
                    process = subprocess.Popen(
                        [sys.executable, "-m", f"distributed.cli.{name}", *options],
                        cwd=folder,
                        env=environment,
                        stdin=subprocess.DEVNULL,
                        stdout=stream,
                        stderr=stream,
                        start_new_session=True,  # Ctrl-C is for the program that uses them
                    )
                    started.append(process)
                yield _address(file, started, log, workers)
            finally:
                atexit.unregister(end)
                end()


def _end(started: Sequence[subprocess.Popen[bytes]]) -> None:
    """End the processes: those who began the work are gone, so nothing is worth a long farewell.

    Each has a group of its own, in which the workers are, too, and Python's resource tracker, which
    takes SIGTERM for nothing, and gives back the semaphores of all when they are gone. Windows
    knows no such groups, and there they get the time to end by themselves.
    """
    groups = hasattr(os, "killpg")
    for process in reversed(started):
        if groups:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGTERM)
        else:
            process.terminate()
    for process in reversed(started):
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1 if groups else 20)
        if groups:
            _kill_group(process.pid)
        process.kill()
        process.wait()


def _kill_group(number: int) -> None:
    """Give a group a moment to be gone, then kill what is left of it."""
    with suppress(ProcessLookupError, PermissionError):
        for _ in range(100):  # a second
            os.killpg(number, 0)
            time.sleep(0.01)
        os.killpg(number, signal.SIGKILL)


def _address(
    file: Path, started: Sequence[subprocess.Popen[bytes]], log: Path, workers: int
) -> str:
    """Return the scheduler's address, once all workers have reported there."""
    from distributed import Client

    end = time.monotonic() + START
    while all(process.poll() is None for process in started) and time.monotonic() < end:
        with suppress(OSError, ValueError):  # not there yet, or half written
            address: str = json.loads(file.read_text(encoding="utf-8"))["address"]
            with suppress(TimeoutError), Client(address, timeout=START) as client:
                client.wait_for_workers(workers, timeout=max(1.0, end - time.monotonic()))
                return address
        time.sleep(0.02)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    raise PipelineError(
        f"Dask's processes did not start: {' '.join(lines[-1:]) or 'they say nothing'}",
        "Type: python run.py doctor",
    )


# --- What a worker does -----------------------------------------------------------------------


def load_month(month: str) -> dict[str, int]:
    """Load a month of each monthly table into the worker's database; return the rows read."""
    with Database(load_settings().database_url) as db:
        return {feed.table.name: load_part(db, feed.model, month).read for feed in MONTHLY}


def sums_of(month: str) -> dict[str, Any]:
    """Read a month of flights and return sums, which can be added to those of other months.

    A mean cannot: that of twelve means is not that of the year.
    """
    columns = (Flight.__table__.c["dep_time"], Flight.__table__.c["dep_delay"])
    mine = sa.select(*columns).where(Flight.month == int(month[-2:]))
    with Database(load_settings().database_url) as db, db.engine.connect() as connection:
        rows = read_frame(connection, mine)
    return {
        "month": int(month[-2:]),
        "flights": len(rows),
        "cancelled": int(rows["dep_time"].isna().sum()),
        "departed": int(rows["dep_delay"].notna().sum()),
        "late": int((rows["dep_delay"] >= ON_TIME).sum()),
        "delay": int(rows["dep_delay"].sum()),
    }


# --- What the client does -----------------------------------------------------------------------


def prepare(db: Database) -> None:
    """Make the tables, and load what all months refer to; nothing of this is worth sharing out."""
    upgrade(db)
    for feed in WHOLE:
        load_part(db, feed.model)


def load_months(client: Client, months: Sequence[str]) -> dict[str, dict[str, int]]:
    """Let the workers load the months, each of them one at a time; return the rows read.

    A month whose worker dies is given to another. Raises what a month raised, after all are done.
    """
    futures = _submit(client, load_month, months)
    return dict(zip(months, client.gather(futures), strict=True))


def delays_by_month(client: Client, months: Sequence[str]) -> pd.DataFrame:
    """Return what `lib.queries.delays_by_month` returns, each month read by a worker."""
    parts = pd.DataFrame(client.gather(_submit(client, sums_of, months)))
    departed = parts["departed"].astype(float).where(parts["departed"] > 0)
    answer = parts[["month", "flights", "cancelled"]].copy()
    answer["on_time"] = 1 - parts["late"] / departed
    answer["mean_delay"] = parts["delay"] / departed
    return answer.sort_values("month", ignore_index=True)


def _submit(client: Client, work: Any, months: Sequence[str]) -> list[Any]:
    # A name of its own for each call: Dask would give back what it knows of an earlier one.
    run = uuid.uuid4().hex
    keys = [f"{work.__name__} {month} {run}" for month in months]
    return list(client.map(work, list(months), key=keys, pure=False))
