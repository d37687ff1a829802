"""What the checks of chapter 01 look at: environments of their own, made without pip."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
