"""Where rows wait: three ways that give the same table, and leave nothing behind."""

from __future__ import annotations

import csv
import gc
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL

from lib.database import Database
from lib.errors import PipelineError
from lib.load import bulk_load, staging_mysql, staging_sqlite, staging_table
from lib.load.report import LoadReport, format_reports
from lib.load.staging import open_direct, open_staging
from lib.load.staging_sqlite import PARTS, Error, Parts, SqliteWriter
from lib.models import Airline, Airport, Base, Plane, Weather
from lib.pipeline.flights import raw_source
from lib.source import CsvSource
from lib.source.base import Batch
from tests.support.judging import validate
from tests.support.tables import emptied_after, tables_made
from tests.support.year import KINDS

WAYS = {"sqlite": ("attached", "inserted"), "mysql": ("load data", "inserted")}
TEXTS = [
    "back\\slash", "\\", "\\\\", "ends in \\", "\\N", "\\\\N", "N", "NULL", "\\n", "\\0", "\\Z",
    '"', '""', 'a "b" c', '",', '"\n', "'", "''", "a,b", ",", "a\nb", "\n", "a\r\nb", "\r", "\t",
    "\x1a", "\b", " both ends ", "", "NA", "nan", "None", "%s", "%%", ":x", "?", "é", "🛫🛬",
    "e\u0301", "\u2028", "\ufeff", "x" * 32, "🛫" * 32, "-- ", "/*", ";",
]  # fmt: skip


@pytest.fixture(scope="module", params=KINDS)
def url(request: pytest.FixtureRequest) -> Iterator[URL]:
    with tables_made(request, request.param) as url:
        yield url


@pytest.fixture
def db(url: URL) -> Iterator[Database]:
    with emptied_after(url) as db:
        yield db


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go during a test, and nothing else."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return tmp_path / "temporary"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "airlines.csv"
    path.write_text("carrier,name\nUA,United\nLONG,x\nAA,American\n")
    return path


