"""One engine, its sessions, and one way to use them: on both databases."""

from __future__ import annotations

import logging
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from sqlalchemy import event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from lib.cli import advice
from lib.config import sqlite_url
from lib.database import Database
from lib.database.dialects import DIALECTS
from lib.database.sqlite import in_memory
from lib.errors import NotReady, PipelineError
from lib.models import Airline, Airport, Base, PipelineRun, Weather
from tests.support.mysql_server import connect
from tests.support.tables import emptied_after, tables_made
from tests.support.year import KINDS

SECRET = "p@ss/w#rd%"


@pytest.fixture(scope="module", params=KINDS)
def url(request: pytest.FixtureRequest) -> Iterator[URL]:
    with tables_made(request, request.param) as url:
        yield url


@pytest.fixture
def db(url: URL) -> Iterator[Database]:
    """A database of each kind, with the tables, and without rows."""
    with emptied_after(url) as db:
        yield db


@pytest.fixture
def empty(database_url: str) -> Iterator[Database]:
    """A database of each kind, without tables."""
    with Database(database_url) as db:
        yield db


@pytest.fixture
def mysql(fresh_mysql: Callable[[], str]) -> Iterator[Database]:
    with Database(fresh_mysql()) as db:
        yield db


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Iterator[Database]:
    with Database(sqlite_url(tmp_path / "test.db")) as db:
        yield db


def count(db: Database, table: str = "airlines") -> int:
    (rows,) = db.execute([f"SELECT COUNT(*) FROM {table}"])
    assert not isinstance(rows, int)
    return int(rows[0][0])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def server_at(port: int) -> URL:
    return URL.create("mysql+pymysql", "me", SECRET, "127.0.0.1", port, "demo")


# --- session_scope ----------------------------------------------------------------------------


def test_commits_at_the_end_of_the_block(db: Database) -> None:
    with db.session_scope() as session:
        session.add(Airline(carrier="UA", name="United"))
    assert count(db) == 1


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_rolls_back_and_closes_when_the_block_raises(
    db: Database, kind: type[BaseException]
) -> None:
    seen: list[Session] = []
    with pytest.raises(kind), db.session_scope() as session:
        seen.append(session)
        session.add(Airline(carrier="UA", name="United"))
        session.flush()
        assert session.in_transaction()
        raise kind("on purpose")
    assert count(db) == 0
    assert not seen[0].in_transaction()
    assert list(seen[0]) == []


def test_rolls_back_when_the_commit_itself_fails(db: Database) -> None:
    with pytest.raises(IntegrityError), db.session_scope() as session:
        session.add(Airline(carrier="UA", name="United"))
        session.flush()
        session.add(Airline(carrier="AA"))
    assert count(db) == 0


def test_gives_its_connection_back_whatever_happens(db: Database) -> None:
    pool = db.engine.pool
    assert isinstance(pool, sa.QueuePool)
    with pytest.raises(ValueError, match="on purpose"), db.session_scope() as session:
        session.execute(text("SELECT 1"))
        assert pool.checkedout() == 1
        raise ValueError("on purpose")
    assert pool.checkedout() == 0


# --- execute and query ------------------------------------------------------------------------


def test_execute_returns_rows_or_the_number_of_changed_rows(db: Database) -> None:
    answers = db.execute(
        [
            "INSERT INTO airlines (carrier, name) VALUES ('UA', 'United'), ('AA', 'American')",
            text("UPDATE airlines SET name = :name WHERE carrier = 'UA'").bindparams(name="U"),
            sa.select(Airline.carrier, Airline.name).order_by(Airline.carrier),
            sa.select(Airline).order_by(Airline.carrier),
        ]
    )
    assert answers[:2] == [2, 1]
    assert answers[2] == answers[3] == [("AA", "American"), ("UA", "U")]


def test_execute_runs_all_of_the_statements_or_none(db: Database) -> None:
    with pytest.raises(DBAPIError):
        db.execute(
            [
                "INSERT INTO airlines (carrier, name) VALUES ('UA', 'United')",
                "INSERT INTO no_such_table VALUES (1)",
            ]
        )
    assert count(db) == 0


@pytest.mark.parametrize("statement", ["SELECT 1", text("SELECT 1"), sa.select(1)])
def test_execute_takes_lists_only(statement: str | sa.Executable) -> None:
    with Database("sqlite://") as db, pytest.raises(TypeError, match="takes a list"):
        db.execute(statement)  # type: ignore[arg-type]


