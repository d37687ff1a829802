"""A feed: fields become columns, from whatever format; what does not fit is told, never guessed."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from lib import Csv, Database, Feed, PipelineError, Rule
from lib.database.base import MYSQL, Base, Timestamp
from lib.feeds import Date, Function, Json, JsonLines, Number, Parquet, Time, Whole
from lib.load.tables import RejectedRow

METADATA = sa.MetaData()
PARTS = sa.Table(
    "parts",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(8), nullable=False, unique=True),
    sa.Column("price", sa.Numeric(8, 2)),
    sa.Column("stock", sa.Integer),
    sa.Column("since", sa.Date),
    sa.Column("note", sa.String(20)),
    sa.Column("gone", Timestamp, info={"vanished": True}),
    **MYSQL,
)
COLUMNS = {"code": "Part No", "price": Number("Price"), "stock": Whole("Stock"), "since": Date()}
FEED = Feed(PARTS, read=Csv(";", decimal=","), columns=COLUMNS)
HEADER = "Part No;Price;Stock;since;note"


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    with Database(database_url) as db:
        Base.metadata.create_all(db.engine)
        METADATA.create_all(db.engine)
        yield db


def write(folder: Path, *lines: str, name: str = "parts.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def rows(db: Database) -> list[tuple[Any, ...]]:
    c = PARTS.c
    query = sa.select(c.code, c.price, c.stock, c.since, c.note).order_by(c.code)
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def quarantine(db: Database) -> list[tuple[Any, ...]]:
    c = RejectedRow.__table__.c
    with db.engine.connect() as connection:
        query = sa.select(c.line, c.column_name, c.value, c.reason).order_by(c.line)
        return [tuple(row) for row in connection.execute(query)]


def test_a_key_that_the_database_makes_and_rows_matched_by_the_natural_one(
    db: Database, tmp_path: Path
) -> None:
    path = write(tmp_path, HEADER, "a;1,50;2,00;2026-01-02;", "b;;;;x")
    (first,) = FEED.load(db, path)
    assert (first.inserted, first.note) == (2, "")
    assert rows(db) == [
        ("a", Decimal("1.50"), 2, date(2026, 1, 2), None),
        ("b", None, None, None, "x"),
    ]
    write(tmp_path, HEADER, "a;1,50;3,00;2026-01-02;", "b;;;;x")
    (second,) = FEED.load(db, path)
    assert (second.updated, second.unchanged) == (1, 1)
    assert "had changed since" in second.note


def test_quarantine_shows_the_field_as_the_file_has_it(db: Database, tmp_path: Path) -> None:
    rule = Rule("stock", "is negative", lambda values: pa.compute.less(values, 0))
    feed = replace(FEED, rules=[rule], columns=COLUMNS | {"price": Number("Price", missing=("-",))})
    lines = ["a;1.50;1;;", "b;;1;;", "c;-;-1,00;;", ";-;1;;", "e;-;1;;" + "z" * 21, "f;-"]
    FEED.load(db, write(tmp_path, HEADER, "x;1,5;1;;"))
    feed.load(db, write(tmp_path, HEADER, *lines, name="more.csv"))
    number = "not a number with ',' as its decimal sign"
    assert quarantine(db) == [
        (2, "Price", "1.50", number),
        (3, "Price", "", number),
        (4, "Stock", "-1,00", "is negative"),
        (5, "Part No", "", "missing"),
        (6, "note", "z" * 21, "longer than 20 characters"),
        (7, "-", "f;-", "has 2 fields, 5 are expected"),
    ]


def test_blanks_are_taken_off_where_that_is_said_and_told(db: Database, tmp_path: Path) -> None:
    path = write(tmp_path, f" {HEADER} ", " a ; 1,5;2;;  ", "b;2,5;2;;")
    with pytest.raises(PipelineError, match="Renamed. 'Part No' may be ' Part No' now"):
        FEED.load(db, path)
    (report,) = replace(FEED, read=Csv(";", decimal=",", strip=True)).load(db, path)
    assert report.inserted == 2 and report.note.endswith("Blanks were taken off 3 values.")
    assert [row[:2] for row in rows(db)] == [("a", Decimal("1.5")), ("b", Decimal("2.5"))]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (f"{HEADER};Colour", ["New: 'Colour'."]),
        ("Part no;Price;Stock;since;note", ["New: 'Part no'.", "Renamed? 'Part No' may be 'Part"]),
        (HEADER.replace(";", ","), ["is ',' its delimiter?"]),
        (f"{HEADER};Price", ["Twice: 'Price'."]),
        (";".join(f"f{number}" for number in range(30)), ["'f11' and 18 more", "Gone: 'Part No'"]),
    ],
    ids=["new", "renamed", "delimiter", "twice", "another file"],
)
def test_a_header_that_has_changed_is_told(
    db: Database, tmp_path: Path, header: str, said: list[str]
) -> None:
    with pytest.raises(PipelineError) as caught:
        FEED.load(db, write(tmp_path, header))
    assert "parts.csv does not fit the feed of parts." in str(caught.value)
    for each in said:
        assert each in str(caught.value)


def test_a_column_that_the_file_has_lost_is_told_and_keeps_its_values(
    db: Database, tmp_path: Path
) -> None:
    FEED.load(db, write(tmp_path, HEADER, "a;1,5;2;;old"))
    path = write(tmp_path, "Part No;Price;Stock;since;Note", "a;2,5;2;;n")
    (report,) = replace(FEED, others="leave out").load(db, path)
    assert "parts.csv: Gone: 'note'. Renamed? 'note' may be 'Note' now." in report.note
    assert rows(db)[0][4] == "old"
    without = replace(FEED, columns=COLUMNS | {"note": None}, others="leave out")
    (report,) = without.load(db, tmp_path / "parts.csv", again=True)
    assert report.note == "" and report.unchanged == 1


def test_another_feed_judges_a_file_again(db: Database, tmp_path: Path) -> None:
    path = write(tmp_path, HEADER, "a;1,5;2;;x")
    FEED.load(db, path)
    assert FEED.load(db, path)[0].read == 0
    upper = replace(FEED, columns=COLUMNS | {"note": str.upper})
    (report,) = upper.load(db, path)
    assert report.updated == 1 and "was judged by other rules" in report.note
    assert rows(db)[0][4] == "X"
    twice = replace(FEED, columns=COLUMNS | {"note": Function(lambda text: text * 2)})
    assert twice.load(db, path)[0].updated == 1
    thrice = replace(FEED, columns=COLUMNS | {"note": Function(lambda text: text * 3)})
    assert thrice.load(db, path)[0].updated == 1


def test_vanished_rows_limit_and_key_are_those_of_the_load(db: Database, tmp_path: Path) -> None:
    feed = replace(FEED, vanished="mark", key=("code",), limit=0.5)
    path = write(tmp_path, HEADER, "a;1,5;2;;", "b;1,5;2;;", "c;1;2;;")
    feed.load(db, path)
    (report,) = feed.load(db, write(tmp_path, HEADER, "a;1,5;2;;", "c;1;2;;"))
    assert (report.vanished, report.unchanged) == (1, 2)
    with pytest.raises(PipelineError, match="limit is 0.5"):
        feed.load(db, write(tmp_path, HEADER, "a;x;2;;", "c;y;2;;"))


# --- Formats --------------------------------------------------------------------------------


def test_json_lines_keep_the_digits_and_set_bad_lines_aside(db: Database, tmp_path: Path) -> None:
    columns = {"code": "c", "price": "p", "stock": Whole("s"), "note": Json("n", ("x",))}
    feed = Feed(PARTS, columns=columns | {"since": None})
    lines = [
        '{"c": "a", "p": 1.10, "s": 2, "n": {"x": "ü", "y": [1.50, true]}}',
        "",
        '{"c": "b", "p": null, "s": 3.0, "n": {}}',
        '{"c": "c", "p": 1, "p": 2}',
        "[1]",
        "{oops",
        '{"c": "d", "extra": 1}',
        '{"c": "e", "p": 1.101, "n": null}',
        '{"c": 5, "n": null}',
    ]
    path = tmp_path / "parts.jsonl.gz"
    path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode()))
    with pytest.raises(PipelineError, match="New: 'extra'"):
        feed.load(db, path)
    (report,) = replace(feed, others="leave out").load(db, path)
    assert (report.read, report.rejected) == (8, 4)
    assert rows(db) == [
        ("5", None, None, None, None),
        ("a", Decimal("1.10"), 2, None, "ü"),
        ("b", None, 3, None, None),
        ("d", None, None, None, None),
    ]
    assert [(line, reason) for line, _, _, reason in quarantine(db)] == [
        (4, "not an object of JSON, with each field once"),
        (5, "not an object of JSON"),
        (6, "not an object of JSON, with each field once"),
        (8, "does not fit the column"),
    ]


def test_a_field_that_comes_late_in_json_lines_is_a_bad_row(db: Database, tmp_path: Path) -> None:
    lines = [json.dumps({"code": f"c{number}"}) for number in range(1000)]
    path = write(tmp_path, *lines, '{"code": "z", "late": 1}', name="parts.ndjson")
    (report,) = Feed(PARTS).load(db, path)
    assert (report.inserted, report.rejected) == (1000, 1)
    assert quarantine(db)[0][3] == "has late, which the first rows have not"


def test_parquet_arrow_and_frames_come_with_their_types(db: Database, tmp_path: Path) -> None:
    table = pa.table(
        {
            "Part No": pa.array(["a", "b"]).dictionary_encode(),
            "p": pa.array([Decimal("1.10"), None], pa.decimal128(8, 2)),
            "s": pa.array([2.0, 2.5]),
            "d": pa.array([date(2026, 1, 2), None]),
            "left": [1, 2],
        }
    )
    columns = {"code": "Part No", "price": "p", "stock": "s", "since": "d", "note": None}
    feed = Feed(PARTS, columns=columns, others="leave out")
    pq.write_table(table, tmp_path / "parts.parquet")
    with pa.OSFile(str(tmp_path / "parts.arrow"), "wb") as stream:
        with pa.ipc.new_file(stream, table.schema) as writer:
            writer.write_table(table)
    for name in ("parts.parquet", "parts.arrow"):
        (report,) = feed.load(db, tmp_path / name)
        assert (report.read, report.rejected) == (2, 1)
        assert rows(db) == [("a", Decimal("1.10"), 2, date(2026, 1, 2), None)]
        assert quarantine(db)[0] == (2, "s", "2.5", "not a whole number")
    with db.engine.begin() as connection:
        for data in (table, table.to_pandas(types_mapper=pd.ArrowDtype)):
            report = feed.load_data(connection, data, name="all")
            assert (report.unchanged, report.rejected) == (1, 1)


def test_files_are_found_by_the_endings_of_their_reader(db: Database, tmp_path: Path) -> None:
    write(tmp_path, "code\tnote", "a\tx", name="1.tsv")
    write(tmp_path, '{"code": "b"}', name="2.jsonl")
    feed = Feed(PARTS, tmp_path, Csv("\t"), {"price": None, "stock": None, "since": None})
    assert [report.source for report in feed.load(db)] == ["1.tsv"]
    assert [each.source for each in replace(feed, read=JsonLines()).load(db)] == ["2.jsonl"]
    with pytest.raises(PipelineError, match="cannot be read as Parquet or Arrow"):
        replace(feed, read=Parquet()).load(db, tmp_path / "1.tsv")
    with pytest.raises(PipelineError, match="no file to load"):
        replace(feed, read=Parquet()).load(db)
    with pytest.raises(PipelineError, match="Nothing tells how x.dat is written"):
        Feed(PARTS).load(db, write(tmp_path, "code", "a", name="x.dat"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"columns": {"kode": "code"}}, "has no column kode"),
        ({"columns": {"code": 5}}, r"columns\['code'\] is a int"),
        ({"columns": {"code": Whole}}, r"columns\['code'\] is a type"),
        ({"others": "ignore"}, "others='ignore' is none of"),
        ({"vanished": "drop"}, "vanished='drop' is none of"),
        ({"key": "code"}, "key='code' is a text"),
        ({"model": "parts"}, "is no model"),
        ({"read": lambda: Csv(";;")}, "is no sign"),
    ],
    ids=["unknown", "number", "type", "others", "vanished", "key", "model", "delimiter"],
)
def test_what_no_feed_can_be_is_said_when_it_is_made(options: dict[str, Any], said: str) -> None:
    with pytest.raises(PipelineError, match=said):
        made = {name: value() if name == "read" else value for name, value in options.items()}
        Feed(**({"model": PARTS} | made))


def test_a_moment_of_any_form_is_one_row(db: Database, tmp_path: Path) -> None:
    events = sa.Table(
        "events", sa.MetaData(), sa.Column("at", Timestamp, primary_key=True), **MYSQL
    )
    events.create(db.engine)
    texts = ["2026-01-05T08:00:00.000Z", "2026-01-05 09:00+01", "20260105T080001Z", "2026-01-05"]
    (report,) = Feed(events, columns={"at": Time()}).load(db, write(tmp_path, "at", *texts))
    assert (report.inserted, report.rejected) == (2, 2)
    assert [row[3] for row in quarantine(db)] == [
        "repeats the key of line 2",
        "not a time as in ISO 8601",
    ]
    with db.engine.connect() as connection:
        found = sorted(connection.scalars(sa.select(events.c.at)))
    assert found == [datetime(2026, 1, 5, 8), datetime(2026, 1, 5, 8, 0, 1)]
