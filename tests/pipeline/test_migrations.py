"""The schema's history: up, down and up again, on both databases, empty and full."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import alembic.config
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.engine import make_url

from lib.cli import advice
from lib.config import ROOT, sqlite_url
from lib.database import Database, schema
from lib.database.kept import Snapshot, lost, snapshot
from lib.errors import PipelineError
from lib.load import bulk_load
from lib.models import Base, Flight, Weather
from lib.pipeline import run_pipeline
from lib.pipeline.flights import raw_source
from tests.support.judging import validate
from tests.support.mysql_server import connect

SCRIPTS = ScriptDirectory.from_config(schema.alembic_config())
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()][::-1]
FIRST, MEMBERS, INDEXES, REFERENCES = REVISIONS[:4]

Shape = dict[str, Any]


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    with Database(database_url) as db:
        yield db


def shape(db: Database) -> Shape:
    """Return what the database says of its tables, in a form that can be compared."""
    made = sa.inspect(db.engine)

    def ordered(found: Any) -> list[str]:
        return sorted(repr(sorted(each.items(), key=str)) for each in found)

    return {
        table: {
            "columns": [
                (column["name"], repr(column["type"]), column["nullable"], str(column["default"]))
                for column in made.get_columns(table)
            ],
            "key": made.get_pk_constraint(table)["constrained_columns"],
            "references": ordered(made.get_foreign_keys(table)),
            "unique": ordered(made.get_unique_constraints(table)),
            "indexes": ordered(made.get_indexes(table)),
        }
        for table in made.get_table_names()
        if table != "alembic_version"
    }


def contents(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables."""
    metadata = sa.MetaData()
    metadata.reflect(db.engine)
    found = {}
    with db.engine.connect() as connection:
        for table in metadata.sorted_tables:
            # By name: a column that goes and comes back stands at another place.
            columns = sorted(table.columns, key=lambda column: column.name)
            rows = connection.execute(sa.select(*columns).order_by(*table.primary_key)).all()
            found[table.name] = [tuple(row) for row in rows]
    return found


def rows_in(db: Database) -> Snapshot:
    """Return all rows, for `lost`."""
    with db.engine.connect() as connection:
        return snapshot(connection)


def fill_first_revision(db: Database) -> None:
    """Add 500 real flights to the first revision; most of their airports and planes are unknown."""
    batch = next(raw_source("flights").batches())
    weather = next(raw_source("weather").batches())
    flights, _, _ = validate(_table(Flight), batch)
    hours, _, _ = validate(_table(Weather), weather)
    airports = sa.table("airports", sa.column("faa"), sa.column("name"))
    planes = sa.table("planes", sa.column("tailnum"), sa.column("year"))
    airlines = sa.table("airlines", sa.column("carrier"), sa.column("name"))
    carriers = sorted(set(flights.slice(0, 500)["carrier"].to_pylist()))
    with db.engine.begin() as connection:
        connection.execute(
            sa.insert(airlines), [{"carrier": code, "name": "é"} for code in carriers]
        )
        connection.execute(sa.insert(airports).values(faa="EWR", name="Newark"))
        connection.execute(sa.insert(planes).values(tailnum="N14228", year=1999))
        connection.execute(sa.insert(Flight), flights.slice(0, 500).to_pylist())
        connection.execute(sa.insert(Weather), hours.slice(0, 100).to_pylist())


def _table(model: type[Base]) -> sa.Table:
    assert isinstance(model.__table__, sa.Table)
    return model.__table__


def orphans(db: Database) -> int:
    """Count the references of flights that lead nowhere."""
    total = 0
    for column, target, key in (
        ("origin", "airports", "faa"),
        ("dest", "airports", "faa"),
        ("tailnum", "planes", "tailnum"),
    ):
        found = db.query(
            f"SELECT COUNT(*) AS number FROM flights LEFT JOIN {target} "
            f"ON flights.{column} = {target}.{key} "
            f"WHERE flights.{column} IS NOT NULL AND {target}.{key} IS NULL"
        )
        total += int(found["number"][0])
    return total


def config_of(db: Database, output: io.StringIO | None = None) -> Any:
    config = schema.alembic_config()
    config.attributes["database"] = db
    if output is not None:
        config.output_buffer = output
    return config


# --- The history itself -----------------------------------------------------------------------


def test_there_is_one_line_of_at_least_three_revisions() -> None:
    assert SCRIPTS.get_heads() == [REVISIONS[-1]] == [schema.head()]
    assert SCRIPTS.get_bases() == [FIRST]
    assert len(REVISIONS) >= 3
    assert all(not script.is_merge_point for script in SCRIPTS.walk_revisions())


