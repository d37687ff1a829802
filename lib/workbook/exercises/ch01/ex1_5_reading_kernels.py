"""Exercise 1.5: which environment a kernel runs in, read from its file."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, expect, expect_function
from lib.workbook.exercises.ch01.ex1_5_reading_kernels_answers import ALSO_RIGHT, WORDS, WRONG
from lib.workbook.exercises.ch01.looking import python_of, scratch

DEFAULT = "Python 3 (ipykernel)"  # what ipykernel calls a kernel that was given no name


def check_runs_in(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "runs_in")
    with scratch() as top:
        for name in ("flights/.venv", "flights-2026", "weather/.venv", "linked", "twin"):
            (top / name).mkdir(parents=True)
        ask = Asking(answer, sandbox, top)
        expect_by_the_program(ask)
        expect_neither_name_nor_other_words(ask)
        expect_whole_folders(ask)
        expect_any_program(ask)
        expect_no_links_followed(ask)
        expect_bare_python(ask)
    return "That is it. Two lines of a file tell more than any name in the corner of a window."


class Asking:
    """Asks the function about a kernel, and an environment below the scratch folder."""

    def __init__(self, answer: Any, sandbox: Sandbox, top: Path) -> None:
        self.answer = answer
        self.sandbox = sandbox
        self.top = top

    def __call__(
        self,
        program: Path | str,
        environment: Path | str,
        wanted: bool,
        reason: str,
        *,
        name: str = DEFAULT,
        beside: str = "",
    ) -> None:
        """Expect this answer; `beside` is a folder that stands in the kernel's other words."""
        other = str(self.top / beside) if beside else ""
        file = write_kernel(self.top / "kernels", str(program), name, other)
        found = self._call(file, self.top / environment)
        if not isinstance(found, bool):
            raise NotYet(
                "This asks for `True` or `False`; what your function returns is of type "
                f"{type(found).__name__}."
            )
        expect(found is wanted, f"{reason}. Your function says {found}.")

    def _call(self, file: Path, environment: Path) -> Any:
        """Call the function; tell one that starts the kernel's Python what is the matter."""
        found = self.sandbox.outcome(FileNotFoundError, self.answer, file, environment)
        if isinstance(found, FileNotFoundError):
            # On Windows a program that cannot be started has no name in the error.
            if not found.filename or Path(found.filename).name.startswith("python"):
                raise NotYet(
                    "Your function starts the kernel's Python, or opens its file, and there is "
                    "none: the Pythons in the check do not exist. Judge by the path that the file "
                    "names."
                )
            found = self.sandbox.call(self.answer, file, environment)
        return found


def write_kernel(folder: Path, program: str, name: str, beside: str) -> Path:
    """Write a kernel's file as Jupyter does, with the other folder in it, if any; return it."""
    argv = [program, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    content: dict[str, Any] = {"argv": argv, "display_name": name, "language": "python"}
    if beside:
        argv.append(f"--IPKernelApp.log_file={beside}/bin/python.log")
        content["env"] = {"VIRTUAL_ENV": beside, "PATH": str(Path(beside, "bin"))}
    folder.mkdir(exist_ok=True)
    path = folder / "kernel.json"
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    return path


def expect_by_the_program(ask: Asking) -> None:
    """Expect the environment of the first word, and no other."""
    program = python_of(ask.top / "flights")
    ask(
        program,
        "flights",
        True,
        "The first word of `argv` is a Python that lies in flights, and flights is asked about",
    )
    ask(
        program,
        "weather",
        False,
        "The kernel's Python lies in flights, and weather is asked about",
    )


def expect_neither_name_nor_other_words(ask: Asking) -> None:
    """Expect that neither what the kernel is called counts, nor its other words."""
    program = python_of(ask.top / "flights-2026")
    called = "The kernel is called flights, and its Python lies in flights-2026"
    ask(program, "flights", False, f"{called}; flights is asked about", name="flights")
    ask(program, "flights-2026", True, f"{called}, which is asked about", name="flights")
    named = "The kernel's Python lies in flights-2026, and other lines of the file name weather"
    ask(program, "weather", False, f"{named}, which is asked about", beside="weather")
    ask(program, "flights-2026", True, f"{named}; flights-2026 is asked about", beside="weather")


def expect_whole_folders(ask: Asking) -> None:
    """Expect folders to be compared, not the beginnings of their paths."""
    inner = python_of(ask.top / "flights" / ".venv")
    lies = "The kernel's Python lies in the environment flights/.venv"
    ask(inner, "flights", False, f"{lies}; the environment flights is another one, around it")
    ask(inner, "flights/.venv", True, f"{lies}, which is asked about")
    ask(
        inner,
        "weather/.venv",
        False,
        f"{lies}; the environment weather/.venv is another one of that name",
    )
    ask(
        python_of(ask.top / "flights"),
        "flights/.venv",
        False,
        "The kernel's Python lies in the environment flights; flights/.venv is another one, in it",
    )


def expect_any_program(ask: Asking) -> None:
    """Expect that `bin` and `Scripts` are the same, on each system, and so are Python's names."""
    for program in ("bin/python", "bin/python3", "bin/python3.13", "Scripts/python.exe"):
        reason = f"The kernel's Python is {program} of flights-2026"
        ask(ask.top / "flights-2026" / program, "flights-2026", True, f"{reason}, as is asked")
        ask(
            ask.top / "flights-2026" / program,
            "flights",
            False,
            f"{reason}; flights is asked about",
        )


def expect_no_links_followed(ask: Asking) -> None:
    """Expect the place of a link to count, not what it leads to; where links can be made."""
    linked, twin = python_of(ask.top / "linked"), python_of(ask.top / "twin")
    if not (make_link(linked) and make_link(twin)):
        return
    lies = "The Python in the environment linked is a link to another one, as in most environments"
    ask(linked, "linked", True, f"{lies}. The link itself lies in linked, which is asked about")
    ask(
        linked,
        "twin",
        False,
        f"{lies}. The Python of twin is a link to the same one; twin is asked about",
    )


def make_link(python: Path) -> bool:
    """Make this a link to the Python at hand; False where links are not allowed, as on Windows."""
    python.parent.mkdir(parents=True)
    try:
        python.symlink_to(sys.executable)
    except OSError:
        return False
    return True


def expect_bare_python(ask: Asking) -> None:
    """Expect `sys.executable` in the place of a bare word."""
    for word in ("python", "python3"):
        stands = f"A bare `{word}` stands for `sys.executable`"
        mine = Path(sys.executable).parent.parent
        ask(word, mine, True, f"{stands}, in this kernel's environment, which is asked about")
        ask(word, "flights", False, f"{stands}, which is not in flights; flights is asked about")


def solution_runs_in() -> Any:
    def runs_in(kernel_file, environment):
        program = json.loads(kernel_file.read_text())["argv"][0]
        if program in ("python", "python3"):
            program = sys.executable
        return Path(program).parent.parent == Path(environment)

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
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
)
