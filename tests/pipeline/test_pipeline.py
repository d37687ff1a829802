"""The whole run: the counts of the data, and the record of each run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import make_url

from lib.config import sqlite_url
from lib.database import Database
from lib.errors import PipelineError
from lib.models import Flight, PipelineRun, RejectedRow
from lib.pipeline import pipeline, run_pipeline
from lib.pipeline.flights import FEEDS
from lib.source import CsvSource
from tests.support.few import files_in
from tests.support.year import KINDS, Year, load_year

# table: read, inserted, rejected. From DATA.md, recounted by hand.
LOADED = {
    "airlines": (16, 16, 0),
    "airports": (1_458, 1_458, 0),
    "planes": (3_322, 3_322, 0),
    "weather": (26_115, 26_114, 1),
    "flights": (336_776, 336_772, 4),
}
IN_TABLES = {"airlines": 16, "airports": 1_462, "planes": 4_042, "weather": 26_114} | {
    "flights": 336_772,
    "rejected_rows": 5,
}


@pytest.fixture(scope="module", params=KINDS)
def year(request: pytest.FixtureRequest) -> Year:
    return load_year(request, request.param)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    with Database(database_url) as db:
        yield db


@pytest.fixture
def one_row_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pipeline read files with one good row each."""
    files = {
        "airlines": "carrier,name\nUA,United\nLONG,x\n",
        "airports": "faa,name\nEWR,Newark\n",
        "planes": "tailnum,year\nN14228,1999\n",
        "weather": "origin,year,month,day,hour,time_hour\nEWR,2013,1,1,1,2013-01-01T06:00:00Z\n",
        "flights": "year,month,day,sched_dep_time,sched_arr_time,carrier,flight,tailnum,origin,"
        "dest,distance,hour,minute,time_hour\n"
        "2013,1,1,515,819,UA,1545,N14228,EWR,IAH,1400,5,15,2013-01-01T10:00:00Z\n",
    }
    for table, content in files.items():
        (tmp_path / f"{table}.csv").write_text(content)

    monkeypatch.setattr("lib.pipeline.flights.raw_file", files_in(tmp_path))


@pytest.fixture
def small(db: Database, one_row_each: None) -> Database:
    """A database for a pipeline whose files are small."""
    return db


def count(db: Database, table: str) -> int:
    return int(db.query(f"SELECT COUNT(*) AS number FROM {table}")["number"][0])


def runs(db: Database) -> list[PipelineRun]:
    with db.session_scope() as session:
        found = list(session.scalars(sa.select(PipelineRun).order_by(PipelineRun.id)))
        session.expunge_all()
    return found


def numbers(run: PipelineRun) -> tuple[int, ...]:
    part = (run.rows_read, run.rows_inserted, run.rows_updated, run.rows_unchanged)
    return (*part, run.rows_rejected, run.rows_inferred)


# --- The year ---------------------------------------------------------------------------------


def test_the_year_has_exactly_the_counts_of_the_data(year: Year) -> None:
    seen = {each.table: (each.read, each.inserted, each.rejected) for each in year.report.tables}
    assert seen == LOADED
    assert {table: count(year.db, table) for table in IN_TABLES} == IN_TABLES
    inferred = {each.table: each.inferred for each in year.report.tables if each.inferred}
    assert inferred == {"flights": {"airports": 4, "planes": 720}}


def test_the_inferred_airports_are_those_that_the_file_lacks(year: Year) -> None:
    found = year.db.query("SELECT faa FROM airports WHERE inferred ORDER BY faa")
    assert found["faa"].tolist() == ["BQN", "PSE", "SJU", "STT"]
    assert len(year.db.query("SELECT tailnum FROM planes WHERE inferred")) == 720


def test_the_rejected_rows_are_the_known_ones(year: Year) -> None:
    found = year.db.query(sa.select(RejectedRow.__table__).order_by("table_name", "line"))
    assert found["table_name"].tolist() == ["flights"] * 4 + ["weather"]
    assert found["value"].tolist() == ["D942DN"] * 4 + ["1048.36058"]
    assert found["file"].tolist() == ["flights.csv.zip"] * 4 + ["weather.csv"]
    # The row numbers that pandas gives, with the header and counting from 1.
    assert found["line"].tolist()[:4] == [120_318, 157_235, 157_801, 254_420]


