"""Exercise 1.1: ask a Python which environment it runs in."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path, PurePath
from typing import Any

from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, expect, expect_function
from lib.workbook.exercises.ch01.ex1_1_asking_answers import ALSO_RIGHT, WORDS, WRONG
from lib.workbook.exercises.ch01.looking import base, make, resolved, scratch

WINGS = ("North wing", "South wing")


def check_prefix_of(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "prefix_of")
    with scratch() as top:
        for name in WINGS:
            text = text_of(sandbox.call(answer, str(make(top / name))))
            expect_right_environment(text, top / name)
        python = make(top / "West wing")
        elsewhere = top / "New building"
        says_otherwise(top / "West wing", elsewhere)
        text = text_of(sandbox.call(answer, str(python)))
        expect(
            resolved(text) == elsewhere,
            f"One Python lies in 'West wing' and says that its `sys.prefix` is {elsewhere.name!r}. "
            f"Your function says {text.replace(str(top) + os.sep, '')!r}. What counts is what the "
            "Python itself says when it is started.",
        )
    return "That is it. Whatever the terminal or the notebook claims: ask the Python itself."


def says_otherwise(environment: Path, folder: Path) -> None:
    """Let the Python of this environment name another folder, as no path could tell."""
    packages = next(environment.rglob("site-packages"))
    line = f"import sys; sys.prefix = {str(folder)!r}\n"
    (packages / "says_otherwise.pth").write_text(line, encoding="utf-8")


def text_of(found: Any) -> str:
    """Return the folder that the function has named; expect that it is a text, or a path."""
    expect(
        found is not None,
        "The function returns nothing. `print` shows text to people; `return` hands it to the "
        "caller.",
    )
    expect(
        not isinstance(found, subprocess.CompletedProcess),
        "Your function returns the process that has ended, a CompletedProcess. What the other "
        "Python printed is in its `stdout`.",
    )
    expect(
        not isinstance(found, bytes),
        "Your function returns bytes; with `text=True`, `subprocess` makes text of them.",
    )
    if not isinstance(found, (str, PurePath)):
        raise NotYet(
            f"This asks for the folder, as text; your function returns a {type(found).__name__}."
        )
    text = str(found)
    expect(
        text.strip() not in ("", "."),
        "It returned empty text: nothing was printed to `stdout`. If something went wrong, "
        "`stderr` says what: print it. (The code is a program of its own, with its own imports.)",
    )
    expect(
        text.rstrip("\r\n") == text,
        "The text ends with a line end. No folder has that name: take it away with `strip()`.",
    )
    return text


def expect_right_environment(text: str, folder: Path) -> None:
    """Expect the folder of the environment; name the two that people take for it."""
    place = resolved(text)
    expect(
        place == folder or place != Path(sys.prefix).resolve(),
        "Asked about another Python, it names the environment of this kernel. The question must be "
        "run by the Python that you are given.",
    )
    expect(
        place == folder or place != base(),
        "It names the Python that the environment was made from, the `sys.base_prefix`. The "
        "environment is the `sys.prefix`.",
    )
    expect(
        Path(text).is_absolute(),
        f"It returns {text!r}, which is not the whole path of a folder.",
    )
    expect(
        place == folder,
        f"For a Python whose `sys.prefix` is the folder {folder.name!r}, it names "
        f"{text.replace(str(folder.parent) + os.sep, '')!r}.",
    )


def solution_prefix_of() -> Any:
    def prefix_of(python):
        question = "import sys; print(sys.prefix)"
        done = subprocess.run([python, "-c", question], capture_output=True, text=True)
        return done.stdout.strip()

    return prefix_of


EXERCISE = Exercise(
    id="1.1",
    title="Ask a Python who it is",
    check=check_prefix_of,
    hints=(
        "The cell above starts another Python with `subprocess.run`. Start the one that you are "
        "given, with another question.",
        "The question is a small program: `import sys; print(sys.prefix)`.",
        "`capture_output=True, text=True` puts what it printed into `stdout` of the result; "
        "`strip()` takes the line end away.",
    ),
    solution=solution_prefix_of,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
)
