"""Learners who share one environment: a clone, a home and, where it can be, a user for each."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
OTHERS = 64321  # the first of the user ids that are borrowed; no account has them
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", ".workbook", "__pycache__", ".*_cache", "screenshots"
)
# A kernel, as a notebook has it; a line of standard input is a cell, a line of output what it says.
KERNEL = """
import json, sys
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="python3", startup_timeout=120)
try:
    for line in sys.stdin:
        said = []
        def hear(message):
            content = message["content"]
            if message["msg_type"] == "stream":
                said.append(content["text"])
            elif message["msg_type"] == "error":
                said.append(content["ename"] + ": " + content["evalue"])
            elif "data" in content:
                said.append(content["data"]["text/plain"])
        client.execute_interactive(json.loads(line), timeout=120, output_hook=hear)
        print(json.dumps("".join(said)), flush=True)
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
"""


@dataclass(frozen=True)
class Learner:
    """A learner's home, with a clone in `course`, and the user whose they are; None is ours."""

    home: Path
    user: int | None
    python: str

    @property
    def course(self) -> Path:
        return self.home / "course"

    def own(self, *paths: Path) -> None:
        """Make these files and folders, with all below them, the learner's."""
        if self.user is None:
            return
        for top in paths:
            for path in (top, *top.rglob("*")):
                os.chown(path, self.user, self.user, follow_symlinks=False)

    def popen(self, command: list[str], folder: Path, **more: Any) -> subprocess.Popen[str]:
        """Start a program as the learner, with nothing of our settings."""
        env = {"HOME": str(self.home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        env |= {"TMPDIR": str(self.home), "PYTHONDONTWRITEBYTECODE": "1"}
        env |= more.pop("env", {})
        if self.user is not None:
            more |= {"user": self.user, "group": self.user, "extra_groups": []}
        return subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            **more,
        )

    def run(self, *words: str, env: dict[str, str] | None = None) -> tuple[int, str]:
        """Run the environment's Python in the clone; return its exit code and what it says."""
        child = self.popen([self.python, *words], self.course, env=env or {})
        said, _ = child.communicate(timeout=120)
        return child.returncode, said

    @contextmanager
    def kernel(
        self, folder: Path | None = None, env: dict[str, str] | None = None
    ) -> Iterator[Any]:
        """Give a function that runs a cell in a kernel, and returns what the cell says.

        The kernel is the environment's, in the notebooks' folder of the clone.
        """
        child = self.popen(
            [self.python, "-c", KERNEL], folder or self.course / "notebooks", env=env or {}
        )
        assert child.stdin and child.stdout
        stdin, stdout = child.stdin, child.stdout

        def run(code: str) -> str:
            stdin.write(json.dumps(code) + "\n")
            stdin.flush()
            aside = []  # warnings of the kernel's own
            for line in stdout:
                if line.startswith('"'):
                    said: str = json.loads(line)
                    return said
                aside.append(line)
            raise AssertionError("".join(aside))

        try:
            yield run
        finally:
            stdin.close()
            child.wait(30)
            stdout.close()


@contextmanager
def class_of(*names: str) -> Iterator[tuple[Path, list[Learner]]]:
    """Give the teacher's clone, with an environment in `.venv`, and these learners.

    Each learner is a user of the system where we are root, and other users may read what the
    environment is made of. What they share they cannot write then.
    """
    for place in dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp")):
        if os.path.isdir(place):
            with tempfile.TemporaryDirectory(dir=place, prefix="class-") as made:
                top = Path(made).resolve()
                top.chmod(0o755)
                teacher = top / "teacher"
                shutil.copytree(ROOT, teacher, ignore=NOT_COPIED)
                python = environment(teacher)
                apart = hasattr(os, "geteuid") and os.geteuid() == 0
                if apart and not runs_for(OTHERS, python, teacher):
                    if place != "/var/tmp":
                        continue
                    apart = False
                learners = []
                for number, name in enumerate(names):
                    user = OTHERS + number if apart else None
                    learner = Learner(top / name, user, python)
                    shutil.copytree(ROOT, learner.course, ignore=NOT_COPIED)
                    learner.own(learner.home)
                    learners.append(learner)
                yield teacher, learners
                return


def environment(root: Path) -> str:
    """Make an environment for this clone as run.py makes it; return its Python.

    Its packages are those of the environment that runs this.
    """
    venv.create(root / ".venv", with_pip=False, symlinks=os.name != "nt")
    python = root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    code = "import run; run._write_path_file(run.ROOT)"
    subprocess.run([python, "-c", code], cwd=root, check=True)
    (path_file,) = (root / ".venv").rglob("workbook.pth")
    packages = sysconfig.get_path("purelib")
    path_file.with_name("packages.pth").write_text(packages + "\n", encoding="utf-8")
    return str(python)


def runs_for(user: int, python: str, folder: Path) -> bool:
    """Tell whether this user may run the environment's Python, and read its packages."""
    try:
        done = subprocess.run(
            [python, "-c", "import numpy, sqlalchemy, ipykernel, lib.workbook"],
            cwd=folder,
            env={"PATH": os.environ["PATH"]},
            user=user,
            group=user,
            extra_groups=[],
            capture_output=True,
            check=False,
        )
    except PermissionError:  # a folder above it is ours alone
        return False
    return done.returncode == 0
