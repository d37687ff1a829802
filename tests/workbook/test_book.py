"""The book: built from what is stored, whole, in two views, and one that all can use."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from playwright.sync_api import Page, expect

from lib.config import ROOT
from lib.errors import PipelineError
from lib.workbook.cli import build_parser
from lib.workbook.course.chapters import CHAPTERS, find_chapter
from lib.workbook.course.exercise import exercises_of
from lib.workbook.course.notebooks import read
from lib.workbook.course.prediction import predictions_of
from lib.workbook.teaching.book import build as building
from lib.workbook.teaching.book.notes import with_notes
from lib.workbook.teaching.book.source import front_page, write_source
from tests.support.chromium import chromium, serious

HOME = ROOT / ".workbook"  # the book's environment is made once, and stays


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the whole book."""
    out = tmp_path_factory.mktemp("book")
    try:
        building.environment(HOME / "book")
    except PipelineError as error:  # the first time, it needs a package index
        pytest.skip(f"the book's environment cannot be made: {error}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LC_ALL", "xx_XX.UTF-8")  # a user's language that is not installed here
        building.build(HOME, out, repository="https://example.org/course")
    return out


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1366, "height": 768}, color_scheme="light")
        page.set_default_timeout(60_000)  # milliseconds
        yield page


def test_the_book_has_each_chapter_with_its_outputs_and_pictures(site: Path) -> None:
    for info in CHAPTERS:
        text = (site / f"{info.path.stem}.html").read_text(encoding="utf-8")
        assert f"{info.number} · {info.title}" in text
        cards = re.findall(r'<div role="group" aria-label="((?:Exercise|\w+) [\w.]+)"', text)
        exercises = [f"Exercise {each}" for each in info.exercises]
        assert [card for card in cards if card.startswith("Exercise")] == exercises
        assert len(cards) == len(exercises) + len(info.predictions)
        pictures = sum(
            "<svg" in output.get("data", {}).get("text/html", "")
            for cell in read(info.path).cells
            for output in cell.get("outputs", [])
        )
        assert len(re.findall(r"<svg[^>]*role=\"img\"", text)) >= pictures
        for name in re.findall(r'<img[^>]* src="([^":]+)"', text):
            assert (site / name).is_file(), name


def test_a_card_is_as_it_is_before_an_answer(site: Path) -> None:
    text = (site / "04_sessions.html").read_text(encoding="utf-8")
    assert 'href="https://example.org/course">Repository</a>' in text
    assert text.count("<strong>not attempted</strong>") == 5 + len(predictions_of("04"))
    assert "Show a hint" in text and "Show the solution" in text


def test_only_the_teachers_view_says_what_to_expect(site: Path) -> None:
    learner = (site / "04_sessions.html").read_text(encoding="utf-8")
    teacher = (site / "teacher" / "04_sessions.html").read_text(encoding="utf-8")
    marks = ("What to expect", "For the teacher", "Stop here if time is short")
    assert [mark in learner for mark in marks] == [False] * 3
    assert [mark in teacher for mark in marks] == [True] * 3
    assert not (site / "for_teachers.html").exists()
    assert "Half a day" in (site / "teacher" / "for_teachers.html").read_text(encoding="utf-8")
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    assert "for_teachers" not in index


def test_each_question_and_each_check_has_its_note() -> None:
    for info in CHAPTERS:
        noted = with_notes(read(info.path), info)
        ids = [cell.id for cell in noted.cells]
        assert len(set(ids)) == len(ids)
        wanted = [*predictions_of(info.number), *exercises_of(info.number)]
        notes = {cell.id: cell.source for cell in noted.cells if cell.id.startswith("note-")}
        assert set(notes) == {
            "note-chapter",
            *(f"note-{each.replace('.', '-')}" for each in wanted),
        }
        for prediction in predictions_of(info.number).values():
            assert prediction.why in notes[f"note-{prediction.id.replace('.', '-')}"]


def test_every_link_between_pages_leads_to_a_page_and_a_place(site: Path) -> None:
    ids: dict[Path, set[str]] = {}
    pages = sorted(site.rglob("*.html"))
    for each in pages:
        text = each.read_text(encoding="utf-8")
        ids[each] = set(re.findall(r'\bid="([^"]+)"', text))
    broken = []
    for each in pages:
        for link in re.findall(r'<a [^>]*href="([^"]*)"', each.read_text(encoding="utf-8")):
            if re.match(r"[a-z]+:", link):
                continue
            name, _, fragment = link.partition("#")
            target = (each.parent / name).resolve() if name else each
            if target not in ids or fragment and fragment not in ids[target]:
                broken.append(f"{each.relative_to(site)}: {link}")
    assert broken == []


