"""`bulk_load`: from a file into a table, all or nothing, as often as you like."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lib.database import Database
from lib.errors import PipelineError
from lib.load import bulk_load
from lib.load.bulk import OnConflict
from lib.load.report import LoadReport, format_reports
from lib.load.rules import validate
from lib.load.staging_sqlite import PARTS
from lib.models import Airline, Airport, Base, Flight, PipelineRun, Plane, RejectedRow, Weather
from lib.pipeline.flights import FEEDS, raw_source
from lib.source import Batch, CsvSource
from tests.support.mysql_server import connect
from tests.support.tables import emptied_after, tables_made
from tests.support.year import KINDS

FLIGHTS = (
    "year,month,day,dep_time,sched_dep_time,dep_delay,arr_time,sched_arr_time,arr_delay,carrier,"
    "flight,tailnum,origin,dest,air_time,distance,hour,minute,time_hour"
)
Write = Callable[..., CsvSource]


@pytest.fixture(scope="module", params=[*KINDS, "sqlite in parts"])
def url(request: pytest.FixtureRequest) -> Iterator[URL]:
    with tables_made(request, request.param) as url:
        yield url


@pytest.fixture
def db(url: URL) -> Iterator[Database]:
    """A database of each kind, with the tables, and without rows."""
    with emptied_after(url) as db:
        yield db


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes lines into a file, and returns it as a source."""

    def write(*lines: str, name: str = "x.csv") -> CsvSource:
        (tmp_path / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return CsvSource(tmp_path / name)

    return write


def load(
    db: Database, model: type[Base], source: CsvSource, on_conflict: OnConflict = "update"
) -> LoadReport:
    """Load in a transaction of its own; what each load promises is checked here."""
    with db.engine.begin() as connection:
        rules = FEEDS[model.__tablename__].rules
        report = bulk_load(connection, model, source, on_conflict, rules=rules)
    counted = report.inserted + report.updated + report.unchanged + report.rejected
    assert report.read == counted
    return report


def counts(report: LoadReport) -> tuple[int, ...]:
    return report.read, report.inserted, report.updated, report.unchanged, report.rejected


def rows(db: Database, table: str) -> list[tuple[Any, ...]]:
    """Return the rows of a table, in the order of its key."""
    made = Base.metadata.tables[table]
    (found,) = db.execute([sa.select(made).order_by(*made.primary_key)])
    assert not isinstance(found, int)
    return [tuple(row) for row in found]


def quarantine(db: Database) -> list[tuple[Any, ...]]:
    columns = ("table_name", "file", "line", "column_name", "value", "reason")
    made = RejectedRow.__table__
    (found,) = db.execute([sa.select(*(made.c[name] for name in columns)).order_by(made.c.line)])
    assert not isinstance(found, int)
    return [tuple(row) for row in found]


def flight(number: int, *, tailnum: str = "N14228", dest: str = "IAH", hour: int = 10) -> str:
    return (
        f"2013,1,1,517,515,2,830,819,11,UA,{number},{tailnum},EWR,{dest},227,1400,5,15,"
        f"2013-01-01T{hour:02}:00:00Z"
    )


@pytest.fixture
def united(db: Database) -> Database:
    """A database that knows one airline, one airport and one plane."""
    with db.session_scope() as session:
        session.add(Airline(carrier="UA", name="United"))
        session.add(Airport(faa="EWR", name="Newark"))
        session.add(Plane(tailnum="N14228", year=1999))
    return db


# --- What is there already --------------------------------------------------------------------


def test_new_rows_are_inserted_with_their_types(db: Database, write: Write) -> None:
    source = write("faa,name,lat,lon,alt,tz,dst,tzone", "EWR,Newark,40.69,-74.17,18,-5,A,NA")
    assert counts(load(db, Airport, source)) == (1, 1, 0, 0, 0)
    assert rows(db, "airports") == [("EWR", "Newark", 40.69, -74.17, 18, -5, "A", None, False)]


def test_a_second_run_changes_nothing(db: Database, write: Write) -> None:
    source = write("carrier,name", "UA,United", "AA,American")
    load(db, Airline, source)
    before = rows(db, "airlines")
    assert counts(load(db, Airline, source)) == (2, 0, 0, 2, 0)
    assert rows(db, "airlines") == before


def test_a_changed_value_updates_one_row(db: Database, write: Write) -> None:
    load(db, Airline, write("carrier,name", "UA,United", "AA,American", "B6,JetBlue"))
    report = load(db, Airline, write("carrier,name", "UA,UNITED", "AA,American", "DL,Delta"))
    assert counts(report) == (3, 1, 1, 1, 0)
    assert dict(rows(db, "airlines"))["UA"] == "UNITED"  # case is a difference, too
    assert len(rows(db, "airlines")) == 4


def test_a_value_that_goes_missing_or_appears_is_a_change(db: Database, write: Write) -> None:
    header = "tailnum,year"
    load(db, Plane, write(header, "N1,1999", "N2,NA", "N3,NA"))
    report = load(db, Plane, write(header, "N1,NA", "N2,2001", "N3,NA"))
    assert counts(report) == (3, 0, 2, 1, 0)
    assert [row[:2] for row in rows(db, "planes")] == [("N1", None), ("N2", 2001), ("N3", None)]


def test_a_column_that_the_file_lacks_keeps_its_values(db: Database, write: Write) -> None:
    load(db, Plane, write("tailnum,year,seats", "N1,1999,55"))
    assert counts(load(db, Plane, write("tailnum,year", "N1,2000"))) == (1, 0, 1, 0, 0)
    ((tailnum, year, *_, seats, _, _, _),) = rows(db, "planes")
    assert (tailnum, year, seats) == ("N1", 2000, 55)


def test_skip_leaves_what_is_there(db: Database, write: Write) -> None:
    load(db, Airline, write("carrier,name", "UA,United"))
    report = load(db, Airline, write("carrier,name", "UA,changed", "AA,American"), "skip")
    assert counts(report) == (2, 1, 0, 1, 0)
    assert rows(db, "airlines") == [("AA", "American"), ("UA", "United")]


def test_error_stops_when_a_row_is_there(db: Database, write: Write) -> None:
    assert counts(load(db, Airline, write("carrier,name", "UA,United"), "error"))[1] == 1
    with pytest.raises(PipelineError, match=r"1 rows of x\.csv are in airlines already") as caught:
        load(db, Airline, write("carrier,name", "UA,changed", "AA,American", "TOO LONG,x"), "error")
    assert "on_conflict" in caught.value.fix
    assert rows(db, "airlines") == [("UA", "United")]
    assert quarantine(db) == []


def test_a_file_with_a_header_only_loads_nothing(db: Database, write: Write) -> None:
    assert counts(load(db, Airline, write("carrier,name"))) == (0, 0, 0, 0, 0)


# --- Rejected rows ----------------------------------------------------------------------------


def test_a_bad_row_is_in_quarantine_and_the_others_in_the_table(db: Database, write: Write) -> None:
    source = write("carrier,name", "UA,United", "LONG,x", "NA,x", "", "AA,NA", "B6,JetBlue")
    assert counts(load(db, Airline, source)) == (5, 2, 0, 0, 3)
    assert rows(db, "airlines") == [("B6", "JetBlue"), ("UA", "United")]
    assert quarantine(db) == [
        ("airlines", "x.csv", 3, "carrier", "LONG", "longer than 2 characters"),
        ("airlines", "x.csv", 4, "carrier", None, "missing"),
        ("airlines", "x.csv", 6, "name", None, "missing"),
    ]


def test_what_stands_in_quarantine_belongs_to_its_run(db: Database, write: Write) -> None:
    with db.session_scope() as session:
        run = PipelineRun(started_at=datetime(2013, 1, 1), outcome="running")
        session.add(run)
        session.flush()
        bulk_load(session.connection(), Airline, write("carrier,name", "LONG,x"), run_id=run.id)
        session.flush()
        (bad,) = run.rejected
        assert (bad.line, bad.column, bad.value) == (2, "carrier", "LONG")


def test_quarantine_is_not_doubled_and_follows_the_file(db: Database, write: Write) -> None:
    bad = ("carrier,name", "UA,United", "LONG,x", "NA,x", "ALSO LONG,y")
    load(db, Airline, write(*bad))
    first = rows(db, "rejected_rows")
    load(db, Airline, write(*bad))
    assert rows(db, "rejected_rows") == first

    mended = load(db, Airline, write("carrier,name", "UA,United", "AA,x", "NA,x", "LONG,y"))
    assert counts(mended) == (4, 1, 0, 1, 2)
    assert [(line, value) for _, _, line, _, value, _ in quarantine(db)] == [(4, None), (5, "LONG")]

    load(db, Airline, write("carrier,name", "UA,United"))
    assert quarantine(db) == []


def test_quarantine_of_other_files_and_tables_stays(db: Database, write: Write) -> None:
    load(db, Airline, write("carrier,name", "LONG,x", name="a.csv"))
    load(db, Plane, write("tailnum,year", "N1,x", name="b.csv"))
    load(db, Airline, write("carrier,name", "UA,x", name="b.csv"))
    assert [row[:2] for row in quarantine(db)] == [("airlines", "a.csv"), ("planes", "b.csv")]


def test_a_part_of_a_file_says_nothing_of_the_quarantine_of_the_rest(
    db: Database, write: Write
) -> None:
    header = "tailnum,year,seats"
    load(db, Plane, write(header, "N1,1999,x", "N2,2000,x", "N3,1999,y"))
    source = write(header, "N1,1999,5", "N2,2000,x", "N3,1999,z")
    assert counts(load(db, Plane, replace(source, where={"year": {"1999"}}))) == (2, 1, 0, 0, 1)
    assert [(line, value) for _, _, line, _, value, _ in quarantine(db)] == [(3, "x"), (4, "z")]


def test_a_key_that_repeats_in_a_file_is_rejected_from_its_second_line_on(
    db: Database, write: Write
) -> None:
    load(db, Airline, write("carrier,name", "UA,old"))
    source = write("carrier,name", "UA,first", "AA,x", "UA,second", "NA,x", "UA,first", "ua,other")
    assert counts(load(db, Airline, source)) == (6, 2, 1, 0, 3)
    assert rows(db, "airlines") == [("AA", "x"), ("UA", "first"), ("ua", "other")]
    repeats = "repeats the key of line 2"
    assert quarantine(db) == [
        ("airlines", "x.csv", 4, "carrier", "UA", repeats),
        ("airlines", "x.csv", 5, "carrier", None, "missing"),
        ("airlines", "x.csv", 6, "carrier", "UA", repeats),
    ]


def test_a_key_of_several_columns_that_repeats_is_shown_whole(
    united: Database, write: Write
) -> None:
    source = write(FLIGHTS, flight(1), flight(2), flight(1), flight(1, hour=11))
    assert counts(load(united, Flight, source)) == (4, 3, 0, 0, 1)
    ((_, _, line, column, value, reason),) = quarantine(united)
    assert (line, column) == (4, "time_hour, carrier, flight")
    assert reason == "repeats the key of line 2"
    assert value == "2013-01-01 10:00:00, UA, 1"


# --- Inferred members -------------------------------------------------------------------------


def test_what_only_flights_know_becomes_an_inferred_member(united: Database, write: Write) -> None:
    source = write(
        FLIGHTS,
        flight(1),
        flight(2, dest="BQN", tailnum="N2"),
        flight(3, dest="BQN", tailnum="N2"),
        flight(4, tailnum="NA"),
    )
    report = load(united, Flight, source)
    assert counts(report) == (4, 4, 0, 0, 0)
    assert report.inferred == {"airports": 2, "planes": 1}
    assert [(row[0], row[-1]) for row in rows(united, "airports")] == [
        ("BQN", True),
        ("EWR", False),
        ("IAH", True),
    ]
    assert [(row[0], row[-1]) for row in rows(united, "planes")] == [
        ("N14228", False),
        ("N2", True),
    ]
    assert load(united, Flight, source).inferred == {}


def test_an_inferred_member_that_a_later_file_knows_becomes_a_known_one(
    united: Database, write: Write
) -> None:
    load(united, Flight, write(FLIGHTS, flight(1, dest="BQN", tailnum="N2")))
    planes = write("tailnum,year", "N2,NA")
    assert counts(load(united, Plane, planes)) == (1, 0, 1, 0, 0)
    assert rows(united, "planes")[1][-1] is False
    assert counts(load(united, Plane, planes)) == (1, 0, 0, 1, 0)
    airports = write("faa,name,lat,lon,alt,tz,dst,tzone", "BQN,Aguadilla,18.5,-67.1,237,-4,A,NA")
    assert counts(load(united, Airport, airports)) == (1, 0, 1, 0, 0)
    assert rows(united, "airports")[0][:2] == ("BQN", "Aguadilla")
    assert len(rows(united, "flights")) == 1


def test_a_rejected_row_infers_nobody(united: Database, write: Write) -> None:
    report = load(united, Flight, write(FLIGHTS, flight(1, dest="BQN", tailnum="D942DN")))
    assert (counts(report), report.inferred) == ((1, 0, 0, 0, 1), {})
    assert len(rows(united, "airports")) == len(rows(united, "planes")) == 1


def test_an_airline_that_nobody_knows_stops_the_load(united: Database, write: Write) -> None:
    wanted = "line 3, column carrier: 'ZZ' is not in airlines; nothing was loaded"
    with pytest.raises(PipelineError, match=wanted):
        load(united, Flight, write(FLIGHTS, flight(1), flight(2).replace("UA", "ZZ")))
    assert rows(united, "flights") == []


# --- All or nothing ---------------------------------------------------------------------------


class Failing:
    """A source that yields all of its batches, then raises."""

    def __init__(self, source: CsvSource, error: BaseException) -> None:
        self.name, self.columns = source.name, source.columns
        self._source, self._error = source, error

    def batches(self) -> Iterator[Batch]:
        yield from self._source.batches()
        raise self._error


def tables_at_hand(connection: sa.Connection) -> str:
    """Return the error that asking the staging table gives."""
    with pytest.raises(SQLAlchemyError) as caught:
        connection.execute(sa.text("SELECT * FROM staging_airlines"))
    return str(caught.value)


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt])
def test_nothing_stays_when_the_source_raises_in_the_middle(
    db: Database, write: Write, kind: type[BaseException]
) -> None:
    source = Failing(write("carrier,name", "UA,United", "LONG,x"), kind("on purpose"))
    with db.engine.connect() as connection:
        with pytest.raises(kind, match="on purpose"), connection.begin():
            connection.execute(sa.insert(Airline).values(carrier="DL", name="Delta"))
            bulk_load(connection, Airline, source)
        assert re.search("(?i)no such table|doesn't exist", tables_at_hand(connection))
    assert rows(db, "airlines") == []
    assert quarantine(db) == []


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("at", ["staging", "INSERT INTO rejected", "UPDATE", "INSERT", "SELECT"])
def test_nothing_stays_when_a_statement_raises(
    db: Database, write: Write, at: str, kind: type[BaseException]
) -> None:
    ways = {"sqlite": "ATTACH DATABASE", "mysql": "LOAD DATA"}
    verb = ways[db.dialect.name] if at == "staging" else at
    load(db, Airline, write("carrier,name", "UA,United"))
    started = False

    def raise_at(_cursor: Any, statement: str, *_: Any) -> None:
        nonlocal started
        table = "airlines" if verb in ("INSERT", "UPDATE") else ""
        if re.match(rf"{verb}\w* (INTO )?{table}", statement):
            started = True
            raise kind("on purpose")

    event.listen(db.engine, "do_execute", raise_at)
    event.listen(db.engine, "do_executemany", raise_at)
    source = write("carrier,name", "UA,changed", "LONG,x", "AA,American")
    try:
        with pytest.raises(kind, match="on purpose"):
            load(db, Airline, source)
    finally:
        event.remove(db.engine, "do_execute", raise_at)
        event.remove(db.engine, "do_executemany", raise_at)
    assert started
    assert rows(db, "airlines") == [("UA", "United")]
    assert quarantine(db) == []
    assert counts(load(db, Airline, source)) == (3, 1, 1, 0, 1)