def forbid_load_data(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(staging_mysql, "may_load_data", lambda _: False)


def by(way: str, stack: ExitStack) -> None:
    """Let rows take this way."""
    patch = stack.enter_context(pytest.MonkeyPatch.context())
    if way == "inserted":
        patch.setattr(staging_sqlite, "MAX_ATTACHED", 0)
        forbid_load_data(patch)


def each_way(db: Database) -> Iterator[str]:
    """Yield each way that the database has; its tables are empty at the start of each."""
    for way in WAYS[db.dialect.name]:
        with ExitStack() as stack:
            by(way, stack)
            yield way
        with db.engine.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(sa.delete(table))


def load(db: Database, model: type[Base], source: object, **options: Any) -> LoadReport:
    with db.engine.begin() as connection:
        return bulk_load(connection, model, source, **options)


def rows(db: Database, model: type[Base], *names: str) -> list[tuple[Any, ...]]:
    table = Base.metadata.tables[model.__tablename__]
    columns = [table.c[name] for name in names] or list(table.c)
    with db.engine.connect() as connection:
        found = connection.execute(sa.select(*columns).order_by(*table.primary_key))
        return [tuple(row) for row in found]


def occupied(db: Database) -> None:
    """Put a row into planes: into an empty table, a database may have a shorter way."""
    with db.session_scope() as session:
        session.add(Plane(tailnum="N"))


# --- The same by each way ---------------------------------------------------------------------


@pytest.mark.parametrize("empty", [True, False], ids=["empty", "occupied"])
@pytest.mark.parametrize("kind", ["file", "frame"])
def test_texts_come_out_as_they_went_in(
    db: Database, tmp_path: Path, kind: str, empty: bool
) -> None:
    names = [f"N{number:03}" for number in range(len(TEXTS) + 1)]
    expected = [*zip(names, TEXTS, strict=False), (names[-1], None)]
    source: object = pd.DataFrame(expected, columns=["tailnum", "type"])
    if kind == "file":
        source = tmp_path / "x.csv"
        with source.open("w", encoding="utf-8", newline="") as stream:
            stream.write("tailnum,type\n")
            csv.writer(stream, quoting=csv.QUOTE_ALL).writerows(expected[:-1])
            stream.write(f"{names[-1]},NA\n")
    for way in each_way(db):
        if not empty:
            occupied(db)
        assert load(db, Plane, source).inserted == len(expected), way
        assert rows(db, Plane, "tailnum", "type")[not empty :] == expected, way
        assert load(db, Plane, source).unchanged == len(expected), way


def test_numbers_and_times_come_out_as_they_went_in(db: Database) -> None:
    numbers = [0.1, 1 / 3, 1e-300, 1.7976931348623157e308, 5e-5, 123456789.123456789, -1.5e-7, None]
    times = [datetime(1000, 1, 1), datetime(9999, 12, 31, 23, 59, 59), datetime(2016, 2, 29, 5)]
    table = pa.table(
        {
            "origin": ["EWR"] * 8,
            "time_hour": pa.array(
                times + [datetime(2013, 1, 1, hour) for hour in range(5)], pa.timestamp("s")
            ),
            "temp": numbers,
            "wind_dir": pa.array([None, -32768, 32767, 0, 1, 2, 3, 4], pa.int16()),
        }
        | {name: pa.array(range(8), pa.int16()) for name in ("year", "month", "day", "hour")}
    )
    expected = sorted(
        zip(
            table["time_hour"].to_pylist(),
            table["temp"].to_pylist(),
            table["wind_dir"].to_pylist(),
            strict=True,
        )
    )
    for way in each_way(db):
        with db.session_scope() as session:
            session.add(Airport(faa="EWR"))
        assert load(db, Weather, table).inserted == 8, way
        assert rows(db, Weather, "time_hour", "temp", "wind_dir") == expected, way
        assert load(db, Weather, table).unchanged == 8, way


def test_real_weather_is_the_same_by_each_way(db: Database) -> None:
    source = raw_source("weather", month={"1"})
    table = Base.metadata.tables["weather"]
    batches = [validate(table, batch)[0] for batch in source.batches()]
    expected = [
        tuple(row[column.name] for column in table.c)
        for row in pa.Table.from_batches(batches).to_pylist()
    ]
    for way in each_way(db):
        assert load(db, Weather, source).inserted == len(expected), way
        assert rows(db, Weather) == sorted(expected), way


def test_dates_large_numbers_and_truth_values(db: Database) -> None:
    """Types that our own tables lack, but those of a reader may have."""
    table = sa.Table(
        "staging_made",
        sa.MetaData(),
        sa.Column("line", sa.Integer, primary_key=True),
        sa.Column("day", sa.Date),
        sa.Column("large", sa.BigInteger),
        sa.Column("true", sa.Boolean),
        sa.Column("price", sa.Numeric(10, 2, asdecimal=False)),
        prefixes=["TEMPORARY"],
    )
    texts = pa.RecordBatch.from_pydict(
        {
            "day": ["2013-02-28", "2013-02-29", None],
            "large": ["9223372036854775807", "1", None],
            "true": ["true", "0", None],
            "price": ["19.90", "1", None],
        }
    )
    lines = pa.array([2, 3, 4], pa.int32())
    good, lines, bad = validate(table, Batch(texts, lines))
    assert [(row.line, row.value) for row in bad] == [(3, "2013-02-29")]
    for way in each_way(db):
        with db.engine.begin() as connection, open_staging(connection, table) as place:
            place.add(good.add_column(0, "line", lines))
            place.finish()
            found = connection.execute(sa.select(place.table)).all()
        day = datetime(2013, 2, 28).date()
        assert found == [(2, day, 9223372036854775807, True, 19.9), (4, *[None] * 4)], way


def test_parts_are_filled_in_order_and_each_is_larger_than_the_one_before() -> None:
    parts = Parts([object()] * PARTS, 1000)  # type: ignore[list-item]
    numbers = [parts.number(read) for read in range(0, 1011, 10)]
    assert numbers == sorted(numbers)
    sizes = [numbers.count(number) for number in range(PARTS)]
    assert 0 < sizes[0] < sizes[1] < sizes[2] < sizes[3]
    assert sum(sizes) == len(numbers)


def test_only_an_empty_table_of_sqlite_and_a_large_file_are_loaded_in_parts(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text("carrier,name\nUA,United\n")
    source, table = CsvSource(tmp_path / "a.csv"), sa.inspect(Airline).local_table
    like = sa.Table("staging_x", sa.MetaData(), sa.Column("line", sa.Integer))

    def offered() -> int:
        with db.engine.begin() as connection:
            with open_direct(connection, table, like, source) as parts:  # type: ignore[arg-type]
                return len(parts.files) if isinstance(parts, Parts) else 0

    assert offered() == 0
    monkeypatch.setattr(staging_sqlite, "LARGE_BYTES", 0)
    assert offered() == (PARTS if db.dialect.name == "sqlite" else 0)
    with db.engine.begin() as connection:
        bulk_load(connection, Airline, source)
    assert offered() == 0


def test_rows_wait_in_their_own_way(db: Database) -> None:
    like = sa.Table("staging_x", sa.MetaData(), sa.Column("a", sa.Integer), prefixes=["TEMPORARY"])
    names = {"attached": "Attached", "load data": "LoadData", "inserted": "Inserted"}
    for way in each_way(db):
        with db.engine.begin() as connection, open_staging(connection, like) as place:
            assert type(place).__name__ == names[way]
            place.add(pa.RecordBatch.from_pydict({"a": pa.array([], pa.int32())}))
            place.add(pa.RecordBatch.from_pydict({"a": pa.array([1, None], pa.int32())}))
            place.finish()
            assert set(connection.scalars(sa.select(place.table.c.a))) == {1, None}


# --- Nothing is left --------------------------------------------------------------------------


def test_files_are_gone_after_a_commit_a_rollback_and_an_error(
    db: Database, folder: Path, file: Path
) -> None:
    used: list[int] = []

    class Looking(CsvSource):
        def batches(self) -> Iterator[Batch]:
            used.append(len(list(folder.iterdir())))
            yield from super().batches()

    for way in each_way(db):
        for end in ("commit", "rollback", "close"):
            connection = db.engine.connect()
            bulk_load(connection, Airline, Looking(file))
            if end != "close":
                getattr(connection, end)()
            connection.close()
            assert list(folder.iterdir()) == [], (way, end)
        with pytest.raises(PipelineError, match="no file"):
            load(db, Airline, file.with_name("no.csv"))
        assert list(folder.iterdir()) == [], way
    assert sum(used) == 3  # all loads but those by INSERT have a file


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_files_are_gone_when_a_statement_raises(
    db: Database, folder: Path, file: Path, error: type[BaseException]
) -> None:
    def raising(_cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("ATTACH", "LOAD DATA")):
            raise error("on purpose")

    occupied(db)
    event.listen(db.engine, "do_execute", raising)
    try:
        with pytest.raises(error, match="on purpose"):
            load(db, Plane, pa.table({"tailnum": ["N1"]}))
    finally:
        event.remove(db.engine, "do_execute", raising)
    assert list(folder.iterdir()) == []
    assert load(db, Plane, pa.table({"tailnum": ["N1"]})).inserted == 1


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_nothing_stays_when_staging_itself_raises(
    db: Database, folder: Path, error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def raising(_rows: pa.RecordBatch) -> pa.RecordBatch:
        raise error("on purpose")

    occupied(db)
    with monkeypatch.context() as patch:
        patch.setattr(staging_table, "plain", raising)
        patch.setattr(staging_sqlite, "plain", raising)
        forbid_load_data(patch)
        with pytest.raises(error, match="on purpose"):
            load(db, Plane, pa.table({"tailnum": ["N1"]}))
    assert list(folder.iterdir()) == []
    assert rows(db, Plane, "tailnum") == [("N",)]


def attached(connection: Connection) -> list[str]:
    names = connection.exec_driver_sql("PRAGMA database_list").all()
    return [row[1] for row in names if row[1].startswith("staging")]


def test_many_loads_fit_into_one_transaction(db: Database, folder: Path, file: Path) -> None:
    """SQLite attaches ten databases at most; those that come later wait in a table."""
    with db.engine.begin() as connection:
        for number in range(12):
            report = bulk_load(connection, Airline, file)
            assert (report.inserted, report.unchanged) == ((0, 2) if number else (2, 0))
        assert bulk_load(connection, Plane, pa.table({"tailnum": ["N1"]})).inserted == 1
    assert list(folder.iterdir()) == []
    assert len(rows(db, Airline)) == 2
    if db.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            assert attached(connection) == []


def test_loads_fit_into_savepoints(db: Database, folder: Path, file: Path) -> None:
    with db.engine.begin() as connection:
        with connection.begin_nested() as savepoint:
            assert bulk_load(connection, Airline, file).inserted == 2
            savepoint.rollback()
        with pytest.raises(PipelineError), connection.begin_nested():
            bulk_load(connection, Airline, file.with_name("no.csv"))
        with connection.begin_nested():
            assert bulk_load(connection, Airline, file).inserted == 2
        assert bulk_load(connection, Airline, file).unchanged == 2
    assert len(rows(db, Airline)) == 2
    assert list(folder.iterdir()) == []


# --- SQLite's own -----------------------------------------------------------------------------


def our_memory(_folder: Path) -> Engine:
    return Database("sqlite:///:memory:").engine


def our_file(folder: Path) -> Engine:
    return Database(f"sqlite:///{(folder / 'our own.db').as_posix()}").engine


def plain_memory(_folder: Path) -> Engine:
    return sa.create_engine("sqlite://")


def plain_file(folder: Path) -> Engine:
    return sa.create_engine(f"sqlite:///{(folder / 'plain.db').as_posix()}")


@pytest.fixture(params=[our_memory, our_file, plain_memory, plain_file])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine of `Database`, and one that knows nothing of us, in memory and in a file."""
    make: Callable[[Path], Engine] = request.param
    made = make(tmp_path)
    Base.metadata.create_all(made)
    yield made
    made.dispose()


def test_any_engine_will_do(engine: Engine, folder: Path, file: Path) -> None:
    with engine.begin() as connection:
        assert bulk_load(connection, Airline, file).inserted == 2
        assert len(attached(connection)) == 1
    assert list(folder.iterdir()) == []
    with engine.connect() as connection:
        assert attached(connection) == []
        assert bulk_load(connection, Airline, file).unchanged == 2
        connection.execute(sa.delete(Airline))
        connection.rollback()
        assert connection.scalar(sa.select(sa.func.count()).select_from(Airline)) == 2
    assert list(folder.iterdir()) == []


def test_a_result_that_nobody_closed_delays_the_cleaning(
    engine: Engine, folder: Path, file: Path
) -> None:
    connection = engine.connect()
    bulk_load(connection, Airline, file)
    connection.commit()
    (name,) = attached(connection)
    cursor = connection.connection.driver_connection.cursor()
    cursor.execute(f"SELECT * FROM {name}.sqlite_master UNION ALL SELECT * FROM sqlite_master")
    cursor.fetchone()
    connection.close()  # SQLite keeps what is being read
    cursor.close()
    with engine.connect() as connection:
        assert bulk_load(connection, Airline, file).unchanged == 2
    assert list(folder.iterdir()) == []


def test_a_disk_that_is_full_is_one_clear_error(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = our_file(tmp_path)
    Base.metadata.create_all(engine)

    class Small(SqliteWriter):
        def __init__(self, path: Path) -> None:
            super().__init__(path)
            self.execute("PRAGMA max_page_count = 20")  # SQLite says then that the disk is full

    monkeypatch.setattr(staging_sqlite, "SqliteWriter", Small)
    planes = pa.table({"tailnum": [f"N{number}" for number in range(50_000)]})
    with pytest.raises(PipelineError, match="The temporary file .* takes no more rows") as caught:
        with engine.begin() as connection:
            bulk_load(connection, Plane, planes)
    assert "TMPDIR" in caught.value.fix
    assert list(folder.iterdir()) == []
    engine.dispose()


def test_a_writer_is_closed_while_another_thread_writes(tmp_path: Path) -> None:
    """Ctrl-C reaches the main thread only, which gives back the files that another one fills."""
    rows = pa.RecordBatch.from_pydict({"n": list(range(50_000))})
    for number in range(10):
        writer = SqliteWriter(tmp_path / f"{number}.db")
        writer.execute("CREATE TABLE numbers (n INTEGER)")
        begun = Event()

        def write(writer: SqliteWriter = writer, begun: Event = begun) -> None:
            while True:
                begun.set()
                writer.append("numbers", rows)

        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(write)
            begun.wait()
            writer.close()
            writer.close()
            with pytest.raises(Error, match="closed"):
                writing.result(timeout=30)


@pytest.mark.parametrize("way", ["invalidate", "detach"])
def test_files_of_a_connection_that_does_not_come_back(
    tmp_path: Path, folder: Path, file: Path, way: str
) -> None:
    engine = our_file(tmp_path)
    Base.metadata.create_all(engine)
    connection = engine.connect()
    bulk_load(connection, Airline, file)
    getattr(connection, way)()
    connection.close()
    del connection
    engine.dispose()
    gc.collect()
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_used_is_not_left(
    tmp_path: Path, folder: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = our_file(tmp_path)
    Base.metadata.create_all(engine)
    monkeypatch.setattr(staging_sqlite, "CreateTable", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError), engine.begin() as connection:
        bulk_load(connection, Airline, file)
    assert list(folder.iterdir()) == []
    engine.dispose()


# --- MySQL's own ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mysql_tables(request: pytest.FixtureRequest) -> Iterator[URL]:
    with tables_made(request, "mysql") as url:
        yield url


def test_a_server_that_forbids_load_data_is_said_once(
    mysql_tables: URL, file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with emptied_after(mysql_tables) as db:
        assert load(db, Airline, file).note == ""
        forbid_load_data(monkeypatch)
        reports = [load(db, Airline, file), load(db, Airport, pa.table({"faa": ["EWR"]}))]
    for report in reports:
        assert "local_infile is off" in report.note
        assert "SET GLOBAL local_infile = 1" in report.note
    assert format_reports(reports).count("local_infile is off") == 1
    assert list(folder.iterdir()) == []


def test_load_data_needs_both_ends(mysql_tables: URL, file: Path) -> None:
    with emptied_after(mysql_tables) as db, db.engine.connect() as connection:
        assert staging_mysql.may_load_data(connection)
    engine = sa.create_engine(mysql_tables, connect_args={"local_infile": False})
    with engine.begin() as connection:
        assert not staging_mysql.may_load_data(connection)
        report = bulk_load(connection, Airline, file)
        connection.rollback()
    engine.dispose()
    assert (report.inserted, report.rejected) == (2, 1)
    assert "LOAD DATA LOCAL" in report.note


class Repeating:
    """A source that says of two rows that they stand on one line."""

    name = "twice.csv"
    columns = ("carrier", "name")

    def batches(self) -> Iterator[Batch]:
        rows = pa.RecordBatch.from_pydict({"carrier": ["UA", "AA"], "name": ["x", "y"]})
        yield Batch(rows, pa.array([2, 2], pa.int32()))


def test_a_server_that_takes_fewer_rows_than_were_sent(mysql_tables: URL, folder: Path) -> None:
    """LOCAL makes the server leave out, without a word, what breaks a key."""
    with emptied_after(mysql_tables) as db:
        load(db, Airline, pa.table({"carrier": ["ZZ"], "name": ["there before"]}))
        with pytest.raises(PipelineError, match=r"took 1 of 2 rows .*; nothing was loaded"):
            load(db, Airline, Repeating())
        assert rows(db, Airline) == [("ZZ", "there before")]
    assert list(folder.iterdir()) == []


def test_a_server_that_cuts_a_value(mysql_tables: URL) -> None:
    """LOCAL makes a warning of what would be an error."""
    like = sa.Table(
        "staging_x", sa.MetaData(), sa.Column("a", sa.String(3)), prefixes=["TEMPORARY"]
    )
    with emptied_after(mysql_tables) as db, db.engine.begin() as connection:
        with open_staging(connection, like) as place:
            place.add(pa.RecordBatch.from_pydict({"a": ["abc"]}))
            with pytest.raises(PipelineError, match="took 1 of 1 rows as they are .*'a'"):
                place.add(pa.RecordBatch.from_pydict({"a": ["abcd"]}))
