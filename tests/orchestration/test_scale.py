"""The months on Dask's processes: exact counts with one, two and four, and after a death."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
import yaml
from distributed import Client
from sqlalchemy.engine import make_url

from lib.bench import scale as bench
from lib.config import ROOT
from lib.database import Database
from lib.database.schema import upgrade
from lib.errors import PipelineError
from lib.load import bulk_load
from lib.load.report import LoadReport
from lib.models import Airline, Base, Flight, Weather
from lib.orchestration import dask_cluster as scale
from lib.pipeline.flights import raw_source
from lib.queries import delays_by_month
from lib.testing.mysql_server import connect
from lib.workbook.lab import shared_database
from tests.support.few import files_in, good_flights
from tests.support.mysql_server import fresh_database

MONTHS = ["2013-01", "2013-02"]
# Counted by hand in the raw files, without what breaks a rule: one row of each table in February.
READ = {
    "2013-01": {"weather": 2_226, "flights": 27_004},
    "2013-02": {"weather": 2_010, "flights": 24_951},
}
THERE = {"2013-01": (2_226, 27_004), "2013-02": (2_009, 24_950)}


@pytest.fixture(scope="module")
def url(mysql_url: str) -> Iterator[str]:
    """A database on the server, with what flights refer to."""
    with fresh_database(mysql_url) as url:
        with Database(url) as db:
            scale.prepare(db)
        yield url


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    with Database(url) as db:
        db.execute(["TRUNCATE TABLE flights", "TRUNCATE TABLE weather"])
        yield db


@pytest.fixture(scope="module")
def address(url: str) -> Iterator[str]:
    """Four workers for most tests: to start them takes longer than to use them."""
    with scale.cluster(4, url) as address:
        yield address


def there(db: Database) -> dict[str, tuple[int, int]]:
    """Return the rows of weather and of flights, by month."""
    counted: dict[Any, Any] = {}
    with db.engine.connect() as connection:
        for model in (Weather, Flight):
            table = model.__table__
            by_month = sa.select(table.c["month"], sa.func.count()).group_by(table.c["month"])
            for month, count in connection.execute(by_month):
                counted.setdefault(f"2013-{month:02}", []).append(count)
    return {month: (counts[0], counts[1]) for month, counts in sorted(counted.items())}


@contextmanager
def at_work(db: Database) -> Iterator[Callable[[], bool]]:
    """Give a function that tells whether somebody has rows in a transaction of the database."""
    name = str(db.url.database)
    text = db.url.render_as_string(hide_password=False)
    with connect(text) as connection, connection.cursor() as cursor:

        def anyone() -> bool:
            cursor.execute("SHOW FULL PROCESSLIST")
            words = ("INSERT INTO flights", "INSERT INTO weather", "LOAD DATA")
            return any(
                row[3] == name and str(row[7]).startswith(words) for row in cursor.fetchall()
            )

        yield anyone


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def kill(pid: int) -> None:
    os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))


def test_four_workers_load_at_once_and_count_what_one_query_counts(
    db: Database, address: str
) -> None:
    with Client(address) as client:
        assert len(client.scheduler_info(n_workers=-1)["workers"]) == 4
        assert scale.load_months(client, MONTHS) == READ
        assert there(db) == THERE
        assert scale.load_months(client, MONTHS[:1]) == {MONTHS[0]: READ[MONTHS[0]]}  # once more
        assert there(db) == THERE
        found = scale.delays_by_month(client, [*MONTHS[::-1], "2013-03"])
    with db.engine.connect() as connection:
        wanted = delays_by_month(connection)
    assert list(found["month"]) == [1, 2, 3]
    pd.testing.assert_frame_equal(found.head(2), wanted)
    empty = found.iloc[2]
    assert (empty["flights"], empty["cancelled"]) == (0, 0)
    assert pd.isna(empty["on_time"]) and pd.isna(empty["mean_delay"])


def test_a_worker_that_is_killed_in_the_middle_costs_time_and_no_row(
    db: Database, address: str
) -> None:
    with Client(address) as client, at_work(db) as anyone:
        futures = scale._submit(client, scale.load_month, MONTHS)
        wait_until(anyone)
        busy = [worker for worker, tasks in client.processing().items() if tasks]
        pids = client.run(os.getpid)
        kill(pids[busy[0]])
        assert dict(zip(MONTHS, client.gather(futures), strict=True)) == READ
    assert there(db) == THERE


CLIENT = """
import sys
from distributed import Client
from lib.orchestration import dask_cluster as scale
with Client(sys.argv[1]) as client:
    scale.load_months(client, sys.argv[2:])
