"""Bad input, on both databases: good rows in and bad ones aside, or nothing and one clear error."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from lib.database import Database
from lib.errors import PipelineError
from lib.load import bulk_load, staging_mysql, staging_sqlite
from lib.load.report import LoadReport
from lib.models import Airline, Airport, Base, Plane, RejectedRow, Weather
from lib.pipeline.flights import FEEDS
from lib.source import CsvSource
from lib.source.base import Batch
from lib.source.csv_lines import unclosed
from tests.support.tables import emptied_after, tables_made
from tests.support.year import KINDS

HEADER = "carrier,name\n"


@pytest.fixture(scope="module", params=[*KINDS, "sqlite in parts"])
def url(request: pytest.FixtureRequest) -> Iterator[URL]:
    with tables_made(request, request.param) as url:
        yield url


@pytest.fixture
def db(url: URL) -> Iterator[Database]:
    with emptied_after(url) as db:
        yield db


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.csv"


def load(db: Database, model: type[Base], source: object) -> LoadReport:
    """Load in a transaction of its own; each row that was read is counted once."""
    with db.engine.begin() as connection:
        rules = FEEDS[model.__tablename__].rules
        report = bulk_load(connection, model, source, rules=rules)
    counted = report.inserted + report.updated + report.unchanged + report.rejected
    assert report.read == counted
    assert report.rejected == len(quarantine(db))
    return report


def written(db: Database, path: Path, content: str | bytes, **options: Any) -> LoadReport:
    """Write a file of airlines, and load it."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load(db, Airline, CsvSource(path, **options))


def rows(db: Database, model: type[Base], *names: str) -> list[tuple[Any, ...]]:
    table = Base.metadata.tables[model.__tablename__]
    columns = [table.c[name] for name in names] or list(table.c)
    with db.engine.connect() as connection:
        found = connection.execute(sa.select(*columns).order_by(*table.primary_key))
        return [tuple(row) for row in found]


def airlines(db: Database) -> dict[str, str]:
    return dict(rows(db, Airline))


def quarantine(db: Database) -> list[tuple[Any, ...]]:
    """Return line, column, value and reason of each; all are of one file."""
    made = RejectedRow.__table__
    names = ("line", "column_name", "value", "reason")
    statement = sa.select(*(made.c[name] for name in names)).order_by(made.c.line)
    with db.engine.connect() as connection:
        assert len(connection.execute(sa.select(made.c.file).distinct()).all()) < 2
        return [tuple(row) for row in connection.execute(statement)]


def refused(db: Database, source: object, message: str, fix: str = "") -> None:
    """See that a source of airlines is refused with one error, and that nothing is loaded."""
    with db.session_scope() as session:
        session.add(Airline(carrier="ZZ", name="there before"))
    with pytest.raises(PipelineError, match=message) as caught:
        load(db, Airline, source)
    assert fix in caught.value.fix
    assert caught.value.fix
    assert airlines(db) == {"ZZ": "there before"}
    assert quarantine(db) == []


# --- Text -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "end"), [(b"", "\n"), (b"\xef\xbb\xbf", "\r\n"), (b"", "\r")], ids=["lf", "crlf", "cr"]
)
def test_utf8_with_and_without_its_mark_and_any_end_of_line(
    db: Database, path: Path, mark: bytes, end: str
) -> None:
    lines = ["carrier,name", "LONG,x", "UA,Café 🛫", "AA,", ""]
    assert written(db, path, mark + end.join(lines).encode()).rejected == 1
    assert airlines(db) == {"UA": "Café 🛫", "AA": ""}
    assert quarantine(db) == [(2, "carrier", "LONG", "longer than 2 characters")]