def test_the_caller_decides_about_the_transaction(db: Database, write: Write) -> None:
    source = write("carrier,name", "UA,United", "LONG,x")
    with db.engine.connect() as connection:
        connection.execute(sa.insert(Airline).values(carrier="DL", name="Delta"))
        assert bulk_load(connection, Airline, source).inserted == 1
        connection.rollback()
    with db.engine.connect() as connection:
        assert re.search("(?i)no such table|doesn't exist", tables_at_hand(connection))
    # MySQL would have committed before a CREATE or DROP TABLE that does not say TEMPORARY.
    assert rows(db, "airlines") == []
    assert quarantine(db) == []


def test_two_loads_fit_into_one_transaction(db: Database, write: Write) -> None:
    source = write("carrier,name", "UA,United")
    with db.engine.begin() as connection:
        assert counts(bulk_load(connection, Airline, source)) == (1, 1, 0, 0, 0)
        assert counts(bulk_load(connection, Airline, source)) == (1, 0, 0, 1, 0)


def test_a_connection_that_dies_says_so(fresh_mysql: Callable[[], str], write: Write) -> None:
    class Killing(Failing):
        def batches(self) -> Iterator[Batch]:
            yield from self._source.batches()
            with connect(url) as other, other.cursor() as cursor:
                cursor.execute(f"KILL {number}")
            yield from self._source.batches()

    url = fresh_mysql()
    with Database(url) as db:
        Base.metadata.create_all(db.engine)
        source = Killing(write("carrier,name", "UA,United"), ValueError())
        with pytest.raises(DBAPIError) as caught, db.engine.begin() as connection:
            number = connection.scalar(sa.text("SELECT CONNECTION_ID()"))
            bulk_load(connection, Airline, source)
        assert caught.value.connection_invalidated
        assert rows(db, "airlines") == []


