"""Chapter 00 as a learner meets it: JupyterLab in a real Chromium, by mouse and keyboard."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, Page, expect, sync_playwright

from tests.test_lab import Running, running

__all__ = ["running"]  # the fixture: one server for both files, on one worker

SECONDS = 1000  # Playwright counts in milliseconds


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """The addresses that the page asks for."""
    return []


@pytest.fixture(scope="module")
def page(running: Running, asked: list[str]) -> Iterator[Page]:
    """The page that `run.py lab` opens, at laptop size; nothing that is typed in it is saved."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), "")
    if not program:
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        # Root, as in a container, may not use Chromium's sandbox.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.set_default_timeout(40 * SECONDS)
        page.on("request", lambda request: asked.append(request.url))
        page.route(
            "**/api/contents/**",
            lambda route: route.abort() if route.request.method == "PUT" else route.continue_(),
        )
        start = "notebooks/00_start_here.ipynb"
        page.goto(f"http://localhost:{running.port}/lab/tree/{start}?token={running.token}")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        # A cell that is run before the kernel answers may wait for ever on a busy machine.
        expect(page.locator("#jp-bottom-panel")).to_contain_text("Idle", timeout=60 * SECONDS)
        yield page
        browser.close()


def cell(page: Page, text: str) -> int:
    """Return the number of the code cell that contains this text, scrolled into view."""
    found = page.locator(".jp-CodeCell", has_text=text).first
    found.scroll_into_view_if_needed()
    return int(found.get_attribute("data-windowed-list-index") or -1)


def run_cell(page: Page, text: str, typed: str | None = None) -> str:
    """Run the code cell that contains this text, with other content when `typed`; its selector."""
    selector = f'.jp-CodeCell[data-windowed-list-index="{cell(page, text)}"]'
    page.click(f"{selector} .cm-content")
    if typed is not None:
        page.keyboard.press("Control+A")
        page.keyboard.type(typed)
    page.keyboard.press("Shift+Enter")
    return selector


def test_the_first_page_has_the_contents_at_the_left_and_the_right_kernel(page: Page) -> None:
    expect(page.locator(".jp-TableOfContents")).to_contain_text("Run your first cell")
    expect(page.locator(".jp-Toolbar-kernelName")).to_have_text("Python 3 (ipykernel)")
    expect(page.locator(".jp-NotebookPanel h1").first).to_contain_text("Start here")


def test_nothing_pops_up(page: Page) -> None:
    page.wait_for_timeout(2 * SECONDS)
    assert page.locator(".jp-Dialog").count() == 0
    assert page.locator(".Toastify__toast").count() == 0


def test_the_first_cell_runs(page: Page) -> None:
    output = page.locator(run_cell(page, 'open_chapter("00")')).locator(".jp-OutputArea-output")
    expect(output).to_contain_text("27,004 flights", timeout=40 * SECONDS)


def test_an_exercise_goes_from_not_attempted_to_correct_by_typing_and_clicking(
    page: Page,
) -> None:
    run_cell(page, "flights = ...")
    check = run_cell(page, 'chapter.check("0.1"')
    card = page.locator(check).locator(".jp-OutputArea-output")
    expect(card).to_contain_text("not attempted")
    run_cell(page, "flights = ...", "flights = 2013")
    run_cell(page, 'chapter.check("0.1"')
    expect(card).to_contain_text("not yet")
    expect(card).to_contain_text("2013 is the year")
    hint = card.get_by_text("Look at the output of the first code cell")
    expect(hint).not_to_be_visible()
    card.get_by_text("Show a hint").click()
    expect(hint).to_be_visible()
    run_cell(page, "flights = 2013", "flights = 27004")
    run_cell(page, 'chapter.check("0.1"')
    expect(card).to_contain_text("correct")


def test_no_request_leaves_the_machine(page: Page, asked: list[str]) -> None:
    assert asked
    hosts = {urlsplit(url).hostname for url in asked if url.startswith(("http", "ws"))}
    assert hosts == {"localhost"}


def test_the_learners_notebook_was_not_touched_by_these_tests(page: Page) -> None:
    with pytest.raises(Error):
        page.evaluate(
            "() => fetch('/api/contents/notebooks/00_start_here.ipynb', {method: 'PUT'})"
            ".then(answer => answer.text())"
        )
