"""The table of what SQLite, MariaDB and MySQL do, by asking those at hand: notebooks/servers.md.

A column is for a server and, where versions differ, for a version. What is not at hand keeps the
column that is stored.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from lib.config import sqlite_url
from lib.testing.fresh_database import fresh_database
from lib.testing.mysql_server import PrivateServer
from lib.workbook.course.chapters import NOTEBOOKS
from lib.workbook.teaching import server_values, server_writes  # noqa: F401 - add questions
from lib.workbook.teaching.server_questions import QUESTIONS, Question, Server

PAGE = NOTEBOOKS / "servers.md"
NEW_YORK = "America/New_York"
LOCK_WAIT_S = 1  # seconds; in one question, two connections want one row

_OPENING = """# What the servers do

Some forty questions that this course depends on, asked of each server with the settings that it has
by itself, through SQLAlchemy. The last column says what the course does about it, with the chapter.
`python run.py servers` asks those at hand again and writes this page; a test compares.
"""
Answers = dict[str, str]  # by the text of the question


@contextmanager
def time_zone(name: str) -> Iterator[None]:
    """Give programs that are started in the block this time zone as the machine's own."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before


def ask(url: str, questions: Iterable[Question]) -> tuple[str, Answers]:
    """Ask an empty database; return the name of its column, such as MariaDB 10.11, and answers."""
    address = sa.make_url(url)
    sqlite = address.get_backend_name() == "sqlite"
    local = not sqlite and address.host == "127.0.0.1"
    arguments = {"timeout": LOCK_WAIT_S} if sqlite else {"ssl_disabled": True} if local else {}
    engine = sa.create_engine(
        address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool, connect_args=arguments
    )
    with engine.connect() as connection:
        server = Server(connection)
        wait = f"SET SESSION innodb_lock_wait_timeout = {LOCK_WAIT_S}"
        server.run("PRAGMA journal_mode = WAL" if sqlite else wait)
        return _name(connection), {each.text: each.ask(server) for each in questions}


def _name(connection: sa.Connection) -> str:
    if connection.dialect.name == "sqlite":
        return "SQLite"
    version = str(connection.exec_driver_sql("SELECT version()").scalar())
    number = re.match(r"\d+\.\d+", version)
    assert number is not None
    return f"{'MariaDB' if 'mariadb' in version.lower() else 'MySQL'} {number[0]}"


def ask_sqlite() -> tuple[str, Answers]:
    """Ask the SQLite of this Python."""
    with tempfile.TemporaryDirectory(prefix="servers-", ignore_cleanup_errors=True) as folder:
        url = sqlite_url(Path(folder, "questions.db"))
        return ask(url.render_as_string(hide_password=False), QUESTIONS)


def ask_private(
    program: str | None = None, questions: Iterable[Question] | None = None
) -> tuple[str, Answers]:
    """Start a private server, in New York, and ask it; ServerError where that fails.

    Without a program it is the one that is installed; without questions, they are all asked.
    """
    with time_zone(NEW_YORK), PrivateServer(program=program) as server:
        with fresh_database(server.url) as url:
            return ask(url, QUESTIONS if questions is None else questions)


def column_for(name: str, columns: Iterable[str]) -> str | None:
    """Return the stored column of a server: its version's, or the nearest one of that server."""

    def version(column: str) -> tuple[int, ...]:
        return tuple(map(int, re.findall(r"\d+", column)))

    same = sorted((c for c in columns if c.split()[0] == name.split()[0]), key=version)
    older = [column for column in same if version(column) <= version(name)]
    return older[-1] if older else next(iter(same), None)


# --- The page ---------------------------------------------------------------------------------


def write(say: Callable[[str], None], programs: Iterable[str | None]) -> None:
    """Ask SQLite and each server program, and write the page."""
    columns = read(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
    for name, answers in (ask_sqlite(), *map(ask_private, programs)):
        say(f"{name}: {len(answers)} answers")
        columns[name] = answers
    PAGE.write_text(render(columns), encoding="utf-8", newline="\n")


def render(columns: Mapping[str, Answers]) -> str:
    """Return the page as Markdown."""
    names = sorted(columns, key=lambda name: (not name.startswith("SQLite"), name))
    lines = [["What", *names, "The course"], ["---"] * (len(names) + 2)]
    for each in QUESTIONS:
        lines.append(
            [each.text, *(columns[name].get(each.text, "") for name in names), each.course]
        )
    return _OPENING + "\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def read(page: str) -> dict[str, Answers]:
    """Return the columns of a page, by the name of the server."""
    lines = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("|")]
    head, rows = lines[0], lines[2:]
    return {
        name: {row[0]: row[place] for row in rows}
        for place, name in enumerate(head)
        if 0 < place < len(head) - 1
    }