def test_a_run_leaves_a_record_with_its_counts(year: Year) -> None:
    first = runs(year.db)[0]
    assert first.id == year.report.run_id
    assert (first.outcome, first.message) == ("succeeded", None)
    assert numbers(first) == (367_687, 367_682, 0, 0, 5, 724)
    assert first.finished_at is not None
    now = datetime.now(UTC).replace(tzinfo=None)
    assert timedelta(0) <= first.finished_at - first.started_at < timedelta(minutes=5)
    assert now - first.started_at < timedelta(hours=1)


def test_run_again_it_changes_nothing(year: Year) -> None:
    again = run_pipeline(year.db)
    for each in again.tables:
        read, inserted, rejected = LOADED[each.table]
        assert (each.read, each.inserted, each.updated) == (read, 0, 0)
        assert (each.unchanged, each.rejected, each.inferred) == (inserted, rejected, {})
    assert {table: count(year.db, table) for table in IN_TABLES} == IN_TABLES
    last = runs(year.db)[-1]
    assert numbers(last) == (367_687, 0, 0, 367_682, 5, 0)
    rejected = year.db.query("SELECT DISTINCT run_id FROM rejected_rows")
    assert rejected["run_id"].tolist() == [year.report.run_id]  # type: ignore[index]


def test_a_month_read_again_leaves_the_quarantine_of_the_year(year: Year) -> None:
    report = run_pipeline(year.db, month="2013-01")
    flights = report.tables[-1]
    assert (flights.read, flights.unchanged, flights.rejected) == (27_004, 27_004, 0)
    assert count(year.db, "rejected_rows") == 5


# --- A month ----------------------------------------------------------------------------------


def test_january_has_27004_flights(db: Database) -> None:
    report = run_pipeline(db, month="2013-01")
    by_table = {each.table: each.inserted for each in report.tables}
    assert by_table == {
        "airlines": 16,
        "airports": 1_458,
        "planes": 3_322,
        "weather": 2_226,
        "flights": 27_004,
    }
    months = db.query(sa.select(Flight.month).distinct())
    assert months["month"].tolist() == [1]
    assert str(report).splitlines()[-1].startswith("flights")


# --- The record of a run ----------------------------------------------------------------------


def test_tables_are_loaded_in_the_order_of_their_references() -> None:
    done: set[str] = set()
    for feed in FEEDS.values():
        table = feed.table
        assert {key.column.table.name for key in table.foreign_keys} <= done
        done.add(table.name)


@pytest.mark.usefixtures("one_row_each")
def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    with Database(sqlite_url(tmp_path / "not" / "yet" / "x.db")) as db:
        assert run_pipeline(db).total("read") == 6


def test_each_source_is_watched_while_it_is_read(small: Database) -> None:
    class Bar:
        def __init__(self) -> None:
            self.bytes = 0

        def update(self, n: int) -> None:
            self.bytes += n

    watched: dict[str, tuple[int, int]] = {}

    @contextmanager
    def watch(source: CsvSource) -> Iterator[Bar]:
        bar = Bar()
        yield bar
        watched[source.name] = (bar.bytes, source.size)

    report = run_pipeline(small, watch=watch)
    assert report.total("inserted") == 5
    assert list(watched) == [f"{name}.csv" for name in FEEDS]
    assert all(read == size for read, size in watched.values())


def test_a_run_that_fails_says_why_and_keeps_the_tables_before(
    small: Database, tmp_path: Path
) -> None:
    (tmp_path / "planes.csv").unlink()
    with pytest.raises(PipelineError, match="There is no file"):
        run_pipeline(small)
    (run,) = runs(small)
    assert run.outcome == "failed"
    assert run.finished_at is not None
    assert str(run.message).startswith("planes: There is no file")
    assert "Traceback" not in str(run.message)
    assert numbers(run) == (3, 2, 0, 0, 1, 0)
    assert count(small, "airlines") == count(small, "airports") == 1

    (tmp_path / "planes.csv").write_text("tailnum,year\nN14228,1999\n")
    assert numbers(runs(small)[0]) == numbers(run)
    report = run_pipeline(small)
    assert [each.unchanged for each in report.tables] == [1, 1, 0, 0, 0]
    assert [each.outcome for each in runs(small)] == ["failed", "succeeded"]


