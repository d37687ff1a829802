"""Chapter 00 as a learner meets it: JupyterLab in a real Chromium, by mouse and keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from alembic.script import ScriptDirectory
from playwright.sync_api import Page, Route, expect

from lib.config import ROOT
from lib.database.schema import alembic_config
from tests.support.chromium import chromium
from tests.workbook.test_lab import Running, running

__all__ = ["running"]  # the fixture: one server for both files, on one worker

SECONDS = 1000  # Playwright counts in milliseconds


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """The addresses that the page asks for."""
    return []


@pytest.fixture(scope="module")
def page(running: Running, asked: list[str]) -> Iterator[Page]:
    """The page that `run.py lab` opens, at laptop size; nothing that is typed in it is saved."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.set_default_timeout(40 * SECONDS)
        page.on("request", lambda request: asked.append(request.url))
        page.route("**/api/contents/**", save_nothing)
        open_notebook(page, running, "00_start_here")
        yield page


def save_nothing(route: Route) -> None:
    """Let JupyterLab believe that it has saved, as it does by itself every two minutes.

    Refused, it would lay a dialog over everything that a later test wants to click.
    """
    if route.request.method == "PUT":
        file = route.request.url.partition("?")[0]
        told = route.fetch(method="GET", url=f"{file}?content=0", post_data=b"")
        route.fulfill(response=told)
    else:
        route.continue_()


def open_notebook(page: Page, running: Running, name: str) -> None:
    """Open a notebook, and wait for its kernel."""
    address = f"http://localhost:{running.port}/lab/tree/notebooks/{name}.ipynb"
    page.goto(f"{address}?token={running.token}")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell")
    # JupyterLab brings back what was open before, and menus act on what is in front.
    expect(page.locator(".jp-mod-current", has_text=f"{name}.ipynb")).to_be_visible(
        timeout=40 * SECONDS
    )
    # A cell that is run before the kernel answers may wait for ever on a busy machine, and the
    # status line may still tell of the notebook that was in front before.
    kernel = page.locator(".jp-NotebookPanel:visible .jp-Notebook-ExecutionIndicator")
    expect(kernel).to_have_attribute("data-status", "idle", timeout=60 * SECONDS)


def run_all(page: Page) -> None:
    """Run all cells by the menu, once the kernel has answered one of them.

    What JupyterLab is asked to run while it still greets the kernel may be lost without a word.
    """
    first = page.locator(".jp-NotebookPanel:visible .jp-CodeCell").first
    answered = re.compile(r"^\[\d+\]:$")
    for _ in range(5):
        first.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        with suppress(AssertionError):
            expect(first.locator(".jp-InputPrompt")).to_have_text(answered, timeout=20 * SECONDS)
            break
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()


def keep_picture(page: Page, name: str) -> None:
    """Keep a picture of the page, to look at after the tests."""
    folder = ROOT / ".workbook" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png")


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
        page.keyboard.insert_text(typed)
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


def test_the_first_chapter_runs_from_top_to_bottom(page: Page) -> None:
    last = page.locator(".jp-CodeCell", has_text="Path(sys.prefix)").last
    last.scroll_into_view_if_needed()
    prompt = last.locator(".jp-InputPrompt")
    before = prompt.inner_text()  # the kernel has run a cell already, so it counts on from there
    run_all(page)
    last.scroll_into_view_if_needed()
    expect(prompt).not_to_have_text(before, timeout=60 * SECONDS)
    expect(prompt).not_to_have_text("[*]:", timeout=60 * SECONDS)
    expect(last).to_contain_text("pandas lies in it: True")
    errors = page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.error']")
    assert errors.count() == 0


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
    keep_picture(page, "lab_card_correct")


def test_progress_shows_what_was_solved(page: Page) -> None:
    row = page.locator(run_cell(page, "chapter.map()")).locator("tr", has_text="Start here")
    expect(row).to_contain_text("1 of 3")
    expect(row.get_by_role("progressbar")).to_have_attribute("value", "1")


def test_a_progress_bar_moves(page: Page) -> None:
    code = (
        "from lib.load.progress import progress_bar; from lib.pipeline.flights import raw_source; "
    )
    code += "bar = progress_bar(raw_source('airlines')); bar.update(100); bar.refresh()"
    output = page.locator(run_cell(page, "dep_delay IS NULL", code)).locator(".jp-OutputArea")
    expect(output.first).to_contain_text("100/386", timeout=20 * SECONDS)
    expect(output.first.locator(".progress-bar")).to_be_visible()


def test_a_picture_is_drawn_and_says_in_words_what_it_shows(page: Page) -> None:
    code = "from lib.models import Base; from lib.workbook import draw_schema; draw_schema(Base)"
    picture = page.locator(run_cell(page, "bar.update(100)", code)).get_by_role("img").first
    expect(picture).to_be_visible(timeout=20 * SECONDS)
    assert "flights" in str(picture.get_attribute("aria-label"))
    box = picture.bounding_box()
    assert box is not None and box["width"] > 400 and box["height"] > 200
    keep_picture(page, "lab_schema")


def test_the_slider_of_the_migrations_moves_the_schema(page: Page) -> None:
    code = "from lib.workbook import walk_migrations; "
    code += "walk_migrations(chapter.empty_database('walk')).slider()"
    output = page.locator(run_cell(page, "draw_schema(Base)", code)).locator(".jp-Cell-outputArea")
    expect(output).to_contain_text("At base: nothing yet", timeout=20 * SECONDS)
    newest_first = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    *_, second, first = (script.revision for script in newest_first)
    output.get_by_role("slider").first.focus()
    for key, revision in ("Right", first), ("Right", second), ("Left", first):
        page.keyboard.press(f"Arrow{key}")
        expect(output).to_contain_text(f"At {revision}")  # the database stands there, too
    keep_picture(page, "lab_slider")


def test_no_request_leaves_the_machine(page: Page, asked: list[str]) -> None:
    assert asked
    hosts = {urlsplit(url).hostname for url in asked if url.startswith(("http", "ws"))}
    assert hosts == {"localhost"}


def test_the_learners_notebook_was_not_touched_by_these_tests(page: Page) -> None:
    path = ROOT / "notebooks" / "00_start_here.ipynb"
    before = path.read_bytes()
    page.locator(".jp-NotebookPanel:visible .jp-CodeCell .cm-content").first.click()
    page.keyboard.type("# ")
    with page.expect_response(
        lambda answer: answer.request.method == "PUT" and "/api/contents/" in answer.url
    ) as saved:
        page.keyboard.press("Control+S")
    assert saved.value.ok
    page.wait_for_timeout(1 * SECONDS)
    assert page.locator(".jp-Dialog").count() == 0
    assert path.read_bytes() == before


@pytest.mark.parametrize("term", ["data pipeline", "SQL"])
def test_a_link_to_the_glossary_opens_it_at_the_term(
    page: Page, running: Running, term: str
) -> None:
    open_notebook(page, running, "00_start_here")
    link = page.locator(".jp-NotebookPanel:visible").get_by_role("link", name=term, exact=True)
    link.click()
    expect(page.get_by_role("tab", name="glossary.md")).to_be_visible()
    # JupyterLab 4.6 scrolls before it shows a page that it opens; one that is open, it shows first.
    page.get_by_role("tab", name="00_start_here.ipynb").click()
    link.click()
    shown = page.locator(".jp-MarkdownViewer:visible")
    expect(shown.get_by_role("heading", name=term, exact=True)).to_be_in_viewport()
    expect(shown.get_by_role("heading", name="Glossary", exact=True)).not_to_be_in_viewport()
