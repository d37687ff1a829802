"""Migrations that stop half-way, come several at once, or wait for somebody: all end at head."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pymysql
import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy import event

from lib.cli import advice
from lib.config import ROOT
from lib.database import Database, mysql_migrating, schema, standing
from lib.errors import PipelineError
from lib.models import Airline
from lib.pipeline.months import load_part
from lib.workbook.cli import main
from lib.workbook.lab.doctor import findings
from tests.pipeline.test_migrations import (
    FIRST,
    REVISIONS,
    contents,
    fill_first_revision,
    orphans,
    shape,
)

DDL = re.compile(r"\s*(CREATE|ALTER|DROP|RENAME)\b(?! TEMPORARY)", re.IGNORECASE)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    with Database(database_url) as db:
        yield db


@pytest.fixture
def server(fresh_mysql: Callable[[], str]) -> Iterator[Database]:
    with Database(fresh_mysql()) as db:
        yield db


class Stop:
    """Ctrl-C after the DDL statement of this number, counted from 1."""

    def __init__(self, db: Database, number: int) -> None:
        self.db, self.number = db, number
        self.seen = 0

    def __enter__(self) -> Stop:
        event.listen(self.db.engine, "after_cursor_execute", self.look)
        return self

    def __exit__(self, *_raised: object) -> None:
        event.remove(self.db.engine, "after_cursor_execute", self.look)

    def look(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if DDL.match(statement):
            self.seen += 1
            if self.seen == self.number:
                raise KeyboardInterrupt


def each_stop(db: Database, work: Callable[[], None]) -> Iterator[int]:
    """Do the work again and again, stopped after its first, second ... statement of DDL."""
    for number in range(1, 1000):
        with Stop(db, number) as stop:
            try:
                work()
            except KeyboardInterrupt:
                yield number
                continue
        assert stop.seen == number - 1
        return


def at_head(db: Database) -> Any:
    """Expect whole tables at head, and return their shape."""
    found = schema.standing(db)
    assert (found.revision, found.is_whole) == (schema.head(), True), str(found)
    made = shape(db)
    for table in made.values():
        table["columns"].sort()
    return made


def test_an_upgrade_that_stops_after_any_statement_ends_at_head_the_next_time(
    db: Database,
) -> None:
    schema.upgrade(db)
    whole = at_head(db)
    schema.remove(db)
    assert shape(db) == {}
    stops = 0
    for stops in each_stop(db, lambda: schema.upgrade(db)):
        schema.upgrade(db)
        assert at_head(db) == whole, stops
        assert schema.remove(db)
        assert shape(db) == {}
    assert stops >= 22
    assert at_head(db) == whole
    config = schema.alembic_config()
    config.attributes["database"] = db
    with contextlib.redirect_stdout(io.StringIO()):
        command.check(config)


def test_an_upgrade_of_a_full_database_that_stops_after_any_statement_keeps_its_rows(
    db: Database,
) -> None:
    def begin() -> None:
        schema.remove(db)
        schema.upgrade(db, FIRST)
        fill_first_revision(db)

    begin()
    schema.upgrade(db)
    whole, rows = at_head(db), contents(db)
    begin()
    stops = 0
    for stops in each_stop(db, lambda: schema.upgrade(db)):
        schema.upgrade(db)
        assert at_head(db) == whole, stops
        assert contents(db) == rows
        assert orphans(db) == 0
        begin()
    assert stops >= 10


def test_a_downgrade_that_stops_after_any_statement_can_be_ended_and_is_told(
    db: Database,
) -> None:
    schema.upgrade(db)
    whole = at_head(db)
    stops = told = 0
    for stops in each_stop(db, lambda: schema.downgrade(db, "base")):
        found = schema.standing(db)
        if found.missing:
            told += 1
            with pytest.raises(PipelineError) as caught:
                schema.upgrade(db)
            assert found.missing[0] in caught.value.message
            (before,) = re.findall(r"python -m alembic downgrade (\w+);", caught.value.fix)
            schema.downgrade(db, before)
        schema.upgrade(db)
        assert at_head(db) == whole, stops
    assert stops >= 15
    assert (told > 5) == (db.dialect.name != "sqlite")
    assert shape(db) == {}


def test_reset_removes_what_a_migration_left_behind_wherever_it_stopped(
    server: Database,
) -> None:
    stops = 0
    for stops in each_stop(server, lambda: schema.upgrade(server)):
        found = schema.standing(server)
        if stops > 1:
            assert not found.is_whole or stops == 2, str(found)
        schema.remove(server)
        assert shape(server) == {}
        assert schema.current(server) is None
    assert stops >= 22
    schema.downgrade(server, REVISIONS[-2])
    schema.remove(server)
    assert shape(server) == {}


def test_a_table_of_somebody_elses_is_neither_taken_nor_dropped(server: Database) -> None:
    server.execute(["CREATE TABLE weather (id INTEGER PRIMARY KEY, rain DOUBLE)"])
    server.execute(["INSERT INTO weather VALUES (1, 2.5)"])
    with pytest.raises(
        PipelineError, match="the table weather.* it is another: column day"
    ) as caught:
        schema.upgrade(server)
    assert "choose another database" in caught.value.fix
    with pytest.raises(PipelineError, match="has a table weather that no revision makes"):
        schema.remove(server)
    assert server.execute(["SELECT rain FROM weather"]) == [[(2.5,)]]


def test_a_load_without_tables_says_so(db: Database) -> None:
    with pytest.raises(PipelineError, match="The database has no tables yet") as caught:
        load_part(db, Airline)
    assert advice(caught.value) == "Type: python run.py pipeline"


def test_the_doctor_and_reset_look_at_the_tables(
    server: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The notebooks of this clone stay as their author has them.
    monkeypatch.setattr("lib.workbook.course.reset._restore", lambda *_: [])
    url = server.url.render_as_string(hide_password=False)

    def said(*words: str) -> str:
        main([*words, "--database-url", url])
        return "".join(capsys.readouterr())

    with Stop(server, 4), pytest.raises(KeyboardInterrupt):
        schema.upgrade(server)
    text = "".join(f"{each}\n" for each in findings(url))
    assert "at no revision, and its tables do not; left over: table airlines, table" in text
    assert "Type: python run.py pipeline: what was done is passed over" in text
    assert "python run.py reset all" in text
    assert "the workbook's tables removed" in said("reset", "all")
    assert shape(server) == {}
    schema.upgrade(server)
    server.execute(["DROP TABLE loaded_files"])
    text = "".join(f"{each}\n" for each in findings(url))
    assert f"at revision {schema.head()}, and its tables do not; missing: table loaded" in text
    assert "python -m alembic downgrade" in text
    assert "the workbook's tables removed" in said("reset", "all")
    assert "empty" in "".join(str(each) for each in findings(url))


# --- A revision of one's own ------------------------------------------------------------------

REVISION = '''"""Mine."""
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "aaaaaaaaaaaa", "{head}", None, None


def upgrade():
    key = sa.Column("id", sa.Integer(), primary_key=True)
    op.create_table("mine", key, sa.Column("n", sa.Integer()))
    {rows}
    op.add_column("mine", sa.Column("place", sa.String(9), server_default="x"))
    op.create_index("ix_mine_n", "mine", ["n"])
    op.create_unique_constraint("uq_mine_place", "mine", ["place"])
    op.drop_constraint("uq_mine_place", "mine", type_="unique")
    op.drop_column("mine", "place")
    {more}


def downgrade():
    op.drop_table("mine")
'''


@pytest.fixture
def own(
    server: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Any:
    """A function that writes a revision of one's own after the others."""
    head, config = schema.head(), schema.alembic_config

    def more() -> Any:
        found = config()
        places = [ROOT / "migrations" / "versions", tmp_path]
        found.set_main_option("version_locations", os.pathsep.join(map(str, places)))
        return found

    def write(rows: str = "pass", more: str = "pass") -> None:
        text = REVISION.format(head=head, rows=rows, more=more)
        (tmp_path / "mine.py").write_text(text, encoding="utf-8")

    schema.upgrade(server)
    monkeypatch.setattr(schema, "alembic_config", more)
    monkeypatch.setattr(standing, "alembic_config", more)
    standing.history.cache_clear()
    request.addfinalizer(standing.history.cache_clear)
    return write


