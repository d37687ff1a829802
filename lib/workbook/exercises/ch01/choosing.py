"""Exercise 1.2: which version pyenv chooses in a folder."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from pathlib import Path
from typing import Any

from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch01.rooms import scratch


def check_chosen(answer: Any, bench: Bench) -> str:
    expect_function(answer, "chosen_version")
    with scratch() as top:
        root, home = top / "pyenv", top / "home"
        deep = home / "flights" / "src" / "lib"
        for folder in (root, deep, home / "weather"):
            folder.mkdir(parents=True)
        expect(
            bench.call(answer, deep, root) == "system",
            "With no file anywhere, pyenv chooses `system`; your function says "
            f"{bench.call(answer, deep, root)!r}.",
        )
        write(root / "version", "3.13.0")
        found = bench.call(answer, home / "weather", root)
        expect(
            not isinstance(found, str) or found == found.strip(),
            "The version comes with the line end of its file: take it away with `strip()`.",
        )
        expect(
            found == "3.13.0",
            f"Only the global file is there, and says 3.13.0; your function says {found!r}.",
        )
        write(home / "flights" / ".python-version", "3.11.9")
        found = bench.call(answer, home / "flights", root)
        expect(
            found == "3.11.9",
            "The folder has a `.python-version`, which says 3.11.9. It comes before the global "
            f"file; your function says {found!r}.",
        )
        found = bench.call(answer, deep, root)
        expect(
            found == "3.11.9",
            "Two folders below the `.python-version`, pyenv still finds it; your function says "
            f"{found!r}. Look into each folder above, as well.",
        )
        write(home / "flights" / "src" / ".python-version", "3.12.9")
        found = bench.call(answer, deep, root)
        expect(
            found == "3.12.9",
            "Two folders above have a `.python-version`. The nearest one counts, which says "
            f"3.12.9; your function says {found!r}.",
        )
        found = bench.call(answer, home / "weather", root)
        expect(
            found == "3.13.0",
            "A file beside the folder, not above it, says nothing about it; the global file says "
            f"3.13.0, your function {found!r}.",
        )
    return "That is it. uv and many editors read the same file."


def write(path: Path, version: str) -> None:
    path.write_text(f"{version}\n", encoding="utf-8")


def solution_chosen() -> Any:
    def chosen_version(folder, root):
        for place in [folder, *folder.parents]:
            file = place / ".python-version"
            if file.exists():
                return file.read_text().strip()
        file = root / "version"
        return file.read_text().strip() if file.exists() else "system"

    return chosen_version


def in_one_list() -> Any:
    def chosen_version(folder, root):
        places = [place / ".python-version" for place in (folder, *folder.parents)]
        found = [
            file.read_text().split()[0] for file in [*places, root / "version"] if file.exists()
        ]
        return next(iter(found), "system")

    return chosen_version


def only_here() -> Any:
    def chosen_version(folder, root):
        for file in (folder / ".python-version", root / "version"):
            if file.exists():
                return file.read_text().strip()
        return "system"

    return chosen_version


def global_first() -> Any:
    def chosen_version(folder, root):
        places = [place / ".python-version" for place in (folder, *folder.parents)]
        for file in [root / "version", *places]:
            if file.exists():
                return file.read_text().strip()
        return "system"

    return chosen_version


def from_the_top() -> Any:
    def chosen_version(folder, root):
        for place in reversed([folder, *folder.parents]):
            if (place / ".python-version").exists():
                return (place / ".python-version").read_text().strip()
        file = root / "version"
        return file.read_text().strip() if file.exists() else "system"

    return chosen_version


def with_line_end() -> Any:
    def chosen_version(folder, root):
        for place in [folder, *folder.parents]:
            if (place / ".python-version").exists():
                return (place / ".python-version").read_text()
        return (root / "version").read_text() if (root / "version").exists() else "system"

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
    also_right=(in_one_list,),
    wrong=(
        Wrong(only_here, "pyenv still finds it", "looks into the one folder only"),
        Wrong(global_first, "It comes before the global file", "lets the global choice win"),
        Wrong(from_the_top, "The nearest one counts", "searches from the top downwards"),
        Wrong(with_line_end, "the line end of its file", "hands on the text of the file as it is"),
    ),
)
