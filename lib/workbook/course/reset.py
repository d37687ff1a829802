"""`reset`: puts one chapter, or everything, back to its start."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime

from lib.config import ROOT, Settings
from lib.database import Database
from lib.database.schema import remove
from lib.errors import PipelineError
from lib.workbook.course.chapter import EMPTY
from lib.workbook.course.chapters import CHAPTERS, ChapterInfo, find_chapter
from lib.workbook.course.progress import Progress
from lib.workbook.databases import checkpoints

REPORT = "workbook-report.json"  # what was solved, to hand in
MADE_IN_CELLS = ("test_db",)  # by chapter 03, on a server


def reset(settings: Settings, number: str | None = None) -> list[str]:
    """Put a chapter, or with no number everything, back to its start; return what was done.

    Removes the databases that the workbook made and the progress; with no number the report, too. A notebook that was changed,
    committed or not, or that is gone, is put back as the clone's upstream branch gave it; the
    changed one is kept in `.workbook/backups`.
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
        if (report := settings.home / REPORT).exists():
            report.unlink()
            done.append(f"{REPORT}: removed")
    return done


def _reset_base(settings: Settings) -> list[str]:
    """Take our tables out of the workbook's own database; nothing else that may be in it."""
    with Database(settings.database_url) as db:
        db.prepare()
        if not remove(db):
            return []
        return [f"{db.url.render_as_string(hide_password=True)}: the workbook's tables removed"]


def _restore(settings: Settings, info: ChapterInfo) -> list[str]:
    """Put the notebook back as it was given to the learner, and keep the learner's copy."""
    git = shutil.which("git")
    path = info.path.relative_to(ROOT).as_posix()
    if git is None or not (ROOT / ".git").exists():
        if info.path.exists():
            return []
        return [f"notebook {info.path.name}: is gone, and there is no git that could put it back"]

    def run(*words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([git, *words], cwd=ROOT, capture_output=True, check=False)

    given = _given(run)
    changed = run("diff", "--quiet", given, "--", path)
    if changed.returncode == 0:
        return []
    original = run("show", f"{given}:{path}")
    if changed.returncode != 1 or original.returncode:
        # A clone that belongs to another user, say; git's own words name the way out.
        said = (original.stderr or changed.stderr).decode("utf-8", "replace").strip()
        raise PipelineError(f"git cannot show {path} as it was given:\n{said}", "Type: git status")
    kept = ""
    if info.path.exists():
        backups = settings.home / "backups"
        backups.mkdir(parents=True, exist_ok=True)
        backup = backups / f"{info.path.stem}-{datetime.now():%Y%m%d-%H%M%S}.ipynb"
        shutil.copy2(info.path, backup)
        kept = f"; yours is kept as {backup.name} in {backups}"
    info.path.parent.mkdir(exist_ok=True)
    info.path.write_bytes(original.stdout)
    return [f"notebook {info.path.name}: put back{kept}"]


def _given(run: Callable[..., subprocess.CompletedProcess[bytes]]) -> str:
    """Return the commit that the learner was given: the newest one that the upstream branch has.

    What learners commit, or a tool such as nbgitpuller commits for them before it merges, comes
    after it. What the upstream branch has and was not merged yet does not fit the rest of the
    clone. Without an upstream branch, it is the last commit.
    """
    common = run("merge-base", "HEAD", "@{upstream}")
    return common.stdout.decode("ascii").strip() if common.returncode == 0 else "HEAD"