def test_a_revision_of_ones_own_goes_on_where_it_stopped(server: Database, own: Any) -> None:
    own(more='op.alter_column("flights", "minute", comment="x", existing_type=sa.SmallInteger())')
    stops = 0
    for stops in each_stop(server, lambda: schema.upgrade(server)):
        schema.upgrade(server)
        made = sa.inspect(server.engine)
        assert [column["name"] for column in made.get_columns("mine")] == ["id", "n"]
        assert [each["name"] for each in made.get_indexes("mine")] == ["ix_mine_n"]
        schema.downgrade(server, REVISIONS[-1])
    assert stops == 7


def test_changes_of_rows_that_may_have_happened_are_not_made_again(
    server: Database, own: Any
) -> None:
    own('op.execute("INSERT INTO mine (n) VALUES (1)")')
    refused = 0
    for _ in each_stop(server, lambda: schema.upgrade(server)):
        with pytest.raises(PipelineError, match="whether it has done so is not known") as caught:
            schema.upgrade(server)
        assert "INSERT INTO mine" in caught.value.message
        assert "table mine is there" in caught.value.message
        assert "alembic stamp" in caught.value.fix
        refused += 1
        server.execute(["DROP TABLE IF EXISTS mine"])
    assert refused == 6


def test_a_revision_for_one_kind_of_database_goes_on_as_well(server: Database, own: Any) -> None:
    """What it leaves behind cannot be told: that is found out with SQLite."""
    own(rows='op.execute("ALTER TABLE mine ENGINE = InnoDB")')
    assert standing.history() == {}
    stops = 0
    for stops in each_stop(server, lambda: schema.upgrade(server)):
        schema.upgrade(server)
        assert schema.current(server) == schema.head() != REVISIONS[-1]
        schema.downgrade(server, REVISIONS[-1])
    assert stops == 7
    schema.upgrade(server)
    assert schema.remove(server) == []
    assert shape(server) == {}


