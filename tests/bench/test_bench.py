"""The bench: every method does the same work, and what it says of it has one shape."""

from __future__ import annotations

import io
import json
import os
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from lib.bench import databases, scale, worker
from lib.bench.cli import main
from lib.bench.databases import MysqlPlace, Place, SqlitePlace, places
from lib.bench.files import Files
from lib.bench.growth import exponent, rows_growth
from lib.bench.methods import LOAD, READ, YEAR, Method
from lib.bench.page import people
from lib.bench.rivals import by_sqlite_utils
from lib.bench.rivals.environment import environment
from lib.bench.run import BenchFailed, Options, choose, in_a_process, run_bench
from lib.bench.worker import measure, peak_mb
from lib.config import ROOT
from lib.database import Database
from lib.errors import PipelineError
from lib.models import Flight
from lib.testing.mysql_server import connect

ROWS = 300
KEYS = {"database", "method", "rows", "median_s", "rows_per_s", "peak_mb", "ratio_to_sql"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("files"), limit=ROWS)


@pytest.fixture(scope="module")
def sqlite_place(tmp_path_factory: pytest.TempPathFactory, files: Files) -> Place:
    return SqlitePlace(tmp_path_factory.mktemp("place"), files.year)


@pytest.fixture(scope="module")
def mysql_place(mysql_url: str, files: Files) -> Iterator[Place]:
    with ExitStack() as stack:
        yield MysqlPlace(stack, mysql_url, files.year)


