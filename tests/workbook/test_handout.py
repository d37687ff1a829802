"""Chapters as one HTML file, to print and as slides: whole, and with no need of a network."""

from __future__ import annotations

import re
import webbrowser
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lib.workbook.cli import main
from lib.workbook.course import notebooks
from lib.workbook.course.chapters import CHAPTERS, find_chapter
from lib.workbook.course.prediction import predictions_of
from lib.workbook.teaching.handout import handout
from tests.support.chromium import chromium, serious


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect what would be shown in the developer's browser."""
    seen: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: bool(seen.append(address)))
    return seen


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield browser.new_page(viewport={"width": 1366, "height": 768})


def test_the_handout_has_every_chapter_in_one_file_that_loads_nothing() -> None:
    text = handout(CHAPTERS)
    for info in CHAPTERS:
        assert f"{info.number} · {info.title}</h1>" in re.sub(r"<a class.*?</a>", "", text)
    loaded = re.findall(
        r'<(?:script|img|link|iframe)\b[^>]*\b(?:src|href)="(?!data:)([^"]*)"', text
    )
    assert loaded == []
    assert "import(" not in text and "cdnjs" not in text.partition("</head>")[2]


def test_a_prediction_has_a_line_to_write_on_and_its_answer_folded_away() -> None:
    text = handout([find_chapter("06")])
    assert text.count("Your answer: ___") == len(predictions_of("06"))
    assert text.count("<summary>What is so, and why</summary>") == len(predictions_of("06"))
    assert "Put a number in place" not in text


def test_slides_turn_by_keys_and_buttons_and_ask_the_network_for_nothing(
    page: Page, tmp_path: Path, opened: list[str]
) -> None:
    target = tmp_path / "slides.html"
    assert main(["slides", "4", "--out", str(target)]) == 0
    assert opened == [target.resolve().as_uri()]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(opened[0])
    texts = [
        cell
        for cell in notebooks.read(find_chapter("04").path).cells
        if cell.cell_type == "markdown"
    ]
    count = page.get_by_role("status")
    expect(count).to_have_text(f"1 of {len(texts)}")
    expect(page.get_by_role("heading", name="04 · Sessions")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(count).to_have_text(f"2 of {len(texts)}")
    expect(page.get_by_role("heading", name="04 · Sessions")).to_be_hidden()
    page.get_by_role("button", name="Back").click()
    expect(count).to_have_text(f"1 of {len(texts)}")
    page.keyboard.press("End")
    expect(count).to_have_text(f"{len(texts)} of {len(texts)}")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_a_handout_is_written_below_the_workbooks_folder(
    opened: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["handout", "00", "--no-browser"]) == 0
    assert opened == []
    written = Path(capsys.readouterr().out.partition("Written: ")[2].strip())
    assert "Start here" in written.read_text(encoding="utf-8")
    assert ".deck-bar" not in written.read_text(encoding="utf-8")


def test_a_chapter_that_is_not_there_is_one_message(
    opened: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["slides", "77"]) == 1
    assert "There is no chapter '77'" in capsys.readouterr().err
    assert opened == []


def test_a_place_that_cannot_be_written_is_one_message(
    tmp_path: Path, opened: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["handout", "00", "--out", str(tmp_path)]) == 1
    assert "cannot be written" in capsys.readouterr().err
    assert opened == []


def test_a_handout_ends_with_the_words_that_it_links_and_slides_link_none() -> None:
    text = handout([find_chapter("01")])
    anchors = re.findall(r'<a href="#([a-z-]+)">', text)
    assert {"wheel", "lock"} <= set(anchors)
    assert [each for each in anchors if text.count(f'<a id="{each}">') != 1] == []
    assert "archive with code" in text
    slides = handout([find_chapter("01")], slides=True)
    assert "glossary.md" not in slides + text
    assert '<a href="#wheel">' not in slides and "archive with code" not in slides


@pytest.mark.parametrize("kind", ["handout", "slides"])
def test_axe_finds_nothing_serious(page: Page, tmp_path: Path, kind: str) -> None:
    target = tmp_path / "page.html"
    assert main([kind, "00", "--no-browser", "--out", str(target)]) == 0
    page.goto(target.as_uri())
    assert serious(page) == []
