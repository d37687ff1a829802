"""Two at once: both end, nothing is doubled; what a lock stopped is tried again, not for ever."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from lib.database import Database
from lib.database.database import ATTEMPTS
from lib.database.savepoint import savepoint
from lib.errors import PipelineError
from lib.load import bulk_load
from lib.load.files import load_files
from lib.load.inferred import InferredMembers
from lib.load.report import LoadReport
from lib.models import Airline, Airport, Flight, Plane, RejectedRow
from lib.pipeline import run_pipeline
from lib.pipeline.flights import FEEDS, of_month
from lib.pipeline.months import WHOLE
from lib.pipeline.pipeline import load_feed
from lib.pipeline.runs import recorded
from lib.source import CsvSource
from tests.support.killing import Pipe, contents, february, working, write_february
from tests.support.mysql_server import fresh_database
from tests.support.tables import emptied_after, tables_made
from tests.support.year import KINDS

ROUNDS = 5


@pytest.fixture(scope="module", params=KINDS)
def url(request: pytest.FixtureRequest) -> Iterator[URL]:
    with tables_made(request, request.param) as url:
        yield url


@pytest.fixture
def db(url: URL) -> Iterator[Database]:
    with emptied_after(url) as db:
        yield db


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Do not sleep between two attempts; return how long it would have been."""
    pauses: list[float] = []
    monkeypatch.setattr("lib.database.database.time.sleep", pauses.append)
    return pauses


def write(path: Path, first: int, last: int, seats: int = 100) -> Path:
    """Write planes with the numbers from first to last, and one that breaks a rule."""
    lines = [f"N{number:05},{1990 + number % 30},{seats}" for number in range(first, last + 1)]
    path.write_text("\n".join(["tailnum,year,seats", *lines, "TOOLONG,1999,1", ""]))
    return path


# --- Two loaders ------------------------------------------------------------------------------


def load_when_told(url: str, path: Path, pipe: Pipe) -> None:
    """Load the planes when told, again and again; tell the counts, or what was raised."""
    with Database(url) as db:
        pipe.send("ready")
        while pipe.recv() == "go":
            try:
                report = db.in_transaction(lambda each: bulk_load(each, Plane, CsvSource(path)))
                pipe.send((report.read, report.inserted, report.updated, report.unchanged))
            except Exception as error:
                pipe.send(f"{type(error).__name__}: {error}")


@pytest.mark.parametrize(
    ("second", "both"), [((1, 2000), 2000), ((1001, 3000), 3000)], ids=["same", "overlapping"]
)
def test_two_loaders_of_one_table_both_end_and_nothing_is_doubled(
    db: Database, tmp_path: Path, second: tuple[int, int], both: int
) -> None:
    files = [write(tmp_path / "a.csv", 1, 2000), write(tmp_path / "b.csv", *second)]
    url = db.url.render_as_string(hide_password=False)
    with ExitStack() as stack:
        workers = [stack.enter_context(working(load_when_told, url, file)) for file in files]
        assert [worker.pipe.recv() for worker in workers] == ["ready", "ready"]
        for _ in range(ROUNDS):
            db.execute([sa.delete(Plane), sa.delete(RejectedRow)])
            for worker in workers:
                worker.pipe.send("go")
            reports = [worker.pipe.recv() for worker in workers]
            assert [report[0] for report in reports] == [2001, 2001], reports
            assert sum(report[1] for report in reports) == both
            assert sum(report[3] for report in reports) == 4000 - both
            assert [report[2] for report in reports] == [0, 0]
            found = db.query("SELECT COUNT(*) AS n, COUNT(DISTINCT tailnum) AS d FROM planes")
            assert found.values.tolist() == [[both, both]]
            assert len(db.query("SELECT * FROM rejected_rows")) == 2
        for worker in workers:
            worker.pipe.send("end")


