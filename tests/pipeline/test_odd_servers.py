"""The pipeline on servers that are set up in ways of their own: the same rows, and no warning."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event
from sqlalchemy.dialects import mysql

from lib.database import Database
from lib.database.schema import downgrade, upgrade
from lib.load import bulk_load
from lib.models import Airline, Base
from lib.pipeline import run_pipeline
from tests.support.mysql_server import PrivateServer, find_server

# Options that one of the two does not know begin with loose. The strict one forbids LOAD DATA, too.
WAYS = {
    "strict": (
        "--loose-sql-require-primary-key=ON",  # MySQL's
        "--loose-innodb-force-primary-key=ON",  # MariaDB's
        "--innodb-strict-mode=ON",
        "--collation-server=utf8mb4_unicode_ci",  # which takes a for A, and for ä
        "--local-infile=0",
    ),
    "lax": (
        "--loose-sql-generate-invisible-primary-key=ON",  # MySQL's
        "--sql-mode=",
        "--innodb-strict-mode=OFF",
        "--loose-innodb-snapshot-isolation=ON",  # MariaDB's default since 11.6.2
        "--default-time-zone=+05:45",
    ),
}


@pytest.fixture(scope="module", params=WAYS)
def server(request: pytest.FixtureRequest) -> Iterator[PrivateServer]:
    if find_server() is None:
        pytest.skip("no MariaDB or MySQL server program is installed")
    with PrivateServer(*WAYS[request.param]) as server:
        yield server


@pytest.fixture
def warned(server: PrivateServer) -> Iterator[tuple[Database, list[str]]]:
    """A database without tables, and each statement that the server warned of, with its words."""
    found: list[str] = []
    with Database(server.url) as db:

        @event.listens_for(db.engine, "after_cursor_execute")
        def look(connection: sa.Connection, cursor: Any, statement: str, *_: object) -> None:
            if cursor._result is not None and cursor._result.warning_count:
                with connection.connection.cursor() as other:
                    other.execute("SHOW WARNINGS")
                    told = [row for row in other.fetchall() if not _means_nothing(*row)]
                found.extend(f"{statement}: {row}" for row in told)

        yield db, found
        downgrade(db, "base")


def _means_nothing(level: str, code: int, _text: str) -> bool:
    """Tell whether a warning is none: of what was not there to be dropped; of MariaDB, which has
    its own name for every primary key."""
    return level == "Note" or code == 1280


def test_the_pipeline_loads_the_same_twice_and_nothing_warns(
    warned: tuple[Database, list[str]], few: Path
) -> None:
    db, found = warned
    first = run_pipeline(db)
    second = run_pipeline(db)
    for table, again in zip(first.tables, second.tables, strict=True):
        assert table.inserted == table.read - table.rejected > 0
        assert (again.inserted, again.updated, again.unchanged) == (0, 0, table.inserted)
    (inferred,) = (table.inferred for table in first.tables if table.table == "flights")
    assert set(inferred) == {"airports", "planes"}
    assert found == []


def test_keys_that_differ_in_case_or_an_accent_are_two(
    warned: tuple[Database, list[str]], tmp_path: Path
) -> None:
    db, found = warned
    upgrade(db)
    file = tmp_path / "airlines.csv"
    file.write_text("carrier,name\naa,low\nAA,high\n\u00e4a,accent\n", encoding="utf-8")
    for expected in ((3, 0), (0, 3)):
        report = db.in_transaction(lambda each: bulk_load(each, Airline, file))
        assert (report.inserted, report.unchanged) == expected
    names = db.query("SELECT name FROM airlines WHERE carrier = 'AA'")["name"].tolist()
    assert names == ["high"]
    assert found == []


def test_an_upsert_as_sqlalchemy_writes_it_warns_of_nothing(
    warned: tuple[Database, list[str]],
) -> None:
    """MySQL warns (1287) of VALUES(name); on a connection to it, SQLAlchemy writes AS new."""
    db, found = warned
    upgrade(db)
    for name in ("first", "second"):
        new = mysql.insert(Airline).values(carrier="MQ", name=name)
        db.execute([new.on_duplicate_key_update(name=new.inserted.name)])
    assert db.query("SELECT name FROM airlines")["name"].tolist() == ["second"]
    assert found == []


def test_migrations_and_models_agree(warned: tuple[Database, list[str]]) -> None:
    """Also where the server adds an invisible key to a table that has none."""
    db, found = warned
    upgrade(db)
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []
    assert found == []
