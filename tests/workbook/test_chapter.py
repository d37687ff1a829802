"""Opening chapters, checking answers, keeping progress, and putting everything back."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, inspect, select, text

from lib.config import ROOT, Settings
from lib.database import Database
from lib.errors import PipelineError
from lib.models import Airline, Flight
from lib.workbook import open_chapter
from lib.workbook.course import chapter as chapter_module
from lib.workbook.course import reset as reset_module
from lib.workbook.course.chapter import Chapter, Text, course_map
from lib.workbook.course.chapters import CHAPTERS, find_chapter
from lib.workbook.course.progress import Progress
from lib.workbook.course.reset import reset
from lib.workbook.databases import checkpoints
from lib.workbook.databases.names import not_made
from tests.support.classroom import settings_for


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("as SQLite says")
    error.sqlite_errorcode = code
    return error


@pytest.fixture(scope="module", params=["sqlite", "mysql"])
def settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    with ExitStack() as stack:
        url = request.getfixturevalue("mysql_url") if request.param == "mysql" else None
        home = tmp_path_factory.mktemp("home")
        yield stack.enter_context(settings_for(request.param, home, url))


@pytest.fixture
def chapter(settings: Settings) -> Iterator[Chapter]:
    opened = open_chapter("00", settings)
    yield opened
    chapter_module._open.pop("00", opened).close()


def flights(db: Database) -> int:
    with db.session_scope() as session:
        return session.scalar(select(func.count()).select_from(Flight)) or 0


def test_a_chapter_starts_with_january_and_says_so(chapter: Chapter) -> None:
    assert flights(chapter.db) == 27_004
    assert repr(chapter).endswith("January 2013, 27,004 flights.")


def test_opened_again_a_chapter_starts_again(chapter: Chapter, settings: Settings) -> None:
    chapter.db.execute(["DELETE FROM flights"])
    again = open_chapter("0", settings)
    assert flights(again.db) == 27_004


def test_what_a_cell_left_open_does_not_block_the_next_start(
    chapter: Chapter, settings: Settings
) -> None:
    left_open = chapter.db.engine.connect()
    left_open.execute(text("UPDATE airlines SET name = 'mine'"))
    again = open_chapter("00", settings)
    with again.db.session_scope() as session:
        names = session.scalars(select(Airline.name)).all()
    assert "mine" not in names
    left_open.invalidate()
    left_open.close()


def test_two_chapters_do_not_share_a_database(chapter: Chapter, settings: Settings) -> None:
    other = checkpoints.open_copy(settings, "other")
    other.execute(["DELETE FROM flights"])
    assert flights(chapter.db) == 27_004
    other.close()
    assert checkpoints.remove(settings, "other", "never_made") == ["other"]


def test_an_empty_database_is_one_beside_the_chapters_own_and_new_each_time(
    chapter: Chapter, settings: Settings
) -> None:
    empty = chapter.empty_database()
    empty.execute(["CREATE TABLE mine (id INTEGER)"])
    assert len(chapter.empty_database("walk").query("SELECT 1 AS one")) == 1
    connection = empty.engine.connect()  # left open, as by a cell
    connection.execute(text("SELECT * FROM mine"))
    again = chapter.empty_database()
    assert again.url == empty.url != chapter.db.url
    with pytest.raises(LookupError, match="scratch or walk or history or quiet, not 'mine'"):
        chapter.empty_database("mine")
    with again.engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    again.execute(["CREATE TABLE mine (id INTEGER)"])
    chapter.close()
    assert any("_scratch: removed" in line for line in reset(settings, "00"))
    assert not any("_scratch: removed" in line for line in reset(settings, "00"))


def test_a_copy_for_an_answer_has_the_first_days_of_what_has_days(settings: Settings) -> None:
    with checkpoints.throw_away(settings) as db:
        for table in ("flights", "weather"):
            days = db.execute([f"SELECT DISTINCT day FROM {table} ORDER BY day"])[0]
            assert [day for (day,) in days] == list(range(1, checkpoints.FIRST_DAYS + 1))
        planes = db.execute(["SELECT COUNT(*) FROM planes"])
        revision = db.execute(["SELECT version_num FROM alembic_version"])
    whole = checkpoints.open_copy(settings, "whole")
    assert flights(whole) == 27_004
    assert whole.execute(["SELECT COUNT(*) FROM planes"]) == planes
    assert whole.execute(["SELECT version_num FROM alembic_version"]) == revision
    whole.close()
    assert checkpoints.remove(settings, "whole") == ["whole"]


def test_another_kernel_that_holds_the_database_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.workbook.databases.names.LOCK_WAIT", 1)
    mine = checkpoints.open_copy(settings, "shared")
    with Database(mine.url) as theirs, theirs.engine.connect() as holder:
        holder.execute(text("UPDATE airlines SET name = 'mine'"))
        with pytest.raises(PipelineError, match="another kernel holds it"):
            checkpoints.open_copy(settings, "shared")
        holder.rollback()
    mine.close()
    checkpoints.remove(settings, "shared")


@pytest.mark.parametrize(
    ("cause", "fix"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "Free some space"),
        (OSError(errno.EROFS, "Read-only file system"), "set the variable WORKBOOK_DIR"),
        (sqlite_error(sqlite3.SQLITE_FULL), "Free some space"),
        (sqlite_error(sqlite3.SQLITE_READONLY | 4 << 8), "set the variable WORKBOOK_DIR"),
        (sqlite_error(sqlite3.SQLITE_IOERR), "doctor"),
    ],
)
def test_a_copy_that_cannot_be_made_says_what_the_system_said(
    tmp_path: Path, cause: Exception, fix: str
) -> None:
    error = not_made("ch05", tmp_path, cause)
    reason = getattr(cause, "strerror", None) or "as SQLite says"
    assert error.message == f"The database of ch05 cannot be made in {tmp_path} ({reason})."
    assert fix in error.fix and "Shut Down" not in error.fix


def test_a_file_that_cannot_be_opened_is_not_said_to_be_in_use(tmp_path: Path, few: Path) -> None:
    with settings_for("sqlite", tmp_path) as settings:
        checkpoints.prepare(settings)
        (tmp_path / "chapters" / "ch05.db").mkdir()
        with pytest.raises(PipelineError, match="ch05 cannot be made in") as raised:
            checkpoints.open_copy(settings, "ch05")
        assert "in use" not in raised.value.message
        shutil.rmtree(tmp_path / "chapters")
        (tmp_path / "chapters").touch()
        for make in (checkpoints.prepare, lambda each: checkpoints.open_empty(each, "ch05")):
            with pytest.raises(PipelineError, match="cannot be made in"):
                make(settings)


def test_a_chapter_that_does_not_exist_is_named_with_those_that_do(settings: Settings) -> None:
    with pytest.raises(LookupError, match="no chapter '99'. There are: 00"):
        open_chapter("99", settings)


UNKNOWN = ("0.4", "9.9", "0", "", "x" * 500, 0.4, None, ["0.1"], "<b>", "4.2")


@pytest.mark.parametrize("name", UNKNOWN, ids=lambda name: repr(name)[:8])
@pytest.mark.parametrize("call", ["check", "hint", "solution", "predict"])
def test_an_exercise_that_does_not_exist_is_a_card_with_those_that_do(
    chapter: Chapter, call: str, name: Any
) -> None:
    before = chapter.progress.path.read_bytes() if chapter.progress.path.exists() else b""
    card: Any = getattr(chapter, call)(name, *([1] if call in ("check", "predict") else []))
    assert card.state == "not there"
    html = card._repr_html_()
    for told in (repr(card), html):
        if call == "predict":
            assert "Chapter 00 has the predictions 00.a and 00.b." in told
        else:
            assert "Chapter 00 has the exercises 0.1, 0.2 and 0.3." in told
            assert ("4.2 belongs to chapter 04, 04_sessions.ipynb" in told) is (name == "4.2")
        assert len(told) < 1000
    assert "<b>" not in html
    after = chapter.progress.path.read_bytes() if chapter.progress.path.exists() else b""
    assert before == after


def test_what_the_card_says_to_type_can_be_typed(chapter: Chapter) -> None:
    for call in ("check", "hint", "solution", "predict"):
        told = repr(getattr(chapter, call)("9.9", *([1] if call in ("check", "predict") else [])))
        typed = told.partition("`")[2].partition("`")[0]
        eval(typed, {"chapter": chapter, "answer": ...})


def test_an_exercise_may_be_typed_as_a_number(chapter: Chapter) -> None:
    assert chapter.check(0.1, ...).state == "not attempted"  # type: ignore[arg-type]
    assert chapter.check(" 0.1 ", ...).state == "not attempted"


def test_the_notebooks_name_exercises_that_there_are() -> None:
    """A wrong number stops no notebook: what is asked for there is compared with the lists."""
    named = r'chapter\.(check|hint|solution|predict)\(\\?"([^"\\]*)'
    for info in CHAPTERS:
        source = info.path.read_text(encoding="utf-8")
        known = {*info.exercises, *info.predictions}
        found = {name for _, name in re.findall(named, source)}
        assert found <= known and set(info.exercises) <= found, (info.number, found - known)


def test_a_check_counts_in_the_progress_and_on_the_map(
    chapter: Chapter, settings: Settings
) -> None:
    progress = Progress(settings.home)
    progress.forget(["0.1"])
    assert chapter.check("0.1", ...).state == "not attempted"
    assert chapter.check("0.1", 5).state == "not yet"
    assert progress.done(["0.1"]) == 0
    assert chapter.check("0.1", 27_004).state == "correct"
    assert chapter.check("0.1", 5).state == "not yet"
    assert progress.exercises()["0.1"] == {"state": "correct", "attempts": 3}
    assert f"00  {'Start here':<24}" in repr(chapter.map())
    assert "1 of 3 solved" in repr(chapter.map()).splitlines()[0]
    assert 'value="1" max="3"' in chapter.map()._repr_html_()


LISTED = """
import sys
from lib.workbook import open_chapter
chapter = open_chapter("06")
opened = set(sys.modules)
repr(chapter.map()), chapter.map()._repr_html_()
heavy = ("pandas", "pyarrow", "alembic", "lib.workbook.exercises", "lib.workbook.predictions")
print([name for name in heavy if name in opened], sorted(set(sys.modules) - opened))
print(chapter.hint("6.1"))
chapter.close()
"""


def test_opening_imports_no_exercise_and_the_map_imports_nothing(settings: Settings) -> None:
    """Pandas, Alembic and the exercises take longer to import than all of the rest."""
    checkpoints.prepare(settings)
    url = settings.database_url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-c", LISTED],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url, "WORKBOOK_DIR": str(settings.home)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    first, hint, *_ = done.stdout.splitlines()
    assert first == "[] []"
    assert hint.startswith("Hint 1 of ")


def test_hints_come_one_after_the_other_and_the_last_one_stays(chapter: Chapter) -> None:
    shown = [repr(chapter.hint("0.1")) for _ in range(3)]
    assert [line[:11] for line in shown] == ["Hint 1 of 2", "Hint 2 of 2", "Hint 2 of 2"]
    assert "<p>Hint 2" in chapter.hint("0.1")._repr_html_()


def test_the_solution_is_code(chapter: Chapter) -> None:
    assert repr(chapter.solution("0.1")) == "flights = 27004"
    assert chapter.solution("0.1")._repr_html_() == "<pre>flights = 27004</pre>"
    assert Text("a < b", code=True)._repr_html_() == "<pre>a &lt; b</pre>"


@pytest.fixture
def notebooks_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep `reset` away from the notebooks of this checkout."""
    monkeypatch.setattr(reset_module, "_restore", lambda settings, info: [])


