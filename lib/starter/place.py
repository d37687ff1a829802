"""Whether a project can be made where it is wanted, and what comes next: told without imports."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from shutil import which

from lib.cli import expect_file
from lib.errors import PipelineError


def expect_place(folder: Path, files: Sequence[Path]) -> None:
    """Raise PipelineError where the folder is taken, a file is missing, or two have one name."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        what = "there, and not empty" if folder.is_dir() else "a file"
        raise PipelineError(f"{folder} is {what}.", "Name a new folder.")
    for path in files:
        expect_file(path)
    names = [path.name for path in files]
    if len(set(names)) < len(names):
        raise PipelineError("Two files have one name.", "Give files with names of their own.")


def expect_project(folder: Path) -> None:
    """Raise PipelineError where there is no project whose core could be replaced."""
    if not (folder / "lib").is_dir():
        raise PipelineError(
            f"{folder} is no project that `new` has made: it has no folder lib.",
            "Name the folder of one, or make one: python run.py new FOLDER --from FILE",
        )


def next_steps(folder: Path | None = None) -> list[str]:
    """Return what to type after a project is made: in its folder, or on the way there."""
    python = "python" if which("python") else "python3"
    own = r".venv\Scripts\python" if os.name == "nt" else ".venv/bin/python"
    way = [f'cd "{folder}"' if " " in str(folder) else f"cd {folder}"] if folder else []
    return [
        *way,
        f"{python} -m venv .venv",
        f"{own} -m pip install -r requirements.txt",
        *(f"{python} run.py {verb}" for verb in ("test", "load", "app")),
    ]
