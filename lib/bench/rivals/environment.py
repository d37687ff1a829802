r"""The environments of the rivals: made once by uv, from a lock that lies beside this module.

A lock is written by

    echo sqlite-utils | uv pip compile - --universal --python-version 3.11 \
        --no-header --no-annotate -o lib/bench/rivals/sqlite-utils.txt
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from lib.errors import PipelineError

HERE = Path(__file__).parent


def environment(home: Path, name: str, say: Callable[[str], None], locks: Path = HERE) -> Path:
    """Return the Python of a rival's environment; make it where it is missing or older.

    It lies in `home`/bench/`name`. Raises PipelineError when it cannot be made.
    """
    folder = home / "bench" / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    lock = locks / f"{name}.txt"
    stamp = folder / "lock.txt"
    wanted = lock.read_text(encoding="utf-8") + f"# Python {sys.version}, in {folder}\n"
    if python.is_file() and stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    say(f"Making the environment of {name}, once ...")
    folder.parent.mkdir(parents=True, exist_ok=True)
    log = folder.parent / f"{name}.log"
    uv = [sys.executable, "-m", "uv"]
    _run([*uv, "venv", "--no-config", "--clear", "--python", sys.executable, str(folder)], log)
    install = [*uv, "pip", "install", "--no-config", "--no-progress", "--compile-bytecode"]
    _run([*install, "--python", str(python), "--requirement", str(lock)], log)
    stamp.write_text(wanted, encoding="utf-8")
    return python


def _run(command: list[str], log: Path) -> None:
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    output = re.sub(r"://[^\s/]*@", "://***@", done.stdout)
    log.write_text(output, encoding="utf-8")
    if done.returncode != 0:
        last = (output.split("\n\n")[0].splitlines() or ["It printed nothing."])[-1]
        raise PipelineError(
            f"The environment of a rival could not be made. {last.strip()}",
            f"Read {log}; the first time needs a network. Without --rivals, the bench needs none.",
        )