@pytest.mark.usefixtures("notebooks_stay")
def test_reset_of_one_chapter_leaves_the_others(settings: Settings) -> None:
    for number in ("00", "03"):
        open_chapter(number, settings)
        chapter_module._open.pop(number).db.close()
    progress = Progress(settings.home)
    progress.record("0.1", "correct")
    progress.record("3.1", "correct")
    done = reset(settings, "3")
    assert any("ch03" in line for line in done)
    assert progress.exercises().keys() >= {"0.1"}
    assert "3.1" not in progress.exercises()
    assert checkpoints.remove(settings, "ch03", "ch00") == ["ch00"]


@pytest.mark.usefixtures("notebooks_stay")
def test_reset_all_leaves_nothing_that_the_workbook_made_and_all_that_it_did_not(
    settings: Settings,
) -> None:
    open_chapter("00", settings)
    chapter_module._open.pop("00").db.close()
    with Database(settings.database_url) as db:
        from lib.database.schema import current, upgrade

        upgrade(db)
        db.execute(["CREATE TABLE mine (x INTEGER)", "INSERT INTO mine VALUES (1)"])
        done = reset(settings)
        assert current(db) is None
        assert db.execute(["SELECT x FROM mine"]) == [[(1,)]]
        db.execute(["DROP TABLE mine"])
    assert any("january" in line for line in done)
    assert checkpoints.remove(settings, "ch00", checkpoints.CHECKPOINT) == []
    assert Progress(settings.home).exercises() == {}
    assert not any("wb:" in line or "@" in line.partition("//")[0] for line in done)


