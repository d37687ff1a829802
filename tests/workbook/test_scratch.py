"""The scratch project of the chapter on migrations behaves as a folder and a terminal would."""

from __future__ import annotations

import linecache
import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError
from sqlalchemy.exc import OperationalError

from lib.config import sqlite_url
from lib.database import Database
from lib.workbook.terminal.scratch import ScratchProject

ENV = {
    "config = context.config": """config = context.config
import os
from models import metadata
config.set_main_option("sqlalchemy.url", os.environ["DATABASE_URL"].replace("%", "%%"))""",
    "target_metadata = None": "target_metadata = metadata",
}
MODELS = """
import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table("b", metadata, sa.Column("id", sa.Integer(), primary_key=True))
sa.Table("a", metadata, sa.Column("id", sa.Integer(), primary_key=True))
"""


@pytest.fixture
def project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[ScratchProject]:
    with Database(sqlite_url(tmp_path / "50% of a.db")) as db:
        made = ScratchProject(db)
        made.alembic("init migrations")
        made.edit("migrations/env.py", ENV)
        made.write("models.py", MODELS)
        assert "Generating migrations/env.py ... done\n" in capsys.readouterr().out
        yield made


def test_a_new_project_is_an_empty_folder(project: ScratchProject) -> None:
    assert repr(ScratchProject(project.db)) == "(an empty folder)"
    assert repr(project).splitlines()[:3] == ["alembic.ini", "migrations/", "    README"]


def test_commands_print_what_a_terminal_shows_without_paths(
    project: ScratchProject, capsys: pytest.CaptureFixture[str]
) -> None:
    project.alembic("revision --autogenerate -m 'two tables' --rev-id 0001")
    project.alembic("upgrade head")
    printed = capsys.readouterr().out
    assert str(project.folder) not in printed
    assert printed.splitlines() == [
        "INFO  [alembic.autogenerate.compare.tables] Detected added table 'a'",
        "INFO  [alembic.autogenerate.compare.tables] Detected added table 'b'",
        "Generating migrations/versions/0001_two_tables.py ... done",
        "INFO  [alembic.runtime.migration] Running upgrade  -> 0001, two tables",
    ]
    assert set(sa.inspect(project.db.engine).get_table_names()) == {"a", "alembic_version", "b"}


def test_an_edited_module_is_read_anew_and_nothing_stays_behind(
    project: ScratchProject, capsys: pytest.CaptureFixture[str]
) -> None:
    before = dict(os.environ), list(sys.path), os.getcwd(), logging.getLogger("alembic").handlers[:]
    project.alembic("revision --autogenerate -m one --rev-id 0001")
    project.alembic("upgrade head")
    project.add("models.py", "sa.Table('c', metadata, sa.Column('id', sa.Integer()))")
    with pytest.raises(CommandError, match="New upgrade operations"):
        project.alembic("check")
    assert "Detected added table 'c'" in capsys.readouterr().out
    after = dict(os.environ), list(sys.path), os.getcwd(), logging.getLogger("alembic").handlers[:]
    assert after == before
    assert "models" not in sys.modules
    assert not list(project.folder.rglob("__pycache__"))


def test_sql_is_nothing_but_sql(
    project: ScratchProject, capsys: pytest.CaptureFixture[str]
) -> None:
    project.alembic("revision --autogenerate -m one --rev-id 0001")
    capsys.readouterr()
    project.alembic("upgrade head --sql", url="mysql+pymysql://")
    printed = capsys.readouterr().out
    assert "CREATE TABLE a" in printed
    assert "INFO" not in printed


def test_functions_of_a_cell_replace_those_of_a_revision(
    project: ScratchProject, capsys: pytest.CaptureFixture[str]
) -> None:
    def upgrade() -> None:
        op.create_table("z", sa.Column("id", sa.Integer()))

    project.alembic("revision -m z --rev-id 0001")
    source = project.folder / "migrations" / "versions" / "0001_z.py"
    with pytest.raises(ValueError, match="has no function sideways"):

        def sideways() -> None: ...

        project.rewrite("0001", sideways)
    code = "def upgrade():\n    op.create_table('z', sa.Column('id', sa.Integer()))\n"
    namespace: dict[str, object] = {}
    linecache.cache["<cell>"] = (len(code), None, code.splitlines(True), "<cell>")
    exec(compile(code, "<cell>", "exec"), namespace)
    project.rewrite("0001", namespace["upgrade"])  # type: ignore[arg-type]
    assert "create_table('z'" in source.read_text(encoding="utf-8")
    assert "def downgrade" in source.read_text(encoding="utf-8")
    project.alembic("upgrade head")
    project.alembic("downgrade base")
    capsys.readouterr()
    project.show("0001", "def upgrade", "def downgrade")
    assert capsys.readouterr().out == code


def test_a_failure_is_raised_and_what_came_before_it_is_printed(
    project: ScratchProject, capsys: pytest.CaptureFixture[str]
) -> None:
    project.alembic("revision --autogenerate -m one --rev-id 0001")
    project.db.execute(["CREATE TABLE b (id INTEGER)"])
    with pytest.raises(OperationalError):
        project.alembic("upgrade head")
    assert "Running upgrade  -> 0001" in capsys.readouterr().out
    with pytest.raises(CommandError, match="Can't locate"):
        project.alembic("upgrade zz99")


def test_an_edit_must_fit(project: ScratchProject) -> None:
    with pytest.raises(ValueError, match="0 times"):
        project.edit("models.py", {"nowhere": "x"})
    with pytest.raises(ValueError, match="2 times"):
        project.edit("models.py", {"sa.Table": "x"})
    with pytest.raises(FileNotFoundError):
        project.show("0009")


def test_a_revision_can_be_removed_and_a_walk_runs_the_rest(project: ScratchProject) -> None:
    project.alembic("revision --autogenerate -m one --rev-id 0001")
    project.alembic("revision -m mistake --rev-id 0002")
    project.remove("0002")
    with Database("sqlite:///" + str(project.folder / "walk.db")) as other:
        walk = project.walk(other)
        assert walk.go("head").changes == ["+a: id", "+b: id"]
        assert walk.go("base").tables.parts == {}


def test_a_cell_that_is_run_twice_is_told_so_and_changes_nothing(project: ScratchProject) -> None:
    table = 'sa.Table("c", metadata, sa.Column("id", sa.Integer()))'
    project.add("models.py", table)
    project.alembic("revision -m one --rev-id 0001")
    longer = {table: f"{table}  # new"}
    project.edit("models.py", longer)
    files = {path: path.read_bytes() for path in project.folder.rglob("*") if path.is_file()}
    once_more: list[Callable[[], None]] = [
        lambda: project.add("models.py", table),
        lambda: project.edit("models.py", longer),
        lambda: project.edit("migrations/env.py", ENV),
        lambda: project.alembic("revision -m one --rev-id 0001"),
        lambda: project.alembic("merge heads -m one --rev-id 0001"),
    ]
    for again in once_more:
        with pytest.raises(ValueError, match="You have run this cell already; go on"):
            again()
    assert files == {path: path.read_bytes() for path in files}
    project.edit("models.py", {"# new": "# old"})
    project.edit("models.py", {"# old": "# new"})
    project.edit("models.py", {"# new": "# old"})
