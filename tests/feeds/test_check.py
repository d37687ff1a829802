"""A file is looked at without loading it: its form, the kinds of its columns, keys, odd values."""

from __future__ import annotations

import gzip
import json
import re
import tracemalloc
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from lib import Database, Feed
from lib.database.base import Base
from lib.errors import PipelineError
from lib.feeds import Csv, Date, Json, Local, Money, Number, Text, Time, Uuid, Whole
from lib.feeds.check import Look, look
from lib.feeds.kinds import shape
from lib.feeds.readers import FileReader
from lib.feeds.told import column_names, feed_lines, identifier, questions, tell
from lib.pipeline.cli import main
from tests.support.own_data import FILES

# --- Thirty files: five ways of writing, six oddities -------------------------------------------

WRITINGS = {
    "comma": (",", "utf-8", ".", ""),
    "semicolon": (";", "latin-1", ",", "."),
    "tab": ("\t", "utf-8", ".", ","),
    "bar": ("|", "cp1252", ",", ""),
    "wide": (";", "utf-16", ",", ""),
}
ODDITIES = ("plain", "preamble", "footer", "line breaks", "bad rows", "empty column")


def written(folder: Path, writing: str, oddity: str) -> Path:
    """Write a file of 40 rows in that way."""
    sign, encoding, point, group = WRITINGS[writing]
    rows = []
    for number in range(40):
        price = f"{1234 + number * 7}.{number % 90 + 10}"
        if group:
            price = f"{price[:1]},{price[1:]}"
        price = price.translate({ord("."): point, ord(","): group or ","})
        name = f"Größe {number}" + (" €" if encoding == "cp1252" else "")
        if oddity == "line breaks" and number % 9 == 0:
            name = f'"{name}\nzweite Zeile"'
        day = f"{number % 28 + 1:02}.03.2026"
        fields = [f"{number + 7:05}", name, price, day, str(number * 3), f'"{number}{sign}x"']
        fields += ["" for _ in range(oddity == "empty column")]
        rows.append(fields)
    if oddity == "bad rows":
        rows[7][2], rows[8][3], rows[9][4] = "n/a", "31.02.2026", "many"
    header = ["Nr", "Name", "Preis", "Tag", "Menge", "Text", "leer"][: len(rows[0])]
    lines = [sign.join(fields) for fields in [header, *rows]]
    if oddity == "preamble":
        lines = ["Report of March", "", *lines]
    if oddity == "footer":
        lines.append(f"Summe{sign * (len(header) - 1)}40")
    path = folder / "file.csv"
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
    return path


@pytest.mark.parametrize("oddity", ODDITIES)
@pytest.mark.parametrize("writing", WRITINGS)
def test_thirty_files_are_seen_as_a_person_sees_them(
    tmp_path: Path, writing: str, oddity: str
) -> None:
    sign, encoding, point, group = WRITINGS[writing]
    path = written(tmp_path, writing, oddity)
    if encoding == "utf-16" and oddity in ("preamble", "footer"):
        return  # lines of wide characters are not left out: test_csv_form
    seen = look(path)
    assert isinstance(seen.read, Csv)
    assert (seen.read.delimiter, seen.read.encoding) == (sign, encoding)
    assert seen.read.skip == (2 if oddity == "preamble" else 0)
    footer = "^Summe" + re.escape(sign)
    assert seen.read.footer == (footer if oddity == "footer" else None)
    assert seen.rows == 40 and seen.bad == (3 if oddity == "bad rows" else 0)
    values = seen.values
    assert values["Nr"] == Text()  # with zeros that a number would lose
    assert values["Preis"] in (
        Number(decimal=point, thousands=group),
        Number(decimal=point, thousands=""),
    )
    assert values["Tag"] == Date(form="%d.%m.%Y")
    assert type(values["Menge"]) is Whole
    assert (values["Name"], values["Text"]) == (Text(), Text())
    assert seen.keys[0].columns == ("Nr",) and seen.keys[0].is_proved
    assert seen.empty == (["leer"] if oddity == "empty column" else [])