def test_the_pages_ask_no_other_machine_for_anything(site: Path, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name in ("index", "05_orm_models", "12_dashboard", "search", "teacher/for_teachers"):
        page.goto((site / f"{name}.html").as_uri())
    assert asked
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_a_reader_searches_turns_to_the_dark_and_to_the_teachers_view(
    site: Path, page: Page
) -> None:
    page.goto((site / "search.html").as_uri() + "?q=savepoint")
    expect(page.locator("#search-results li").first).to_be_visible()
    found = page.locator("#search-results li a").all_inner_texts()
    assert any("Sessions" in each for each in found), found
    page.goto((site / "04_sessions.html").as_uri())
    ground = "getComputedStyle(document.body).backgroundColor"
    bright = page.evaluate(ground)
    page.get_by_role("button", name="Color mode").click()
    page.get_by_role("button", name="Dark", exact=True).click()
    assert page.evaluate(ground) != bright
    page.get_by_role("link", name="Teacher's view").click()
    expect(page.get_by_text("Stop here if time is short")).to_be_visible()
    page.get_by_role("link", name="Learner's view").click()
    expect(page).to_have_url((site / "04_sessions.html").as_uri())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(site: Path, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for name in ("index", "teacher/00_start_here", "search"):
        page.goto((site / f"{name}.html").as_uri())
        page.evaluate(f"document.documentElement.dataset.theme = '{scheme}'")
        assert serious(page) == [], name


def test_a_file_that_the_book_has_not_is_a_link_to_the_repository_or_text() -> None:
    url = "https://example.org/course"
    assert f"]({url}/blob/HEAD/lib/README.md)" in front_page(teacher=False, repository=url)
    alone = front_page(teacher=False)
    assert "lib/README.md" not in alone and "[Start here](00_start_here.ipynb)" in alone


def test_what_did_not_change_is_not_written_again_and_what_is_gone_is_removed(
    tmp_path: Path,
) -> None:
    assert write_source(tmp_path, teacher=False)
    first = tmp_path / find_chapter("00").path.name
    before = first.stat().st_mtime_ns
    gone = tmp_path / "gone.md"
    gone.write_text("# Gone\n", encoding="utf-8")
    assert write_source(tmp_path, teacher=False)
    assert not write_source(tmp_path, teacher=False)
    assert first.stat().st_mtime_ns == before
    assert not gone.exists()


def test_a_command_that_fails_is_one_message_without_a_password(tmp_path: Path) -> None:
    code = "print('ERROR: no way to https://me:secret@index.example/'); raise SystemExit(1)"
    with pytest.raises(PipelineError) as raised:
        building._run([sys.executable, "-c", code], tmp_path / "log", "It failed.")
    assert "It failed. ERROR: no way to https://***@index.example/" in str(raised.value)
    assert "secret" not in (tmp_path / "log").read_text(encoding="utf-8")


def test_the_lock_of_the_book_has_what_its_group_asks_for_and_no_other_version_of_ours() -> None:
    with open(ROOT / "pyproject.toml", "rb") as file:
        group = tomllib.load(file)["dependency-groups"]["book"]
    locks = []
    for path in (building.LOCK, ROOT / "requirements.txt"):
        lines = path.read_text(encoding="utf-8").splitlines()
        pins = [line.rstrip(" \\") for line in lines if re.match(r"\w", line)]
        locks.append([Requirement(pin) for pin in pins])
    for wanted in map(Requirement, group):
        found = [each for each in locks[0] if each.name == canonicalize_name(wanted.name)]
        assert found, f"{wanted} is not in the lock: the command is in pyproject.toml"
        assert all(wanted.specifier.contains(str(each.specifier)[2:]) for each in found)
    ours = {each.name: set[str]() for each in locks[1]}
    for each in locks[1]:
        ours[each.name].add(str(each.specifier))
    for each in locks[0]:
        assert str(each.specifier) in ours.get(each.name, {str(each.specifier)}), each


def test_the_workflow_builds_by_our_command_and_only_its_last_job_may_publish() -> None:
    found = yaml.safe_load((ROOT / ".github/workflows/book.yml").read_text(encoding="utf-8"))
    assert found["permissions"] == {"contents": "read"}
    build, publish = found["jobs"]["build"], found["jobs"]["publish"]
    assert "permissions" not in build
    assert publish["permissions"] == {"pages": "write", "id-token": "write"}
    assert publish["needs"] == "build"
    (command,) = [step["run"] for step in build["steps"] if "run" in step]
    assert command.startswith("python run.py book --no-browser --out site ")
    args = build_parser().parse_args(command.split()[2:])
    (upload,) = [step for step in build["steps"] if "upload-pages" in step.get("uses", "")]
    assert Path(upload["with"]["path"]) == args.out
    for job in (build, publish):
        for step in job["steps"]:
            assert re.match(r"actions/[\w-]+@v\d+$", step.get("uses", "actions/none@v1"))
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False
