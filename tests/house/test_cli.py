"""The verbs, as they are typed: what they do, what they say, and their exit codes."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy.engine import make_url

import lib.cli
import lib.config
import lib.pipeline
import lib.workbook.course.notebooks
import lib.workbook.databases.checkpoints
import lib.workbook.proof.harness
from lib.cli import without_passwords
from lib.config import sqlite_url
from lib.pipeline.cli import format_quarantine
from lib.pipeline.cli import main as pipeline_main
from lib.workbook import cli
from lib.workbook.cli import main
from lib.workbook.databases import is_ready as ready
from tests.support.few import good_flights

SECRET = "p@ss/w#rd%"


@pytest.fixture
def verbs(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Return a function that makes the pipeline raise."""

    def make(error: BaseException) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(lib.pipeline, "run_pipeline", refuse)

    return make


def url_of(path: Path) -> str:
    return sqlite_url(path).render_as_string()


# --- pipeline -------------------------------------------------------------------------------


def test_pipeline_prints_counts_rejected_rows_the_database_and_the_run(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = url_of(tmp_path / "new folder" / "a.db")
    assert pipeline_main(["pipeline", "--database-url", url]) == 0
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines()[:6]] == [
        "table",
        "airlines",
        "airports",
        "planes",
        "weather",
        "flights",
    ]
    assert "rejected rows" in out
    assert f"Run 1, in {url}" in out
    assert err == ""  # no progress bar where nobody watches

    assert main(["pipeline", "--database-url", url]) == 0
    again = capsys.readouterr().out
    good = f"{good_flights(few):,}"
    assert re.search(rf"^flights +[\d,]+ +0 +0 +{good} ", again, re.M)
    assert "Run 2," in again


def test_rejected_rows_are_shown_shortly() -> None:
    row = {"file": "weather.csv", "column_name": "wind_speed", "reason": "above 200"}
    text = format_quarantine([{**row, "line": n, "value": "9" * 60} for n in range(1012)])
    assert text.startswith("1,012 rejected rows\n  weather.csv, line 0: wind_speed = '999")
    assert text.endswith("...': above 200\n  and 1,002 more, in the table rejected_rows")
    assert len(text.splitlines()) == 12
    assert format_quarantine([]) == "no rejected rows"


# --- Exit codes -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["lob"],
        ["reset"],
        ["lab", "--port", "many"],
        ["lab", "--port", "70000"],
        ["pipeline", "--database"],
        ["pipeline", f"--database-urll=mysql://me:{SECRET}@host/db"],
    ],
)
def test_used_wrongly_is_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    err = capsys.readouterr().err
    assert "usage: python run.py" in err
    assert SECRET not in err


@pytest.mark.parametrize("verb", ["lab", "pipeline", "reset", "doctor", "notebooks", "test"])
def test_every_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    if verb != "test":  # pytest shows its own
        assert main([verb, "--help"]) == 0
        assert "--debug" in capsys.readouterr().out


