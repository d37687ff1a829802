"""The page's server, the verb that starts it, and pages in a notebook."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from lib import local_server
from lib.bench import page as bench
from lib.bench.cli import main as bench_main
from lib.config import ROOT, Settings, sqlite_url
from lib.database import Database
from lib.errors import PipelineError
from lib.page import server as page_server
from lib.pipeline import run_pipeline
from lib.workbook.cli import main
from lib.workbook.show import page_run
from tests.support.few import good_flights


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens at."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What would be served, instead of a server that runs until it is stopped."""
    calls: list[Any] = []
    monkeypatch.setattr(page_server, "serve", lambda port, **how: calls.append((port, how)))
    monkeypatch.setattr(
        "lib.workbook.databases.is_ready.load_year", lambda settings: calls.append(settings)
    )
    return calls


# --- run.py app -----------------------------------------------------------------------------


def test_app_loads_what_is_missing_and_serves_the_page(
    served: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_server, "is_free", lambda port: True)
    url = f"sqlite:///{(tmp_path / 'other.db').as_posix()}"
    assert main(["app", "--port", "8765", "--no-browser", "--database-url", url]) == 0
    settings, call = served
    assert settings.database_url.database.endswith("other.db")
    assert call == (8765, {"browser": False, "watch": False})
    assert os.environ["DATABASE_URL"] == url  # for the page; the next test has its own again


def test_a_server_ends_with_whoever_started_it(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{(tmp_path / 'a.db').as_posix()}"}
    command = [sys.executable, "-m", "lib.page.server", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, **pipes) as server:
        assert server.stdout is not None and server.stdin is not None
        assert str(port) in server.stdout.readline().decode()
        server.stdin.close()  # what the system does when that process dies
        assert server.wait(timeout=30) == 0


def test_app_takes_the_next_free_port(taken: int, capsys: pytest.CaptureFixture[str]) -> None:
    port = local_server.choose_port(None, taken)
    assert port > taken
    assert f"Port {taken} is in use; taking {port}." in capsys.readouterr().out


def test_a_port_in_use_is_said_with_one_that_is_free(
    served: list[Any], taken: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["app", "--port", str(taken)]) == 1
    assert "Choose another one: --port" in capsys.readouterr().err
    assert served == []


def test_the_server_is_quiet_and_prints_one_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from streamlit.web import bootstrap

    ran: list[Any] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bootstrap, "load_config_options", ran.append)
    monkeypatch.setattr(bootstrap, "run", lambda *arguments: ran.append(arguments))
    monkeypatch.setattr(page_server.gc, "freeze", lambda: None)  # not for the tests' own process
    page_server.serve(8765, browser=False)
    options, (script, is_hello, arguments, again) = ran
    assert Path.cwd() == ROOT
    assert (Path(script), is_hello, arguments) == (ROOT / "streamlit_app.py", False, [])
    assert options == again
    assert (options["server_port"], options["server_headless"]) == (8765, True)
    assert options["logger_hideWelcomeMessage"]
    assert options["server_fileWatcherType"] == "none"
    assert capsys.readouterr().out == "The page is at http://localhost:8765  (Ctrl-C stops it)\n"

    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/anna/")
    page_server.serve(8765, browser=True)
    assert ran[-1][-1]["server_headless"]  # the browser is on another machine
    told = "The page is at /user/anna/proxy/8765/  (Ctrl-C stops it)\n"
    assert capsys.readouterr().out == told


# --- bench page -----------------------------------------------------------------------------


