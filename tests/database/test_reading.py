"""Rows as data frames: the same as `read_sql` gives, on both databases, whole and in batches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
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


HOSTILE = [
    "a\x1fb",
    "",
    "a\0b",
    "\ufeffa",
    "a\r",
    "a\nb",
    "a\x1fb\nc",
    "\x1f",
    "\n",
    "é\r\n",
    "NULL",
    '"',
]
THINGS = sa.Table(
    "hard_to_read",
    sa.MetaData(),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("text", sa.String(20)),
    sa.Column("day", sa.Date),
    sa.Column("price", sa.Numeric(10, 2)),
    sa.Column("known", sa.Boolean),
    mysql_charset="utf8mb4",
)


@pytest.fixture
def things(url: sa.URL) -> Iterator[Connection]:
    with Database(url) as db, db.engine.connect() as connection:
        THINGS.create(connection)
        connection.commit()
        try:
            yield connection
        finally:
            connection.rollback()
            THINGS.drop(connection)
            connection.commit()


def same(connection: Connection, *names: str, where: Any = None) -> None:
    """Compare both ways to read, values and types."""
    statement = select(*(THINGS.c[name] for name in names)).order_by(THINGS.c.place)
    if where is not None:
        statement = statement.where(where)
    expected = pd.read_sql(statement, connection)
    pd.testing.assert_frame_equal(read_frame(connection, statement), expected)
    parts = pd.concat(read_batches(connection, statement, size=2), ignore_index=True)
    pd.testing.assert_frame_equal(parts, expected, check_dtype=False)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_no_text_is_taken_for_a_separator(things: Connection, text: str) -> None:
    rows = [{"place": n, "text": each} for n, each in enumerate(["x", None, text, "y"])]
    things.execute(insert(THINGS), rows)
    same(things, "text")
    same(things, "text", "place")
    same(things, "place", "text")
    same(things, "place", "text", where=THINGS.c.text == text)


def test_two_faults_of_a_line_do_not_hide_each_other(things: Connection) -> None:
    rows = [{"place": n, "text": each} for n, each in enumerate(["", "a\0b", None, "c\0", "\0"])]
    things.execute(insert(THINGS), rows)
    same(things, "place", "text")
    same(things, "text")


def test_dates_decimals_and_truths_are_as_read_sql_gives_them(things: Connection) -> None:
    days = [date(2013, 1, 31), None, date(1969, 12, 31), date(2000, 2, 29)]
    prices = [Decimal("0.10"), Decimal("-99999999.99"), None, Decimal("12345678.05")]
    rows = [
        {"place": n, "text": "t", "day": day, "price": price, "known": n > 2}
        for n, (day, price) in enumerate(zip(days, prices, strict=True))
    ]
    things.execute(insert(THINGS), rows)
    for name in ("day", "price", "known"):
        same(things, name)
    same(things, "place", "day", "text", "known")
    same(things, "text", "price", "day", "place")


ODD = [0.285, 2.675, 0.125, 1 / 3, 1e15 + 0.3, 2.0**53 + 2, 1e300, -1e-300, 5, None, 0.1 + 0.2]


@pytest.mark.parametrize("kind", [sa.Numeric(10, 2), sa.Numeric(), sa.Float(), sa.Numeric(30, 25)])
@pytest.mark.parametrize("values", [[1, 2], [0.1, None, -3], ODD], ids=["whole", "short", "odd"])
def test_a_decimal_has_the_digits_that_read_sql_gives_it(
    kind: sa.types.TypeEngine[Any], values: list[float | None]
) -> None:
    """SQLite keeps floats; what their column is declared as says how they are rounded."""
    prices = sa.Table("prices", sa.MetaData(), sa.Column("price", kind))
    with Database("sqlite://") as db, db.engine.begin() as connection:
        prices.create(connection)
        raw: Any = connection.connection.driver_connection
        raw.executemany("INSERT INTO prices VALUES (?)", [(value,) for value in values])
        expected = pd.read_sql(select(prices), connection)
        frame = read_frame(connection, select(prices))
        pd.testing.assert_frame_equal(frame, expected, check_exact=True)


def test_numbers_that_are_no_decimals_stay_whole() -> None:
    prices = sa.Table("p", sa.MetaData(), sa.Column("price", sa.Numeric(10, 2, asdecimal=False)))
    with Database("sqlite://") as db, db.engine.begin() as connection:
        prices.create(connection)
        connection.execute(insert(prices), [{"price": 1}, {"price": 2}])
        expected = pd.read_sql(select(prices), connection)
        pd.testing.assert_frame_equal(read_frame(connection, select(prices)), expected)


@pytest.mark.parametrize(
    ("declared", "value"),
    [("TEXT", "'7'"), ("", "7"), ("VARCHAR(5)", "x'41'"), ("BLOB", "x'c3'"), ("", "1.5")],
)
@pytest.mark.parametrize("kind", [sa.Integer(), sa.String(5)], ids=["number", "text"])
def test_a_value_of_another_kind_is_left_to_read_sql(
    declared: str, value: str, kind: sa.types.TypeEngine[Any]
) -> None:
    """SQLite keeps a value as it comes where the column's own declaration allows it."""
    odd = sa.Table("odd", sa.MetaData(), sa.Column("a", kind), sa.Column("b", sa.String(5)))
    with Database("sqlite://") as db, db.engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE odd (a {declared}, b TEXT)")
        connection.exec_driver_sql(f"INSERT INTO odd VALUES ({value}, 'x'), ({value}, '\"')")
        expected = pd.read_sql(select(odd), connection)
        pd.testing.assert_frame_equal(read_frame(connection, select(odd)), expected)


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_a_file_in_any_encoding_is_read(encoding: str) -> None:
    with Database("sqlite://") as db, db.engine.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA encoding = '{encoding}'")
        THINGS.create(connection)
        texts = ["naïve ✈ 🛫", None, 'a"b', "c"]
        rows = [{"place": n, "text": each} for n, each in enumerate(texts)]
        connection.execute(insert(THINGS), rows)
        assert connection.exec_driver_sql("PRAGMA encoding").scalar() == encoding
        same(connection, "place", "text")
        same(connection, "text", where=THINGS.c.place > 2)


