"""The doctor: each fault is found, and says what to type."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lib.config import ROOT, Settings, parse_url, read_env_file, sqlite_url
from lib.database import Database
from lib.database.schema import upgrade
from lib.errors import PipelineError
from lib.pipeline import run_pipeline
from lib.workbook.cli import main
from lib.workbook.lab import doctor
from lib.workbook.lab.doctor import Finding


def ask(check: Callable[..., Iterator[Finding]], *arguments: Any) -> Finding:
    (finding,) = check(*arguments)
    return finding


def database(url: str, home: Path) -> list[Finding]:
    return list(doctor._database(Settings(home, parse_url(url))))


@pytest.fixture
def healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the checks that depend on how the environment of these tests was made."""
    for name in ("_python", "_packages", "_kernel", "_widgets"):
        monkeypatch.setattr(doctor, name, lambda: iter([Finding("fine")]))


def test_finds_nothing_wrong_where_nothing_is(
    healthy: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor.examine(None, write=False, root=tmp_path) == 0
    out = capsys.readouterr().out
    assert all(line.startswith("ok  ") for line in out.splitlines())
    assert "not made yet; python run.py lab makes it" in out
    assert list(tmp_path.iterdir()) == []


def test_a_fault_is_1_and_is_counted(
    healthy: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "mysql+pymysql://me:s3cret@127.0.0.1:9/demo"
    assert doctor.examine(url, write=False, root=tmp_path) == 1
    out = capsys.readouterr().out
    assert "!!  No database answers at 127.0.0.1:9.\n    Start it" in out
    assert out.endswith("\n1 fault found.\n")
    assert "s3cret" not in out


def test_a_broken_env_file_is_one_fault_and_the_rest_goes_on(
    healthy: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".env").write_text("DATABASE_URL mysql://me:s3cret@h/d\n", encoding="utf-8")
    assert doctor.examine(None, write=False, root=tmp_path) == 1
    out = capsys.readouterr().out
    assert "line 1, is not of the form NAME=value" in out
    assert "port 8888" in out
    assert "s3cret" not in out


def test_a_check_that_fails_itself_is_a_fault_too() -> None:
    def odd() -> Iterator[Finding]:
        raise ValueError("mysql://me:s3cret@h/d")
        yield

    def gone() -> Iterator[Finding]:
        raise ImportError("No module named 'zmq'")
        yield

    assert str(ask(doctor._guarded, odd)) == (
        "!!  odd: ValueError: mysql://me:***@h/d\n    Report this as a bug."
    )
    assert ask(doctor._guarded, gone).fix == doctor.REMAKE


# --- The environment ------------------------------------------------------------------------


def door(*made: bool) -> Callable[[str], dict[str, Any]]:
    """Return a run.py that finds an environment made from the learners' lock, and from both."""
    return lambda _path: {"is_made": lambda root, authors=False: made[authors]}


def test_python_and_the_lock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    monkeypatch.setattr(doctor.runpy, "run_path", door(True, False))
    assert "not the one in .venv" in ask(doctor._python).text
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    assert ask(doctor._python).text.endswith("made from requirements.txt as it is")
    monkeypatch.setattr(doctor.runpy, "run_path", door(True, True))
    found = ask(doctor._python)
    assert found.text.endswith("the authors' as well") and not found.fix
    monkeypatch.setattr(doctor.runpy, "run_path", door(False, False))
    assert "not finished" in ask(doctor._python).text


def test_run_py_has_what_the_doctor_asks_of_it() -> None:
    found = doctor.runpy.run_path(str(ROOT / "run.py"))
    assert set(found["wanted_stamp"](str(ROOT))) == {"lock", "python", "path", "lib"}
    assert set(found["wanted_stamp"](str(ROOT), True)) - {"authors"} == {
        "lock",
        "python",
        "path",
        "lib",
    }
    assert found["found_stamp"](str(ROOT / "nowhere")) == {}


def test_packages_are_compared_with_the_lock(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    monkeypatch.setattr(doctor, "COMPILED", ("sqlalchemy",))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    shutil.copy(ROOT / "run.py", tmp_path)
    lock = tmp_path / "requirements.txt"
    lock.write_text(
        "# made by uv\npytest>=1\n    # via us\n\nnope==1 ; sys_platform == 'beos'\n",
        encoding="utf-8",
    )
    assert ask(doctor._packages) == Finding("1 packages, all as locked")
    lock.write_text("pytest==0.1\nno-such-package==1\n", encoding="utf-8")
    monkeypatch.setattr(doctor, "COMPILED", ("no_such_module",))
    finding = ask(doctor._packages)
    assert finding.fix == doctor.REMAKE
    assert "pytest (" in finding.text and "no-such-package (missing)" in finding.text
    assert "no_such_module (No module" in finding.text


def test_the_kernel_is_the_one_of_this_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert ask(doctor._kernel) == Finding("kernel python3 runs in this environment")
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    monkeypatch.setattr("jupyter_client.kernelspec.NATIVE_KERNEL_NAME", "none")
    assert ask(doctor._kernel) == Finding("no kernel python3", doctor.REMAKE)
    folder = tmp_path / ".venv" / "share" / "jupyter" / "kernels" / "python3"
    folder.mkdir(parents=True)
    spec = {"argv": ["/usr/bin/elsewhere", "-m", "ipykernel_launcher"], "display_name": "P"}
    (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    assert "runs another Python" in ask(doctor._kernel).text


def test_the_widgets_part_in_jupyterlab(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert not ask(doctor._widgets).fix
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    assert ask(doctor._widgets).fix == doctor.REMAKE


# --- The database ---------------------------------------------------------------------------


def test_a_database_empty_old_and_loaded(database_url: str, tmp_path: Path, few: Path) -> None:
    with Database(database_url) as db:
        db.ping()  # SQLite makes the file
        assert "answers, empty" in database(database_url, tmp_path)[0].text
        upgrade(db, "6b1f0c8a41d2")
        assert database(database_url, tmp_path)[0].fix == "Type: python run.py pipeline"
        upgrade(db)
        assert "not loaded" in database(database_url, tmp_path)[0].text
        run_pipeline(db, month="2013-01")
        found = database(database_url, tmp_path)
    assert "up to date, loaded" in found[0].text
    assert [finding.fix for finding in found] == [""] * len(found)
    secret = parse_url(database_url).password
    assert secret is None or str(secret) not in str(found)


def test_a_database_that_is_newer_than_the_code(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
        connection.execute("INSERT INTO alembic_version VALUES ('fedcba987654')")
        connection.commit()
    settings = Settings(tmp_path, sqlite_url(path))
    finding = ask(doctor._guarded, lambda: doctor._database(settings))
    assert "newer than this code" in finding.text and "git pull" in finding.fix


@pytest.mark.parametrize(("value", "fault"), [("ON", False), ("OFF", True)])
def test_local_infile(value: str, fault: bool) -> None:
    db = SimpleNamespace(execute=lambda statements: [[("local_infile", value)]])
    assert bool(doctor._local_infile(db).fix) is fault


# --- Folder and port ------------------------------------------------------------------------


def test_a_folder_that_is_not_there_yet_is_not_made(tmp_path: Path) -> None:
    assert not ask(doctor._folder, tmp_path / "a" / "b").fix
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    finding = ask(doctor._folder, tmp_path)
    assert "cannot be written" in finding.text and "WORKBOOK_DIR" in finding.fix


def test_a_disk_that_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda place: SimpleNamespace(free=5 << 20))
    assert ask(doctor._folder, tmp_path) == Finding(
        "5 MB are free on the disk", "Free at least 1 GB."
    )


def test_a_port_in_use_is_no_fault_because_lab_takes_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lab = importlib.import_module("lib.local_server")
    monkeypatch.setattr(lab, "is_free", lambda port: port > 8889)
    assert ask(doctor._ports).text.endswith("lab takes 8890")
    monkeypatch.setattr(lab, "is_free", lambda port: True)
    assert ask(doctor._ports) == Finding("port 8888 is free")
    monkeypatch.setattr(lab, "is_free", lambda port: False)
    assert ask(doctor._guarded, doctor._ports).fix


# --- .env -----------------------------------------------------------------------------------


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copy(ROOT / ".env.example", tmp_path / ".env.example")
    return tmp_path


def test_writes_an_env_file_with_random_passwords(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    doctor.offer_env_file(root, write=True)
    values = read_env_file(root / ".env")
    passwords = {values["MYSQL_PASSWORD"], values["MYSQL_ROOT_PASSWORD"]}
    assert len(passwords) == 2
    for password in passwords:
        assert len(password) == 32 and password.isalnum()
        assert password not in capsys.readouterr().out
    assert "DATABASE_URL" not in values
    if os.name != "nt":
        assert (root / ".env").stat().st_mode & 0o777 == 0o600
    (finding,) = doctor._env_file(root)
    assert not any(password in finding.text for password in passwords)


def test_never_overwrites_an_env_file(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / ".env").write_text("MYSQL_USER=me\n", encoding="utf-8")
    doctor.offer_env_file(root, write=True)
    doctor.offer_env_file(root, write=False)
    assert (root / ".env").read_text(encoding="utf-8") == "MYSQL_USER=me\n"
    assert capsys.readouterr().out == "\n.env is there already; it stays as it is.\n"
    with pytest.raises(PipelineError, match="could not be written"):
        doctor.write_env_file(root / ".env", "X=1\n")


@pytest.mark.parametrize(("answer", "written"), [("y", True), ("", False), ("n", False)])
def test_asks_somebody_who_can_answer(
    root: Path, monkeypatch: pytest.MonkeyPatch, answer: str, written: bool
) -> None:
    monkeypatch.setattr("builtins.input", lambda question: answer)
    doctor.offer_env_file(root, write=False)
    assert not (root / ".env").exists()  # nobody is there
    terminal = SimpleNamespace(isatty=lambda: True)
    monkeypatch.setattr(doctor.sys, "stdin", terminal)
    with monkeypatch.context() as patch:
        patch.setattr(doctor.sys.stdout, "isatty", lambda: True, raising=False)
        doctor.offer_env_file(root, write=False)
    assert (root / ".env").exists() is written


def test_is_a_verb(healthy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "offer_env_file", lambda root, write: None)
    monkeypatch.setattr(doctor, "_env_file", lambda root: iter([]))
    assert main(["doctor"]) == 0
