"""Each question, answered once more with pandas from the raw files, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from sqlalchemy import URL, Connection

from lib import queries
from lib.database import Database
from lib.models import Base, Flight
from lib.pipeline.flights import raw_source
from tests.support.year import KINDS, Year, load_year

Query = Callable[..., pd.DataFrame]
QUERIES: dict[str, Query] = {
    name: getattr(queries, name) for name in ("delays_by_month", "quarantine", "recent_runs")
}
for column in (Flight.hour, Flight.carrier, Flight.dest):
    QUERIES[f"delays_by {column.key}"] = partial(queries.delays_by, column=column)


@pytest.fixture(scope="module", params=KINDS)
def year(request: pytest.FixtureRequest) -> Year:
    return load_year(request, request.param)


@pytest.fixture(scope="module")
def raw() -> dict[str, pd.DataFrame]:
    """The raw files as pandas reads them, without the rows that are rejected."""
    names = ("weather", "flights")
    frames = {
        # Only NA is missing; pandas would also take other texts for it.
        name: pd.read_csv(raw_source(name).path, keep_default_na=False, na_values=["NA"])
        for name in names
    }
    flights, weather = frames["flights"], frames["weather"]
    frames["flights"] = flights[flights["tailnum"] != "D942DN"]
    frames["weather"] = weather[~(weather["wind_speed"] > 200)]
    assert len(flights) - len(frames["flights"]) == 4
    assert len(weather) - len(frames["weather"]) == 1
    return frames


_answers: dict[tuple[URL, Query], pd.DataFrame] = {}  # a year is long, and only read here


def ask(year: Year, query: Query, **options: Any) -> pd.DataFrame:
    kept = _answers.get((year.db.url, query)) if not options else None
    if kept is None:
        with year.db.engine.connect() as connection:
            kept = query(connection, **options)
        if not options:
            _answers[year.db.url, query] = kept
    return kept.copy()


def measures(flights: pd.DataFrame) -> dict[str, float]:
    """Count by hand, without grouping."""
    departed = flights.loc[flights["dep_time"].notna(), "dep_delay"]
    return {
        "flights": len(flights),
        "cancelled": int(flights["dep_time"].isna().sum()),
        "on_time": (departed < 15).sum() / len(departed),
        "mean_delay": departed.sum() / len(departed),
    }


def measured_by(flights: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the measures of each value of a column, in its order; missing values come first."""
    parts = []
    for value, part in flights.groupby(column, dropna=False):
        numbers = measures(part) if part["dep_time"].notna().any() else _nothing_departed(part)
        parts.append({column: value} | numbers)
    return pd.DataFrame(parts).sort_values(column, na_position="first", ignore_index=True)


def _nothing_departed(flights: pd.DataFrame) -> dict[str, float]:
    unknown = float("nan")
    return dict(flights=len(flights), cancelled=len(flights), on_time=unknown, mean_delay=unknown)


