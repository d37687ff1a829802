"""A terminal in a scratch folder: real programs, the same output on every machine.

Chapters that teach git, pip or black run them for real. What such programs say names folders,
versions and ids that differ from machine to machine, and they read settings that a person has
made. Here they run without a shell, in a folder of their own, with settings of their own, and what
they print is made neutral before it is shown.
"""

from __future__ import annotations

import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path

from lib.config import ROOT

WINDOWS = os.name == "nt"
_SCRIPTS = "Scripts" if WINDOWS else "bin"  # where an environment keeps its programs
TIMEOUT = 100  # seconds: less than a cell may take, so that the message names the command
# A user's settings, which would change what the programs do or say.
_STRAY = re.compile(
    r"(GIT|PIP|UV|PYTHON|PYENV|BLACK|ISORT|FLAKE8|RUFF|PRE_COMMIT|VIRTUAL_ENV|CONDA|PYTEST)(_|$)|"
    r"PYTHON|SKIP$|NO_COLOR$|FORCE_COLOR$|LC_|LANG"
)
_GIT_SETTINGS = """\
[user]
    name = Ann Example
    email = ann@example.com
[init]
    defaultBranch = main
[core]
    autocrlf = false
[advice]
    addEmbeddedRepo = false
    statusHints = false
"""
_WHERE_FROM = {
    "git": "Install it from https://git-scm.com, then open this page again.",
    "pyenv": "The workbook does not need it.",
}
_NEEDS = {"pre-commit": "git"}  # does nothing without it
# A cell that commits may be run again: git refuses with these words, and nothing is wrong.
_HARMLESS = "nothing to commit"


class ShellError(RuntimeError):
    """A command ended otherwise than the chapter says; the message holds it and its output."""


