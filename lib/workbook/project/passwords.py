"""Finds passwords in what git would take of a folder."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from lib.errors import PipelineError

MAX_BYTES = 1_000_000  # of a file that is searched; larger ones are data
IN_A_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s:/@'\"]*:([^\s@/'\"]+)@")
QUOTED = re.compile(r"(?i)\b\w*(?:password|passwd|secret|token)\w*\s*[:=]\s*([\"'])(.+?)\1")
PLAIN = re.compile(r"(?im)^\s*(?:export\s+)?\w*(?:password|passwd|secret|token)\w*\s*[:=]\s*(\S+)")
SETTINGS = (".env", ".yml", ".yaml", ".ini", ".cfg", ".toml", ".example", ".sh")
PLACEHOLDER = re.compile(
    r"(?i)(?:[\"']?)(?:(?:your|my|the)?[-_]?(?:password|passwd|secret)|[$<{%*.].*)"
)


def files_for_git(folder: Path) -> list[Path]:
    """Return the files that git has, or would take; raises PipelineError where git is not there."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        git = ["git", f"--git-dir={folder / '.git'}"]
        try:
            if not (folder / ".git").exists():
                git = ["git", f"--git-dir={scratch}"]
                subprocess.run(["git", "init", "-q", "--bare", scratch], check=True)
            done = subprocess.run(
                [*git, f"--work-tree={folder}", "ls-files", "-co", "--exclude-standard", "-z"],
                cwd=folder,
                capture_output=True,
                check=True,
            )
        except (OSError, subprocess.CalledProcessError) as error:
            raise PipelineError("git did not answer.", "Install git, as in chapter 02.") from error
    names = done.stdout.decode("utf-8", "replace").split("\0")
    return [folder / name for name in names if name and (folder / name).is_file()]


def passwords_in(folder: Path) -> list[str]:
    """Return where a password stands that git would take: "file, line 3"; never the password."""
    found = []
    for path in files_for_git(folder):
        name = path.relative_to(folder).as_posix()
        if path.name == ".env":
            found.append(name)
        elif not name.startswith("lib/") and path.stat().st_size <= MAX_BYTES:
            text = path.read_bytes().decode("utf-8", "replace")
            found += [f"{name}, line {line}" for line in _lines(path, text)]
    return found


def _lines(path: Path, text: str) -> list[int]:
    matches = [(found.start(1), found[1]) for found in IN_A_URL.finditer(text)]
    matches += [(found.start(2), found[2]) for found in QUOTED.finditer(text)]
    if path.name.endswith(SETTINGS):
        matches += [(found.start(1), found[1]) for found in PLAIN.finditer(text)]
    places = {start for start, word in matches if not PLACEHOLDER.fullmatch(word)}
    return sorted({text.count("\n", 0, start) + 1 for start in places})
