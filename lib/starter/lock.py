"""What a project needs: a few packages, each with its reason, and the part of our lock for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, requires

from lib.config import ROOT
from lib.errors import PipelineError

NEEDED = {
    "SQLAlchemy": "engine, models, queries",
    "alembic": "the history of the tables",
    "PyMySQL[rsa]": "MySQL and MariaDB",
    "pandas": "data frames",
    "pyarrow": "reads files in batches of columns",
    "adbc-driver-sqlite": "moves columns into SQLite",
    "filelock": "tells a load at work from one that died",
    "python-dotenv": "settings from .env",
    "tqdm": "progress bars",
    "streamlit": "the page",
    "altair": "its charts",
    "pytest": "the tests",
    "nbclient": "runs the notebook in the tests",
    "ipykernel": "runs its cells",
    "nbformat": "reads it",
    "black": "formats code",
}


def dependencies() -> list[str]:
    """Return the packages that a project names itself, at least as new as in our lock."""
    versions = {name: lines[0].split("==")[1].split()[0] for name, lines in _ours()}
    return [f"{name}>={versions[_plain(name)]}" for name in NEEDED]


def lock_lines() -> list[str]:
    """Return the lines of our lock for these packages and all that they need in turn.

    With the hashes: what is installed from these lines are the files that our lock was made of.
    """
    wanted, found = list(NEEDED), set[tuple[str, str]]()
    while wanted:
        requirement = wanted.pop()
        for extra in ("", *_extras(requirement)):
            if (each := (_plain(requirement), extra)) not in found:
                found.add(each)
                wanted += _needs(*each)
    names = {name for name, _ in found}
    return [line for name, lines in _ours() if name in names for line in lines]


def _needs(name: str, extra: str) -> Iterator[str]:
    """Yield what a package needs, on any system: by itself, or more of it for an extra."""
    with suppress(PackageNotFoundError):  # of another system
        for text in requires(name) or ():
            condition = re.search(r"\bextra == ['\"]([\w.-]+)", text)
            if extra == (_plain(condition[1]) if condition else ""):
                yield text


def _extras(requirement: str) -> list[str]:
    match = re.match(r"[\w.-]+\s*\[(.*?)\]", requirement)
    return [_plain(word.strip()) for word in match[1].split(",")] if match else []


def _ours() -> list[tuple[str, list[str]]]:
    """Return, for each package of our lock, its name and the lines that pin it, with hashes."""
    path = ROOT / "requirements.txt"
    if not path.is_file():
        raise PipelineError(f"There is no lock {path}.", "Call this from the whole repository.")
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "#" not in line]
    starts = [number for number, line in enumerate(lines) if "==" in line]
    parts = (lines[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True))
    return [(_plain(part[0]), part) for part in parts]


def _plain(requirement: str) -> str:
    """Return the name of a package as PEP 503 writes it."""
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match is not None, requirement
    return re.sub(r"[-_.]+", "-", match[0]).lower()
