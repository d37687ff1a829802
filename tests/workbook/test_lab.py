"""JupyterLab as `run.py lab` starts it: a real server, and what is laid out before it."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest

from lib import local_server
from lib.config import ROOT, Settings, sqlite_url
from lib.errors import PipelineError
from lib.local_server import choose_port
from lib.workbook.cli import main
from lib.workbook.databases.checkpoints import prepare
from lib.workbook.databases.names import newest_revision
from lib.workbook.lab import desk
from lib.workbook.lab import jupyter as lab


@pytest.fixture
def environment() -> Iterator[None]:
    """Give the process its environment variables back."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


# --- The port -------------------------------------------------------------------------------


@pytest.fixture
def taken() -> Iterator[int]:
    """A port at which somebody listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_port_in_use_names_a_free_one(taken: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "--port", str(taken)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"Port {taken} is in use")
    free = int(err.split("--port ")[1])
    assert free > taken and local_server.is_free(free)


def test_takes_the_next_free_port_and_says_which(
    taken: int, capsys: pytest.CaptureFixture[str]
) -> None:
    port = choose_port(None, taken)
    assert port > taken
    assert capsys.readouterr().out == f"Port {taken} is in use; taking {port}.\n"
    assert choose_port(None, port) == choose_port(port, taken) == port
    assert capsys.readouterr().out == ""


def test_no_free_port_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_server, "is_free", lambda port: False)
    with pytest.raises(PipelineError, match="No port from 8888 to 8937 is free"):
        choose_port(None, lab.FIRST_PORT)


def test_a_name_that_cannot_be_looked_up_is_this_machine(
    taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("no resolver")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert not local_server.is_free(taken)


def test_an_address_that_is_switched_off_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: object, **__: object) -> None:
        raise OSError(local_server.errno.EADDRNOTAVAIL, "Cannot assign requested address")

    monkeypatch.setattr(local_server.socket, "socket", absent)
    assert local_server.is_free(8888)


# --- What is laid out -----------------------------------------------------------------------


def test_the_first_window_shows_the_contents_and_later_ones_what_was_left(
    environment: None, tmp_path: Path
) -> None:
    desk.private_folders(tmp_path)
    (path,) = (tmp_path / "workspaces").iterdir()
    layout = json.loads(path.read_text(encoding="utf-8"))
    left = layout["data"]["layout-restorer:data"]["left"]
    assert layout["metadata"]["id"] == "default"
    assert left["current"] == "@jupyterlab/toc:plugin" and not left["collapsed"]

    path.write_text("{}", encoding="utf-8")  # the learner's own
    desk.private_folders(tmp_path)
    assert path.read_text(encoding="utf-8") == "{}"
    assert list((tmp_path / "workspaces").iterdir()) == [path]


def test_news_and_updates_are_off(environment: None, tmp_path: Path) -> None:
    desk.private_folders(tmp_path)
    path = tmp_path / "config" / "labconfig" / "default_setting_overrides.json"
    (settings,) = json.loads(path.read_text(encoding="utf-8")).values()
    assert settings == {"fetchNews": "false", "checkForUpdates": False}


def test_nothing_of_the_users_own_jupyter_is_used(environment: None, tmp_path: Path) -> None:
    os.environ.update(JUPYTER_PATH="x", JUPYTER_CONFIG_PATH="x", JUPYTER_TOKEN="")
    desk.private_folders(tmp_path)
    assert not {"JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "JUPYTER_TOKEN"} & set(os.environ)
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR"):
        assert Path(os.environ[name]).is_relative_to(tmp_path)


def test_a_folder_that_cannot_be_written(environment: None, tmp_path: Path) -> None:
    (tmp_path / "jupyter").touch()
    with pytest.raises(PipelineError, match="settings cannot be written"):
        desk.private_folders(tmp_path / "jupyter")


def test_a_broken_chapter_does_not_keep_the_others_shut(
    environment: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from nbformat.sign import NotebookNotary
    from nbformat.v4 import new_code_cell, new_notebook, new_output, writes

    desk.private_folders(tmp_path / "jupyter")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "00_start_here.ipynb").write_text("{", encoding="utf-8")
    picture = new_output("display_data", data={"image/svg+xml": "<svg/>"})
    chapter = new_notebook(cells=[new_code_cell("1", id="one", outputs=[picture])])
    path = tmp_path / "notebooks" / "03_engine.ipynb"
    path.write_text(writes(chapter), encoding="utf-8")
    monkeypatch.setattr(desk, "ROOT", tmp_path)
    desk.trust_chapters()
    assert capsys.readouterr().err.startswith("00_start_here.ipynb cannot be read")
    notary = NotebookNotary()
    assert notary.check_signature(lab_read(path))
    notary.store.close()


def lab_read(path: Path) -> Any:
    from lib.workbook.course.notebooks import read

    return read(path)


def test_prints_the_address_once_and_how_to_stop(
    environment: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    started = []
    provider = SimpleNamespace(token="t0ken", token_generated=True)
    server = SimpleNamespace(identity_provider=provider, start=lambda: started.append(1))

    class LabApp:
        @staticmethod
        def initialize_server(argv: list[str]) -> Any:
            started.append(argv)  # type: ignore[arg-type]
            return server

    monkeypatch.setitem(sys.modules, "jupyterlab.labapp", SimpleNamespace(LabApp=LabApp))
    monkeypatch.setattr(desk, "trust_chapters", lambda: None)
    settings = Settings(tmp_path, sqlite_url(tmp_path / "a.db"))
    monkeypatch.setattr("lib.workbook.lab.desk.make_ready", lambda settings: None)
    monkeypatch.setattr("lib.workbook.lab.cli.load_settings", lambda url: settings)
    assert main(["lab", "--no-browser", "--database-url", "sqlite:///b.db"]) == 0
    out = capsys.readouterr().out
    assert out.count("token=t0ken") == 1
    assert "/lab/tree/notebooks/00_start_here.ipynb?" in out
    assert "Ctrl-C twice" in out
    assert not provider.token_generated  # or Jupyter would print it, too
    assert "--ServerApp.open_browser=False" in started[0]  # type: ignore[operator]
    assert not any("token" in option or "password" in option for option in started[0])
    assert os.environ["DATABASE_URL"] == "sqlite:///b.db"  # for the kernels


# --- Started by something other than run.py -------------------------------------------------


def test_prepare_does_all_that_lab_does_and_becomes_a_command(
    environment: None, tmp_path: Path, few: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.setenv("PYTHONPATH", "/x")
    monkeypatch.setattr(os, "execv", lambda *what: seen.append(what), raising=False)
    monkeypatch.setattr(subprocess, "call", lambda what: seen.append(what) or 0)
    main(["prepare", "--", sys.executable, "-c", "pass", "--port", "1"])
    # Mocked, os.execv comes back, and what Windows does follows it; the first of both counts.
    program, words = seen[0] if os.name != "nt" else (seen[0][0], seen[0])
    assert (program, words[1:]) == (sys.executable, ["-c", "pass", "--port", "1"])
    home = Path(os.environ["WORKBOOK_DIR"])
    assert (home / "workbook.db").exists() and list((home / "chapters").glob("january-*.db"))
    assert Path(os.environ["JUPYTER_DATA_DIR"], "nbsignatures.db").exists()
    assert os.environ["PYTHONPATH"] == os.pathsep.join([str(ROOT), "/x"])
    told = json.loads((home / "jupyter/config/jupyter_lab_config.json").read_text("utf-8"))
    assert told["LabApp"]["news_url"] is None


def test_prepare_without_a_command_says_that_it_is_done(
    environment: None, few: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["prepare"]) == 0
    assert capsys.readouterr().out.endswith("The chapters are ready.\n")


def test_prepare_looks_for_the_command_before_the_long_part(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["prepare", "--", "no-such-program"]) == 1
    assert "There is no program 'no-such-program' here." in capsys.readouterr().err
    assert not list(Path(os.environ["WORKBOOK_DIR"]).iterdir())


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        (str(ROOT), "/user/anna/lab/tree/notebooks/00_start_here.ipynb"),
        (str(ROOT.parent), f"/user/anna/lab/tree/{quote(ROOT.name)}/notebooks/00_start_here.ipynb"),
        (str(ROOT / "lib"), (ROOT / "notebooks/00_start_here.ipynb").as_posix()),
    ],
)
def test_lab_in_a_terminal_of_a_hub_starts_no_second_one(
    environment: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    folder: str,
    told: str,
) -> None:
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/anna/")
    monkeypatch.setenv("JUPYTERHUB_ROOT_DIR", folder)
    monkeypatch.setattr(desk, "make_ready", lambda settings: None)
    assert main(["lab"]) == 0
    assert told in capsys.readouterr().out.splitlines()[2]


def test_addresses_are_those_of_this_machine_or_of_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JUPYTERHUB_SERVICE_PREFIX", "JUPYTERHUB_PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    assert local_server.address_of(8501) == "http://localhost:8501"
    assert local_server.public_path(8501) == ""
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/hub7/user/anna/")
    assert local_server.address_of(8501) == "/hub7/user/anna/proxy/8501/"
    assert local_server.public_path(3000, whole=True) == "/hub7/user/anna/proxy/absolute/3000"
    public = "https:" + "//school.example.org/hub7/user/anna/"
    monkeypatch.setenv("JUPYTERHUB_PUBLIC_URL", public)
    assert local_server.address_of(8501) == f"{public}proxy/8501/"


# --- A real server --------------------------------------------------------------------------


@dataclass
class Running:
    """A server, the seconds that it took to answer, and the folder in which it works."""

    port: int
    token: str
    seconds: float
    home: Path
    child: subprocess.Popen[str]

    def get(self, path: str, token: str | None = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            headers = {"Authorization": f"token {token}"} if token else {}
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server on a database with January in it; once, because it takes seconds."""
    home = tmp_path_factory.mktemp("work book")
    prepare(Settings(home, sqlite_url(home / "workbook.db")))
    shutil.copy(home / "chapters" / f"january-{newest_revision()}.db", home / "workbook.db")
    with socket.socket() as probe:  # any port: the same tests may run twice on this machine
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(8)
    env = {**os.environ, "WORKBOOK_DIR": str(home), "JUPYTER_TOKEN": token}
    start = time.monotonic()
    with open(home / "out.log", "w", encoding="utf-8") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "lib.workbook.cli", "lab", "--no-browser", "--port", str(port)],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )
        server = Running(port, token, 0, home, child)
        try:
            while time.monotonic() < start + 60 and child.poll() is None:
                try:
                    if server.get("/api/status", token)[0] == 200:
                        break
                except OSError:
                    time.sleep(0.1)
            server.seconds = time.monotonic() - start
            yield server
        finally:
            child.terminate()
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def test_answers_with_the_token_only(running: Running) -> None:
    assert running.get("/api/status", running.token)[0] == 200
    assert running.get("/api/status")[0] == 403
    assert running.get("/api/status", "other")[0] == 403
    assert running.seconds < 30  # under 5 alone; here it shares the machine with other tests


def test_offers_the_kernel_of_this_environment_and_no_news(running: Running) -> None:
    kernels = json.loads(running.get("/api/kernelspecs", running.token)[1])
    assert kernels["default"] == "python3"
    path = "/lab/api/settings/@jupyterlab/apputils-extension:notification"
    schema = json.loads(running.get(path, running.token)[1])["schema"]
    assert schema["properties"]["fetchNews"]["default"] == "false"
    page = running.get("/lab", running.token)[1].decode()
    assert '"newsUrl"' not in page or "jupyter.org" not in page


def test_opens_the_seeded_layout(running: Running) -> None:
    data = json.loads(running.get("/lab/api/workspaces/default", running.token)[1])["data"]
    assert data["layout-restorer:data"]["left"]["current"] == "@jupyterlab/toc:plugin"


def test_prints_little(running: Running) -> None:
    text = (running.home / "out.log").read_text(encoding="utf-8")
    assert text.count(running.token) == 1
    assert len(text.strip().splitlines()) <= 5


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a program without asking it")
def test_ends_when_it_is_told_to(running: Running) -> None:
    running.child.send_signal(signal.SIGTERM)
    running.child.wait(15)
    assert local_server.is_free(running.port)
