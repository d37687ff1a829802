"""What every test has at hand: fresh databases of each kind, and none of the developer's own.

A private MariaDB or MySQL is started once, before pytest-xdist's workers, and all of them use it.
"""

from __future__ import annotations

import gc
import os
import platform
import re
import signal
import sqlite3
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from itertools import count as numbers
from pathlib import Path
from typing import Any

import pymysql
import pytest
from dotenv import dotenv_values
from sqlalchemy.engine import URL
from xdist.scheduler import LoadScopeScheduling

from tests.support.mysql_server import (
    PrivateServer,
    ServerError,
    connect,
    find_server,
    fresh_database,
)

ROOT = Path(__file__).resolve().parent.parent
# How the process that starts the server tells pytest-xdist's workers why there is none.
WHY_NO_MYSQL = "WORKBOOK_TESTS_WHY_NO_MYSQL"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --require-all."""
    parser.addoption(
        "--require-all",
        action="store_true",
        help="count a skipped test as a failure: here everything is installed",
    )
    parser.addoption(
        "--without",
        action="append",
        default=[],
        metavar="REASON",
        help="with --require-all: skipped for this reason is no failure",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Find the MySQL of the tests, or start one, unless this is a worker, which inherits it."""
    gc.disable()  # until all is imported and collected; nothing of that is garbage
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    _end_in_order_when_terminated(config)
    url = os.environ.get("TEST_MYSQL_URL")
    if url is None:
        url = dotenv_values(ROOT / ".env", encoding="utf-8-sig").get("TEST_MYSQL_URL")
    if url is not None:  # an empty one means: do without
        _set(config, "TEST_MYSQL_URL", url)
        _set(config, WHY_NO_MYSQL, "" if url else "TEST_MYSQL_URL is set, and empty")
    elif find_server() is None:
        _set(config, WHY_NO_MYSQL, "TEST_MYSQL_URL is not set, and no server is installed")
    else:
        try:
            server = PrivateServer().__enter__()
        except ServerError as error:
            _set(config, WHY_NO_MYSQL, f"the private server failed: {error}")
        else:
            config.add_cleanup(server.stop)
            _set(config, "TEST_MYSQL_URL", server.url)
            _set(config, "TEST_MYSQL_ADMIN_URL", server.admin_url)


def _set(config: pytest.Config, name: str, value: str) -> None:
    """Set an environment variable until pytest ends."""
    patch = pytest.MonkeyPatch()
    patch.setenv(name, value)
    config.add_cleanup(patch.undo)


def _end_in_order_when_terminated(config: pytest.Config) -> None:
    """Treat SIGTERM as Ctrl-C: by itself it would end pytest, and leave the server running."""
    if threading.current_thread() is threading.main_thread():
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)

        def restore() -> None:
            signal.signal(signal.SIGTERM, before)

        config.add_cleanup(restore)


# --- Workers --------------------------------------------------------------------------------

FILE, EACH = "each file", "each test"
# One worker does all tests of a group, because what they share is dear: a loaded year, a running
# JupyterLab, processes that have imported everything. Files that are not named here are groups,
# too. They start in this order: what takes long comes early, else one worker ends with it, alone.
GROUPS = (
    # These wait, for a lock, a server or a process; meanwhile the other workers compute, and what
    # follows keeps more than one processor busy.
    ("test_(harness|retry|migrations|bench|runs|mysql_server)[.]", "waiting"),
    ("test_half_way", "half way"),
    ("test_hub_browser", "hub"),
    ("test_page_browser", "page"),
    ("test_repository", "repository"),
    ("test_scale", "dask"),
    ("test_(browser|lab)[.]", "lab"),
    ("test_orchestration", "orchestration"),
    (r"test_notebooks.*\[\d[13579]\]", "odd chapters"),
    ("test_notebooks", "even chapters"),
    ("test_(pipeline|queries|app)[.]", "year"),
    ("test_dagster_browser", "dagster"),
    ("test_(crash|files)[.]", "killed"),
    (r"test_odd_answers.*\[sqlite-(\d|10)[.]", "odd answers on sqlite"),
    (r"test_odd_answers.*\[sqlite-", "odd answers to later chapters"),
    (r"test_odd_answers", "odd answers on mysql"),
    (r"test_exercises.*\[mysql", "exercises on mysql"),
    (r"test_exercises.*\[sqlite", "exercises on sqlite"),
    ("test_cli", "cli"),
    ("test_chapter", "chapter"),
    ("test_(?!exercises)", FILE),
    # Short, and sharing nothing: with these the workers end together.
    ("", EACH),
)


def group(nodeid: str) -> tuple[int, str]:
    """Return the place of a test's group, and its name."""
    file = nodeid.partition("::")[0]
    for place, (pattern, name) in enumerate(GROUPS):
        if re.match(pattern, re.sub(r"^tests/(\w+/)?", "", nodeid)):
            return place, {FILE: file, EACH: nodeid}.get(name, name)
    raise AssertionError(nodeid)


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Each group to whichever worker is free.

    pytest-xdist's own way, --dist loadgroup and a mark, does nothing under pytest 9.2: it appends
    the group to a test's id, which has become a property that nobody can append to.
    """

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)[1]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the groups in order."""
    items.sort(key=lambda item: group(item.nodeid)[0])


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep what is imported from Python's search for garbage: it stays, and is most there is."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)  # and search the rest less often than after 700 new objects
    gc.enable()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """Give pytest-xdist the scheduler above, whatever --dist says; the order is ours, too."""
    config.option.loadscopereorder = False
    return Together(config, log)


