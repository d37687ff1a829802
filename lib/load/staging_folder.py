"""The folder in which rows wait on disk: found and removed by the next load if its own was killed.

A lock on a file in the folder says that its load is at work; the system takes the lock back when a
process ends, however it ends. A process number would not do: it is given again to another one.
No clean-up may take the lock before the load has it, so until then the folder is not complete.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
import time
import weakref
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

PREFIX = "bulk-load-staging-"
LOCK, COMPLETE = "in-use.lock", "complete"
MAX_START_S = 60  # a folder that is not complete after that belongs to a load that was killed


class StagingFolder:
    """A temporary folder for one load, at `path`. Raises OSError where none can be made."""

    def __init__(self) -> None:
        remove_abandoned()
        self.path = Path(tempfile.gettempdir(), PREFIX + secrets.token_hex(8))
        # Not bound to a thread: the connection may be collected in another one.
        lock = FileLock(self.path / LOCK, thread_local=False)
        # Before there is a folder: Ctrl-C may come at any moment, and leave it without an owner.
        self._remove = weakref.finalize(self, _remove, self.path, lock)
        self.path.mkdir(mode=0o700)
        lock.acquire(blocking=False)
        (self.path / COMPLETE).touch()

    def close(self) -> None:
        """Remove the folder and what is in it; twice does no harm."""
        self._remove()


def remove_abandoned() -> None:
    """Remove the folders of loads that were killed; those of others, or at work, stay."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        lock = FileLock(folder / LOCK)
        with suppress(OSError, Timeout):
            if (folder / COMPLETE).exists():
                lock.acquire(blocking=False)
                _remove(folder, lock)
            elif time.time() - folder.stat().st_mtime > MAX_START_S:
                shutil.rmtree(folder, ignore_errors=True)


def _remove(path: Path, lock: FileLock) -> None:
    try:
        _release_and_remove(path, lock)
    except KeyboardInterrupt:  # to the end, then obey
        _release_and_remove(path, lock)
        raise


def _release_and_remove(path: Path, lock: FileLock) -> None:
    lock.release()  # first: Windows removes no file that is locked
    # The mark goes last: what a kill leaves here, the next load finds by it.
    for each in path.glob("*"):
        if each.name != COMPLETE:
            with suppress(OSError):
                each.unlink()
    shutil.rmtree(path, ignore_errors=True)
