"""The private server: what the tests of the pipeline rely on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pymysql
import pytest
from sqlalchemy.engine import make_url

from tests.support.mysql_server import PrivateServer, ServerError, connect, find_server

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def server() -> Iterator[PrivateServer]:
    """A server of this module's own, which may be killed."""
    if find_server() is None:
        pytest.skip("no MariaDB or MySQL server program is installed")
    with PrivateServer() as server:
        yield server


def ask(url: str, query: str) -> list[tuple[object, ...]]:
    """Return the rows of a query, asked on a connection of its own."""
    with connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def test_it_listens_on_this_machine_only(server: PrivateServer) -> None:
    assert make_url(server.url).host == "127.0.0.1"
    assert ask(server.url, "SELECT @@bind_address") == [("127.0.0.1",)]


def test_it_allows_local_infile_and_speaks_utf8mb4(server: PrivateServer) -> None:
    query = "SELECT @@GLOBAL.local_infile, @@character_set_server, @@collation_server"
    assert ask(server.url, query) == [(1, "utf8mb4", "utf8mb4_bin")]


def test_nobody_gets_in_without_a_password(server: PrivateServer) -> None:
    for user in ("", "root", "workbook"):
        url = make_url(server.url).set(username=user, password="").render_as_string(False)
        with pytest.raises(pymysql.OperationalError, match="Access denied"):
            ask(url, "SELECT 1")


@pytest.mark.parametrize("name", ["demo_ch04", "test_db", "workbook_x"])
def test_the_user_may_make_the_databases_of_chapters_and_tests(
    server: PrivateServer, name: str
) -> None:
    ask(server.url, f"CREATE DATABASE {name}")
    ask(server.url, f"DROP DATABASE {name}")


def test_the_user_may_not_make_any_other_database(server: PrivateServer) -> None:
    for name in ("production", "demolition", "testing"):
        with pytest.raises(pymysql.OperationalError, match="Access denied"):
            ask(server.url, f"CREATE DATABASE {name}")


def test_what_was_committed_survives_kill_and_start(server: PrivateServer) -> None:
    before = server.url
    ask(server.url, "CREATE TABLE kept (number INT)")
    ask(server.url, "INSERT INTO kept VALUES (42)")
    server.kill()
    assert not server.running
    with pytest.raises(pymysql.OperationalError):
        ask(before, "SELECT 1")

    server.start()

    assert server.url == before
    assert ask(server.url, "SELECT number FROM kept") == [(42,)]
    ask(server.url, "DROP TABLE kept")


def test_it_leaves_nothing_behind() -> None:
    if find_server() is None:
        pytest.skip("no MariaDB or MySQL server program is installed")
    with PrivateServer() as server:
        folder, url = server._home, server.url
        assert folder.is_dir()
    assert not server.running
    assert not folder.exists()
    with pytest.raises(pymysql.OperationalError):
        ask(url, "SELECT 1")


# --- The end of its parent ------------------------------------------------------------------------

PARENT = """
import signal, sys, time
from lib.testing.mysql_server import PrivateServer
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # a job behind nohup ignores it
print("begins", flush=True)
with PrivateServer() as server:
    print(server.url, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder with a short path: that of a server's socket may have 107 characters."""
    with tempfile.TemporaryDirectory(dir=Path("/tmp"), ignore_cleanup_errors=True) as name:
        yield Path(name)


@pytest.fixture
def parent(home: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that makes a private server in `home`, and waits; its lines are on its stdout."""
    if find_server() is None:
        pytest.skip("no MariaDB or MySQL server program is installed")
    env = os.environ | {"TMPDIR": str(home), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def left_of(folder: Path) -> list[object]:
    """Return the processes that work in the folder, and the files in it."""
    processes = [
        each.info["cmdline"]
        for each in psutil.process_iter(["cmdline"])
        if str(folder) in " ".join(each.info["cmdline"] or [])
    ]
    return [*processes, *folder.iterdir()]


@pytest.mark.parametrize("how", ["SIGTERM", "SIGKILL", "SIGHUP"])
@pytest.mark.parametrize("when", ["while it is made", "at work"])
@pytest.mark.skipif(os.name == "nt", reason="Windows knows one way to end a process")
def test_it_ends_with_its_parent_however_that_ends(
    parent: subprocess.Popen[str], home: Path, how: str, when: str
) -> None:
    assert parent.stdout is not None
    assert parent.stdout.readline() == "begins\n"
    if when == "at work":
        url = parent.stdout.readline().strip()
        assert ask(url, "SELECT 1") == [(1,)]
    else:
        until(lambda: any(home.glob("wb-*/data/*")))
    parent.send_signal(getattr(signal, how))
    parent.wait(timeout=60)
    until(lambda: left_of(home) == [])
    if when == "at work":
        with pytest.raises(pymysql.OperationalError):
            ask(url, "SELECT 1")


def until(done: Callable[[], bool], limit_s: float = 60) -> None:
    """Wait until something is so, for at most a minute."""
    end = time.monotonic() + limit_s
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


# --- Which server ---------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="a script is no program there")
@pytest.mark.parametrize("by", ["its path", "its name"])
def test_it_is_the_server_that_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, by: str
) -> None:
    """Where more than one is installed; a script that starts one will do."""
    program = find_server()
    if program is None:
        pytest.skip("no MariaDB or MySQL server program is installed")
    script = tmp_path / "a server"
    note = f'echo "$@" >> "{tmp_path}/started"'
    script.write_text(f'#!/bin/sh\n{note}\n"{program}" "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    if by == "its name":
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("WORKBOOK_SERVER", str(script) if by == "its path" else script.name)
    assert find_server() == str(script)
    with PrivateServer() as server:
        assert ask(server.url, "SELECT 1") == [(1,)]
        server.kill()  # the server, and not the script alone
        with pytest.raises(pymysql.OperationalError):
            ask(server.url, "SELECT 1")
    assert "--init-file" in (tmp_path / "started").read_text(encoding="utf-8")


def test_a_named_server_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_SERVER", "no-such-mysqld")
    with pytest.raises(ServerError, match="WORKBOOK_SERVER names no-such-mysqld: that is no prog"):
        PrivateServer().__enter__()


def test_a_server_that_does_not_start_shows_its_log_and_cleans_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if find_server() is None:
        pytest.skip("no MariaDB or MySQL server program is installed")
    monkeypatch.setattr("lib.testing.mysql_server.SETTINGS", ("--no-such-option=1",))
    folders: list[Path] = []
    server = PrivateServer()
    create = server._create
    monkeypatch.setattr(server, "_create", lambda: (create(), folders.append(server._home)))
    with pytest.raises(ServerError, match="no-such-option"), server:
        pytest.fail("the server started with an option that does not exist")
    assert [folder.exists() for folder in folders] in ([], [False])  # MySQL fails in _create


def test_a_fresh_database_is_empty_and_private_to_its_test(
    fresh_mysql: Callable[[], str],
) -> None:
    one, two = fresh_mysql(), fresh_mysql()
    assert one != two
    assert make_url(one).database is not None
    assert str(make_url(one).database).startswith("test_")
    assert ask(one, "SHOW TABLES") == []
