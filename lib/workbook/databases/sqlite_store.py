"""Checkpoint and copies as files of SQLite in the workbook's own folder."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL

from lib.config import sqlite_url
from lib.database import Database
from lib.workbook.databases import names as store
from lib.workbook.databases.names import (
    CHECKPOINT,
    DAILY,
    HASTE_S,
    MONTH,
    draft_name,
    in_use,
    newest_revision,
    not_made,
)

HELD = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)  # what SQLite says when another one has it


class SqliteStore:
    """Checkpoint and copies as files in the workbook's own folder."""

    hasty = f"PRAGMA busy_timeout = {HASTE_S * 1000}"

    def __init__(self, home: Path) -> None:
        self.folder = home / "chapters"

    def path(self, name: str, days: int | None = None) -> Path:
        if name == CHECKPOINT:
            end = "" if days is None else f"-{days}"
            return self.folder / f"{CHECKPOINT}-{newest_revision()}{end}.db"
        return self.folder / f"{name}.db"

    def prepare(self) -> None:
        target = self.path(CHECKPOINT)
        if target.exists():
            return
        from lib.pipeline import run_pipeline  # not above: most chapters find the checkpoint there

        self._make_folder(CHECKPOINT)
        # Built aside, then moved: a half-made checkpoint is never taken for a whole one.
        with self._draft() as draft:
            with Database(sqlite_url(draft)) as db:
                run_pipeline(db, month=MONTH)
                with db.engine.connect() as connection:
                    raw: Any = connection.connection.driver_connection
                    raw.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
            with suppress(PermissionError):  # Windows, when another kernel was quicker
                os.replace(draft, target)
            for outdated in self.folder.glob(f"{CHECKPOINT}-*.db"):
                if outdated != target:
                    _unlink(outdated)

    def copy(self, name: str, days: int | None = None) -> URL:
        origin = self.path(CHECKPOINT, days)
        if days is not None and not origin.exists():
            self._shorten(origin, days)
        return self._fill(name, f"{origin.as_uri()}?mode=ro")

    def _shorten(self, target: Path, days: int) -> None:
        """Make a checkpoint of the first days out of that of the month."""
        with self._draft() as draft:
            self.copy(draft.stem)
            with closing(sqlite3.connect(draft)) as raw:
                with raw:
                    for table in reversed(DAILY):
                        raw.execute(f"DELETE FROM {table} WHERE day > ?", (days,))
                raw.execute("VACUUM")
            with suppress(PermissionError):  # Windows, when another kernel was quicker
                os.replace(draft, target)

    @contextmanager
    def _draft(self) -> Iterator[Path]:
        """A place for a file that is moved when it is whole; what is left there is removed."""
        name = draft_name()
        with self.held(name):
            try:
                yield self.path(name)
            finally:
                _unlink(self.path(name))

    @contextmanager
    def held(self, name: str) -> Iterator[None]:
        """Mark this copy as in use for a block, by SQLite's lock on a file beside it.

        The system gives the lock back, however the process ends.
        """
        self._make_folder(name)
        mark = self._mark(name)
        try:
            raw = sqlite3.connect(mark, isolation_level=None, check_same_thread=False)
            raw.execute("PRAGMA journal_mode = MEMORY")  # no further file
            raw.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise not_made(name, self.folder, error) from error
        try:
            yield
        finally:
            raw.close()
            _unlink(mark)

    def is_held(self, name: str) -> bool:
        """Tell whether a living process has marked this copy."""
        mark = self._mark(name)
        if not mark.exists():
            return False
        with closing(sqlite3.connect(mark, timeout=0, isolation_level=None)) as raw:
            try:
                raw.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                return True
        return False

    def _mark(self, name: str) -> Path:
        return self.folder / f"{name}.held"

    def empty(self, name: str) -> URL:
        self._make_folder(name)
        return self._fill(name, "file::memory:")

    def _make_folder(self, name: str) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise not_made(name, self.folder, error) from error

    def _fill(self, name: str, source_uri: str) -> URL:
        target = self.path(name)
        # SQLite's own backup writes into the file that may be open elsewhere, under its locks.
        # To delete it under another kernel's connection would break both.
        deadline = time.monotonic() + store.LOCK_WAIT

        def give_up(status: int, _remaining: int, _total: int) -> None:
            # Python's backup waits for a lock for ever; this is called at each try.
            if status in HELD:
                if time.monotonic() > deadline:
                    raise in_use(name)

        try:
            with (
                closing(sqlite3.connect(source_uri, uri=True)) as source,
                closing(sqlite3.connect(target, timeout=0.1)) as copy,
            ):
                source.backup(copy, progress=give_up)
        except sqlite3.OperationalError as error:
            # The lower byte is the kind, the upper ones say more: https://sqlite.org/rescode.html
            if error.sqlite_errorcode & 0xFF in HELD:
                raise in_use(name) from error
            raise not_made(name, self.folder, error) from error
        except sqlite3.DatabaseError:  # damaged: no program can be using it
            _unlink(target)
            return self._fill(name, source_uri)
        return sqlite_url(target)

    def names(self, prefix: str) -> list[str]:
        """Return the names of the copies that begin like this."""
        return [path.stem for path in self.folder.glob(f"{prefix}*.db")]

    def hang_up(self, name: str, lent: Sequence[Any]) -> None:
        """Close those of the connections, lent by pools, that are to this copy.

        Through the pool, which would otherwise print a traceback when it gets them back.
        """
        for connection in lent:
            # It may be closed, of another driver, or another thread's.
            with suppress(sqlite3.Error, AttributeError, OSError):
                raw = connection.dbapi_connection
                file = raw.execute("PRAGMA database_list").fetchone()[2]
                if file and os.path.samefile(file, self.path(name)):
                    connection.invalidate()

    def remove(self, name: str) -> bool:
        if name == CHECKPOINT:
            for shorter in self.folder.glob(f"{self.path(name).stem}-*.db"):
                _unlink(shorter)
        there = _unlink(self.path(name))
        with suppress(OSError):  # Windows, in the block that holds it
            _unlink(self._mark(name))
        return there


def _unlink(path: Path) -> bool:
    there = path.exists()
    for end in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    return there
