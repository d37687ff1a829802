"""Run the commands of the dev container and of Binder in an unpacked Debian, and measure them.

    .ci/debian-root /tmp/trixie trixie bash coreutils git procps python3.13-venv ...
    python -m tests.by_hand.containers /tmp/trixie

No container engine is needed, and none is proved: no image is built, no user of it is made, no
editor starts. It needs root, as `.ci/in-root` does. A Python in /opt/image stands for that of the
image: what the Dockerfile installs, it installs there. Each command of devcontainer.json and of
.binder is run as it is written, in a fresh clone, with the variables that the settings give; then
chapter 00 by a kernel that is started in notebooks/. What is printed: seconds, and the greatest
memory of any one process up to then.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

from lib.config import ROOT

PYTHON = "/opt/image/bin/python"  # in the unpacked Debian
CLONE = "/workspaces/course"
CHAPTER = "cd notebooks && jupyter execute 00_start_here.ipynb"


def step(debian: Path, name: str, command: str, **variables: str) -> None:
    """Run a command in the clone; print what it took. Ends the program when it fails."""
    given = " ".join(f"{key}={shlex.quote(value)}" for key, value in variables.items())
    shell = (
        f"cd {CLONE} 2>/dev/null; export PATH=/opt/image/bin:/usr/sbin:/usr/bin {given}; {command}"
    )
    start = time.perf_counter()
    done = subprocess.run(
        [ROOT / ".ci" / "in-root", debian, "bash", "-c", shell],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    seconds = time.perf_counter() - start
    # Of all children up to now, in kilobytes: a step that needs less than one before it shows that.
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{name}: {seconds:.0f} s, up to {most:.0f} MB, exit code {done.returncode}", flush=True)
    last = "\n    ".join(done.stdout.strip().splitlines()[-4:])
    print(f"    {last}", flush=True)
    if done.returncode:
        sys.exit(f"{name} failed: {command}")


def fresh_clone(debian: Path) -> None:
    """Put the last commit, and nothing else, where the containers have it."""
    place = debian / CLONE.lstrip("/")
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", ROOT, place], check=True)


def install(debian: Path) -> None:
    """Do what the Dockerfile does with the lock, in an environment instead of the system."""
    text = (ROOT / ".devcontainer" / "Dockerfile").read_text(encoding="utf-8")
    found = re.search(r"^RUN (pip install .*?)(?<!\\)\n", text, re.MULTILINE | re.DOTALL)
    assert found, "the Dockerfile installs the lock"
    command = found[1].replace("\\\n", " ").replace("--system", f"--python {PYTHON}")
    step(debian, "a Python", f"rm -rf /opt/image && python3.13 -m venv {Path(PYTHON).parents[1]}")
    lock = f"cp {CLONE}/requirements.txt /tmp/requirements.txt"
    step(debian, "Dockerfile: the lock", f"{lock} && {command}")


def main() -> int:
    """Run all steps."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("debian", type=Path, help="a folder made by .ci/debian-root")
    debian = parser.parse_args().debian.resolve()
    fresh_clone(debian)
    install(debian)
    dev = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    variables = {
        key: value.replace("${containerWorkspaceFolder}", CLONE)
        for key, value in dev["containerEnv"].items()
    }
    step(debian, "dev container: onCreateCommand", dev["onCreateCommand"], **variables)
    step(debian, "dev container: chapter 00", CHAPTER, **variables)
    fresh_clone(debian)
    step(debian, "Binder: postBuild", ".binder/postBuild")
    step(debian, "Binder: chapter 00", f".binder/start bash -c '{CHAPTER}'")
    return 0


if __name__ == "__main__":
    sys.exit(main())
