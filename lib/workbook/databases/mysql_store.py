"""Checkpoint and copies as databases on a MySQL or MariaDB server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from lib.database import Database
from lib.models import Base
from lib.workbook.databases import names as store
from lib.workbook.databases.mysql_rights import escaped, is_denied, missing_right
from lib.workbook.databases.names import CHECKPOINT, DAILY, HASTE_S, MONTH, in_use, newest_revision


class MysqlStore:
    """Checkpoint and copies as databases beside the one that the URL names: demo_january, ..."""

    hasty = f"SET SESSION innodb_lock_wait_timeout = {HASTE_S}, lock_wait_timeout = {HASTE_S}"

    def __init__(self, url: URL) -> None:
        self.url = url
        self.server = Database(url)

    def name(self, name: str) -> str:
        return f"{self.url.database}_{name}"

    def prepare(self) -> None:
        url = self.url.set(database=self.name(CHECKPOINT))
        if self._is_ready():
            return
        from lib.pipeline import run_pipeline  # not above: most chapters find the checkpoint there

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

    def copy(self, name: str, days: int | None = None) -> URL:
        with self._anew(name) as connection:
            copy_tables(connection, self.name(CHECKPOINT), self.name(name), days)
        return self.url.set(database=self.name(name))

    def empty(self, name: str) -> URL:
        with self._anew(name):
            return self.url.set(database=self.name(name))

    @contextmanager
    def held(self, name: str) -> Iterator[None]:
        """Mark this copy as in use for a block, by a named lock of the server's.

        It goes with the connection, however the process ends.
        """
        with self.server.engine.connect() as connection:
            connection.execute(text("SELECT GET_LOCK(:name, 0)"), {"name": self.name(name)})
            try:
                yield
            finally:
                connection.invalidate()  # closed, and so is the lock given back

    def is_held(self, name: str) -> bool:
        """Tell whether a living process has marked this copy."""
        with self.server.engine.connect() as connection:
            asked = text("SELECT IS_USED_LOCK(:name)")
            holder = connection.scalar(asked, {"name": self.name(name)})
        self.server.close()
        return holder is not None

    @contextmanager
    def _anew(self, name: str) -> Iterator[Connection]:
        """A connection, after it has made this database with nothing in it."""
        try:
            with self.server.engine.connect() as connection:
                connection.execute(text(f"SET SESSION lock_wait_timeout = {store.LOCK_WAIT}"))
                self._create(connection, name)
                yield connection
                connection.invalidate()  # its settings are not for others
        except OperationalError as error:
            if getattr(error.orig, "args", (None,))[0] == 1205:
                raise in_use(name) from error
            raise self.server.explain(error) from error
        finally:
            self.server.close()

    def names(self, prefix: str) -> list[str]:
        """Return the names of the copies that begin like this."""
        ours = f"{self.url.database}_"
        pattern = escaped(ours + prefix) + "%"
        with self.server.engine.connect() as connection:
            found = connection.execute(text("SHOW DATABASES LIKE :pattern"), {"pattern": pattern})
            names = [str(name).removeprefix(ours) for (name,) in found]
        self.server.close()
        return names

    def hang_up(self, name: str, _lent: Sequence[Any]) -> None:
        """End the connections to this copy that are still open, whose locks would stay.

        The server knows of all, so they need not be named.
        """
        with self.server.engine.connect() as connection:
            for row in connection.execute(text("SHOW PROCESSLIST")).mappings():
                if row["db"] == self.name(name):
                    with suppress(DBAPIError):  # it has ended by itself
                        connection.execute(text(f"KILL {int(row['Id'])}"))

    def remove(self, name: str) -> bool:
        with self.server.engine.connect() as connection:
            connection.execute(text(f"SET SESSION lock_wait_timeout = {store.LOCK_WAIT}"))
            there = connection.execute(
                text("SHOW DATABASES LIKE :name"), {"name": escaped(self.name(name))}
            ).first()
            connection.execute(text(f"DROP DATABASE IF EXISTS `{self.name(name)}`"))
            connection.invalidate()
        self.server.close()
        return there is not None

    def _create(self, connection: Connection, name: str) -> None:
        database = self.name(name)
        try:
            make_empty(connection, database)
        except OperationalError as error:
            if not is_denied(error):
                raise
            raise missing_right(connection, self.url, beside=True) from error

    def _is_ready(self) -> bool:
        with Database(self.url.set(database=self.name(CHECKPOINT))) as db:
            try:
                with db.engine.connect() as connection:
                    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
                    done = connection.scalar(
                        text("SELECT count(*) FROM pipeline_runs WHERE outcome = 'succeeded'")
                    )
                return bool(done) and revision == newest_revision()
            except (ProgrammingError, OperationalError):
                return False


def make_empty(connection: Connection, database: str) -> None:
    """Make a database with nothing in it; an older one is dropped."""
    connection.execute(text(f"DROP DATABASE IF EXISTS `{database}`"))
    connection.execute(
        text(f"CREATE DATABASE `{database}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
    )


def copy_tables(connection: Connection, origin: str, target: str, days: int | None = None) -> None:
    """Copy the workbook's tables from one database into another, which is empty; commits.

    With `days`, only the first days of the daily ones. The settings of the connection are changed:
    it is not for others afterwards.
    """
    connection.execute(text(f"USE `{target}`"))
    connection.execute(text("SET SESSION foreign_key_checks = 0, unique_checks = 0"))
    for table in ("alembic_version", *Base.metadata.tables):
        made = connection.execute(text(f"SHOW CREATE TABLE `{origin}`.`{table}`"))
        connection.exec_driver_sql(made.one()[1].replace("%", "%%"))
        some = _first(days) if days and table in DAILY else ""
        connection.execute(text(f"INSERT INTO `{table}` SELECT * FROM `{origin}`.`{table}`{some}"))
    connection.commit()


def _first(days: int) -> str:
    """Return the condition for the first days, in local time; by the key, too, which is in UTC and
    spares the server a look at each row of the month."""
    after = datetime.fromisoformat(f"{MONTH}-{days:02}") + timedelta(days=2)
    return f" WHERE day <= {days} AND time_hour < '{after}'"