def test_reset_puts_a_changed_notebook_back_and_keeps_the_learners(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = tmp_path / "clone"
    (clone / "notebooks").mkdir(parents=True)
    notebook = clone / "notebooks" / "00_start_here.ipynb"
    notebook.write_bytes(b"as it was\n")

    def git(*words: str) -> None:
        subprocess.run(["git", *words], cwd=clone, check=True, capture_output=True)

    git("init", "-q")
    git("config", "core.autocrlf", "false")
    git("add", ".")
    git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "first")
    monkeypatch.setattr(reset_module, "ROOT", clone)
    monkeypatch.setattr("lib.workbook.course.chapters.NOTEBOOKS", clone / "notebooks")
    with settings_for("sqlite", tmp_path / "home") as settings:
        assert reset(settings, "00") == []
        notebook.write_bytes(b"with my answers\n")
        (line,) = reset(settings, "00")
    assert notebook.read_bytes() == b"as it was\n"
    (kept,) = (tmp_path / "home" / "backups").iterdir()
    assert kept.read_bytes() == b"with my answers\n"
    assert kept.name in line


class Clone:
    """A learner's clone of a teacher's repository, and what is typed in both."""

    def __init__(self, top: Path) -> None:
        self.teacher, self.mine = top / "teacher", top / "mine"
        (self.teacher / "notebooks").mkdir(parents=True)
        (self.teacher / "notebooks" / self.name).write_bytes(b"one\n\n\n\nlast\n")
        (self.teacher / ".gitignore").write_text(".workbook/\n", encoding="utf-8")
        self.git(self.teacher, "init", "-q", "-b", "main")
        self.commit(self.teacher)
        self.git(top, "clone", "-q", str(self.teacher), str(self.mine))

    name = "00_start_here.ipynb"

    @property
    def notebook(self) -> Path:
        return self.mine / "notebooks" / self.name

    @staticmethod
    def git(folder: Path, *words: str) -> None:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "core.autocrlf=false"]
        subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)

    def commit(self, folder: Path) -> None:
        self.git(folder, "add", ".")
        self.git(folder, "commit", "-q", "-m", "change")

    def pull_as_nbgitpuller(self) -> None:
        """Do what nbgitpuller 1.3 does: commit what there is, and merge with its side first."""
        self.git(self.mine, "fetch", "-q")
        self.git(self.mine, "reset", "-q", "--mixed")
        self.git(self.mine, "commit", "-q", "-am", "Automatic commit", "--allow-empty")
        self.git(self.mine, "merge", "-q", "-Xours", "origin/main")


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    made = Clone(tmp_path)
    monkeypatch.setattr(reset_module, "ROOT", made.mine)
    monkeypatch.setattr("lib.workbook.course.chapters.NOTEBOOKS", made.mine / "notebooks")
    return made


