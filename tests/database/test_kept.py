"""What a migration kept, told in words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from lib.database import Database
from lib.database.kept import lost, snapshot


@pytest.fixture
def connection(database_url: str) -> Iterator[sa.Connection]:
    with Database(database_url) as db, db.engine.connect() as connection:
        for statement in (
            "CREATE TABLE airlines (carrier VARCHAR(2) PRIMARY KEY, name VARCHAR(20))",
            "CREATE TABLE routes (origin VARCHAR(3), dest VARCHAR(3), flights INTEGER, "
            "PRIMARY KEY (origin, dest))",
            "CREATE TABLE notes (text VARCHAR(9))",
            "INSERT INTO airlines VALUES ('UA', 'United'), ('AA', NULL)",
            "INSERT INTO routes VALUES ('EWR', 'IAH', 3), ('EWR', 'ORD', 5), ('JFK', 'LAX', 7)",
            "INSERT INTO notes VALUES ('a'), ('a'), (NULL)",
        ):
            connection.execute(sa.text(statement))
        connection.commit()
        yield connection


def told(connection: sa.Connection, *statements: str, **options: object) -> list[str]:
    """Return what the statements have lost."""
    before = snapshot(connection)
    assert lost(before, snapshot(connection)) == []
    for statement in statements:
        connection.execute(sa.text(statement))
    return lost(before, snapshot(connection), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE airlines ADD COLUMN hub VARCHAR(3)",
        "CREATE TABLE more (id INTEGER)",
        "INSERT INTO airlines VALUES ('B6', 'JetBlue')",
        "INSERT INTO notes VALUES ('a')",
        "CREATE INDEX ix_dest ON routes (dest)",
        "CREATE TABLE alembic_version (version_num VARCHAR(32))",
    ],
)
def test_what_comes_is_no_loss(connection: sa.Connection, statement: str) -> None:
    assert told(connection, statement) == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DROP TABLE routes", "table routes is gone, with 3 rows"),
        (
            "DELETE FROM routes WHERE dest = 'IAH'",
            "routes: 1 rows are gone, such as origin='EWR', d",
        ),
        ("DELETE FROM routes", "routes: 3 rows are gone"),
        ("ALTER TABLE routes DROP COLUMN flights", "column routes.flights is gone"),
        ("UPDATE routes SET flights = 0 WHERE flights > 3", "routes.flights: 2 values are others"),
        ("UPDATE airlines SET name = ''", "airlines.name: 2 values are others"),
        (
            "UPDATE airlines SET name = NULL",
            "name: 1 values are others, such as 'United', now None",
        ),
        (
            "UPDATE airlines SET name = 'united' WHERE carrier = 'UA'",
            "now 'united', of carrier='UA'",
        ),
        ("UPDATE airlines SET carrier = 'ua' WHERE carrier = 'UA'", "gone, such as carrier='UA'"),
        (
            "UPDATE notes SET text = 'b' WHERE text IS NULL",
            "notes: 1 rows are gone, such as text=N",
        ),
    ],
)
def test_what_goes_is_told(connection: sa.Connection, statement: str, words: str) -> None:
    (text,) = told(connection, statement)
    assert words in text


def test_what_is_meant_is_no_loss(connection: sa.Connection) -> None:
    rename = "ALTER TABLE airlines RENAME COLUMN name TO company"
    assert told(connection, rename, renamed={"airlines.name": "company"}) == []
    emptied = "UPDATE airlines SET company = NULL"
    assert len(told(connection, emptied)) == 1
    drop = "ALTER TABLE routes DROP COLUMN flights"
    assert told(connection, drop, "DROP TABLE notes", dropped=["routes.flights", "notes"]) == []


def test_of_two_equal_rows_one_may_not_go(connection: sa.Connection) -> None:
    once = ("DELETE FROM notes WHERE text = 'a'", "INSERT INTO notes VALUES ('a')")
    assert told(connection, *once) == ["notes: 1 rows are gone, such as text='a'"]


def test_a_key_that_changes_its_columns_tells_by_what_was_the_key(
    connection: sa.Connection,
) -> None:
    again = (
        "CREATE TABLE other (origin VARCHAR(3), dest VARCHAR(3), flights INTEGER, "
        "year INTEGER, PRIMARY KEY (origin, dest, year))",
        "INSERT INTO other SELECT origin, dest, flights, 2013 FROM routes",
        "DROP TABLE routes",
        "ALTER TABLE other RENAME TO routes",
    )
    assert told(connection, *again) == []