def test_latin_1_is_refused_unless_it_is_said(db: Database, path: Path) -> None:
    content = f"{HEADER}UA,United\nAF,Café\nLONGÉ,x\n".encode("latin-1")
    path.write_bytes(content)
    refused(db, path, r"x\.csv is not utf-8 text; .* line 3, column 2", "latin-1")
    assert written(db, path, content, encoding="latin-1").inserted == 2
    assert airlines(db)["AF"] == "Café"
    assert quarantine(db) == [(4, "carrier", "LONGÉ", "longer than 2 characters")]


@pytest.mark.parametrize("said", ["utf-8", "utf-16"])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_is_read_by_its_mark_or_when_it_is_said(
    db: Database, path: Path, said: str, codec: str
) -> None:
    content = f"\ufeff{HEADER}UA,Café\nLONG,x\n".encode(codec)
    written(db, path, content, encoding=said)
    assert airlines(db)["UA"] == "Café"
    assert quarantine(db) == [(3, "carrier", "LONG", "longer than 2 characters")]
    path.write_bytes(content[:-1])
    with pytest.raises(PipelineError, match=r"x\.csv is not utf-16 text\."):
        load(db, Airline, CsvSource(path, encoding=said))


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark_is_refused_unless_it_is_said(
    db: Database, path: Path, codec: str
) -> None:
    content = f"{HEADER}UA,Café\nLONG,x\n".encode(codec)
    path.write_bytes(content)
    refused(db, path, r"x\.csv is not utf-8 text: every second byte", f"encoding={codec!r}")
    assert written(db, path, content, encoding=codec).inserted == 1
    assert airlines(db)["UA"] == "Café"


def test_an_encoding_that_nobody_knows_is_named(db: Database, path: Path) -> None:
    path.write_text(HEADER)
    refused(db, CsvSource(path, encoding="klingon"), "'klingon'", "utf-8")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_are_right_behind_a_break_in_quotes(db: Database, path: Path, end: str) -> None:
    lines = ("carrier,name", 'UA,"United', "", 'Airlines"', "LONG,x", 'A"A"A,"y', 'y"', "B6,z,z")
    report = written(db, path, end.join((*lines, 'DL,"a ""b"""', "")))
    assert (report.read, report.inserted) == (5, 2)
    assert airlines(db) == {"UA": f"United{end}{end}Airlines", "DL": 'a "b"'}
    assert quarantine(db) == [
        (5, "carrier", "LONG", "longer than 2 characters"),
        (6, "carrier", 'A"A"A', "longer than 2 characters"),
        (8, "-", "B6,z,z", "has 3 fields, 2 are expected"),
    ]


def test_lines_are_right_when_the_header_holds_a_break(db: Database, path: Path) -> None:
    path.write_text('carrier,"na\nme"\nUA,United\n')
    refused(db, path, r"It has 'na\\nme', which the table has not")


