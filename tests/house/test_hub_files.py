"""The files in hub/: what can be said of them where no hub is installed."""

from __future__ import annotations

import os
import re
import runpy
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from traitlets.config import Config

ROOT = Path(__file__).resolve().parents[2]
HUB = ROOT / "hub"


def lines_of(path: Path) -> list[Requirement]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Requirement(line.rstrip(" \\")) for line in lines if re.match(r"\w", line)]


def test_the_hubs_packages_are_locked_and_none_of_them_is_the_learners() -> None:
    learners = {canonicalize_name(line.name) for line in lines_of(ROOT / "requirements.txt")}
    hubs = lines_of(HUB / "requirements.txt")
    assert {"jupyterhub", "jupyter-server-proxy", "nbgitpuller"} <= {line.name for line in hubs}
    for line in hubs:
        assert [each.operator for each in line.specifier] == ["=="], line
        assert canonicalize_name(line.name) not in learners
        if line.name == "jupyterhub":
            assert line.specifier.contains("5.5.4")


# --- The configuration ----------------------------------------------------------------------


class Simple:
    """Stands for JupyterHub's SimpleLocalProcessSpawner."""

    home_dir = ""
    user = SimpleNamespace(id=7)


def read_config(monkeypatch: pytest.MonkeyPatch, folder: Path) -> tuple[Any, dict[str, Any]]:
    """Return what the file has set, and its names."""
    spawner = ModuleType("jupyterhub.spawner")
    vars(spawner)["SimpleLocalProcessSpawner"] = Simple
    monkeypatch.setitem(sys.modules, "jupyterhub", ModuleType("jupyterhub"))
    monkeypatch.setitem(sys.modules, "jupyterhub.spawner", spawner)
    monkeypatch.setenv("WORKBOOK_HUB_FOLDER", str(folder))
    found = Config()
    names = runpy.run_path(str(HUB / "jupyterhub_config.py"), {"get_config": lambda: found})
    return found, names


