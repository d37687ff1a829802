"""Write the project: the core as it is, and what was guessed, from templates."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

import nbformat

from lib.errors import PipelineError
from lib.feeds.check import Look, look
from lib.feeds.readers import Csv
from lib.feeds.told import as_code, identifier
from lib.starter.core import copy_core
from lib.starter.guess import TableGuess, guess_tables
from lib.starter.lock import dependencies, lock_lines
from lib.starter.migrations import write_migrations
from lib.starter.place import expect_place
from lib.starter.sample import write_sample

TEMPLATES = Path(__file__).parent / "templates"
MAX_ASKED = 3
TAKEN = {"lib", "tests", "data", "notebooks", "migrations", "run", "test", "streamlit_app"}
PAGE_SETTINGS = ".streamlit/config.toml"
# A template, and where it goes.
PLACES = {
    "run.py": "run.py",
    "load.py": "{package}/load.py",
    "queries.py": "{package}/queries.py",
    "streamlit_app.py": "streamlit_app.py",
    "config.toml": PAGE_SETTINGS,
    "env.py": "migrations/env.py",
    "script.py.mako": "migrations/script.py.mako",
    "alembic.ini": "alembic.ini",
    "conftest.py": "tests/conftest.py",
    "test_schema.py": "tests/test_schema.py",
    "test_page.py": "tests/test_page.py",
    "README.md": "README.md",
    "pyproject.toml": "pyproject.toml",
    "gitignore": ".gitignore",
    "gitattributes": ".gitattributes",
    "env.example": ".env.example",
    "pre-commit-config.yaml": ".pre-commit-config.yaml",
    "test.yml": ".github/workflows/test.yml",
}
# Loads the files of the tests, and prints what became of them: what those then expect.
MEASURE = """
import json, sys, sqlalchemy as sa
from pathlib import Path
from {package}.feeds import FEEDS
from lib import Database
from lib.database.schema import upgrade
from lib.load.tables import RejectedRow
found, rows = {{}}, RejectedRow.__table__.c
for name, files in json.loads(sys.argv[1]).items():
    for file in files:
        with Database("sqlite:///" + sys.argv[2] + "/" + file + ".db") as db:
            upgrade(db)
            (report,) = FEEDS[name].load(db, Path("tests/files") / file)
            query = sa.select(rows.line, rows.column_name, rows.reason).order_by(rows.line)
            with db.engine.connect() as connection:
                found[file] = name, report.read, [tuple(row) for row in connection.execute(query)]
