"""What the checks of chapter 01 look at: environments of their own, made without pip."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType, MethodType
from typing import Any
from unittest import mock

PATIENCE_S = 60  # seconds that a Python may take to say who it is


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


def resolved(path: object) -> Path | None:
    """Return the place that a text or a path names; None for what cannot name one."""
    try:
        return Path(str(path)).resolve()
    except (OSError, ValueError, RuntimeError):
        return None


@dataclass(frozen=True)
class Said:
    """What a Python says of itself: its environment, what that was made from, its version."""

    prefix: Path
    base: Path
    version: str


def said_by(python: object) -> Said | None:
    """Return what a Python says of itself; None when this is no Python that runs."""
    code = "import sys; print(sys.prefix, sys.base_prefix, sys.version.split()[0], sep='\\n')"
    try:
        done = subprocess.run(
            [str(python), "-I", "-c", code],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE_S,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    lines = done.stdout.splitlines()
    if done.returncode or len(lines) != 3:
        return None
    return Said(Path(lines[0]).resolve(), Path(lines[1]).resolve(), lines[2])


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


def texts_in(answer: Any) -> Iterator[str]:
    """Go through the texts in a function's code, and in what it calls or names of the same module.

    Docstrings are left out: they explain, and do nothing.
    """
    waiting, seen = [answer], set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, dict):
            waiting.extend([*each, *each.values()])
        elif isinstance(each, (tuple, list, set, frozenset)):
            waiting.extend(each)
        elif isinstance(each, CodeType):
            waiting.extend(each.co_consts)
        elif isinstance(each, partial):
            waiting.extend([each.func, each.args, each.keywords])
        elif isinstance(each, MethodType):
            waiting.append(each.__func__)
        elif isinstance(each, FunctionType):
            waiting.extend(_parts_of(each))
        elif each is answer:
            waiting.append(getattr(type(each), "__call__", None))


def _parts_of(function: FunctionType) -> Iterator[Any]:
    """Return a function's constants, and the functions and texts of its own module that it names."""
    codes = [function.__code__]
    for code in codes:
        codes.extend(each for each in code.co_consts if isinstance(each, CodeType))
        yield from (each for each in code.co_consts if each != function.__doc__)
        for name in code.co_names:
            named = function.__globals__.get(name)
            if not isinstance(named, FunctionType) or named.__module__ == function.__module__:
                if isinstance(named, (str, dict, tuple, list, set, frozenset, FunctionType)):
                    yield named
    for cell in function.__closure__ or ():
        with suppress(ValueError):  # an empty one
            yield cell.cell_contents
    wrapped = getattr(function, "__wrapped__", None)
    if wrapped is not None:
        yield wrapped
