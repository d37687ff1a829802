"""Settings: from the command line, the environment and the file .env, in this order.

Nothing is read when this module is imported; `load_settings` reads, and says what it found wrong.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lib.errors import PipelineError

if TYPE_CHECKING:  # what is installed is imported where it is used: help needs no environment
    from sqlalchemy.engine import URL

ROOT = Path(__file__).resolve().parent.parent

KNOWN = (
    "DATABASE_URL",
    "TEST_MYSQL_URL",
    "MYSQL_ROOT_PASSWORD",
    "MYSQL_USER",
    "MYSQL_PASSWORD",
    "MYSQL_DATABASE",
    "MYSQL_PORT",
    "MYSQL_READER",
    "MYSQL_READER_PASSWORD",
)


@cache
def project_name() -> str:
    """Return the name that the project gives itself in pyproject.toml, under [tool.pipeline]."""
    return _named_in(ROOT / "pyproject.toml") or "pipeline"


def place_of_work() -> Path:
    """Return the folder of the project in which this process works; ROOT where it works in none.

    One environment may serve many people, each with a clone of their own. `lib` may then be another
    person's; settings, and what is written, are those of the clone around the current folder. A
    clone is known by the name that its pyproject.toml gives itself.
    """
    try:
        here = Path.cwd().resolve()
    except OSError:  # the folder is gone
        return ROOT
    for folder in (here, *here.parents):
        path = folder / "pyproject.toml"
        if folder == ROOT or (path.is_file() and _named_in(path) == project_name()):
            return folder
    return ROOT


def _named_in(path: Path) -> str | None:
    try:
        with path.open("rb") as stream:
            name: str | None = tomllib.load(stream)["tool"]["pipeline"]["name"]
    except (OSError, ValueError, KeyError, TypeError):  # a file of other tools, with no project
        return None
    return name


@dataclass(frozen=True)
class Settings:
    """Where the project writes, and which database it uses.

    `database_url` is a URL object: printed, it shows its password as ***. `reader_url` is the same
    database for a user who may only read, where the settings name one.
    """

    home: Path
    database_url: URL
    reader_url: URL | None = None


def load_settings(
    database_url: str | None = None,
    *,
    root: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Return the settings; an argument beats the environment, the environment beats `.env`.

    `root` is the project's folder: the one around the current folder, unless it is given.
    Raises PipelineError when `.env` cannot be read or a setting makes no sense.
    """
    root = root or place_of_work()
    values = read_env_file(root / ".env")
    values.update(os.environ if environ is None else environ)
    name = project_name()
    home = Path(values.get(f"{name.upper()}_DIR") or root / f".{name}")
    if not home.is_absolute():
        home = root / home
    text = database_url or values.get("DATABASE_URL")
    if text:
        url = parse_url(text, root)
        return Settings(home, url, _reader_url(url, values))
    return Settings(home, sqlite_url(home / f"{name}.db"))


def _reader_url(url: URL, values: Mapping[str, str]) -> URL | None:
    """Return the URL for the reader of .env's server; another server does not know that user."""
    password = values.get("MYSQL_READER_PASSWORD")
    if url.get_backend_name() != "mysql" or not password:
        return None
    if url.username != values.get("MYSQL_USER"):
        return None
    return url.set(username=values.get("MYSQL_READER") or "reader", password=password)


def read_env_file(path: Path) -> dict[str, str]:
    """Return what `.env` sets, or an empty dict when there is no such file.

    python-dotenv skips a line that it cannot read and goes on, so a typing error would silently
    select another database. Here it is an error, and so is a name that is nearly one of ours.
    """
    if not path.exists():
        return {}
    from dotenv import dotenv_values
    from dotenv.parser import parse_stream

    known = (f"{project_name().upper()}_DIR", *KNOWN)
    fix = f"Correct {path.name}, or start again from .env.example."
    try:
        with path.open(encoding="utf-8-sig") as stream:
            lines = list(parse_stream(stream))
    except (OSError, UnicodeDecodeError) as error:
        raise PipelineError(
            f"{path.name} cannot be read ({type(error).__name__}).",
            "Save it as UTF-8 text that you may read, or remove it.",
        ) from error
    for line in lines:
        # The parser counts the empty lines before a setting as a part of it.
        spelled = line.original.string
        blank = spelled[: len(spelled) - len(spelled.lstrip())].count("\n")
        number = line.original.line + blank
        if line.error or (line.key is not None and line.value is None):
            raise PipelineError(
                f"{path.name}, line {number}, is not of the form NAME=value; "
                "perhaps a quotation mark or the equals sign is missing.",
                fix,
            )
        if line.key and line.key not in known:
            close = difflib.get_close_matches(line.key, known, n=1, cutoff=0.85)
            if close:
                raise PipelineError(
                    f"{path.name}, line {number}, sets {line.key}, which nothing reads. "
                    f"Did you mean {close[0]}?",
                    fix,
                )
    found = dotenv_values(path, encoding="utf-8-sig")
    return {key: value for key, value in found.items() if value is not None}


def sqlite_url(path: Path) -> URL:
    """Return the URL of an SQLite file; on every system, and with any character in its path."""
    from sqlalchemy.engine import URL

    return URL.create("sqlite", database=path.as_posix())


def parse_url(text: str, root: Path = ROOT) -> URL:
    """Return the URL that the text spells, with a driver that we ship.

    Raises PipelineError for what people get wrong most: a password with @, / or # in it, a driver
    that is not installed, another database. The text is never repeated: it may hold a password.
    """
    server = re.match(r"(?i)(mysql|mariadb)(\+\w+)?://(.*)", text.strip())
    # The part before the last @ holds user and password. A second @ in it (or what follows it) is
    # read as the host, so that a piece of the password would be looked up, and shown, as a name.
    if server and server[3].count("@") > 1:
        raise PipelineError(
            "The database URL has more than one @, so it is not clear where the password ends.",
            "In a URL, write @ as %40, / as %2F, # as %23 and % as %25 inside a password; "
            "or let Python do it: sqlalchemy.URL.create(..., password=...).",
        )
    not_one = PipelineError(
        "The database URL cannot be understood.",
        "It looks like sqlite:///file.db or mysql+pymysql://user:password@host:3306/database.",
    )
    if "://" not in text:
        raise not_one
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):
        raise not_one from None  # the original quotes the text
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        return _absolute_sqlite(url.set(drivername="sqlite"), root)
    if url.drivername in ("mysql+pymysql", "mariadb+pymysql"):
        if not url.host or not url.database:
            raise PipelineError(
                "The database URL names no host or no database.",
                "It looks like mysql+pymysql://user:password@host:3306/database.",
            )
        return url.set(drivername="mysql+pymysql")
    if url.get_backend_name() in ("mysql", "mariadb", "sqlite"):
        ours = "sqlite" if url.get_backend_name() == "sqlite" else "mysql+pymysql"
        raise PipelineError(
            f"The driver of {url.drivername}:// is not installed here; this project uses {ours}.",
            f"Begin the URL with {ours}://.",
        )
    raise PipelineError(
        f"This project does not know the database {url.get_backend_name()!r}.",
        "Use SQLite (sqlite:///file.db) or MySQL (mysql+pymysql://user:password@host/database).",
    )


def _absolute_sqlite(url: URL, root: Path) -> URL:
    """Anchor a relative file at the project's root: a notebook's folder is another one."""
    if url.database in (None, "", ":memory:") or str(url.database).startswith("file:"):
        return url
    return url.set(database=(root / str(url.database)).as_posix())