def run_when_told(url: str, files: Path, pipe: Pipe) -> None:
    """Run the whole pipeline when told; tell what was inserted, or what was raised."""
    with Database(url) as db, february(files):
        pipe.send("ready")
        pipe.recv()
        try:
            pipe.send(run_pipeline(db).total("inserted"))
        except Exception as error:
            pipe.send(f"{type(error).__name__}: {error}")


def test_two_pipelines_at_once_both_succeed(db: Database, tmp_path: Path) -> None:
    write_february(tmp_path / "files")
    with ExitStack() as stack:
        if db.dialect.name == "mysql":
            fresh = stack.enter_context(fresh_database(db.url.render_as_string(False)))
        else:
            fresh = f"sqlite:///{(tmp_path / 'x.db').as_posix()}"
        both = stack.enter_context(Database(fresh))
        with february(tmp_path / "files"):
            expected = run_pipeline(both).total("inserted")
        reference = contents(both)
        for table in ("flights", "weather", "planes", "airports", "airlines", "rejected_rows"):
            both.execute([f"DELETE FROM {table}"])
        workers = [
            stack.enter_context(working(run_when_told, fresh, tmp_path / "files")) for _ in range(2)
        ]
        assert [worker.pipe.recv() for worker in workers] == ["ready", "ready"]
        for worker in workers:
            worker.pipe.send("go")
        inserted = [worker.pipe.recv() for worker in workers]
        assert sum(inserted) == expected, inserted
        assert contents(both) == reference
        outcomes = both.query("SELECT outcome FROM pipeline_runs")["outcome"]
        assert outcomes.tolist() == ["succeeded"] * 3


