"""What `show_sql` prints: the same for every database."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select, text

from lib.database import Database
from lib.models import Airline, Base, PipelineRun
from lib.workbook.sql import record_sql, show_sql


@pytest.fixture
def db(database_url: str) -> Database:
    db = Database(database_url)
    Base.metadata.create_all(db.engine)
    return db


def test_statements_and_values_are_printed_in_one_spelling(
    db: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with show_sql(db) as sent, db.session_scope() as session:
        session.add(Airline(carrier="ZZ", name="Zig"))
        session.flush()
        session.execute(select(Airline.name).limit(1)).all()
    db.close()
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
        connection.execute(table.insert().values(rows_read=1), runs)  # type: ignore[attr-defined]
    db.close()
    out = capsys.readouterr().out
    assert "started_at='2013-01-01 00:00:00'" in out
    assert "... and 2 more" in out


def test_a_rollback_is_seen_and_raw_statements_too(db: Database) -> None:
    with pytest.raises(RuntimeError), record_sql(db.engine) as sent, db.engine.begin() as c:
        c.exec_driver_sql("SELECT 1")
        c.execute(text("SELECT 2"))
        raise RuntimeError
    assert sent == ["BEGIN", "SELECT 1", "SELECT 2", "ROLLBACK"]
    with db.engine.connect() as connection:
        connection.execute(text("SELECT 3"))
    assert len(sent) == 4, "after the block nothing is recorded"
    db.close()


def test_values_can_be_left_out(db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    with show_sql(db, values=False):
        db.execute([select(Airline).where(Airline.carrier == "ZZ")])
    db.close()
    assert "ZZ" not in capsys.readouterr().out
