"""The core in a project: copied byte for byte, with its origin, and replaced where untouched."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from lib.config import ROOT
from lib.errors import PipelineError

LIB = Path(__file__).resolve().parent.parent
CORE = ("__init__.py", "errors.py", "config.py", "database", "source", "load", "feeds")


def core_files() -> list[Path]:
    """Return the modules of the core, relative to lib."""
    found = [path for name in CORE for path in [LIB / name, *(LIB / name).rglob("*.py")]]
    return sorted({path.relative_to(LIB) for path in found if path.is_file()})


def copy_core(target: Path) -> None:
    """Copy the core into a folder, and write there where it comes from."""
    lines = [f"commit {_commit()}"]
    for path in core_files():
        place = target / path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(LIB / path, place)
        lines.append(f"{_digest(place)}  {path.as_posix()}")
    (target / "ORIGIN").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def changed_files(target: Path) -> list[str]:
    """Return the files of a copied core that are not as they were copied.

    Raises PipelineError where there is no such copy.
    """
    origin = target / "ORIGIN"
    if not origin.is_file():
        raise PipelineError(f"{target} has no ORIGIN: no core was copied there.", "Make a project.")
    pairs = [line.split("  ", 1) for line in origin.read_text(encoding="utf-8").splitlines()[1:]]
    known = {name: digest for digest, name in pairs}
    there = {path.relative_to(target).as_posix() for path in target.rglob("*.py")}
    return sorted(
        {name for name, digest in known.items() if _digest(target / name) != digest}
        | (there - known.keys())
    )


def update_core(target: Path) -> None:
    """Replace a core that nobody has changed; raises PipelineError where somebody has."""
    changed = changed_files(target)
    if changed:
        raise PipelineError(
            f"In {target}, these are not as they were copied: {', '.join(changed)}.",
            "Move your changes out of the core, then update it.",
        )
    shutil.rmtree(target)
    copy_core(target)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _commit() -> str:
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
        )
    except OSError:
        return "unknown"
    return done.stdout.strip() or "unknown"