def test_a_member_that_another_load_adds_first_is_left_to_it(db: Database, tmp_path: Path) -> None:
    """On SQLite the other one cannot: it waits for the right to write.

    A load reads what is committed by then: with the state at its first statement, MariaDB since
    11.6.2 would end the transaction.
    """
    members = InferredMembers(Flight.__table__)  # type: ignore[arg-type]
    members.note({"tailnum": {"N1", "N2"}})
    rival = sa.insert(Plane).values(tailnum="N1", year=1999)
    refused: list[Any] = []
    with Database(db.url) as other:

        @event.listens_for(db.engine, "before_cursor_execute")
        def be_first(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if statement.startswith("INSERT"):
                try:
                    other.execute([*(["PRAGMA busy_timeout = 50"] if sqlite else []), rival])
                except OperationalError as error:
                    refused.append(str(error.orig))

        sqlite = db.dialect.name == "sqlite"

        def add(connection: Connection) -> dict[str, int]:
            db.dialect.take_write_lock(connection, Plane.__table__)  # type: ignore[arg-type]
            return members.add(connection, None)

        added = db.in_transaction(add, attempts=1, read_committed=True)
    assert (added, refused) == (
        ({"planes": 2}, ["database is locked"]) if sqlite else ({"planes": 1}, [])
    )
    years = db.query("SELECT tailnum, year, inferred FROM planes ORDER BY tailnum")["year"]
    assert years.isna().tolist() == ([True, True] if sqlite else [False, True])


def test_many_loads_that_add_to_one_table_do_not_send_each_other_back(
    db: Database, few: Path
) -> None:
    """Six months at once; each has read before another one has added its planes, and committed."""
    months = [f"2013-{number:02}" for number in range(1, 7)]
    for feed in WHOLE:
        load_feed(db, feed)
    everybody = threading.Barrier(len(months) if db.dialect.name == "mysql" else 1)
    errors: list[BaseException] = []

    def load(month: str) -> LoadReport:
        with Database(db.url) as own:
            read: list[str] = []

            def wait(_connection: object, _cursor: object, statement: str, *_: object) -> None:
                if statement.startswith("SELECT") and "FROM flights" in statement and not read:
                    read.append(statement)
                    everybody.wait(60)

            event.listen(own.engine, "after_cursor_execute", wait)
            event.listen(own.engine, "handle_error", lambda each: errors.append(each))
            own.engine.connect().close()  # what the first connection asks is none of the load's
            return load_feed(own, of_month(FEEDS["flights"], month))

    with ThreadPoolExecutor(len(months)) as pool:
        reports = list(pool.map(load, months))
    assert errors == []
    loaded = db.query("SELECT COUNT(*) AS n FROM flights")["n"][0]
    assert loaded == sum(report.inserted for report in reports) > 1_000
    inferred = db.query("SELECT COUNT(*) AS n FROM planes WHERE inferred")["n"][0]
    assert inferred == sum(report.inferred.get("planes", 0) for report in reports) > 100


# --- A savepoint that goes with its transaction -----------------------------------------------


def test_a_deadlock_in_a_savepoint_is_told_as_one_and_the_whole_unit_is_done_again(
    fresh_mysql: Callable[[], str], no_pause: list[float]
) -> None:
    """The server rolls everything back; to roll back to the savepoint is an error then, too."""
    with Database(fresh_mysql()) as db, Database(db.url) as other:
        db.execute(["CREATE TABLE rooms (number INTEGER PRIMARY KEY, name VARCHAR(20))"])
        db.execute([f"INSERT INTO rooms VALUES ({number}, 'free')" for number in range(10)])
        for attempts in (1, ATTEMPTS):
            mine, theirs = threading.Event(), threading.Event()
            units: list[int] = []

            def rival(connection: Connection) -> None:
                # More rows than the unit: the server ends the transaction that has changed fewer.
                change = f"UPDATE rooms SET name = 'theirs, {attempts}' WHERE number"
                connection.execute(sa.text(f"{change} > 0"))
                theirs.set()
                assert mine.wait(60)
                connection.execute(sa.text(f"{change} = 0"))

            def unit(connection: Connection) -> None:
                units.append(1)
                connection.execute(sa.text("UPDATE rooms SET name = 'mine' WHERE number = 0"))
                mine.set()
                with savepoint(connection):
                    connection.execute(sa.text("UPDATE rooms SET name = 'mine' WHERE number = 9"))

            with ThreadPoolExecutor(1) as thread:
                going = thread.submit(other.in_transaction, rival, 1)
                assert theirs.wait(60)
                if attempts == 1:
                    with pytest.raises(OperationalError) as caught:
                        db.in_transaction(unit, attempts)
                    assert caught.value.orig is not None and caught.value.orig.args[0] == 1213
                else:
                    db.in_transaction(unit, attempts)
                going.result()
            names = db.query("SELECT name FROM rooms ORDER BY number")["name"].tolist()
            if attempts == 1:
                assert (len(units), names) == (1, ["theirs, 1"] * 10)
            else:
                assert (len(units), names) == (2, ["mine", *["theirs, 5"] * 8, "mine"])


def test_a_row_that_came_in_since_we_looked_sends_the_whole_unit_back(
    db: Database, no_pause: list[float]
) -> None:
    """A duplicate key, a changed record or a lock: what it is called depends on the server."""
    attempts: list[int] = []

    def unit(connection: Connection) -> None:
        known = connection.scalar(sa.select(Airline.name).where(Airline.carrier == "ZZ"))
        attempts.append(1)
        if len(attempts) == 1:
            with Database(db.url) as other:
                other.execute([sa.insert(Airline).values(carrier="ZZ", name="theirs")])
        connection.execute(sa.insert(Airline).values(carrier=f"Y{len(attempts)}", name="ours"))
        with savepoint(connection):
            if known is None:
                connection.execute(sa.insert(Airline).values(carrier="ZZ", name="ours"))
            else:
                connection.execute(sa.update(Airline).filter_by(carrier="ZZ").values(name="ours"))

    db.in_transaction(unit)
    assert len(attempts) == 2
    rows = db.query("SELECT carrier, name FROM airlines ORDER BY carrier").values.tolist()
    assert rows == [["Y2", "ours"], ["ZZ", "ours"]]


def test_a_savepoint_takes_back_its_block_and_nothing_more(db: Database) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.insert(Airline).values(carrier="AA", name="kept"))
        with suppress(IntegrityError), savepoint(connection):
            connection.execute(sa.insert(Airline).values(carrier="BB", name="taken back"))
            connection.execute(sa.insert(Airline).values(carrier="AA", name="there already"))
        with pytest.raises(ValueError, match="on purpose"), savepoint(connection):
            connection.execute(sa.insert(Airline).values(carrier="CC", name="taken back"))
            raise ValueError("on purpose")
        with savepoint(connection):
            connection.execute(sa.insert(Airline).values(carrier="DD", name="kept"))
    assert db.query("SELECT carrier FROM airlines")["carrier"].tolist() == ["AA", "DD"]


