"""The folder in which rows wait: there for one load, gone after it, however it ended."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from lib.load.staging_folder import COMPLETE, LOCK, MAX_START_S, PREFIX, StagingFolder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_is_there_until_it_is_closed(folder: Path) -> None:
    room = StagingFolder()
    (room.path / "rows").write_text("1", encoding="utf-8")
    assert list(folder.iterdir()) == [room.path]
    room.close()
    room.close()
    assert list(folder.iterdir()) == []


def test_of_a_load_at_work_stays(folder: Path) -> None:
    first = StagingFolder()
    second = StagingFolder()
    assert first.path.is_dir() and first.path != second.path
    first.close()
    second.close()


def test_of_a_load_that_was_killed_is_removed_by_the_next(folder: Path) -> None:
    left = folder / f"{PREFIX}left"
    left.mkdir()
    (left / LOCK).touch()  # nobody holds it
    (left / COMPLETE).touch()
    (left / "staging.db").write_bytes(b"rows")
    room = StagingFolder()
    assert not left.exists()
    room.close()


def test_of_a_load_that_is_about_to_take_its_lock_stays(folder: Path) -> None:
    """Whoever tried that lock to see whether it is free would take it away from the load."""
    begun = folder / f"{PREFIX}begun"
    begun.mkdir()
    (begun / LOCK).touch()
    StagingFolder().close()
    assert begun.exists()


def test_of_a_load_that_was_killed_before_it_had_its_lock_goes_after_a_minute(folder: Path) -> None:
    begun = folder / f"{PREFIX}begun"
    begun.mkdir()
    os.utime(begun, (time.time() - MAX_START_S - 5,) * 2)
    StagingFolder().close()
    assert not begun.exists()


def test_what_a_kill_leaves_of_a_removal_is_found_by_its_mark(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = StagingFolder()
    for number in range(5):
        (room.path / f"rows {number}").write_text("1", encoding="utf-8")
    left = []

    def killed(self: Path, missing_ok: bool = False) -> None:
        left.append((room.path / COMPLETE).exists())
        os.unlink(self)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", killed)
        patch.setattr(shutil, "rmtree", lambda *_, **__: None)  # killed before that
        room.close()
    assert len(left) >= 5 and all(left)
    assert [path.name for path in room.path.iterdir()] == [COMPLETE]
    StagingFolder().close()
    assert list(folder.iterdir()) == []


def test_goes_with_the_last_who_knows_of_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    StagingFolder()  # and nobody keeps it
    assert list(folder.iterdir()) == []
    for moment in ("pathlib.Path.touch", "filelock.FileLock.acquire"):
        with monkeypatch.context() as patch:
            patch.setattr(moment, interrupt)
            with suppress(KeyboardInterrupt):
                StagingFolder()
        assert list(folder.iterdir()) == []


def test_is_removed_to_the_end_when_ctrl_c_comes_in_the_middle(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = shutil.rmtree
    pressed: list[Path] = []

    def interrupted(path: Path, **how: Any) -> None:
        if not pressed:
            pressed.append(path)
            raise KeyboardInterrupt
        whole(path, **how)

    room = StagingFolder()
    monkeypatch.setattr(shutil, "rmtree", interrupted)
    with pytest.raises(KeyboardInterrupt):
        room.close()
    assert pressed == [room.path] and list(folder.iterdir()) == []


def test_of_somebody_else_stays(folder: Path) -> None:
    other = folder / f"{PREFIX}made-a-moment-ago"
    other.mkdir()
    StagingFolder().close()
    assert other.exists()
