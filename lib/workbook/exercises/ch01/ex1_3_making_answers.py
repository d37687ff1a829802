"""Answers to exercise 1.3: right ones, wrong ones, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from lib.workbook.course.exercise import Word, Wrong

WINDOWS = os.name == "nt"
ELSEWHERE = "Scripts"


def program_in(folder):
    """Return the environment's Python, on any system."""
    return Path(folder) / ("Scripts" if os.name == "nt" else "bin") / "python"


def make(folder, *words):
    """Make an environment with this kernel's Python."""
    subprocess.run([sys.executable, "-m", "venv", *words, str(folder)], check=True)


def by_the_module():
    def make_environment(folder):
        venv.create(folder, symlinks=os.name != "nt")
        if os.name == "nt":
            return str(Path(folder, "Scripts", "python.exe"))
        return str(Path(folder, "bin", "python"))

    return make_environment


def whichever_is_there():
    def make_environment(folder):
        make(folder, "--without-pip")
        for program in ("bin/python", "Scripts/python.exe"):
            if (folder / program).exists():
                return folder / program

    return make_environment


def as_this_kernel_has_it():
    def make_environment(folder):
        make(folder, "--without-pip")
        return folder / Path(sys.executable).parent.name / Path(sys.executable).name

    return make_environment


def by_sysconfig():
    def make_environment(folder):
        make(folder, "--without-pip")
        scripts = sysconfig.get_path("scripts", "venv", vars={"base": str(folder)})
        return Path(scripts) / "python"

    return make_environment


def with_a_constant():
    def make_environment(folder):
        make(folder, "--without-pip")
        return folder / (ELSEWHERE if WINDOWS else "bin") / "python"

    return make_environment


def quoted_for_the_shell():
    def make_environment(folder):
        words = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
        line = subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
        subprocess.run(line, shell=True, check=True)
        return program_in(folder)

    return make_environment


def with_other_words():
    def make_environment(folder):
        done = subprocess.run(
            [sys.executable, "-mvenv", "--clear", "--without-pip", "--prompt", "mine", folder],
            capture_output=True,
        )
        done.check_returncode()
        return str(program_in(folder))

    return make_environment


def by_virtualenv():
    def make_environment(folder):
        words = ["-m", "virtualenv", "-q", "--no-seed", str(folder)]
        subprocess.run([sys.executable, *words], check=True)
        return program_in(folder)

    return make_environment


ALSO_RIGHT = (
    by_the_module,
    whichever_is_there,
    as_this_kernel_has_it,
    by_sysconfig,
    with_a_constant,
    quoted_for_the_shell,
    with_other_words,
    by_virtualenv,
)


def made_with(*words, returns=program_in):
    """Return the answer that makes an environment with these words."""

    def make_environment(folder):
        make(folder, *words)
        return returns(folder)

    return make_environment


def gives_the_folder():
    return made_with("--without-pip", returns=lambda folder: folder)


def gives_the_kernels_python():
    return made_with("--without-pip", returns=lambda folder: sys.executable)


def gives_the_python_behind_the_link():
    def make_environment(folder):
        venv.create(folder, symlinks=True)
        python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
        return python.resolve() if python.is_symlink() else sys._base_executable  # type: ignore

    return make_environment


def gives_the_process():
    def make_environment(folder):
        words = [sys.executable, "-m", "venv", "--without-pip", folder]
        return subprocess.run(words)

    return make_environment


def gives_nothing():
    def make_environment(folder):
        make(folder, "--without-pip")
        print(program_in(folder))

    return make_environment


def sees_all():
    return made_with("--without-pip", "--system-site-packages")


def with_pip():
    return made_with()


def by_the_shell():
    def make_environment(folder):
        subprocess.run(f"{sys.executable} -m venv --without-pip {folder}", shell=True)
        return program_in(folder)

    return make_environment


def split_into_words():
    def make_environment(folder):
        words = f"-m venv --without-pip {folder}".split()
        subprocess.run([sys.executable, *words], check=True)
        return program_in(folder)

    return make_environment


def any_python():
    def make_environment(folder):
        subprocess.run(["python", "-m", "venv", "--without-pip", folder], check=True)
        return program_in(folder)

    return make_environment


def for_one_system():
    def for_windows(folder):
        venv.create(folder)
        return Path(folder, "Scripts", "python.exe")

    def for_others(folder):
        venv.create(folder, symlinks=True)
        return Path(folder, "bin/python")

    return for_windows if os.name == "nt" else for_others


def with_a_helper_for_one_system():
    windows = os.name == "nt"

    def programs_of(folder):
        return folder / ELSEWHERE

    def programs_elsewhere(folder):
        return folder / "bin"

    def make_environment(folder):
        make(folder, "--without-pip")
        return find(folder) / "python"

    find = programs_of if windows else programs_elsewhere
    return make_environment


def always_here():
    def make_environment(folder):
        make(".venv", "--without-pip")
        return program_in(Path(".venv").resolve())

    return make_environment


def joins_text():
    def make_environment(folder):
        make(folder, "--without-pip")
        return folder + ("/Scripts/python" if os.name == "nt" else "/bin/python")

    return make_environment


WRONG = (
    Wrong(gives_the_folder, "no program that runs", "takes the folder for the program in it"),
    Wrong(
        gives_the_process, "returns a CompletedProcess", "returns what ran, in place of the path"
    ),
    Wrong(gives_nothing, "returns nothing, though", "prints the path, and returns nothing"),
    Wrong(
        gives_the_kernels_python,
        "in the environment of this kernel",
        "believes that making an environment means being in it",
    ),
    Wrong(
        gives_the_python_behind_the_link,
        "the Python that the environment was made from",
        "follows the link, and is out of the environment",
    ),
    Wrong(sees_all, "so it is not empty", "lets the packages of the base shine through"),
    Wrong(by_the_shell, "was cut there", "lets a shell take the command apart at its spaces"),
    Wrong(split_into_words, "was cut there", "takes the command apart at its spaces itself"),
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
    Wrong(
        with_a_helper_for_one_system,
        "On another system it does not",
        "takes the layout of one system for that of all, in a function beside",
    ),
    Wrong(lambda: program_in, "no environment in the folder", "names the path, makes nothing"),
    Wrong(always_here, "no environment in the folder", "makes it where it runs, not where asked"),
    Wrong(lambda: sys.executable, "the function itself", "handed over a path, not a function"),
)
WORDS = (
    Word(
        "Write `make_environment(folder)`; `folder` is a `Path`",
        "it is called with a path",
        joins_text,
    ),
    Word("an empty environment", "the packages that can be imported there", sees_all),
    Word("in `folder`", "a folder that is not where the function runs", always_here),
    Word(
        "returns the path of the Python in it",
        "the program that is returned says where it runs",
        gives_the_kernels_python,
    ),
    Word("on any system", "the folders `bin` and `Scripts`", for_one_system),
    Word("the Python of this kernel, `sys.executable`", "what is started, and how", any_python),
    Word("and with `--without-pip`", "there is no pip", with_pip),
    Word("may contain spaces", "a folder called `flight delays`", by_the_shell),
)