def test_a_name_that_is_gone_is_told_with_the_way_out(server: Database, own: Any) -> None:
    own(more='op.alter_column("mine", "n", new_column_name="number", existing_type=sa.Integer())')
    with Stop(server, 7), pytest.raises(KeyboardInterrupt):
        schema.upgrade(server)
    with pytest.raises(PipelineError, match="table mine.* another: column n is missing") as caught:
        schema.upgrade(server)
    assert "alembic stamp" in caught.value.fix


# --- Killed, and without a right --------------------------------------------------------------

KILLED = """
import os, sys
from sqlalchemy import event
from lib.database import Database, schema
with Database(sys.argv[1]) as db:
    seen = 0
    @event.listens_for(db.engine, "after_cursor_execute")
    def look(connection, cursor, statement, *rest):
        global seen
        if statement.lstrip().startswith(("CREATE", "ALTER")):
            seen += 1
            if seen == int(sys.argv[2]):
                os._exit(9)
    schema.upgrade(db)
"""


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


@pytest.mark.parametrize("number", [2, 9, 16])
def test_an_upgrade_that_is_killed_ends_at_head_the_next_time(db: Database, number: int) -> None:
    process = start(KILLED, db.url.render_as_string(hide_password=False), str(number))
    assert (process.wait(60), process.communicate()[0]) == (9, "")
    schema.upgrade(db)
    at_head(db)


def test_a_right_that_is_missing_is_told_and_once_it_is_granted_the_upgrade_goes_on(
    server: Database,
) -> None:
    admin = os.environ.get("TEST_MYSQL_ADMIN_URL")
    if not admin:
        pytest.skip("no administrator of the server: TEST_MYSQL_ADMIN_URL is not set")
    some = "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, REFERENCES"
    name = server.url.database
    with Database(sa.make_url(admin)) as root:
        root.execute(["DROP USER IF EXISTS few", "CREATE USER few IDENTIFIED BY 'pass'"])
        try:
            root.execute([f"GRANT {some} ON `{name}`.* TO few"])
            with Database(server.url.set(username="few", password="pass")) as few:
                for _ in range(2):
                    with pytest.raises(PipelineError) as caught:
                        schema.upgrade(few)
                    assert "lacks a right" in caught.value.message
                    assert "INDEX" in caught.value.message
                    assert "does not exist" not in str(caught.value)
                root.execute([f"GRANT INDEX ON `{name}`.* TO few"])
                few.close()
                schema.upgrade(few)
                at_head(few)
        finally:
            root.execute(["DROP USER few"])


