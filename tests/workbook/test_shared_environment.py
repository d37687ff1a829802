"""One environment for many learners: each one's work lies with the learner."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from lib.config import Settings, sqlite_url
from lib.workbook.databases.checkpoints import prepare
from lib.workbook.databases.names import newest_revision
from tests.support.learners import Learner, class_of

OPEN = 'from lib.workbook import open_chapter; chapter = open_chapter("00"); chapter'
MAP = 'print(str(chapter.map()).split("Start here")[1].splitlines()[0])'
MARK = "chapter.db.execute([\"UPDATE airlines SET name = 'mine' WHERE carrier = 'AA'\"]); 1"
MARKED = "print(chapter.db.execute([\"SELECT name FROM airlines WHERE carrier = 'AA'\"]))"

Class = tuple[Path, list[Learner]]


@pytest.fixture(scope="module")
def january(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that chapters start from."""
    home = tmp_path_factory.mktemp("home")
    prepare(Settings(home, sqlite_url(home / "workbook.db")))
    return home / "chapters" / f"january-{newest_revision()}.db"


@pytest.fixture(scope="module")
def classroom() -> Iterator[Class]:
    """A teacher's clone with the environment, and two learners with a clone each."""
    with class_of("anna", "ben") as found:
        yield found


@pytest.fixture
def two(classroom: Class, january: Path) -> Class:
    """The class before anything was done in it; the learners' chapters are prepared."""
    teacher, learners = classroom
    shutil.rmtree(teacher / ".workbook", ignore_errors=True)
    for learner in learners:
        home = learner.course / ".workbook"
        shutil.rmtree(home, ignore_errors=True)
        (home / "chapters").mkdir(parents=True)
        shutil.copy(january, home / "chapters")
        learner.own(home)
    return teacher, learners


@pytest.mark.parametrize("whose", ["learner", "teacher"])
def test_two_users_of_one_environment_have_work_of_their_own(two: Class, whose: str) -> None:
    """Also where their kernels import the teacher's `lib`, as an image's may."""
    teacher, (anna, ben) = two
    env = {} if whose == "learner" else {"PYTHONPATH": str(teacher)}
    with ExitStack() as stack:
        hers, his = (stack.enter_context(each.kernel(env=env)) for each in (anna, ben))
        for learner, cell in ((anna, hers), (ben, his)):
            lib = learner.course if whose == "learner" else teacher
            assert cell("import lib; print(lib.__file__)").strip() == str(lib / "lib/__init__.py")
        assert "27,004 flights" in hers(OPEN)
        assert "correct" in hers('chapter.check("0.1", 27004)')
        hers(MARK)
        assert "27,004 flights" in his(OPEN)
        assert "1 of 3" in hers(MAP)
        assert "0 of 3" in his(MAP)
        assert "('mine',)" in hers(MARKED)  # his first cell has not replaced it
        assert "American" in his(MARKED)
    for learner in (anna, ben):
        made = {path.name for path in (learner.course / ".workbook" / "chapters").iterdir()}
        assert "ch00.db" in made
    assert (anna.course / ".workbook" / "progress.json").exists()
    assert not (ben.course / ".workbook" / "progress.json").exists()
    assert not (teacher / ".workbook").exists()


def test_run_py_of_a_learner_uses_the_environment_that_is_there(two: Class) -> None:
    _, (anna, _) = two
    with anna.kernel() as cell:
        cell(OPEN)
        cell('chapter.check("0.1", 27004)')
    code, said = anna.run("run.py", "reset", "00")
    assert (code, said.splitlines()[:2]) == (
        0,
        ["database ch00: removed", "chapter 00: progress in 1 tasks forgotten"],
    )
    assert not (anna.course / ".venv").exists()
    code, said = anna.run("run.py", "doctor")
    assert "not the one in .venv" in said and "packages, all as locked" in said, said
    assert not (anna.course / ".venv").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_a_folder_that_may_not_be_written_is_named_and_no_other_kernel_is_blamed(
    two: Class,
) -> None:
    teacher, (anna, _) = two
    shutil.copytree(anna.course / ".workbook", teacher / ".workbook")
    if anna.user is None and os.geteuid() == 0:
        # Root may write everywhere, and other users cannot run this Python.
        (teacher / ".workbook" / "chapters" / "ch00.db").mkdir()
    elif anna.user is None:
        (teacher / ".workbook" / "chapters").chmod(0o555)
    with anna.kernel(teacher / "notebooks") as cell:
        said = cell(OPEN)
    (teacher / ".workbook" / "chapters").chmod(0o755)
    assert said.startswith("PipelineError: The database of ch00 cannot be made in ")
    assert f"{teacher}/.workbook/chapters" in said and "WORKBOOK_DIR" in said
    assert "kernel holds it" not in said
