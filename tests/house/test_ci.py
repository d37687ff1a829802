"""`.ci/run` decides what lands: what it makes of runs that pass and of runs that fail.

It is run as it is, in a folder of its own, with programs of a few lines in place of the tests, of
what installs a hub, and of the package manager.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("bash") is None, reason="there is no bash here"
)


def ci_run(
    folder: Path, last_line: str, code: int, hub: int = 0, does: str = ""
) -> tuple[int, list[str]]:
    """Run `.ci/run` over tests that end with a line and a code; return its code and its lines."""
    (folder / ".ci").mkdir()
    shutil.copy2(ROOT / ".ci/run", folder / ".ci/run")
    (folder / "run.py").write_text(
        "import sys\n"
        "if sys.argv[1:] == ['test', '--require-all']:\n"
        f"    {does or 'pass'}\n"
        f"    print('met: Python 3.11.0')\n    print({last_line!r})\n    sys.exit({code})\n",
        encoding="utf-8",
    )
    programs = folder / "programs"
    programs.mkdir()
    for name in ("mariadbd", "chromium-headless-shell", "apt-get", "sudo", "../.ci/hub-env"):
        path = programs / name
        path.write_text(
            f"#!/bin/sh\nexit {hub if path.name == 'hub-env' else 0}\n", encoding="utf-8"
        )
        path.chmod(0o755)
    done = subprocess.run(
        [folder / ".ci/run"],
        env={**os.environ, "PATH": os.pathsep.join([str(programs), os.environ["PATH"]])},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout.splitlines()


@pytest.mark.parametrize(
    ("last_line", "code", "total"),
    [
        ("===== 5769 passed in 1414.28s (0:23:34) =====", 0, "5769 passed, 0 failed"),
        ("===== 12 passed, 3 skipped in 2.50s =====", 0, "12 passed, 0 failed"),
        ("===== 2 failed, 10 passed in 2.50s =====", 1, "10 passed, 2 failed"),
        ("===== 2 failed, 10 passed, 3 errors in 2.50s =====", 1, "10 passed, 5 failed"),
        ("===== 1 error in 2.50s =====", 1, "0 passed, 1 failed"),
        # The tests pass, and coverage falls short; or nothing was run.
        ("===== 12 passed in 2.50s =====", 2, "12 passed, 1 failed"),
        ("Traceback", 1, "0 passed, 1 failed"),
    ],
)
def test_a_run_ends_as_its_tests_do(tmp_path: Path, last_line: str, code: int, total: str) -> None:
    ends, lines = ci_run(tmp_path, last_line, code)
    assert lines[-1].startswith(f"=== {total} in "), "\n".join(lines)
    assert ends == (code != 0)
    assert ("FAILED" in lines[-3]) == (code != 0)


def test_a_hub_that_cannot_be_had_is_said_and_fails_nothing(tmp_path: Path) -> None:
    ends, lines = ci_run(tmp_path, "===== 12 passed in 2.50s =====", 0, hub=1)
    assert ends == 0
    assert any(line.startswith("Not proved here: the class at a JupyterHub") for line in lines)


def test_tests_that_change_the_clone_fail(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    ends, lines = ci_run(
        tmp_path, "===== 12 passed in 2.50s =====", 0, does="open('left_over.txt', 'w').close()"
    )
    assert ends == 1
    assert any("leave the clone as it is" in line and "left_over.txt" in line for line in lines)
    assert lines[-1].startswith("=== 12 passed, 1 failed in ")
