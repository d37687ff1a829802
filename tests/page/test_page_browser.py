"""The page as people meet it: in a real Chromium, at a laptop's and a phone's width, and dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import URL

from lib.bench.page import page_server
from lib.config import ROOT, sqlite_url
from lib.database import Database
from lib.pipeline import run_pipeline
from tests.support.chromium import chromium, serious
from tests.support.few import files_in, good_flights
from tests.support.mysql_server import PrivateServer, find_server, fresh_database

SECONDS = 1000  # Playwright counts in milliseconds
VIEWS = {  # what a heading of each says
    "Time": "was worst",
    "Airlines": "late than expected",
    "Destinations": "destinations, most flights to",
    "Weather": "Rain",
    "Pipeline": "rows in five tables",
}
LAPTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
PICTURES = ROOT / ".workbook" / "screenshots"  # for people: what the page looked like

Open = Callable[..., Page]


@contextmanager
def page_over(url: URL | str, home: Path, files: Path) -> Iterator[str]:
    """Give the address of a page over the year in these files, which are small."""
    with Database(url) as db:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("lib.pipeline.flights.raw_file", files_in(files))
            run_pipeline(db)
        with page_server(db.url.render_as_string(False), home) as server:
            yield f"http://localhost:{server.port}/"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, small_files: Path) -> Iterator[str]:
    home = tmp_path_factory.mktemp("page")
    with page_over(sqlite_url(home / "a year.db"), home, small_files) as found:
        yield found


@pytest.fixture
def mysql_address(mysql_url: str, tmp_path: Path, small_files: Path) -> Iterator[str]:
    with fresh_database(mysql_url) as url, page_over(url, tmp_path, small_files) as found:
        yield found


@pytest.fixture(scope="module")
def everything(small_files: Path) -> str:
    """All flights of the small file but the bad ones, as the page writes their number."""
    return f"{good_flights(small_files):,}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor who comes again and again: Chromium compiles the page's scripts only once."""
    context = browser.new_context(viewport=LAPTOP, locale="en-US")  # type: ignore[arg-type]
    yield context
    context.close()


@contextmanager
def visiting(browser: Browser, profile: BrowserContext) -> Iterator[Open]:
    """Give a function that opens an address; at the end, nothing may have gone wrong in it.

    With options, it is somebody else who opens it, who has never been here.
    """
    asked: list[str] = []
    wrong: list[str] = []
    ours: list[Page | BrowserContext] = []

    def opened(address: str, *, dark: bool = False, **options: Any) -> Page:
        context = profile
        if options:
            given: dict[str, Any] = {"viewport": LAPTOP, "locale": "en-US"}
            context = browser.new_context(**(given | options))
        page = context.new_page()
        ours.append(context if options else page)
        page.set_default_timeout(40 * SECONDS)
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "console",
            lambda message: wrong.append(message.text) if message.type == "error" else None,
        )
        page.goto(address)
        settled(page)
        return page

    yield opened
    for each in ours:
        each.close()
    assert wrong == []
    hosts = {urlsplit(url).hostname for url in asked if url.startswith(("http", "ws"))}
    assert hosts <= {"localhost"}


@pytest.fixture
def open_page(browser: Browser, profile: BrowserContext) -> Iterator[Open]:
    with visiting(browser, profile) as opened:
        yield opened


@pytest.fixture(scope="module")
def visitor(browser: Browser, profile: BrowserContext, address: str) -> Iterator[Page]:
    """One visitor, who goes from view to view."""
    with visiting(browser, profile) as opened:
        page = opened(f"{address}?airport=JFK&view=Weather")
        weather = page.get_by_role("tab", name="Weather")
        expect(weather).to_have_attribute("aria-selected", "true")
        yield page


def settled(page: Page) -> None:
    """Wait until the script has run to its end, and what it drew is there."""
    page.wait_for_selector("[data-testid=stMain] h1")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')")


def shows(page: Page, text: str) -> None:
    """Wait until the page is about this, and complete."""
    expect(page.locator("[data-testid=stMain]")).to_contain_text(text)
    settled(page)


def number(page: Page, label: str) -> str:
    metric = page.locator("[data-testid=stMetric]", has_text=label)
    return metric.locator("[data-testid=stMetricValue]").inner_text()


def expect_number(page: Page, label: str, value: str) -> None:
    metric = page.locator("[data-testid=stMetric]", has_text=label)
    expect(metric.locator("[data-testid=stMetricValue]")).to_have_text(value)


def texts(page: Page) -> list[str]:
    """Return what the page says: headings, numbers, and what each chart shows, in words."""
    main = page.locator("[data-testid=stMain]")
    charts = main.locator("[data-testid=stVegaLiteChart]")
    expect(charts.locator("canvas, svg.marks").first).to_be_visible()
    labels = [str(chart.get_attribute("aria-label")) for chart in charts.all()]
    found = [*main.get_by_role("heading").all_inner_texts(), *labels]
    found += page.locator("[data-testid=stMetricValue]").all_inner_texts()
    assert labels and len(found) > len(labels) + 5, found
    return found


