"""The months under Dagster: the counts of the year, retries, backfills, and runs that repeat."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pymysql
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from lib.config import ROOT
from lib.database import Database
from lib.database.schema import upgrade
from lib.errors import NotReady, PipelineError
from lib.feeds import Feed, feed
from lib.load.report import LoadReport
from lib.local_server import choose_port
from lib.models import Airline, Flight, PipelineRun, Weather
from lib.orchestration import dagster_server as dagster_page
from lib.orchestration.dagster_assets import code_location, definitions, in_process
from lib.pipeline import months as tasks
from lib.pipeline.flights import FEEDS, raw_source
from tests.support.few import EVERY, files_in
from tests.support.killing import contents
from tests.support.tables import emptied_after, tables_made

dg = pytest.importorskip("dagster")

# Rows of the raw files, counted by hand: weather read and rejected, flights read and rejected.
YEAR = {"airlines": 16, "airports": 1_462, "planes": 4_042, "weather": 26_114, "flights": 336_772}
REJECTED = {"weather": 1, "flights": 4}


@pytest.fixture(scope="module", params=["sqlite", "mysql"])
def tables(request: pytest.FixtureRequest) -> Iterator[URL]:
    with tables_made(request, request.param) as url:
        yield url


@pytest.fixture
def db(tables: URL) -> Iterator[Database]:
    with emptied_after(tables) as db:
        yield db


@pytest.fixture(scope="module")
def by_month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the year's raw rows, a file for each month: not all are read twelve times."""
    folder = tmp_path_factory.mktemp("by month")
    for name in EVERY:
        with raw_source(name)._open() as (stream, _):
            header, *lines = stream.read().splitlines(keepends=True)
        column = header.split(b",").index(b"month")
        parts: dict[bytes, list[bytes]] = {}
        for line in lines:
            parts.setdefault(line.split(b",", column + 1)[column], [header]).append(line)
        for month, rows in parts.items():
            (folder / f"{name}-{int(month)}.csv").write_bytes(b"".join(rows))
    return folder


