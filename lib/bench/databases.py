"""Where the bench loads: fresh databases, migrated, with all that flights refer to."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Protocol

import pandas as pd
import pymysql
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from lib.config import ROOT, load_settings, read_env_file, sqlite_url
from lib.database import Database
from lib.database.schema import upgrade
from lib.errors import PipelineError
from lib.models import Airport, Plane
from lib.pipeline.months import WHOLE
from lib.testing.fresh_database import fresh_database
from lib.testing.mysql_server import PrivateServer, ServerError, connect
from lib.testing.programs import find_server


class Place(Protocol):
    """One kind of database."""

    kind: str
    title: str

    def fresh(self, name: str) -> str:
        """Return the URL of a new database that can take flights."""

    def drop(self, name: str) -> None:
        """Remove it."""


class SqlitePlace:
    """Files in a folder, each a copy of one that was filled once."""

    kind = "sqlite"
    title = f"SQLite {sqlite3.sqlite_version}"

    def __init__(self, folder: Path, file: Path) -> None:
        self._folder = folder
        with Database(self._url("template")) as db:
            fill(db, file)

    def _url(self, name: str) -> URL:
        return sqlite_url(self._folder / f"{name}.db")

    def fresh(self, name: str) -> str:
        url = self._url(name)
        shutil.copyfile(str(self._url("template").database), str(url.database))
        return url.render_as_string(hide_password=False)

    def drop(self, name: str) -> None:
        for path in self._folder.glob(f"{name}.db*"):
            path.unlink()


class MysqlPlace:
    """Databases on a server, dropped at the end of the block that `stack` belongs to."""

    kind = "mysql"

    def __init__(self, stack: ExitStack, url: str, file: Path) -> None:
        self._stack, self._url, self._file = stack, url, file
        self._open: dict[str, ExitStack] = {}
        with closing(connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT VERSION()")
            ((version,),) = cursor.fetchall()
        self.title = version if "Maria" in version else f"MySQL {version}"
        self._template = stack.enter_context(fresh_database(url, bench_prefix(url)))
        with Database(self._template) as db:
            fill(db, file)

    def fresh(self, name: str) -> str:
        stack = self._open[name] = self._stack.enter_context(ExitStack())
        url = stack.enter_context(fresh_database(self._url, bench_prefix(self._url)))
        template = make_url(self._template).database
        # The tables as the migrations made them in the template, which take longer than a copy.
        with closing(connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute("SET foreign_key_checks = 0")
            cursor.execute(f"SHOW TABLES IN `{template}`")
            for (table,) in cursor.fetchall():
                cursor.execute(f"SHOW CREATE TABLE `{template}`.`{table}`")
                ((_, create),) = cursor.fetchall()
                cursor.execute(create)
                cursor.execute(f"INSERT INTO `{table}` SELECT * FROM `{template}`.`{table}`")
        return url

    def drop(self, name: str) -> None:
        self._open.pop(name).close()


def bench_prefix(url: str) -> str:
    """Return how the names of the bench's databases on this server begin: `demo_bench_`.

    They lie beside the URL's own database, under its name, as the chapters' do: an account that may
    work through the chapters may run the bench. docker-compose.yml grants that.
    """
    return f"{make_url(url).database or 'workbook'}_bench_"


def fill(db: Database, file: Path) -> None:
    """Make the tables, and load what flights refer to, and what only the file's flights know."""
    upgrade(db)
    with db.engine.begin() as connection:
        for feed in WHOLE:
            feed.load_data(connection, *feed.paths())
        flights = pd.read_csv(
            file,
            usecols=["origin", "dest", "tailnum"],
            dtype=str,
            keep_default_na=False,
            na_values=["NA"],
        )
        wanted = {
            Airport.__table__.c["faa"]: {*flights["origin"], *flights["dest"]},
            Plane.__table__.c["tailnum"]: set(flights["tailnum"].dropna()),
        }
        for key, values in wanted.items():
            new = sorted(values - set(connection.scalars(sa.select(key))))
            if new:
                rows = [{key.name: value, "inferred": True} for value in new]
                connection.execute(sa.insert(key.table), rows)


def places(stack: ExitStack, folder: Path, file: Path, database_url: str | None) -> list[Place]:
    """Return the databases at hand: SQLite always, and MySQL when one is configured or installed.

    Raises PipelineError when the MySQL that is configured does not answer or makes no databases.
    """
    found: list[Place] = [SqlitePlace(folder, file)]
    url = load_settings(database_url).database_url
    if url.get_backend_name() == "mysql":
        return [*found, _on_server(stack, url, file)]
    test = os.environ.get("TEST_MYSQL_URL", read_env_file(ROOT / ".env").get("TEST_MYSQL_URL"))
    if test:
        return [*found, _on_server(stack, make_url(test), file)]
    if test is None and find_server():
        try:
            server = stack.enter_context(PrivateServer())
        except ServerError as error:
            raise PipelineError(f"The private server failed: {error}") from error
        found.append(_on_server(stack, make_url(server.url), file))
    return found


def _on_server(stack: ExitStack, url: URL, file: Path) -> Place:
    try:
        return MysqlPlace(stack, url.render_as_string(hide_password=False), file)
    except pymysql.Error as error:
        with Database(url) as db:
            raise db.explain(error) from error