print(json.dumps(found))
"""


def new_project(folder: Path, files: Sequence[Path], key: Sequence[str], watch: Any) -> list[str]:
    """Make a project in a folder that is not there yet; return what a person has to say.

    Raises PipelineError where the folder is there, or a file cannot be read or has no key.
    """
    expect_place(folder, files)
    looks = [look(path, watch=watch, said=key) for path in files]
    _expect_key(key, looks)
    tables = guess_tables(looks)
    package = identifier(folder.resolve().name)
    package += "_" * (package in TAKEN)
    asked = [f"{table.name}: {each}" for table in tables for each in table.key_asked]
    asked += [f"{table.name}: {each}" for table in tables for each in table.asked]
    asked = asked[:MAX_ASKED]
    words = {
        "PACKAGE": package,
        "NAME": package.replace("_", "-").strip("-"),
        "TITLE": package.replace("_", " ").strip().capitalize(),
        "ASKED": "\n".join(f"{n}. {each}" for n, each in enumerate(asked, 1))
        or "Nothing that would stop a load.",
        "DEPENDENCIES": "\n".join(f'    "{each}",' for each in dependencies()),
        "FILES": repr({table.name: [path.name for path in table.files] for table in tables}),
    }
    there = folder.exists()
    try:
        _write_project(folder, package, tables, words)
    except BaseException:  # Ctrl-C as well: a second try finds an empty place
        for place in folder.iterdir() if there else [folder]:
            shutil.rmtree(place, ignore_errors=True) if place.is_dir() else place.unlink()
        raise
    return asked


def _write_project(
    folder: Path, package: str, tables: Sequence[TableGuess], words: dict[str, str]
) -> None:
    copy_core(folder / "lib")
    for template, place in PLACES.items():
        _write(folder / place.format(package=package), _filled(template, words))
    _write(folder / package / "__init__.py", f'"""{words["TITLE"]}: tables, feeds, questions."""\n')
    _write(folder / package / "models.py", "\n".join(_models(tables)) + "\n")
    _write(folder / package / "feeds.py", "\n".join(_feeds(tables, package)) + "\n")
    _write(folder / "requirements.txt", "\n".join(lock_lines()) + "\n")
    _write(folder / "notebooks" / "look.ipynb", _notebook(package))
    write_migrations(folder / "migrations" / "versions", tables)
    for name in ("data", "tests/files"):
        (folder / name).mkdir(parents=True)
    for table in tables:
        for seen in table.looks:
            shutil.copyfile(seen.path, folder / "data" / seen.path.name)
            write_sample(seen.path, seen, folder / "tests" / "files" / seen.path.name)
    expected = _measured(folder, package, tables)
    _write(folder / "tests/test_feeds.py", _filled("test_feeds.py", words | {"EXPECTED": expected}))
    _blacken(folder)


def keep_page_settings(folder: Path) -> bool:
    """Write the page's settings into a project that has none; tell whether it had none.

    Without them, Streamlit listens on every address of the machine, and calls home.
    https://docs.streamlit.io/develop/api-reference/configuration/config.toml
    """
    place = folder / PAGE_SETTINGS
    if place.is_file():
        return False
    _write(place, _filled("config.toml", {}))
    return True


def _expect_key(key: Sequence[str], looks: Sequence[Look]) -> None:
    """Raise PipelineError where a key was named that no file has."""
    if key and not any(seen.said for seen in looks):
        headers = [{*seen.columns, *seen.kinds} for seen in looks]
        best = max(headers, key=lambda names: len(names & set(key)))
        lost = ", ".join(repr(name) for name in key if name not in best)
        raise PipelineError(
            f"No file has all columns of the key {','.join(key)!r}: {lost} is missing.",
            f"Write --key with names of the header, such as: {', '.join(sorted(best)[:8])}",
        )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _filled(template: str, words: dict[str, str]) -> str:
    text = (TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")
    for word, value in words.items():
        text = text.replace(f"@@{word}@@", value)
    return text


def _models(tables: Sequence[TableGuess]) -> Iterator[str]:
    yield '"""The tables. Behind each column stands what it was taken from."""\n'
    yield "from __future__ import annotations\n"
    used = {each.annotation for table in tables for each in table.columns}
    if times := sorted(used & {"date", "datetime", "time"}):
        yield f"from datetime import {', '.join(times)}"
    yield from ["from decimal import Decimal"] * ("Decimal" in used)
    yield "from typing import Any"
    yield from ["from uuid import UUID"] * ("UUID" in used)
    yield ""
    yield "import sqlalchemy as sa"
    yield "from sqlalchemy.orm import Mapped, mapped_column\n"
    kinds = {each.type_code.partition("(")[0] for table in tables for each in table.columns}
    names = ", ".join(["Base", *sorted(kinds & {"Timestamp", "fine_timestamp"})])
    yield f"from lib.database.base import {names}"
    yield "from lib.load.tables import LoadedFile, PipelineRun, RejectedRow\n"
    yield "__all__ = ["
    for name in ("Base", "LoadedFile", "PipelineRun", "RejectedRow", "TABLES"):
        yield f'    "{name}",'
    yield "]\n"
    for table in tables:
        names = ", ".join(path.name for path in table.files)
        yield f"\nclass {table.model}(Base):"
        yield f'    """The rows of {names}."""\n'
        yield f'    __tablename__ = "{table.name}"\n'
        for each in table.columns:
            kind = f"{each.annotation} | None" if each.nullable else each.annotation
            options = ", primary_key=True" if each.key else ""
            if each.key and each.annotation == "int":
                options += ", autoincrement=False"
            name = f"{each.field!r}: " * (each.field != each.name)
            column = f"{each.name}: Mapped[{kind}] = mapped_column({each.type_code}{options})"
            yield f"    {column}  # {name}{each.evidence}"
        yield ""
    yield ""
    pairs = ", ".join(f'"{table.name}": {table.model}.__table__' for table in tables)
    yield f"TABLES: dict[str, Any] = {{{pairs}}}"


def _feeds(tables: Sequence[TableGuess], package: str) -> Iterator[str]:
    codes = " ".join(each.code for table in tables for each in table.columns)
    values = "Clock Date Json Local Money Number Time Uuid Whole YesNo".split()
    used = [name for name in values if f"{name}(" in codes]
    csv = any(isinstance(table.looks[0].read, Csv) for table in tables)
    yield '"""Which files go into which table, and what their texts mean."""\n'
    yield "from __future__ import annotations\n"
    yield "from pathlib import Path\n"
    yield f"from {package}.models import {', '.join(sorted(table.model for table in tables))}"
    yield f"from lib.feeds import {', '.join(sorted([*used, 'Feed'] + ['Csv'] * csv))}\n"
    yield 'DATA = Path(__file__).resolve().parent.parent / "data"\n'
    yield "FEEDS = {"
    every = {path.name for table in tables for path in table.files}
    for table in tables:
        yield f'    "{table.name}": Feed('
        yield f"        {table.model},"
        yield f"        {_files(table, every)},"
        if isinstance(table.looks[0].read, Csv):
            yield f"        read={as_code(table.looks[0].read)},"
        yield "        columns={"
        for each in table.columns:
            hint = "  # name its zone: zone=..." if each.code.startswith("Local(") else ""
            yield f'            "{each.name}": {each.code},{hint}'
        yield "        },"
        if table.looks[0].empty:
            yield '        others="leave out",  # fields that are empty in every row'
        yield "        limit=0.2,  # of the rows: when more are bad, nothing is loaded"
        yield "    ),"
    yield "}"


def _files(table: TableGuess, every: set[str]) -> str:
    """Return the code for the files of a table: a pattern, where it finds no others."""
    names = [path.name for path in table.files]
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    start = "".join(letters[0] for letters in alike).split(".")[0].rstrip("0123456789-_ ")
    ends = {name[len(name.split(".")[0]) :] for name in names}
    if start and len(ends) == 1 and not [n for n in every - {*names} if n.startswith(start)]:
        return f'DATA / "{start}*{ends.pop()}"'
    return "[" + ", ".join(f'DATA / "{name}"' for name in names) + "]"


def _notebook(package: str) -> str:
    cells: list[Any] = [
        nbformat.v4.new_markdown_cell("# Look around\n\nWhat is loaded, and what is not."),
        nbformat.v4.new_code_cell(
            "import sys\n\nsys.path[:0] = ['.', '..']  # wherever this is opened\n"
            f"from {package} import queries\nfrom lib import Database\n"
            "from lib.config import load_settings\n\n"
            "db = Database(load_settings().database_url)"
        ),
    ]
    for call in ("counts", "loads", "quarantine"):
        code = f"    rows = queries.{call}(connection)\nrows"
        cells.append(nbformat.v4.new_code_cell(f"with db.engine.connect() as connection:\n{code}"))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    return str(nbformat.writes(book)) + "\n"


def _measured(folder: Path, package: str, tables: Sequence[TableGuess]) -> str:
    """Return what the feeds make of the files of the tests, as Python."""
    names = json.dumps({table.name: [path.name for path in table.files] for table in tables})
    scratch = folder / "scratch"
    scratch.mkdir()
    try:
        done = subprocess.run(
            [sys.executable, "-c", MEASURE.format(package=package), names, "scratch"],
            cwd=folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    finally:
        shutil.rmtree(scratch)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-2:] or ["no word"]
        raise PipelineError(
            f"The project in {folder} does not load its own files: {' '.join(last)}",
            "Look at its models and feeds.",
        )
    found = json.loads(done.stdout)
    return repr(
        {name: (f, read, [tuple(b) for b in bad]) for name, (f, read, bad) in found.items()}
    )


def _blacken(folder: Path) -> None:
    command = [sys.executable, "-m", "black", "--quiet", "--exclude", "/lib/", str(folder)]
    subprocess.run(command, capture_output=True, check=False)  # it may not be there
