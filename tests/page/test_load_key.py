"""The key of the page's answers: it changes with each run that begins or ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
import sqlalchemy as sa

from lib.cli import HINTS
from lib.database import Database, schema
from lib.errors import PipelineError
from lib.models import Airline, Airport, Flight, PipelineRun
from lib.page.questions import load_key


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    with Database(database_url) as db:
        schema.upgrade(db)
        whole = {"year": 2013, "month": 1, "day": 1, "hour": 5, "minute": 15, "distance": 1400}
        with db.session_scope() as session:
            session.add(Airline(carrier="UA", name="United"))
            session.add_all(Airport(faa=code, name=code) for code in ("EWR", "IAH"))
            session.flush()
            session.add(
                Flight(
                    time_hour=datetime(2013, 1, 1, 10),
                    carrier="UA",
                    flight=1545,
                    origin="EWR",
                    dest="IAH",
                    sched_dep_time=515,
                    sched_arr_time=819,
                    **whole,
                )
            )
        yield db


def key(db: Database) -> tuple[str, ...]:
    with db.engine.connect() as connection:
        return load_key(connection)


def begin(db: Database, number: int) -> None:
    started = datetime(2026, 1, 1, 6, 0, number)
    db.execute([sa.insert(PipelineRun).values(id=number, started_at=started, outcome="running")])


def end(db: Database, number: int, outcome: str = "succeeded", second: int = 30) -> None:
    ended = {"outcome": outcome, "finished_at": datetime(2026, 1, 1, 6, 1, second)}
    db.execute([sa.update(PipelineRun).where(PipelineRun.id == number).values(ended)])


def test_of_two_runs_the_older_may_end_last(db: Database) -> None:
    keys = [key(db)]
    for step in (
        lambda: begin(db, 4),
        lambda: begin(db, 5),
        lambda: end(db, 5),
        lambda: end(db, 4),  # in the same second
        lambda: end(db, 4, "died"),
        lambda: begin(db, 6),
        lambda: end(db, 6, "failed", second=20),
    ):
        assert key(db) == keys[-1]
        step()
        keys.append(key(db))
    assert len(set(keys)) == len(keys)


def test_a_first_load_that_is_at_work_is_told_whatever_ran_before(db: Database) -> None:
    db.execute([sa.delete(Flight)])
    begin(db, 1)
    begin(db, 2)
    end(db, 2)
    with pytest.raises(PipelineError, match="The first load is at work"):
        key(db)
    end(db, 1)
    with pytest.raises(PipelineError, match="no flight is loaded yet"):
        key(db)


def test_tables_that_are_half_there_are_not_called_empty(db: Database) -> None:
    db.execute(["DELETE FROM alembic_version"])
    with pytest.raises(PipelineError, match="stopped half way") as caught:
        key(db)
    assert HINTS["no data"] in caught.value.fix
    schema.remove(db)
    with pytest.raises(PipelineError, match="it has no tables yet"):
        key(db)
    schema.upgrade(db)
    db.execute(["DROP TABLE rejected_rows"])
    with pytest.raises(PipelineError, match="not as this page knows them"):
        key(db)
