"""`run.py doctor`: one line for each thing that can be wrong, and what to type for each fault."""

from __future__ import annotations

import importlib
import json
import os
import re
import runpy
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lib.cli import advice
from lib.config import ROOT, Settings, load_settings, read_env_file
from lib.errors import PipelineError

REMAKE = "Remove the folder .venv, then type: python run.py doctor"
GO_ON = "Type: python run.py pipeline"
EMPTY = "\n    To begin again with no table: python run.py reset all"
SPACE = 1 << 30  # bytes: the databases, the chapters' copies and a second year
# Packages with compiled parts: installed is not yet usable.
COMPILED = ("numpy", "pandas", "pyarrow", "sqlalchemy", "zmq", "cryptography")


@dataclass(frozen=True)
class Finding:
    """What a check found; with a `fix`, it is a fault."""

    text: str
    fix: str = ""

    def __str__(self) -> str:
        if not self.fix:
            return f"ok  {self.text}"
        return f"!!  {self.text}\n    {self.fix}".replace("\n    \n", "\n")


def examine(database_url: str | None, *, write: bool, root: Path = ROOT) -> int:
    """Print all findings; return 1 when one is a fault. Writes .env if that is wanted."""
    faults = 0
    for finding in findings(database_url, root):
        print(finding, flush=True)
        faults += bool(finding.fix)
    offer_env_file(root, write)
    if faults:
        print(f"\n{faults} {'fault' if faults == 1 else 'faults'} found.")
    return 1 if faults else 0


def findings(database_url: str | None, root: Path = ROOT) -> Iterator[Finding]:
    """Check one thing after the other; a check that fails itself is a fault as well."""
    checks: list[Callable[[], Iterator[Finding]]] = [_python, _packages, _kernel, _widgets]
    for check in (*checks, lambda: _env_file(root)):
        yield from _guarded(check)
    try:
        settings = load_settings(database_url, root=root)
    except PipelineError as error:
        yield Finding(f"settings: {error.message}", advice(error))
    else:
        yield from _guarded(lambda: _database(settings))
        yield from _guarded(lambda: _reader(settings))
        yield from _guarded(lambda: _folder(settings.home))
    yield from _guarded(_ports)