def test_the_bench_measures_first_views_filters_and_people_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, few: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TEST_MYSQL_URL", "")
    monkeypatch.setattr(bench, "FILTERS", bench.FILTERS[:2])
    monkeypatch.setattr(bench, "VIEWS", bench.VIEWS[:1])
    monkeypatch.setattr(bench, "PEOPLE", 2)
    file = tmp_path / "page.json"
    words = ["--limit", "1", "--rounds", "1", "--json", str(file)]
    assert bench_main(["bench", "page", *words]) == 0
    rows = json.loads(file.read_text(encoding="utf-8"))
    assert [row["visits"] for row in rows] == [1, 1, 2, 6]
    assert all(0 < row["median_ms"] <= row["worst_ms"] for row in rows)
    assert [row["goal_ms"] for row in rows][:3] == [2000, None, 300]
    out = capsys.readouterr().out
    assert "SQLite 3" in out
    assert "changed filter" in out and "processor" in out
    # By the system's clock, in steps of 10 ms on Linux: a click may take none, three do not.
    assert all(row["busy_ms"] >= 0 for row in rows)
    assert rows[0]["busy_ms"] > 10 and rows[-1]["busy_ms"] > 0


def test_a_page_without_numbers_is_no_result(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "none.db").render_as_string()
    with (
        bench.page_server(url, tmp_path) as server,
        pytest.raises(PipelineError, match="shows no numbers"),
    ):
        bench.visit(server.port, {"airport": "JFK"})


def test_a_server_that_ends_is_told() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
        assert not local_server.answers(process, 1, "/")


# --- Pages in a notebook --------------------------------------------------------------------


def test_a_page_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    def small(frame):  # type: ignore[no-untyped-def]
        import streamlit as st

        st.title("Small")
        st.selectbox("Which", ["a", "b"])
        st.metric("Rows", len(frame), "+1")
        st.write(frame)
        st.button("Again")
        st.write(frame.no_such_column)

    program = sys.modules["__main__"]
    page_run.print_page(page_run.run_page(small, frame=pd.DataFrame({"n": [1, 2]})))
    assert sys.modules["__main__"] is program  # else a process started later would run the page
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["title      Small", "selectbox  Which: a", "metric     Rows: 2 (+1)"]
    assert [line.split() for line in lines[3:6]] == [["table", "n"], ["1"], ["2"]]
    assert lines[6] == "button     Again"
    assert lines[7].startswith("exception  ")


def test_pages_are_run_without_reading_all_packages_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def page() -> None:
        import streamlit as st

        st.write("here")

    monkeypatch.setattr(page_run, "scan_component_manifests", lambda: asked.append(1) or [])
    page_run._components.cache_clear()
    try:
        for _ in range(2):
            assert page_run.run_page(page).markdown[0].value == "here"
    finally:
        page_run._components.cache_clear()
    assert len(asked) == 1


def test_the_file_is_run_over_another_database_and_leaves_the_settings(
    tmp_path: Path, few: Path
) -> None:
    url = sqlite_url(tmp_path / "january.db")
    with Database(url) as db:
        run_pipeline(db, month="2013-01")
    before = dict(os.environ)
    page = page_run.run_app(Settings(tmp_path, url), airport="JFK")
    count = good_flights(few, month="1", origin="JFK")
    assert page.metric[0].value == f"{count}"
    assert 100 < count < 1000
    assert dict(os.environ) == before


def test_a_frame_is_shown_where_a_person_runs_the_cell_and_words_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[Any] = []

    class Process:
        def __init__(self, command: list[str], **_: Any) -> None:
            started.append(command)

        def poll(self) -> None:
            return None

        def terminate(self) -> None:
            pass

    monkeypatch.setattr(page_run.subprocess, "Popen", Process)
    monkeypatch.setattr(page_run, "answers", lambda *_: True)
    settings = Settings(tmp_path, sqlite_url(tmp_path / "year.db"))
    alone = page_run.show_page(settings)
    assert "python run.py app" in repr(alone)
    assert "iframe" not in alone._repr_html_()
    monkeypatch.setattr(page_run, "somebody_types", lambda: True)
    frame = page_run.show_page(settings)
    assert f'<iframe src="{frame.address}"' in frame._repr_html_()
    assert 'title="New York departures 2013"' in frame._repr_html_()
    assert frame.address in repr(frame)
    assert page_run.show_page(settings).address == frame.address
    assert len(started) == 1
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/anna/")
    behind = page_run.show_page(settings)
    assert behind.address == f"/user/anna/proxy/{frame.address.rpartition(':')[2]}/"
    assert f'<iframe src="{behind.address}"' in behind._repr_html_()
