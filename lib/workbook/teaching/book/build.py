"""The book is built by Sphinx, in an environment of its own, which is made once.

What Sphinx needs would be 170 MB more for each learner, of which a learner needs nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from lib.errors import PipelineError
from lib.workbook.teaching.book.source import write_source

LOCK = Path(__file__).with_name("requirements.txt")
VIEWS = ("learner", "teacher")
TITLE = "The pipeline workbook"


def build(home: Path, out: Path, *, repository: str = "") -> Path:
    """Build both views of the book: the learner's in `out`, the teacher's in `out`/teacher.

    Environment, source and log lie in `home`/book. Returns the first page. Raises PipelineError
    when the environment cannot be made, or a page cannot be built: a broken link is an error.
    """
    work = home / "book"
    python = environment(work)
    for view in VIEWS:
        source = work / view
        read = work / f"{view}-read"  # what Sphinx keeps of pages that it has read
        if write_source(source, teacher=view == "teacher", repository=repository):
            shutil.rmtree(read, ignore_errors=True)
        target = out if view == "learner" else out / view
        command = [str(python), "-I", "-m", "sphinx", "--quiet", "--fail-on-warning"]
        command += ["--jobs", "auto", "--doctree-dir", str(read)]
        command += ["--define", f"project={TITLE}", "--define", "language=en"]
        command += ["--define", f"html_title={TITLE}", "--html-define", f"view={view}"]
        command += ["--html-define", f"repository={repository}"]
        command += [str(source), str(target)]
        try:
            _run(command, work / "build.log", "The book was not built.")
        except PipelineError:
            shutil.rmtree(read, ignore_errors=True)  # it may hold links that lead nowhere
            raise
    (out / ".nojekyll").write_bytes(b"")  # GitHub Pages would leave out folders that begin with _
    return out / "index.html"


def environment(work: Path) -> Path:
    """Return the Python that has Sphinx; make its environment where it is missing or older.

    Raises PipelineError when that fails.
    """
    folder = work / ".venv"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "book-lock.txt"
    lock = LOCK.read_text(encoding="utf-8") + f"# Python {sys.version}, in {folder}\n"
    if python.is_file() and stamp.is_file() and stamp.read_text(encoding="utf-8") == lock:
        return python
    print("Making the book's environment, once: 170 MB, in a minute or in several ...", flush=True)
    work.mkdir(parents=True, exist_ok=True)
    venv.create(folder, clear=True, symlinks=os.name != "nt")
    command = [sys.executable, "-m", "pip", "--python", str(python), "install"]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    failed = "The packages of the book could not be installed."
    _run([*command, "--require-hashes", "--requirement", str(LOCK)], work / "install.log", failed)
    stamp.write_text(lock, encoding="utf-8")
    return python


def _run(command: list[str], log: Path, failed: str) -> None:
    """Run a command, its output in the log. Raises PipelineError with its first error."""
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        # Sphinx ends at once where the user's language is not installed (sphinx/cmd/build.py).
        env=os.environ | {"PYTHONUTF8": "1", "LC_ALL": "C"},
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    output = re.sub(r"://[^\s/]*@", "://***@", done.stdout)
    log.write_text(output, encoding="utf-8")
    if done.returncode != 0:
        lines = output.splitlines() or ["It printed nothing."]
        said = next(
            (line for line in lines if re.search("(ERROR|WARNING|Error): ", line)), lines[-1]
        )
        raise PipelineError(
            f"{failed} {said}", f"Read {log}; mend it, then type the same command again."
        )