def test_each_revision_is_named_by_its_date_and_says_why() -> None:
    for script in SCRIPTS.walk_revisions():
        assert re.fullmatch(r"\d{4}_\d\d_\d\d_[a-z_]+\.py", Path(script.path).name)
        assert script.doc.endswith(".")
        assert len(str(script.longdoc).splitlines()) > 2


def test_no_revision_uses_the_models() -> None:
    for script in SCRIPTS.walk_revisions():
        assert "import lib" not in Path(script.path).read_text()
        assert "from lib" not in Path(script.path).read_text()


# --- Up, down and up again --------------------------------------------------------------------


def test_an_empty_database_goes_up_down_and_up_again(db: Database) -> None:
    assert schema.current(db) is None
    assert schema.check_known(db) is None
    schema.upgrade(db)
    assert schema.current(db) == schema.head()
    assert set(shape(db)) == set(Base.metadata.tables)
    first = shape(db)
    schema.upgrade(db)  # nothing to do
    schema.downgrade(db, "base")
    assert shape(db) == {}
    assert schema.current(db) is None
    schema.upgrade(db)
    assert shape(db) == first


def test_each_step_can_be_taken_back_and_again(db: Database) -> None:
    before = shape(db)
    for number, revision in enumerate(REVISIONS):
        schema.upgrade(db, revision)
        after = shape(db)
        assert after != before
        schema.downgrade(db, REVISIONS[number - 1] if number else "base")
        assert shape(db) == before
        schema.upgrade(db, revision)
        assert shape(db) == after
        before = after


def test_a_full_database_keeps_its_data_up_down_and_up_again(db: Database) -> None:
    schema.upgrade(db, FIRST)
    fill_first_revision(db)
    old, held = contents(db), rows_in(db)
    assert orphans(db) > 500

    schema.upgrade(db)

    new = contents(db)
    assert lost(held, rows_in(db)) == []
    for table in ("airlines", "flights", "weather"):
        assert new[table] == old[table]
    assert orphans(db) == 0
    known = db.query("SELECT faa, name FROM airports WHERE NOT inferred")
    assert known.to_numpy().tolist() == [["EWR", "Newark"]]
    assert db.query("SELECT tailnum, year FROM planes WHERE NOT inferred").size == 2
    inferred = set(db.query("SELECT faa FROM airports WHERE inferred")["faa"])
    assert {"JFK", "LGA", "IAH"} <= inferred
    with pytest.raises(sa.exc.IntegrityError):
        db.execute(["DELETE FROM airports WHERE faa = 'IAH'"])
    with pytest.raises(sa.exc.IntegrityError):
        db.execute(["UPDATE flights SET tailnum = 'N0' WHERE flight = 1545"])

    for step in REVISIONS[-2::-1]:
        schema.downgrade(db, step)
    back = contents(db)
    assert {name: rows for name, rows in back.items() if name != "alembic_version"} == {
        name: rows for name, rows in old.items() if name != "alembic_version"
    }
    schema.upgrade(db)
    assert contents(db) == new
    schema.downgrade(db, "base")
    assert shape(db) == {}


def test_weather_at_an_inferred_airport_does_not_stop_the_way_down(db: Database) -> None:
    schema.upgrade(db, FIRST)
    fill_first_revision(db)
    schema.upgrade(db)
    with db.engine.begin() as connection:
        bulk_load(connection, Weather, raw_source("weather", month={"1"}, day={"1"}))
    weather = contents(db)["weather"]
    schema.downgrade(db, FIRST)
    assert contents(db)["weather"] == weather
    assert set(db.query("SELECT faa FROM airports")["faa"]) == {"EWR", "JFK", "LGA"}
    schema.upgrade(db)
    assert orphans(db) == 0


# --- The models and the history agree ---------------------------------------------------------


def test_alembic_check_is_clean(db: Database) -> None:
    schema.upgrade(db)
    with contextlib.redirect_stdout(io.StringIO()):
        command.check(config_of(db))


def test_alembic_check_would_see_a_difference(db: Database) -> None:
    schema.upgrade(db)
    db.execute(["ALTER TABLE airlines ADD COLUMN colour VARCHAR(9)"])
    with pytest.raises(Exception, match="colour"):
        command.check(config_of(db))


