"""Every type of SQLAlchemy's on both databases: the same rows, or the same refusal, of each text.

What is stored is asked of the ORM's side of the type, so a text that is stored in a form which
SQLAlchemy cannot read would be seen.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lib import CsvSource, Database, PipelineError, bulk_load
from lib.database.base import MYSQL, Base
from lib.load.rules import Rule, above
from lib.source.csv_form import CsvForm

BAD = object()  # goes into quarantine
ONE = uuid.UUID("0a1b2c3d-0000-4000-8000-00000000000f")
# By type: what becomes of each text.
MATRIX: dict[str, tuple[Any, dict[str, Any]]] = {
    "string": (sa.String(3), {"abc": "abc", "ü🛫x": "ü🛫x", "abcd": BAD, " a": " a", "7": "7"}),
    "unicode": (sa.Unicode(3), {"äöü": "äöü", "abcd": BAD}),
    "char": (sa.CHAR(2), {"ab": "ab", "abc": BAD, "a ": BAD}),
    "text": (sa.Text(), {"x" * 999: "x" * 999, "x" * 65_535: "x" * 65_535, "x" * 65_536: BAD}),
    "enum": (sa.Enum("red", "blue", name="colour"), {"red": "red", "Red": BAD, "pink": BAD}),
    "boolean": (sa.Boolean(), {"1": True, "false": False, "TRUE": True, "2": BAD, "yes": BAD}),
    "small": (sa.SmallInteger(), {"-32768": -32768, "007": 7, "32768": BAD, "1.0": BAD}),
    "integer": (sa.Integer(), {"2147483647": 2**31 - 1, "2147483648": BAD, "1e3": BAD}),
    "big": (sa.BigInteger(), {"9223372036854775807": 2**63 - 1, "9223372036854775808": BAD}),
    "double": (sa.Double(), {"0.1": 0.1, "-2e-3": -0.002, "1e400": BAD, "nan": BAD, "1,5": BAD}),
    "numeric": (
        sa.Numeric(6, 2),
        {"1.5": Decimal("1.50"), "9999.99": Decimal("9999.99"), "1.005": BAD, "10000": BAD},
    ),
    "date": (
        sa.Date(),
        {"2024-02-29": date(2024, 2, 29), "2023-02-29": BAD, "2024-2-9": BAD, "20240229": BAD},
    ),
    "datetime": (
        sa.DateTime(),
        {
            "2024-02-29T10:00:00Z": datetime(2024, 2, 29, 10),
            "2024-02-29 10:00:00+01:30": datetime(2024, 2, 29, 8, 30),
            "2024-02-29 10:00:00": BAD,
            "2024-02-30T10:00:00Z": BAD,
        },
    ),
    "time": (sa.Time(), {"08:15:30": time(8, 15, 30), "99:99": BAD, "24:00:00": BAD}),
    "uuid": (
        sa.Uuid(),
        {
            str(ONE): ONE,
            str(ONE).upper(): ONE,
            ONE.hex: ONE,
            "nonsense": BAD,
            f"{str(ONE)[:-1]}g": BAD,
        },
    ),
    "json": (
        sa.JSON(),
        {'{"a": [1, 2.5, null, "ü"]}': {"a": [1, 2.5, None, "ü"]}, "{broken": BAD, "NaN": BAD},
    ),
    "interval": (
        sa.Interval(),
        {"1 days 02:00:00": timedelta(days=1, hours=2), "long": BAD},
    ),
}


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    with Database(database_url) as db:
        Base.metadata.create_all(db.engine)
        yield db


def written(folder: Path, values: list[str]) -> CsvSource:
    path = folder / "values.csv"
    rows = (f"{number}\t{value}" for number, value in enumerate(values, 1))
    path.write_text("\n".join(["id\tvalue", *rows]) + "\n", encoding="utf-8", newline="")
    return CsvSource(path, form=CsvForm("\t", quote=None))


def table_of(db: Database, kind: Any) -> sa.Table:
    table = sa.Table(
        "one",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("value", kind),
        **MYSQL,
    )
    table.create(db.engine)
    return table


@pytest.mark.parametrize("name", MATRIX)
def test_each_text_is_the_same_value_or_the_same_refusal(
    db: Database, tmp_path: Path, name: str
) -> None:
    kind, expected = MATRIX[name]
    table, source = table_of(db, kind), written(tmp_path, list(expected))
    good = {number: value for number, value in enumerate(expected.values(), 1) if value is not BAD}
    for _ in range(2):  # the second time, each row is found unchanged
        with db.engine.begin() as connection:
            report = bulk_load(connection, table, source)
        with db.engine.connect() as connection:
            stored = {row.id: row.value for row in connection.execute(sa.select(table))}
            rejected = sa.select(Base.metadata.tables["rejected_rows"].c.line)
            lines = set(connection.scalars(rejected))
        assert stored == good
        assert {line - 1 for line in lines} == set(range(1, len(expected) + 1)) - good.keys()
        assert report.inserted + report.unchanged == len(good)
    assert report.unchanged == len(good)


@pytest.mark.parametrize("name", MATRIX)
def test_what_the_orm_writes_is_what_a_load_would_write(
    db: Database, tmp_path: Path, name: str
) -> None:
    kind, expected = MATRIX[name]
    table, source = table_of(db, kind), written(tmp_path, list(expected))
    rows = [
        {"id": number, "value": value}
        for number, value in enumerate(expected.values(), 1)
        if value is not BAD
    ]
    with db.engine.begin() as connection:
        connection.execute(sa.insert(table), rows)
        report = bulk_load(connection, table, source)
    assert (report.inserted, report.updated, report.unchanged) == (0, 0, len(rows))


@pytest.mark.parametrize("kind", [sa.LargeBinary(), sa.PickleType(), sa.Numeric()], ids=repr)
def test_a_type_that_no_text_can_be_is_refused_before_the_first_row(
    db: Database, tmp_path: Path, kind: Any
) -> None:
    table = table_of(db, kind)
    with db.engine.begin() as connection:
        with pytest.raises(PipelineError, match="one.value"):
            bulk_load(connection, table, written(tmp_path, ["1"]))


@pytest.mark.parametrize("name", MATRIX)
def test_a_row_that_a_new_rule_rejects_is_found_in_the_table_and_taken_out(
    db: Database, tmp_path: Path, name: str
) -> None:
    kind, expected = MATRIX[name]
    table, source = table_of(db, kind), written(tmp_path, list(expected))
    good = [number for number, value in enumerate(expected.values(), 1) if value is not BAD]
    late = Rule("id", "too late", above(good[0]))
    with db.engine.begin() as connection:
        bulk_load(connection, table, source)
        report = bulk_load(connection, table, source, rules=[late])
        left = connection.scalars(sa.select(table.c.id)).all()
    assert (list(left), report.removed) == (good[:1], len(good) - 1)