def _guarded(check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from check()
    except PipelineError as error:
        yield Finding(error.message, advice(error) or "Type: python run.py doctor --debug")
    except Exception as error:
        from lib.cli import without_passwords

        name = getattr(check, "__name__", "").strip("_") or "check"
        text = without_passwords(f"{name}: {type(error).__name__}: {error}")
        yield Finding(
            text, _remake() if isinstance(error, ImportError) else "Report this as a bug."
        )


# --- The environment ------------------------------------------------------------------------


def _python() -> Iterator[Finding]:
    door = runpy.run_path(str(ROOT / "run.py"))  # it knows what an environment must be like
    found = f"Python {sys.version.split()[0]}"
    if Path(sys.prefix).resolve() != (ROOT / ".venv").resolve():
        yield Finding(f"{found} of {sys.prefix}, not the one in .venv")  # one for many, an image's
    elif not door["is_made"](str(ROOT)):
        yield Finding(f"{found}, in an environment that was not finished", REMAKE)
    elif door["is_made"](str(ROOT), True):
        yield Finding(f"{found}, in .venv, made from both locks as they are, the authors' as well")
    else:
        yield Finding(f"{found}, in .venv, made from requirements.txt as it is")


def _packages() -> Iterator[Finding]:
    door = runpy.run_path(str(ROOT / "run.py"))
    count, others = door["compare_with_lock"](str(ROOT), door["is_made"](str(ROOT), True))
    wrong = [f"{name} ({found or 'missing'})" for name, found in others.items()]
    for name in COMPILED:
        try:
            importlib.import_module(name)
        except ImportError as error:
            wrong.append(f"{name} ({error})")
    if wrong:
        yield Finding(f"packages that are not as locked: {', '.join(wrong[:5])}", _remake())
    else:
        yield Finding(f"{count} packages, all as locked")


def _remake() -> str:
    """Return what to type for an environment that is not as it should be."""
    if Path(sys.prefix).resolve() == (ROOT / ".venv").resolve():
        return REMAKE
    return f"Type: {sys.executable} -m pip install -r requirements.txt"


def _kernel() -> Iterator[Finding]:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        # As JupyterLab sees them when run.py starts it: the environment's kernels only.
        folder = Path(sys.prefix, "share", "jupyter", "kernels")
        spec: Any = KernelSpecManager(kernel_dirs=[str(folder)]).get_kernel_spec("python3")
    except NoSuchKernel:
        yield Finding("no kernel python3", _remake())
        return
    # A bare "python" is replaced by the Python that JupyterLab runs on, which is this one.
    program = spec.argv[0]
    if program in ("python", "python3") or Path(program).absolute() == Path(sys.executable):
        yield Finding("kernel python3 runs in this environment")
    else:
        yield Finding("kernel python3 runs another Python than this environment's", _remake())


def _widgets() -> Iterator[Finding]:
    folder = Path(sys.prefix, "share", "jupyter", "labextensions", "@jupyter-widgets")
    try:
        path = folder / "jupyterlab-manager" / "package.json"
        found = json.loads(path.read_text(encoding="utf-8"))["version"]
    except (OSError, ValueError, KeyError):
        yield Finding("JupyterLab's part of ipywidgets is missing", _remake())
    else:
        yield Finding(f"widgets: JupyterLab's part is there ({found})")


# --- Settings and database ------------------------------------------------------------------


def _env_file(root: Path) -> Iterator[Finding]:
    values = read_env_file(root / ".env")  # raises, with line and cause
    if not values:
        yield Finding("no settings in .env: none are needed for SQLite")
    else:
        yield Finding(f".env sets {', '.join(sorted(values))}")


def _database(settings: Settings) -> Iterator[Finding]:
    from lib.database import Database
    from lib.database.schema import head, standing, way_out
    from lib.workbook.databases.is_ready import has_year
    from lib.workbook.databases.mysql_rights import check_rights

    url = settings.database_url
    shown = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        if not Path(str(url.database)).exists():
            yield Finding(f"database {shown}: not made yet; python run.py lab makes it")
            return
    with Database(url) as db:
        db.ping()
        found = standing(db)
        revision = found.revision
        if not found.is_whole:
            yield Finding(f"database {shown}: answers. {found}", way_out(found, GO_ON) + EMPTY)
        elif revision is None:
            yield Finding(f"database {shown}: answers, empty; python run.py lab loads it")
        elif revision != head():
            yield Finding(
                f"database {shown}: answers, its schema is an older one",
                "Type: python run.py pipeline",
            )
        elif has_year(url):
            yield Finding(f"database {shown}: answers, up to date, loaded")
        else:
            yield Finding(f"database {shown}: answers, not loaded; python run.py lab loads it")
        if db.dialect.name == "mysql":
            yield _local_infile(db)
            check_rights(url)  # raises, with the GRANT to type
            yield Finding(f"{url.username} may make tables, and databases named {url.database}_...")


def _local_infile(db: Any) -> Finding:
    rows = db.execute(["SHOW GLOBAL VARIABLES LIKE 'local_infile'"])[0]
    if rows and str(rows[0][1]).upper() in ("ON", "1"):
        return Finding("local_infile is on")
    fix = "As the server's administrator: SET GLOBAL local_infile = 1;"
    return Finding("local_infile is off: the fastest way to load MySQL cannot be used", fix)


def _reader(settings: Settings) -> Iterator[Finding]:
    """The user of the page, where .env names one: may look, and nothing else."""
    from lib.database.read_only import open_read_only

    if settings.reader_url is None:
        return
    name = settings.reader_url.username
    with open_read_only(settings) as db:
        db.ping()
        rows: Any = db.execute(["SHOW GRANTS"])[0]
        grants = [str(row[0]).partition(" ON ")[0] for row in rows]
    more = {right for grant in grants for right in grant.removeprefix("GRANT ").split(", ")}
    more -= {"SELECT", "USAGE"}
    if more:
        user = f"`{settings.database_url.database}`.* {{}} '{name}'@'%';"
        fix = f"As the server's administrator: REVOKE {', '.join(sorted(more))} ON "
        fix += f"{user.format('FROM')} GRANT SELECT ON {user.format('TO')}"
        yield Finding(f"the page's user {name} may do more than SELECT", fix)
    else:
        yield Finding(f"the page's user {name} answers, and may do nothing but SELECT")


def _folder(home: Path) -> Iterator[Finding]:
    place = home
    while not place.exists():
        place = place.parent
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        yield Finding(
            f"{place} cannot be written ({error.strerror})",
            "Move the workbook into a folder of your own, or set WORKBOOK_DIR to one.",
        )
        return
    free = shutil.disk_usage(place).free
    if free < SPACE:
        yield Finding(f"{free >> 20} MB are free on the disk", "Free at least 1 GB.")
    else:
        yield Finding(f"{home.name} can be written; {free >> 30} GB are free on the disk")


def _ports() -> Iterator[Finding]:
    from lib.local_server import next_free_port
    from lib.workbook.lab.jupyter import FIRST_PORT

    port = next_free_port(FIRST_PORT)  # raises when there is none
    if port == FIRST_PORT:
        yield Finding(f"port {port} is free")
    else:
        yield Finding(f"port {FIRST_PORT} is in use, perhaps by JupyterLab; lab takes {port}")


# --- .env -----------------------------------------------------------------------------------


def offer_env_file(root: Path, write: bool) -> None:
    """Write .env when there is none and the user wants one."""
    path = root / ".env"
    if path.exists():
        if write:
            print("\n.env is there already; it stays as it is.")
        return
    if not write:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            return
        answer = input("\nFor MySQL: write .env with random passwords now? [y/N] ")
        write = answer.strip().lower() in ("y", "yes")
    if write:
        write_env_file(path, (root / ".env.example").read_text(encoding="utf-8"))
        print("\n.env is written. Next: docker compose up -d --wait; then remove the # before")
        print("DATABASE_URL in .env to work on MySQL.")


def write_env_file(path: Path, example: str) -> None:
    """Write the example with random passwords; never over a file that is there.

    Hexadecimal passwords: no character of theirs means anything in a URL, a shell or a .env.
    """
    text = re.sub(
        r"(?m)^(\w*PASSWORD)=.*$", lambda match: f"{match[1]}={secrets.token_hex(16)}", example
    )
    try:
        # Readable by its owner only, from its first moment on.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise PipelineError(
            f".env could not be written ({error.strerror}).",
            "Copy .env.example to .env yourself, and change its passwords.",
        ) from error