@pytest.fixture
def small(small_files: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the months be loaded from the small files."""

    monkeypatch.setattr("lib.pipeline.flights.raw_file", files_in(small_files))
    return small_files


class Orchestra:
    """Dagster in this process, on one database, with a memory for the length of a test."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.definitions = definitions(db, pause=0.01)
        self.instance = dg.DagsterInstance.ephemeral()

    def run(self, *names: str, month: str | None = None) -> Any:
        """Materialise the assets; return Dagster's result, also of a failure."""
        chosen = [self.definitions.resolve_assets_def(name) for name in names]
        return in_process(
            dg.materialize,
            [*self.definitions.assets],
            selection=[asset.key for asset in chosen],
            partition_key=month,
            resources={"db": self.db},
            instance=self.instance,
        )

    def prepare(self) -> None:
        """Load what flights refer to."""
        assert self.run("airlines", "airports", "planes").success

    def retries(self, result: Any) -> int:
        return sum(event.event_type_value == "STEP_UP_FOR_RETRY" for event in result.all_events)


@contextmanager
def conducted(db: Database) -> Iterator[Orchestra]:
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    made = Orchestra(db)
    with made.instance:
        yield made


@pytest.fixture
def orchestra(db: Database) -> Iterator[Orchestra]:
    with conducted(db) as made:
        yield made


def counts(db: Database) -> dict[str, int]:
    with db.engine.connect() as connection:
        return {
            name: connection.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar_one()
            for name in YEAR
        }


def months(db: Database) -> dict[str, int]:
    """Return the number of flights of each month that has some."""
    counted = sa.select(Flight.month, sa.func.count()).group_by(Flight.month)
    with db.engine.connect() as connection:
        return {f"2013-{month:02}": count for month, count in connection.execute(counted)}


def shown(result: Any) -> dict[str, dict[str, Any]]:
    """Return what each asset told Dagster of its load."""
    return {
        event.materialization.asset_key.to_user_string(): {
            name: value.value for name, value in event.materialization.metadata.items()
        }
        for event in result.get_asset_materialization_events()
    }


# --- The year -------------------------------------------------------------------------------


def test_the_months_one_by_one_give_the_counts_of_the_year(
    database_url: str, by_month: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_month(whole: Feed, month: str) -> Feed:
        return replace(whole, files=by_month / f"{whole.table.name}-{int(month[-2:])}.csv")

    monkeypatch.setattr(tasks, "of_month", of_month)
    with Database(database_url) as db, conducted(db) as orchestra:  # emptying a year takes long
        upgrade(db)
        orchestra.prepare()
        for month in tasks.MONTHS:
            assert orchestra.run("weather", "flights", month=month).success, month
        assert counts(db) == YEAR
        with db.engine.connect() as connection:
            rejected = connection.execute(
                sa.text("SELECT table_name, count(*) FROM rejected_rows GROUP BY table_name")
            ).all()
    assert {name: count for name, count in rejected} == REJECTED


# --- One month ------------------------------------------------------------------------------


def test_a_month_that_is_run_twice_changes_nothing(orchestra: Orchestra, small: Path) -> None:
    orchestra.prepare()
    first = orchestra.run("weather", "flights", month="2013-02")
    before = contents(orchestra.db)
    second = orchestra.run("weather", "flights", month="2013-02")
    assert first.success and second.success
    assert contents(orchestra.db) == before
    for name, found in shown(second).items():
        assert found["rejected"] == 1  # in February each of the two has one
        assert (found["inserted"], found["updated"]) == (0, 0)
        assert found["unchanged"] == found["read"] - 1 == shown(first)[name]["inserted"] > 50


def failing(monkeypatch: pytest.MonkeyPatch, times: int, error: Callable[[], Exception]) -> None:
    """Let the load of flights fail so many times, after its rows are in the table."""
    left = [times]
    load = feed.bulk_load

    def load_and_fail(connection: Any, table: Any, *args: Any, **options: Any) -> LoadReport:
        report = load(connection, table, *args, **options)
        if table is Flight.__table__ and left[0]:
            left[0] -= 1
            raise error()
        return report

    monkeypatch.setattr(feed, "bulk_load", load_and_fail)


def gone_away() -> Exception:
    return NotReady("No database answers.")


def broken_file() -> Exception:
    return PipelineError("flights.csv cannot be read as CSV.")


def test_a_month_that_failed_is_tried_again_and_the_failure_leaves_no_trace(
    orchestra: Orchestra, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    orchestra.prepare()
    seen: list[dict[str, Any]] = []
    failing(monkeypatch, 2, gone_away)
    begin = tasks.recorded

    def looking(db: Database) -> Any:
        seen.append(months(db))
        return begin(db)

    monkeypatch.setattr(tasks, "recorded", looking)
    result = orchestra.run("weather", "flights", month="2013-02")
    assert result.success
    assert orchestra.retries(result) == 2
    assert seen == [{}] * len(seen)  # no attempt found anything of the one before
    assert months(orchestra.db) == {"2013-02": shown(result)["flights"]["inserted"]}
    outcomes = sa.select(PipelineRun.outcome, sa.func.count()).group_by(PipelineRun.outcome)
    with orchestra.db.engine.connect() as connection:
        told = {outcome: count for outcome, count in connection.execute(outcomes)}
        message = connection.scalar(sa.select(PipelineRun.message).filter_by(outcome="failed"))
    assert told == {"succeeded": 5, "failed": 2}
    assert message == "flights 2013-02: No database answers."


def test_what_would_fail_again_in_the_same_way_is_not_retried(
    orchestra: Orchestra, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    orchestra.prepare()
    failing(monkeypatch, 99, broken_file)
    result = orchestra.run("flights", month="2013-02")
    assert not result.success
    assert orchestra.retries(result) == 0
    assert months(orchestra.db) == {}


def test_a_month_that_fails_every_time_fails_in_the_end(
    orchestra: Orchestra, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    orchestra.prepare()
    failing(monkeypatch, 99, gone_away)
    result = orchestra.run("flights", month="2013-02")
    assert not result.success
    assert orchestra.retries(result) == 3
    assert months(orchestra.db) == {}


def sums(db: Database) -> dict[int, tuple[Any, ...]]:
    """Return for each month what any change of its flights would change."""
    parts = [sa.func.sum(Flight.__table__.c[name]) for name in ("distance", "flight", "dep_delay")]
    counted = sa.select(Flight.month, sa.func.count(), *parts).group_by(Flight.month)
    with db.engine.connect() as connection:
        return {month: tuple(rest) for month, *rest in connection.execute(counted)}


def test_a_backfill_of_three_months_changes_those_and_no_other(
    orchestra: Orchestra, small: Path
) -> None:
    orchestra.prepare()
    for month in ("2013-02", "2013-06"):
        assert orchestra.run("flights", month=month).success
    before = sums(orchestra.db)
    wrong = sa.update(Flight).where(Flight.day == 5).values(distance=1)
    orchestra.db.execute([wrong])
    damaged = sums(orchestra.db)
    assert damaged[2] != before[2] and damaged[6] != before[6]
    for month in ("2013-02", "2013-03", "2013-04"):
        assert orchestra.run("flights", month=month).success
    after = sums(orchestra.db)
    assert list(after) == [2, 3, 4, 6]
    assert after[2] == before[2]
    assert after[6] == damaged[6]


# --- Checks ---------------------------------------------------------------------------------


def evaluated(result: Any) -> dict[str, bool]:
    return {
        f"{each.asset_key.to_user_string()}.{each.check_name}": each.passed
        for each in result.get_asset_check_evaluations()
    }


def test_every_rule_is_a_check_of_what_is_in_the_table(
    orchestra: Orchestra, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    orchestra.prepare()
    passed = {
        "weather.wind_speed_is_never_above_200_mph": True,
        "weather.no_day_is_empty": True,
        "flights.tailnum_is_never_not_a_US_tail_number": True,
        "flights.no_day_is_empty": True,
    }
    assert sum(len(each.rules) for each in FEEDS.values()) + 2 == len(passed)
    assert evaluated(orchestra.run("weather", "flights", month="2013-02")) == passed
    # Now somebody else writes into the tables, past the rules, and deletes a day.
    storm = sa.update(Weather).filter_by(month=2, day=3).values(wind_speed=500)
    skip = sa.delete(Flight).filter_by(month=2, day=14)
    load = tasks.load_part

    def load_then_damage(db: Database, *args: Any) -> LoadReport:
        report = load(db, *args)
        db.execute([storm, skip])
        return report

    monkeypatch.setattr("lib.orchestration.dagster_assets.load_part", load_then_damage)
    found = evaluated(orchestra.run("weather", "flights", month="2013-02"))
    assert found == passed | {
        "weather.wind_speed_is_never_above_200_mph": False,
        "flights.no_day_is_empty": False,
    }


def test_empty_days_are_named(db: Database) -> None:
    with db.engine.connect() as connection:
        days = tasks.empty_days(connection, Flight, "2013-02")
    assert list(days) == [date(2013, 2, number) for number in range(1, 29)]


# --- What may pass --------------------------------------------------------------------------


def operational(code: object) -> OperationalError:
    return OperationalError("SELECT 1", {}, pymysql.err.OperationalError(code, "says why"))


def test_a_lock_and_a_server_that_is_away_may_pass_on_mysql() -> None:
    with Database("mysql+pymysql://u:p@127.0.0.1:1/d") as db:
        for code in (1205, 1213, 2003, 2013, 1053):
            assert tasks.may_pass(db, operational(code)), code
        for code in (1045, 1049, 1146, 1406):
            assert not tasks.may_pass(db, operational(code)), code
        explained = db.explain(operational(1205))
        explained.__cause__ = operational(1205)
        assert tasks.may_pass(db, explained)
        assert tasks.may_pass(db, NotReady("away"))
        assert not tasks.may_pass(db, PipelineError("broken"))
        assert not tasks.may_pass(db, ZeroDivisionError())


def test_a_database_that_refuses_is_told_in_plain_words(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path / 'empty.db'}") as db:
        with pytest.raises(PipelineError, match="no such table"):
            tasks.load_part(db, Airline)


# --- The schedule ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "months"),
    [
        (date(2013, 3, 20), ["2013-03"]),
        (date(2013, 3, 1), ["2013-02"]),
        (date(2013, 3, 2), ["2013-02", "2013-03"]),
        (date(2013, 3, 7), ["2013-02", "2013-03"]),
        (date(2013, 3, 8), ["2013-03"]),
        (date(2014, 1, 1), ["2013-12"]),
        (date(2014, 2, 1), []),
        (date(2013, 1, 2), ["2013-01"]),
    ],
)
def test_the_month_of_yesterday_is_due_and_for_a_week_the_one_before(
    today: date, months: list[str]
) -> None:
    assert tasks.due(today) == months


def test_the_schedule_asks_for_the_months_that_are_due(db: Database) -> None:
    found = definitions(db)
    schedule = found.resolve_schedule_def("each_morning")

    def tick(year: int, month: int, day: int) -> Any:
        context = dg.build_schedule_context(
            scheduled_execution_time=datetime(year, month, day, 6, tzinfo=UTC),
            repository_def=found.get_repository_def(),
        )
        return schedule.evaluate_tick(context)

    asked = tick(2013, 3, 2).run_requests
    assert [each.partition_key for each in asked] == ["2013-02", "2013-03"]
    assert len({each.run_key for each in asked}) == 2
    assert "no file" in str(tick(2014, 5, 1).skip_message)


# --- Dagster's own processes ----------------------------------------------------------------


def test_dagster_is_not_imported_by_the_pipeline_or_by_the_command_line() -> None:
    program = (
        "import sys, lib.cli, lib.workbook.cli, lib.pipeline.pipeline, lib.pipeline.months, "
        "lib.orchestration.dagster_server, lib.orchestration.dask_cluster, "
        "lib.workbook.lab.jupyter, lib.workbook.lab.shared_database\n"
        "print(sorted({'dagster', 'dask', 'distributed'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_dagsters_processes_find_the_definitions_of_the_settings_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'mine.db'}")
    found = code_location()
    assert found.resources is not None
    db = found.resources["db"]
    assert isinstance(db, Database)
    assert db.url.database == (tmp_path / "mine.db").as_posix()
    assert not (tmp_path / "mine.db").exists()  # asking for definitions opens nothing
    db.close()


def test_dagsters_settings_switch_telemetry_off(tmp_path: Path) -> None:
    folder = dagster_page.write_settings(tmp_path, writers=1)
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        assert not instance.telemetry_enabled
        assert not instance.nux_enabled
        assert Path(instance.root_directory) == tmp_path / "dagster"
    text = json.loads((folder / "dagster.yaml").read_text(encoding="utf-8"))
    assert text["concurrency"]["runs"]["max_concurrent_runs"] == 1


def test_the_port_is_the_wanted_one_or_a_free_one() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        taken = server.getsockname()[1]
        with pytest.raises(PipelineError, match=f"Port {taken} is in use"):
            choose_port(taken, dagster_page.FIRST_PORT)
    assert choose_port(taken, dagster_page.FIRST_PORT) == taken
    assert choose_port(None, dagster_page.FIRST_PORT) >= dagster_page.FIRST_PORT


PAGE = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *args): pass
HTTPServer(("127.0.0.1", int(sys.argv[1])), Page).handle_request()
"""


@pytest.mark.parametrize(("program", "code"), [(PAGE, 0), ("raise SystemExit(3)", 1)])
def test_the_page_is_opened_when_it_answers(
    program: str,
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    opened: list[str] = []
    started: dict[str, Any] = {}
    popen = subprocess.Popen

    def stand_in(command: list[str], **options: Any) -> Any:
        started.update(options["env"], command=command)
        return popen([sys.executable, "-c", program, command[-1]])

    monkeypatch.setattr(dagster_page.subprocess, "Popen", stand_in)
    monkeypatch.setattr(dagster_page.webbrowser, "open", opened.append)
    monkeypatch.setattr(dagster_page, "upgrade", lambda db: None)
    with Database("mysql+pymysql://u:secret@127.0.0.1:1/d") as db:
        assert dagster_page.serve(db, tmp_path, None, browser=True) == code
    said = capsys.readouterr().out
    address = f"http://127.0.0.1:{started['command'][-1]}"
    assert opened == ([address] if code == 0 else [])
    assert (address in said) == (code == 0)
    assert started["DAGSTER_DISABLE_TELEMETRY"] == "1"
    assert started["DAGSTER_HOME"] == str(tmp_path / "dagster")
    assert "secret" in started["DATABASE_URL"] and "secret" not in str(started["command"])


def test_behind_a_hub_the_page_knows_its_path_and_no_browser_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Any] = []
    child = SimpleNamespace(wait=lambda: 0, poll=lambda: 0, terminate=lambda: None)

    def stand_in(command: list[str], **options: Any) -> Any:
        asked.append((command[-1], options["env"]["DAGSTER_WEBSERVER_PATH_PREFIX"]))
        return child

    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/anna/")
    monkeypatch.setattr(dagster_page.subprocess, "Popen", stand_in)
    monkeypatch.setattr(dagster_page, "answers", lambda *what: asked.append(what[2]) or True)
    monkeypatch.setattr(dagster_page.webbrowser, "open", asked.append)
    monkeypatch.setattr(dagster_page, "upgrade", lambda db: None)
    with Database("mysql+pymysql://u:secret@127.0.0.1:1/d") as db:
        assert dagster_page.serve(db, tmp_path, None, browser=True) == 0
    port = asked[0][0]
    path = f"/user/anna/proxy/absolute/{port}"
    assert asked == [(port, path), f"{path}/server_info"]
    assert f"    {path}/\n" in capsys.readouterr().out


def test_dagster_does_not_change_how_our_tables_are_made(tmp_path: Path) -> None:
    """Its storage rewrites DATETIME and FLOAT of MySQL, for every table of the process."""
    code = """
import dagster as dg, sqlalchemy as sa
from sqlalchemy.dialects import mysql
from lib.orchestration import dagster_assets as orchestration
from lib.config import ROOT
from lib.database import Database

def made():
    kinds = sa.DateTime(), sa.Float(), sa.FLOAT(), sa.TIMESTAMP()
    return [kind.compile(dialect=mysql.dialect()) for kind in kinds]

orchestration.definitions(Database("sqlite://"))
before = made()
assert dg.materialize([dg.asset(lambda: None, name="x")], raise_on_error=True).success
print(before == made(), *before)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"DAGSTER_DISABLE_TELEMETRY": "1", "DAGSTER_HOME": ""},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["True", "DATETIME", "FLOAT", "FLOAT", "TIMESTAMP"], done.stderr
