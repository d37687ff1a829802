"""What is typed wrongly is told at once: before an environment is made, or a package imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lib.config import ROOT
from lib.workbook.cli import main, refuse

# Of the standard library alone: -S hides what is installed.
ASK = "import sys; sys.path.insert(0, {!r}); from lib.workbook.cli import refuse; "
ASK += "print('code', refuse(sys.argv[1:])); print([name for name in sys.modules if name in "
ASK += "('sqlalchemy', 'dotenv', 'pandas', 'pyarrow', 'nbformat', 'tqdm')])"

# What is typed in a folder with a file there.csv, a folder full with something in it, an empty one
# called empty; the exit code; and what is told.
WRONG: dict[str, tuple[int, str]] = {
    "check missing.csv": (1, "missing.csv is not there"),
    "check there.csv missing.csv": (1, "missing.csv is not there"),
    "check full": (1, "full is a folder"),
    "check": (2, "FILE"),
    "check there.csv --nosuch": (2, "--nosuch"),
    "new full --from there.csv": (1, "full is there, and not empty"),
    "new there.csv --from there.csv": (1, "there.csv is a file"),
    "new mine --from missing.csv": (1, "missing.csv is not there"),
    "new mine --from there.csv full/there.csv": (1, "Two files have one name"),
    "new mine": (2, "--from"),
    "new empty --update": (1, "empty is no project"),
    "new full --update --key id": (2, "--key is for a new project"),
    "reset 77": (1, "There is no chapter '77'"),
    "slides 77": (1, "There is no chapter '77'"),
    "slides all": (1, "There is no chapter 'all'"),
    "handout 77": (1, "There is no chapter '77'"),
    "notebooks 03 77": (1, "There is no chapter 77"),
    "check-exercise 4.9": (2, "no exercise or chapter 4.9"),
    "report nowhere": (2, "no report, a file that ends in .json, in nowhere"),
    "report empty": (2, "no report, a file that ends in .json, in empty"),
    "report --chapters 04": (2, "name the FOLDER"),
    "report full --chapters 77": (2, "no chapter '77'"),
    "new-chapter 03 late_rows": (1, "The next chapter is"),
    "new-chapter 14 Late-Rows": (1, "is no topic"),
    "servers --server no_such_program": (1, "no_such_program is no program here"),
    "lab --port 70000": (2, "not a port"),
    "bench nothing": (2, "nothing"),
    "bench --rows many": (2, "is not like 1x"),
    "classroom --learners none": (2, "is not a number"),
    "pipeline --database-url nonsense": (1, "The database URL cannot be understood"),
    "pipeline --database-url mysql+pymysql://me:a@b@host/db": (1, "more than one @"),
}
RIGHT = (
    "check there.csv",
    "new mine --from there.csv",
    "new empty --from there.csv",
    "reset all",
    "handout all",
    "lab --no-browser",
    "doctor --database-url nonsense",  # which tells it among other faults
    "test no/such/test.py --nosuch",  # the words are pytest's
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the table above, in which the words are typed."""
    for name in ("full", "empty"):
        (tmp_path / name).mkdir()
    for path in (tmp_path / "there.csv", tmp_path / "full" / "there.csv"):
        path.write_text("id,name\n1,one\n", encoding="utf-8")
    (tmp_path / "full" / "a.json").write_text("{}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("words", WRONG)
def test_what_is_typed_wrongly_is_told_before_any_work(
    words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = WRONG[words]
    before = sorted(folder.rglob("*"))
    assert refuse(words.split()) == code
    out, err = capsys.readouterr()
    assert told in err and out == ""
    assert main(words.split()) == code
    assert told in capsys.readouterr().err
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("words", RIGHT)
def test_what_can_be_meant_is_not_refused(
    words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refuse(words.split()) is None
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("check missing.csv", 1),
        ("new full --from there.csv", 1),
        ("check-exercise 4.9", 2),
        ("new-chapter 03 late_rows", 1),
        ("pipeline --database-url nonsense", 1),
        ("check --help", 0),
        ("check there.csv", None),
        ("lab", None),
    ],
)
def test_it_needs_nothing_that_is_installed(words: str, code: int | None, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", ASK.format(str(ROOT)), *words.split()],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | {"DATABASE_URL": ""},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == [f"code {code}", "[]"], done.stderr


def test_a_path_is_relative_to_the_folder_in_which_it_was_typed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORKBOOK_TYPED_IN", str(folder))
    monkeypatch.chdir(ROOT)  # where run.py works
    assert main(["check", "there.csv"]) == 0
    assert "there.csv: 1 row, 2 columns" in capsys.readouterr().out
    assert "WORKBOOK_TYPED_IN" not in os.environ  # what is started from here has its own folder
    monkeypatch.setenv("WORKBOOK_TYPED_IN", str(folder))
    assert main(["check", "missing.csv"]) == 1
    assert str(folder / "missing.csv") in capsys.readouterr().err
