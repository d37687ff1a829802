"""Where each chapter starts: a database with January 2013 in it, and quick private copies of it.

The original, the checkpoint, is built once, by the same pipeline that loads the year. Chapters and
exercises work on copies, so that nothing that a learner does can harm another chapter.
"""

from __future__ import annotations

import os
import sqlite3
import time
import uuid
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError, ProgrammingError

from lib.config import Settings, sqlite_url
from lib.database import Database
from lib.errors import PipelineError
from lib.models import Base
from lib.pipeline import run_pipeline
from lib.schema import head

MONTH = 1
LOCK_WAIT = 10  # seconds


def prepare(settings: Settings) -> None:
    """Build the checkpoint when it is not there; quick when it is."""
    _store(settings).prepare()


def open_copy(settings: Settings, name: str) -> ClosingDatabase:
    """Return a database of that name, made anew from the checkpoint; an older one is replaced."""
    store = _store(settings)
    store.prepare()
    return ClosingDatabase(store.copy(name))


def open_empty(settings: Settings, name: str) -> ClosingDatabase:
    """Return a database of that name with nothing in it; an older one is replaced."""
    return ClosingDatabase(_store(settings).empty(name))


@contextmanager
def throw_away(settings: Settings, *, empty: bool = False) -> Iterator[Database]:
    """A copy for the length of a block, or a database with nothing in it."""
    name = f"sandbox_{uuid.uuid4().hex[:12]}"
    db = open_empty(settings, name) if empty else open_copy(settings, name)
    try:
        yield db
    finally:
        db.close()
        _store(settings).remove(name)


def remove(settings: Settings, *names: str) -> list[str]:
    """Remove the copies of these names, or the checkpoint; return the names of those there were."""
    store = _store(settings)
    return [name for name in names if store.remove(name)]


CHECKPOINT = "january"


class ClosingDatabase(Database):
    """A Database that can close connections which are still in somebody's hands.

    A learner's cell may leave a session or a connection open; the next copy of the database must
    not wait for the lock that it holds.
    """

    def __init__(self, url: URL) -> None:
        super().__init__(url)
        self._lent: weakref.WeakSet[Any] = weakref.WeakSet()
        event.listen(self.engine, "checkout", lambda _raw, _record, lent: self._lent.add(lent))

    def close(self) -> None:
        for lent in list(self._lent):
            # Through the pool: an abandoned session, when it is collected at last, would otherwise
            # roll back on a closed connection, and print a traceback below some later cell.
            if lent.is_valid:
                # In use in another thread: nothing that could be done about it here.
                with suppress(Exception):
                    lent.invalidate()
        super().close()


