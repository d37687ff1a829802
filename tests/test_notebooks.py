"""The chapters on both databases: as stored, twice in a row, and with the exercises solved."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lib.workbook import faults, harness, notebooks
from lib.workbook.course import CHAPTERS, NOTEBOOKS, ChapterInfo
from lib.workbook.exercise import exercises_of
from tests.classroom import drop_beside
from tests.mysql_server import fresh_database

EACH = pytest.mark.parametrize("info", CHAPTERS, ids=lambda info: info.number)


@pytest.fixture(params=["sqlite", "mysql"])
def environment(request: pytest.FixtureRequest, tmp_path: Path):  # type: ignore[no-untyped-def]
    """The environment of a fresh clone: no database, no progress; for each kind of database."""
    home = {"WORKBOOK_DIR": str(tmp_path / "home with spaces"), "DATABASE_URL": ""}
    if request.param == "sqlite":
        yield home
        return
    with fresh_database(request.getfixturevalue("mysql_url")) as url:
        yield home | {"DATABASE_URL": url}
        drop_beside(url, url.rpartition("/")[2].partition("?")[0])


@EACH
def test_a_chapter_does_what_it_stores_twice_in_a_row(
    info: ChapterInfo, environment: dict[str, str]
) -> None:
    for time in ("first", "second"):
        outcome = harness.run_nbval(info.path, environment)
        assert outcome.ok, f"{time} run: {outcome.report}"
        assert outcome.cells


@EACH
def test_a_chapter_with_its_stubs_solved_has_every_check_correct(
    info: ChapterInfo, environment: dict[str, str]
) -> None:
    exercises = exercises_of(info.number)
    solutions = {each.id: each.solution_code for each in exercises.values()}
    filled = notebooks.fill(notebooks.read(info.path), solutions)
    ran = harness.execute(filled, info.path.parent, environment)
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
