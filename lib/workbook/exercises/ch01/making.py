"""Exercise 1.3: an environment of one's own, and where its Python is."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from types import CodeType
from typing import Any

from lib.workbook.course.exercise import Bench, Exercise, NotYet, Wrong, expect, expect_function
from lib.workbook.exercises.ch01.rooms import prefix_said_by, recorded, scratch


def check_make(answer: Any, bench: Bench) -> str:
    expect_function(answer, "make_environment")
    with scratch() as top:
        folder = top / "flight delays" / ".venv"
        folder.parent.mkdir()
        # In the scratch folder: a name that is cut at its space would leave a folder here.
        with chdir(top), recorded() as started:
            found = bench.call(answer, folder)
        settings = folder / "pyvenv.cfg"
        expect(
            settings.exists() or not (top / "flight").exists(),
            "The folder's name has a space, and it was cut there: the environment is now in "
            "`flight`. Hand over a list of words, without `shell=True`; then nothing is cut.",
        )
        expect(
            settings.exists() or not (started.by_shell and " " in sys.executable),
            "The path of this kernel's Python has a space, and it was cut there: no such program "
            "runs. Hand over a list of words, without `shell=True`; then nothing is cut.",
        )
        expect(
            settings.exists(),
            "There is no environment in the folder after the call: it has no `pyvenv.cfg`.",
        )
        expect(
            not started.bare,
            f"`{''.join(started.bare[:1])}` starts whichever Python comes first in `PATH`, not "
            "always the one of this kernel. Name the program by its path: `sys.executable`.",
        )
        lines = settings.read_text(encoding="utf-8").lower().replace(" ", "").splitlines()
        expect(
            "include-system-site-packages=false" in lines,
            "The environment also sees the packages of the Python below it, so it is not empty. "
            "Leave `system_site_packages` out.",
        )
        expect(
            found is not None,
            "The environment is there. The function returns nothing, though; it should return the "
            "path of the environment's Python.",
        )
        said = prefix_said_by(found)
        expect(
            said is not None,
            "What your function returns is no program that runs. It should be the Python inside of "
            "the environment, in `bin`, or on Windows in `Scripts`.",
        )
        expect(
            said == folder,
            "The Python that your function returns says that it runs in another environment: "
            "`sys.executable` is this kernel's own.",
        )
    expect_both_systems(answer)
    return "That is it. A program that is called by its path needs no activation."


def expect_both_systems(answer: Any) -> None:
    """Expect that a function which names `bin` names `Scripts` as well, and the other way round."""
    function = inspect.unwrap(answer)
    texts = [text for text in texts_in(function) if text != function.__doc__]
    named = {
        name
        for name in ("bin", "Scripts")
        if any(re.search(rf"(?i)(^|[/\\]){name}([/\\]|$)", text) for text in texts)
    }
    if len(named) == 1:
        raise NotYet(
            f"It works on this machine. On another system it does not: the function knows only "
            f"`{named.pop()}`. On Windows the programs are in `Scripts`, elsewhere in `bin`; "
            "`os.name` is `nt` on Windows."
        )


def texts_in(function: Any) -> Iterator[str]:
    """Go through the texts that stand in a function's code, and in those inside of it."""
    waiting = [getattr(function, "__code__", None)]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, (tuple, frozenset)):
            waiting.extend(each)
        elif isinstance(each, CodeType):
            waiting.extend(each.co_consts)


def solution_make() -> Any:
    def make_environment(folder):
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        programs = "Scripts" if os.name == "nt" else "bin"
        return Path(folder) / programs / "python"

    return make_environment


def by_the_module() -> Any:
    def make_environment(folder):
        venv.create(folder, symlinks=os.name != "nt")
        if os.name == "nt":
            return str(Path(folder, "Scripts", "python.exe"))
        return str(Path(folder, "bin", "python"))

    return make_environment


def gives_the_folder() -> Any:
    def make_environment(folder):
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        return folder

    return make_environment


def gives_the_kernels_python() -> Any:
    def make_environment(folder):
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        return sys.executable

    return make_environment


def sees_all() -> Any:
    def make_environment(folder):
        words = ["-m", "venv", "--without-pip", "--system-site-packages", folder]
        subprocess.run([sys.executable, *words], check=True)
        return Path(folder) / ("Scripts" if os.name == "nt" else "bin") / "python"

    return make_environment


def by_the_shell() -> Any:
    def make_environment(folder):
        subprocess.run(f"{sys.executable} -m venv --without-pip {folder}", shell=True)
        return Path(folder) / ("Scripts" if os.name == "nt" else "bin") / "python"

    return make_environment


def any_python() -> Any:
    def make_environment(folder):
        subprocess.run(["python", "-m", "venv", "--without-pip", folder], check=True)
        return Path(folder) / ("Scripts" if os.name == "nt" else "bin") / "python"

    return make_environment


def for_one_system() -> Any:
    def for_windows(folder):
        venv.create(folder)
        return Path(folder, "Scripts", "python.exe")

    def for_others(folder):
        venv.create(folder, symlinks=True)
        return Path(folder, "bin/python")

    return for_windows if os.name == "nt" else for_others


def only_names_it() -> Any:
    return lambda folder: Path(folder) / ("Scripts" if os.name == "nt" else "bin") / "python"


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
    also_right=(by_the_module,),
    wrong=(
        Wrong(gives_the_folder, "no program that runs", "takes the folder for the program in it"),
        Wrong(
            gives_the_kernels_python,
            "runs in another environment",
            "believes that making an environment means being in it",
        ),
        Wrong(sees_all, "so it is not empty", "lets the packages of the base shine through"),
        Wrong(by_the_shell, "was cut there", "lets a shell take the command apart at its spaces"),
        Wrong(
            any_python,
            "comes first in `PATH`",
            "trusts the word python, which says nothing about which one",
        ),
        Wrong(
            for_one_system,
            "On another system it does not",
            "takes the layout of one system for that of all",
        ),
        Wrong(only_names_it, "no environment in the folder", "names the path, makes nothing"),
    ),
)