def test_without_a_password_there_is_no_hub(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WORKBOOK_HUB_PASSWORD", raising=False)
    with pytest.raises(SystemExit, match="Set WORKBOOK_HUB_PASSWORD"):
        read_config(monkeypatch, tmp_path)


def test_everybody_with_the_password_may_enter_and_a_name_is_a_folders_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBOOK_HUB_PASSWORD", "a class of thirty")
    monkeypatch.delenv("WORKBOOK_HUB_ADMIN_PASSWORD", raising=False)
    c, _ = read_config(monkeypatch, tmp_path)
    assert c.JupyterHub.authenticator_class == "shared-password"
    assert c.SharedPasswordAuthenticator.user_password == "a class of thirty"
    assert c.Authenticator.allow_all is True
    assert "admin_users" not in c.Authenticator
    for name, allowed in (("anna", True), ("b.n-1_x", True), ("../anna", False), ("", False)):
        assert bool(re.fullmatch(c.Authenticator.username_pattern, name)) is allowed
    monkeypatch.setenv("WORKBOOK_HUB_ADMIN_PASSWORD", "x" * 32)
    assert read_config(monkeypatch, tmp_path)[0].Authenticator.admin_users == {"teacher"}
    if os.name != "nt":
        assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
        assert (tmp_path / "homes").stat().st_mode & 0o777 == 0o711


@pytest.mark.skipif(os.name == "nt", reason="JupyterHub does not run on Windows")
@pytest.mark.parametrize(("uid", "first", "set_to"), [(0, 500, 507), (0, 0, None), (9, 500, None)])
def test_each_learner_is_a_user_of_the_system_where_root_runs_the_hub(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    uid: int,
    first: int,
    set_to: int | None,
) -> None:
    monkeypatch.setenv("WORKBOOK_HUB_PASSWORD", "a class of thirty")
    monkeypatch.setenv("WORKBOOK_HUB_FIRST_UID", str(first))
    monkeypatch.chdir(tmp_path)
    _, names = read_config(monkeypatch, tmp_path)
    done: list[tuple[Any, ...]] = []
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    for name in ("chown", "setgroups", "setgid", "setuid"):
        monkeypatch.setattr(os, name, lambda *what, name=name: done.append((name, *what)))
    spawner = names["OneMachineSpawner"]()
    spawner.home_dir = str(tmp_path / "homes" / "anna")
    spawner.make_preexec_fn("")()
    assert Path.cwd() == (tmp_path / "homes" / "anna").resolve()
    if set_to is None:
        assert done == []
    else:  # the group first: afterwards it may not be changed
        home = spawner.home_dir
        assert done == [
            ("chown", home, set_to, set_to),
            ("setgroups", []),
            ("setgid", set_to),
            ("setuid", set_to),
        ]


# --- The start of a learner's server ----------------------------------------------------------


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A teacher's repository with prepared data."""
    folder = tmp_path / "the source"
    (folder / ".workbook" / "chapters").mkdir(parents=True)
    (folder / ".gitignore").write_text(".workbook/\n", encoding="utf-8")
    (folder / "run.py").write_text("", encoding="utf-8")
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    for name in ("workbook.db", "chapters/january-abc.db"):
        with closing(sqlite3.connect(folder / ".workbook" / name)) as raw:
            raw.execute("PRAGMA journal_mode = WAL")
            raw.execute("CREATE TABLE flights (n)")
            raw.commit()
    return folder


def start(source: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Run start.py up to its last step; return the command that it becomes."""
    became: list[list[str]] = []
    home.mkdir(exist_ok=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setattr(os, "execv", lambda _program, command: became.append(command))
    monkeypatch.setattr(sys, "argv", ["start.py", str(source), "--port=1"])
    here = Path.cwd()
    try:
        runpy.run_path(str(HUB / "start.py"), run_name="__main__")
        assert Path.cwd() == (home / "course").resolve()
    finally:
        os.chdir(here)
    (command,) = became
    return command


def test_a_learner_gets_a_clone_with_the_data_and_then_the_server(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    command = start(source, home, monkeypatch)
    assert command[:6] == [
        sys.executable,
        "run.py",
        "--no-venv",
        "prepare",
        "--",
        "jupyterhub-singleuser",
    ]
    assert command[-1] == "--port=1"
    for name in ("workbook.db", "chapters/january-abc.db"):
        with closing(sqlite3.connect(home / "course" / ".workbook" / name)) as raw:
            assert raw.execute("SELECT count(*) FROM flights").fetchone() == (0,)
    assert not (home / "course.part").exists()

    (home / "course" / "run.py").write_text("# mine\n", encoding="utf-8")
    start(source, home, monkeypatch)
    assert (home / "course" / "run.py").read_text(encoding="utf-8") == "# mine\n"


def test_a_clone_that_was_cut_off_is_made_again_and_a_database_at_work_is_not_copied(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / "course.part").mkdir(parents=True)
    (home / "course.part" / "run.py").touch()
    with closing(sqlite3.connect(source / ".workbook" / "workbook.db")) as raw:
        raw.execute("INSERT INTO flights VALUES (1)")
        raw.commit()
        start(source, home, monkeypatch)
    made = home / "course" / ".workbook"
    assert not (made / "workbook.db").exists()
    assert (made / "chapters" / "january-abc.db").exists()


def test_a_repository_that_is_not_there_ends_the_start_with_gits_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").mkdir()
    with pytest.raises(SystemExit) as end:
        start(tmp_path / "nowhere", tmp_path / "home", monkeypatch)
    assert end.value.code not in (0, None)
    assert not (tmp_path / "home" / "course").exists()


# --- Kubernetes -----------------------------------------------------------------------------


def test_the_values_for_kubernetes_start_what_the_image_holds() -> None:
    values = yaml.safe_load((HUB / "zero-to-jupyterhub.yaml").read_text(encoding="utf-8"))
    image = (HUB / "Dockerfile").read_text(encoding="utf-8")
    one = values["singleuser"]
    assert one["cmd"] == ["python", "/opt/workbook/hub/start.py", "/opt/workbook"]
    assert "COPY . /opt/workbook" in image and str(one["cmd"]).replace("'", '"') in image
    assert f"{one['image']['name']}:{one['image']['tag']}" in image
    version = re.search(r'(?m)^version = "(.+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    assert version is not None and one["image"]["tag"] == version[1]
    assert one["networkPolicy"]["egressAllowRules"] == {"privateIPs": True}
    config = values["hub"]["config"]
    assert config["JupyterHub"]["authenticator_class"] == "shared-password"
    assert config["Authenticator"]["allow_all"] is True
    minor = re.search(r"FROM python:3\.(\d+)-", image)
    assert minor is not None and 11 <= int(minor[1]) <= 15


def test_the_pages_commands_name_files_that_are_there() -> None:
    text = (HUB / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"(?<!/)\bhub/([\w.-]+\w)", text) + re.findall(r"\]\(([\w.-]+)\)", text)
    assert len(named) > 4
    assert [name for name in named if not (HUB / name).exists()] == []
