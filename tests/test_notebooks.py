"""The chapters on both databases: as stored, twice in a row, and with the exercises solved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.workbook import faults, harness, notebooks
from lib.workbook.course import CHAPTERS, NOTEBOOKS, ChapterInfo
from lib.workbook.exercise import exercises_of
from tests.classroom import drop_beside
from tests.mysql_server import fresh_database

EACH = pytest.mark.parametrize("info", CHAPTERS, ids=lambda info: info.number)


@pytest.fixture
def on_sqlite(tmp_path: Path) -> dict[str, str]:
    """The environment of a fresh clone: no database, no progress."""
    return {"WORKBOOK_DIR": str(tmp_path / "home with spaces"), "DATABASE_URL": ""}


@pytest.fixture
def on_mysql(on_sqlite: dict[str, str], mysql_url: str) -> Iterator[dict[str, str]]:
    """The same, with an empty database on a server."""
    with fresh_database(mysql_url) as url:
        yield on_sqlite | {"DATABASE_URL": url}
        drop_beside(url, url.rpartition("/")[2].partition("?")[0])


# A chapter opens its database in one way, twice in a row or with answers in it; so these two are
# tried on one database. That the answers hold on both is proved in test_exercises.py.


@EACH
def test_a_chapter_does_what_it_stores_twice_in_a_row(
    info: ChapterInfo, on_sqlite: dict[str, str]
) -> None:
    for time in ("first", "second"):
        outcome = harness.run_nbval(info.path, on_sqlite)
        assert outcome.ok, f"{time} run: {outcome.report}"
        assert outcome.cells


@EACH
def test_a_chapter_does_what_it_stores_on_mysql_too(
    info: ChapterInfo, on_mysql: dict[str, str]
) -> None:
    outcome = harness.run_nbval(info.path, on_mysql)
    assert outcome.ok, outcome.report
    assert outcome.cells


@EACH
def test_a_chapter_with_its_stubs_solved_has_every_check_correct(
    info: ChapterInfo, on_sqlite: dict[str, str]
) -> None:
    exercises = exercises_of(info.number)
    solutions = {each.id: each.solution_code for each in exercises.values()}
    filled = notebooks.fill(notebooks.read(info.path), solutions)
    ran = harness.execute(filled, info.path.parent, on_sqlite)
    cards = [
        output.data["text/plain"]
        for cell in ran.cells
        if cell.cell_type == "code" and cell.source.startswith("chapter.check(")
        for output in cell.outputs
    ]
    assert len(cards) == len(exercises)
    for card in cards:
        assert card.splitlines()[0].endswith("correct"), card


@EACH
def test_a_stored_chapter_has_no_faults(info: ChapterInfo) -> None:
    assert faults.problems(notebooks.read(info.path), info.path) == []


@EACH
def test_a_chapter_opens_with_its_title_and_its_minutes(info: ChapterInfo) -> None:
    first = notebooks.read(info.path).cells[0].source
    assert first.startswith(f"# {info.number} · {info.title}\n")
    assert f"Minutes: {info.minutes}" in first
    assert re.search(r"^- ", first, re.MULTILINE), "it says what you will be able to do"


def test_the_course_knows_every_notebook() -> None:
    assert [info.path for info in CHAPTERS] == notebooks.chapter_files(NOTEBOOKS)


@EACH
def test_the_text_of_a_chapter_keeps_to_its_budget(info: ChapterInfo) -> None:
    for number, cell in enumerate(notebooks.read(info.path).cells):
        if cell.cell_type == "markdown":
            words = len(re.findall(r"\w+", cell.source))
            assert words <= 160, f"cell {number} of {info.path.name} has {words} words"
            assert "!" not in re.sub(r"`[^`]*`|!\[", "", cell.source), f"cell {number} exclaims"