def test_lines_are_right_in_many_small_batches(
    db: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row in three is bad, one spans lines, some do not fit into the first size of block."""
    monkeypatch.setattr("lib.source.csv_file.BLOCKS", (200, 1000, 4000))
    content, bad, good = "tailnum,type\n", [], 0
    for number in range(300):
        line = content.count("\n") + 1
        if number % 3 == 0:
            content += f"N{number},x,y\n" if number % 2 else f"N{number}\n"
            bad.append(line)
        elif number % 50 == 11:
            content += f'N{number},"{"w" * (number * 4)}\n"\n'
            bad.append(line)
        else:
            content += f'N{number},"a\nb"\n' if number % 7 == 0 else f"N{number},t\n\n"
            good += 1
    path.write_text(content)
    report = load(db, Plane, path)
    assert [row[0] for row in quarantine(db)] == bad
    assert (report.inserted, report.rejected) == (good, len(bad))


# --- Columns ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("carrier\nUA\n", "lacks name"),
        ("carrier,name,x\nUA,United,1\n", "has x, which the table has not"),
        ("carrier,name,name\nUA,United,1\n", "has name more than once"),
        ("UA,United\nAA,American\n", r"has UA, United, which .* It lacks carrier, name"),
        ("x" * 1000 + "\n", r"has x+\.\.\. \(1,000 characters\), which"),
        ("carrier, name\nUA,United\n", r"has ' name', which the table has not\. It lacks name\."),
        ("carrier,name\t\nUA,United\n", r"has 'name\\t', which the table has not\."),
        ("carrier,name,\nUA,United,\n", r"has '', which the table has not\."),
        ("carrier,na\u200bme\nUA,United\n", r"has 'na\\u200bme', which the table has not\."),
        ("carrier,na\xa0me\nUA,United\n", r"has 'na\\xa0me', which the table has not\."),
    ],
    ids="missing extra repeated no_header long blank tab nameless zero_width no_break".split(),
)
def test_columns_that_do_not_fit(db: Database, path: Path, content: str, message: str) -> None:
    path.write_text(content, encoding="utf-8")
    refused(db, path, rf"x\.csv does not fit the table airlines\. It {message}", "first line")


@pytest.mark.parametrize("content", ["", "\n", "\ncarrier,name\nUA,United\n"])
def test_a_file_without_a_header(db: Database, path: Path, content: str) -> None:
    path.write_text(content)
    refused(db, path, r"x\.csv has no column: it is empty, or its first line is", "carrier, name")


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_columns_that_are_separated_by_something_else(db: Database, path: Path, mark: str) -> None:
    path.write_text(f"carrier{mark}name\nUA{mark}United\n")
    shown = repr(mark).replace("|", r"\|").replace("\\", "\\\\")
    refused(db, path, f"Its first line holds {shown}, and no comma", f"sep={mark!r}")
    frame = pd.read_csv(path, sep=mark, dtype=str, keep_default_na=False, na_values=["NA"])
    assert load(db, Airline, frame).inserted == 1
    assert airlines(db)["UA"] == "United"


def test_columns_in_another_order(db: Database, path: Path) -> None:
    written(db, path, "name,carrier\nUnited,UA\nAmerican,AA\n")
    assert airlines(db) == {"UA": "United", "AA": "American"}


@pytest.mark.parametrize("content", ["carrier,name", HEADER, HEADER + "\r\n\n"])
def test_a_header_only(db: Database, path: Path, content: str) -> None:
    assert written(db, path, content).read == 0
    assert airlines(db) == {}


def test_a_filter_on_a_column_that_is_not_there(db: Database, path: Path) -> None:
    path.write_text(HEADER)
    refused(db, CsvSource(path, where={"month": {"1"}}), r"x\.csv has no column month")


def test_rows_that_are_all_bad(db: Database, path: Path) -> None:
    for way in ("way of its own", "inserts"):
        with pytest.MonkeyPatch.context() as patch:
            if way == "inserts":
                patch.setattr(staging_sqlite, "MAX_ATTACHED", 0)
                patch.setattr(staging_mysql, "may_load_data", lambda _: False)
            report = written(db, path, HEADER + "LONG,x\nUA\nNA,y\n")
    assert (report.read, report.rejected) == (3, 3)


# --- Values -----------------------------------------------------------------------------------


def test_a_number_that_does_not_fit_and_an_impossible_date(db: Database, path: Path) -> None:
    with db.session_scope() as session:
        session.add(Airport(faa="EWR"))
    header = "origin,time_hour,year,month,day,hour,temp"
    path.write_text(
        f"{header}\n"
        "EWR,2013-01-01T06:00:00Z,2013,1,1,1,39.02\n"
        "EWR,2013-01-01T07:00:00Z,99999,1,1,2,39.02\n"
        "EWR,2013-02-30T08:00:00Z,2013,2,30,3,39.02\n"
        "EWR,2013-01-01T09:00:00Z,2013,1,1,4,1e999\n"
        "EWR,9999-12-31T23:59:59-10:00,2013,1,1,5,39.02\n"
        "EWR,yesterday,2013,1,1,6,39.02\n"
        "EWR,2013-01-01T10:00:00Z,2013,1,1.5,7,39.02\n"
    )
    assert load(db, Weather, path).inserted == 1
    assert quarantine(db) == [
        (3, "year", "99999", "does not fit the column"),
        (4, "time_hour", "2013-02-30T08:00:00Z", "does not fit the column"),
        (5, "temp", "1e999", "does not fit the column"),
        (6, "time_hour", "9999-12-31T23:59:59-10:00", "does not fit the column"),
        (7, "time_hour", "yesterday", "not a time with its zone"),
        (8, "day", "1.5", "not a whole number"),
    ]
    assert rows(db, Weather, "time_hour", "temp") == [(datetime(2013, 1, 1, 6), 39.02)]


def test_a_nul_byte(db: Database, path: Path) -> None:
    written(db, path, f"{HEADER}UA,Uni\0ted\nAA,American\n\0B,x\n".encode())
    assert airlines(db) == {"AA": "American"}
    reason = "holds a NUL byte"
    assert quarantine(db) == [(2, "name", "Uni\0ted", reason), (4, "carrier", "\0B", reason)]


@pytest.mark.parametrize(
    "cell",
    ["x" * 10_000_000, '"' + ("x" * 99_999 + "\n") * 100 + '"'],
    ids=["one line", "many lines"],
)
def test_a_cell_of_10_mb(db: Database, path: Path, cell: str) -> None:
    report = written(db, path, f"{HEADER}UA,United\nAA,{cell}\nB6,JetBlue\nLONG,x\n")
    assert (report.inserted, report.rejected) == (2, 2)
    (line, column, value, reason), (last, *_) = quarantine(db)
    assert (line, column, reason) == (3, "name", "longer than 64 characters")
    assert last == 5 + cell.count("\n")
    assert len(value) < 300
    assert value.endswith("... (10,000,000 characters)")


# --- A quotation mark that is not closed ------------------------------------------------------


@pytest.mark.parametrize(
    "rest",
    [
        'AA,"American\nB6,JetBlue\n',  # swallows all to the end, and would fit the column
        'AA,"American',
        'AA,"American\nB6,"JetBlue"\nDL,Delta\n',  # is closed by the mark that should open
        '"AA,American\nB6,JetBlue\n',  # makes a row of too few fields
        'AA,"American\n' + "B6,JetBlue\n" * 1000,  # does not fit into a block
    ],
    ids=["to the end", "at the end", "to the next", "too few fields", "too long"],
)
def test_a_quotation_mark_that_is_not_closed(
    db: Database, path: Path, rest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.source.csv_file.BLOCKS", (4000, 1_000_000))
    path.write_text(f"{HEADER}UA,United\n{rest}")
    refused(db, path, r"x\.csv, line 3: a quotation mark is not closed", "Close it")
    with gzip.open(path.with_suffix(".csv.gz"), "wb") as packed:
        packed.write(path.read_bytes())
    with pytest.raises(PipelineError, match=r"x\.csv\.gz, line 3: a quotation mark"):
        load(db, Airline, path.with_suffix(".csv.gz"))


def test_the_marks_of_a_file_are_looked_at_once(
    db: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []
    monkeypatch.setattr("lib.source.csv_file.BLOCKS", (200, 4000))
    monkeypatch.setattr(
        "lib.source.csv_file.unclosed",
        lambda lines, *signs: looks.append(1) or unclosed(lines, *signs),
    )
    long = "x" * 500
    lines = "".join(f'N{number},"a\nb"\n' for number in range(200)) + f'N{200},"{long}\n"\n'
    path.write_text(f"tailnum,type\n{lines}")
    assert load(db, Plane, path).inserted == 200
    assert len(looks) == 1


def test_a_row_that_fits_into_no_block(
    db: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.source.csv_file.BLOCKS", (100, 200))
    path.write_text(f"{HEADER}UA,United\nAA,{'x' * 1000}\n")
    refused(db, path, r"x\.csv, line \d: a row is longer than 200 bytes")


# --- Packed files -----------------------------------------------------------------------------


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
}


def packed(path: Path, kind: str, content: bytes) -> Path:
    path = path.with_name(f"x.csv.{kind}")
    if kind in PACK:
        path.write_bytes(PACK[kind](content))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("x.csv", content)
    return path


NOISE = HEADER.encode() + b"".join(b"A%c,%d\n" % (65 + i % 26, i * 7919) for i in range(20_000))


@pytest.mark.parametrize("kind", ["gz", "zip", "bz2", "xz"])
def test_packed_files(db: Database, path: Path, kind: str) -> None:
    source = packed(path, kind, f"{HEADER}UA,United\nLONG,x\n".encode())
    assert load(db, Airline, source).inserted == 1
    assert quarantine(db) == [(3, "carrier", "LONG", "longer than 2 characters")]


@pytest.mark.parametrize("kind", ["gz", "zip", "bz2", "xz"])
@pytest.mark.parametrize("part", [0.0, 0.5, 0.999])
def test_packed_files_that_were_cut_off(
    db: Database, path: Path, kind: str, part: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "lib.source.csv_file.BLOCKS", (20_000,)
    )  # staged in part when the end is missed
    source = packed(path, kind, NOISE)
    content = source.read_bytes()
    source.write_bytes(content[: int(len(content) * part)])
    refused(db, source, rf"x\.csv\.{kind} cannot be read as CSV")


@pytest.mark.parametrize("kind", ["gz", "zip", "bz2", "xz"])
def test_packed_files_with_other_bytes_in_them(db: Database, path: Path, kind: str) -> None:
    source = packed(path, kind, NOISE)
    content = bytearray(source.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 20] = bytes(byte ^ 0x5A for byte in content[middle : middle + 20])
    source.write_bytes(content)
    refused(db, source, rf"x\.csv\.{kind} (cannot be read as CSV|is not utf-8)")


def test_a_zip_with_two_members(db: Database, path: Path) -> None:
    source = packed(path, "zip", HEADER.encode())
    with zipfile.ZipFile(source, "a") as archive:
        archive.writestr("y.csv", HEADER)
    refused(db, source, r"x\.csv\.zip holds 2 CSV files; one is expected", "Pack each")


# --- Files that vanish ------------------------------------------------------------------------


def test_a_file_that_is_not_there(db: Database, path: Path) -> None:
    refused(db, path, r"There is no file .*x\.csv", "name")


class Vanishing(CsvSource):
    """A file that goes at a moment of its load."""

    @property
    def columns(self) -> list[str]:
        names = super().columns
        self.path.unlink()
        return names


def test_a_file_that_vanishes_after_the_first_look(db: Database, path: Path) -> None:
    path.write_text(f"{HEADER}UA,United\n")
    refused(db, Vanishing(path), r"There is no file .*x\.csv")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a file that is open")
def test_a_file_that_vanishes_while_it_is_read(
    db: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The open file is still there: all of it, or, where it must be opened again, nothing."""
    monkeypatch.setattr("lib.source.csv_file.BLOCKS", (200, 100_000))

    class Late(CsvSource):
        def batches(self) -> Iterator[Batch]:
            for batch in super().batches():
                if self.path.exists():
                    os.unlink(self.path)
                yield batch

    path.write_text(HEADER + "".join(f"A{number % 10},x\n" for number in range(100)))
    copy = path.with_name("copy.csv")
    shutil.copy(path, copy)
    with copy.open("a") as stream:
        stream.write(f"B6,{'x' * 1000}\n")
    refused(db, Late(copy), r"There is no file .*copy\.csv")
    assert load(db, Airline, Late(path)).read == 100


# --- Data frames and Arrow --------------------------------------------------------------------


def table_of(*columns: str, **data: Any) -> list[object]:
    """Return the same data as a frame, as an Arrow table, and as an Arrow reader."""
    frame = pd.DataFrame(data)
    table = pa.table({name: pa.array(values, from_pandas=False) for name, values in data.items()})
    return [frame, table, pa.RecordBatchReader.from_batches(table.schema, table.to_batches())]


def test_whole_numbers_may_come_as_floats(db: Database) -> None:
    data = {"tailnum": ["N1", "N2", "N3", "N4", "N5"], "year": [5.0, 5.5, float("nan"), None, 1e9]}
    for source in table_of(**data):
        report = load(db, Plane, source)
        assert (report.read, report.rejected) == (5, 2)
        assert rows(db, Plane, "tailnum", "year") == [("N1", 5), ("N3", None), ("N4", None)]
        assert quarantine(db) == [
            (2, "year", "5.5", "not a whole number"),
            (5, "year", "1000000000.0", "does not fit the column"),
        ]
        with db.session_scope() as session:
            session.execute(sa.delete(RejectedRow))


def test_floats_that_no_database_keeps(db: Database) -> None:
    data = {"faa": ["A", "B", "C"], "lat": [1.5, float("nan"), float("inf")]}
    for source in table_of(**data):
        assert load(db, Airport, source).rejected == 1
        assert rows(db, Airport, "faa", "lat") == [("A", 1.5), ("B", None)]
        with db.session_scope() as session:
            session.execute(sa.delete(RejectedRow))


def test_values_of_many_types_in_one_column(db: Database) -> None:
    values = [np.int64(1), 2, 3.0, "4", None, pd.NA, float("nan"), 5.5, "x", 10**30, True]
    names = [f"N{number}" for number in range(len(values))]
    frame = pd.DataFrame({"tailnum": names, "seats": pd.Series(values, dtype=object)})
    assert load(db, Plane, frame).rejected == 4
    assert rows(db, Plane, "seats") == [(1,), (2,), (3,), (4,), (None,), (None,), (None,)]
    assert [(line, value) for line, _, value, _ in quarantine(db)] == [
        (8, "5.5"),
        (9, "x"),
        (10, str(10**30)),
        (11, "True"),
    ]


def test_missing_values_of_each_kind(db: Database) -> None:
    frame = pd.DataFrame(
        {
            "tailnum": ["N1", "N2", "N3"],
            "year": pd.array([1999, None, pd.NA], dtype="Int16"),
            "type": pd.Series(["a", None, np.nan], dtype=object),
            "model": pd.Series(["", pd.NA, "b"], dtype="string"),
            "engine": pd.Categorical(["x", None, "x"]),
            "speed": [None, None, None],
        }
    )
    assert load(db, Plane, frame).inserted == 3
    found = rows(db, Plane, "year", "type", "model", "engine", "speed")
    assert found == [
        (1999, "a", "", "x", None),
        (None, None, None, None, None),
        (None, None, "b", "x", None),
    ]
    assert load(db, Plane, frame).unchanged == 3


def test_times_with_and_without_a_zone(db: Database) -> None:
    with db.session_scope() as session:
        session.add(Airport(faa="EWR"))
    times = pd.Series(pd.date_range("2013-01-01 01:00", periods=3, freq="h"))
    expected = [(datetime(2013, 1, 1, 6 + hour),) for hour in range(3)]
    whole = {"origin": "EWR", "year": 2013, "month": 1, "day": 1, "hour": 1}
    frame = pd.DataFrame({"time_hour": times.dt.tz_localize("America/New_York")}).assign(**whole)
    assert load(db, Weather, frame).inserted == 3
    assert rows(db, Weather, "time_hour") == expected
    utc = frame.assign(time_hour=times + pd.Timedelta(hours=5))
    assert load(db, Weather, pa.Table.from_pandas(utc)).unchanged == 3
    written = frame.assign(time_hour=frame["time_hour"].astype(str))
    assert load(db, Weather, written).unchanged == 3

    odd = frame.assign(time_hour=frame["time_hour"] + pd.to_timedelta([0, 1500, 0], unit="ms"))
    assert load(db, Weather, odd).rejected == 1
    ((line, column, _, reason),) = quarantine(db)
    assert (line, column, reason) == (2, "time_hour", "does not fit the column")
    with db.session_scope() as session:  # frames have no name by which a later one is the same
        session.execute(sa.delete(RejectedRow))
    assert load(db, Weather, frame.assign(time_hour=[1, 2, 3])).rejected == 3


def test_true_and_false(db: Database, path: Path) -> None:
    data = {"faa": ["A", "B"], "inferred": [True, False]}
    for source in table_of(**data):
        load(db, Airport, source)
        assert rows(db, Airport, "faa", "inferred") == [("A", True), ("B", False)]
    path.write_text("faa,inferred\nA,1\nB,FALSE\nC,yes\n")
    report = load(db, Airport, path)  # what the file says is neither guessed nor overwritten
    assert (report.unchanged, report.rejected) == (2, 1)
    assert quarantine(db) == [(4, "inferred", "yes", "not true or false")]


def test_what_comes_from_arrow_in_other_types(db: Database) -> None:
    table = pa.table(
        {
            "tailnum": pa.array(["N1", "N2"], pa.large_string()),
            "type": pa.array(["a", None], pa.string_view()),
            "year": pa.array([1999, 70000], pa.uint64()),
            "seats": pa.array(["5", "6"]).dictionary_encode(),
        }
    )
    (batch,) = table.slice(0, 1).to_batches()
    assert load(db, Plane, batch).inserted == 1
    assert load(db, Plane, table).unchanged == 1
    assert rows(db, Plane, "tailnum", "type", "year", "seats") == [("N1", "a", 1999, 5)]
    assert quarantine(db) == [(2, "year", "70000", "does not fit the column")]


def test_a_table_is_staged_in_parts(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lib.source.frames.CHUNK", 10)
    names = [f"N{number}" for number in range(25)]
    seats = [0] * 24 + [99_999]
    assert load(db, Plane, pa.table({"tailnum": names, "seats": seats})).inserted == 24
    assert quarantine(db) == [(25, "seats", "99999", "does not fit the column")]


def test_frames_whose_columns_do_not_fit(db: Database) -> None:
    twice = pd.DataFrame([["UA", "United", "x"]], columns=["carrier", "name", "name"])
    refused(db, twice, "data frame does not fit .* It has name more than once")
    with pytest.raises(PipelineError, match="It has 0, 1, which"):
        load(db, Airline, pd.DataFrame([["UA", "United"]]))
    with pytest.raises(PipelineError, match="A int cannot be loaded"):
        load(db, Airline, 5)


def test_values_that_are_no_text(db: Database) -> None:
    table = pa.table({"carrier": pa.array([b"UA", b"\xff"]), "name": ["x", "y"]})
    assert load(db, Airline, table).rejected == 1
    assert airlines(db) == {"UA": "x"}
    ((line, column, _, reason),) = quarantine(db)
    assert (line, column, reason) == (2, "carrier", "not a text")


def test_a_key_that_repeats_a_thousand_times(db: Database) -> None:
    names = [f"N{number % 1000}" for number in range(3000)]
    report = load(db, Plane, pa.table({"tailnum": names}))
    assert (report.inserted, report.rejected) == (1000, 2000)
    assert quarantine(db)[0] == (1001, "tailnum", "N0", "repeats the key of line 1")
    assert quarantine(db)[-1] == (3000, "tailnum", "N999", "repeats the key of line 1000")


def test_a_part_of_a_file_counts_what_it_read(db: Database, path: Path) -> None:
    path.write_text("tailnum,year\nN1,1999\nN2,2000\nN3\n")
    source = replace(CsvSource(path), where={"year": {"1999"}})
    assert load(db, Plane, source).read == 2  # the row that cannot be split may be of that year
