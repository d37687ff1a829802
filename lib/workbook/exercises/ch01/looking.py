"""What the checks of chapter 01 look at: environments of their own, made without pip."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for the length of a check."""
    with tempfile.TemporaryDirectory(prefix="workbook-", ignore_cleanup_errors=True) as folder:
        yield Path(folder).resolve()


def make(folder: Path) -> Path:
    """Make an environment; return its Python."""
    venv.create(folder, symlinks=os.name != "nt")
    return python_of(folder)


def python_of(environment: Path) -> Path:
    """Return where an environment keeps its Python."""
    if os.name == "nt":
        return environment / "Scripts" / "python.exe"
    return environment / "bin" / "python"


def prefix_said_by(python: object) -> Path | None:
    """Return what a Python says of itself; None when this is no Python that runs."""
    code = "import sys; print(sys.prefix)"
    try:
        done = subprocess.run(
            [str(python), "-I", "-c", code], capture_output=True, text=True, timeout=60
        )
    except OSError:
        return None
    return Path(done.stdout.strip()).resolve() if done.returncode == 0 else None


def base() -> Path:
    """Return the folder of the Python that environments are made from."""
    return Path(sys.base_prefix).resolve()


@dataclass
class Started:
    """What was started: Pythons by their name alone, and lines that a shell has taken apart."""

    bare: list[str] = field(default_factory=list)
    by_shell: list[str] = field(default_factory=list)


@contextmanager
def recorded() -> Iterator[Started]:
    """Record what is started; where it is `python` alone, the kernel's own takes its place.

    So the outcome is the same on a machine whose PATH has no python, or another one.
    """
    found = Started()

    class Recording(subprocess.Popen[Any]):
        def __init__(self, args: Any, *more: Any, **options: Any) -> None:
            words = [args] if isinstance(args, (str, bytes, os.PathLike)) else list(args)
            if words and options.get("shell"):
                found.by_shell.append(str(words[0]))
            if words and re.match(r"(python|py)[\d.]*(\.exe)?(\s|$)", str(words[0])):
                found.bare.append(str(words[0]).split()[0])
                if not isinstance(args, (str, bytes, os.PathLike)) and not options.get("shell"):
                    args = [sys.executable, *words[1:]]
            super().__init__(args, *more, **options)

    with mock.patch.object(subprocess, "Popen", Recording):
        yield found