def test_after_a_refused_row_that_ended_the_transaction_the_block_does_not_go_on(
    tmp_path: Path,
) -> None:
    """Who catches an IntegrityError goes on in the transaction, which must be there then.

    SQLite alone has a statement that ends the transaction at a refused row.
    """
    with Database(f"sqlite:///{(tmp_path / 'x.db').as_posix()}") as db:
        db.execute(["CREATE TABLE rooms (number INTEGER PRIMARY KEY)"])
        db.execute(["INSERT INTO rooms VALUES (1)"])
        with pytest.raises(OperationalError), db.engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO rooms VALUES (2)")
            with suppress(IntegrityError), savepoint(connection):
                connection.exec_driver_sql("INSERT OR ROLLBACK INTO rooms VALUES (1)")
            pytest.fail("the block went on without a transaction")
        assert db.query("SELECT number FROM rooms")["number"].tolist() == [1]


# --- A lock that does not go away -------------------------------------------------------------


@pytest.fixture
def impatient(db: Database) -> Iterator[Database]:
    """The same database, which waits for a lock for a moment only."""
    with Database(db.url) as other:

        @event.listens_for(other.engine, "connect")
        def hurry(raw: Any, _record: object) -> None:
            if db.dialect.name == "sqlite":
                raw.execute("PRAGMA busy_timeout = 50")
            else:
                with raw.cursor() as cursor:
                    cursor.execute("SET SESSION innodb_lock_wait_timeout = 1")

        yield other


@pytest.fixture
def held(db: Database) -> Iterator[Connection]:
    """Somebody who has changed a row, and neither commits nor rolls back."""
    db.execute([sa.insert(Airline).values(carrier="UA", name="United")])
    with db.engine.connect() as connection:
        connection.execute(sa.update(Airline).values(name="Held"))
        yield connection


def test_a_lock_that_never_goes_away_ends_in_one_message(
    impatient: Database, held: Connection, tmp_path: Path, no_pause: list[float]
) -> None:
    attempts: list[int] = []

    def load(connection: Connection) -> LoadReport:
        attempts.append(1)
        return bulk_load(connection, Airline, CsvSource(tmp_path / "x.csv"))

    (tmp_path / "x.csv").write_text("carrier,name\nUA,United Air Lines\n")
    start = time.monotonic()
    with pytest.raises(OperationalError) as caught:
        impatient.in_transaction(load, attempts=3)
    assert time.monotonic() - start < 20
    assert len(attempts) == 3
    assert len(no_pause) == 2 and no_pause[0] < no_pause[1]  # longer each time
    explained = impatient.explain(caught.value)
    assert "lock" in explained.message.lower()
    assert "UPDATE" not in explained.message