def test_a_refused_reference_is_one_message_and_nothing_of_its_table_stays(
    small: Database, tmp_path: Path
) -> None:
    (tmp_path / "airlines.csv").write_text("carrier,name\n")
    with pytest.raises(PipelineError, match="is not in airlines"):
        run_pipeline(small)
    (run,) = runs(small)
    assert str(run.message).startswith("flights: ")
    assert "[SQL:" not in str(run.message)
    assert count(small, "flights") == 0
    assert count(small, "planes") == 1


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (KeyboardInterrupt(), "weather: KeyboardInterrupt"),
        (ValueError("on purpose"), "weather: ValueError: on purpose"),
    ],
    ids=str,
)
def test_an_interrupted_run_is_recorded_too(
    small: Database, error: BaseException, message: str
) -> None:
    @contextmanager
    def watch(source: CsvSource) -> Iterator[None]:
        yield
        if source.name == "weather.csv":
            raise error

    sent: list[str] = [""]

    # On MySQL the rows are in the table, and not yet committed; on SQLite they are about to be.
    def interrupt(_cursor: Any, statement: str, *_: Any) -> None:
        before, sent[-1] = sent[-1], statement
        if re.match("INSERT INTO weather", statement) or "INTO TABLE weather" in before:
            raise error

    event.listen(small.engine, "do_execute", interrupt)
    with pytest.raises(type(error)):
        run_pipeline(small, watch=watch)
    event.remove(small.engine, "do_execute", interrupt)
    (run,) = runs(small)
    assert (run.outcome, run.message) == ("failed", message)
    assert count(small, "weather") == 0
    assert count(small, "planes") == 1
    assert run_pipeline(small).total("inserted") == 2


@pytest.mark.usefixtures("one_row_each")
def test_a_server_that_goes_away_is_one_message_without_the_password(
    fresh_mysql: Callable[[], str],
) -> None:
    url = make_url(fresh_mysql())
    with Database(url) as db:
        run_pipeline(db)

        @event.listens_for(db.engine, "do_connect")
        def refuse(_dialect: Any, _record: Any, _args: Any, params: dict[str, Any]) -> None:
            if gone:
                params.update(port=1)

        gone: list[bool] = []

        @contextmanager
        def watch(source: CsvSource) -> Iterator[None]:
            if source.name == "weather.csv":
                gone.append(True)
                db.engine.dispose()
            yield

        with pytest.raises(PipelineError, match="No database answers") as caught:
            run_pipeline(db, watch=watch)
    assert str(url.password) not in str(caught.value)
    assert "docker compose up" in caught.value.fix


def test_a_table_that_stays_locked_is_recorded_in_plain_words(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After several tries, the server's own words, and ours, but never the SQL with its values."""
    run_pipeline(small)
    cause = Exception(1205, "database is locked") if "mysql" in str(small.url) else None
    error = sa.exc.OperationalError(
        "SELECT 'secret value'", {}, cause or Exception("database is locked")
    )
    tries: list[str] = []
    monkeypatch.setattr("lib.database.database.time.sleep", lambda seconds: None)

    def refuse(_cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT count(*)"):
            tries.append(statement)
            raise error

    event.listen(small.engine, "do_execute", refuse)
    with pytest.raises(PipelineError):
        run_pipeline(small)
    message = str(runs(small)[-1].message)
    assert "locked" in message
    assert "secret value" not in message
    assert len(tries) == 5


def test_a_database_that_is_damaged_is_one_message(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"no database at all" * 100)
    with Database(sqlite_url(path)) as db, pytest.raises(PipelineError, match="damaged"):
        run_pipeline(db)


def test_the_total_of_what_was_inferred_is_a_sum() -> None:
    report = pipeline.PipelineReport(1)
    report.tables.append(pipeline.LoadReport("x", "x.csv", inferred={"airports": 4, "planes": 7}))
    assert report.total("inferred") == 11
    assert report.total("read") == 0