def test_reset_puts_back_what_the_learner_has_committed(clone: Clone) -> None:
    clone.notebook.write_bytes(b"my answers\n")
    clone.commit(clone.mine)
    with settings_for("sqlite", clone.mine / ".workbook") as settings:
        (line,) = reset(settings, "00")
        assert "put back; yours is kept as" in line
        assert clone.notebook.read_bytes() == b"one\n\n\n\nlast\n"
        assert reset(settings, "00") == []


def test_reset_puts_back_what_an_update_has_merged_and_no_update_that_was_not(
    clone: Clone,
) -> None:
    clone.notebook.write_bytes(b"my answers\n\n\n\nlast\n")
    given = clone.teacher / "notebooks" / clone.name
    given.write_bytes(b"one\n\n\n\nlast, and better\n")
    clone.commit(clone.teacher)
    (clone.mine / ".workbook").mkdir()
    (clone.mine / ".workbook" / "progress.json").write_text("{}", encoding="utf-8")
    clone.pull_as_nbgitpuller()
    assert clone.notebook.read_bytes() == b"my answers\n\n\n\nlast, and better\n"
    assert (clone.mine / ".workbook" / "progress.json").read_text("utf-8") == "{}"
    given.write_bytes(b"for a newer lib\n")
    clone.commit(clone.teacher)
    clone.git(clone.mine, "fetch", "-q")
    with settings_for("sqlite", clone.mine / ".workbook") as settings:
        (line,) = reset(settings, "00")
    assert "put back" in line
    assert clone.notebook.read_bytes() == b"one\n\n\n\nlast, and better\n"


