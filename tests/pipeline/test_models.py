"""The tables: their names, their lengths, their references, and what comes back from them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import mysql
from sqlalchemy.engine import URL
from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.schema import CreateIndex, CreateTable

from lib import models
from lib.database import Database
from lib.models import Airline, Airport, Base, Flight, PipelineRun, Plane, RejectedRow, Weather
from tests.support.tables import emptied_after, tables_made
from tests.support.year import KINDS

TABLES = Base.metadata.sorted_tables
HOUR = datetime(2013, 12, 31, 23, 0, 59)


@pytest.fixture(scope="module", params=KINDS)
def url(request: pytest.FixtureRequest) -> Iterator[URL]:
    with tables_made(request, request.param) as url:
        yield url


@pytest.fixture
def db(url: URL) -> Iterator[Database]:
    """A database of each kind, with the tables, and without rows."""
    with emptied_after(url) as db:
        yield db


def expected_name(constraint: sa.Constraint) -> str:
    """Spell the convention once more, without SQLAlchemy."""
    table = constraint.table.name
    columns = "_".join(column.name for column in constraint.columns)
    if isinstance(constraint, sa.PrimaryKeyConstraint):
        return f"pk_{table}"
    if isinstance(constraint, sa.ForeignKeyConstraint):
        return f"fk_{table}_{columns}_{constraint.referred_table.name}"
    assert isinstance(constraint, sa.UniqueConstraint)
    return f"uq_{table}_{columns}"


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_every_constraint_and_index_is_named_by_the_convention(table: sa.Table) -> None:
    ddl = str(CreateTable(table).compile(dialect=mysql.dialect()))
    for constraint in table.constraints:
        assert expected_name(constraint) in ddl
    for index in table.indexes:
        assert index.name == f"ix_{table.name}_" + "_".join(column.name for column in index.columns)


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_every_string_has_a_length_and_every_float_is_a_double(table: sa.Table) -> None:
    for column in table.columns:
        if isinstance(column.type, sa.String) and not isinstance(column.type, sa.Text):
            assert column.type.length, column
        if isinstance(column.type, sa.Float):
            assert isinstance(column.type, sa.Double), column


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_mysql_compares_bytes_in_every_table(table: sa.Table) -> None:
    ddl = str(CreateTable(table).compile(dialect=mysql.dialect()))
    assert "COLLATE utf8mb4_bin" in ddl
    assert "ENGINE=InnoDB" in ddl
    indexes = [str(CreateIndex(index).compile(dialect=mysql.dialect())) for index in table.indexes]
    assert all(f" ON {table.name} (" in index for index in indexes)


def relationships() -> list[RelationshipProperty[object]]:
    # Sorted, because mappers are a set, and pytest-xdist wants the same order in each worker.
    every = [each for mapper in Base.registry.mappers for each in mapper.relationships]
    return sorted(every, key=str)


@pytest.mark.parametrize("relationship", relationships(), ids=str)
def test_every_relationship_goes_both_ways(relationship: RelationshipProperty[object]) -> None:
    assert relationship.back_populates
    back = relationship.mapper.relationships[relationship.back_populates]
    assert back.back_populates == relationship.key
    assert back.mapper is relationship.parent


def test_every_foreign_key_but_that_of_the_weather_has_a_relationship() -> None:
    keys = {key.parent for table in TABLES for key in table.foreign_keys}
    walked = {column for each in relationships() for column in each.local_columns}
    assert {str(key) for key in keys - walked} == {"weather.origin"}


def test_every_table_says_what_it_is() -> None:
    for mapper in Base.registry.mappers:
        assert inspect.getdoc(mapper.class_), mapper
    assert {mapper.class_.__name__ for mapper in Base.registry.mappers} <= set(dir(models))


def fill(db: Database) -> None:
    with db.session_scope() as session:
        session.add(Airline(carrier="UA", name="United é"))
        session.add(Airport(faa="EWR", name="Newark", lat=40.6925, lon=-74.168666666666667))
        session.add(Airport(faa="SJU", inferred=True))
        session.add(Plane(tailnum="N14228", year=1999, engines=2))
        session.add(
            Weather(
                origin="EWR", time_hour=HOUR, year=2013, month=12, day=31, hour=18, wind_speed=0.1
            )
        )
        flight = Flight(time_hour=HOUR, carrier="UA", flight=1545, year=2013, month=12, day=31)
        flight.sched_dep_time, flight.sched_arr_time, flight.dep_delay = 1800, 2359, -5
        flight.tailnum, flight.origin, flight.dest = "N14228", "EWR", "SJU"
        flight.distance, flight.hour, flight.minute = 1600, 18, 0
        session.add(flight)
        run = PipelineRun(started_at=HOUR, outcome="running")
        reason = "above 200 mph"
        bad = RejectedRow(table_name="weather", file="weather.csv", line=2, column="wind_speed")
        bad.value, bad.reason, bad.run = "1048.36058", reason, run
        session.add(bad)


def test_what_comes_back_equals_what_went_in_and_has_its_type(db: Database) -> None:
    fill(db)
    with db.session_scope() as session:
        flight = session.scalars(sa.select(Flight)).one()
        airport = flight.origin_airport
        weather = session.scalars(sa.select(Weather)).one()
        run = session.scalars(sa.select(PipelineRun)).one()
        seen = [
            (flight.time_hour, HOUR),
            (flight.dep_delay, -5),
            (flight.dep_time, None),
            (airport.lon, -74.168666666666667),
            (airport.inferred, False),
            (flight.dest_airport.inferred, True),
            (flight.airline.name, "United é"),
            (weather.wind_speed, 0.1),
            (weather.wind_gust, None),
            (run.rows_inferred, 0),
            (run.rejected[0].value, "1048.36058"),
        ]
        for value, expected in seen:
            assert value == expected
            assert type(value) is type(expected)


def test_references_are_walked_both_ways(db: Database) -> None:
    fill(db)
    with db.session_scope() as session:
        flight = session.scalars(sa.select(Flight)).one()
        plane = session.get_one(Plane, "N14228")
        assert flight.plane is plane
        assert plane.flights == [flight]
        assert flight.airline.flights == [flight]
        assert session.get_one(Airport, "EWR").departures == [flight]
        assert session.get_one(Airport, "EWR").arrivals == []
        assert session.get_one(Airport, "SJU").arrivals == [flight]
        bad = session.scalars(sa.select(RejectedRow)).one()
        assert bad.run is not None
        assert bad.run.rejected == [bad]


def test_a_repr_is_short_and_sends_no_query(db: Database) -> None:
    fill(db)
    with db.session_scope() as session:
        flight = session.scalars(sa.select(Flight)).one()
        sent: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *args: sent.append(args[2]))
        shown = repr(flight)
        session.expire(flight)
        assert repr(flight) == "Flight(time_hour=None, carrier=None, flight=None)"
        assert sent == []
    assert shown == f"Flight(time_hour={HOUR!r}, carrier='UA', flight=1545)"
    assert repr(flight).startswith("Flight(")  # detached and expired
    assert repr(Airport(faa="EWR")) == "Airport(faa='EWR')"
    assert repr(RejectedRow()) == "RejectedRow(id=None)"