def fill(db: Database) -> None:
    """Add what has every type of column, with and without missing values."""
    hour = datetime(2013, 1, 1, 10)
    with db.session_scope() as session:
        session.add_all(
            [
                Airport(faa="EWR", name="Newark", lat=40.6925, lon=-74.16866666666667, alt=18),
                Airport(faa="BQN", inferred=True),
                Weather(
                    origin="EWR", time_hour=hour, year=2013, month=1, day=1, hour=5, temp=39.02
                ),
                PipelineRun(started_at=hour, outcome="running", message="é 🛫"),
            ]
        )


def test_query_gives_the_same_frame_on_both(tmp_path: Path, fresh_mysql: Callable[[], str]) -> None:
    frames: list[list[pd.DataFrame]] = []
    for url in (sqlite_url(tmp_path / "x.db"), fresh_mysql()):
        with Database(url) as db:
            Base.metadata.create_all(db.engine)
            fill(db)
            statements: list[sa.Select[tuple[object, ...]] | str] = [
                sa.select(Base.metadata.tables[name]).order_by(sa.text("1"))
                for name in ("airports", "weather", "pipeline_runs", "flights")
            ]
            statements.append("SELECT faa, alt, lat FROM airports ORDER BY faa")
            frames.append([db.query(statement) for statement in statements])
    for here, there in zip(*frames, strict=True):
        pd.testing.assert_frame_equal(here, there)
    airports, weather, runs, _, _ = frames[0]
    assert airports["inferred"].tolist() == [True, False]
    assert airports["inferred"].dtype == bool
    assert airports["lon"].tolist()[1] == -74.16866666666667
    assert weather["time_hour"].tolist() == [pd.Timestamp(2013, 1, 1, 10)]
    assert runs["message"].tolist() == ["é 🛫"]


def test_strings_compare_with_case(db: Database) -> None:
    db.execute(["INSERT INTO airlines (carrier, name) VALUES ('UA', 'United'), ('ua', 'another')"])
    assert len(db.query("SELECT * FROM airlines WHERE carrier = 'UA'")) == 1
    ordered = db.query("SELECT carrier FROM airlines ORDER BY carrier")
    assert ordered["carrier"].tolist() == ["UA", "ua"]


def test_an_emoji_comes_back_as_it_went(db: Database) -> None:
    with db.session_scope() as session:
        session.add(Airline(carrier="🛫🛬", name="é中🛫"))
    with db.session_scope() as session:
        assert session.get_one(Airline, "🛫🛬").name == "é中🛫"


def test_foreign_keys_hold_on_every_connection(db: Database) -> None:
    rows = "VALUES ('ZZZ', '2013-01-01 10:00:00', 2013, 1, 1, 5)"
    insert = text(f"INSERT INTO weather (origin, time_hour, year, month, day, hour) {rows}")
    with db.engine.connect() as one, db.engine.connect() as two:
        for connection in (one, two):
            with pytest.raises(IntegrityError):
                connection.execute(insert)
            connection.rollback()
    assert count(db, "weather") == 0


# --- SQLite -----------------------------------------------------------------------------------


def test_sqlite_writes_ahead_and_waits_for_locks(sqlite_file: Database) -> None:
    asked = ["PRAGMA journal_mode", "PRAGMA busy_timeout", "PRAGMA foreign_keys"]
    answers = [rows[0][0] for rows in sqlite_file.execute(asked) if not isinstance(rows, int)]
    assert answers == ["wal", 15000, 1]


def test_ddl_is_part_of_a_transaction_on_sqlite(sqlite_file: Database) -> None:
    with pytest.raises(ValueError, match="on purpose"), sqlite_file.session_scope() as session:
        session.execute(text("CREATE TABLE made (number INTEGER)"))
        session.execute(text("INSERT INTO made VALUES (1)"))
        raise ValueError("on purpose")
    assert sa.inspect(sqlite_file.engine).get_table_names() == []


def test_autocommit_begins_no_transaction_on_sqlite(sqlite_file: Database) -> None:
    engine = sqlite_file.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("VACUUM"))


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:shared?mode=memory&uri=true"]
)
def test_a_database_in_memory_is_one_for_all_threads(url: str) -> None:
    with Database(url) as db:
        assert in_memory(db.url)
        db.prepare()
        db.execute(["CREATE TABLE made (number INTEGER)", "INSERT INTO made VALUES (42)"])
        seen: list[int] = []
        thread = threading.Thread(target=lambda: seen.append(count(db, "made")))
        thread.start()
        thread.join()
        assert seen == [1]


