"""`reset`: puts one chapter, or everything, back to its start."""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime

from lib.config import ROOT, Settings
from lib.database import Database
from lib.database.schema import remove
from lib.errors import PipelineError
from lib.workbook.course.chapter import EMPTY
from lib.workbook.course.chapters import CHAPTERS, ChapterInfo, find_chapter
from lib.workbook.course.progress import Progress
from lib.workbook.databases import checkpoints

MADE_IN_CELLS = ("test_db",)  # by chapter 03, on a server


def reset(settings: Settings, number: str | None = None) -> list[str]:
    """Put a chapter, or with no number everything, back to its start; return what was done.

    Removes the databases that the workbook made and the progress. A notebook that was changed is
    put back as git has it; the changed one is kept in `.workbook/backups`.
    """
    chapters = CHAPTERS if number is None else (find_chapter(number),)
    done = []
    for info in chapters:
        own = f"ch{info.number}"
        beside = (f"{own}_{name}" for name in (*EMPTY, *MADE_IN_CELLS))
        made = checkpoints.remove(settings, own, *beside)
        done += [f"database {name}: removed" for name in made]
        forgotten = Progress(settings.home).forget([*info.exercises, *info.predictions])
        if forgotten:
            done.append(f"chapter {info.number}: progress in {forgotten} tasks forgotten")
        done += _restore(settings, info)
    if number is None:
        done += [
            f"database {name}: removed"
            for name in checkpoints.remove(settings, checkpoints.CHECKPOINT)
        ]
        done += _reset_base(settings)
    return done


def _reset_base(settings: Settings) -> list[str]:
    """Take our tables out of the workbook's own database; nothing else that may be in it."""
    with Database(settings.database_url) as db:
        db.prepare()
        if not remove(db):
            return []
        return [f"{db.url.render_as_string(hide_password=True)}: the workbook's tables removed"]


def _restore(settings: Settings, info: ChapterInfo) -> list[str]:
    """Put the notebook back as it was committed, and keep the learner's copy."""
    git = shutil.which("git")
    path = info.path.relative_to(ROOT).as_posix()
    if git is None or not (ROOT / ".git").exists() or not info.path.exists():
        return []

    def run(*words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([git, *words], cwd=ROOT, capture_output=True, check=False)

    if run("diff", "--quiet", "HEAD", "--", path).returncode != 1:
        return []
    committed = run("show", f"HEAD:{path}")
    if committed.returncode:
        raise PipelineError(f"git cannot show {path} as it was committed.", "Type: git status")
    backups = settings.home / "backups"
    backups.mkdir(parents=True, exist_ok=True)
    kept = backups / f"{info.path.stem}-{datetime.now():%Y%m%d-%H%M%S}.ipynb"
    shutil.copy2(info.path, kept)
    info.path.write_bytes(committed.stdout)
    return [f"notebook {info.path.name}: put back; yours is kept as {kept.name} in {backups}"]