class SqliteStore:
    """Checkpoint and copies as files in the workbook's own folder."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "chapters"

    def path(self, name: str) -> Path:
        if name == CHECKPOINT:
            return self.folder / f"{CHECKPOINT}-{head()}.db"
        return self.folder / f"{name}.db"

    def prepare(self) -> None:
        target = self.path(CHECKPOINT)
        if target.exists():
            return
        # Built aside, then moved: a half-made checkpoint is never taken for a whole one.
        draft = self.folder / f"draft-{uuid.uuid4().hex[:12]}.db"
        try:
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
        finally:
            _unlink(draft)

    def copy(self, name: str) -> URL:
        return self._fill(name, f"{self.path(CHECKPOINT).as_uri()}?mode=ro")

    def empty(self, name: str) -> URL:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self._fill(name, "file::memory:")

    def _fill(self, name: str, source_uri: str) -> URL:
        target = self.path(name)
        # SQLite's own backup writes into the file that may be open elsewhere, under its locks.
        # To delete it under another kernel's connection would break both.
        deadline = time.monotonic() + LOCK_WAIT

        def give_up(status: int, _remaining: int, _total: int) -> None:
            # Python's backup waits for a lock for ever; this is called at each try.
            if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                if time.monotonic() > deadline:
                    raise _in_use(name)

        try:
            with (
                closing(sqlite3.connect(source_uri, uri=True)) as source,
                closing(sqlite3.connect(target, timeout=0.1)) as copy,
            ):
                source.backup(copy, progress=give_up)
        except sqlite3.OperationalError as error:
            raise _in_use(name) from error
        except sqlite3.DatabaseError:  # damaged: nobody can be using it
            _unlink(target)
            return self._fill(name, source_uri)
        return sqlite_url(target)

    def remove(self, name: str) -> bool:
        return _unlink(self.path(name))


class MysqlStore:
    """Checkpoint and copies as databases beside the one that the URL names: demo_january, ..."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.server = Database(url)

    def name(self, name: str) -> str:
        return f"{self.url.database}_{name}"

    def prepare(self) -> None:
        url = self.url.set(database=self.name(CHECKPOINT))
        if self._is_ready():
            return
        with self.server.engine.connect() as connection:
            # One builder at a time; the others find the work done.
            lock = {"name": self.name(CHECKPOINT), "wait": 180}
            connection.execute(text("SELECT GET_LOCK(:name, :wait)"), lock)
            if not self._is_ready():
                self._create(connection, CHECKPOINT)
                with Database(url) as db:
                    run_pipeline(db, month=MONTH)
            connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": lock["name"]})
        self.server.close()

    def copy(self, name: str) -> URL:
        origin = self.name(CHECKPOINT)
        try:
            with self.server.engine.connect() as connection:
                connection.execute(text(f"SET SESSION lock_wait_timeout = {LOCK_WAIT}"))
                self._create(connection, name)
                connection.execute(text(f"USE `{self.name(name)}`"))
                connection.execute(text("SET SESSION foreign_key_checks = 0, unique_checks = 0"))
                for table in ("alembic_version", *Base.metadata.tables):
                    made = connection.execute(text(f"SHOW CREATE TABLE `{origin}`.`{table}`"))
                    connection.exec_driver_sql(made.one()[1].replace("%", "%%"))
                    connection.execute(
                        text(f"INSERT INTO `{table}` SELECT * FROM `{origin}`.`{table}`")
                    )
                connection.commit()
                connection.invalidate()  # its settings are not for others
        except OperationalError as error:
            if getattr(error.orig, "args", (None,))[0] == 1205:
                raise _in_use(name) from error
            raise self.server.explain(error) from error
        finally:
            self.server.close()
        return self.url.set(database=self.name(name))

    def empty(self, name: str) -> URL:
        try:
            with self.server.engine.connect() as connection:
                connection.execute(text(f"SET SESSION lock_wait_timeout = {LOCK_WAIT}"))
                self._create(connection, name)
                connection.invalidate()  # its setting is not for others
        except OperationalError as error:
            if getattr(error.orig, "args", (None,))[0] == 1205:
                raise _in_use(name) from error
            raise self.server.explain(error) from error
        finally:
            self.server.close()
        return self.url.set(database=self.name(name))

    def remove(self, name: str) -> bool:
        with self.server.engine.connect() as connection:
            connection.execute(text(f"SET SESSION lock_wait_timeout = {LOCK_WAIT}"))
            there = connection.execute(
                text("SHOW DATABASES LIKE :name"), {"name": self.name(name).replace("_", r"\_")}
            ).first()
            connection.execute(text(f"DROP DATABASE IF EXISTS `{self.name(name)}`"))
            connection.invalidate()
        self.server.close()
        return there is not None

    def _create(self, connection: Any, name: str) -> None:
        database = self.name(name)
        try:
            connection.execute(text(f"DROP DATABASE IF EXISTS `{database}`"))
            connection.execute(
                text(f"CREATE DATABASE `{database}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
            )
        except OperationalError as error:
            if getattr(error.orig, "args", (None,))[0] != 1044:
                raise
            raise PipelineError(
                f"User {self.url.username!r} may not make the database {database!r}; each chapter "
                "has one of its own.",
                f"As an administrator: GRANT ALL ON `{self.url.database}\\_%`.* TO "
                f"'{self.url.username}'@'%'",
            ) from error

    def _is_ready(self) -> bool:
        with Database(self.url.set(database=self.name(CHECKPOINT))) as db:
            try:
                with db.engine.connect() as connection:
                    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
                    done = connection.scalar(
                        text("SELECT count(*) FROM pipeline_runs WHERE outcome = 'succeeded'")
                    )
                return bool(done) and revision == head()
            except (ProgrammingError, OperationalError):
                return False


def _store(settings: Settings) -> SqliteStore | MysqlStore:
    if settings.database_url.get_backend_name() == "sqlite":
        return SqliteStore(settings.home)
    return MysqlStore(settings.database_url)


def _in_use(name: str) -> PipelineError:
    return PipelineError(
        f"The database of {name} is in use: another kernel holds it.",
        "In JupyterLab: Kernel, Shut Down All Kernels. Then run this cell again.",
    )


def _unlink(path: Path) -> bool:
    there = path.exists()
    for end in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    return there
