"""The same questions to each kind of database: whatever it does inside, a Dialect answers alike."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from lib.config import Settings, load_settings
from lib.database import Database, open_read_only
from lib.database.base import Base
from lib.database.dialect import Dialect
from lib.database.dialects import DIALECTS, dialect_of
from lib.errors import PipelineError

METADATA = sa.MetaData()
THINGS = sa.Table(
    "things",
    METADATA,
    sa.Column("code", sa.String(10), primary_key=True),
    sa.Column("n", sa.Integer),
    sa.Column("size", sa.Double),
    sa.Column("at", Base.type_annotation_map[datetime]),
    mysql_charset="utf8mb4",
    mysql_collate="utf8mb4_bin",
)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    with Database(database_url) as db:
        METADATA.create_all(db.engine)
        yield db


def codes(db: Database) -> list[str]:
    with db.engine.connect() as connection:
        return list(connection.scalars(sa.select(THINGS.c.code).order_by(THINGS.c.code)))


def add(connection: sa.Connection, *some: str) -> None:
    connection.execute(sa.insert(THINGS), [{"code": code} for code in some])


def test_each_kind_answers_every_question_itself() -> None:
    asked = Dialect.__abstractmethods__
    assert len(asked) >= 14
    for dialect in DIALECTS.values():
        missing = [name for name in asked if getattr(type(dialect), name) is getattr(Dialect, name)]
        assert missing == []
        assert dialect.name in DIALECTS


def test_a_connection_tells_its_dialect(db: Database) -> None:
    with db.engine.connect() as connection:
        assert dialect_of(connection) is db.dialect


def test_a_probe_answers_one_query(db: Database) -> None:
    with db.dialect.probe(db.engine, 5.0) as connection:
        assert connection.scalar(sa.text("SELECT 1")) == 1


def test_an_error_that_is_not_known_is_explained_without_a_password(db: Database) -> None:
    with db.engine.connect() as connection, pytest.raises(DBAPIError) as caught:
        connection.execute(sa.text("SELEKT 1"))
    told = db.explain(caught.value)
    assert isinstance(told, PipelineError) and "refused" in told.message
    assert db.url.password is None or db.url.password not in str(told)


def test_a_broken_constraint_and_a_typing_error_are_not_transient_on_either(db: Database) -> None:
    """But a duplicate key on a server is: another load has committed the same row."""
    with db.engine.connect() as connection, pytest.raises(DBAPIError) as caught:
        connection.execute(sa.text("SELEKT 1"))
    assert not db.dialect.is_transient(caught.value)


def test_a_lock_of_another_connection_is_transient(db: Database) -> None:
    with db.engine.begin() as connection:
        add(connection, "A")
    with db.engine.connect() as holder, db.engine.connect() as waiter:
        with holder.begin():
            holder.execute(sa.update(THINGS).values(n=1))
            with pytest.raises(DBAPIError) as caught:
                wait = {"sqlite": "PRAGMA busy_timeout = 50"}
                default = "SET SESSION innodb_lock_wait_timeout = 1"
                waiter.exec_driver_sql(wait.get(db.dialect.name, default))
                waiter.execute(sa.update(THINGS).values(n=2))
    assert db.dialect.is_transient(caught.value)


def test_texts_in_a_statement_are_compared_and_sorted_byte_by_byte(db: Database) -> None:
    """Whatever the collation of the server, and of the database, is."""
    texts = sa.union_all(*(sa.select(sa.literal(text).label("t")) for text in "bBaAäz")).subquery()
    with db.engine.connect() as connection:
        assert list(connection.scalars(sa.select(texts.c.t).order_by(texts.c.t))) == list("ABabzä")
        same = sa.select(sa.literal("a") == sa.literal("A"), sa.literal("a") == sa.literal("ä"))
        assert connection.execute(same).one() == (0, 0)


def test_a_lock_is_taken_once_and_given_back(db: Database) -> None:
    with db.dialect.lock(db.engine, "work") as first:
        with db.dialect.lock(db.engine, "work") as second, db.dialect.lock(db.engine, "b") as other:
            assert (first, second, other) == (True, False, True)
    with db.dialect.lock(db.engine, "work") as again:
        assert again


def test_who_has_taken_the_write_lock_can_write_after_reading(db: Database) -> None:
    with db.engine.begin() as connection:
        db.dialect.take_write_lock(connection, THINGS)
        assert connection.scalar(sa.select(sa.func.count()).select_from(THINGS)) == 0
        add(connection, "A")
    assert codes(db) == ["A"]


def test_dropping_a_temporary_table_commits_nothing(db: Database) -> None:
    temporary = sa.Table(
        "my-own order", sa.MetaData(), sa.Column("a", sa.Integer), prefixes=["TEMPORARY"]
    )
    with db.engine.connect() as connection:
        add(connection, "A")
        temporary.create(connection, checkfirst=False)
        connection.execute(db.dialect.drop_temporary(connection, temporary))
        connection.execute(db.dialect.drop_temporary(connection, temporary))  # is not there: fine
        connection.rollback()
    assert codes(db) == []


def test_what_another_load_has_added_is_left_out_where_loads_run_side_by_side(
    db: Database,
) -> None:
    rows = [{"code": "A"}, {"code": "B"}]
    with db.engine.begin() as connection:
        add(connection, "A")
    if db.dialect.name == "sqlite":  # a writer is alone there, so nothing can have been added
        with db.engine.begin() as connection, pytest.raises(IntegrityError):
            connection.execute(db.dialect.insert_missing(THINGS), rows)
        return
    with db.engine.begin() as connection:
        assert connection.execute(db.dialect.insert_missing(THINGS), rows).rowcount == 1
    assert codes(db) == ["A", "B"]


def test_a_line_of_csv_has_the_columns_that_lose_nothing(db: Database) -> None:
    values = {"code": 'q"u,o', "n": None, "size": 0.1, "at": datetime(2013, 1, 1, 10)}
    with db.engine.begin() as connection:
        connection.execute(sa.insert(THINGS), values)
        line, names = db.dialect.csv_line(THINGS.c)
        lines = connection.scalars(sa.select(line)).all()
    (found,) = csv.reader(io.StringIO(db.dialect.csv_text(lines)[0].decode()))
    texts = {"code": 'q"u,o', "n": "", "size": "0.1", "at": "2013-01-01 10:00:00"}
    assert {"n", "at"} <= set(names) <= set(values)
    # A missing value is empty, or the word null: see csv_text.
    assert [each.replace("null", "") for each in found] == [texts[name] for name in names]


def test_rebuilt_tables_keep_their_children(db: Database) -> None:
    child = sa.Table(
        "parts",
        METADATA.__class__(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(10)),
    )
    child.create(db.engine)
    with db.engine.begin() as connection:
        add(connection, "A")
        connection.execute(sa.insert(child), {"id": 1, "code": "A"})
    with db.migrating() as connection:
        connection.execute(sa.text("ALTER TABLE things ADD COLUMN more INTEGER"))
        if not connection.in_transaction():
            connection.commit()
    with db.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(child)) == 1
        assert "more" in {each["name"] for each in sa.inspect(connection).get_columns("things")}


def test_a_database_for_reading_refuses_every_write(db: Database, tmp_path: Path) -> None:
    with db.engine.begin() as connection:
        add(connection, "A")
    settings = replace(
        load_settings(environ={"WORKBOOK_DIR": str(tmp_path)}), database_url=db.url, reader_url=None
    )
    assert isinstance(settings, Settings)
    with open_read_only(settings) as reader:
        with reader.engine.connect() as connection:
            assert list(connection.scalars(sa.select(THINGS.c.code))) == ["A"]
        with reader.engine.connect() as connection, pytest.raises(DBAPIError):
            add(connection, "B")
        assert str(db.url.database) in repr(reader)
    assert codes(db) == ["A"]


def test_only_a_file_can_be_missing(tmp_path: Path, db: Database) -> None:
    assert not db.dialect.is_missing(db.url)
    gone = sa.URL.create("sqlite", database=(tmp_path / "gone.db").as_posix())
    assert DIALECTS["sqlite"].is_missing(gone)
    assert not DIALECTS["mysql"].is_missing(sa.make_url("mysql+pymysql://me@host/gone"))
    assert not (tmp_path / "gone.db").exists()


def test_an_aggregated_text_is_not_cut(db: Database) -> None:
    """MySQL would cut it after 1,024 bytes, MariaDB after a million, and warn of it only."""
    part = "x" * 600_000
    rows = sa.union_all(*(sa.select(sa.literal(part).label("part")) for _ in range(3))).subquery()
    with db.engine.connect() as connection:
        text = connection.scalar(sa.select(sa.func.aggregate_strings(rows.c.part, ",")))
    assert len(text or "") == 3 * len(part) + 2
