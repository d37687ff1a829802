"""The rooms of lib keep their borders, and the core can be taken to work."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import lib
from lib.config import ROOT

LIB = ROOT / "lib"
CORE = ("errors.py", "config.py", "database", "source", "load", "feeds")  # what one takes to work
ROOMS = sorted(LIB.rglob("*.py"))
# Of these, 900 are migrations (ones that stopped go on, none waits in silence, a comparison that is
# quiet on each server), some 1,500 the types and tables of the world, 1,300 the feeds, 700 `check`.
# 20 tell a row that vanished from one that the file has in an older version. 400 prove decimal
# signs, keep fractions of a second, and give `check` the types of columns that `new` writes.
MAX_CORE_LINES, MAX_ENTRIES, MAX_NAMES = 10400, 20, 12


def test_the_contracts_of_the_borders_are_kept() -> None:
    """Those of import-linter, in pyproject.toml: layers, the core alone, no circles."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def test_the_history_imports_no_room_but_the_database() -> None:
    for path in (ROOT / "migrations").rglob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert "lib.workbook" not in line, path.name


def modules_of_the_core() -> list[Path]:
    return [path for path in ROOMS if path.relative_to(LIB).parts[0] in CORE]


def test_the_core_is_small_and_has_a_face() -> None:
    """So many lines, entries at the top of lib, and names that `lib` gives."""
    lines = sum(
        len(path.read_text(encoding="utf-8").splitlines()) for path in modules_of_the_core()
    )
    assert lines <= MAX_CORE_LINES
    entries = [path for path in LIB.iterdir() if path.name != "__pycache__"]
    assert len(entries) <= MAX_ENTRIES
    assert 5 < len(lib.__all__) <= MAX_NAMES
    assert all(getattr(lib, name) for name in lib.__all__)


def test_the_core_does_not_name_the_commands_of_one_project() -> None:
    for path in modules_of_the_core():
        assert "run.py" not in path.read_text(encoding="utf-8"), path


def test_outside_of_two_rooms_nothing_asks_which_database_it_is() -> None:
    for path in modules_of_the_core():
        room = path.relative_to(LIB).parts[0]
        if room in ("database", "config.py") or path.name == "staging.py":
            continue
        text = path.read_text(encoding="utf-8")
        assert "dialect.name" not in text and "get_backend_name" not in text, path


def test_the_map_names_every_room() -> None:
    text = (LIB / "README.md").read_text(encoding="utf-8")
    for path in LIB.iterdir():
        name = path.name + "/" * path.is_dir()
        if path.name not in ("__pycache__", "README.md", "__init__.py"):
            assert f"`{name}`" in text, f"lib/README.md does not tell what {name} is for"


@pytest.mark.parametrize("path", ROOMS, ids=lambda path: path.relative_to(LIB).as_posix())
def test_a_path_or_module_named_in_a_docstring_exists(path: Path) -> None:
    for name in re.findall(r"`(lib(?:\.\w+)+)`", path.read_text(encoding="utf-8")):
        parts = name.split(".")
        found = [
            (ROOT.joinpath(*parts[:count]).with_suffix(".py")).is_file()
            or ROOT.joinpath(*parts[:count]).is_dir()
            for count in range(2, len(parts) + 1)
        ]
        # lib.room.module.name: all but the last part are modules or rooms
        assert all(found[:-1] or found), f"{path.name} names {name}"


# Raises at whatever a module should not do while it is imported.
WATCH = """
import os, sys
forbidden = ("socket.connect", "sqlite3.connect", "subprocess.Popen", "os.mkdir", "os.remove")
def watch(name, arguments):
    if name in forbidden:
        raise SystemExit(f"{name} at import")
    if name == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        raise SystemExit(f"{arguments[0]} is written at import")
import sqlalchemy, lib
def refuse(*arguments, **options):
    raise SystemExit("an engine is made at import")
sqlalchemy.create_engine = refuse
def refuse_env(*arguments, **options):
    raise SystemExit("settings are read at import")
import dotenv
dotenv.dotenv_values = dotenv.load_dotenv = refuse_env
sys.addaudithook(watch)
"""


def lift(folder: Path) -> None:
    """Copy the core, and nothing else, into a project of somebody's own."""
    for path in [*modules_of_the_core(), LIB / "__init__.py"]:
        copy = folder / "lib" / path.relative_to(LIB)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())


def run_python(program: str, folder: Path, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_pipeline_lifted_out_is_imported_and_nothing_happens(tmp_path: Path) -> None:
    """A reader can take the core of lib/ into a real project."""
    lift(tmp_path / "lifted")
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in modules_of_the_core()
    ]
    (tmp_path / "fresh").mkdir()
    before = sorted(tmp_path.rglob("*"))
    program = WATCH + "".join(f"import {each}\n" for each in names)
    done = run_python(program, tmp_path / "fresh", tmp_path / "lifted")
    assert done.returncode == 0, done.stderr
    assert done.stdout == done.stderr == ""
    assert sorted(tmp_path.rglob("*")) == before
    assert list(Path(os.environ["WORKBOOK_DIR"]).iterdir()) == []


@pytest.mark.parametrize("bad", ["open('x', 'w')", "import sqlite3; sqlite3.connect('x')"])
def test_something_that_happens_at_import_would_be_seen(tmp_path: Path, bad: str) -> None:
    assert "import" in run_python(WATCH + bad, tmp_path, ROOT).stderr


@pytest.mark.parametrize("path", ROOMS, ids=lambda path: path.relative_to(LIB).as_posix())
def test_no_module_is_longer_than_300_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


MINE = """
import sys
from pathlib import Path
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column
from lib import Database, bulk_load
from lib.database.base import Base

class Meter(Base):
    __tablename__ = "meters"
    number: Mapped[str] = mapped_column(String(8), primary_key=True)
    place: Mapped[str | None] = mapped_column(String(20))

Path("meters.csv").write_text("number,place\\nM1,cellar\\nM2,attic\\nM1,roof\\n", encoding="utf-8")
import lib.load.tables
with Database("sqlite:///mine.db") as db:
    with db.engine.begin() as connection:
        Base.metadata.create_all(connection)
        report = bulk_load(connection, Meter, Path("meters.csv"))
    print(report.read, report.inserted, report.rejected)
print(sorted(name for name in sys.modules if name.startswith("lib.w")))
"""


def test_the_core_lifted_out_loads_a_table_of_somebodys_own(tmp_path: Path) -> None:
    lift(tmp_path / "lifted")
    (tmp_path / "mine").mkdir()
    done = run_python(MINE, tmp_path / "mine", tmp_path / "lifted")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["3 2 1", "[]"]


@pytest.mark.parametrize(
    "path", modules_of_the_core(), ids=lambda path: path.name + path.parent.name
)
def test_the_core_names_neither_the_example_nor_the_classroom(path: Path) -> None:
    """It is copied into projects that know neither."""
    text = path.read_text(encoding="utf-8")
    assert re.search(r"flight|workbook", text, re.IGNORECASE) is None