def test_nothing_is_opened_before_the_first_statement(tmp_path: Path) -> None:
    with Database(sqlite_url(tmp_path / "new.db")):
        assert list(tmp_path.iterdir()) == []


def test_prepare_makes_the_folders_of_a_file(tmp_path: Path) -> None:
    with Database(sqlite_url(tmp_path / "a" / "b" / "new.db")) as db:
        db.prepare()
        db.ping()
    assert (tmp_path / "a" / "b" / "new.db").exists()


def test_prepare_says_when_a_folder_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with Database(sqlite_url(tmp_path / "file" / "below" / "x.db")) as db:
        with pytest.raises(PipelineError, match="folder .* cannot be made") as caught:
            db.prepare()
    assert "--database-url" in caught.value.fix


# --- MySQL ------------------------------------------------------------------------------------


def test_each_mysql_connection_is_strict_utc_and_utf8mb4(mysql: Database) -> None:
    mysql.prepare()
    asked = "SELECT @@sql_mode, @@time_zone, @@character_set_connection, @@local_infile"
    ((row,),) = mysql.execute([asked])  # type: ignore[misc]
    mode, zone, charset, infile = row  # type: ignore[misc]
    assert "STRICT_ALL_TABLES" in mode
    assert "ONLY_FULL_GROUP_BY" in mode
    assert (zone, charset, infile) == ("+00:00", "utf8mb4", 1)


def test_mysql_refuses_what_does_not_fit(mysql: Database) -> None:
    Base.metadata.create_all(mysql.engine)
    with pytest.raises(DBAPIError, match="Data too long"):
        mysql.execute(["INSERT INTO airlines (carrier, name) VALUES ('TOO LONG', 'x')"])


def test_a_file_may_be_loaded_through_a_mysql_connection(mysql: Database, tmp_path: Path) -> None:
    file = tmp_path / "airlines.csv"
    file.write_text("UA,United\n")
    path = file.as_posix()
    Base.metadata.create_all(mysql.engine)
    mysql.execute([f"LOAD DATA LOCAL INFILE '{path}' INTO TABLE airlines FIELDS TERMINATED BY ','"])
    assert count(mysql) == 1


def test_a_connection_that_the_server_closed_is_replaced(mysql: Database) -> None:
    ((row,),) = mysql.execute(["SELECT CONNECTION_ID()"])  # type: ignore[misc]
    with connect(mysql.url.render_as_string(False)) as other, other.cursor() as cursor:
        cursor.execute(f"KILL {row[0]}")
    ((again,),) = mysql.execute(["SELECT CONNECTION_ID()"])  # type: ignore[misc]
    assert again != row


# --- Waiting ----------------------------------------------------------------------------------


def test_waiting_for_a_database_that_answers_takes_no_time(empty: Database) -> None:
    start = time.monotonic()
    empty.wait_until_ready()
    assert time.monotonic() - start < 5


def forward(listener: socket.socket, target: tuple[str, int], stop: threading.Event) -> None:
    """Pass what comes in on to the target, one connection after the other."""
    listener.settimeout(0.1)
    while not stop.is_set():
        try:
            here, _ = listener.accept()
        except TimeoutError:
            continue
        with here, socket.create_connection(target) as there:
            pumps = [
                threading.Thread(target=pump, args=ends) for ends in ((here, there), (there, here))
            ]
            for thread in pumps:
                thread.start()
            for thread in pumps:
                thread.join()


def pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


def test_it_waits_for_a_server_that_comes_up_late(mysql_url: str) -> None:
    real = make_url(mysql_url)
    port, stop = free_port(), threading.Event()

    def come_up() -> None:
        time.sleep(0.6)
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", port))
            listener.listen()
            forward(listener, (str(real.host), real.port or 3306), stop)

    thread = threading.Thread(target=come_up)
    thread.start()
    try:
        with Database(real.set(host="127.0.0.1", port=port)) as db:
            with pytest.raises(NotReady):
                db.ping()
            db.wait_until_ready(deadline=20)
    finally:
        stop.set()
        thread.join()


