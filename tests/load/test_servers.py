"""Servers that are read-only, break off, or are set up in ways of their own; and AUTOCOMMIT."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError, OperationalError, PendingRollbackError

from lib.database import Database
from lib.database.mysql_errors import READ_ONLY, explain
from lib.database.savepoint import savepoint
from lib.database.schema import upgrade
from lib.errors import NotReady, PipelineError
from lib.load import bulk_load, staging_mysql
from lib.load.files import load_files
from lib.models import Airline, Airport, Base, Flight, Plane
from lib.pipeline import run_pipeline
from tests.support.mysql_server import PrivateServer, fresh_database

CACHE_BYTES, PACKET_BYTES = 256 << 10, 1 << 20  # of a transaction, and of a statement
OPTIONS = ("--log-bin=log", "--server-id=1", "--binlog-format=ROW")
OPTIONS += (f"--max-binlog-cache-size={CACHE_BYTES}", f"--max-allowed-packet={PACKET_BYTES}")


@pytest.fixture(scope="module")
def server(mysql_url: str) -> Iterator[PrivateServer]:
    """A server whose settings are nobody else's; with small limits."""
    with PrivateServer(*OPTIONS) as server:
        yield server


@pytest.fixture
def mine(server: PrivateServer) -> Iterator[Database]:
    """An empty database on that server, with tables."""
    with fresh_database(server.url) as url, Database(url) as db:
        Base.metadata.create_all(db.engine)
        yield db


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    with Database(database_url) as db:
        Base.metadata.create_all(db.engine)
        yield db


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "airlines.csv").write_text("carrier,name\nUA,United\nAA,American\n")
    return folder


def carriers(db: Database) -> list[str]:
    return list(db.query("SELECT carrier FROM airlines ORDER BY carrier")["carrier"])


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    pauses: list[float] = []
    monkeypatch.setattr("lib.database.database.time.sleep", pauses.append)
    return pauses


# --- A server that takes no writing -----------------------------------------------------------


@pytest.fixture
def read_only(server: PrivateServer, mine: Database) -> Iterator[Callable[[bool], None]]:
    """Return a function that makes the server read-only, or takes that back."""
    with Database(server.admin_url) as admin:

        def switch(on: bool) -> None:
            admin.execute([f"SET GLOBAL read_only = {int(on)}"])

        yield switch
        switch(False)


def number_of(connection: Connection) -> int:
    return int(connection.scalar(sa.text("SELECT CONNECTION_ID()")) or 0)


def test_a_server_that_has_become_read_only_says_so_and_the_next_load_works(
    mine: Database, files: Path, read_only: Callable[[bool], None], no_pause: list[float]
) -> None:
    for name, load in (
        ("load_files", lambda: load_files(mine, Airline, files)),
        ("bulk_load", lambda: mine.in_transaction(lambda c: bulk_load(c, Airline, frame()))),
    ):
        with mine.engine.connect() as connection:
            before = number_of(connection)
        read_only(True)
        with pytest.raises(NotReady, match="takes no writing .*; the connection was closed") as no:
            load()
        assert "another server" in no.value.fix and no_pause == []
        assert carriers(mine) == []
        read_only(False)
        with mine.engine.connect() as connection:
            assert number_of(connection) != before, f"{name}: the pool gave the old one back"
        load()
        assert carriers(mine) == ["AA", "UA"]
        mine.execute([sa.delete(Airline)])


def frame() -> pa.Table:
    return pa.table({"carrier": ["UA", "AA"], "name": ["United", "American"]})


def test_a_read_only_server_ends_a_pipeline_in_one_message(
    server: PrivateServer, few: Path, read_only: Callable[[bool], None], no_pause: list[float]
) -> None:
    with fresh_database(server.url) as url, Database(url) as db:
        upgrade(db)
        read_only(True)
        with pytest.raises(NotReady, match="takes no writing"):
            run_pipeline(db)
        read_only(False)


def test_an_engine_of_somebody_elses_does_not_keep_the_connection_either(
    mine: Database, read_only: Callable[[bool], None]
) -> None:
    engine = sa.create_engine(mine.url, connect_args={"ssl_disabled": True})
    with engine.connect() as connection:
        before = number_of(connection)
    read_only(True)
    with pytest.raises(NotReady, match="takes no writing"), engine.begin() as connection:
        bulk_load(connection, Airline, frame())
    read_only(False)
    with engine.begin() as connection:
        assert number_of(connection) != before
        bulk_load(connection, Airline, frame())
    engine.dispose()
    assert carriers(mine) == ["AA", "UA"]


