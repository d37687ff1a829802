"""What the hub starts for a learner: the clone, where there is none yet, then JupyterLab's server.

    python start.py REPOSITORY [argument of jupyterhub-singleuser ...]

It runs as the learner, in the learner's home, with the Python that serves all. `run.py prepare`
does the rest: data, Jupyter's settings, signed notebooks, `lib` on the path. Standard library only.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path


def main(source: str, arguments: list[str]) -> None:
    """Become the learner's server; end with git's exit code where the clone cannot be made."""
    home = Path.home()
    course = home / "course"
    if not (course / "run.py").is_file():
        if Path(source).is_dir():
            # git reads no repository of another user that it was not told to trust; a teacher's is.
            # https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory
            for folder in (source, f"{source}/.git"):
                git("config", "--global", "--add", "safe.directory", folder)
        part = home / "course.part"  # a clone that was cut off is never taken for a whole one
        shutil.rmtree(part, ignore_errors=True)
        git("clone", "--quiet", source, str(part))
        copy_data(Path(source, ".workbook"), part / ".workbook")
        part.rename(course)
    command = [sys.executable, "run.py", "--no-venv", "prepare", "--", "jupyterhub-singleuser"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # in a container root may be the only user
    os.chdir(course)
    os.execv(command[0], command + arguments)


def copy_data(theirs: Path, mine: Path) -> None:
    """Copy the databases that the teacher's clone has prepared: to load the year takes longer.

    `run.py prepare` looks at what was copied, and makes what is missing. A database that is being
    written has a file beside it, and is not copied.
    """
    for origin in (theirs / "workbook.db", *theirs.glob("chapters/january-*.db")):
        beside = origin.with_name(f"{origin.name}-wal")
        if not origin.is_file() or (beside.exists() and beside.stat().st_size):
            continue
        target = mine / origin.relative_to(theirs)
        target.parent.mkdir(parents=True, exist_ok=True)
        # Immutable: SQLite then makes no files beside one that we may only read.
        with closing(sqlite3.connect(f"{origin.as_uri()}?immutable=1", uri=True)) as source:
            with closing(sqlite3.connect(target)) as copy:
                source.backup(copy)


def git(*words: str) -> None:
    """Run git; end this program where it fails, with what git has printed above."""
    code = subprocess.call(["git", *words])
    if code:
        sys.exit(code)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
