"""The months by one process and by Dask's workers, on one MySQL: what more processes give here."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pymysql
import sqlalchemy as sa

from lib.bench.databases import bench_prefix
from lib.config import ROOT, load_settings, read_env_file
from lib.database import Database
from lib.errors import PipelineError
from lib.models import Flight
from lib.orchestration.dask_cluster import cluster, delays_by_month, load_months, prepare
from lib.pipeline.months import MONTHLY, MONTHS, load_part
from lib.testing.fresh_database import fresh_database
from lib.testing.mysql_server import PrivateServer, ServerError
from lib.testing.programs import find_server

WORKERS = (1, 2, 4)
Say = Callable[[str], None]


@dataclass
class Way:
    """So many workers (0: this process, without Dask), and what was measured, in seconds."""

    workers: int
    start: list[float] = field(default_factory=list)
    load: list[float] = field(default_factory=list)
    read: list[float] = field(default_factory=list)
    rows: int = 0

    @property
    def name(self) -> str:
        names = {0: "one process, no Dask", 1: "Dask, 1 worker"}
        return names.get(self.workers, f"Dask, {self.workers} workers")

    def as_json(self, of_one: float) -> dict[str, Any]:
        """Return what `--json` writes; the ratio is to the process without Dask."""
        load = statistics.median(self.load)
        return {
            "method": self.name,
            "workers": self.workers,
            "rows": self.rows,
            "start_s": round(statistics.median(self.start), 3),
            "load_s": round(load, 3),
            "read_s": round(statistics.median(self.read), 3),
            "rows_per_s": round(self.rows / load),
            "ratio_one": round(of_one / load, 3),
            "rounds": len(self.load),
            "cores": os.cpu_count(),
        }


def bench_scale(
    rounds: int,
    database_url: str | None,
    limit: int | None = None,
    say: Say = print,
    workers: Sequence[int] = WORKERS,
) -> list[dict[str, Any]]:
    """Load the months in each way, into a new database each time; say a table, and return it.

    `limit` is for the tests: so many months of the year. Raises PipelineError when there is no
    server, or a way gives other counts than the first.
    """
    months = MONTHS[:limit]
    with ExitStack() as stack:
        url = _server(stack, database_url)
        ways = [Way(0), *(Way(number) for number in workers)]
        for round_ in range(1, rounds + 1):
            for way in ways:
                _measure(way, url, months)
                if way.rows != ways[0].rows:
                    raise PipelineError(f"{way.name}: {way.rows:,} rows, not {ways[0].rows:,}.")
                say(f"round {round_}  {way.name:<22} {way.load[-1]:.2f} s")
    answers = [way.as_json(statistics.median(ways[0].load)) for way in ways]
    cores = os.cpu_count() or 1
    say(f"\nMySQL, {len(months)} months, {ways[0].rows:,} flights, median of {rounds} rounds")
    say("\n".join(_table(answers)))
    say(
        f"This machine has {cores} cores, and the server works on them, too: with more workers "
        "than cores to spare, they wait for each other. Each worker reads the whole file for its "
        "month. On a cluster, the server alone would be shared."
    )
    return answers


def _measure(way: Way, server: str, months: Sequence[str]) -> None:
    with fresh_database(server, bench_prefix(server)) as url, Database(url) as db:
        prepare(db)
        if way.workers:
            from distributed import Client

            start = time.perf_counter()
            with cluster(way.workers, url) as address, Client(address) as client:
                way.start.append(time.perf_counter() - start)
                way.load.append(_seconds(lambda: load_months(client, months)))
                way.read.append(_seconds(lambda: delays_by_month(client, months)))
        else:
            way.start.append(0.0)
            way.load.append(_seconds(lambda: _load_here(db, months)))
            way.read.append(_seconds(lambda: _read_here(db)))
        with db.engine.connect() as connection:
            count = sa.select(sa.func.count()).select_from(Flight)
            way.rows = connection.execute(count).scalar_one()


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _load_here(db: Database, months: Sequence[str]) -> None:
    for month in months:
        for feed in MONTHLY:
            load_part(db, feed.model, month)


def _read_here(db: Database) -> None:
    from lib import queries

    with db.engine.connect() as connection:
        queries.delays_by_month(connection)


def _table(answers: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield f"{'way':<22}{'start s':>9}{'load s':>9}{'rows/s':>10}{'ratio':>7}{'read s':>9}"
    for row in answers:
        yield (
            f"{row['method']:<22}{row['start_s']:>9.2f}{row['load_s']:>9.2f}"
            f"{row['rows_per_s']:>10,}{row['ratio_one']:>6.1f}x{row['read_s']:>9.2f}"
        )


def _server(stack: ExitStack, database_url: str | None) -> str:
    """Return the URL of a server on which databases may be made."""
    url = load_settings(database_url).database_url
    if url.get_backend_name() == "mysql":
        found = url.render_as_string(hide_password=False)
    else:
        test = os.environ.get("TEST_MYSQL_URL", read_env_file(ROOT / ".env").get("TEST_MYSQL_URL"))
        if not test and (test is not None or not find_server()):
            raise PipelineError(
                "bench scale needs a MySQL or MariaDB server: SQLite takes one writer at a time.",
                "Name one with --database-url, or install one: see docker-compose.yml.",
            )
        try:
            found = test or stack.enter_context(PrivateServer()).url
        except ServerError as error:
            raise PipelineError(f"The private server failed: {error}") from error
    try:
        with fresh_database(found, bench_prefix(found)):  # may we?
            return found
    except pymysql.Error as error:
        with Database(found) as db:
            raise db.explain(error) from error
