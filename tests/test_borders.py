"""Both wings keep their borders: the pipeline never imports the classroom."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lib.config import ROOT

LIB = ROOT / "lib"
WING = sorted(path for path in LIB.glob("*.py") if path.name != "__init__.py")
BENCH = sorted((LIB / "bench").glob("*.py"))  # a room of several modules
ROOMS = sorted(LIB.rglob("*.py"))

# A module imports only what stands before it.
ORDER = (
    "errors",
    "config",
    "mysql_driver",
    "dialects",
    "retry",
    "database",
    "read_only",
    "models",
    "schema",
    "csv_lines",
    "batches",
    "source",
    "rules",
    "quarantine",
    "members",
    "waiting_room",
    "local_infile",
    "sqlite_writer",
    "staging",
    "report",
    "merge",
    "load",
    "files",
    "reading",
    "queries",
    "departures",
    "measures",
    "runs",
    "pipeline",
    "tasks",
    "orchestration",
    "dagster_page",
    "scale",
    "scale_nanny",
    "private_server",
    "quick_start",
    "page_server",
    "bench",
    "progress",
    "cli",
)


def imports(code: str) -> set[str]:
    """Return the modules that the code imports, by a statement or by their name in a string."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = ("lib." if node.level else "") + (node.module or "")
            found |= {module} | {f"{module.rstrip('.')}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and "import" in ast.unparse(node.func):
            texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
            found |= {f"lib{text}" if text[:1] == "." else text for text in map(str, texts)}
        elif isinstance(node, ast.Constant) and str(node.value).startswith("lib.workbook"):
            found.add(str(node.value))  # to run it as a module, perhaps
    return found


def crosses(code: str) -> set[str]:
    """Return what the code imports from the classroom."""
    return {name for name in imports(code) if f"{name}.".startswith("lib.workbook.")}


def of_lib(path: Path) -> set[str]:
    """Return the modules of lib that a file imports."""
    found = set()
    for name in imports(path.read_text(encoding="utf-8")):
        parts = name.split(".")
        if parts[0] == "lib" and len(parts) > 1:
            room = LIB / parts[1]
            if room.with_suffix(".py").exists() or (room / "__init__.py").exists():
                found.add(parts[1])
    return found


@pytest.mark.parametrize(
    "code",
    [
        "import lib.workbook",
        "from lib import workbook",
        "from lib.workbook.chapter import open_chapter",
        "def f():\n    from .workbook import chapter",
        "import importlib\nimportlib.import_module('lib.workbook.chapter')",
        "__import__('lib.workbook')",
        "import importlib\nimportlib.import_module('.workbook', 'lib')",
        "if TYPE_CHECKING:\n    from . import workbook",
        "run(['python', '-m', 'lib.workbook.lab'])",
    ],
)
def test_a_crossing_would_be_seen(code: str) -> None:
    assert crosses(code)


def test_ordinary_imports_are_no_crossing() -> None:
    assert not crosses("import lib.load\nfrom lib.config import ROOT\nhome = '.workbook'")


@pytest.mark.parametrize("path", WING + BENCH, ids=lambda path: path.relative_to(LIB).as_posix())
def test_the_pipeline_does_not_import_the_classroom(path: Path) -> None:
    assert crosses(path.read_text(encoding="utf-8")) == set()


def test_the_history_does_not_import_the_classroom() -> None:
    for path in (ROOT / "migrations").rglob("*.py"):
        assert crosses(path.read_text(encoding="utf-8")) == set(), path.name


@pytest.mark.parametrize("path", WING + BENCH, ids=lambda path: path.relative_to(LIB).as_posix())
def test_imports_point_one_way(path: Path) -> None:
    room = path.stem if path.parent == LIB else path.parent.name
    assert room in ORDER, "give the new module its place in ORDER"
    before = set(ORDER[: ORDER.index(room)])
    assert of_lib(path) - {path.parent.name} <= before


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
    """A reader can take lib/, without workbook/, into a real project."""
    (tmp_path / "lifted" / "lib").mkdir(parents=True)
    for path in LIB.glob("*.py"):
        (tmp_path / "lifted" / "lib" / path.name).write_bytes(path.read_bytes())
    (tmp_path / "fresh").mkdir()
    before = sorted(tmp_path.rglob("*"))
    program = WATCH + "".join(f"import lib.{path.stem}\n" for path in WING)
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