@pytest.fixture(params=["sqlite", "mysql"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(f"{request.param}_place")
    return found


@pytest.fixture
def no_mysql(monkeypatch: pytest.MonkeyPatch, sqlite_place: Place) -> None:
    """One database, filled beforehand, and no process of its own for a measurement."""
    monkeypatch.setattr("lib.bench.run.places", lambda *_: [sqlite_place])
    monkeypatch.setattr("lib.bench.run.in_a_process", measure)


def job(method: Method, url: str, file: Path) -> dict[str, Any]:
    return dict(module=method.module, function=method.function, url=url, file=str(file))


def flights(url: str) -> pd.DataFrame:
    """The table, in its stored form: on SQLite, a time is a text, which has to be the same one."""
    with Database(url) as db, db.engine.connect() as connection:
        text = sa.text("SELECT * FROM flights ORDER BY time_hour, carrier, flight")
        return pd.read_sql(text, connection)


# --- The methods ----------------------------------------------------------------------------


def test_every_method_loads_the_same_rows(place: Place, files: Files) -> None:
    expected = None
    for method in [each for each in LOAD if place.kind in each.databases and not each.missing]:
        url = place.fresh("same")
        answer = measure(job(method, url, files.year))
        assert answer["label"].splitlines() == [answer["label"]]
        found = flights(url)
        place.drop("same")
        expected = found if expected is None else expected
        pd.testing.assert_frame_equal(found, expected)
    assert expected is not None
    raw = pd.read_csv(files.year)
    assert len(expected) == len(raw) == ROWS
    assert expected["distance"].sum() == raw["distance"].sum()
    assert expected["dep_delay"].sum() == raw["dep_delay"].sum()


def test_every_method_reads_the_same_rows(place: Place, files: Files) -> None:
    url = place.fresh("read")
    measure(job(choose("load", ["bulk_load"])[0], url, files.year))
    for method in [each for each in READ if place.kind in each.databases]:
        assert measure(job(method, url, files.year))["rows"] == ROWS
    place.drop("read")


def test_the_raw_zip_is_read_by_each_reader_of_files() -> None:
    from lib.bench.by_sqlalchemy import _rows
    from lib.bench.shell import unpacked

    zipped = Files(Path()).year
    assert zipped.suffix == ".zip"
    row = next(iter(_rows(zipped)))
    assert Flight(**row).carrier == "UA"
    with unpacked(zipped) as plain, plain.open("rb") as lines:
        assert sum(1 for _ in lines) == YEAR + 1


def test_a_fresh_database_has_no_flights_and_all_that_they_refer_to(
    place: Place, files: Files
) -> None:
    with Database(place.fresh("empty")) as db, db.engine.connect() as connection:
        for table, key in (("airports", "dest"), ("planes", "tailnum")):
            known = connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0
            assert known >= pd.read_csv(files.year)[key].nunique()
        names = [index["name"] for index in sa.inspect(connection).get_indexes("flights")]
        assert len([name for name in names if str(name).startswith("ix_")]) == 4
        assert len(sa.inspect(connection).get_foreign_keys("flights")) == 4
        assert connection.scalar(sa.text("SELECT count(*) FROM flights")) == 0
    place.drop("empty")


# --- Files ----------------------------------------------------------------------------------


def test_the_year_is_repeated_under_later_dates(tmp_path: Path) -> None:
    files = Files(tmp_path, times=3, limit=ROWS)
    frame = pd.read_csv(files.all(), keep_default_na=False)
    assert len(frame) == files.rows == 3 * ROWS
    assert frame["year"].value_counts().to_dict() == {2013: ROWS, 2014: ROWS, 2015: ROWS}
    assert (frame["time_hour"].str[:4].astype(int) == frame["year"]).all()
    assert not frame.duplicated(["time_hour", "carrier", "flight"]).any()
    one, three = (part.reset_index(drop=True) for _, part in list(frame.groupby("year"))[::2])
    moved = ["year", "time_hour"]
    pd.testing.assert_frame_equal(one.drop(columns=moved), three.drop(columns=moved))
    assert (one["time_hour"].str[4:] == three["time_hour"].str[4:]).all()


def test_a_method_gets_all_a_sample_or_nothing(tmp_path: Path) -> None:
    slow = Method("slow", "", "", sample=100, large=0)
    quick = Method("quick", "", "")
    rows = {}
    for times in (1, 2):
        folder = tmp_path / str(times)
        folder.mkdir()
        rows[times] = [Files(folder, times, ROWS).of(method)[1] for method in (slow, quick)]
    assert rows == {1: [100, ROWS], 2: [0, 2 * ROWS]}


# --- What is said ---------------------------------------------------------------------------


def test_the_verb_measures_in_processes_and_writes_json(
    monkeypatch: pytest.MonkeyPatch,
    sqlite_place: Place,
    mysql_place: Place,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("lib.bench.run.places", lambda *_: [sqlite_place, mysql_place])
    block = bytearray(500 << 20)  # the memory of this process is not to count
    assert peak_mb() > 500
    file = tmp_path / "bench.json"
    words = ["--limit", str(ROWS), "--rounds", "1", "--json", str(file), "--only", "to_sql"]
    assert main(["bench", *words]) == 0
    del block
    answers = json.loads(file.read_text(encoding="utf-8"))
    assert [(row["database"], row["method"]) for row in answers] == [
        ("sqlite", "to_sql"),
        ("mysql", "to_sql"),
    ]
    for row in answers:
        assert row.keys() >= KEYS
        assert row["rows"] == ROWS
        assert min(row["median_s"], row["rows_per_s"], row["peak_mb"], row["ratio_to_sql"]) > 0
        assert row["ratio_to_sql"] == 1
        assert row["peak_mb"] < 500
    out, err = capsys.readouterr()
    assert all(name in out for name in ("SQLite 3", "ratio", "to_sql"))
    assert "://" not in out + err


def test_reading_is_compared_with_read_sql(no_mysql: None) -> None:
    answers = run_bench(Options("read", limit=ROWS, rounds=2), lambda _: None)
    assert [row["method"] for row in answers] == [method.name for method in READ]
    assert answers[0]["ratio_to_sql"] == 1
    assert {row["rounds"] for row in answers} == {2}


def test_a_sample_is_scaled_and_said_so(no_mysql: None, monkeypatch: pytest.MonkeyPatch) -> None:
    short = [Method("to_sql", "m", "f"), Method("slow", "m", "f", sample=30)]
    monkeypatch.setattr("lib.bench.run.LOAD", short)
    monkeypatch.setattr("lib.bench.run._check", lambda *_: None)
    lines: list[str] = []
    answer = {"seconds": 2.0, "peak_mb": 50, "label": "how"}
    usual, slow = run_bench(Options(limit=ROWS), lines.append, lambda _: answer)
    assert (slow["rows"], slow["median_s"], slow["note"]) == (ROWS, 20, "sample of 30 rows, scaled")
    assert (usual["ratio_to_sql"], slow["ratio_to_sql"]) == (1, 0.1)
    assert lines[0] == "No MySQL: none is configured, and no server program is installed."
    assert "how (sample of 30 rows, scaled)" in lines[-1]


def test_a_method_that_cannot_run_here_is_left_out(
    no_mysql: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    lines: list[str] = []
    assert run_bench(Options(limit=ROWS, only=["sqlite3 shell"]), lines.append) == []
    assert "sqlite3 shell is left out: sqlite3 is not installed." in lines


def test_a_method_that_fails_is_named_and_the_others_go_on(
    no_mysql: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = Method("broken", "lib.bench.ours", "no_such_function")
    monkeypatch.setattr("lib.bench.run.LOAD", [broken, *choose("load", ["bulk_load"])])
    file = tmp_path / "bench.json"
    with pytest.raises(BenchFailed, match="broken on sqlite: failed: .*no_such_function") as caught:
        run_bench(Options(limit=ROWS, rounds=2), lambda _: None)
    assert [row["method"] for row in caught.value.answers] == ["bulk_load"]
    assert main(["bench", "--limit", "9", "--rounds", "1", "--json", str(file)]) == 1
    assert [row["rows"] for row in json.loads(file.read_text(encoding="utf-8"))] == [9]


def test_a_method_that_loses_rows_has_failed(
    no_mysql: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = {"seconds": 0.1, "peak_mb": 1, "label": "does nothing"}
    with pytest.raises(BenchFailed, match="300 rows were read, but the table has 0"):
        run_bench(Options(limit=ROWS, only=["add_all"]), lambda _: None, lambda _: nothing)


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (["--only", "magic"], 1, "bench load knows no method 'magic'"),
        (["--rows", "ten"], 2, "is not like 1x or 10x"),
        (["--rounds", "0"], 2, "is not a number from 1"),
        (["write"], 2, "invalid choice"),
        (["--json", "no such folder/bench.json"], 1, "cannot be written"),
        (["--database-url", "mysql+pymysql://a:s3cret@127.0.0.1:1/x"], 1, "No database answers"),
    ],
)
def test_what_is_typed_wrongly_is_said(
    words: list[str], code: int, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "--limit", "5", *words]) == code
    err = capsys.readouterr().err
    assert text in err
    assert "s3cret" not in err


# --- The accounts on a server ---------------------------------------------------------------


@contextmanager
def account(*grants: str) -> Iterator[str]:
    """Make an account with these grants on the database demo's server; give its URL."""
    admin = os.environ.get("TEST_MYSQL_ADMIN_URL")
    if not admin:
        pytest.skip("TEST_MYSQL_ADMIN_URL is not set: this server's users are not ours to make")
    name = f"bench_{secrets.token_hex(4)}"
    with connect(admin) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE USER '{name}'@'%' IDENTIFIED BY 's3cret'")
        for grant in grants:
            cursor.execute(f"GRANT ALL ON `{grant}`.* TO '{name}'@'%'")
    try:
        url = make_url(admin).set(username=name, password="s3cret", database="demo")
        yield url.render_as_string(hide_password=False)
    finally:
        with connect(admin) as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP USER '{name}'@'%'")


def test_the_account_of_the_container_may_run_the_bench(files: Files) -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)  # as compose fills it in, without a .env
    granted = re.findall(r"GRANT ALL ON `(.+?)`\.\* TO 'workbook'", text)
    with account("demo", *granted) as url, ExitStack() as stack:
        place = MysqlPlace(stack, url, files.year)
        assert make_url(place.fresh("granted")).database.startswith("demo_bench_")
        place.drop("granted")
        assert scale._server(stack, url) == url


def test_an_account_that_may_not_make_databases_is_told_which_one(tmp_path: Path) -> None:
    with account("demo") as url, ExitStack() as stack:
        says = "may not use the database 'demo_bench_[0-9a-f]+' at "
        with pytest.raises(PipelineError, match=says):
            places(stack, tmp_path, Files(tmp_path, limit=5).year, url)
        with pytest.raises(PipelineError, match=says):
            scale._server(stack, url)


# --- The process of a measurement -----------------------------------------------------------


def test_the_worker_answers_in_json_when_it_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"module": "json", "function": "nothing"}'))
    assert worker.main() == 1
    assert "AttributeError" in json.loads(capsys.readouterr().out)["error"]


def test_a_process_that_fails_says_why() -> None:
    with pytest.raises(PipelineError, match="No module named 'lib.nothing'"):
        in_a_process(dict(module="lib.nothing", function="f", url="", file=""))


def test_the_private_server_is_used_when_nothing_is_configured(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mysql_url: str, files: Files
) -> None:
    class Running:
        url = mysql_url

        def __enter__(self) -> Running:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.delenv("TEST_MYSQL_URL")
    monkeypatch.setattr(databases, "read_env_file", lambda _: {})
    monkeypatch.setattr(databases, "find_server", lambda: "mysqld")
    monkeypatch.setattr(databases, "PrivateServer", Running)
    with ExitStack() as stack:
        assert [each.kind for each in places(stack, tmp_path, files.year, None)] == [
            "sqlite",
            "mysql",
        ]


# --- Rivals, and growth ---------------------------------------------------------------------


def test_the_rows_of_a_rival_are_those_of_the_table() -> None:
    lines = ["time_hour,tailnum,flight,dep_time", "2013-01-01T10:00:00Z,NA,15,NA"]
    assert list(by_sqlite_utils.rows(iter(lines))) == [
        {"time_hour": "2013-01-01 10:00:00", "tailnum": None, "flight": 15, "dep_time": None}
    ]


def test_an_environment_is_made_once_and_again_for_another_lock(tmp_path: Path) -> None:
    lock, said = tmp_path / "nothing.txt", list[str]()
    lock.write_text("", encoding="utf-8")
    python = environment(tmp_path, "nothing", said.append, tmp_path)
    assert python == environment(tmp_path, "nothing", said.append, tmp_path)
    assert python.is_file() and len(said) == 1
    lock.write_text("# another", encoding="utf-8")
    environment(tmp_path, "nothing", said.append, tmp_path)
    assert len(said) == 2
    lock.write_text("/no/such/package-1.whl", encoding="utf-8")
    with pytest.raises(PipelineError, match="could not be made"):
        environment(tmp_path, "nothing", said.append, tmp_path)


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rival whose program is one of ours, and whose environment is this one."""
    monkeypatch.setattr("lib.bench.rivals.environment.environment", lambda *_: sys.executable)
    rival = Method("other", "lib.bench.by_sqlalchemy", "core_executemany", rival="other")
    monkeypatch.setattr("lib.bench.run.RIVALS", (rival,))


def test_a_rival_stands_in_the_same_table_and_has_to_load_the_same_rows(
    no_mysql: None, stand_in: None
) -> None:
    options = Options(limit=50, rounds=1, only=["to_sql", "other"], rivals=True)
    asked: list[dict[str, Any]] = []

    def noted(job: dict[str, Any]) -> dict[str, Any]:
        asked.append(job)
        return in_a_process(job) if "python" in job else measure(job)

    rows = run_bench(options, lambda _: None, noted)
    assert [row["method"] for row in rows] == ["to_sql", "other"]
    assert [job["python"] for job in asked if "python" in job] == [sys.executable]
    with pytest.raises(PipelineError, match="knows no method 'other'"):
        run_bench(Options(limit=50, only=["other"]), lambda _: None)


def test_a_rival_that_changes_a_value_has_failed(no_mysql: None, stand_in: None) -> None:
    def careless(job: dict[str, Any]) -> dict[str, Any]:
        answer = measure(job)
        if "python" in job:
            with Database(job["url"]) as db, db.engine.begin() as connection:
                connection.execute(sa.text("UPDATE flights SET distance = 0 WHERE flight = 1545"))
        return answer

    with pytest.raises(BenchFailed, match="not those that bulk_load makes"):
        run_bench(Options(limit=50, rounds=1, only=["other"], rivals=True), print, careless)


def test_growth_with_the_rows_is_said_as_an_exponent(no_mysql: None) -> None:
    said: list[str] = []

    def measured(job: dict[str, Any]) -> dict[str, Any]:
        return measure(job) | {"seconds": 2.0, "peak_mb": 100}

    rows = rows_growth(Options(limit=20, rounds=1, only=["bulk_load"]), said.append, measured)
    assert [row["rows"] for row in rows] == [20, 60, 200]
    assert said[-1].splitlines()[-1].split() == ["growth", "0.0", "0.0"]
    square = [{"n": n, "s": n**2} for n in (1, 3, 10)]
    assert exponent(square, "n", "s") == pytest.approx(2)


def test_thirty_people_want_thirty_things() -> None:
    asked = [json.dumps(people(number)) for number in range(30)]
    assert len(set(asked)) == 30


@pytest.mark.parametrize(
    "words", [["read", "--rivals"], ["scale", "--growth"], ["load", "--growth", "--rows", "3x"]]
)
def test_what_does_not_go_together_is_said(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", *words]) == 1
    assert "Leave out" in (err := capsys.readouterr().err) or "It goes with" in err