def test_it_gives_up_at_its_deadline(caplog: pytest.LogCaptureFixture) -> None:
    start = time.monotonic()
    with Database(server_at(free_port())) as db:
        with pytest.raises(NotReady, match="No database answers at 127") as caught:
            db.wait_until_ready(deadline=0.6)
    assert 0.6 <= time.monotonic() - start < 3
    assert SECRET not in str(caught.value)
    assert SECRET not in caplog.text


def test_an_error_of_a_connection_says_what_to_do() -> None:
    """In a notebook it stands below the traceback."""
    with Database(server_at(free_port())) as db, pytest.raises(OperationalError) as caught:
        db.query("SELECT 1")
    note = "\n".join(caught.value.__notes__)
    assert "No database answers at 127.0.0.1" in note and "DATABASE_URL" in note
    assert SECRET not in note


def test_it_gives_up_on_a_server_that_accepts_and_says_nothing() -> None:
    start = time.monotonic()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with Database(server_at(listener.getsockname()[1])) as db, pytest.raises(NotReady):
            db.wait_until_ready(deadline=0.6)
    assert time.monotonic() - start < 5


def test_it_does_not_wait_when_the_password_is_wrong(mysql_url: str) -> None:
    start = time.monotonic()
    with Database(make_url(mysql_url).set(password=SECRET)) as db:
        with pytest.raises(PipelineError, match="refuses user 'workbook'") as caught:
            db.wait_until_ready(deadline=30)
    assert time.monotonic() - start < 5
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value.__cause__)


# --- What is said when something is wrong -----------------------------------------------------


def test_an_unknown_database_is_named(mysql_url: str) -> None:
    with Database(make_url(mysql_url).set(database="test_never_made")) as db:
        with pytest.raises(PipelineError, match="'test_never_made' .* does not exist"):
            db.ping()


def test_a_database_that_is_not_ours_is_named(mysql_url: str) -> None:
    with Database(make_url(mysql_url).set(database="mysql")) as db:
        with pytest.raises(PipelineError, match="may not use the database 'mysql'"):
            db.ping()


def test_other_errors_of_the_server_are_passed_on(mysql: Database) -> None:
    with pytest.raises(DBAPIError) as caught:
        mysql.execute(["SELEKT 1"])
    said = mysql.explain(caught.value)
    assert "refused" in said.message
    assert "SELEKT" in said.message
    assert said.fix or said.topic


def test_a_missing_package_for_the_login_is_named(mysql: Database) -> None:
    error = RuntimeError("'cryptography' package is required for sha256_password")
    assert "PyMySQL[rsa]" in mysql.explain(error).fix
    assert "refused" in mysql.explain(RuntimeError("another")).message
    assert "refused" in mysql.explain(RuntimeError()).message


def test_a_connection_that_ends_inside_a_savepoint_broke_off(mysql: Database) -> None:
    """SQLAlchemy then takes back the savepoint on what PyMySQL has closed: an error of its own."""
    with pytest.raises(DBAPIError) as caught:
        with mysql.engine.begin() as connection, connection.begin_nested():
            raw: Any = connection.connection.driver_connection
            raw._force_close()  # as PyMySQL does when a packet cannot be sent
            connection.execute(text("SELECT 1"))
    assert "broke off" in mysql.explain(caught.value).message
    assert isinstance(mysql.explain(caught.value), NotReady)


