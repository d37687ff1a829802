"""Exercise 1.5: which environment a kernel runs in, read from its file."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from lib.workbook.course.exercise import Bench, Exercise, NotYet, Wrong, expect, expect_function
from lib.workbook.exercises.ch01.rooms import python_of, scratch


def check_runs_in(answer: Any, bench: Bench) -> str:
    expect_function(answer, "runs_in")
    with scratch() as top:
        old, new = top / "flights", top / "flights-2026"
        kernel = write_kernel(top / "one", str(python_of(old)), "Python 3 (ipykernel)")
        found = ask(bench, answer, kernel, old)
        expect(
            found is not None,
            "The function returns nothing. Begin its last line with `return`.",
        )
        expect(
            found,
            "The first word of `argv` is the Python of the environment, and your function says "
            "False. What the kernel is called does not count.",
        )
        expect(
            not bench.call(answer, kernel, top / "weather"),
            "The kernel's Python lies in the folder flights; your function says that it runs in "
            "the environment weather.",
        )
        kernel = write_kernel(top / "two", str(python_of(new)), "flights")
        expect(
            not bench.call(answer, kernel, old),
            "The kernel's Python lies in the folder flights-2026. Your function says that it runs "
            "in flights: the one name begins like the other. Compare folders, not text, and never "
            "what the kernel is called.",
        )
        expect(
            bench.call(answer, kernel, new),
            "The kernel is called flights, and its Python lies in flights-2026. That is where it "
            "runs; your function says False.",
        )
        linked = python_of(top / "linked")
        if make_link(linked):
            kernel = write_kernel(top / "link", str(linked), "Python 3 (ipykernel)")
            expect(
                bench.call(answer, kernel, top / "linked"),
                "The Python of this environment is a link to another one, as in most "
                "environments. You followed the link, and so your function says False; compare "
                "without `resolve()`.",
            )
        kernel = write_kernel(top / "three", "python", "Python 3 (ipykernel)")
        mine = Path(sys.executable).parent.parent
        expect(
            bench.call(answer, kernel, mine),
            "A bare `python` stands for the Python that JupyterLab runs on, which is "
            "`sys.executable`, in this kernel's environment; your function says False.",
        )
        expect(
            not bench.call(answer, kernel, old),
            "A bare `python` stands for the Python that JupyterLab runs on. It is not in the "
            "folder flights; your function says that it is.",
        )
    return "That is it. Two lines of a file tell more than any name in the corner of a window."


def ask(bench: Bench, answer: Any, kernel_file: Path, environment: Path) -> Any:
    """Call the function; tell one that starts or opens the kernel's Python what is the matter."""
    try:
        return answer(kernel_file, environment)
    except FileNotFoundError as error:
        # On Windows a program that cannot be started has no name in the error.
        if error.filename is None or Path(error.filename).name.startswith("python"):
            raise NotYet(
                "Your function starts the kernel's Python, or opens its file, and there is none: "
                "the Pythons in the check do not exist. Judge by the path that the file names."
            ) from None
    except Exception:
        pass
    return bench.call(answer, kernel_file, environment)


def make_link(python: Path) -> bool:
    """Make this a link to the Python at hand; False where links are not allowed, as on Windows."""
    python.parent.mkdir(parents=True)
    try:
        python.symlink_to(sys.executable)
    except OSError:
        return False
    return True


def write_kernel(folder: Path, program: str, name: str) -> Path:
    """Write a kernel's file as Jupyter does, and return it."""
    words = [program, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    folder.mkdir()
    path = folder / "kernel.json"
    content = {"argv": words, "display_name": name, "language": "python"}
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    return path


def solution_runs_in() -> Any:
    def runs_in(kernel_file, environment):
        program = json.loads(kernel_file.read_text())["argv"][0]
        if program in ("python", "python3"):
            program = sys.executable
        return Path(program).parent.parent == Path(environment)

    return runs_in


def by_its_parents() -> Any:
    def runs_in(kernel_file, environment):
        with open(kernel_file, encoding="utf-8") as stream:
            program = Path(json.load(stream)["argv"][0])
        if not program.is_absolute():
            program = Path(sys.executable)
        return Path(environment) in program.parents

    return runs_in


def by_its_name() -> Any:
    def runs_in(kernel_file, environment):
        name = json.loads(kernel_file.read_text())["display_name"]
        return name == "Python 3 (ipykernel)" or name == environment.name

    return runs_in


def as_text() -> Any:
    def runs_in(kernel_file, environment):
        return str(environment) in json.loads(kernel_file.read_text())["argv"][0]

    return runs_in


def only_whole_paths() -> Any:
    def runs_in(kernel_file, environment):
        program = json.loads(kernel_file.read_text())["argv"][0]
        return Path(program).parent.parent == Path(environment)

    return runs_in


def this_kernel() -> Any:
    return lambda kernel_file, environment: Path(sys.prefix) == Path(environment)


def environments_resolved() -> Any:
    def runs_in(kernel_file, environment):
        program = json.loads(kernel_file.read_text())["argv"][0]
        if "/" not in program and "\\" not in program:
            program = sys.executable
        return Path(program).parent.parent.resolve() == environment.resolve()

    return runs_in


def follows_the_link() -> Any:
    def runs_in(kernel_file, environment):
        program = json.loads(kernel_file.read_text())["argv"][0]
        if program in ("python", "python3"):
            program = sys.executable
        return Path(program).resolve().parent.parent == environment.resolve()

    return runs_in


def starts_it() -> Any:
    def runs_in(kernel_file, environment):
        program = json.loads(kernel_file.read_text())["argv"][0]
        words = [program, "-c", "import sys; print(sys.prefix)"]
        done = subprocess.run(words, capture_output=True, text=True)
        return done.stdout.strip() == str(environment)

    return runs_in


EXERCISE = Exercise(
    id="1.5",
    title="Whose kernel is this?",
    check=check_runs_in,
    hints=(
        "`json.loads(kernel_file.read_text())` makes a dict of the file. Its `argv` is the list "
        "of words that starts the kernel.",
        "From a program to its environment it is two steps up: `Path(program).parent.parent`. "
        "Compare that with the environment, as paths.",
        "Before that, replace a bare `python` by `sys.executable`.",
    ),
    solution=solution_runs_in,
    also_right=(by_its_parents, environments_resolved),
    wrong=(
        Wrong(by_its_name, "the environment weather", "goes by the kernel's name"),
        Wrong(as_text, "Compare folders, not text", "searches a path for a piece of text"),
        Wrong(follows_the_link, "You followed the link", "looks at what the link points to"),
        Wrong(
            starts_it,
            "Judge by the path",
            "starts the Python, where the question is what the file names",
        ),
        Wrong(only_whole_paths, "A bare `python`", "does not know who replaces a bare python"),
        Wrong(
            this_kernel,
            "The first word of `argv`",
            "asks the kernel that runs, not the one that the file describes",
        ),
    ),
)