def assert_same(answer: pd.DataFrame, expected: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(answer, expected, check_dtype=False, rtol=1e-12)


@pytest.mark.parametrize(
    ("query", "column", "groups"),
    [
        ("delays_by_month", "month", 12),
        ("delays_by hour", "hour", 20),
        ("delays_by carrier", "carrier", 16),
        ("delays_by dest", "dest", 105),
    ],
)
def test_delays_by_a_column(
    year: Year, raw: dict[str, pd.DataFrame], query: str, column: str, groups: int
) -> None:
    answer = ask(year, QUERIES[query])
    assert len(answer) == groups
    assert_same(answer, measured_by(raw["flights"], column))
    assert (answer["flights"].sum(), answer["cancelled"].sum()) == (336_772, 8_255)


@pytest.mark.parametrize("column", ["month", "hour", "carrier"])
def test_sums_of_delays_are_those_that_the_database_finds(year: Year, column: str) -> None:
    by = Flight.__table__.c[column]
    delays = sa.func.aggregate_strings(sa.cast(Flight.dep_delay, sa.String(11)), ",")
    counted = sa.func.count(), sa.func.count(Flight.dep_time), delays
    with year.db.engine.connect() as connection:
        rows = connection.execute(sa.select(*counted).group_by(by).order_by(by)).all()
        asked = sa.select(*queries.sums()).group_by(by).order_by(by)
        expected = pd.read_sql(asked, connection)
    found = queries.sums_of(*zip(*rows, strict=True))
    assert [len(each) for each in found.pop("delays")] == expected["departed"].tolist()
    pd.testing.assert_frame_equal(found, expected)
    assert found["departed"].sum() == 336_772 - 8_255


def test_sums_of_nothing_have_the_same_columns() -> None:
    found = queries.sums_of([], [], [])
    assert [len(found), *found] == [0, *(each.name for each in queries.sums()), "delays"]
    assert (
        queries.sums_of([2], [0], [None])[["departed", "late", "delay"]].iloc[0].tolist() == [0] * 3
    )


def test_where_nothing_departed_there_is_no_share_on_time(year: Year) -> None:
    answer = ask(year, QUERIES["delays_by hour"])
    row = answer[answer["hour"] == 1].iloc[0]
    assert (row["flights"], row["cancelled"]) == (1, 1)
    assert pd.isna(row["on_time"])
    assert pd.isna(row["mean_delay"])


def test_the_quarantine(year: Year) -> None:
    answer = ask(year, queries.quarantine)
    columns = ["table_name", "file", "line", "column_name", "value", "reason"]
    assert answer.columns.tolist() == columns
    assert answer["value"].tolist() == ["D942DN"] * 4 + ["1048.36058"]


def test_the_recent_runs_newest_first(year: Year) -> None:
    answer = ask(year, queries.recent_runs)
    assert answer["id"].tolist() == sorted(answer["id"], reverse=True)
    assert answer["outcome"].tolist()[-1] == "succeeded"
    assert answer["rows_inserted"].tolist()[-1] == 367_682
    assert str(answer["started_at"].dtype).startswith("datetime64")
    assert len(ask(year, queries.recent_runs, limit=1)) == 1


@pytest.mark.parametrize("name", QUERIES)
def test_both_databases_give_the_same_frame(request: pytest.FixtureRequest, name: str) -> None:
    here, there = (ask(load_year(request, kind), QUERIES[name]) for kind in KINDS)
    if name == "recent_runs":  # the tests run the pipeline in another order on each, by the clock
        here, there = here.tail(1), there.tail(1)
        clock = ["id", "started_at", "finished_at"]
        assert here[clock].dtypes.equals(there[clock].dtypes)
        here, there = here.drop(columns=clock), there.drop(columns=clock)
        here, there = here.reset_index(drop=True), there.reset_index(drop=True)
    pd.testing.assert_frame_equal(here, there, check_exact=False, rtol=1e-12)
    assert here.dtypes.equals(there.dtypes)


def test_no_query_is_forgotten() -> None:
    asked = {
        name
        for name, made in vars(queries).items()
        if callable(made) and getattr(made, "__module__", "") == queries.__name__
    }
    parts = {"sums", "sums_of", "measures", "delays_by"}  # of which the others are made
    named = {name for name in QUERIES if " " not in name}
    assert {name for name in asked if not name.startswith("_")} == named | parts


def test_an_empty_database_has_an_answer(database_url: str) -> None:
    with Database(database_url) as db:
        Base.metadata.create_all(db.engine)
        with db.engine.connect() as connection:
            lengths = {name: len(query(connection)) for name, query in QUERIES.items()}
    assert lengths == dict.fromkeys(QUERIES, 0)


def test_a_query_leaves_the_transaction_to_its_caller(year: Year) -> None:
    with year.db.engine.connect() as connection:
        assert isinstance(connection, Connection)
        queries.delays_by_month(connection)
        assert connection.in_transaction()
        connection.rollback()