def test_a_column_is_read_by_its_name_in_the_database(things: Connection) -> None:
    named = sa.Table("hard_to_read", sa.MetaData(), sa.Column("place", sa.Integer, key="at"))
    things.execute(insert(THINGS), [{"place": 4}])
    assert read_frame(things, select(named.c["at"])).to_dict("list") == {"place": [4]}


def test_what_a_line_has_no_room_for_is_read_as_well() -> None:
    many = [sa.Column(f"n{n}", sa.Integer) for n in range(100)]
    rest: list[sa.Column[Any]] = [sa.Column("day", sa.Date), sa.Column("known", sa.Boolean)]
    rest.append(sa.Column("at", sa.DateTime))
    wide = sa.Table("wide", sa.MetaData(), *many, *rest, sa.Column("text", sa.String(3)))
    with Database("sqlite://") as db, db.engine.begin() as connection:
        wide.create(connection)
        row: dict[str, Any] = {each.name: n for n, each in enumerate(many)}
        row |= {"day": date(2013, 1, 2), "known": True, "at": datetime(2013, 1, 2, 3), "text": "a"}
        connection.execute(insert(wide), [row, row | {"known": False, "text": "b"}])
        expected = pd.read_sql(select(wide), connection)
        pd.testing.assert_frame_equal(read_frame(connection, select(wide)), expected)


@pytest.mark.parametrize("count", [97, 98, 99, 100, 101, 300])
def test_a_wide_table_is_read(count: int) -> None:
    """SQLite's functions take a limited number of arguments."""
    numbers = [sa.Column(f"n{n}", sa.Integer) for n in range(count)]
    wide = sa.Table("wide", sa.MetaData(), *numbers)
    with Database("sqlite://") as db, db.engine.begin() as connection:
        wide.create(connection)
        connection.execute(insert(wide), [{each.name: n for n, each in enumerate(numbers)}])
        expected = pd.read_sql(select(wide), connection)
        pd.testing.assert_frame_equal(read_frame(connection, select(wide)), expected)


def test_a_text_in_a_column_of_numbers_is_left_to_read_sql() -> None:
    """SQLite keeps what it cannot make a number of, whatever the column is declared as."""
    with Database("sqlite://") as db, db.engine.begin() as connection:
        THINGS.create(connection)
        connection.exec_driver_sql(
            "INSERT INTO hard_to_read (place, known) VALUES (1, 0), (2, 'x')"
        )
        numbers = sa.table("hard_to_read", sa.column("place", sa.Integer))
        odd = sa.Table(
            "hard_to_read",
            sa.MetaData(),
            sa.Column("place", sa.Integer),
            sa.Column("known", sa.Integer),
        )
        assert read_frame(connection, select(numbers.c.place))["place"].tolist() == [1, 2]
        statement = select(*odd.c)
        expected = pd.read_sql(statement, connection)
        assert expected["known"].tolist() == [0, "x"]
        pd.testing.assert_frame_equal(read_frame(connection, statement), expected)


def test_a_database_in_memory_is_read_too() -> None:
    with Database("sqlite://") as db, db.engine.begin() as connection:
        Base.metadata.create_all(connection)
        put_rows(connection)
        assert len(read_frame(connection, columns(Airport))) == len(NASTY)