# --- Several at once --------------------------------------------------------------------------

TOGETHER = """
import sys
from lib.database import Database, schema
with Database(sys.argv[1]) as db:
    schema.alembic_config()
    sys.stdin.readline()
    schema.upgrade(db)
    print(schema.current(db))
"""


def test_several_upgrades_at_once_all_end_at_head(db: Database) -> None:
    url = db.url.render_as_string(hide_password=False)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", TOGETHER, url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        for _ in range(6)
    ]
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in running:
        out, error = process.communicate(timeout=120)
        assert (process.returncode, out.strip()) == (0, schema.head()), error
    at_head(db)


# --- Waiting ----------------------------------------------------------------------------------


def test_a_migration_that_waits_says_for_whom_and_gives_up(
    server: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(mysql_migrating, "WAITS_S", (1, 2))
    schema.upgrade(server, FIRST)
    with Database(server.url) as other, other.engine.connect() as holder:
        holder.execute(sa.text("SELECT * FROM airports")).all()
        number = holder.scalar(sa.text("SELECT CONNECTION_ID()"))
        began = time.monotonic()
        with caplog.at_level(logging.WARNING), pytest.raises(PipelineError) as caught:
            schema.upgrade(server)
        assert time.monotonic() - began < 30
        assert f"connection {number} (" in caplog.text
        assert "waited 3 s for a lock" in caught.value.message
        assert f"connection {number} (" in caught.value.message
        assert "ALTER TABLE airports" in caught.value.message
        # A user who may see no transactions but its own is told of no one to end.
        assert f"KILL {number}" in caught.value.fix or "KILL NUMBER" in caught.value.fix
        assert schema.current(server) == FIRST
    schema.upgrade(server)
    at_head(server)
    waits = "SELECT @@lock_wait_timeout, @@innodb_lock_wait_timeout"
    ((mine,),) = server.execute([waits])  # type: ignore[misc]
    with (
        contextlib.closing(
            pymysql.connect(
                host=server.url.host,
                port=server.url.port or 3306,
                user=server.url.username,
                password=str(server.url.password),
            )
        ) as fresh,
        fresh.cursor() as cursor,
    ):
        cursor.execute(waits)
        assert tuple(mine) == cursor.fetchone()


def test_a_migration_that_waits_goes_on_when_it_may(
    server: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(mysql_migrating, "WAITS_S", (1, 30))
    schema.upgrade(server, FIRST)
    with Database(server.url) as other, other.engine.connect() as holder:
        holder.execute(sa.text("SELECT * FROM airports")).all()

        def let_go(record: logging.LogRecord) -> bool:
            holder.rollback()
            return True

        mysql_migrating.logger.addFilter(let_go)
        try:
            with caplog.at_level(logging.WARNING):
                schema.upgrade(server)
        finally:
            mysql_migrating.logger.removeFilter(let_go)
    assert "waits for a lock" in caplog.text
    at_head(server)


def test_a_migration_waits_for_another_one_and_says_so(
    server: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(mysql_migrating, "NOTICE_S", 1)
    monkeypatch.setattr(mysql_migrating, "MAX_OTHER_S", 2)
    with Database(server.url) as other, other.migrating() as holder:
        number = holder.scalar(sa.text("SELECT CONNECTION_ID()"))
        with caplog.at_level(logging.WARNING), pytest.raises(PipelineError) as caught:
            schema.upgrade(server)
    assert f"connection {number}" in caplog.text
    assert f"Another migration of this database, connection {number}" in caught.value.message
    schema.upgrade(server)
    at_head(server)
