"""What is stored, and what is judged, is the same on every supported Python, SQLite and server.

The words of an error, a docstring, the default form of a plan, the names of opcodes: each belongs
to somebody's version, and has changed in one that people use.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.config import ROOT
from lib.workbook.course import notebooks
from lib.workbook.course.chapters import CHAPTERS, ChapterInfo

EACH = pytest.mark.parametrize("info", CHAPTERS, ids=lambda info: info.number)

# Errors of Python's kinds with words of a package, whose version the lock says.
WORDS_OF_A_PACKAGE = {
    ("06", "cell-18"): "SQLAlchemy's TypeError",
    ("07", "cell-85"): "Alembic's NotImplementedError and ValueError",
}


def printed_words(source: str) -> Iterator[str]:
    """Yield the names of errors of Python or SQLite whose words a cell prints.

    `print(type(error).__name__)` prints none, nor do `error.name` and `error.orig.args[0]`.
    """
    for handler in ast.walk(ast.parse(source)):
        if isinstance(handler, ast.ExceptHandler) and handler.name and handler.type:
            words = [handler.name, f"str({handler.name})", f"repr({handler.name})"]
            of_python = any(
                hasattr(builtins, name) for name in re.findall(r"\w+", ast.unparse(handler.type))
            )
            found = words if of_python or "sqlite3" in ast.unparse(handler.type) else []
            found += [word.replace(handler.name, f"{handler.name}.orig") for word in words]
            yield from (part for part in _shown(handler) if part in found)


def _shown(handler: ast.ExceptHandler) -> Iterator[str]:
    """Yield each value that a handler prints, returns or writes into a text, as source."""
    for node in ast.walk(handler):
        values: list[ast.expr | None] = []
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "print":
            values = [*node.args]
        elif isinstance(node, ast.FormattedValue | ast.Return):
            values = [node.value]
        for value in values:
            while value is not None:
                yield ast.unparse(value)
                value = _begins_with(value)


def _begins_with(value: ast.expr) -> ast.expr | None:
    """Return what a value is made of: `str(error)` of `str(error).split(".")[0]`."""
    if isinstance(value, ast.Subscript):
        return value.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return value.func.value
    return None


def code_cells(info: ChapterInfo) -> Iterator[tuple[str, str]]:
    """Yield the id and the source of each code cell that is Python alone."""
    for cell in notebooks.read(info.path).cells:
        if cell.cell_type == "code" and not re.search(r"^\s*[%!]", cell.source, re.MULTILINE):
            yield cell.id, cell.source


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("try: x\nexcept ImportError as e: print(e)", ["e"]),
        ("try: x\nexcept ImportError as e: print('no', str(e).split('.')[0])", ["str(e)"]),
        ("try: x\nexcept (KeyError, A) as e: print(f'{e}')", ["e"]),
        ("try: x\nexcept sqlite3.Error as e:\n    def f(): return str(e)", ["str(e)"]),
        ("try: x\nexcept DBAPIError as e: print(e.orig)", ["e.orig"]),
        ("try: x\nexcept DBAPIError as e: print(type(e).__name__, e.orig.args[0])", []),
        ("try: x\nexcept DBAPIError as e: print(e.orig.sqlite_errorname)", []),
        ("try: x\nexcept ImportError as e: print(type(e).__name__, e.name)", []),
        ("try: x\nexcept PipelineError as e: print(e)", []),
    ],
)
def test_printed_words_are_found(source: str, found: list[str]) -> None:
    assert [*printed_words(source)] == found


@EACH
def test_a_chapter_prints_no_words_of_pythons_or_sqlites_errors(info: ChapterInfo) -> None:
    found = {(info.number, name) for name, source in code_cells(info) if [*printed_words(source)]}
    assert found == {each for each in WORDS_OF_A_PACKAGE if each[0] == info.number}


@EACH
def test_a_chapter_prints_no_docstring_of_a_package(info: ChapterInfo) -> None:
    """Python 3.13 and later take the indentation out of a docstring."""
    found = {(info.number, name) for name, source in code_cells(info) if "__doc__" in source}
    assert found <= {("08", "cell-86")}  # of the chapter's own functions, one line each


def test_a_plan_is_asked_for_with_its_form() -> None:
    """MySQL 9.7 answers EXPLAIN alone with a tree; 8.4 and MariaDB with a table."""
    bare = re.compile(r"EXPLAIN (SELECT|WITH|UPDATE|DELETE|INSERT|[{%])|.mysql.: .EXPLAIN[^ ]")
    assert bare.search('"EXPLAIN SELECT 1"') and bare.search('"mysql": "EXPLAIN"}')
    assert not bare.search('"EXPLAIN QUERY PLAN SELECT 1"')
    texts = {path: path.read_text(encoding="utf-8") for path in python_files()}
    texts |= {info.path: "\n".join(code for _, code in code_cells(info)) for info in CHAPTERS}
    assert [path.name for path, text in texts.items() if bare.search(text)] == []


def test_no_name_of_an_opcode_is_relied_on() -> None:
    """They change with each Python: an empty function loads a common constant in 3.15."""
    names = re.compile(r"\bimport dis\b|\.opname\b|\bdis\.get_instructions\b")
    assert [path.name for path in python_files() if names.search(path.read_text("utf-8"))] == []


def python_files() -> list[Path]:
    """Return the modules of lib, the page and the migrations, and the tests but this one."""
    folders = [ROOT / "lib", ROOT / "migrations", ROOT / "tests"]
    found = [path for folder in folders for path in folder.rglob("*.py")]
    return [
        path for path in [*found, ROOT / "streamlit_app.py"] if path.name != Path(__file__).name
    ]
