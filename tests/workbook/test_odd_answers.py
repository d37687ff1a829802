"""Each check bears whatever it is handed: a card, no traceback, no hang, and nothing left open."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

import pytest
from sqlalchemy import text

from lib.config import Settings
from lib.database import Database
from lib.workbook.checking import sandbox as sandboxes
from lib.workbook.checking import time_limit
from lib.workbook.course.chapters import CHAPTERS
from lib.workbook.course.exercise import Exercise, State, exercises_of, judge
from tests.support.classroom import settings_for
from tests.support.odd_answers import let_go, odd_answers

EXERCISES = [each for info in CHAPTERS for each in exercises_of(info.number).values()]
CALL_S, PAUSE_S = 0.2, 0.05  # an odd answer's time here, and between two attempts to stop it
ENOUGH_S = 30  # for one check: the longest wait for a lock, and a busy machine


@pytest.fixture(scope="module", params=["sqlite", "mysql"])
def settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    with ExitStack() as stack:
        url = request.getfixturevalue("mysql_url") if request.param == "mysql" else None
        home = tmp_path_factory.mktemp("home")
        yield stack.enter_context(settings_for(request.param, home, url))


def watches(frame: FrameType) -> bool:
    return Path(frame.f_code.co_filename).name == "time_limit.py"


def surroundings() -> tuple[object, ...]:
    handler = signal.getsignal(signal.SIGINT)
    return handler, sys.stdout, sys.stderr, os.getcwd(), sys.gettrace()


def left_open(settings: Settings) -> list[str]:
    """Sandboxes, connections to them, and watching threads that are still there."""
    left = [frame.f_code.co_name for frame in sys._current_frames().values() if watches(frame)]
    files = Path("/proc/self/fd")
    if files.is_dir():
        links = [os.readlink(each) for each in files.iterdir() if each.is_symlink()]
        left += [link for link in links if "sandbox_" in link]
    if settings.database_url.get_backend_name() == "sqlite":
        return left + [path.name for path in settings.home.glob("chapters/sandbox_*")]
    with Database(settings.database_url) as db, db.engine.connect() as connection:
        own = f"{settings.database_url.database}_sandbox_"
        names = connection.execute(text("SHOW DATABASES")).scalars().all()
        busy = connection.execute(text("SHOW PROCESSLIST")).mappings().all()
    left += [name for name in names if name.startswith(own)]
    return left + [str(row) for row in busy if str(row["db"]).startswith(own)]


# What is stopped half way does not close what it has made: a loop of Streamlit's, or a connection
# that was being opened, of which Python 3.13 and later tell. What is left open is looked for below.
@pytest.mark.filterwarnings("ignore:unclosed (event loop|database):ResourceWarning")
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_a_check_has_a_card_for_each_odd_answer(
    exercise: Exercise,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sandboxes, "CALL_S", CALL_S)
    monkeypatch.setattr(time_limit, "PAUSE_S", PAUSE_S)
    before, wrong = surroundings(), {}
    on_a_server = settings.database_url.get_backend_name() != "sqlite"
    for name, make in odd_answers(on_a_server=on_a_server).items():
        start = time.monotonic()
        verdict = judge(exercise, make(), settings)
        spent = time.monotonic() - start
        printed = "".join(capfd.readouterr())
        if name == "keeps_a_result":  # SQLite's file stays open as long as it is known of
            let_go()
        gc.collect()
        told = (
            verdict.state is State.FAULT and f"a fault: {verdict.trace}",
            verdict.state is State.CORRECT and "called correct",
            not verdict.message and "nothing is said",
            len(verdict.message) > 5_000 and f"{len(verdict.message):,} characters are said",
            "Traceback" in verdict.message + printed and f"a traceback: {printed[-2000:]}",
            len(printed) > 3 * sandboxes.MAX_PRINTED_CHARS and f"{len(printed):,} are printed",
            spent > ENOUGH_S and f"it took {spent:.0f} s",
            surroundings() != before and f"it left {surroundings()}",
            *left_open(settings),
        )
        let_go()
        if found := [each for each in told if each]:
            wrong[name] = found
    assert wrong == {}