def test_ctrl_c_is_130_and_says_how_to_go_on(
    verbs: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    verbs(KeyboardInterrupt())
    assert main(["pipeline"]) == 130
    err = capsys.readouterr().err
    assert err.startswith("\nStopped.") and "type the same command" in err


def test_an_unforeseen_error_is_one_line_without_the_password(
    verbs: Callable[[BaseException], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"mysql+pymysql://me:{quote(SECRET, safe='')}@host/db")
    verbs(ValueError(f"odd:\n{SECRET} and mysql://me:other@host " + "x" * 900))
    assert main(["pipeline"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("ValueError: odd: *** and mysql://me:***@host xxx")
    assert err.endswith("(add --debug for the traceback)\n")
    assert err.count("\n") == 1 and len(err) < 700

    assert main(["pipeline", "--debug"]) == 1
    err = capsys.readouterr().err
    assert "Traceback (most recent call last)" in err
    assert SECRET not in err and "other" not in err


def test_a_missing_package_is_a_case_for_the_doctor(
    verbs: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    verbs(ModuleNotFoundError("No module named 'pymysql'"))
    assert main(["pipeline"]) == 1
    assert capsys.readouterr().err == "No module named 'pymysql'.\nType: python run.py doctor\n"


def test_passwords_are_hidden_as_written_and_as_meant() -> None:
    url = f"mysql://me:{quote(SECRET, safe='')}@host/db"
    text = without_passwords(f"{url} {SECRET} {quote(SECRET, safe='')}", url)
    assert text == "mysql://me:***@host/db *** ***"


def test_a_reader_who_leaves_early_sees_no_traceback() -> None:
    code = "import sys; from lib.workbook.cli import main; sys.exit(main(['doctor']))"
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=lib.config.ROOT,
    )
    assert child.stdout is not None and child.stderr is not None
    child.stdout.close()
    err = child.stderr.read().decode()
    child.stderr.close()
    child.wait()
    assert "Traceback" not in err


# --- Bad input ------------------------------------------------------------------------------


def complaint(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Run, expect exit 1 and one message without a traceback or a password; return it."""
    assert main(words) == 1
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    assert 1 <= len(err.splitlines()) <= 3
    assert out == ""
    for secret in (SECRET, "w#rd", "wrong-one"):
        assert secret not in err
    return err


@pytest.mark.parametrize("verb", ["pipeline", "lab", "reset 04"])
def test_an_unreachable_server(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    url = "mysql+pymysql://me:wrong-one@127.0.0.1:9/demo"
    err = complaint([*verb.split(), "--database-url", url], capsys)
    assert "No database answers at 127.0.0.1:9" in err


def test_a_wrong_password(mysql_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    url = make_url(mysql_url).set(password="wrong-one").render_as_string(hide_password=False)
    assert "refuses user" in complaint(["pipeline", "--database-url", url], capsys)


def test_a_password_that_is_not_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    url = f"mysql+pymysql://me:{SECRET}@127.0.0.1/demo"
    assert "write @ as %40" in complaint(["pipeline", "--database-url", url], capsys)


@pytest.mark.parametrize("driver", ["mysql", "mysql+mysqldb", "mariadb+mariadbconnector"])
def test_a_driver_that_is_not_installed(driver: str, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"{driver}://me:wrong-one@127.0.0.1/demo"
    err = complaint(["pipeline", "--database-url", url], capsys)
    assert "mysql+pymysql://" in err


@pytest.mark.parametrize("verb", ["pipeline", "lab"])
def test_a_database_that_is_newer_than_the_code(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "new.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
        connection.execute("INSERT INTO alembic_version VALUES ('fedcba987654')")
        connection.commit()
    if verb == "lab":
        assert main(["lab", "--database-url", url_of(path)]) == 1
        err = capsys.readouterr().err
    else:
        err = complaint([verb, "--database-url", url_of(path)], capsys)
    assert "newer than this code" in err and "fedcba987654" in err
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        assert tables.fetchall() == [("alembic_version",)]


def test_a_folder_that_cannot_be_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()  # binds root, too, whom permissions do not
    err = complaint(["pipeline", "--database-url", url_of(tmp_path / "file" / "a.db")], capsys)
    assert "cannot be made" in err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_folder_that_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    err = complaint(["pipeline", "--database-url", url_of(tmp_path / "x" / "a.db")], capsys)
    assert "Permission denied" in err and "--database-url" in err


@pytest.mark.parametrize("verb", ["pipeline", "lab"])
def test_a_typing_error_in_the_env_file(
    verb: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = f"DATABSE_URL=mysql+pymysql://me:{SECRET}@127.0.0.1/demo\n"
    (tmp_path / ".env").write_text(text, encoding="utf-8")
    real = lib.config.load_settings

    def load(url: str | None = None) -> lib.config.Settings:
        return real(url, root=tmp_path)

    for room in ("cli", "pipeline.cli", "orchestration.cli", "workbook.lab.cli"):
        monkeypatch.setattr(f"lib.{room}.load_settings", load)
    monkeypatch.setattr(cli, "load_settings", load)
    err = complaint([verb], capsys)
    assert "DATABASE_URL" in err and "line 1" in err
    assert [path.name for path in tmp_path.iterdir()] == [".env"]


# --- test -----------------------------------------------------------------------------------


measured = pytest.mark.skipif(find_spec("slipcover") is None, reason="no slipcover for this system")


@measured
@pytest.mark.parametrize(
    ("words", "coverage"),
    [
        ([], True),
        (["-v"], True),
        (["--require-all"], True),
        (["tests/house/test_cli.py"], False),
        (["tests/house/test_cli.py::test_x"], False),
        (["-k", "lock"], False),
        (["--maxfail=1"], False),
    ],
)
def test_only_the_whole_suite_has_to_reach_the_coverage(words: list[str], coverage: bool) -> None:
    command = cli.test_command(words, Path("reached.json"))
    assert ("slipcover" in command) is ("reached.json" in command) is coverage
    assert int(command[command.index("-n") + 1]) >= 2
    assert command[len(command) - len(words) :] == words


@measured
@pytest.mark.parametrize(("code", "steps"), [(0, 2), (1, 2), (2, 1), (4, 1), (5, 1)])
def test_no_coverage_is_told_of_tests_that_did_not_run_and_a_lost_one_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, code: int, steps: int, capfd: pytest.CaptureFixture[str]
) -> None:
    """The stand-in for the tests writes no coverage, as if slipcover had failed to."""
    seen = []

    def finished(command: list[str], **_: str) -> int:
        seen.append(command)
        return code if len(seen) == 1 else subprocess.run(command, check=False).returncode

    monkeypatch.setattr(cli, "_finished", finished)
    assert main(["test"]) == 1
    assert len(seen) == steps
    assert ("reached.json" in capfd.readouterr().err) is (steps == 2)


def test_a_debugger_gets_the_terminal() -> None:
    assert "-n" not in cli.test_command(["--pdb"], Path("reached.json"))


HALF = """
def whole(number: int) -> int:
    if number:
        return number
    number += 1
    number += 1
    return number
"""
USE = """
from lib.half import whole

def test_it() -> None:
    assert whole(1) == {}
"""


def test_without_slipcover_the_whole_suite_runs_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cli, "find_spec", lambda name: None)
    command = cli.test_command(["-v"], Path("reached.json"))
    assert command[1:4] == ["-m", "pytest", "-n"]


@measured
@pytest.mark.parametrize(
    ("limit", "wanted", "answer"), [(40, 1, 0), (40, 2, 1), (80, 1, 1)], ids=str
)
def test_the_whole_suite_has_to_pass_and_to_reach_the_coverage(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    limit: int,
    wanted: int,
    answer: int,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A suite of one test, on workers, with the settings that this project has."""
    for folder in ("lib", "tests"):
        (tmp_path / folder).mkdir()
    for name in ("pyproject.toml", "lib/__init__.py", "lib/skip_rfc3987.py"):
        shutil.copy(lib.config.ROOT / name, tmp_path / name)
    (tmp_path / "lib" / "half.py").write_text(HALF, encoding="utf-8")
    (tmp_path / "tests" / "test_it.py").write_text(USE.format(wanted), encoding="utf-8")
    monkeypatch.setattr(cli, "ROOT", tmp_path)
    monkeypatch.setattr(cli, "COVERAGE", limit)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    for name in ("PYTEST_XDIST_WORKER", "SLIPCOVER_ENABLED"):  # it may run in such a suite itself
        monkeypatch.delenv(name, raising=False)
    # Of the plugins, this suite needs two; to import the others takes longer than its test.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "xdist.plugin,slipcover.pytest_plugin")
    assert main(["test"]) == answer
    printed = capfd.readouterr().out
    assert ("1 passed" if wanted == 1 else "1 failed") in printed
    assert re.search(r"lib/half\.py .* 5-7\n", printed.replace("\\", "/"))
    assert "tests/test_it.py " not in printed


@pytest.mark.parametrize(("code", "answer"), [(0, 0), (1, 1), (4, 1), (5, 1)])
def test_hands_its_arguments_to_pytest_and_its_verdict_back(
    monkeypatch: pytest.MonkeyPatch, code: int, answer: int
) -> None:
    seen = []

    class Child:
        def __init__(self, command: list[str], cwd: Path, env: dict[str, str]) -> None:
            seen.append(command)

        def wait(self) -> int:
            return code

    monkeypatch.setattr(cli.subprocess, "Popen", Child)
    assert main(["test", "--require-all", "-k", "a or b", "--debug"]) == answer
    assert seen[0][1:3] == ["-m", "pytest"]
    assert seen[0][-4:] == ["--require-all", "-k", "a or b", "--debug"]


@pytest.mark.parametrize(("words", "whole"), [([], True), (["-v"], True), (["-k", "a"], False)])
def test_the_whole_suite_keeps_its_files_in_memory_and_leaves_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str], whole: bool
) -> None:
    folders: list[Any] = []

    def finished(command: list[str], **variables: str) -> int:
        folders.extend(Path(folder) for folder in variables.values())
        assert list(variables) == ["TMPDIR"] * whole
        assert all(folder.parent == tmp_path and folder.is_dir() for folder in folders)
        return 2

    monkeypatch.setattr(cli, "memory", lambda: tmp_path)
    monkeypatch.setattr(cli, "_finished", finished)
    assert main(["test", *words]) == 1
    assert len(folders) == whole
    assert list(tmp_path.iterdir()) == []


def test_what_is_run_gets_our_environment_and_more(tmp_path: Path) -> None:
    code = "import os; raise SystemExit(os.environ['PATH'] + os.environ['TMPDIR'] != {!r})"
    asked = code.format(os.environ["PATH"] + "here")
    assert cli._finished([sys.executable, "-c", asked], TMPDIR="here") == 0


GB = 2**30


@pytest.mark.skipif(sys.platform != "linux", reason="the memory that is a folder is Linux's")
@pytest.mark.parametrize(
    ("room", "available", "flag", "there", "own", "used"),
    [
        pytest.param(8, 8, 0, True, False, True, id="room for all"),
        pytest.param(
            8, 8, getattr(os, "ST_NOSUID", 0), True, False, True, id="as most systems have it"
        ),
        pytest.param(1, 8, 0, True, False, False, id="a small one, as in a container"),
        pytest.param(8, 5, 0, True, False, False, id="little memory left"),
        pytest.param(8, None, 0, True, False, False, id="nobody says how much is left"),
        pytest.param(8, 8, getattr(os, "ST_NOEXEC", 0), True, False, False, id="no programs"),
        pytest.param(8, 8, 0, False, False, False, id="no such folder"),
        pytest.param(8, 8, 0, True, True, False, id="somebody has chosen another"),
    ],
)
def test_memory_is_used_where_it_has_room(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    room: int,
    available: int | None,
    flag: int,
    there: bool,
    own: bool,
    used: bool,
) -> None:
    place = tmp_path if there else tmp_path / "missing"
    said = "" if available is None else f"MemAvailable:   {available * GB // 1024} kB\n"
    (tmp_path / "meminfo").write_text(f"MemFree:   3 kB\n{said}Buffers:  4 kB\n", encoding="utf-8")
    found = SimpleNamespace(f_bavail=room * GB // 4096, f_frsize=4096, f_flag=flag)
    monkeypatch.setattr(cli, "MEMORY", place)
    monkeypatch.setattr(cli, "MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(os, "statvfs", lambda path: found)
    monkeypatch.delenv("TMPDIR", raising=False)
    if own:
        monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert cli.memory() == (place if used else None)


def test_ctrl_c_waits_for_pytest_to_end_in_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    waits = []

    class Child:
        def __init__(self, command: list[str], cwd: Path, env: dict[str, str]) -> None: ...

        def wait(self) -> int:
            waits.append(1)
            if len(waits) == 1:
                raise KeyboardInterrupt
            return 2

    monkeypatch.setattr(cli.subprocess, "Popen", Child)
    assert main(["test"]) == 130
    assert len(waits) == 2
    assert "Stopped." in capsys.readouterr().err


# --- reset and notebooks --------------------------------------------------------------------


@pytest.mark.parametrize(("what", "number"), [("all", None), ("04", "04")])
def test_reset_says_what_was_done(
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    number: str | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = []

    def fake(_settings: object, wanted: str | None) -> list[str]:
        asked.append(wanted)
        return ["database ch04: removed"] if len(asked) == 1 else []

    monkeypatch.setattr("lib.workbook.course.reset.reset", fake)
    assert main(["reset", what]) == 0
    assert capsys.readouterr().out == "database ch04: removed\n"
    assert main(["reset", what]) == 0
    assert "Nothing to do" in capsys.readouterr().out
    assert asked == [number, number]


def test_reset_of_a_chapter_that_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    said = complaint(["reset", "77"], capsys)
    assert "There is no chapter" in said and "reset 04" in said and "reset all" not in said


@pytest.mark.parametrize(("answer", "code"), [("", 1), ("n", 1), ("y", 0), ("Y", 0)])
def test_reset_of_everything_asks_a_person_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str, code: int
) -> None:
    done: list[object] = []
    monkeypatch.setattr("lib.workbook.course.reset.reset", lambda *args: done.append(args) or [])
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: answer)
    assert main(["reset", "all"]) == code
    assert bool(done) is (code == 0)
    assert "loaded data" in capsys.readouterr().out
    assert main(["reset", "04"]) == 0 and main(["reset", "all", "--yes"]) == 0
    assert "loaded data" not in capsys.readouterr().out


@pytest.fixture
def chapters(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """Two chapters that are rewritten by a stand-in; returns the environment that it was given."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ("00_start_here.ipynb", "03_engine.ipynb"):
        (folder / name).touch()
    seen: dict[str, str] = {}

    def rewrite(path: Path, env: dict[str, str]) -> bool:
        seen.update(env)
        assert os.path.isdir(env["WORKBOOK_DIR"])
        if path.read_text() == "broken":
            raise lib.workbook.course.notebooks.NotebookError(
                f"{path.name} was not rewritten: cell 3"
            )
        return path.name.startswith("00")

    monkeypatch.setattr(cli, "ROOT", tmp_path)
    monkeypatch.setattr(lib.workbook.databases.checkpoints, "prepare", lambda settings: None)
    monkeypatch.setattr(lib.workbook.proof.harness, "rewrite", rewrite)
    return seen


def test_notebooks_says_which_changed_and_leaves_nothing_behind(
    chapters: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notebooks"]) == 0
    out = capsys.readouterr().out
    assert out == "00_start_here.ipynb: changed\n03_engine.ipynb: as it was\n"
    assert chapters["DATABASE_URL"] == ""
    assert not Path(chapters["WORKBOOK_DIR"]).exists()


def test_notebooks_takes_numbers(
    chapters: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notebooks", "3"]) == 0
    assert capsys.readouterr().out == "03_engine.ipynb: as it was\n"
    assert "There are: 00 03" in complaint(["notebooks", "07"], capsys)


def test_notebooks_goes_on_after_a_broken_one_and_fails_at_the_end(
    chapters: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notebooks" / "00_start_here.ipynb").write_text("broken")
    assert main(["notebooks"]) == 1
    out, err = capsys.readouterr()
    assert out == "00_start_here.ipynb: failed\n03_engine.ipynb: as it was\n"
    assert err == "00_start_here.ipynb was not rewritten: cell 3\n"


# --- Is it there already? -------------------------------------------------------------------


def test_makes_the_database_once(
    few: Path, database_url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settings = lib.config.Settings(tmp_path, make_url(database_url))
    assert not ready.has_year(settings.database_url)
    assert not ready.has_checkpoint(settings)
    try:
        ready.make_ready(settings)
        out = capsys.readouterr().out
        assert out.count(", once") == 2
        assert ready.has_year(settings.database_url)
        assert ready.has_checkpoint(settings)
        ready.make_ready(settings)
        assert capsys.readouterr().out == ""
    finally:
        lib.workbook.databases.checkpoints.remove(
            settings, lib.workbook.databases.checkpoints.CHECKPOINT
        )


def test_asking_makes_no_file(tmp_path: Path) -> None:
    assert not ready.has_year(sqlite_url(tmp_path / "a.db"))
    assert list(tmp_path.iterdir()) == []


def test_reads_the_newest_revision_as_alembic_does() -> None:
    from lib.database.schema import head
    from lib.workbook.databases.names import newest_revision

    assert newest_revision() == head()


def test_a_later_start_imports_neither_pandas_nor_alembic() -> None:
    code = """if True:
        import sys
        import lib.workbook.cli, lib.workbook.lab.jupyter, lib.workbook.databases.is_ready
        lib.workbook.databases.is_ready.has_checkpoint(lib.config.load_settings())
        print([name for name in ("pandas", "pyarrow", "alembic") if name in sys.modules])
    """
    out = subprocess.check_output([sys.executable, "-c", code], cwd=lib.config.ROOT, text=True)
    assert out.strip() == "[]"
