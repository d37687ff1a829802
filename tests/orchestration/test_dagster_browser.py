"""Dagster's page as `run.py orchestrate` opens it, in a real Chromium: a month, by mouse."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from playwright.sync_api import Error, Page, expect

from lib.config import ROOT, sqlite_url
from lib.database import Database
from lib.database.schema import upgrade
from lib.local_server import any_free_port, is_free
from lib.pipeline.months import WHOLE, load_part
from tests.support.chromium import chromium

SECONDS = 1000  # Playwright counts in milliseconds
LAUNCH = re.compile("^Launch 1 run")


@dataclass(frozen=True)
class Running:
    """A page that is open: its address, its folder, and its database."""

    address: str
    home: Path
    db: Database


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Dagster on a database with everything that flights refer to, and no flight."""
    home = tmp_path_factory.mktemp("home with spaces")
    port = any_free_port()
    with Database(sqlite_url(home / "workbook.db")) as db:
        upgrade(db)
        for feed in WHOLE:
            load_part(db, feed.model)
        command = [sys.executable, "run.py", "orchestrate", "--no-browser", "--port", str(port)]
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a job in the background
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"WORKBOOK_DIR": str(home), "DATABASE_URL": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        signal.signal(signal.SIGINT, before)
        said = ""
        try:
            assert process.stdout is not None
            while not (found := re.search(r"http://127\.0\.0\.1:\d+", said)):
                line = process.stdout.readline()
                assert line, f"it ended: {said}"
                said += line
            yield Running(found[0], home, db)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.communicate(timeout=90)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
    assert is_free(port)  # nobody listens any more


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """The addresses that the page asks for."""
    return []


@pytest.fixture(scope="module")
def page(running: Running, asked: list[str]) -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.set_default_timeout(60 * SECONDS)
        expect.set_options(timeout=60 * SECONDS)
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url))
        yield page


def test_the_page_shows_the_five_tables_and_what_refers_to_what(
    running: Running, page: Page
) -> None:
    page.goto(f"{running.address}/asset-groups")
    for name in ("airlines", "airports", "planes", "weather", "flights"):
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
    expect(page.get_by_text("12 partitions").first).to_be_visible()


def choose_january(running: Running, page: Page) -> None:
    """Open the dialog that asks which months of flights are to be loaded, and name one."""
    page.goto(f"{running.address}/assets/flights")
    page.get_by_role("button", name="Materialize").first.click()
    page.get_by_role("button", name="Confirm").click()  # Dagster has not seen airlines and planes
    page.get_by_placeholder("2013-01").fill("2013-01", timeout=15 * SECONDS)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=LAUNCH)).to_be_enabled(timeout=15 * SECONDS)


def test_a_month_of_flights_is_loaded_by_mouse_and_its_checks_pass(
    running: Running, page: Page
) -> None:
    for attempt in range(4, 0, -1):  # a dialog that opens while the page still loads may be lost
        try:
            choose_january(running, page)
            break
        except (AssertionError, Error):
            if attempt == 1:
                raise
    page.get_by_role("button", name=LAUNCH).click()
    expect(page.get_by_text("Launch runs to materialize")).to_be_hidden()
    page.goto(f"{running.address}/runs")
    expect(page.get_by_text("Success", exact=True).first).to_be_visible(timeout=120 * SECONDS)
    january = sa.text("SELECT month, count(*) FROM flights GROUP BY month")
    with running.db.engine.connect() as connection:
        assert connection.execute(january).all() == [(1, 27_004)]
    page.goto(f"{running.address}/assets/flights?view=checks")
    expect(page.get_by_text("no_day_is_empty").first).to_be_visible()
    expect(page.get_by_text("Passed").first).to_be_visible()


def test_no_request_leaves_the_machine(running: Running, page: Page, asked: list[str]) -> None:
    assert asked
    hosts = {urlsplit(url).hostname for url in asked if url.startswith(("http", "ws"))}
    assert hosts == {"127.0.0.1"}


def test_everything_that_dagster_keeps_lies_in_the_workbooks_folder(running: Running) -> None:
    kept = {path.name for path in (running.home / "dagster").iterdir()}
    assert {"dagster.yaml", "history", "storage"} <= kept
    assert not (running.home / "dagster" / ".telemetry").exists()
    assert not (Path.home() / ".dagster").exists()