def test_a_lock_that_goes_away_is_waited_for(
    impatient: Database, held: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.csv").write_text("carrier,name\nUA,United Air Lines\n")
    monkeypatch.setattr("lib.database.database.time.sleep", lambda _seconds: held.rollback())
    (report,) = load_files(impatient, Airline, tmp_path / "x.csv")
    assert (report.read, report.updated) == (1, 1)


def test_files_behind_a_lock_end_in_a_pipeline_error(
    impatient: Database, held: Connection, tmp_path: Path, no_pause: list[float]
) -> None:
    (tmp_path / "x.csv").write_text("carrier,name\nUA,United Air Lines\n")
    with pytest.raises(PipelineError, match="(?i)lock"):
        load_files(impatient, Airline, tmp_path / "x.csv")
    assert len(no_pause) == ATTEMPTS - 1


# --- What is tried again, and what is not -----------------------------------------------------

PASSING: dict[str, list[Any]] = {
    "sqlite": [("database is locked",), ("database table is locked",)],
    "mysql": [
        (1213, "Deadlock found when trying to get lock; try restarting transaction"),
        (1205, "Lock wait timeout exceeded; try restarting transaction"),
        (1020, "Record has changed since last read in table 'x'"),
        (1062, "Duplicate entry 'UA' for key 'PRIMARY'"),
    ],
}


def failing(times: int, error: Exception) -> tuple[Callable[[Connection], str], list[int]]:
    """Return work that inserts, and fails so many times; and a list of its attempts."""
    attempts: list[int] = []

    def work(connection: Connection) -> str:
        attempts.append(1)
        connection.execute(sa.insert(Airline).values(carrier="UA", name=f"{len(attempts)}"))
        if len(attempts) <= times:
            raise error
        return "done"

    return work, attempts


def test_what_may_pass_is_tried_again_from_the_beginning(
    db: Database, no_pause: list[float]
) -> None:
    for arguments in PASSING[db.dialect.name]:
        work, attempts = failing(2, OperationalError("x", {}, Exception(*arguments)))
        assert db.in_transaction(work) == "done"
        assert len(attempts) == 3
        assert db.query("SELECT name FROM airlines")["name"].tolist() == ["3"]
        db.execute([sa.delete(Airline)])


def test_after_five_attempts_the_error_is_raised(db: Database, no_pause: list[float]) -> None:
    lost, *_ = PASSING[db.dialect.name]
    error = OperationalError("x", {}, Exception(*lost))
    work, attempts = failing(99, error)
    with pytest.raises(OperationalError):
        db.in_transaction(work)
    assert len(attempts) == ATTEMPTS == 5
    assert len(db.query("SELECT * FROM airlines")) == 0


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("x", {}, Exception("no such table: x")),
        OperationalError("x", {}, Exception(1146, "Table 'x' doesn't exist")),
        OperationalError("x", {}, Exception(2013, "Lost connection to MySQL server")),
        OperationalError("x", {}, Exception()),
        IntegrityError("x", {}, Exception("FOREIGN KEY constraint failed")),
        PipelineError("The file is bad."),
        ValueError("on purpose"),
        KeyboardInterrupt(),
    ],
    ids=repr,
)
def test_what_trying_again_cannot_help_is_raised_at_once(
    db: Database, no_pause: list[float], error: Exception
) -> None:
    work, attempts = failing(99, error)
    with pytest.raises(type(error)):
        db.in_transaction(work)
    assert (len(attempts), no_pause) == (1, [])
    assert len(db.query("SELECT * FROM airlines")) == 0


