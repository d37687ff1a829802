"""Exercise 1.3: an environment of one's own, and where its Python is."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

from lib.workbook.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch01.rooms import prefix_said_by, scratch


def check_make(answer: Any, bench: Bench) -> str:
    expect_function(answer, "make_environment")
    with scratch() as top:
        folder = top / "flight delays" / ".venv"
        folder.parent.mkdir()
        found = bench.call(answer, folder)
        settings = folder / "pyvenv.cfg"
        expect(
            settings.exists(),
            "There is no environment in the folder after the call: it has no `pyvenv.cfg`.",
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
    return "That is it. A program that is called by its path needs no activation."


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
        Wrong(only_names_it, "no environment in the folder", "names the path, makes nothing"),
    ),
)