class Terminal:
    """Runs programs in a folder of its own, which goes when the kernel ends.

    `terminal("git status")` prints what the program says. `terminal.folder` is the folder in which
    it runs, `terminal.variables` are its environment variables; PATH begins with the programs of
    the environment that this kernel runs in.
    """

    def __init__(self) -> None:
        made = tempfile.TemporaryDirectory(prefix="workbook-", ignore_cleanup_errors=True)
        self.close = weakref.finalize(self, made.cleanup)
        top = Path(made.name).resolve()
        self.folder = top / "scratch"
        self._settings = top / "settings"
        self.folder.mkdir()
        self._settings.mkdir()
        (self._settings / ".gitconfig").write_text(_GIT_SETTINGS, encoding="utf-8")
        self.variables = self._clean_variables()
        self._outside = self.variables["PATH"]

    def __repr__(self) -> str:
        return "A terminal in an empty scratch folder."

    def __call__(self, command: str | Sequence[str], *, fails: bool = False) -> None:
        """Run the program and print what it says; `fails` says that it must fail.

        Raises ShellError when the program fails, or, with `fails`, when it does not. A program
        that this machine does not have is told in a sentence, and nothing is run.
        """
        if output := self.read(command, fails=fails):
            print(output)

    def read(self, command: str | Sequence[str], *, fails: bool = False) -> str:
        """Run the program and return what it says, as `terminal(command)` would print it."""
        words = shlex.split(command) if isinstance(command, str) else list(command)
        for program in (words[0], _NEEDS.get(words[0], words[0])):
            if self.which(program) is None:
                fix = _WHERE_FROM.get(program, "Type: python run.py doctor")
                return f"{program} is not on this machine, so nothing was run here. {fix}"
        code, output = self.run(words)
        if bool(code) is fails or (code and _HARMLESS in output):
            return output
        wanted = " The chapter expects it to fail." if fails else ""
        raise ShellError(
            f"`{_shown(words)}` ended with exit code {code}.{wanted}\n{output}".rstrip()
        )

    def run(self, words: Sequence[str], folder: Path | None = None) -> tuple[int, str]:
        """Run a program that is there, in a folder; return its exit code and what it says."""
        try:
            done = subprocess.run(
                [self.which(words[0]) or words[0], *words[1:]],
                cwd=folder or self.folder,
                env=self.variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=TIMEOUT,
            )
        except subprocess.TimeoutExpired:
            raise ShellError(f"`{_shown(words)}` did not end in {TIMEOUT} seconds.") from None
        return done.returncode, self.neutral(done.stdout).rstrip()

    def which(self, program: str) -> str | None:
        """Return the file that this name starts, as a terminal would find it; None without one."""
        if "/" in program or os.sep in program:
            return shutil.which(self.folder / program)
        return shutil.which(program, path=self.variables["PATH"])

    def enter(self, environment: str) -> None:
        """Do what an activation script does: put the environment's programs before all others."""
        folder = self.folder / environment
        if not (folder / "pyvenv.cfg").is_file():
            raise ShellError(f"There is no environment in {environment}: it has no pyvenv.cfg.")
        programs = str(folder / _SCRIPTS)
        self.variables["PATH"] = os.pathsep.join([programs, self._outside])
        self.variables["VIRTUAL_ENV"] = str(folder)

    def leave(self) -> None:
        """Do what `deactivate` does: take them away again."""
        self.variables["PATH"] = self._outside
        self.variables.pop("VIRTUAL_ENV", None)

    def write(self, name: str, text: str) -> None:
        """Write a file into the folder: UTF-8, and the same line ends on every system."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")

    def show(self, name: str) -> None:
        """Print a file of the folder."""
        print(self.neutral((self.folder / name).read_text(encoding="utf-8")).rstrip())

    def neutral(self, text: str) -> str:
        """Return the text as every machine would print it: no folder, version, id or date of one.

        The scratch folder is called scratch, the environment of this kernel workbook/.venv, the
        Python that it was made from base.
        """
        names = {
            self.folder: "scratch",
            self._settings: "settings",
            Path(sys.prefix): "workbook/.venv",
            ROOT: "workbook",
            Path(sys.base_prefix): "base",
            Path.home(): "~",
        }
        for path in sorted(names, key=lambda path: len(str(path)), reverse=True):
            for spelling in (path.as_uri(), str(path).replace("\\", "\\\\"), str(path)):
                text = re.sub(
                    rf"{re.escape(spelling)}(?![\w.-])([\\/][^\s'\",;:)]*)?",
                    lambda match, name=names[path]: name  # type: ignore[misc]
                    + re.sub(r"\\+", "/", match[1] or ""),
                    text,
                )
        if WINDOWS:
            text = re.sub(r"(?<=\w)\\(?=[\w.])", "/", text)
        text = re.sub(rf"(?<![\d.]){re.escape(platform.python_version())}(?![\d.])", "3.x.y", text)
        text = text.replace(f"python3.{sys.version_info[1]}", "python3.x")
        text = re.sub(r"(?m)^index [0-9a-f]+\.\.[0-9a-f]+.*\n", "", text)
        text = re.sub(r"(?m)^\[(\S+)(?: \(root-commit\))? [0-9a-f]{7,}\]", r"[\1]", text)
        return re.sub(r"(?m)^([-+]{3} \S+)\t\d{4}-\d\d-\d\d .*$", r"\1", text)

    def _clean_variables(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not _STRAY.match(key.upper())}
        mine = str(self._settings)
        return {
            **kept,
            "PATH": os.pathsep.join([str(Path(sys.prefix, _SCRIPTS)), kept.get("PATH", "")]),
            "HOME": mine,
            "USERPROFILE": mine,
            "XDG_CONFIG_HOME": mine,
            "XDG_CACHE_HOME": mine,
            "GIT_CONFIG_GLOBAL": str(self._settings / ".gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_PAGER": "cat",
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C",  # English on every machine
            "LANGUAGE": "en",
            "NO_COLOR": "1",
            "COLUMNS": "80",
            "PYTHONUTF8": "1",
            "PYTHONDONTWRITEBYTECODE": "1",  # no __pycache__ among the files of a lesson
            "PYTHONNOUSERSITE": "1",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INDEX": "1",  # no network: what is installed lies in the scratch folder
            "PIP_NO_INPUT": "1",
            "UV_NO_CONFIG": "1",
            "UV_OFFLINE": "1",
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_CACHE_DIR": str(self._settings / "uv"),
            "BLACK_CACHE_DIR": str(self._settings / "black"),
            "RUFF_NO_CACHE": "true",
            "PRE_COMMIT_HOME": str(self._settings / "pre-commit"),
            "PRE_COMMIT_COLOR": "never",
        }


def open_terminal() -> Terminal:
    """Open a terminal in a scratch folder of its own."""
    return Terminal()


def _shown(words: Sequence[str]) -> str:
    line = " ".join(words)
    return line if len(line) <= 200 else f"{line[:200]} ..."