def test_a_locked_file_is_explained(sqlite_file: Database) -> None:
    event.listen(
        sqlite_file.engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=50")
    )
    sqlite_file.execute(["CREATE TABLE made (number INTEGER)"])
    other = sqlite3.connect(str(sqlite_file.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(OperationalError) as caught:
            sqlite_file.execute(["INSERT INTO made VALUES (1)"])
    finally:
        other.close()
    said = sqlite_file.explain(caught.value)
    assert "Another program holds the database test.db" in said.message
    assert "End the programs that use it" in said.fix


@pytest.mark.parametrize(
    ("code", "said", "transient"),
    [
        (sqlite3.SQLITE_BUSY, "Another program holds", True),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "Another program holds", True),
        (sqlite3.SQLITE_LOCKED_SHAREDCACHE, "Another program holds", True),
        (sqlite3.SQLITE_READONLY_DBMOVED, "cannot be opened or written", False),
        (sqlite3.SQLITE_CANTOPEN_ISDIR, "cannot be opened or written", False),
        (sqlite3.SQLITE_FULL, "no room left", False),
        (sqlite3.SQLITE_CORRUPT_INDEX, "is damaged", False),
        (sqlite3.SQLITE_NOTADB, "is damaged", False),
        (sqlite3.SQLITE_ERROR, "SQLite refused", False),
    ],
)
def test_an_error_of_sqlite_is_known_by_its_code_not_by_its_words(
    sqlite_file: Database, code: int, said: str, transient: bool
) -> None:
    cause = sqlite3.OperationalError("the table is not malformed, and in other words")
    cause.sqlite_errorcode = code
    error = OperationalError("SELECT 1", {}, cause)
    assert said in sqlite_file.explain(error).message
    assert sqlite_file.dialect.is_transient(error) is transient


def test_a_file_that_may_only_be_read_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    sqlite3.connect(path).close()
    url = f"sqlite:///file:{path.as_posix()}?mode=ro&uri=true"
    with Database(url) as db, pytest.raises(DBAPIError) as caught:
        db.execute(["CREATE TABLE made (number INTEGER)"])
    assert "cannot be opened or written" in db.explain(caught.value).message


def test_a_damaged_file_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"no database at all" * 100)
    with Database(sqlite_url(path)) as db:
        with pytest.raises(PipelineError, match="damaged, or is no SQLite database") as caught:
            db.ping()
    assert caught.value.topic == "damaged"
    assert "reset all" in advice(caught.value)
    assert path.read_bytes() == b"no database at all" * 100


def test_a_file_that_is_damaged_in_the_middle_is_explained(sqlite_file: Database) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
    sqlite_file.execute(["CREATE TABLE made AS " + numbers + "SELECT i, hex(i) AS h FROM n"])
    sqlite_file.close()
    path = Path(str(sqlite_file.url.database))
    good = path.read_bytes()
    path.write_bytes(good[:8192] + b"\xff" * (len(good) - 8192))
    with pytest.raises(DBAPIError) as caught:
        sqlite_file.execute(["SELECT SUM(i) FROM made"])
    assert "damaged" in sqlite_file.explain(caught.value).message


def test_a_missing_folder_is_explained(tmp_path: Path) -> None:
    with Database(sqlite_url(tmp_path / "nowhere" / "x.db")) as db:
        with pytest.raises(PipelineError, match="folder .*nowhere, is not there"):
            db.ping()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_place_of_the_file_is_explained(tmp_path: Path) -> None:
    with Database(sqlite_url(tmp_path)) as db:
        with pytest.raises(PipelineError, match="cannot be opened or written"):
            db.ping()


def test_other_errors_of_sqlite_are_passed_on(sqlite_file: Database) -> None:
    with pytest.raises(DBAPIError) as caught:
        sqlite_file.execute(["SELECT * FROM no_such"])
    assert "SQLite refused: no such table: no_such" in sqlite_file.explain(caught.value).message


# --- The password -----------------------------------------------------------------------------


def test_the_password_is_in_no_log_and_no_repr(
    mysql_url: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    url = make_url(mysql_url)
    assert url.password is not None
    with caplog.at_level(logging.DEBUG), Database(url, echo=True) as db:
        db.ping()
        db.execute(["SELECT 1"])
        shown = [repr(db), str(db), repr(db.engine), str(db.url), repr(db.sessions)]
    printed = capsys.readouterr()
    quoted = url.render_as_string(hide_password=False).split(":")[2].split("@")[0]
    for text_ in (*shown, caplog.text, printed.out, printed.err):
        assert str(url.password) not in text_
        assert quoted not in text_
    assert "SELECT 1" in caplog.text
    assert "***" in repr(db)


@pytest.mark.parametrize(
    ("host", "query", "plain"),
    [
        ("127.0.0.1", "", True),
        ("localhost", "?charset=utf8mb4", True),
        ("127.0.0.1", "?ssl_ca=/ca.pem", False),
        ("127.0.0.1", "?ssl_disabled=false", False),
        ("db.example.org", "", False),
    ],
)
def test_only_what_stays_on_this_machine_is_not_encrypted(
    host: str, query: str, plain: bool
) -> None:
    url = make_url(f"mysql+pymysql://u:p@{host}/demo{query}")
    given = DIALECTS["mysql"].options(url)["connect_args"]
    assert given.get("ssl_disabled", False) is plain
