"""Throw-away databases of a process that was killed go with the next start; no other does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from lib.config import ROOT, Settings
from lib.workbook.databases import checkpoints
from lib.workbook.databases.is_ready import make_ready
from lib.workbook.databases.names import DRAFT, SANDBOX

HOLD = """
import sys
from pathlib import Path
from lib.config import Settings, parse_url
from lib.workbook.databases.checkpoints import throw_away
with throw_away(Settings(Path(sys.argv[1]), parse_url(sys.argv[2])), empty=True) as db:
    db.execute(["CREATE TABLE mine (id INTEGER)"])
    print(db.url.database, flush=True)
    sys.stdin.read()
"""
DRAFTING = """
import sys
from pathlib import Path
from lib.workbook.databases.sqlite_store import SqliteStore
with SqliteStore(Path(sys.argv[1]))._draft() as draft:
    draft.touch()
    print(draft, flush=True)
    sys.stdin.read()
"""
# What others might call their own: nearly a name of ours.
FOREIGN = ("sandbox_mine", "sandbox_cafe", "sandbox_00000001_abc", "sandbox_00000001_abcdef_2")


@contextmanager
def at_work(settings: Settings, code: str = HOLD) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that holds a database, and the database's name, or the path of its file."""
    url = settings.database_url.render_as_string(hide_password=False)
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(settings.home), url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdin is not None and child.stdout is not None
    with child.stdin, child.stdout:
        try:
            yield child, child.stdout.readline().strip()
        finally:
            child.kill()
            child.wait()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Iterator[Settings]:
    settings = Settings(tmp_path, make_url(database_url))
    yield settings
    checkpoints.remove(settings, *checkpoints._store(settings).names(""))


def ours(settings: Settings) -> list[str]:
    store = checkpoints._store(settings)
    return sorted(store.names(SANDBOX) + store.names(DRAFT))


def test_what_a_killed_process_left_goes_and_what_is_in_use_stays(settings: Settings) -> None:
    with at_work(settings) as (killed, _), at_work(settings) as (living, _):
        two = ours(settings)
        assert len(two) == 2
        assert checkpoints.tidy(settings) == []
        killed.kill()
        killed.wait()
        (gone,) = checkpoints.tidy(settings)
        (kept,) = ours(settings)
        assert sorted([gone, kept]) == two
        assert living.stdin is not None
        living.stdin.close()  # it ends in order, and takes its own away
        assert living.wait() == 0
    assert ours(settings) == []


def test_one_of_this_process_stays(settings: Settings) -> None:
    with checkpoints.throw_away(settings, empty=True) as db:
        db.execute(["CREATE TABLE mine (id INTEGER)"])
        assert checkpoints.tidy(settings) == []
        assert db.execute(["SELECT count(*) FROM mine"]) == [[(0,)]]
    assert ours(settings) == []
    assert [path.name for path in settings.home.glob("chapters/*.held*")] == []


def test_what_has_another_name_is_not_ours(settings: Settings) -> None:
    store = checkpoints._store(settings)
    for name in FOREIGN:
        checkpoints.open_empty(settings, name).close()
    assert checkpoints.tidy(settings) == []
    assert sorted(store.names(SANDBOX)) == sorted(FOREIGN)


def test_a_start_tidies_up(settings: Settings, few: Path) -> None:
    with at_work(settings) as (killed, _):
        killed.kill()
        killed.wait()
    assert len(ours(settings)) == 1
    make_ready(settings)
    assert ours(settings) == []


def test_a_draft_of_a_killed_process_goes(tmp_path: Path) -> None:
    settings = Settings(tmp_path, make_url("sqlite://"))
    with at_work(settings, DRAFTING) as (killed, draft):
        assert Path(draft).exists()
        assert checkpoints.tidy(settings) == []
        killed.kill()
        killed.wait()
        assert checkpoints.tidy(settings) == [Path(draft).stem]
    assert list((tmp_path / "chapters").iterdir()) == []