def in_address(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")


def test_every_filter_changes_the_numbers_and_the_address(
    address: str, open_page: Open, everything: str
) -> None:
    page = open_page(address)
    expect_number(page, "Flights", everything)
    page.get_by_role("radio", name="JFK").or_(page.get_by_role("button", name="JFK")).click()
    shows(page, "JFK · all airlines")
    everywhere = number(page, "Flights")
    page.get_by_role("combobox", name="Airline").click()
    page.get_by_role("option", name="Delta Air Lines").click()
    shows(page, "JFK · Delta Air Lines")
    delta = number(page, "Flights")
    page.get_by_role("combobox", name="Destination").click()
    page.get_by_role("option", name="ATL Hartsfield").click()
    shows(page, "ATL Hartsfield")
    atlanta = number(page, "Flights")
    page.get_by_role("slider").first.press("ArrowRight")
    shows(page, "February to December")
    later = number(page, "Flights")
    numbers = [int(text.replace(",", "")) for text in (everywhere, delta, atlanta, later)]
    assert numbers == sorted(set(numbers), reverse=True)
    asked = in_address(page)
    assert (asked["airport"], asked["months"]) == (["JFK"], ["Feb", "Dec"])
    assert (asked["airline"], asked["destination"][0][:3]) == (["Delta Air Lines"], "ATL")
    again = open_page(page.url, viewport=LAPTOP)  # a colleague, who was sent the link
    assert number(again, "Flights") == later
    page.get_by_role("button", name="Show all").click()
    expect_number(page, "Flights", everything)
    assert in_address(page) == {}


def test_over_mysql_it_is_the_same_page(
    address: str, mysql_address: str, open_page: Open, everything: str
) -> None:
    chosen = "?airport=JFK&airline=Delta+Air+Lines&view=Destinations"
    page = open_page(f"{mysql_address}{chosen}")
    assert texts(page) == texts(open_page(f"{address}{chosen}"))
    page.get_by_role("button", name="Show all").click()
    expect_number(page, "Flights", everything)


@pytest.mark.parametrize("view", sorted(VIEWS, reverse=True))
def test_each_view_is_drawn_and_sound_for_everybody(visitor: Page, view: str) -> None:
    page = visitor
    tab = page.get_by_role("tab", name=view)
    if tab.get_attribute("aria-selected") != "true":
        tab.click()
    expect(tab).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("heading", name=VIEWS[view]).first).to_be_visible()
    settled(page)
    asked = in_address(page)
    assert (asked.pop("view", ["Time"]), asked) == ([view], {"airport": ["JFK"]})
    if view == "Pipeline":
        assert page.locator("[data-testid=stDataFrame] canvas").count() >= 3
    else:
        charts = page.locator("[data-testid=stVegaLiteChart]")
        expect(charts.locator("canvas, svg.marks").first).to_be_visible()
        titles = page.get_by_role("heading", level=3).all_inner_texts()
        said = [str(chart.get_attribute("aria-label")) for chart in charts.all()]
        assert [label.partition(". ")[0] for label in said] == titles  # in words, what is drawn
    picture(page, f"laptop-{view.lower()}")
    assert serious(page) == []


def test_the_data_of_a_chart_can_be_downloaded(visitor: Page) -> None:
    page = visitor
    page.get_by_role("tab", name="Time").click()
    expect(page.get_by_role("heading", name=VIEWS["Time"]).first).to_be_visible()
    settled(page)
    with page.expect_download() as started:
        page.get_by_role("button", name="Data as CSV").first.click()
    lines = Path(started.value.path()).read_text(encoding="utf-8").splitlines()
    assert started.value.suggested_filename.endswith(".csv")
    assert lines[0].startswith("month,flights,cancelled")
    assert [line.partition(",")[0] for line in lines[1:]] == [str(month) for month in range(1, 13)]


def test_an_empty_selection_says_so(open_page: Open, address: str, everything: str) -> None:
    page = open_page(f"{address}?airport=LGA&airline=Hawaiian+Airlines")
    expect(page.get_by_text("No flight is like this.")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect_number(page, "Flights", everything)


def test_a_phone_shows_all_of_it_without_scrolling_sideways(open_page: Open, address: str) -> None:
    page = open_page(f"{address}?view=Destinations", viewport=PHONE, has_touch=True, is_mobile=True)
    picture(page, "phone-destinations")
    page.get_by_role("tab", name="Time").click()
    expect(page.get_by_role("heading", name="was worst").first).to_be_visible()
    settled(page)
    wide = "document.querySelector('[data-testid=stMain]').scrollWidth"
    assert page.evaluate(wide) <= PHONE["width"]
    picture(page, "phone-time")
    page.locator("[data-testid=stExpandSidebarButton]").click()
    expect(page.get_by_role("combobox", name="Airline")).to_be_visible()


def test_in_the_dark_it_is_dark_and_can_be_read(open_page: Open, address: str) -> None:
    page = open_page(f"{address}?airport=JFK", dark=True)
    background = page.evaluate(
        "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    )
    assert background == "rgb(18, 24, 31)"
    picture(page, "dark-time")
    assert serious(page) == []


def test_a_database_that_is_gone_is_told_calmly(profile: BrowserContext, tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "none.db").render_as_string()
    with page_server(url, tmp_path) as server:
        page = profile.new_page()
        page.goto(f"http://localhost:{server.port}/")
        expect(page.get_by_text("There is no database none.db yet.")).to_be_visible(
            timeout=40 * SECONDS
        )
        expect(page.get_by_text("python run.py pipeline")).to_be_visible()
        assert page.get_by_text("Traceback").count() == 0
        page.close()


def test_a_server_that_was_gone_is_noticed_without_a_click(
    profile: BrowserContext, few: Path, tmp_path: Path
) -> None:
    if find_server() is None:
        pytest.skip("no server is installed")
    with PrivateServer() as database:
        with Database(database.url) as db:
            run_pipeline(db, month="2013-01")
        database.kill()
        with page_server(database.url, tmp_path) as server:
            page = profile.new_page()
            page.goto(f"http://localhost:{server.port}/")
            expect(page.get_by_text("No database answers at")).to_be_visible(timeout=40 * SECONDS)
            database.start()
            expect(page.get_by_text("Median departure")).to_be_visible(timeout=40 * SECONDS)
            assert page.get_by_text("No database answers at").count() == 0
            page.close()
