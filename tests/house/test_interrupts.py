"""No loop of lib stands where Python 3.13 would let a Ctrl-C pass by the end of its block."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

LIB = Path(__file__).resolve().parents[2] / "lib"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
READ = [path for path in sorted(LIB.rglob("*.py")) if "exercises" not in path.parts]


def loops_at_risk(node: ast.AST, inside: bool = False) -> Iterator[int]:
    """Yield the line of each `while CONDITION` that stands in a `with` or `try` of its function.

    `while True` and `for` are safe: their jump back is in the range of the block.
    """
    for child in ast.iter_child_nodes(node):
        within = inside
        if isinstance(child, FUNCTIONS):
            within = False
        elif isinstance(node, ast.With | ast.AsyncWith):
            within = True
        elif isinstance(node, ast.Try | ast.TryStar):
            within = inside or child not in node.finalbody
        endless = isinstance(child, ast.While) and isinstance(child.test, ast.Constant)
        if isinstance(child, ast.While) and within and not endless:
            yield child.lineno
        yield from loops_at_risk(child, within)


@pytest.mark.parametrize("path", READ, ids=lambda path: path.relative_to(LIB).as_posix())
def test_no_loop_with_a_condition_stands_in_a_block_that_must_be_left_well(path: Path) -> None:
    assert list(loops_at_risk(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("with x:\n    while y:\n        z()", [2]),
        ("try:\n    if a:\n        while y:\n            z()\nfinally:\n    b()", [3]),
        ("with x:\n    while True:\n        z()\n    for a in b:\n        c()", []),
        ("with x:\n    def f():\n        while y:\n            z()", []),
        ("try:\n    a()\nfinally:\n    while y:\n        z()", []),
        ("while y:\n    with x:\n        z()", []),
    ],
)
def test_such_a_loop_would_be_seen(code: str, lines: list[int]) -> None:
    assert list(loops_at_risk(ast.parse(textwrap.dedent(code)))) == lines
