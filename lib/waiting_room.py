"""The folder in which rows wait on disk: found and removed by the next load if its own was killed.

A lock on a file in the folder says that its load is at work; the system takes the lock back when a
process ends, however it ends. A process number would not do: it is given again to another one.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

PREFIX = "bulk-load-staging-"
LOCK = "in-use.lock"


class WaitingRoom:
    """A temporary folder for one load, at `path`. Raises OSError where none can be made."""

    def __init__(self) -> None:
        remove_abandoned()
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        # Not bound to a thread: whoever finds the connection gone may be another one.
        self._lock = FileLock(self.path / LOCK, thread_local=False)
        try:
            self._lock.acquire(blocking=False)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Remove the folder and what is in it; twice does no harm."""
        self._lock.release()  # first: Windows removes no file that is locked
        shutil.rmtree(self.path, ignore_errors=True)


def remove_abandoned() -> None:
    """Remove the folders of loads that were killed; those of others, or at work, stay."""
    for lock in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{LOCK}"):
        with suppress(OSError, Timeout):
            with FileLock(lock, blocking=False):
                pass
            shutil.rmtree(lock.parent, ignore_errors=True)
