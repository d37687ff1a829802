"""What a project needs: a few packages, each with its reason, and the part of our lock for them."""

from __future__ import annotations

import re
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
    versions = {_plain(line): line.split("==")[1].split(";")[0].strip() for line in _ours()}
    return [f"{name}>={versions[_plain(name)]}" for name in NEEDED]


def lock_lines() -> list[str]:
    """Return the lines of our lock for these packages and all that they need in turn."""
    ours = {_plain(line): line for line in _ours()}
    wanted, found = [_plain(name) for name in NEEDED] + ["cryptography", "tzdata"], set()
    while wanted:
        name = wanted.pop()
        if name in found or name not in ours:
            continue
        found.add(name)
        try:
            wanted += [_plain(need) for need in requires(name) or () if "extra ==" not in need]
        except PackageNotFoundError:  # of another system
            continue
    return [ours[name] for name in sorted(found)]


def _ours() -> list[str]:
    path = ROOT / "requirements.txt"
    if not path.is_file():
        raise PipelineError(f"There is no lock {path}.", "Call this from the whole repository.")
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if re.match(r"[A-Za-z0-9]", line) and "==" in line]


def _plain(requirement: str) -> str:
    """Return the name of a package as PEP 503 writes it."""
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match is not None, requirement
    return re.sub(r"[-_.]+", "-", match[0]).lower()