@pytest.mark.parametrize("how", ["deleted", "folder", "committed"])
def test_reset_puts_a_notebook_back_that_is_gone(clone: Clone, how: str) -> None:
    if how == "folder":
        shutil.rmtree(clone.notebook.parent)
    else:
        clone.notebook.unlink()
    if how == "committed":
        clone.commit(clone.mine)
    with settings_for("sqlite", clone.mine / ".workbook") as settings:
        assert reset(settings, "00") == [f"notebook {clone.name}: put back"]
    assert clone.notebook.read_bytes() == b"one\n\n\n\nlast\n"


def test_reset_says_what_git_says_when_it_refuses(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(clone.mine / ".git" / "objects")
    with settings_for("sqlite", clone.mine / ".workbook") as settings:
        with pytest.raises(PipelineError, match="git cannot show notebooks/00_start_here.ipynb"):
            reset(settings, "00")


def test_reset_says_that_nothing_can_put_a_notebook_back_without_git(clone: Clone) -> None:
    shutil.rmtree(clone.mine / ".git")
    clone.notebook.unlink()
    with settings_for("sqlite", clone.mine / ".workbook") as settings:
        (line,) = reset(settings, "00")
    assert "is gone, and there is no git" in line


def test_progress_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    progress = Progress(tmp_path)
    for broken in ("{", "[]", ""):
        progress.path.write_text(broken, encoding="utf-8")
        assert progress.load() == {"exercises": {}, "predictions": {}}
    progress.record("0.1", "not yet")
    assert progress.load()["exercises"] == {"0.1": {"state": "not yet", "attempts": 1}}


def test_the_map_counts_what_there_is(tmp_path: Path) -> None:
    with settings_for("sqlite", tmp_path) as settings:
        lines = course_map(settings).lines
    assert [line.number for line in lines] == [info.number for info in CHAPTERS]
    assert all(line.done == 0 and line.exercises >= 3 for line in lines)


def test_a_damaged_copy_and_a_half_made_checkpoint_are_made_anew(tmp_path: Path, few: Path) -> None:
    with settings_for("sqlite", tmp_path) as settings:
        db = checkpoints.open_copy(settings, "ch00")
        whole = flights(db)
        db.close()
        assert whole > 400
        (tmp_path / "chapters" / "ch00.db").write_bytes(b"no database" * 1000)
        db = checkpoints.open_copy(settings, "ch00")
        assert flights(db) == whole
        db.close()
        assert not list((tmp_path / "chapters").glob("draft-*"))


def test_a_checkpoint_of_an_older_schema_goes_when_a_new_one_is_made(
    tmp_path: Path, few: Path
) -> None:
    old = tmp_path / "chapters" / "january-0123456789ab.db"
    old.parent.mkdir()
    old.write_bytes(b"")
    with settings_for("sqlite", tmp_path) as settings:
        checkpoints.prepare(settings)
    (kept,) = old.parent.glob("january-*.db")
    assert kept != old


def test_a_user_who_may_not_make_databases_is_told_what_to_grant(mysql_url: str) -> None:
    import os

    from sqlalchemy.engine import make_url

    from tests.support.mysql_server import connect, fresh_database

    admin = os.environ.get("TEST_MYSQL_ADMIN_URL")
    if not admin:
        pytest.skip("TEST_MYSQL_ADMIN_URL is not set: this server's users are not ours to make")
    with fresh_database(mysql_url) as url:
        name = make_url(url).database
        with connect(admin) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE USER 'narrow'@'%' IDENTIFIED BY 'secret-word'")
            cursor.execute(f"GRANT ALL ON `{name}`.* TO 'narrow'@'%'")
        try:
            narrow: Any = make_url(url).set(username="narrow", password="secret-word")
            with pytest.raises(PipelineError, match="GRANT ALL ON") as caught:
                checkpoints.prepare(Settings(Path(), narrow))
            assert "secret-word" not in str(caught.value)
        finally:
            with connect(admin) as connection, connection.cursor() as cursor:
                cursor.execute("DROP USER 'narrow'@'%'")


def test_numbers_of_chapters_may_be_short() -> None:
    assert find_chapter("3") is find_chapter("03")
