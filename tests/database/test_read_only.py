"""A way in that cannot write: the database itself refuses, on both."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from lib.config import Settings, load_settings, sqlite_url
from lib.database import Database
from lib.database.read_only import open_read_only, reading
from lib.database.schema import upgrade
from lib.errors import PipelineError
from lib.models import Airline
from lib.pipeline.flights import FEEDS
from lib.workbook.lab import doctor
from tests.support.mysql_server import connect

WRITES = (
    "INSERT INTO airlines (carrier, name) VALUES ('ZZ', 'Zulu')",
    "UPDATE airlines SET name = 'Zulu'",
    "DELETE FROM airlines",
    "DROP TABLE flights",
    "CREATE TABLE mine (id INTEGER)",
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An SQLite file, in a folder with characters that mean something in a URI."""
    folder = tmp_path_factory.mktemp("a folder#with?odd%20signs")
    url = sqlite_url(folder / "workbook.db")
    with Database(url) as db:
        upgrade(db)
        db.execute([sa.insert(Airline).values(carrier="AA", name="American")])
    return Settings(folder, url)


@pytest.fixture
def on_mysql(fresh_mysql: Callable[[], str]) -> Settings:
    url = fresh_mysql()
    with Database(url) as db:
        upgrade(db)
        db.execute([sa.insert(Airline).values(carrier="AA", name="American")])
    return Settings(Path(), make_url(url))


@pytest.fixture
def as_reader(on_mysql: Settings, mysql_url: str) -> Iterator[Settings]:
    """The user that the set-up of a server makes; where it did not, the administrator does."""
    url = on_mysql.database_url
    reader = url.set(username="reader")
    try:
        connect(reader.render_as_string(hide_password=False)).close()
        made = False
    except Exception:
        admin = os.environ.get("TEST_MYSQL_ADMIN_URL")
        if not admin:
            pytest.skip("this server has no user reader, and TEST_MYSQL_ADMIN_URL is not set")
        made = True
        reader = reader.set(username="test_reader", password="r3ad")
        with connect(admin) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE USER 'test_reader'@'%' IDENTIFIED BY 'r3ad'")
            cursor.execute(f"GRANT SELECT ON `{url.database}`.* TO 'test_reader'@'%'")
    yield Settings(Path(), url, reader)
    if made:
        with connect(admin) as connection, connection.cursor() as cursor:  # type: ignore[arg-type]
            cursor.execute("DROP USER 'test_reader'@'%'")


def refused(db: Database, statement: str) -> bool:
    """Tell whether the statement is refused; nothing else may go wrong."""
    try:
        with db.engine.begin() as connection:
            connection.execute(sa.text(statement))
    except DBAPIError as error:
        orig: Any = error.orig
        # SQLite: a read-only file. MySQL: no right to this database or statement, or a session that
        # is read-only. MariaDB: the same numbers.
        code = getattr(orig, "sqlite_errorname", orig.args[0])
        assert code in ("SQLITE_READONLY", 1044, 1142, 1792), orig
        return True
    return False


@pytest.mark.parametrize("statement", WRITES)
def test_sqlite_refuses_to_write(filled: Settings, statement: str) -> None:
    with open_read_only(filled) as db:
        assert refused(db, statement)
        with reading(db) as connection:
            assert connection.scalar(sa.select(Airline.name)) == "American"


def test_mysql_refuses_the_reader(as_reader: Settings) -> None:
    with Database(as_reader.reader_url or "") as db:  # without our read-only session: the grants
        assert all(refused(db, statement) for statement in WRITES)
    with open_read_only(as_reader) as db, reading(db) as connection:
        assert connection.scalar(sa.select(Airline.name)) == "American"


def test_mysql_refuses_an_owner_whose_session_is_read_only(on_mysql: Settings) -> None:
    with open_read_only(on_mysql) as db:
        assert all(refused(db, statement) for statement in WRITES)
        with reading(db) as connection:
            assert connection.scalar(sa.select(Airline.name)) == "American"


def test_the_doctor_examines_the_reader(as_reader: Settings) -> None:
    (found,) = doctor._reader(as_reader)
    assert found.fix == "" and "nothing but SELECT" in found.text
    (found,) = doctor._reader(replace(as_reader, reader_url=as_reader.database_url))
    assert "more than SELECT" in found.text and "REVOKE ALL PRIVILEGES ON " in found.fix
    assert as_reader.reader_url is not None
    stranger = as_reader.reader_url.set(username="nobody", password="n0b0dy")
    (found,) = doctor._guarded(lambda: doctor._reader(replace(as_reader, reader_url=stranger)))
    assert "nobody" in found.text and found.fix and "n0b0dy" not in str(found)


def test_the_doctor_asks_no_reader_where_there_is_none(filled: Settings) -> None:
    assert list(doctor._reader(filled)) == []


def test_every_table_can_be_read(filled: Settings) -> None:
    with open_read_only(filled) as db, reading(db) as connection:
        for feed in FEEDS.values():
            connection.execute(sa.select(feed.table)).all()


def test_a_file_that_is_replaced_is_read_anew(filled: Settings, tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "here.db")
    path = Path(str(url.database))
    for name in ("First", "Second"):
        path.unlink(missing_ok=True)
        with Database(url) as db:
            upgrade(db)
            db.execute([sa.insert(Airline).values(carrier="AA", name=name)])
        if name == "First":
            page = open_read_only(Settings(tmp_path, url))
        with reading(page) as connection:
            assert connection.scalar(sa.select(Airline.name)) == name


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "none.db")
    with (
        open_read_only(Settings(tmp_path, url)) as db,
        pytest.raises(PipelineError, match=r"There is no database none\.db yet"),
        reading(db),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_what_pandas_wraps_is_told_in_words(filled: Settings) -> None:
    with (
        open_read_only(filled) as db,
        pytest.raises(PipelineError, match="SQLite refused: no such table"),
        reading(db) as connection,
    ):
        pd.read_sql(sa.text("SELECT * FROM no_such"), connection)


def test_a_lock_is_called_passing(filled: Settings) -> None:
    class Locked(Exception):
        pass

    with (
        open_read_only(filled) as db,
        pytest.raises(PipelineError, match="changing the tables now"),
        reading(db),
    ):
        raise sa.exc.OperationalError("SELECT 1", {}, Locked("database table is locked"))


# --- Settings -------------------------------------------------------------------------------


def test_the_reader_is_used_on_the_server_of_the_env_file() -> None:
    environ = {
        "MYSQL_USER": "workbook",
        "MYSQL_READER_PASSWORD": "only/looking",
        "DATABASE_URL": "mysql+pymysql://workbook:secret@127.0.0.1/demo",
    }
    found = load_settings(environ=environ).reader_url
    assert found is not None
    assert (found.username, found.password, found.database) == ("reader", "only/looking", "demo")


@pytest.mark.parametrize(
    "environ",
    [
        {"DATABASE_URL": "sqlite:///a.db", "MYSQL_READER_PASSWORD": "x"},
        {"DATABASE_URL": "mysql+pymysql://me:s@elsewhere/demo", "MYSQL_READER_PASSWORD": "x"},
        {"DATABASE_URL": "mysql+pymysql://workbook:s@127.0.0.1/demo"},
    ],
    ids=["sqlite", "another server", "no reader"],
)
def test_elsewhere_there_is_no_reader(environ: dict[str, str]) -> None:
    assert load_settings(environ=environ | {"MYSQL_USER": "workbook"}).reader_url is None