# --- What does not fit ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("carrier,name,colour", "It has colour, which the table has not."),
        ("carrier", "It lacks name."),
        ("Carrier,name", "It has Carrier, which the table has not. It lacks carrier."),
        ("carrier,name,name", "It has name more than once."),
        ("carrier,name ", "It has 'name ', which the table has not. It lacks name."),
    ],
)
def test_a_header_that_does_not_fit_is_explained(
    db: Database, write: Write, header: str, message: str
) -> None:
    with pytest.raises(PipelineError) as caught:
        load(db, Airline, write(header, "UA,United"))
    assert caught.value.message == f"x.csv does not fit the table airlines. {message}"
    assert "first line" in caught.value.fix


def test_a_header_that_is_empty_is_explained(db: Database, write: Write) -> None:
    with pytest.raises(PipelineError) as caught:
        load(db, Airline, write("", "UA,United"))
    assert caught.value.message == "x.csv has no column: it is empty, or its first line is."
    assert "first line: carrier, name" in caught.value.fix


def test_a_missing_and_a_broken_file_are_explained(db: Database, write: Write) -> None:
    with pytest.raises(PipelineError, match="There is no file"):
        load(db, Airline, CsvSource(Path("no.csv")))
    broken = write("carrier,name", "UA,United", name="x.csv.gz")
    with pytest.raises(PipelineError, match=r"x\.csv\.gz cannot be read as CSV: .* is no gzip"):
        load(db, Airline, broken)
    assert rows(db, "airlines") == []


