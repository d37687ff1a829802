"""The chapters on both databases: as stored, twice in a row, and with the exercises solved."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from lib.config import ROOT
from lib.workbook.course import notebooks
from lib.workbook.course.chapters import CHAPTERS, NOTEBOOKS, ChapterInfo
from lib.workbook.course.exercise import exercises_of
from lib.workbook.proof import faults, harness
from lib.workbook.teaching.plans import TEACHING
from tests.support import warm
from tests.support.classroom import drop_beside
from tests.support.mysql_server import fresh_database
from tests.support.solved import solved_chapter

# In an order that no reader takes: a chapter must not need what another one left.
SHUFFLED = random.Random(13).sample(CHAPTERS, len(CHAPTERS))
EACH = pytest.mark.parametrize("info", SHUFFLED, ids=lambda info: info.number)

# Python runs a module of this name when it starts, and so does each process that a chapter starts.
OFFLINE = """
import ipaddress, sys

def is_local(host):
    try:
        return ipaddress.ip_address(host).is_loopback or ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return host in ("localhost", "")

def refuse(event, arguments):
    address = arguments[1] if event == "socket.connect" else arguments
    if isinstance(address, tuple) and address and event in ("socket.connect", "socket.getaddrinfo"):
        host = address[0].decode() if isinstance(address[0], bytes) else address[0]
        if host is not None and not is_local(host):
            raise OSError(f"there is no network in this test, and somebody asked for {host}")

sys.addaudithook(refuse)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The .workbook of a learner who does the chapters in the order above."""
    return tmp_path_factory.mktemp("home") / "home with spaces"


@pytest.fixture(scope="module")
def offline(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder for PYTHONPATH, with which no process reaches further than this machine."""
    folder = tmp_path_factory.mktemp("offline")
    (folder / "sitecustomize.py").write_text(OFFLINE, encoding="utf-8")
    return str(folder)


@pytest.fixture
def on_sqlite(home: Path, offline: str) -> dict[str, str]:
    """The environment of a chapter's run: no network, and no progress yet."""
    (home / "progress.json").unlink(missing_ok=True)
    return {"WORKBOOK_DIR": str(home), "DATABASE_URL": "", "PYTHONPATH": offline}


@pytest.fixture(scope="module")
def run(offline: str) -> Iterator[harness.Run]:
    with warm.running({"PYTHONPATH": offline}) as runner:
        yield runner


@pytest.fixture(scope="module")
def on_server(mysql_url: str) -> Iterator[str]:
    with fresh_database(mysql_url) as url:
        yield url
        drop_beside(url, url.rpartition("/")[2].partition("?")[0])


@pytest.fixture
def on_mysql(on_sqlite: dict[str, str], on_server: str) -> dict[str, str]:
    """The same, with a database on a server, which the first chapter fills."""
    return on_sqlite | {"DATABASE_URL": on_server}


@pytest.mark.parametrize(
    ("call", "refused"),
    [
        ("socket.create_connection(('192.0.2.1', 80), 1)", True),
        ("socket.getaddrinfo('example.org', 80)", True),
        ("socket.getaddrinfo('localhost', 80)", False),
        ("socket.socket().bind(('127.0.0.1', 0))", False),
    ],
)
def test_there_is_no_network_in_these_tests(offline: str, call: str, refused: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import socket; {call}"],
        env=os.environ | {"PYTHONPATH": offline},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ("there is no network in this test" in done.stderr) is refused
    assert (done.returncode != 0) is refused, done.stderr


# Each run costs a kernel and its imports, so no two prove the same. On SQLite a chapter does what
# it stores. Then it is run again in the same room with no reset between, on the server, its stubs
# solved: all that it stores is compared there, too, but the cards of the checks, which have to say
# "correct". That the answers hold on both databases is proved in test_exercises.py.


@EACH
def test_a_chapter_does_what_it_stores(
    info: ChapterInfo, on_sqlite: dict[str, str], run: harness.Run
) -> None:
    outcome = harness.run_nbval(info.path, on_sqlite, run=run)
    assert outcome.ok, outcome.report
    assert outcome.cells


@EACH
def test_a_chapter_does_it_again_on_mysql_with_its_stubs_solved(
    info: ChapterInfo, on_mysql: dict[str, str], run: harness.Run, tmp_path: Path
) -> None:
    again = tmp_path / f"solved {info.path.name}"
    solved, checks = solved_chapter(info)
    again.write_bytes(notebooks.as_bytes(solved))
    assert checks == list(exercises_of(info.number))
    outcome = harness.run_nbval(again, on_mysql, run=run)
    assert outcome.ok, outcome.report
    assert outcome.cells


@EACH
def test_a_stored_chapter_has_no_faults(info: ChapterInfo) -> None:
    assert faults.problems(notebooks.read(info.path), info.path) == []


@EACH
def test_a_chapter_opens_with_its_title_and_its_minutes(info: ChapterInfo) -> None:
    first = notebooks.read(info.path).cells[0].source
    assert first.startswith(f"# {info.number} · {info.title}\n")
    assert f"Minutes: {info.minutes}" in first
    assert re.search(r"^- ", first, re.MULTILINE), "it says what you will be able to do"


@pytest.mark.parametrize(
    ("info", "following"), list(pairwise(CHAPTERS)), ids=lambda info: info.number
)
def test_a_chapter_leads_on_to_the_next(info: ChapterInfo, following: ChapterInfo) -> None:
    *_, last = (cell for cell in notebooks.read(info.path).cells if cell.cell_type == "markdown")
    assert "way on" in last.source.lower()
    assert f"]({following.path.name})" in last.source


@EACH
def test_a_chapter_ends_with_the_form_for_a_problem(info: ChapterInfo) -> None:
    (link,) = re.findall(
        r"\]\(([\w./]*problem[\w.]*)\)", notebooks.read(info.path).cells[-1].source
    )
    form = (info.path.parent / link).resolve()
    assert "**What you did" in form.read_text(encoding="utf-8")
    # JupyterLab opens no file whose path has a part that begins with a dot.
    assert not [part for part in form.relative_to(ROOT).parts if part.startswith(".")]


def test_the_course_knows_every_notebook() -> None:
    assert [info.path for info in CHAPTERS] == notebooks.chapter_files(NOTEBOOKS)


@EACH
def test_the_text_of_a_chapter_keeps_to_its_budget(info: ChapterInfo) -> None:
    for number, cell in enumerate(notebooks.read(info.path).cells):
        if cell.cell_type == "markdown":
            words = len(re.findall(r"\w+", cell.source))
            assert words <= 160, f"cell {number} of {info.path.name} has {words} words"
            assert "!" not in re.sub(r"`[^`]*`|!\[", "", cell.source), f"cell {number} exclaims"


@EACH
def test_the_minutes_of_a_chapter_suffice(info: ChapterInfo) -> None:
    """As one reader measured: words, lines of code, cells to run; and the exercises.

    150 words and 11 lines a minute, 12 seconds for each cell that is run and looked at.
    """
    cells = notebooks.read(info.path).cells
    words = sum(len(re.findall(r"\w+", each.source)) for each in cells if each.cell_type != "code")
    code = [each.source for each in cells if each.cell_type == "code"]
    lines = sum(bool(line.strip()) for each in code for line in each.splitlines())
    needed = words / 150 + lines / 11 + len(code) / 5 + TEACHING[info.number].exercises
    assert info.minutes >= 0.9 * needed, f"it takes {needed:.0f} minutes"
