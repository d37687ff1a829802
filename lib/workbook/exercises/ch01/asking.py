"""Exercise 1.1: ask a Python which environment it runs in."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from lib.workbook.course.exercise import Bench, Exercise, NotYet, Wrong, expect, expect_function
from lib.workbook.exercises.ch01.rooms import base, make, python_of, scratch


def check_prefix_of(answer: Any, bench: Bench) -> str:
    expect_function(answer, "prefix_of")
    with scratch() as folder:
        for name in ("north wing", "south wing"):
            python = make(folder / name)
            found = bench.call(answer, str(python))
            expect(
                found is not None,
                "The function returns nothing. `print` shows text to people; `return` hands it to "
                "the caller.",
            )
            if not isinstance(found, (str, os.PathLike)):
                raise NotYet(
                    "This asks for the folder, as text; your function returns a "
                    f"{type(found).__name__}. What the other Python printed is in `stdout`."
                )
            text = os.fspath(found)
            expect(
                text.strip() not in ("", "."),
                "It returned empty text: the other Python printed nothing, so it failed. What it "
                "said is in `stderr`. Its code is a program of its own and needs `import sys`.",
            )
            expect(
                text.strip() == text,
                "The text ends with a line end, which `print` put there. No folder has that name: "
                "take it away with `strip()`.",
            )
            place = Path(text).resolve()
            expect(
                place != Path(sys.prefix).resolve(),
                "Asked about another Python, it names the environment of this kernel. The question "
                "must be run by the Python that you are given.",
            )
            expect(
                place != base(),
                "It names the Python that the environment was made from. `sys.base_prefix` tells "
                "that, and so does the file behind a link; the environment is `sys.prefix`.",
            )
            expect(
                place == folder / name,
                f"For a Python in a folder named {name!r}, it names {place.name!r}.",
            )
        expect(
            guess_for(answer, python_of(folder / "gone")) != folder / "gone",
            "Asked about a Python that does not exist, it names a folder all the same, so it "
            "starts nothing. A path is a guess; the Python itself knows. Start it, and read what "
            "it says.",
        )
    return "That is it. Whatever the terminal or the notebook claims: ask the Python itself."


def guess_for(answer: Any, python: Path) -> Path | None:
    """Return what the function says of a Python that is not there; an honest one cannot."""
    try:
        return Path(answer(str(python))).resolve()
    except Exception:
        return None


def solution_prefix_of() -> Any:
    def prefix_of(python):
        question = "import sys; print(sys.prefix)"
        done = subprocess.run([python, "-c", question], capture_output=True, text=True)
        return done.stdout.strip()

    return prefix_of


def checked_output() -> Any:
    def prefix_of(python):
        code = "import sys; sys.stdout.write(sys.prefix)"
        return Path(subprocess.check_output([python, "-c", code], text=True))

    return prefix_of


def of_this_kernel() -> Any:
    return lambda python: sys.prefix


def of_the_base() -> Any:
    def prefix_of(python):
        question = "import sys; print(sys.base_prefix)"
        done = subprocess.run([python, "-c", question], capture_output=True, text=True)
        return done.stdout.strip()

    return prefix_of


def with_its_line_end() -> Any:
    def prefix_of(python):
        question = "import sys; print(sys.prefix)"
        return subprocess.run([python, "-c", question], capture_output=True, text=True).stdout

    return prefix_of


def the_whole_result() -> Any:
    def prefix_of(python):
        question = "import sys; print(sys.prefix)"
        return subprocess.run([python, "-c", question], capture_output=True, text=True)

    return prefix_of


def forgot_the_import() -> Any:
    def prefix_of(python):
        question = "print(sys.prefix)"
        done = subprocess.run([python, "-c", question], capture_output=True, text=True)
        return done.stdout.strip()

    return prefix_of


def two_steps_up() -> Any:
    return lambda python: str(Path(python).parent.parent)


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
    also_right=(checked_output,),
    wrong=(
        Wrong(
            of_this_kernel,
            "names the environment of this kernel",
            "asks the Python at hand and believes that it speaks for all",
        ),
        Wrong(
            of_the_base,
            "the Python that the environment was made from",
            "takes base_prefix for prefix: the two differ exactly in an environment",
        ),
        Wrong(with_its_line_end, "ends with a line end", "forgets that print ends its line"),
        Wrong(
            the_whole_result,
            "What the other Python printed is in",
            "takes the finished process for what it printed",
        ),
        Wrong(
            forgot_the_import,
            "needs `import sys`",
            "believes that the other Python knows what this one has imported",
        ),
        Wrong(two_steps_up, "starts nothing", "reads the path and believes it, asks nobody"),
    ),
)