def test_the_models_and_the_history_make_the_same_tables(
    db: Database, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    schema.upgrade(db)
    if db.dialect.name == "sqlite":
        url = sqlite_url(tmp_path / "models.db").render_as_string()
    else:
        url = request.getfixturevalue("fresh_mysql")()
    with Database(url) as other:
        Base.metadata.create_all(other.engine)
        here, there = shape(db), shape(other)
    for table in here:  # a column that was added later stands at the end
        for made in (here, there):
            made[table]["columns"].sort()
    assert here == there


# --- As SQL -----------------------------------------------------------------------------------


def offline(db: Database, verb: Callable[..., None], revisions: str) -> str:
    output = io.StringIO()
    verb(config_of(db, output), revisions, sql=True)
    return output.getvalue()


def run_script(db: Database, script: str) -> None:
    """Run a script as the database's own program would, without SQLAlchemy."""
    if db.dialect.name == "sqlite":
        with contextlib.closing(sqlite3.connect(str(db.url.database))) as connection:
            connection.executescript(script)
            connection.commit()
    else:
        with connect(db.url.render_as_string(False)) as connection:
            with connection.cursor() as cursor:
                for statement in re.sub(r"(?m)^--.*$", "", script).split(";\n"):
                    if statement.strip():
                        cursor.execute(statement)


def test_the_sql_makes_the_same_tables_and_takes_them_back(
    db: Database, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    script = offline(db, command.upgrade, "head")
    assert shape(db) == {}  # writing it opens no database
    if db.dialect.name == "sqlite":
        url = sqlite_url(tmp_path / "online.db").render_as_string()
    else:
        url = request.getfixturevalue("fresh_mysql")()
    run_script(db, script)
    assert schema.current(db) == schema.head()
    with Database(url) as other:
        schema.upgrade(other)
        assert shape(db) == shape(other)
    run_script(db, offline(db, command.downgrade, "head:base"))
    assert shape(db) == {}


def test_the_sql_moves_a_full_database(db: Database) -> None:
    schema.upgrade(db, FIRST)
    fill_first_revision(db)
    flights, held = contents(db)["flights"], rows_in(db)
    run_script(db, offline(db, command.upgrade, f"{FIRST}:head"))
    assert lost(held, rows_in(db)) == []
    assert contents(db)["flights"] == flights
    assert orphans(db) == 0


def test_the_sql_for_mysql_has_comments_collation_and_names() -> None:
    with Database("mysql+pymysql://me@localhost/demo") as db:
        script = offline(db, command.upgrade, "head")
    creates = re.findall(r"(?s)CREATE TABLE (\w+) \((.*?)\n\)(.*?);", script)
    tables = {name: (body, options) for name, body, options in creates if name != "alembic_version"}
    assert set(tables) == set(Base.metadata.tables)
    for _, options in tables.values():
        assert "COLLATE utf8mb4_bin" in options
        assert "CHARSET=utf8mb4" in options
        assert "ENGINE=InnoDB" in options
    assert "COMMENT 'local, HHMM'" in tables["flights"][0]
    assert "dep_delay SMALLINT COMMENT 'minutes'" in tables["flights"][0]
    assert "wind_speed DOUBLE COMMENT 'mph'" in tables["weather"][0]
    assert "time_hour DATETIME NOT NULL COMMENT 'UTC'" in tables["flights"][0]
    for name in ("fk_flights_origin_airports", "fk_flights_dest_airports"):
        assert f"ADD CONSTRAINT {name} FOREIGN KEY" in script
    assert "CREATE INDEX ix_flights_origin_time_hour ON flights (origin, time_hour)" in script
    assert "inferred BOOL NOT NULL DEFAULT 0" in script
    assert not re.search(r"\bFLOAT\b|TIMESTAMP", script)


# --- The command line -------------------------------------------------------------------------


def python(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


LOGGING = """
import logging, alembic.config
mine = logging.getLogger("mine")
alembic.config.main(["upgrade", "head"])
assert not mine.disabled
"""


def test_alembic_works_with_a_percent_sign_in_the_path_and_silences_no_logger(
    tmp_path: Path,
) -> None:
    path = tmp_path / "50% of all" / "x%20y.db"
    url = sqlite_url(path)
    done = python(url.render_as_string(), "-c", LOGGING)
    assert done.returncode == 0, done.stderr
    assert path.exists()
    assert len(re.findall("Running upgrade", done.stderr)) == len(REVISIONS)
    with Database(url) as db:
        assert schema.current(db) == schema.head()


def test_plain_alembic_works_with_a_percent_sign_in_the_password(
    fresh_mysql: Callable[[], str],
) -> None:
    url = fresh_mysql()
    done = python(url, "-m", "alembic", "upgrade", "head")
    assert done.returncode == 0, done.stderr
    assert str(make_url(url).password) not in done.stdout + done.stderr
    with Database(url) as db:
        assert schema.current(db) == schema.head()


def test_plain_alembic_says_what_is_wrong_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql+pymysql://me:p%40ss%25@127.0.0.1:1/x")
    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit) as caught:
        alembic.config.main(["upgrade", "head"])
    assert caught.value.code not in (0, None)
    printed = capsys.readouterr()
    shown = f"{caught.value} {printed.out} {printed.err}"
    assert "No database answers at 127.0.0.1:1" in shown
    assert "Traceback" not in shown
    assert "p@ss" not in shown
    assert "p%40ss" not in shown


def test_a_migration_leaves_the_loggers_as_they_were(tmp_path: Path) -> None:
    mine, handlers = logging.getLogger("mine"), list(logging.getLogger().handlers)
    with Database(sqlite_url(tmp_path / "y.db")) as db:
        schema.upgrade(db)
    assert not mine.disabled
    assert logging.getLogger().handlers == handlers


# --- When it cannot work ----------------------------------------------------------------------


def test_a_database_newer_than_the_code_is_left_alone(db: Database) -> None:
    schema.upgrade(db)
    db.execute(["UPDATE alembic_version SET version_num = 'ffffffffffff'"])
    before = shape(db), contents(db)
    for touch in (
        schema.upgrade,
        schema.check_known,
        run_pipeline,
        lambda db: schema.upgrade(db, FIRST),
        lambda db: schema.downgrade(db, "base"),
    ):
        with pytest.raises(PipelineError, match="newer than this code: .* ffffffffffff") as caught:
            touch(db)
        assert "git pull" in advice(caught.value)
    assert (shape(db), contents(db)) == before


def test_a_database_that_does_not_answer_is_explained() -> None:
    with Database("mysql+pymysql://me:secret@127.0.0.1:1/demo") as db:
        for touch in (schema.current, schema.upgrade):
            with pytest.raises(PipelineError, match="No database answers") as caught:
                touch(db)
            assert "secret" not in str(caught.value)


def interrupt_at(db: Database, pattern: str, error: BaseException) -> Callable[..., None]:
    def interrupt(_cursor: Any, statement: str, *_: Any) -> None:
        if re.search(pattern, statement):
            raise error

    event.listen(db.engine, "do_execute", interrupt)
    return interrupt


@pytest.mark.parametrize("error", [ValueError("on purpose"), KeyboardInterrupt()], ids=repr)
def test_a_migration_that_fails_on_sqlite_leaves_the_database_as_it_was(
    tmp_path: Path, error: BaseException
) -> None:
    with Database(sqlite_url(tmp_path / "x.db")) as db:
        schema.upgrade(db, FIRST)
        fill_first_revision(db)
        before = shape(db), contents(db)
        interrupt = interrupt_at(db, "DROP TABLE flights", error)
        with pytest.raises(type(error)):
            schema.upgrade(db)
        event.remove(db.engine, "do_execute", interrupt)
        assert (shape(db), contents(db)) == before
        assert db.execute(["PRAGMA foreign_keys"]) == [[(1,)]]
        schema.upgrade(db)
        assert orphans(db) == 0


def test_a_migration_that_fails_on_mysql_keeps_the_revisions_before_it(
    fresh_mysql: Callable[[], str],
) -> None:
    with Database(fresh_mysql()) as db:
        schema.upgrade(db, FIRST)
        fill_first_revision(db)
        interrupt = interrupt_at(db, "CREATE INDEX ix_flights_dest", KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            schema.upgrade(db)
        event.remove(db.engine, "do_execute", interrupt)
        assert schema.current(db) == MEMBERS
        assert orphans(db) == 0
        schema.upgrade(db)
        assert schema.current(db) == schema.head()


def test_orphans_refuse_the_references(db: Database) -> None:
    schema.upgrade(db, FIRST)
    fill_first_revision(db)
    schema.upgrade(db, INDEXES)
    db.execute(["DELETE FROM airports WHERE faa = 'IAH'"])
    before = shape(db), contents(db)
    with pytest.raises(PipelineError) as caught:
        schema.upgrade(db)
    if db.dialect.name == "sqlite":
        message = r"leave \d+ rows of flights without the row of airports .* nothing was changed"
        assert re.search(message, caught.value.message)
    assert schema.current(db) == INDEXES
    assert contents(db) == before[1]
    if db.dialect.name == "sqlite":
        assert shape(db) == before[0]
        assert db.execute(["PRAGMA foreign_keys"]) == [[(1,)]]


def test_the_references_come_last_on_purpose() -> None:
    """MySQL keeps an index that a foreign key needs: the way down must drop the key first."""
    assert REVISIONS.index(INDEXES) < REVISIONS.index(REFERENCES)