"""


def test_a_client_that_is_killed_leaves_whole_months_and_the_next_one_finishes(
    db: Database, address: str
) -> None:
    command = [sys.executable, "-c", CLIENT, address, *MONTHS]
    with at_work(db) as anyone:
        process = subprocess.Popen(command, cwd=ROOT)
        wait_until(anyone)
        process.kill()
        process.wait()
        with Client(address) as client:
            assert scale.load_months(client, MONTHS) == READ
            # Nobody waits for what the dead one asked for, but its worker ends it all the same.
            at_it: Any = lambda dask_worker: len(dask_worker.state.executing)  # noqa: E731
            wait_until(lambda: not any(client.run(at_it).values()))
    assert there(db) == THERE


def test_a_single_worker_that_is_killed_comes_back(url: str, db: Database) -> None:
    """Two workers, one of which is killed, are in chapter 11, whose output is compared."""
    month = MONTHS[0]

    def semaphores() -> list[str]:  # in here, it travels to the worker as code
        maps = Path("/proc/self/maps")  # of Linux
        return re.findall(r"/dev/shm/sem\.mp-\w+", maps.read_text()) if maps.exists() else []

    with scale.cluster(1, url) as address, Client(address) as client, at_work(db) as anyone:
        ((_, pid),) = client.run(os.getpid).items()
        futures = scale._submit(client, scale.load_month, [month])
        wait_until(anyone)
        kill(pid)
        assert client.gather(futures) == [READ[month]]
        assert list(client.run(os.getpid).values()) != [pid]
        (shared,) = client.run(semaphores).values()
    assert there(db) == {month: THERE[month]}
    assert bool(shared) is Path("/proc").is_dir()
    assert not any(Path(name).exists() for name in shared), "left in memory until a restart"


def test_a_month_that_fails_is_told_by_its_error(address: str, db: Database) -> None:
    with Client(address) as client, pytest.raises(ValueError, match="invalid literal"):
        scale.load_months(client, ["2013-xx"])
    assert there(db) == {}


def test_a_cluster_that_does_not_start_says_why(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "IDLE", "what?")
    with pytest.raises(PipelineError, match="did not start"), scale.cluster(1, url):
        pass


def test_no_password_is_among_the_arguments_of_the_processes(
    url: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []

    def note(command: list[str], **options: object) -> None:
        started.append(command)
        raise PipelineError("enough")

    monkeypatch.setattr(subprocess, "Popen", note)
    with pytest.raises(PipelineError, match="enough"), scale.cluster(1, url):
        pass
    assert str(make_url(url).password) not in " ".join(started[0])


def test_every_monthly_table_is_loaded_by_a_worker() -> None:
    monthly = {model.__tablename__ for model in (Weather, Flight)}
    assert set(READ["2013-01"]) == monthly <= set(Base.metadata.tables)


# --- In this process --------------------------------------------------------------------------


def test_a_worker_reads_from_its_environment_which_database_is_meant(
    url: str, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    asked: list[tuple[str | None, str]] = []

    def load(db: Database, model: type[Base], month: str) -> LoadReport:
        asked.append((db.url.database, f"{model.__tablename__} {month}"))
        return LoadReport(model.__tablename__, "", read=7)

    monkeypatch.setattr(scale, "load_part", load)
    assert scale.load_month("2013-05") == {"weather": 7, "flights": 7}
    name = make_url(url).database
    assert asked == [(name, "weather 2013-05"), (name, "flights 2013-05")]
    assert set(scale.sums_of("2013-05").values()) == {0, 5}  # no flight, in month 5


def chapter_on(url: str) -> Any:
    return SimpleNamespace(db=Database(url))


@pytest.mark.parametrize("server", ["", "mysql+pymysql://u:p@127.0.0.1:1/d"])
def test_without_a_server_the_chapter_uses_its_file_and_says_so(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_MYSQL_URL", server)
    chapter = chapter_on("sqlite:///:memory:")
    found = shared_database.shared_database(chapter)
    assert found.db is chapter.db
    assert not found.is_server and "no server" in found.where


def test_a_chapter_on_a_server_shares_its_own_database(url: str) -> None:
    chapter = chapter_on(url)
    found = shared_database.shared_database(chapter)
    assert found.db is chapter.db
    assert found.is_server and found.url == url
    chapter.db.close()


def test_beside_a_server_a_database_is_made_for_the_notebook_and_dropped(
    mysql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_MYSQL_URL", mysql_url)
    monkeypatch.setattr(shared_database, "prepare", lambda db: None)
    found = shared_database.shared_database(chapter_on("sqlite:///:memory:"))
    assert found.is_server and str(found.db.url.database).startswith("test_")
    shared_database.close()
    with connect(mysql_url) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW DATABASES")
        assert found.db.url.database not in [name for (name,) in cursor.fetchall()]


# --- bench scale ------------------------------------------------------------------------------


def test_the_bench_measures_ways_that_give_the_same_counts(
    mysql_url: str, small_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.pipeline.flights.raw_file", files_in(small_files))
    said: list[str] = []
    (row,) = bench.bench_scale(1, mysql_url, limit=1, say=said.append, workers=())
    january = good_flights(small_files, month="1")
    assert (row["method"], row["rows"]) == ("one process, no Dask", january)
    assert january > 400
    assert row["ratio_one"] == 1 and row["load_s"] > 0
    text = "\n".join(said)
    assert f"1 months, {january} flights" in text and "cores" in text


def test_the_bench_accepts_no_way_that_loads_something_else(
    url: str, address: str, small_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.pipeline.flights.raw_file", files_in(small_files))

    @contextmanager
    def another(_workers: int, _url: str) -> Iterator[str]:
        yield address  # whose workers load into another database

    monkeypatch.setattr(bench, "cluster", another)
    monkeypatch.setattr(
        bench, "_load_here", lambda db, months: scale.load_part(db, Flight, "2013-02")
    )
    february = good_flights(small_files, month="2")
    with pytest.raises(PipelineError, match=f"Dask, 2 workers: 0 rows, not {february}"):
        bench.bench_scale(1, url, limit=1, say=str, workers=(2,))  # type: ignore[arg-type]


def test_the_bench_needs_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_MYSQL_URL", "")
    with pytest.raises(PipelineError, match="needs a MySQL or MariaDB server"):
        bench.bench_scale(1, None)
    with pytest.raises(PipelineError, match="No database answers"):
        bench.bench_scale(1, "mysql+pymysql://u:p@127.0.0.1:1/d")


# --- The containers ---------------------------------------------------------------------------


def test_the_containers_of_the_cluster_start_on_request_and_are_not_open_to_the_network() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    services = yaml.safe_load(text)["services"]
    mine = {name: each for name, each in services.items() if each.get("profiles") == ["scale"]}
    assert set(mine) == {"scheduler", "worker"}
    assert "profiles" not in services["database"]
    assert mine["scheduler"]["ports"] == ["127.0.0.1:8786:8786"]
    assert "ports" not in mine["worker"]
    assert mine["scheduler"]["build"] == mine["worker"]["build"]  # equal versions
    assert mine["worker"]["deploy"]["replicas"] == 2
    waits = {name: each["condition"] for name, each in mine["worker"]["depends_on"].items()}
    assert waits == dict.fromkeys(("scheduler", "database"), "service_healthy")
    recipe = mine["worker"]["build"]["dockerfile_inline"]
    for wanted in re.findall(r"^COPY (.+) \S+$", recipe, re.M):
        assert all((ROOT / name).exists() for name in wanted.split())


def test_half_loaded_sees_what_nobody_else_may_see(database_url: str) -> None:
    with Database(database_url) as db:
        upgrade(db)
        shared = shared_database.Shared(db, "here")
        with db.engine.connect() as connection:
            bulk_load(connection, Airline, raw_source("airlines"))
            connection.commit()
            assert not shared.half_loaded("2013-02")
            bulk_load(connection, Flight, raw_source("flights", month={"2"}, day={"1"}))
            assert shared.half_loaded("2013-02")
            assert shared.half_loaded("2013-03") is not shared.is_server
            connection.commit()
        assert not shared.half_loaded("2013-02")
