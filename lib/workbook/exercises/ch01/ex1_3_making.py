"""Exercise 1.3: an environment of one's own, and where its Python is."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from contextlib import chdir
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, expect, expect_function
from lib.workbook.exercises.ch01.ex1_3_making_answers import ALSO_RIGHT, WORDS, WRONG
from lib.workbook.exercises.ch01.looking import (
    Started,
    base,
    python_of,
    recorded,
    resolved,
    said_by,
    scratch,
    texts_in,
)

SYSTEMS = {"nt", "posix", "win32", "Windows", "win", "linux", "Linux", "darwin", "Darwin"}


def check_make(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "make_environment")
    with scratch() as top:
        folder = top / "flight delays" / ".venv"
        folder.parent.mkdir()
        # In the scratch folder: a name that is cut at its space would leave a folder here.
        with chdir(top), recorded() as started:
            found = sandbox.call(answer, folder)
        expect_environment(folder, started)
        expect_of_this_python(folder, started)
        expect_empty(folder)
        expect_path(found, folder)
    expect_both_systems(answer)
    return "That is it. A program that is called by its path needs no activation."


def expect_environment(folder: Path, started: Started) -> None:
    """Expect that there is an environment in the folder."""
    there = (folder / "pyvenv.cfg").is_file()
    cut = folder.parent.with_name(folder.parent.name.split()[0])
    expect(
        there or not cut.exists(),
        "The folder's name has a space, and it was cut there: the environment is now in "
        f"`{cut.name}`. Hand over a list of words, in which the folder is one word.",
    )
    expect(
        there or not (started.by_shell and " " in sys.executable),
        "The path of this kernel's Python has a space, and it was cut there: no such program "
        "runs. Hand over a list of words, without `shell=True`; then nothing is cut.",
    )
    expect(there, "There is no environment in the folder after the call: it has no `pyvenv.cfg`.")


def expect_of_this_python(folder: Path, started: Started) -> None:
    """Expect that it was made with the Python of this kernel, and by its path."""
    expect(
        not started.bare,
        f"`{''.join(started.bare[:1])}` starts whichever Python comes first in `PATH`, not "
        "always the one of this kernel. Name the program by its path: `sys.executable`.",
    )
    said = said_by(python_of(folder))
    if said is None:
        raise NotYet("There is an environment in the folder, and its Python does not run.")
    expect(
        (said.base, said.version) == (base(), platform.python_version()),
        f"The environment was made with another Python, a {said.version}. Make it with "
        "`sys.executable`, the Python of this kernel.",
    )


def expect_empty(folder: Path) -> None:
    """Expect no package, neither in the environment nor shining through."""
    lines = (folder / "pyvenv.cfg").read_text(encoding="utf-8").lower().replace(" ", "")
    expect(
        "include-system-site-packages=true" not in lines.splitlines(),
        "The environment also sees the packages of the Python below it, so it is not empty. "
        "That is what `--system-site-packages` asks for, or `system_site_packages=True`.",
    )
    packages = [str(path) for path in folder.rglob("site-packages")]
    names = sorted({each.metadata["Name"] for each in distributions(path=packages)})
    expect(
        "pip" not in names,
        "The environment is made, and pip is in it. `--without-pip` leaves it out.",
    )
    expect(not names, f"The environment is not empty: it has {', '.join(names)}.")


def expect_path(found: Any, folder: Path) -> None:
    """Expect the path of the environment's Python: one that runs there."""
    expect(
        found is not None,
        "The environment is there. The function returns nothing, though; it should return the "
        "path of the environment's Python.",
    )
    if not isinstance(found, (str, os.PathLike)):
        raise NotYet(
            f"This asks for a path, as text or as a `Path`; your function returns a "
            f"{type(found).__name__}."
        )
    expect(
        Path(found).is_absolute(),
        f"Your function returns {str(found)!r}, which is not the whole path of a program.",
    )
    said = said_by(found)
    if said is None:
        place, top = resolved(found), folder.parents[1]
        inside = place is not None and place.is_relative_to(top)
        shown = place.relative_to(top).as_posix() if place and inside else str(found)
        raise NotYet(
            f"Your function returns {shown!r}, which is no program that runs. It should be the "
            "Python inside of the environment, in `bin`, or on Windows in `Scripts`."
        )
    if said.prefix != folder:
        places = {base(): "the Python that the environment was made from"}
        places[Path(sys.prefix).resolve()] = "the environment of this kernel"
        raise NotYet(
            "The environment is there. The Python that your function returns runs in another one: "
            f"in {places.get(said.prefix, said.prefix)}."
        )


def expect_both_systems(answer: Any) -> None:
    """Expect that a function which names `bin` names `Scripts` as well, and the other way round.

    No machine is two systems at once, so this looks at the texts in the function and in what it
    calls. One that asks which system it runs on, or names neither folder, is trusted.
    """
    texts = set(texts_in(answer))
    named = {
        name
        for name in ("bin", "Scripts")
        if any(re.search(rf"(^|[/\\]){name}([/\\]|$)", text) for text in texts)
    }
    if len(named) == 1 and not texts & SYSTEMS:
        raise NotYet(
            f"It works on this machine. On another system it does not: the function knows only "
            f"`{named.pop()}`. On Windows the programs are in `Scripts`, elsewhere in `bin`; "
            "`os.name` is `nt` on Windows."
        )


def solution_make() -> Any:
    def make_environment(folder):
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        programs = "Scripts" if os.name == "nt" else "bin"
        return Path(folder) / programs / "python"

    return make_environment


EXERCISE = Exercise(
    id="1.3",
    title="An environment, from a program",
    check=check_make,
    hints=(
        "It is the command that you have typed, as a list of words: the program first, then each "
        "word of its own.",
        "The program is `sys.executable`; the words are `-m`, `venv`, `--without-pip` and the "
        "folder.",
        "`os.name` is `nt` on Windows. There the programs are in `Scripts`, else in `bin`.",
    ),
    solution=solution_make,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
)
