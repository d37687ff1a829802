"""Exercise 1.2: which version pyenv chooses in a folder."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, expect, expect_function
from lib.workbook.exercises.ch01.ex1_2_choosing_answers import ALSO_RIGHT, WORDS, WRONG
from lib.workbook.exercises.ch01.looking import scratch

OF_A_WINDOW = "3.8.20"  # what PYENV_VERSION says while the check runs
GLOBAL = "3.13.0"


@dataclass(frozen=True)
class Step:
    """A file that is written, if any, the folder that is asked about, and what counts there.

    Paths are relative to the scratch folder, where `pyenv` is the root. `chosen` is None where no
    `.python-version` counts: then the global file decides, or nothing does.
    """

    path: str
    version: str
    folder: str
    chosen: str | None
    reason: str


STEPS = (
    Step("", "", "home/flights/src/lib", None, "There is no file anywhere"),
    Step("pyenv/version", GLOBAL, "home/weather", None, "Only the global file is there"),
    Step(
        "pyenv/.python-version",
        "2.7.18",
        "home/weather",
        None,
        "A `.python-version` in `root` says nothing about a folder that is not below it",
    ),
    Step(
        "home/weather/version",
        "3.7.17",
        "home/weather",
        None,
        "The file `version` counts in `root` alone, and this one is in the folder",
    ),
    Step(
        "home/flights/.python-version",
        "pypy3.10-7.3.17",
        "home/flights",
        "pypy3.10-7.3.17",
        "The folder has a `.python-version`, which comes before the global file",
    ),
    Step(
        "",
        "",
        "home/flights/src/lib",
        "pypy3.10-7.3.17",
        "The `.python-version` is two folders above; pyenv looks into each of them",
    ),
    Step(
        "home/flights/src/.python-version",
        "3.12.9",
        "home/flights/src/lib",
        "3.12.9",
        "Two folders above have a `.python-version`; the nearest one counts",
    ),
    Step(
        "home/flights/src/lib/.python-version",
        "3.9.21",
        "home/flights/src/lib",
        "3.9.21",
        "The folder has one itself, and two above it have others; the nearest one counts",
    ),
    Step("", "", "home/weather", None, "A file beside the folder says nothing about it"),
    Step(
        "home/.python-version",
        "3.10.16",
        "home/weather",
        "3.10.16",
        "The folder above has a `.python-version`, which comes before the global file",
    ),
)


def check_chosen(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "chosen_version")
    with scratch() as top, mock.patch.dict(os.environ, {"PYENV_VERSION": OF_A_WINDOW}):
        for folder in ("pyenv", "home/flights/src/lib", "home/weather", "other"):
            (top / folder).mkdir(parents=True)
        # Above the scratch folder may be a file of the machine's own, which counts as well.
        above = found_above(top)
        decided = "system"
        for step in STEPS:
            if step.path:
                (top / step.path).write_text(f"{step.version}\n", encoding="utf-8")
            if step.path == "pyenv/version":
                decided = GLOBAL
            expect_choice(
                answer, sandbox, top, step.folder, step.reason, step.chosen or above or decided
            )
        (top / "pyenv" / "version").unlink()
        reason = "The global file is gone, and there is no other for this folder"
        expect_choice(answer, sandbox, top, "other", reason, above or "system")
    return "That is it. uv and many editors read the same file."


def found_above(top: Path) -> str | None:
    """Return what the nearest `.python-version` above the scratch folder says, if there is one."""
    for folder in top.parents:
        file = folder / ".python-version"
        if file.is_file():
            return file.read_text(encoding="utf-8").strip()
    return None


def expect_choice(
    answer: Any, sandbox: Sandbox, top: Path, folder: str, reason: str, wanted: str
) -> None:
    """Expect that the function chooses this version in the folder."""
    found = sandbox.call(answer, top / folder, top / "pyenv")
    expect(found is not None, f"{reason}: {wanted!r} is expected. Your function returns nothing.")
    if not isinstance(found, str):
        raise NotYet(
            f"This asks for the version as text; your function returns a {type(found).__name__}."
        )
    expect(
        found != OF_A_WINDOW,
        f"Your function says {found!r}, which is in the variable `PYENV_VERSION`. Here it is left "
        "aside.",
    )
    expect(
        found == wanted or found.rstrip("\r\n") != wanted,
        "The version comes with the line end of its file: take it away with `strip()`.",
    )
    expect(found == wanted, f"{reason}: {wanted!r} is expected. Your function says {found!r}.")


def solution_chosen() -> Any:
    def chosen_version(folder, root):
        for place in [folder, *folder.parents]:
            file = place / ".python-version"
            if file.exists():
                return file.read_text().strip()
        file = root / "version"
        return file.read_text().strip() if file.exists() else "system"

    return chosen_version


EXERCISE = Exercise(
    id="1.2",
    title="What pyenv chooses",
    check=check_chosen,
    hints=(
        "Three questions, one after the other: a file here or above, a global file, nothing.",
        "`[folder, *folder.parents]` is the folder and all folders above it, the nearest first.",
        "`return` inside the loop ends the search at the first file that is there; what stands "
        "after the loop is for the case that there was none.",
    ),
    solution=solution_chosen,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
)