# --- The hub --------------------------------------------------------------------------------

NO_HUB = "The hub's test is not part of this run: .ci/hub-env installs what it needs."


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out the hub's test where there is no hub: it is no part of the workbook's own lock."""
    return True if collection_path.name == "test_hub_browser.py" and not _hub() else None


def _hub() -> bool:
    return (ROOT / ".workbook" / "hub-env" / "bin" / "jupyterhub").is_file()


# --- Skips ----------------------------------------------------------------------------------


def _skips(config: pytest.Config) -> Counter[str]:
    """Count the skipped tests by reason."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    reasons: Counter[str] = Counter()
    for report in reports:
        place = report.longrepr
        reason = place[2] if isinstance(place, tuple) else str(place)
        reasons[reason.removeprefix("Skipped: ")] += 1
    return reasons


def _not_expected(config: pytest.Config) -> int:
    """Count the tests that were skipped for another reason than --without names."""
    skips = _skips(config)
    return sum(skips[reason] for reason in skips.keys() - set(config.getoption("--without")))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With --require-all, fail when something was skipped."""
    if hasattr(session.config, "workerinput") or not session.config.getoption("--require-all"):
        return
    if _not_expected(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say which versions were met, what was skipped, and why."""
    terminalreporter.write_line(f"met: {', '.join(_versions())}")
    if not _hub():
        terminalreporter.write_line(NO_HUB)
    skips = _skips(config)
    for reason, count in skips.most_common():
        terminalreporter.write_line(f"skipped {count}: {reason}", yellow=True)
    missed = _not_expected(config)
    if missed and config.getoption("--require-all"):
        terminalreporter.write_line(
            f"--require-all: {missed} skipped tests count as a failure.", red=True
        )


def _versions() -> Iterator[str]:
    """Yield the name and version of all that differs between machines and matters here."""
    yield f"Python {platform.python_version()}"
    yield f"SQLite {sqlite3.sqlite_version}"
    if url := os.environ.get("TEST_MYSQL_URL"):
        with suppress(pymysql.Error), connect(url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT VERSION()")  # in its greeting, MariaDB claims to be a 5.5.5
            (version,) = cursor.fetchone()  # type: ignore[misc]
            name = "MariaDB" if "mariadb" in version.lower() else "MySQL"
            yield f"{name} {version.partition('-')[0]}"
    # Not above: pytest need not wait for playwright.
    from tests.support.chromium import find_chromium

    if program := find_chromium():
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        if found := re.search(r"[\d.]{4,}", done.stdout):
            yield f"Chromium {found[0]}"


# --- Databases ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def mysql_url() -> str:
    """The URL of a MySQL or MariaDB whose user may make databases named test_..."""
    url = os.environ.get("TEST_MYSQL_URL")
    if not url:
        pytest.skip(f"no MySQL: {os.environ.get(WHY_NO_MYSQL) or 'TEST_MYSQL_URL is not set'}")
    return url


@pytest.fixture
def fresh_mysql(mysql_url: str) -> Iterator[Callable[[], str]]:
    """Return a function that makes an empty database; all of them are dropped after the test."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(fresh_database(mysql_url))


@pytest.fixture(params=["sqlite", "mysql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database; a test that asks for it runs once for each kind."""
    if request.param == "sqlite":
        url = URL.create("sqlite", database=(tmp_path / "test.db").as_posix())
        return url.render_as_string(hide_password=False)
    make: Callable[[], str] = request.getfixturevalue("fresh_mysql")
    return make()


# --- Files ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def small_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of small raw files, with rows of every day and each row that breaks a rule."""
    from tests.support.few import (
        write_few,  # not above: Arrow is nothing that pytest needs to start
    )

    folder = tmp_path_factory.mktemp("few")
    write_few(folder)
    return folder


@pytest.fixture
def few(small_files: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the pipeline read the small files: for tests that do not need the year."""
    from tests.support.few import files_in

    monkeypatch.setattr("lib.pipeline.flights.raw_file", files_in(small_files))
    return small_files


# --- The developer's own things -------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def _no_settings_of_the_developer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Hide the developer's .workbook and database from fixtures that outlive a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBOOK_DIR", str(tmp_path_factory.mktemp("workbook")))
        patch.setenv("DATABASE_URL", "")  # empty beats the one in .env; deleted would not
        yield


@pytest.fixture(scope="session")
def _workbook_dirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """New folders; pytest's own way to make one looks through all that it has made."""

    def new() -> Iterator[Path]:
        home = tmp_path_factory.mktemp("workbooks")
        for number in numbers():
            folder = home / f"{number}"
            folder.mkdir()
            yield folder

    return new()


@pytest.fixture(autouse=True)
def _own_workbook_dir(monkeypatch: pytest.MonkeyPatch, _workbook_dirs: Iterator[Path]) -> None:
    """Give each test a .workbook of its own, where nothing of another test lies."""
    monkeypatch.setenv("WORKBOOK_DIR", str(next(_workbook_dirs)))
    for name in ("JUPYTERHUB_SERVICE_PREFIX", "JUPYTERHUB_PUBLIC_URL"):  # in a hub's terminal
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", "")