def test_a_run_marks_the_dead_even_beside_one_that_writes(
    db: Database, no_pause: list[float]
) -> None:
    """SQLite refuses to write in a transaction that has read, once somebody else has written."""
    with recorded(db) as report:
        pass
    db.execute([f"UPDATE pipeline_runs SET outcome = 'running' WHERE id = {report.run_id}"])
    written: list[bool] = []

    def write(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT pipeline_runs") and not written:
            written.append(True)
            with Database(db.url) as other:
                other.execute([sa.insert(Airline).values(carrier="UA", name="United")])

    event.listen(db.engine, "after_cursor_execute", write)
    with recorded(db):
        pass
    event.remove(db.engine, "after_cursor_execute", write)
    assert written
    assert db.query("SELECT outcome FROM pipeline_runs ORDER BY id")["outcome"].tolist() == [
        "died",
        "succeeded",
    ]


# --- An interrupt -----------------------------------------------------------------------------


def test_an_interrupted_statement_lets_go_of_the_table_while_its_traceback_is_kept(
    db: Database, impatient: Database
) -> None:
    """A notebook keeps the traceback of the last error, and so all that its frames know."""
    db.execute([sa.insert(Airline).values(carrier=code, name=code) for code in ("AA", "DL", "UA")])

    def interrupt(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            raise KeyboardInterrupt

    event.listen(db.engine, "after_cursor_execute", interrupt)
    with pytest.raises(KeyboardInterrupt) as kept, db.engine.begin() as connection:
        connection.execute(sa.update(Airline).values(name="half"))
        connection.execute(sa.select(Airline.carrier))
    event.remove(db.engine, "after_cursor_execute", interrupt)
    impatient.execute([sa.update(Airline).values(name="whole")])
    assert db.query("SELECT DISTINCT name FROM airlines")["name"].tolist() == ["whole"]
    assert kept.tb is not None


@pytest.mark.parametrize("direct", [True, False], ids=["from", "while"])
def test_ctrl_c_stays_ctrl_c_when_a_driver_makes_an_error_of_it(
    db: Database, no_pause: list[float], direct: bool
) -> None:
    error = OperationalError("x", {}, Exception(1213, "Deadlock found, database is locked"))

    def work(_connection: Connection) -> None:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as interrupt:
            if direct:
                raise error from interrupt
            raise error

    with pytest.raises(KeyboardInterrupt):
        db.in_transaction(work)
    assert no_pause == []


def test_an_error_after_ctrl_c_is_an_error(db: Database) -> None:
    """Whoever cleans up after Ctrl-C is told what went wrong with that."""

    def work(_connection: Connection) -> None:
        raise ValueError("on purpose")

    try:
        raise KeyboardInterrupt
    except KeyboardInterrupt:
        with pytest.raises(ValueError, match="on purpose"):
            db.in_transaction(work)


def test_what_the_database_refuses_is_raised_as_it_is(db: Database) -> None:
    with pytest.raises(DBAPIError):
        db.in_transaction(lambda each: each.execute(sa.text("SELECT * FROM no_such_table")))
    with pytest.raises(AssertionError):
        db.in_transaction(lambda each: each.execute(sa.select(Airport)), attempts=0)


class Stopping:
    """A socket at which Ctrl-C is pressed when half of a packet is sent, and which notes the rest.

    It counts the packets that are as long as a file's.
    """

    def __init__(self, real: socket.socket) -> None:
        self.real, self.stopped, self.later = real, False, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def sendall(self, data: bytes) -> None:
        self.later += self.stopped
        if len(data) > 10_000 and not self.stopped:
            self.stopped = True
            self.real.sendall(data[: len(data) // 2])
            raise KeyboardInterrupt
        self.real.sendall(data)


def test_ctrl_c_in_half_a_packet_hangs_up(fresh_mysql: Callable[[], str], tmp_path: Path) -> None:
    """The server would wait for the rest of the packet, and the load for the server."""
    file = tmp_path / "airlines.csv"
    lines = (f"{number:05},{'x' * 30}" for number in range(1000))
    file.write_text("\n".join(["carrier,name", *lines]), encoding="utf-8")
    with Database(fresh_mysql()) as db:
        db.execute(["CREATE TABLE airlines (carrier CHAR(5) PRIMARY KEY, name VARCHAR(40))"])
        sockets: list[Stopping] = []

        def load(connection: Connection) -> None:
            raw: Any = connection.connection.driver_connection
            sockets.append(Stopping(raw._sock))
            raw._sock = sockets[0]
            connection.exec_driver_sql(
                f"LOAD DATA LOCAL INFILE '{file.as_posix()}' INTO TABLE airlines "
                "FIELDS TERMINATED BY ',' IGNORE 1 LINES"
            )

        with pytest.raises(KeyboardInterrupt):
            db.in_transaction(load)
        (broken,) = sockets
        assert broken.stopped and not broken.later
        assert broken.real.fileno() == -1, "the socket is open"
        assert len(db.query("SELECT * FROM airlines")) == 0
