"""What `show_sql` prints: the same for every database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import Column, MetaData, SmallInteger, String, Table, insert, select, text, update
from sqlalchemy.dialects import sqlite

from lib.database import Database
from lib.models import Airline, Base, PipelineRun
from lib.workbook.show.sql import record_sql, show_sql


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    with Database(database_url) as db:
        Base.metadata.create_all(db.engine)
        yield db


def test_statements_and_values_are_printed_in_one_spelling(
    db: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with show_sql(db) as sent, db.session_scope() as session:
        session.add(Airline(carrier="ZZ", name="Zig"))
        session.flush()
        session.execute(select(Airline.name).limit(1)).all()
    assert capsys.readouterr().out.splitlines() == [
        "BEGIN",
        "INSERT INTO airlines (carrier, name) VALUES (:carrier, :name)",
        "    carrier='ZZ', name='Zig'",
        "SELECT airlines.name ",
        "FROM airlines",
        " LIMIT :param_1",
        "    param_1=1",
        "COMMIT",
    ]
    assert len(sent) == 4


def test_many_rows_and_times_are_shown_shortly(
    db: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [{"started_at": datetime(2013, 1, 1), "outcome": str(n)} for n in range(4)]
    with show_sql(db), db.engine.begin() as connection:
        table = PipelineRun.__table__
        connection.execute(table.insert().values(rows_read=1), runs)
    out = capsys.readouterr().out
    assert "started_at='2013-01-01 00:00:00'" in out
    assert "... and 2 more" in out


def test_a_list_of_values_has_one_name(db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    question = select(Airline.name).where(Airline.carrier.in_(["AA", "UA"]))
    with show_sql(db), db.engine.connect() as connection:
        connection.execute(question)
    assert "WHERE airlines.carrier IN (:carrier_1)\n    carrier_1=['AA', 'UA']" in (
        capsys.readouterr().out
    )


def test_a_rollback_is_seen_and_raw_statements_too(db: Database) -> None:
    with pytest.raises(RuntimeError), record_sql(db.engine) as sent, db.engine.begin() as c:
        c.exec_driver_sql("SELECT 1")
        c.execute(text("SELECT 2"))
        raise RuntimeError
    assert sent == ["BEGIN", "SELECT 1", "SELECT 2", "ROLLBACK"]
    with db.engine.connect() as connection:
        connection.execute(text("SELECT 3"))
    assert len(sent) == 4, "after the block nothing is recorded"


def test_values_can_be_left_out(db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    with show_sql(db, values=False):
        db.execute([select(Airline).where(Airline.carrier == "ZZ")])
    assert "ZZ" not in capsys.readouterr().out


def test_tables_and_inserts_of_many_rows_are_spelt_alike(database_url: str) -> None:
    rows = [{"a": 1, "b": "x"}, {"a": 2, "b": None}]
    columns = Column("a", SmallInteger), Column("b", String(4))
    table = Table("scratch", MetaData(), *columns, prefixes=["TEMPORARY"])
    with (
        Database(database_url) as db,
        record_sql(db) as sent,
        db.engine.begin() as connection,
    ):
        table.create(connection, checkfirst=False)
        connection.execute(insert(table).values(rows))
    assert sent[1].split() == "CREATE TEMPORARY TABLE scratch ( a SMALLINT, b VARCHAR(4) )".split()
    assert sent[2] == "INSERT INTO scratch (a, b) VALUES (:a_m0, :b_m0), (:a_m1, :b_m1)"


def test_a_merge_and_an_upsert_are_spelt_with_named_values() -> None:
    columns = Column("carrier", String(2)), Column("name", String(64))
    staging = Table("staging", MetaData(), *columns)
    airlines = Base.metadata.tables["airlines"]
    merge = update(airlines).values(name=staging.c.name)
    upsert = sqlite.insert(Airline).values(carrier="ZZ", name="Zig").on_conflict_do_nothing()
    with Database("sqlite://") as db:
        Base.metadata.create_all(db.engine)
        staging.create(db.engine)
        with record_sql(db) as sent, db.engine.begin() as connection:
            connection.execute(merge.where(airlines.c.carrier == staging.c.carrier))
            connection.execute(upsert)
    assert (
        sent[1].split()
        == (
            "UPDATE airlines SET name=staging.name FROM staging WHERE airlines.carrier = "
            "staging.carrier"
        ).split()
    )
    assert sent[2].endswith("VALUES (:carrier, :name) ON CONFLICT DO NOTHING")