def test_both_codes_of_a_read_only_server_are_known(mine: Database) -> None:
    for code in READ_ONLY:
        error = OperationalError("x", {}, Exception(code, "Running in read-only mode"))
        assert isinstance(mine.explain(error), NotReady)
        assert mine.dialect.takes_no_writing(error) and not mine.dialect.is_transient(error)


# --- An answer to COMMIT that is lost ---------------------------------------------------------


class Deaf:
    """What the server says is read, and lost, as if the network had broken off."""

    def __init__(self, real: Any) -> None:
        self.real = real

    def read(self, size: int) -> bytes:
        self.real.read(size)
        return b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


def lose_answers_to_commit(db: Database, *, every: int = 1) -> list[int]:
    """Lose the answer to a COMMIT that has written, once; return a list that counts it."""
    lost: list[int] = []

    @event.listens_for(db.engine, "commit")
    def lose(connection: Connection) -> None:
        raw: Any = connection.connection.driver_connection
        if not lost:
            lost.append(1)
            raw._rfile = Deaf(raw._rfile)

    return lost


def test_a_lost_answer_to_commit_is_not_known_and_the_next_run_finds_out(
    mine: Database, files: Path, no_pause: list[float]
) -> None:
    lost = lose_answers_to_commit(mine)
    with pytest.raises(NotReady, match="broke off while it was to commit; .* is not known") as no:
        load_files(mine, Airline, files)
    assert "finds what is there" in no.value.fix
    assert lost == [1] and no_pause == []
    with Database(mine.url) as other:
        (report,) = load_files(other, Airline, files)
        assert (report.read, report.note) == (0, "airlines.csv was loaded before.")
        assert carriers(other) == ["AA", "UA"]
        with pytest.raises(NotReady) as broken, other.engine.begin() as connection:
            raw: Any = connection.connection.driver_connection
            try:
                raw._force_close()
                connection.execute(sa.text("SELECT 1"))
            except DBAPIError as error:
                raise other.explain(error) from error
        assert "what was not committed is undone" in broken.value.message


def test_a_lost_answer_to_the_commit_of_a_session_is_not_known_either(mine: Database) -> None:
    lose_answers_to_commit(mine)
    with pytest.raises(DBAPIError) as caught, mine.session_scope() as session:
        session.add(Airline(carrier="ZZ", name="x"))
    assert "is not known" in mine.explain(caught.value).message


# --- More than the server takes ---------------------------------------------------------------


def test_a_transaction_that_is_too_large_says_what_to_do(mine: Database, tmp_path: Path) -> None:
    rows = [f"N{number:05},{'x' * 30}" for number in range(10_000)]
    (tmp_path / "planes.csv").write_text("\n".join(["tailnum,type", *rows]))
    with pytest.raises(PipelineError, match="transaction is larger than the server") as caught:
        load_files(mine, Plane, tmp_path / "planes.csv")
    assert "smaller files" in caught.value.fix and "max_binlog_cache_size" in caught.value.fix
    assert mine.query("SELECT * FROM planes").empty
    for part in range(0, len(rows), 2_000):  # what the message says
        text = "\n".join(["tailnum,type", *rows[part : part + 2_000]])
        (tmp_path / f"part-{part:05}.csv").write_text(text)
    load_files(mine, Plane, str(tmp_path / "part-*.csv"))
    assert len(mine.query("SELECT * FROM planes")) == len(rows)


