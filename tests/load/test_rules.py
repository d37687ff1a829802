"""What a good row is: types, lengths and what we know of the world, on whole columns."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pytest
import sqlalchemy as sa

from lib.errors import PipelineError
from lib.load.rejected import check_limit
from lib.load.rules import Rejected, Rule, above, unlike
from lib.models import Airline, Base, Flight, Weather
from lib.pipeline.flights import FEEDS, raw_source
from lib.source import Batch
from tests.support.judging import convert, validate

MADE = sa.Table(
    "made",
    sa.MetaData(),
    sa.Column("code", sa.String(3), nullable=False),
    sa.Column("small", sa.SmallInteger),
    sa.Column("number", sa.Integer),
    sa.Column("size", sa.Double),
    sa.Column("price", sa.Numeric(6, 2)),
    sa.Column("at", sa.DateTime),
    sa.Column("note", sa.Text),
)


def batch(first_line: int = 2, **columns: list[str | None]) -> Batch:
    rows = pa.RecordBatch.from_pydict(
        {name: pa.array(texts, pa.string()) for name, texts in columns.items()}
    )
    lines = pa.array(range(first_line, first_line + len(rows)), pa.int32())
    return Batch(rows, lines, 0)


def values_and_reasons(column: str, texts: list[str | None]) -> tuple[list[object], list[str]]:
    """Convert a column; return its values, and the first reason against each."""
    values, faults = convert(MADE.columns[column], pa.array(texts, pa.string()))
    reasons = [""] * len(texts)
    for reason, mask in reversed(faults):
        for index, broken in enumerate(mask.to_pylist()):
            reasons[index] = reason if broken else reasons[index]
    return values.to_pylist(), reasons


def test_good_values_get_the_type_of_their_column() -> None:
    rows = batch(
        code=["UA", "é🛫"],
        small=["-32768", "007"],
        number=["2147483647", None],
        size=["1.5", "-2e-3"],
        at=["2013-01-01T10:00:00Z", "2013-01-01 10:00:00+0130"],
        note=["x" * 1000, None],
    )
    good, lines, rejected = validate(MADE, rows)
    assert rejected == []
    assert lines.to_pylist() == [2, 3]
    assert good.to_pylist() == [
        {
            "code": "UA",
            "small": -32768,
            "number": 2147483647,
            "size": 1.5,
            "at": datetime(2013, 1, 1, 10),
            "note": "x" * 1000,
        },
        {
            "code": "é🛫",
            "small": 7,
            "number": None,
            "size": -0.002,
            "at": datetime(2013, 1, 1, 8, 30),
            "note": None,
        },
    ]


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("code", None, "missing"),
        ("code", "ABCD", "longer than 3 characters"),
        ("code", "éééé", "longer than 3 characters"),
        ("small", "", "not a whole number"),
        ("small", "x", "not a whole number"),
        ("small", "1.0", "not a whole number"),
        ("small", " 5", "not a whole number"),
        ("small", "5 ", "not a whole number"),
        ("small", "+5", "not a whole number"),
        ("small", "0x1F", "not a whole number"),
        ("small", "1e3", "not a whole number"),
        ("small", "٣", "not a whole number"),
        ("small", "32768", "does not fit the column"),
        ("number", "-2147483649", "does not fit the column"),
        ("number", "99999999999999999999", "does not fit the column"),
        ("size", "", "not a number"),
        ("size", "1,5", "not a number"),
        ("size", ".", "not a number"),
        ("size", "nan", "not a number"),
        ("size", "NaN", "not a number"),
        ("size", "inf", "not a number"),
        ("size", "-Infinity", "not a number"),
        ("size", "1e400", "does not fit the column"),
        ("at", "2013-01-01", "not a time with its zone"),
        ("at", "2013-01-01T10:00:00", "not a time with its zone"),
        ("at", "2013-01-01T10Z", "not a time with its zone"),
        ("at", "0000-01-01T10:00:00Z", "not a time with its zone"),
        ("at", "01/02/2013", "not a time with its zone"),
        ("price", "1,50", "not a decimal number"),
        ("price", "1.505", "does not fit the column"),
        ("price", "12345.00", "does not fit the column"),
        ("at", "2013-13-01T10:00:00Z", "does not fit the column"),
        ("at", "2013-02-30T10:00:00Z", "does not fit the column"),
        ("at", "2013-01-01T25:00:00Z", "does not fit the column"),
    ],
)
def test_a_bad_value_is_reported_wherever_it_stands(
    column: str, text: str | None, reason: str
) -> None:
    good = {
        "code": "UA",
        "small": "1",
        "number": "1",
        "size": "1",
        "price": "1.5",
        "at": "2013-01-01T10:00:00Z",
    }
    texts = [good[column], text, good[column]]
    columns: dict[str, list[str | None]] = {"code": ["A", "B", "C"]}
    rows = batch(first_line=10, **(columns | {column: texts}))
    kept, lines, rejected = validate(MADE, rows)
    assert rejected == [Rejected(11, column, text, reason)]
    assert lines.to_pylist() == [10, 12]
    assert len(kept) == 2


@pytest.mark.parametrize("text", [".5", "5.", "1E5", "-0", "1e-400"])
def test_a_number_is_judged_alike_in_good_and_in_bad_company(text: str) -> None:
    alone = values_and_reasons("size", [text])
    in_company = values_and_reasons("size", [text, "x"])
    assert alone == ([float(text)], [""])
    assert in_company == ([float(text), None], ["", "not a number"])


def test_several_faults_of_one_column_are_told_apart() -> None:
    values, reasons = values_and_reasons("small", ["1", "x", "99999", None, "2"])
    assert values == [1, None, None, None, 2]
    assert reasons == ["", "not a whole number", "does not fit the column", "", ""]


def test_a_column_of_missing_values_is_no_fault_unless_they_are_needed() -> None:
    for column in ("small", "size", "at", "note"):
        assert values_and_reasons(column, [None, None]) == ([None, None], ["", ""])
    assert values_and_reasons("code", [None]) == ([None], ["missing"])


def test_a_row_with_several_faults_is_reported_once_with_the_first() -> None:
    rejected = validate(MADE, batch(code=["ABCD"], small=["x"], size=["y"]))[2]
    assert rejected == [Rejected(2, "code", "ABCD", "longer than 3 characters")]


def test_a_batch_without_rows_is_good() -> None:
    good, lines, rejected = validate(MADE, batch(code=[], small=[], size=[], at=[]))
    assert (len(good), len(lines), rejected) == (0, 0, [])
    assert good.schema.field("small").type == pa.int16()


# --- Rules ------------------------------------------------------------------------------------


def test_a_rule_sees_typed_values_and_leaves_missing_ones_alone() -> None:
    rules = (
        Rule("size", "above 2", above(2)),
        Rule("code", "no letter", unlike("^[A-Z]+$")),
    )
    rows = batch(code=["A", "B", "C", "1"], size=["2", "2.1", None, "3"])
    good, lines, rejected = validate(MADE, rows, rules)
    assert rejected == [Rejected(3, "size", "2.1", "above 2"), Rejected(5, "size", "3", "above 2")]
    assert lines.to_pylist() == [2, 4]
    assert good["code"].to_pylist() == ["A", "C"]


def test_a_rule_on_a_column_that_the_file_lacks_says_nothing() -> None:
    assert validate(MADE, batch(code=["A"]), (Rule("size", "above 2", above(2)),))[2] == []


def test_every_rule_is_about_a_column_of_its_table() -> None:
    for table, feed in FEEDS.items():
        for rule in feed.rules:
            assert rule.column in Base.metadata.tables[table].columns


@pytest.mark.parametrize(
    ("tailnum", "good"),
    [("N14228", True), ("N1", True), (None, True), ("D942DN", False), ("N", False), ("n1", False)],
)
def test_a_tail_number_is_american(tailnum: str | None, good: bool) -> None:
    assert len(validate(Flight.__table__, batch(tailnum=[tailnum]), FEEDS["flights"].rules)[2]) == (
        0 if good else 1
    )


@pytest.mark.parametrize(("speed", "good"), [("200", True), ("200.1", False), (None, True)])
def test_no_wind_is_above_200_mph(speed: str | None, good: bool) -> None:
    assert len(
        validate(Weather.__table__, batch(wind_speed=[speed]), FEEDS["weather"].rules)[2]
    ) == (0 if good else 1)


def test_only_the_known_rows_of_the_real_weather_are_rejected() -> None:
    rejected = [
        bad
        for rows in raw_source("weather").batches()
        for bad in validate(_weather(), rows, FEEDS["weather"].rules)[2]
    ]
    (bad,) = rejected
    assert (bad.column, bad.value, bad.reason) == ("wind_speed", "1048.36058", "above 200 mph")
    line = raw_source("weather").path.read_text().splitlines()[bad.line - 1]
    assert bad.value in line.split(",")


def test_a_table_without_rules_is_judged_by_its_types() -> None:
    assert validate(Airline.__table__, batch(carrier=["UA"], name=["United"]))[2] == []


def _weather() -> sa.Table:
    table = Weather.__table__
    assert isinstance(table, sa.Table)
    return table


@pytest.mark.parametrize("column", ["carrier", "tailnum"])
def test_a_key_that_ends_in_a_space_is_rejected(column: str) -> None:
    """MySQL takes it for the key without, SQLite for another one."""
    given = pa.array(["N1 ", "N1", None, " N1"])
    _, faults = convert(Flight.__table__.columns[column], given)  # type: ignore[arg-type]
    (mask,) = [mask for reason, mask in faults if reason == "ends in a space"]
    assert mask.to_pylist() == [True, False, None, False]


@pytest.mark.parametrize(
    ("lines", "told"),
    [([7], "Once in line 7: a = 'x': no number."), ([7, 9], "2 times, first in line 7: a = 'x'")],
)
def test_too_many_bad_rows_are_counted_as_one_says_it(lines: list[int], told: str) -> None:
    rejected = [Rejected(line, "a", "x", "no number") for line in lines]
    with pytest.raises(PipelineError) as caught:
        check_limit(rejected, 10, 0.05, "x.csv")
    assert told in caught.value.message
