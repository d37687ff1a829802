"""The terminal of the chapters: real programs, the same output on every machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.config import ROOT
from lib.workbook import open_terminal
from lib.workbook.terminal import pyenv
from lib.workbook.terminal import terminal as shell
from lib.workbook.terminal.terminal import ShellError, Terminal
from lib.workbook.terminal.wheels import make_wheel

FAIL = [sys.executable, "-c", "import sys; print('as it says'); sys.exit(3)"]


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = open_terminal()
    yield made
    made.close()


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_prints_what_a_program_says(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    terminal(python("import sys; print('naïve ✓'); print('and this', file=sys.stderr)"))
    assert sorted(capsys.readouterr().out.splitlines()) == ["and this", "naïve ✓"]


def test_prints_nothing_when_nothing_is_said(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal(python("pass"))
    assert capsys.readouterr().out == ""


def test_a_failure_raises_and_names_the_command(terminal: Terminal) -> None:
    with pytest.raises(ShellError, match=r"sys.exit\(3\)` ended with exit code 3.\nas it says"):
        terminal(FAIL)


def test_a_failure_that_is_expected_is_shown(terminal: Terminal) -> None:
    assert terminal.read(FAIL, fails=True) == "as it says"


def test_a_failure_that_is_expected_and_does_not_come_raises(terminal: Terminal) -> None:
    with pytest.raises(ShellError, match="expects it to fail"):
        terminal(python("pass"), fails=True)


def test_a_long_command_is_cut_in_the_message(terminal: Terminal) -> None:
    with pytest.raises(ShellError) as caught:
        terminal(python("raise SystemExit(1)" + " " * 300))
    assert len(str(caught.value)) < 300


def test_a_command_that_does_not_end_is_ended(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell, "TIMEOUT", 0.2)
    with pytest.raises(ShellError, match="did not end"):
        terminal(python("import time; time.sleep(60)"))


def test_a_program_that_is_missing_is_told_in_a_sentence(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.variables["PATH"] = str(terminal.folder)
    terminal("git init", fails=True)
    terminal("no-such-program")
    said = capsys.readouterr().out.splitlines()
    assert "git is not on this machine" in said[0] and "git-scm.com" in said[0]
    assert "python run.py doctor" in said[1]


def test_a_commit_of_nothing_is_no_failure(terminal: Terminal) -> None:
    terminal("git init -q")
    terminal.write("a.txt", "one\n")
    for _again in range(2):
        terminal("git add a.txt")
        said = terminal.read('git commit -m "Begin"')
    assert "nothing to commit" in said


def test_git_reads_nobodys_settings_and_its_ids_are_not_shown(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mine = tmp_path / ".gitconfig"
    mine.write_text("[user]\n    name = Somebody Else\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(mine))
    monkeypatch.setenv("GIT_DIR", str(ROOT / ".git"))
    other = open_terminal()
    other("git init -q")
    other.write("a.txt", "one\n")
    other("git add a.txt")
    assert other.read('git commit -m "Begin"').splitlines()[0] == "[main] Begin"
    assert other.read("git log --format=%an") == "Ann Example"
    other.write("a.txt", "two\n")
    assert other.read("git diff").splitlines()[:3] == [
        "diff --git a/a.txt b/a.txt",
        "--- a/a.txt",
        "+++ b/a.txt",
    ]
    other.close()


def test_names_of_this_machine_are_replaced(terminal: Terminal) -> None:
    said = terminal.neutral(
        f"{terminal.folder}{os.sep}a{os.sep}b.txt, {terminal.folder.as_uri()}/c; "
        f"{sys.prefix} {terminal.folder}x Python {sys.version.split()[0]} "
        f"python3.{sys.version_info[1]}"
    )
    assert said.startswith("scratch/a/b.txt, scratch/c; workbook/.venv ")
    assert "scratchx " in said  # another folder, whose name only begins alike
    assert said.endswith("Python 3.x.y python3.x")


def test_paths_have_slashes_on_windows_too(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell, "WINDOWS", True)
    assert terminal.neutral(r"installed at .git\hooks\pre-commit") == (
        "installed at .git/hooks/pre-commit"
    )


def test_dates_in_a_diff_are_removed(terminal: Terminal) -> None:
    assert terminal.neutral("--- a.py\t2026-01-02 03:04:05.6+00:00") == "--- a.py"


def test_an_environment_is_entered_and_left(terminal: Terminal) -> None:
    who = 'python -c "import sys; print(sys.prefix)"'
    terminal("python -m venv --without-pip own")
    terminal.enter("own")
    assert terminal.read(who) == "scratch/own"
    terminal.leave()
    assert terminal.read(who) == "workbook/.venv"


def test_a_folder_that_is_no_environment_cannot_be_entered(terminal: Terminal) -> None:
    with pytest.raises(ShellError, match="no pyvenv.cfg"):
        terminal.enter("nowhere")


def test_a_program_in_the_folder_is_named_by_its_path(terminal: Terminal) -> None:
    assert terminal.which("./nothing") is None
    assert terminal.which(sys.executable) is not None


def test_writes_and_shows_files(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    terminal.write("deep/er/a.txt", "one\ntwo é\n")
    assert (terminal.folder / "deep/er/a.txt").read_bytes() == "one\ntwo é\n".encode()
    terminal.show("deep/er/a.txt")
    assert capsys.readouterr().out == "one\ntwo é\n"


def test_the_folder_goes_with_the_terminal() -> None:
    made = open_terminal()
    folder = made.folder
    assert "scratch" in repr(made) and str(folder) not in repr(made)
    assert folder.is_dir()
    made.close()
    assert not folder.exists()


def test_a_made_wheel_can_be_installed_with_what_it_needs(terminal: Terminal) -> None:
    shelf = terminal.folder / "shelf"
    make_wheel(shelf, "clock", "1.0", "def noon():\n    return 1200\n")
    make_wheel(shelf, "board", "2.1", "from clock import noon\nprint(noon())\n", ["clock>=1"])
    terminal("python -m venv --without-pip own")
    terminal.enter("own")
    terminal("uv pip install -q --no-index --find-links shelf board")
    assert terminal.read('python -c "import board"') == "1200"


@pytest.mark.parametrize("commands", list(pyenv.RECORDS), ids=" / ".join)
def test_the_record_of_pyenv_is_what_it_says(
    terminal: Terminal, commands: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first half compares the record with the real program wherever there is one."""
    real = pyenv.transcript(terminal, *commands)
    monkeypatch.setattr(pyenv, "_program", lambda: None)
    assert real == pyenv.transcript(terminal, *commands) == pyenv.RECORDS[commands]


def test_pyenv_is_looked_at_from_the_same_start_each_time(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pyenv, "_program", lambda: sys.executable)
    terminal.write("there/file.txt", "seen\n")
    for _again in range(2):
        pyenv.look(terminal, "-c print(1)", "cd ../there", "cat file.txt")
    once = "$ pyenv -c print(1)\n1\n$ cd ../there\n$ cat file.txt\nseen\n"
    assert capsys.readouterr().out == once * 2
    assert "PYENV_ROOT" not in terminal.variables
    assert [path.name for path in terminal.folder.iterdir()] == ["there"]


def test_commands_of_pyenv_without_a_record_are_told(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pyenv, "_program", lambda: None)
    assert "no record" in pyenv.transcript(terminal, "doctor")
    assert "Installed Python-3.12.9" in pyenv.transcript(terminal, "install 3.12.9")


def test_pyenv_of_windows_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyenv, "WINDOWS", True)
    assert pyenv._program() is None
