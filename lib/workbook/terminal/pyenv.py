"""A look at pyenv: the real one where it is installed, a record of it where it is not.

Both work on the same scratch folder with two stand-ins for Pythons, so that your own Pythons
are touched, and both say the same: a test runs every record again where pyenv is installed.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from lib.workbook.terminal.terminal import Terminal

WINDOWS = os.name == "nt"
VERSIONS = ("3.11.9", "3.13.0")
# What only a network, and some minutes of compiling, could show. From pyenv 2.6.
_NEVER_RUN = {
    "install --list": """\
Available versions:
  2.1.3
  ...
  3.12.9
  3.13.0
  3.13.1
  ...
  pypy3.10-7.3.17""",
    "install 3.12.9": """\
Downloading Python-3.12.9.tar.xz...
Installing Python-3.12.9...
Installed Python-3.12.9 to ~/.pyenv/versions/3.12.9""",
}
RECORDS: dict[tuple[str, ...], str] = {
    ("versions", "global", "global 3.13.0", "versions"): """\
$ pyenv versions
* system (set by scratch/pyenv/version)
  3.11.9
  3.13.0
$ pyenv global
system
$ pyenv global 3.13.0
$ pyenv versions
  system
  3.11.9
* 3.13.0 (set by scratch/pyenv/version)""",
    (
        "global 3.13.0",
        "local 3.11.9",
        "cat .python-version",
        "version",
        "cd src",
        "version",
        "cd ../..",
        "version",
    ): """\
$ pyenv global 3.13.0
$ pyenv local 3.11.9
$ cat .python-version
3.11.9
$ pyenv version
3.11.9 (set by scratch/project/.python-version)
$ cd src
$ pyenv version
3.11.9 (set by scratch/project/.python-version)
$ cd ../..
$ pyenv version
3.13.0 (set by scratch/pyenv/version)""",
    ("local 3.10.1",): """\
$ pyenv local 3.10.1
pyenv: version `3.10.1' not installed""",
    ("global 3.11.9", "uninstall -f 3.13.0", "versions"): """\
$ pyenv global 3.11.9
$ pyenv uninstall -f 3.13.0
pyenv: 3.13.0 uninstalled
$ pyenv versions
  system
* 3.11.9 (set by scratch/pyenv/version)""",
}


def look(terminal: Terminal, *commands: str) -> None:
    """Print what pyenv says to these commands, one after the other, from the same start.

    `cd` and `cat` are known besides, to follow what pyenv reads and writes.
    """
    print(transcript(terminal, *commands))


def transcript(terminal: Terminal, *commands: str) -> str:
    """Return what `look` prints."""
    program = _program()
    if all(command in _NEVER_RUN for command in commands):
        return "\n".join(f"$ pyenv {command}\n{_NEVER_RUN[command]}" for command in commands)
    if program is None:
        unknown = "pyenv is not on this machine, and there is no record of these commands."
        return RECORDS.get(commands, unknown)
    return _session(terminal, program, commands)


def _program() -> str | None:
    """Return the pyenv of this machine. pyenv-win is another program with other messages."""
    if WINDOWS:
        return None
    return shutil.which("pyenv") or shutil.which(Path.home() / ".pyenv" / "bin" / "pyenv")


def _session(terminal: Terminal, program: str, commands: tuple[str, ...]) -> str:
    root, project = terminal.folder / "pyenv", terminal.folder / "project"
    for folder in (root, project):
        shutil.rmtree(folder, ignore_errors=True)
    (project / "src").mkdir(parents=True)
    for version in VERSIONS:
        terminal.write(
            f"pyenv/versions/{version}/bin/python", f"#!/bin/sh\necho Python {version}\n"
        )
        (root / "versions" / version / "bin" / "python").chmod(0o755)
    terminal.variables["PYENV_ROOT"] = str(root)
    lines = []
    for command in commands:
        lines.append(f"$ {command}" if command[:3] in ("cd ", "cat") else f"$ pyenv {command}")
        if command.startswith("cd "):
            project = (project / command[3:]).resolve()
        elif command.startswith("cat "):
            lines.append((project / command[4:]).read_text(encoding="utf-8").rstrip())
        else:
            lines.append(terminal.run([program, *command.split()], project)[1])
    del terminal.variables["PYENV_ROOT"]
    for folder in (root, terminal.folder / "project"):
        shutil.rmtree(folder)
    return "\n".join(line for line in lines if line)