@pytest.mark.parametrize("oddity", ["plain", "bad rows", "line breaks"])
@pytest.mark.parametrize("writing", WRITINGS)
def test_the_feed_that_is_proposed_loads_the_file(
    tmp_path: Path, writing: str, oddity: str
) -> None:
    path = written(tmp_path, writing, oddity)
    seen = look(path)
    names = column_names(seen)
    assert list(names) == ["nr", "name", "preis", "tag", "menge", "text"]
    kinds: dict[str, Any] = {"preis": sa.Numeric(10, 2), "tag": sa.Date(), "menge": sa.Integer()}
    table = sa.Table(
        "seen",
        sa.MetaData(),
        *(
            sa.Column(name, kinds.get(name, sa.String(60)), primary_key=name == "nr")
            for name in names
        ),
    )
    scope: dict[str, Any] = {"Feed": Feed, "Csv": Csv, "Table": table}
    scope |= {"Number": Number, "Whole": Whole, "Date": Date}
    feed: Feed = eval("\n".join(feed_lines(seen, "Table")), scope)
    with Database(f"sqlite:///{(tmp_path / 'x.db').as_posix()}") as db:
        Base.metadata.create_all(db.engine)
        table.create(db.engine)
        (report,) = feed.load(db, path)
        assert (report.read, report.rejected) == (seen.rows, seen.bad)
        (report,) = feed.load(db, path, again=True)
        assert report.unchanged == seen.rows - seen.bad


# --- The three files of other people -----------------------------------------------------------


def test_meters_orders_and_airlines_are_seen_and_what_they_do_not_say_is_asked() -> None:
    meters = look(FILES / "meters_2025-12.csv")
    assert meters.read == Csv(";", encoding="latin-1", footer="^Summe;")
    assert meters.values["Messzeitpunkt"] == Local(form="%d.%m.%Y %H:%M")
    assert meters.values["Zählerstand (kWh)"] == Number(decimal=",", thousands=".")
    assert [key.columns for key in meters.keys] == [
        ("Zählernummer", "Messzeitpunkt"),
        ("Messzeitpunkt", "Straße"),
    ]
    asked = questions(meters)
    assert asked[1:] == ["Messzeitpunkt: in which zone?", "Do '-', 'k.A.' stand for no value?"]
    # The hour that comes twice, before a zone is named:
    (key,) = look(FILES / "meters_2025-10.csv").keys
    assert key.columns == ("Zählernummer", "Messzeitpunkt") and key.different == 72
    assert key.alike[0] == (18, 22)
    orders = look(FILES / "orders_2026-01.csv")
    assert list(orders.values.values()) == [
        Uuid(),
        Time(),
        Text(),
        Money(decimal=".", thousands=""),
        Text(),
        Json(),
        Time(),
    ]
    airlines = look(FILES / "on_time_2025_1.csv.gz")
    assert len(airlines.empty) == 53 and airlines.bad == 4
    assert airlines.values["CRSDepTime"] == Text() and type(airlines.values["Distance"]) is Whole
    assert len(questions(airlines)) <= 3


def test_the_report_tells_evidence_odd_values_and_a_feed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check", str(FILES / "meters_2025-12.csv")]) == 0
    text = capsys.readouterr().out
    for said in (
        "meters_2025-12.csv: 28 rows, 6 columns",
        "latin-1: no UTF-8, and line 1 reads 'Zählernummer;",
        "';' gives 6 fields in 30 of the first 30 rows",
        "1 line below the rows: 'Summe;;;;;28 Werte'",
        "local time of the form %d.%m.%Y %H:%M; 27 of 28 fit; never empty; 14 different",
        "Zählernummer, Messzeitpunkt: of 28 rows all differ",
        "3 of 28 rows would be rejected",
        "line 28: '32.12.2025 00:00'",
        "line 26: 'k.A.' (a word for no value?)",
        "read=Csv(delimiter=';', encoding='latin-1', footer='^Summe;'),",
    ):
        assert said in text
    assert main(["check", "nowhere.csv"]) == 1
    assert "nowhere.csv is not there." in capsys.readouterr().err


# --- Single things ------------------------------------------------------------------------------


def seen_of(folder: Path, *lines: str, read: FileReader | None = None) -> Look:
    path = folder / "x.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return look(path, read)


@pytest.mark.parametrize(
    ("texts", "kind", "doubt"),
    [
        (["1", "2", "-3"], "whole number", ""),
        (["1.00", "2.50"], "number", ""),
        (["007", "010"], "text", ""),
        (["1,234", "5,678"], "text", "is the sign"),
        (["1,234.50", "2,000.00"], "number, decimal sign '.', thousands ','", ""),
        (["03/04/2026", "05/06/2026"], "day of the form %m/%d/%Y", "%m/%d/%Y or %d/%m/%Y"),
        (["03/14/2026", "05/06/2026"], "day of the form %m/%d/%Y", ""),
        (["2026-01-02T03:04:05Z", "2026-01-02T03:04:05+01:00"], "moment with its zone", ""),
        (["2026-01-02T03:04:05", "2026-01-03T03:04:05"], "local time", "in which zone?"),
        (["08:15", "23:59"], "time of day of the form %H:%M", ""),
        (["EUR 5", "7 USD"], "amount with its currency", ""),
        (['"{""a"": 1}"', "[2]"], "JSON", ""),
        (["a", "b"], "text", ""),
        (["NA", "", "5"], "whole number", ""),
    ],
    ids=str,
)
def test_each_kind_and_what_is_in_doubt(
    tmp_path: Path, texts: list[str], kind: str, doubt: str
) -> None:
    lines = [f"{text};{number}" for number, text in enumerate(texts)]
    column = seen_of(tmp_path, "a;b", *lines).columns["a"]
    assert shape(column.value).startswith(kind)
    assert column.doubt.startswith(doubt) and bool(column.doubt) == bool(doubt)


