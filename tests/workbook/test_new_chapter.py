"""`run.py new-chapter`: in a copy of the project, whose own tests take the new chapter at once."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from lib.config import ROOT
from lib.errors import PipelineError
from lib.workbook.authoring import new_chapter
from lib.workbook.authoring.skeleton import Skeleton
from lib.workbook.cli import main
from lib.workbook.course.chapters import CHAPTERS

NEXT = f"{int(CHAPTERS[-1].number) + 1:02}"
COPIED = (
    "lib notebooks migrations tests data .github README.md CHANGELOG.md CONTRIBUTING.md "
    "pyproject.toml .flake8 alembic.ini run.py requirements.txt requirements-dev.txt "
    "streamlit_app.py docker-compose.yml .env.example .pre-commit-config.yaml .streamlit findings"
).split()
# As if the chapters there are had been measured: then the new one alone is.
MEASURED = """
from lib.workbook.course.chapters import CHAPTERS
from lib.workbook.teaching.guide import GUIDE, Cost, render

GUIDE.write_text(render({info.number: Cost(1, 1) for info in CHAPTERS}), encoding="utf-8")
"""
# What a skeleton leaves to its author: a chapter has three exercises or more, and as many aims.
LEFT_TO_THE_AUTHOR = {
    "test_a_chapter_has_three_to_six_exercises_and_the_notebook_has_the_same",
    "test_each_chapter_has_all_that_a_teacher_needs",
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, without its environment and its history."""
    root = tmp_path_factory.mktemp("copy") / "the workbook"
    root.mkdir()
    for name in COPIED:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
            shutil.copytree(ROOT / name, root / name, ignore=ignored)
        else:
            shutil.copy2(ROOT / name, root / name)
    return root


def run(root: Path, *words: str, environment: Mapping[str, str] | None = None) -> str:
    """Run Python in the copy, whose lib comes before the project's; return what it printed."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    ours |= {"PYTHONPATH": str(root), "WORKBOOK_DIR": str(root / ".workbook")}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=root,
        env={**ours, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return f"{done.stdout}\nexit code {done.returncode}"


def test_the_harness_takes_the_skeleton_at_once(copy: Path) -> None:
    before = {path: path.read_bytes() for path in (ROOT / "notebooks").iterdir() if path.is_file()}
    assert run(copy, "-c", MEASURED).endswith("exit code 0")
    said = run(copy, "-m", "lib.workbook.cli", "new-chapter", NEXT, "late_rows")
    assert said.endswith("exit code 0"), said
    assert "All claims hold." in said and "Written: notebooks/instructor_guide.md" in said
    number = int(NEXT)
    made = [copy / "notebooks" / f"{NEXT}_late_rows.ipynb"]
    made += [copy / f"lib/workbook/exercises/ch{NEXT}/ex{number}_1_flights_of.py"]
    made += [copy / f"lib/workbook/exercises/ch{NEXT}/__init__.py"]
    made += [copy / f"lib/workbook/predictions/ch{NEXT}.py"]
    made += [copy / "lib/workbook/course/chapters.py", copy / "lib/workbook/teaching/plans.py"]
    assert all(path.relative_to(copy).as_posix() in said for path in made)

    # What is asked of each chapter, on each database at hand.
    tests = ("notebooks", "exercises", "predictions", "guide")
    files = [f"tests/workbook/test_{name}.py" for name in tests]
    chosen = f"{NEXT} or fresh"
    answer = run(copy, "-m", "pytest", "-n0", "-q", "-rf", "--tb=line", *files, "-k", chosen)
    failed = set(re.findall(r"^FAILED \S+::(\w+)", answer, re.MULTILINE))
    assert failed == LEFT_TO_THE_AUTHOR, answer
    assert int(re.findall(r"(\d+) passed", answer)[0]) > 30, answer
    for tool in (["black", "--check", "-q"], ["isort", "--check-only", "-q"], ["flake8"]):
        code = [path for path in made if path.suffix == ".py"]
        assert run(copy, "-m", *tool, *map(str, code)).endswith("exit code 0"), tool
    after = {path: path.read_bytes() for path in (ROOT / "notebooks").iterdir() if path.is_file()}
    assert after == before, "the project itself was changed"


@pytest.mark.parametrize(
    ("number", "topic", "said"),
    [
        ("04", "late_rows", f"The next chapter is {NEXT}"),
        ("99", "late_rows", f"The next chapter is {NEXT}"),
        ("x", "late_rows", f"The next chapter is {NEXT}"),
        (NEXT, "Late rows", "is no topic"),
        (NEXT, "late_", "is no topic"),
        (NEXT, "../late", "is no topic"),
    ],
)
def test_what_cannot_be_made_is_told_and_nothing_is_written(
    number: str,
    topic: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something is written")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert main(["new-chapter", number, topic]) == 1
    err = capsys.readouterr().err
    assert said in err and "Type: python run.py new-chapter" in err


def files_below(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def small_copy(root: Path) -> Skeleton:
    """Make a folder with the files that name each chapter, and nothing else."""
    for name in (
        "lib/workbook/course/chapters.py",
        "lib/workbook/teaching/plans.py",
        "README.md",
        ".github/ISSUE_TEMPLATE/problem.yml",
        f"notebooks/{CHAPTERS[-1].path.name}",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, root / name)
    return Skeleton(NEXT, "late_rows", root)


def test_a_chapter_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    skeleton = small_copy(tmp_path)
    new_chapter.write(skeleton)
    there = files_below(tmp_path)
    with pytest.raises(PipelineError, match="already"):
        new_chapter.write(skeleton)
    assert files_below(tmp_path) == there


@pytest.mark.parametrize(
    "name", ["README.md", "lib/workbook/course/chapters.py", f"notebooks/{CHAPTERS[-1].path.name}"]
)
def test_a_list_that_looks_otherwise_stops_it_before_anything_is_written(
    tmp_path: Path, name: str
) -> None:
    skeleton = small_copy(tmp_path)
    (tmp_path / name).write_text("something else\n", encoding="utf-8")
    there = files_below(tmp_path)
    with pytest.raises(PipelineError, match="does not look as") as caught:
        new_chapter.write(skeleton)
    assert name in str(caught.value)
    assert files_below(tmp_path) == there
