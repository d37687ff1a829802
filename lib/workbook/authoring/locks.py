"""Write the locks from the groups in pyproject.toml: exact versions, and the hashes of their files.

    .venv/bin/python -m lib.workbook.authoring.locks [--upgrade]

Versions that a lock has stay while they fit; with --upgrade, or -P NAME for one package, the newest
that are allowed are taken. All options are uv's: https://docs.astral.sh/uv/pip/compile/
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence

from lib.config import ROOT

LEARNERS = "requirements.txt"
# Each holds what its group needs beside the learners' lock, at versions that fit it.
ON_TOP = {"dev": "requirements-dev.txt", "hub": "hub/requirements.txt"}
# Complete: an environment of its own is made from it.
BOOK = "lib/workbook/teaching/book/requirements.txt"


def main(options: Sequence[str]) -> int:
    """Write all locks, the learners' first; return uv's exit code of the first that fails."""
    for command in _commands(options):
        if code := subprocess.run(command, cwd=ROOT, check=False).returncode:
            return code
    return 0


def _commands(options: Sequence[str]) -> Iterator[list[str]]:
    every = "--universal --python-version 3.11 --generate-hashes --no-header --quiet".split()
    compile_ = [sys.executable, "-m", "uv", "pip", "compile", *every, *options]
    yield [*compile_, "--group", "learner", "-o", LEARNERS]
    text = (ROOT / LEARNERS).read_text(encoding="utf-8")
    left_out = [f"--no-emit-package={name}" for name in re.findall(r"(?m)^([\w.-]+)==", text)]
    for group, place in ON_TOP.items():
        yield [*compile_, "--group", group, "-c", LEARNERS, *left_out, "-o", place]
    yield [*compile_, "--group", "book", "-c", LEARNERS, "-o", BOOK]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
