"""Rows as data frames: the same as `read_sql` gives, on both databases, whole and in batches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, insert, select

from lib.database import Database
from lib.database.frames import read_batches, read_frame
from lib.models import Airline, Airport, Base, Flight, PipelineRun, Plane, RejectedRow, Weather
from tests.support.tables import emptied_after, tables_made

NASTY = [
    'a "quoted" one',
    "two\nlines",
    "carriage\r\nreturn",
    "comma, semicolon; \\N \\",
    "",
    "NA",
    "naïve ✈",
    " blanks ",
    "100 %s %%",
    None,
]


@pytest.fixture(scope="module", params=["sqlite", "mysql"])
def url(request: pytest.FixtureRequest) -> Iterator[sa.URL]:
    with tables_made(request, request.param) as url:
        yield url


@pytest.fixture
def connection(url: sa.URL) -> Iterator[Connection]:
    with emptied_after(url) as db, db.engine.begin() as connection:
        put_rows(connection)
        yield connection


def put_rows(connection: Connection) -> None:
    """Fill the tables with what is hard to hand on."""
    airports: list[dict[str, Any]] = [
        {"faa": f"A{n}", "name": text, "lat": 1 / 3 * n if n % 2 else None, "lon": -1e-300}
        for n, text in enumerate(NASTY)
    ]
    for n, airport in enumerate(airports):
        airport |= {"alt": n * 1000 - 5000, "tz": None if n == 2 else -5, "inferred": n == 3}
    connection.execute(insert(Airport), airports)
    connection.execute(insert(Airline), [{"carrier": "AA", "name": "One"}])
    hours = [datetime(2013, 1, 1 + n // 24, n % 24) for n in range(120)]
    same = dict(year=2013, month=1, day=1, hour=1)
    weather = [
        same | {"origin": "A1", "time_hour": hour, "temp": n / 7, "wind_dir": n if n > 60 else None}
        for n, hour in enumerate(hours)
    ]
    connection.execute(insert(Weather), weather)


def columns(model: type[Base]) -> Any:
    return select(*model.__table__.columns).order_by(*model.__table__.primary_key)


@pytest.mark.parametrize("model", [Airport, Airline, Weather], ids=lambda model: model.__name__)
def test_a_table_is_read_as_read_sql_reads_it(connection: Connection, model: type[Base]) -> None:
    frame = read_frame(connection, columns(model))
    expected = pd.read_sql(columns(model), connection)
    empty = [name for name in expected if expected[name].isna().all()]
    pd.testing.assert_frame_equal(frame.drop(columns=empty), expected.drop(columns=empty))
    assert frame[empty].isna().all(axis=None)


def test_the_types_are_those_that_one_computes_with(connection: Connection) -> None:
    weather, airports = (read_frame(connection, columns(model)) for model in (Weather, Airport))
    types = {name: str(kind) for name, kind in [*weather.dtypes.items(), *airports.dtypes.items()]}
    found = [
        types[name] for name in ("time_hour", "year", "wind_dir", "temp", "origin", "inferred")
    ]
    assert found == ["datetime64[us]", "int64", "float64", "float64", "str", "bool"]


def test_no_digit_of_a_float_is_lost(connection: Connection) -> None:
    frame = read_frame(connection, columns(Airport))
    assert frame["lat"][1] == 1 / 3
    assert frame["lon"][0] == -1e-300


def test_texts_come_back_as_they_are(connection: Connection) -> None:
    names = read_frame(connection, columns(Airport))["name"].tolist()
    assert names[:-1] == NASTY[:-1]
    assert pd.isna(names[-1])


@pytest.mark.parametrize("name", ["name", "tz", "lat", "inferred"])
def test_one_column_alone_keeps_its_missing_values(connection: Connection, name: str) -> None:
    statement = select(Airport.__table__.c[name]).order_by(Airport.faa)
    expected = pd.read_sql(statement, connection)
    pd.testing.assert_frame_equal(read_frame(connection, statement), expected)


def test_a_join_a_condition_and_an_order_are_kept(connection: Connection) -> None:
    statement = (
        select(Weather.time_hour, Airport.name, Airport.alt, Weather.wind_dir)
        .join(Airport, Airport.faa == Weather.origin)
        .where(Weather.time_hour >= datetime(2013, 1, 2), Weather.temp < 10, Airport.faa != "%s")
        .order_by(Weather.time_hour.desc())
        .limit(7)
    )
    frame = read_frame(connection, statement)
    assert len(frame) == 7
    pd.testing.assert_frame_equal(frame, pd.read_sql(statement, connection))


def test_what_an_outer_join_does_not_find_is_missing(connection: Connection) -> None:
    statement = (
        select(Airport.faa, Weather.year, Weather.origin)
        .outerjoin(Weather, Weather.origin == Airport.faa)
        .order_by(Airport.faa)
    )
    expected = pd.read_sql(statement, connection)
    assert expected["year"].isna().sum() == len(NASTY) - 1
    pd.testing.assert_frame_equal(read_frame(connection, statement), expected)


def test_computed_columns_are_left_to_read_sql(connection: Connection) -> None:
    statement = select(sa.func.count().label("n"), sa.func.max(Weather.temp).label("warmest"))
    expected = pd.read_sql(statement, connection)
    pd.testing.assert_frame_equal(read_frame(connection, statement), expected)
    assert [len(frame) for frame in read_batches(connection, statement)] == [1]


def test_one_name_twice_is_left_to_read_sql(connection: Connection) -> None:
    statement = select(Airline.name, Airport.name).join(Airport, sa.true())
    expected = pd.read_sql(statement, connection)
    pd.testing.assert_frame_equal(read_frame(connection, statement), expected)


def test_batches_are_bounded_and_alike_and_make_the_whole(connection: Connection) -> None:
    batches = list(read_batches(connection, columns(Weather), size=50))
    assert [len(batch) for batch in batches] == [50, 50, 20]
    assert all(batch.dtypes.equals(batches[0].dtypes) for batch in batches)
    assert batches[0]["wind_dir"].isna().all()
    whole = pd.concat(batches, ignore_index=True)
    pd.testing.assert_frame_equal(
        whole, read_frame(connection, columns(Weather)), check_dtype=False
    )


def test_batches_that_nobody_reads_on_leave_the_connection_usable(connection: Connection) -> None:
    batches = read_batches(connection, columns(Weather), size=10)
    assert len(next(batches)) == 10
    batches.close()
    assert connection.scalar(select(sa.func.count()).select_from(Weather)) == 120


def test_it_reads_what_the_transaction_has_not_committed_yet(connection: Connection) -> None:
    connection.execute(insert(Airline), [{"carrier": "ZZ", "name": "Later"}])
    assert read_frame(connection, columns(Airline))["carrier"].tolist() == ["AA", "ZZ"]


@pytest.mark.parametrize("model", [Flight, Plane, RejectedRow, PipelineRun])
def test_an_empty_table_has_its_columns_and_types(
    connection: Connection, model: type[Base]
) -> None:
    frame = read_frame(connection, columns(model))
    assert len(frame) == 0
    assert frame.columns.tolist() == [column.name for column in model.__table__.columns]
    assert "object" not in set(map(str, frame.dtypes))


def test_a_frame_can_be_written_to(connection: Connection) -> None:
    frame = read_frame(connection, columns(Weather))
    frame.loc[0, "year"] = 1
    frame["month"] += 1
    assert frame["year"][0] == 1


def test_a_database_in_memory_is_read_too() -> None:
    with Database("sqlite://") as db, db.engine.begin() as connection:
        Base.metadata.create_all(connection)
        put_rows(connection)
        assert len(read_frame(connection, columns(Airport))) == len(NASTY)