def test_repeats_and_bad_rows_are_shown_with_their_lines(tmp_path: Path) -> None:
    rows = [f"{number % 50},{number // 50},{number}" for number in range(100)]
    rows[60] = rows[40].rsplit(",", 1)[0] + ",7"
    rows[10] = "1,2"
    text = tell(seen_of(tmp_path, "shop,number,amount", *rows))
    assert "-: 1 has 2 fields, 3 are expected; line 12: '1,2'" in text
    assert "differ; alike: lines" in text or "all differ" in text


ROWS = [f"{number};Name;01.01.2025;{number % 90},50" for number in range(1001, 1031)]


@pytest.mark.parametrize(
    ("last", "rows", "bad"),
    [
        ("1031;O'Neil;07.01.2025;20,50;x;", 31, 1),  # two fields too many, one of them empty
        ("1031;O'Ne", 31, 1),  # a file that was cut off
        ("1031;;;", 31, 0),
        ("Summe;;;30", 30, 0),
        ("30 Werte", 30, 0),
    ],
)
def test_a_bad_last_row_is_no_footer(tmp_path: Path, last: str, rows: int, bad: int) -> None:
    path = tmp_path / "last.csv"
    path.write_text("\n".join(["nr;name;day;amount", *ROWS, last]), encoding="utf-8")
    seen = look(path)
    assert (seen.rows, seen.bad) == (rows, bad)
    assert seen.read.delimiter == ";" and seen.read.skip == 0
    assert bool(seen.read.footer) is (rows == 30)


def test_names_become_names_of_columns_that_do_not_meet(tmp_path: Path) -> None:
    for field, name in {
        "CRSDepTime": "crs_dep_time",
        "Zählerstand (kWh)": "zaehlerstand_kwh",
        "class": "class_",
        "2nd": "_2nd",
        "": "column",
        "NASDelay": "nas_delay",
    }.items():
        assert identifier(field) == name
    seen = seen_of(tmp_path, "a b,A-B,a_b", "1,2,3")
    assert column_names(seen) == {"a_b": "a b", "a_b_2": "A-B", "a_b_3": "a_b"}


def test_json_lines_and_parquet_are_looked_at_as_well(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    rows = [{"id": f"k{number}", "n": number} for number in range(20)]
    path.write_text("\n".join(map(json.dumps, rows)) + "\n{oops\n", encoding="utf-8")
    seen = look(path)
    assert (seen.rows, seen.bad, type(seen.values["n"])) == (21, 1, Whole)
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "x.parquet")
    seen = look(tmp_path / "x.parquet")
    assert seen.kinds == {"n": "int64"} and seen.keys[0].columns == ("id",)
    assert "int64, as the file says" in tell(seen)


def test_an_empty_file_and_one_with_a_header_only(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="is empty"):
        seen_of(tmp_path)
        (tmp_path / "x.csv").write_bytes(b"")
        look(tmp_path / "x.csv")
    assert "x.csv: 0 rows, 2 columns" in tell(seen_of(tmp_path, "a,b"))


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Measured of Python's own memory: what is kept of the rows, not Arrow's buffers."""

    def peak(count: int) -> int:
        path = tmp_path / f"{count}.csv.gz"
        rows = "".join(
            f"{number},{number * 7919 % 1000003}.5,{'z' * 30}{number}\n" for number in range(count)
        )
        path.write_bytes(gzip.compress(f"id,x,text\n{rows}".encode(), 1))
        tracemalloc.start()
        assert look(path).rows == count
        _, top = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return top

    small, large = peak(5_000), peak(30_000)
    assert large < small + 30_000 * 200


def test_one_is_told_as_one(tmp_path: Path) -> None:
    told = tell(seen_of(tmp_path, "a", "1"))
    assert "x.csv: 1 row, 1 column\n" in told
    told = tell(seen_of(tmp_path, "a,b", "x,"))
    assert "up to 1 character;" in told and "1 column is empty in every row: 'b'" in told
