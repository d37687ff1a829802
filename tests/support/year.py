"""The whole year, loaded once for each kind of database and used by several modules."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from lib.config import sqlite_url
from lib.database import Database
from lib.pipeline import run_pipeline
from lib.pipeline.pipeline import PipelineReport
from tests.support.mysql_server import fresh_database

KINDS = ("sqlite", "mysql")


@dataclass(frozen=True)
class Year:
    """A database with the whole year in it. Whoever uses it only reads."""

    db: Database
    report: PipelineReport


_YEARS = pytest.StashKey[dict[str, Year]]()


def load_year(request: pytest.FixtureRequest, kind: str) -> Year:
    """Return the loaded database of a kind; the first call loads it, the end of pytest drops it.

    For a fixture of any scope: a session's fixture that two modules import would load twice.
    """
    config = request.config
    years = config.stash.setdefault(_YEARS, {})
    if kind not in years:
        with ExitStack() as stack:
            if kind == "sqlite":
                factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
                url = sqlite_url(factory.mktemp("year") / "year.db")
                db = stack.enter_context(Database(url))
            else:
                server: str = request.getfixturevalue("mysql_url")
                db = stack.enter_context(Database(stack.enter_context(fresh_database(server))))
            years[kind] = Year(db, run_pipeline(db))
            config.add_cleanup(stack.pop_all().close)
    return years[kind]