def test_a_value_that_is_larger_than_a_packet_says_what_to_do(
    mine: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = sa.Table(
        "notes",
        sa.MetaData(),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("note", sa.dialects.mysql.LONGTEXT),
    )
    notes.create(mine.engine)
    monkeypatch.setattr(staging_mysql, "may_load_data", lambda _: False)
    data = pa.table({"number": [1], "note": ["x" * (3 * PACKET_BYTES)]})
    with pytest.raises(PipelineError) as caught, mine.engine.begin() as connection:
        try:
            bulk_load(connection, notes, data)
        except DBAPIError as error:  # the server may hang up before it can say why
            raise mine.explain(error) from error
    told = caught.value
    assert "broke off" in told.message or "one packet" in told.message
    assert "max_allowed_packet" in told.fix


@pytest.mark.parametrize("code", [1205, 1213, 1020, 3101, 1153, 1197, 1180, 3100, 1206, 1021, 1114])
def test_what_a_server_says_of_locks_limits_and_room_has_an_answer(code: int) -> None:
    error = OperationalError("x", {}, Exception(code, "What {it} says."))
    told = explain(error, sa.make_url("mysql://me:secret@host/db"))
    assert "host:3306" in told.message and "refused" not in told.message and not told.topic
    assert told.fix and "doctor" not in told.fix and "secret" not in str(told)


# --- A transaction that the server has undone -------------------------------------------------


def test_a_deadlock_on_the_way_into_an_empty_table_is_retried_as_a_whole(
    fresh_mysql: Callable[[], str], tmp_path: Path, no_pause: list[float]
) -> None:
    path = tmp_path / "weather.csv"
    path.write_text("origin,time_hour,year,month,day,hour\nEWR,2013-01-01T06:00:00Z,2013,1,1,1\n")
    weather = Base.metadata.tables["weather"]
    with Database(fresh_mysql()) as db, Database(db.url) as other:
        Base.metadata.create_all(db.engine)
        others = [f"{number:03}" for number in range(50)]
        db.execute([sa.insert(Airport).values(faa=faa) for faa in ["EWR", "JFK", *others]])
        for attempts in (1, 5):
            ready, theirs = threading.Event(), threading.Event()
            units: list[int] = []

            def rival(connection: Connection) -> None:
                # More rows than the load: the server ends the one that has changed fewer.
                change = sa.update(Airport).values(name=f"theirs {attempts}")
                connection.execute(change.where(Airport.faa != "JFK"))
                theirs.set()
                assert ready.wait(60)
                connection.execute(change.where(Airport.faa == "JFK"))

            def load(connection: Connection) -> Any:
                units.append(1)
                connection.execute(
                    sa.update(Airport).values(name="mine").where(Airport.faa == "JFK")
                )
                ready.set()
                return bulk_load(connection, weather, path)

            with ThreadPoolExecutor(1) as thread:
                going = thread.submit(other.in_transaction, rival, 1, read_committed=True)
                assert theirs.wait(60)
                if attempts == 1:
                    with pytest.raises(OperationalError) as caught:
                        db.in_transaction(load, attempts)
                    assert caught.value.orig is not None and caught.value.orig.args[0] == 1213
                    assert "waited for each other" in db.explain(caught.value).message
                else:
                    assert db.in_transaction(load, attempts).inserted == 1
                going.result()
            name = db.query("SELECT name FROM airports WHERE faa = 'JFK'")["name"][0]
            loaded = len(db.query("SELECT * FROM weather"))
            expected = (1, "theirs 1", 0) if attempts == 1 else (2, "mine", 1)
            assert (len(units), name, loaded) == expected


def test_who_catches_a_deadlock_cannot_commit_the_rest(
    fresh_mysql: Callable[[], str],
) -> None:
    """The server has undone what came before; what comes after it would stand alone."""
    with Database(fresh_mysql()) as db, Database(db.url) as other:
        Base.metadata.create_all(db.engine)
        db.execute([sa.insert(Airline).values(carrier=code, name="") for code in "ABCDEFGHIJ"])
        mine, theirs = threading.Event(), threading.Event()

        def rival(connection: Connection) -> None:
            connection.execute(sa.update(Airline).values(name="t").where(Airline.carrier > "A"))
            theirs.set()
            assert mine.wait(60)
            connection.execute(sa.update(Airline).values(name="t").where(Airline.carrier == "A"))

        with ThreadPoolExecutor(1) as thread, db.engine.connect() as connection:
            going = thread.submit(other.in_transaction, rival, 1)
            assert theirs.wait(60)
            connection.execute(sa.update(Airline).values(name="m").where(Airline.carrier == "A"))
            mine.set()
            with pytest.raises(OperationalError), savepoint(connection):
                connection.execute(sa.update(Airline).values(name="m"))
            going.result()
            with pytest.raises(PendingRollbackError):
                connection.execute(sa.insert(Airline).values(carrier="ZZ", name="the rest"))
            with pytest.raises(PendingRollbackError):
                connection.commit()
        assert "ZZ" not in carriers(db)


# --- Connections that are set up in ways of their own -----------------------------------------


def engines_in_autocommit(db: Database) -> Iterator[sa.Engine]:
    options = {"connect_args": {"ssl_disabled": True}} if db.dialect.name == "mysql" else {}
    yield db.engine.execution_options(isolation_level="AUTOCOMMIT")
    yield sa.create_engine(db.url, isolation_level="AUTOCOMMIT", **options)
    yield sa.create_engine(db.url, **options).execution_options(isolation_level="AUTOCOMMIT")


def test_a_connection_in_autocommit_is_refused(db: Database) -> None:
    for engine in engines_in_autocommit(db):
        with engine.connect() as connection:
            with pytest.raises(PipelineError, match="AUTOCOMMIT") as caught:
                bulk_load(connection, Airline, frame())
            assert "engine.begin()" in caught.value.fix
        engine.dispose()
        assert carriers(db) == []


def test_an_engine_of_somebody_elses_loads_all_or_nothing(db: Database) -> None:
    """Python's sqlite3 begins no transaction at a savepoint, and would commit at its end."""
    options = {"connect_args": {"ssl_disabled": True}} if db.dialect.name == "mysql" else {}
    engine = sa.create_engine(db.url, **options)
    with engine.connect() as connection:
        assert bulk_load(connection, Airline, frame()).inserted == 2
        connection.rollback()
        assert carriers(db) == []
        with connection.begin():
            assert bulk_load(connection, Airline, frame()).inserted == 2
        assert carriers(db) == ["AA", "UA"]
    with engine.begin() as connection:
        assert bulk_load(connection, Airline, frame()).unchanged == 2
    engine.dispose()


@pytest.mark.parametrize("mode", ["", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES,PIPES_AS_CONCAT"])
@pytest.mark.parametrize("by_file", [True, False])
def test_a_lax_mode_of_the_server_cuts_nothing_and_is_put_back(
    fresh_mysql: Callable[[], str], monkeypatch: pytest.MonkeyPatch, mode: str, by_file: bool
) -> None:
    if not by_file:
        monkeypatch.setattr(staging_mysql, "may_load_data", lambda _: False)
    options = {"local_infile": True, "init_command": f"SET sql_mode = '{mode}'"}
    options["ssl_disabled"] = True
    engine = sa.create_engine(fresh_mysql(), connect_args=options)
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        # Narrower than its model knows: only the database can tell that a row does not fit.
        connection.exec_driver_sql("ALTER TABLE airlines MODIFY name VARCHAR(8) NOT NULL")
    with engine.connect() as connection:
        with pytest.raises(PipelineError, match="refuses a row"), connection.begin():
            bulk_load(connection, Airline, pa.table({"carrier": ["UA"], "name": ["United Air"]}))
        with connection.begin():
            odd = pa.table({"carrier": ["UA", "AA"], "name": ['a\\"b', "\\N\\"]})
            bulk_load(connection, Airline, odd)
        assert set(connection.scalar(sa.text("SELECT @@sql_mode")).split(",")) >= {*mode.split(",")}
        assert "STRICT" not in connection.scalar(sa.text("SELECT @@sql_mode"))
        rows = connection.exec_driver_sql("SELECT carrier, name FROM airlines ORDER BY 1").all()
        assert [tuple(row) for row in rows] == [("AA", "\\N\\"), ("UA", 'a\\"b')]
    engine.dispose()


def test_a_key_of_0_stays_0_and_is_found_again(db: Database, tmp_path: Path) -> None:
    """By default, MySQL takes it for a key that it shall make."""
    rooms = sa.Table("rooms", sa.MetaData(), sa.Column("number", sa.Integer, primary_key=True))
    rooms.append_column(sa.Column("beds", sa.Integer))
    rooms.create(db.engine)
    (tmp_path / "rooms.csv").write_text("number,beds\n0,5\n7,1\n")
    for count in (2, 0):
        with db.engine.begin() as connection:
            report = bulk_load(connection, rooms, tmp_path / "rooms.csv")
            assert (report.inserted, report.unchanged) == (count, 2 - count)
            assert connection.execute(sa.select(rooms)).all() == [(0, 5), (7, 1)]


def test_a_check_is_told_with_its_line(db: Database, tmp_path: Path) -> None:
    rooms = sa.Table("rooms", sa.MetaData(), sa.Column("number", sa.Integer, primary_key=True))
    rooms.append_column(sa.Column("beds", sa.Integer))
    rooms.append_constraint(sa.CheckConstraint("beds > 0", name="some_beds"))
    rooms.create(db.engine)
    (tmp_path / "rooms.csv").write_text("number,beds\n1,5\n2,0\n")
    with db.engine.begin() as connection:
        report = bulk_load(connection, rooms, tmp_path / "rooms.csv")
    assert (report.inserted, report.rejected) == (1, 1)
    (bad,) = db.query("SELECT line, reason FROM rejected_rows").values.tolist()
    assert bad == [3, "breaks the check some_beds"]


def test_a_flight_is_loaded_over_an_engine_of_somebody_elses(db: Database, few: Path) -> None:
    """Inferred members, quarantine and staging included."""
    from lib.pipeline.flights import raw_source

    options = {"connect_args": {"ssl_disabled": True}} if db.dialect.name == "mysql" else {}
    engine = sa.create_engine(db.url, **options)
    for model in (Airline, Airport, Plane, Flight):
        for _ in range(2):
            with engine.begin() as connection:
                report = bulk_load(connection, model, raw_source(model.__tablename__))
        assert report.unchanged == report.read - report.rejected > 0
    engine.dispose()