def test_a_row_with_too_few_or_too_many_fields_is_one_bad_row(db: Database, write: Write) -> None:
    source = write("carrier,name", "UA,United", "AA", "B6,JetBlue", "DL,Delta,x")
    assert counts(load(db, Airline, source)) == (4, 2, 0, 0, 2)
    assert quarantine(db) == [
        ("airlines", "x.csv", 3, "-", "AA", "has 1 fields, 2 are expected"),
        ("airlines", "x.csv", 5, "-", "DL,Delta,x", "has 3 fields, 2 are expected"),
    ]
    assert rows(db, "airlines") == [("B6", "JetBlue"), ("UA", "United")]


# --- What is sent -----------------------------------------------------------------------------


def sent_by(db: Database, *loads: tuple[type[Base], CsvSource]) -> list[str]:
    sent: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: sent.append(args[2]))
    for model, source in loads:
        load(db, model, source)
    return sent


def test_mysql_84_may_refer_to_a_temporary_table_once_in_a_statement(
    united: Database, write: Write
) -> None:
    """https://dev.mysql.com/doc/refman/8.4/en/temporary-table-problems.html"""
    lines = (flight(1), flight(1), flight(2, dest="BQN"), flight(3, tailnum="N3"))
    source = write(FLIGHTS, *lines, flight(4, tailnum="X"))
    changed = write(FLIGHTS, flight(1).replace(",1400,", ",1401,"), name="y.csv")
    part = replace(source, where={"flight": {"1", "4"}})
    sent = sent_by(united, (Flight, source), (Flight, changed), (Flight, part))
    staged = [statement for statement in sent if "staging_flights" in statement]
    for statement in staged:
        sources = re.findall(
            r"(?:FROM|JOIN|INTO|UPDATE|TABLE IF EXISTS|TABLE|,) +(?:staging_\d\.)?staging_flights\b"
            r"(?!\.)",
            statement,
        )
        assert len(sources) == 1, statement
    verbs = {statement.split()[0] for statement in staged}
    assert {"SELECT", "INSERT", "UPDATE", "DELETE"} <= verbs
    if united.dialect.name == "mysql":
        assert {"CREATE", "LOAD", "DROP"} <= verbs
        for statement in staged:
            if statement.split()[0] in ("CREATE", "DROP"):
                assert re.match(r"\s*(CREATE|DROP) TEMPORARY TABLE", statement)


