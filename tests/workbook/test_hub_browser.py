"""Two learners at a JupyterHub: by the browser, from the login to chapter 00 and to the page.

Part of the tests where `.ci/hub-env` has installed a hub; see tests/conftest.py.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from lib.config import Settings, sqlite_url
from lib.workbook.databases.checkpoints import prepare
from lib.workbook.databases.names import newest_revision
from tests.support.chromium import chromium
from tests.support.hub import ENV, PASSWORD, Hub, commit, hub
from tests.workbook.test_browser import SECONDS, run_all, run_cell

START = "lab/tree/notebooks/00_start_here.ipynb"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub at work."""
    home = tmp_path_factory.mktemp("home")
    prepare(Settings(home, sqlite_url(home / "workbook.db")))
    with hub(home / "chapters" / f"january-{newest_revision()}.db") as found:
        yield found


@pytest.fixture(scope="module")
def pages(running: Hub) -> Iterator[dict[str, Page]]:
    """Chapter 00 of anna and of ben, each in a browser of their own, opened by a link."""
    with chromium() as browser:
        yield {name: log_in(browser, running, name) for name in ("anna", "ben")}


def log_in(browser: Browser, running: Hub, name: str) -> Page:
    """Follow the link to chapter 00, log in on the way, and wait for the kernel."""
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.set_default_timeout(60 * SECONDS)
    page.goto(f"{running.address}/hub/user-redirect/{START}")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("#login_submit")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=240 * SECONDS)
    wait_for_kernel(page)
    return page


def wait_for_kernel(page: Page) -> None:
    kernel = page.locator(".jp-NotebookPanel:visible .jp-Notebook-ExecutionIndicator")
    expect(kernel).to_have_attribute("data-status", "idle", timeout=120 * SECONDS)


def course(running: Hub, name: str) -> Path:
    return running.homes / name / "course"


@pytest.mark.parametrize("name", ["anna", "ben"])
def test_chapter_00_opens_by_a_link_and_runs(
    running: Hub, pages: dict[str, Page], name: str
) -> None:
    page = pages[name]
    assert page.url.startswith(f"{running.address}/user/{name}/{START}")
    expect(page.locator(".jp-TableOfContents")).to_contain_text("Run your first cell")
    assert page.locator(".jp-Dialog, .Toastify__toast").count() == 0
    run_all(page)
    last = page.locator(".jp-CodeCell", has_text="Path(sys.prefix)").last
    last.scroll_into_view_if_needed()
    expect(last).to_contain_text("pandas lies in it:", timeout=120 * SECONDS)
    errors = page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.error']")
    assert errors.count() == 0
    place = page.locator(run_cell(page, "Path(sys.prefix)", "import lib; print(lib.__file__)"))
    expect(place).to_contain_text(str(course(running, name) / "lib"))
    assert list(course(running, name).glob(".workbook/chapters/ch00.db"))
    assert not (course(running, name) / ".venv").exists()


def test_each_learner_is_a_user_where_root_runs_the_hub(
    running: Hub, pages: dict[str, Page]
) -> None:
    owners = [course(running, name).stat().st_uid for name in pages]
    if running.first_user:
        assert owners == [running.first_user + 1, running.first_user + 2]
    else:
        assert len(set(owners)) == 1


def test_what_anna_solves_stands_on_her_map_alone(pages: dict[str, Page]) -> None:
    run_cell(pages["anna"], "flights = ...", "flights = 27004")
    card = pages["anna"].locator(run_cell(pages["anna"], 'chapter.check("0.1"'))
    expect(card).to_contain_text("correct")
    for name, solved in (("anna", "1 of 3"), ("ben", "0 of 3")):
        cell = pages[name].locator(run_cell(pages[name], "chapter.map()"))
        expect(cell.locator("tr", has_text="Start here")).to_contain_text(solved)


def test_the_page_of_chapter_12_is_shown_through_the_hubs_proxy(
    running: Hub, pages: dict[str, Page]
) -> None:
    page = pages["anna"]
    code = "from lib.workbook import show_page; show_page(chapter.settings)"
    cell = page.locator(run_cell(page, "dep_delay IS NULL", code))
    frame = cell.locator("iframe")
    expect(frame).to_have_attribute("src", re.compile(r"^/user/anna/proxy/\d+/$"))
    title = cell.frame_locator("iframe").get_by_role("heading", name="New York departures 2013")
    expect(title).to_be_visible(timeout=90 * SECONDS)


def test_an_update_by_a_link_keeps_the_work_and_reset_puts_back_what_it_gave(
    running: Hub, pages: dict[str, Page]
) -> None:
    """As nbgitpuller does it: it commits by itself, and merges with the learner's side first."""
    page, mine = pages["ben"], course(running, "ben")
    notebook = "notebooks/00_start_here.ipynb"
    given = running.source / notebook
    text = given.read_text(encoding="utf-8")
    better = text.replace("Run your first cell", "Run your very first cell")
    assert better != text
    given.write_text(better, encoding="utf-8", newline="\n")
    commit(running.source)
    # His notebook, with what he typed, is saved first.
    page.keyboard.press("Control+S")
    expect(page.locator(".jp-mod-dirty")).to_have_count(0)
    link = f"git-pull?repo={quote(str(running.source))}&branch=main&targetpath=.&urlpath={START}"
    page.goto(f"{running.address}/hub/user-redirect/{link}")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=120 * SECONDS)
    merged = (mine / notebook).read_text(encoding="utf-8")
    assert "very first cell" in merged and "print(lib.__file__)" in merged
    assert (mine / ".workbook" / "workbook.db").exists()

    command = [str(ENV / "bin" / "python"), "run.py", "reset", "00"]
    who: dict[str, Any] = {"user": mine.stat().st_uid} if running.first_user else {}
    env = {"HOME": str(mine.parent), "PATH": "/usr/local/bin:/usr/bin:/bin"}
    said = subprocess.run(
        command, cwd=mine, env=env, stdout=subprocess.PIPE, text=True, check=True, **who
    ).stdout
    assert "notebook 00_start_here.ipynb: put back; yours is kept as" in said
    assert (mine / notebook).read_text(encoding="utf-8") == better
    assert not (mine / ".venv").exists()