def test_rows_are_staged_many_at_a_time(db: Database, write: Write) -> None:
    source = write("tailnum,year", *(f"N{number},1999" for number in range(5000)))
    sent = sent_by(db, (Plane, source))
    assert len(rows(db, "planes")) == 5000
    assert sum(bool(re.match("LOAD DATA|ATTACH", statement)) for statement in sent) in (1, PARTS)
    assert len(sent) < 30


def test_memory_does_not_grow_with_the_file(
    db: Database, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.source.csv_file.BLOCKS", (4000,))
    held: list[int] = []

    def judging(forms: Any, batch: Batch, rules: Any) -> Any:
        assert len(batch.rows) < 500
        held.append(pa.total_allocated_bytes())
        return validate(forms, batch, rules)

    monkeypatch.setattr("lib.load.bulk.validate", judging)
    source = write("tailnum,year", *(f"N{number},1999" for number in range(20_000)))
    load(db, Plane, source)
    assert len(held) > 40
    assert max(held[20:]) - held[0] < 2 * max(max(held[:20]) - held[0], 50_000)
    assert len(rows(db, "planes")) == 20_000


# --- The report -------------------------------------------------------------------------------


def test_the_report_is_a_small_table() -> None:
    report = LoadReport("flights", "x.csv", 1_234, 1_230, 0, 0, 4, {"airports": 4, "planes": 720})
    lines = str(report).splitlines()
    assert lines[0].split() == [
        "table", "read", "inserted", "updated", "unchanged", "rejected", "inferred",
    ]  # fmt: skip
    assert lines[1].split() == [
        "flights", "1,234", "1,230", "0", "0", "4", "4", "airports,", "720", "planes",
    ]  # fmt: skip
    both = format_reports([report, LoadReport("airlines", "y.csv")]).splitlines()
    assert both[:2] == lines
    assert both[2].endswith("  -")


def test_the_progress_adds_up_to_the_size_of_the_file(
    db: Database, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Bar:
        steps: list[int] = []

        def update(self, n: int) -> None:
            self.steps.append(n)

    monkeypatch.setattr("lib.source.csv_file.BLOCKS", (4000,))
    source = write("tailnum,year", *(f"N{number},1999" for number in range(2000)))
    with db.engine.begin() as connection:
        bulk_load(connection, Plane, source, progress=Bar())
    assert len(Bar.steps) > 4
    assert sum(Bar.steps) == source.size


def test_the_progress_counts_a_file_once_that_is_read_twice(united: Database, write: Write) -> None:
    class Bar:
        steps: list[int] = []

        def update(self, n: int) -> None:
            self.steps.append(n)

    # A repeated key: MySQL takes no file straight that has one, nor SQLite rows without a search.
    source = write(FLIGHTS, flight(1), flight(2), flight(1))
    with united.engine.begin() as connection:
        assert (
            bulk_load(
                connection, Flight, source, rules=FEEDS["flights"].rules, progress=Bar()
            ).rejected
            == 1
        )
    assert sum(Bar.steps) == source.size


def test_real_weather_loads_and_loads_again(united: Database) -> None:
    source = raw_source("weather", month={"2"})
    first = load(united, Weather, source)
    assert first.rejected == 1
    assert first.inferred == {"airports": 2}
    assert counts(load(united, Weather, source)) == (first.read, 0, 0, first.inserted, 1)
    value = united.query("SELECT wind_speed FROM weather WHERE wind_speed > 200")
    assert len(value) == 0


def test_sqlite_can_do_what_we_ask_of_it() -> None:
    assert sqlite3.sqlite_version_info >= (3, 35)  # UPDATE .. FROM, DROP COLUMN
