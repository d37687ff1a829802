"""run.py: from a fresh clone to an environment, and what it says when that cannot be."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import tomllib
import venv
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lib.workbook.cli import build_parser
from lib.workbook.steps import VARIABLE
from lib.workbook.terminal.wheels import make_wheel
from tests.support.index import index

ROOT = Path(__file__).resolve().parents[2]
SHA = "    --hash=sha256:" + 64 * "0"
LOCK = f"uv==0.13.9 \\\n{SHA} \\\n{SHA}\n    # via us\n"
LOCK += f"alembic==1.0 ; sys_platform == 'darwin' \\\n{SHA}\n"
AUTHORS_LOCK = f"mypy==2.4 \\\n{SHA}\nalembic==1.0 ; sys_platform == 'darwin' \\\n{SHA}\n"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """run.py as a module, anew."""
    monkeypatch.setenv(VARIABLE, "")  # and put back, whatever is handed on
    monkeypatch.setattr(sys, "path", [*sys.path])
    spec = importlib.util.spec_from_file_location("run_py", ROOT / "run.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project(run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in a folder with spaces, in which run.py works and hands on to nothing."""
    root = tmp_path / "my wörk book"
    (root / "lib").mkdir(parents=True)
    (root / "lib" / "__init__.py").touch()
    (root / "requirements.txt").write_text(LOCK, encoding="utf-8")
    (root / "requirements-dev.txt").write_text(AUTHORS_LOCK, encoding="utf-8")
    monkeypatch.setattr(run, "ROOT", str(root))
    # The Python of these tests has what the real lock asks for, and some of this one.
    monkeypatch.setattr(run, "compare_with_lock", lambda *_: (2, {"uv": None}))
    monkeypatch.setattr(run, "hand_on", lambda _root, arguments: len(arguments) + 40)
    return root


class Installer:
    """Stands for venv, pip and uv: makes a real environment, without pip, and installs nothing."""

    def __init__(self, run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        self.commands: list[str] = []
        self.fail: dict[str, str] = {}  # part of a command: what it writes to the log
        self.stop: str | None = None
        monkeypatch.setattr(run, "_call", self)
        monkeypatch.setattr(run, "_pip_works", lambda root: True)
        monkeypatch.setattr(run, "_index_of_pip", lambda pip: {})

    def __call__(self, command: list[str], log: str, env: dict[str, str]) -> tuple[int, str]:
        line = " ".join(command[1:])
        self.commands.append(line)
        if self.stop and self.stop in line:
            raise KeyboardInterrupt
        for part, text in self.fail.items():
            if part in line:
                with open(log, "a", encoding="utf-8") as stream:
                    stream.write(text)
                return 1, text
        if "-m venv" in line:
            venv.create(command[-1], with_pip=False, symlinks=os.name != "nt")
        return 0, ""

    def made(self) -> bool:
        """Tell whether an environment was made since the last question."""
        made = any("-m venv" in command for command in self.commands)
        self.commands.clear()
        return made


@pytest.fixture
def installer(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Installer:
    return Installer(run, monkeypatch)


# --- Used wrongly ---------------------------------------------------------------------------


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["lob"], 2), (["--help"], 0)])
def test_the_table_of_commands_needs_no_environment(
    run: ModuleType,
    project: Path,
    arguments: list[str],
    code: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run.main(arguments) == code
    out, err = capsys.readouterr()
    assert "  lab " in (err if code else out)
    assert not (project / ".venv").exists()


def test_help_of_a_command_makes_no_environment(run: ModuleType, project: Path) -> None:
    assert run.main(["lab", "--help"]) == 0
    assert not (project / ".venv").exists()


def test_knows_the_same_commands_as_the_parser_behind_it(run: ModuleType) -> None:
    verbs = next(iter(build_parser()._subparsers._group_actions))
    assert [name for name, _ in run.VERBS] == list(verbs.choices or ())


# --- Python ---------------------------------------------------------------------------------


def old_pythons() -> list[str]:
    """Return the old Pythons of this machine: in the PATH, or where pyenv keeps them."""
    names = ["python2.7", "python3.6", "python3.8", "python3.10"]
    found = [path for name in names if (path := shutil.which(name))]
    kept = Path.home() / ".pyenv" / "versions"
    for name in names:
        found += map(str, kept.glob(f"{name.removeprefix('python')}.*/bin/python"))
    return found


def test_an_old_python_gets_a_sentence_and_no_syntax_error() -> None:
    text = (ROOT / "run.py").read_text(encoding="utf-8")
    text.encode("ascii")  # Python 2 reads nothing else unless told to
    ast.parse(text, feature_version=(3, 5))
    for python in old_pythons():
        asked = subprocess.run([python, "--version"], capture_output=True, text=True)
        if asked.returncode != 0:
            continue  # pyenv's placeholder for a version that is not switched on
        done = subprocess.run([python, "run.py", "lab"], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 1, python
        assert "The workbook needs Python 3.11 to 3.15." in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("platform", "typed"),
    [("linux", "apt install"), ("darwin", "brew install"), ("win32", "winget install")],
)
@pytest.mark.parametrize("version", [(3, 10, 13), (3, 16, 0), (2, 7, 18)])
def test_says_which_python_was_found_and_what_to_type(
    run: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    typed: str,
    version: tuple[int, ...],
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(run.Stop) as stop:
        run.check_python(version, platform, ["test", "-x"])
    assert f"This is Python {'.'.join(map(str, version))}." in str(stop.value)
    assert typed in str(stop.value)
    assert "run.py test" in str(stop.value)


def test_names_a_newer_python_that_is_there(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "python3.12").touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(run.Stop, match=r"a newer one here. Type: python3\.12 run\.py lab"):
        run.check_python((3, 6, 15), "linux", [])
    with pytest.raises(run.Stop, match=r"an older one here. Type: python3\.12 run\.py lab"):
        run.check_python((3, 99, 0), "linux", [])


def test_names_the_newest_python_that_fits_where_this_one_is_too_new(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(run.Stop) as stop:
        run.check_python((3, 99, 0), "linux", ["lab"])
    newest = "python{}.{}".format(*run.NEWEST)
    assert f"apt install {newest} {newest}-venv" in str(stop.value)
    assert str(stop.value).endswith(f"then: {newest} run.py lab")


def test_fits_the_same_pythons_as_the_project_says(run: ModuleType) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    newest = run.NEWEST[1]
    assert run.OLDEST == (3, 11)
    assert project["requires-python"] == f">=3.{run.OLDEST[1]},<3.{newest + 1}"
    assert f"Python 3.{run.OLDEST[1]} to 3.{newest}" in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("minor", [11, 12, 13, 14, 15])
def test_accepts_the_supported_pythons(run: ModuleType, minor: int) -> None:
    run.check_python((3, minor, 0), "linux", [])


def test_says_what_to_install_when_the_module_venv_is_missing(
    run: ModuleType,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(run, "has_module", lambda name: name != "ensurepip")
    assert run.main(["lab"]) == 1
    assert "sudo apt install python3-venv" in capsys.readouterr().err
    assert not (project / ".venv").exists()


# --- Making the environment -----------------------------------------------------------------


def test_makes_the_environment_once_then_goes_straight_on(
    run: ModuleType, project: Path, installer: Installer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main(["lab", "--port", "1"]) == 43
    out, err = capsys.readouterr()
    assert "Installing 2 packages" in out and not err
    told = [line for line in out.splitlines() if line.startswith("Step ")]
    # Two more are those of the data: what goes on counts on.
    assert [line[:12] for line in told] == ["Step 1 of 5:", "Step 2 of 5:", "Step 3 of 5:"]
    assert len(out.splitlines()) <= 5
    assert os.environ[VARIABLE].startswith("3 5 ")
    assert installer.made()
    start = time.monotonic()
    assert run.main(["lab"]) == 41
    assert time.monotonic() - start < 1
    assert installer.commands == []
    assert capsys.readouterr() == ("", "")


def test_doctor_says_first_that_it_makes_the_environment(
    run: ModuleType, project: Path, installer: Installer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main(["doctor"]) == 41
    first, *others = capsys.readouterr().out.splitlines()
    assert first == (
        "doctor looks into the environment. There is none yet, so it makes it first, in .venv."
    )
    assert "Step 3 of 3: Installing 2 packages" in "\n".join(others)
    assert os.environ[VARIABLE] == ""  # it loads nothing: no step follows
    assert "makes .venv if it is missing" in run.usage()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["check", "no such file.csv"], 1, "no such file.csv is not there"),
        (["lab", "--prot", "1"], 2, "--prot"),
        (["reset", "77"], 1, "There is no chapter '77'"),
        (["check", "--help"], 0, "CSV, JSON lines, Parquet"),
    ],
)
def test_a_typing_error_makes_no_environment(
    run: ModuleType,
    project: Path,
    installer: Installer,
    words: list[str],
    code: int,
    told: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run.main(words) == code
    assert told in "".join(capsys.readouterr())
    assert installer.commands == [] and not (project / ".venv").exists()


def test_the_environment_imports_lib_in_any_folder(
    run: ModuleType, project: Path, installer: Installer, tmp_path: Path
) -> None:
    run.main(["lab"])
    (path_file,) = (project / ".venv").rglob("workbook*.pth")
    assert str(tmp_path) not in path_file.read_text(encoding="ascii")
    code = "import lib; print(ascii(lib.__file__))"
    out = subprocess.check_output([run.venv_python(str(project)), "-c", code], cwd=tmp_path)
    found = Path(ast.literal_eval(out.decode("ascii")))
    assert found.samefile(project / "lib" / "__init__.py")


def test_line_ends_of_the_lock_do_not_count(run: ModuleType, project: Path) -> None:
    before = run.wanted_stamp(str(project))
    (project / "requirements.txt").write_bytes(LOCK.replace("\n", "\r\n").encode())
    assert run.wanted_stamp(str(project)) == before


def test_a_new_lock_is_installed_into_the_same_environment(
    run: ModuleType, project: Path, installer: Installer
) -> None:
    run.main(["lab"])
    installer.made()
    (project / "requirements.txt").write_text(LOCK + "x==1\n", encoding="utf-8")
    assert not run.is_ready(str(project))
    assert run.main(["lab"]) == 41
    assert any("uv pip sync" in command for command in installer.commands)
    assert not installer.made()


def _without_stamp(project: Path) -> None:
    (project / ".venv" / "workbook-setup.json").unlink()


def _damaged_stamp(project: Path) -> None:
    (project / ".venv" / "workbook-setup.json").write_text("[", encoding="utf-8")


def _without_python(project: Path) -> None:
    folder = project / ".venv" / ("Scripts" if os.name == "nt" else "bin")
    for path in folder.glob("python*"):
        path.unlink()


def _elsewhere(project: Path) -> None:
    path = project / ".venv" / "workbook-setup.json"
    path.write_text(path.read_text(encoding="utf-8").replace("book", "boot"), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "anew"),
    [
        (_without_stamp, False),
        (_damaged_stamp, False),
        (_without_python, True),
        (_elsewhere, True),
    ],
)
def test_repairs_what_was_half_made_damaged_or_moved(
    run: ModuleType,
    project: Path,
    installer: Installer,
    damage: Callable[[Path], None],
    anew: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run.main(["lab"])
    installer.made()
    damage(project)
    assert run.main(["lab"]) == 41
    assert installer.made() is anew
    assert run.is_ready(str(project))
    assert ("Making it again" in capsys.readouterr().out) is anew


def test_an_environment_whose_pip_was_never_finished_is_made_anew(
    run: ModuleType, project: Path, installer: Installer, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.main(["lab"])
    installer.made()
    _without_stamp(project)
    monkeypatch.undo()  # the real question to pip, which these environments do not have
    assert not run._pip_works(str(project))


def test_an_interrupted_set_up_leaves_no_stamp(
    run: ModuleType, project: Path, installer: Installer, capsys: pytest.CaptureFixture[str]
) -> None:
    installer.stop = "uv pip sync"
    assert run.main(["lab"]) == 130
    assert "Type the same command again" in capsys.readouterr().err
    assert not (project / ".venv" / "workbook-setup.json").exists()
    installer.stop = None
    assert run.main(["lab"]) == 41


def commands_of(installer: Installer) -> list[str]:
    """Return how packages were installed since the last question."""
    found = [command for command in installer.commands if "--require-hashes" in command]
    installer.commands.clear()
    return found


def test_a_learner_gets_the_learners_lock_and_authors_get_theirs_on_top(
    run: ModuleType, project: Path, installer: Installer, capsys: pytest.CaptureFixture[str]
) -> None:
    run.main(["lab"])
    uv, all_of_it = commands_of(installer)
    own = (project / ".workbook" / "setup-uv.txt").read_text(encoding="utf-8")
    assert own == f"uv==0.13.9 \\\n{SHA} \\\n{SHA}\n" and "setup-uv.txt" in uv
    assert all_of_it.endswith("requirements.txt") and "requirements-dev.txt" not in all_of_it
    assert "Installing 2 packages" in capsys.readouterr().out

    assert run.main(["test"]) == 41
    _, both = commands_of(installer)
    assert "requirements.txt" in both and both.endswith("requirements-dev.txt")
    out = capsys.readouterr().out
    assert "What authors and tests need" in out and "Installing 3 packages" in out

    for verb in ("test", "lab"):  # the one environment serves both
        run.main([verb])
        assert installer.commands == [] and capsys.readouterr().out == ""


def test_an_authors_environment_stays_one_when_a_lock_changes(
    run: ModuleType, project: Path, installer: Installer, capsys: pytest.CaptureFixture[str]
) -> None:
    run.main(["test"])
    commands_of(installer)
    (project / "requirements-dev.txt").write_text(AUTHORS_LOCK + "x==1\n", encoding="utf-8")
    run.main(["lab"])  # which needs nothing of it
    assert commands_of(installer) == []
    assert run.is_made(str(project)) and not run.is_made(str(project), True)
    (project / "requirements.txt").write_text(LOCK + "x==1\n", encoding="utf-8")
    capsys.readouterr()
    run.main(["lab"])
    assert commands_of(installer)[-1].endswith("requirements-dev.txt")
    assert "with requirements.txt and requirements-dev.txt" in capsys.readouterr().out
    run.main(["test"])
    assert commands_of(installer) == []


# Stands for uv in an environment that has no network: hands on to the real one of these tests.
UV = "import subprocess, sys\nsys.exit(subprocess.call([{!r}, '-m', 'uv', *sys.argv[1:]]))\n"


def test_only_the_files_of_the_lock_are_installed_and_nothing_else_stays(
    run: ModuleType, project: Path, bare: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The real venv, pip and uv; a folder stands for the index."""
    shelf = project / "shelf"
    wheels = {"uv": make_wheel(shelf, "uv", "0.1", UV.format(sys.executable))}
    wheels |= {name: make_wheel(shelf, name, "1.0", "") for name in ("clock", "board")}
    bare.setenv("PIP_FIND_LINKS", shelf.as_uri())  # pip splits at spaces
    for name in ("PIP_NO_INDEX", "UV_NO_INDEX"):
        bare.setenv(name, "1")
    bare.setenv("UV_CACHE_DIR", str(project / "cache"))

    def lab(*names: str, wrong: str = "") -> tuple[int, str]:
        lines = []
        for name in names:
            digest = hashlib.sha256(wheels[name].read_bytes()).hexdigest()
            lines.append(f"{name}=={'0.1' if name == 'uv' else '1.0'} \\")
            lines.append(SHA if name == wrong else f"    --hash=sha256:{digest}")
        (project / "requirements.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return run.main(["lab"]), capsys.readouterr().err

    def has(name: str) -> bool:
        return bool([*(project / ".venv").rglob(f"{name}.py")])

    for names, wrong in (
        (["uv", "clock"], "uv"),
        (["uv", "clock"], "clock"),
        (["clock"], "clock"),  # by pip
    ):
        code, said = lab(*names, wrong=wrong)
        assert code == 1 and "not the one of the lock: its hash is another one" in said
        assert "Install nothing from where it came." in said and not has(wrong)
        assert run.found_stamp(str(project)) == {}
    assert lab("uv", "clock", "board") == (41, "")
    assert has("clock") and has("board")
    assert lab("uv", "board") == (41, "")
    assert has("board") and not has("clock")
    assert run._pip_works(str(project))


def test_falls_back_to_pip_and_says_so(
    run: ModuleType, project: Path, installer: Installer, capsys: pytest.CaptureFixture[str]
) -> None:
    installer.fail["-m uv"] = "no such platform"
    assert run.main(["lab"]) == 41
    assert "trying pip" in capsys.readouterr().out
    assert installer.commands[-1].startswith("-m pip install")


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_does_not_touch_a_venv_that_it_did_not_make(
    run: ModuleType,
    project: Path,
    installer: Installer,
    kind: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    mine = project / ".venv" / "thesis.txt" if kind == "folder" else project / ".venv"
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("mine", encoding="utf-8")
    assert run.main(["lab"]) == 1
    assert "Rename it or remove it" in capsys.readouterr().err
    assert mine.read_text(encoding="utf-8") == "mine"
    assert installer.commands == []


def test_a_second_run_waits_for_the_first(
    run: ModuleType, project: Path, installer: Installer, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / ".workbook").mkdir()
    with open(project / ".workbook" / "setup.lock", "a+") as lock:
        assert run._locked(lock)
        second = threading.Thread(target=run.main, args=(["lab"],))
        second.start()
        time.sleep(0.7)
        assert second.is_alive()
        assert not (project / ".venv").exists()
    second.join(30)
    assert run.is_ready(str(project))
    assert capsys.readouterr().out.count("Another run.py is setting up") == 1


# --- What can go wrong outside --------------------------------------------------------------


def test_no_network_at_the_first_set_up(
    run: ModuleType,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # The real venv and the real pip, and an index at a port where nobody listens.
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("PIP_RETRIES", "1")
    for name in ("PIP_INDEX_URL", "UV_INDEX_URL"):
        monkeypatch.setenv(name, "http://me:s3cret@127.0.0.1:9/simple/")
    assert run.main(["lab"]) == 1
    out, err = capsys.readouterr()
    assert "No package index answers" in err
    assert ".workbook/setup.log" in err
    log = (project / ".workbook" / "setup.log").read_text(encoding="utf-8")
    assert "127.0.0.1" in log
    assert "s3cret" not in log + out + err
    assert run.found_stamp(str(project)) == {}


# What pip (23 and 26), uv (0.13) and ensurepip wrote, each in the situation that follows it.
NOTHING_FOUND = """\
ERROR: Could not find a version that satisfies the requirement uv==0.13.9 (from versions: none)
ERROR: No matching distribution found for uv==0.13.9
"""
RETRYING = (
    "WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) "
)
RETRYING += "after connection broken by "
LOGS = [
    (
        """\
warning: Failed to hardlink files; falling back to full copy.
         If this is intentional, set `export UV_LINK_MODE=copy` to suppress this warning.
error: Failed to install: pyarrow-26.0.1-cp311-cp311-manylinux_2_28_x86_64.whl (pyarrow==26.0.1)
  cause: Failed to copy to `/x/.venv/lib/python3.11/site-packages/pyarrow/libparquet.so.2600`
  cause: failed to copy file from /x/libparquet.so.2600 to /x/.tmp: No space left (os error 28)
""",
        "The disk is full.",
    ),
    (
        RETRYING + "'ReadTimeoutError(\"Read timed out. (read timeout=15)\")': /simple/uv/\n"
        "Installing collected packages: tzdata, pyarrow, pandas\n"
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n",
        "The disk is full.",
    ),
    (
        RETRYING + "'ReadTimeoutError(\"Read timed out. (read timeout=15)\")': /simple/uv/\n"
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n"
        "    uv==0.13.9 from x.whl:\n        Expected sha256 1\n             Got        2\n",
        "its hash is another one",  # and not the time-out, which passed
    ),
    ("error: failed to create directory: Permission denied (os error 13)\n", "may not be written"),
    (
        "ERROR: Could not install packages due to an OSError: [WinError 32] Der Prozess kann nicht "
        "auf die Datei zugreifen: 'uv.exe'\nCheck the permissions.\n",
        "another program uses it",
    ),
    (
        "ERROR: Could not install packages due to an OSError: [Errno 2] No such file or directory: "
        "'C:\\\\a\\\\x.js'\nHINT: This error might have occurred since this system does not have "
        "Windows Long Path support enabled.\n",
        "longer than this system allows",
    ),
    (
        "Could not fetch URL https://host/simple/uv/: There was a problem confirming the ssl "
        "certificate: HTTPSConnectionPool(host='host', port=443): Max retries exceeded with url: "
        "/simple/uv/ (Caused by SSLError(SSLCertVerificationError(1, '[SSL: "
        "CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in "
        "certificate chain (_ssl.c:992)'))) - skipping\n" + NOTHING_FOUND,
        "is not trusted here",
    ),
    (
        "error: Failed to fetch: https://host/simple/x/\n  cause: error sending request for "
        "url (https://host/simple/iniconfig/)\n  cause: client error (Connect)\n"
        "  cause: invalid peer certificate: UnknownIssuer\n\nhint: Consider enabling use of system "
        "TLS certificates with the `--system-certs` command-line flag\n",
        "is not trusted here",
    ),
    (
        "error: Failed to fetch: https://host/simple/iniconfig/\n  cause: client error (Connect)\n"
        "  cause: invalid peer certificate: Expired\n",
        "By this machine's clock",
    ),
    (
        RETRYING + "'SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] "
        "certificate verify failed: certificate is not yet valid (_ssl.c:992)'))': /simple/uv/\n"
        + NOTHING_FOUND,
        "By this machine's clock",
    ),
    (
        RETRYING + "'OSError('Tunnel connection failed: 407 Proxy Authentication Required')': "
        "/simple/uv/\n" + NOTHING_FOUND,
        "The proxy wants a name and a password.",
    ),
    (
        "error: Failed to fetch: https://host/simple/x/\n  cause: error sending request for "
        "url (https://host/simple/iniconfig/)\n  cause: client error (Connect)\n"
        "  cause: tunnel error: proxy authorization required\n",
        "The proxy wants a name and a password.",
    ),
    (
        "error: No solution found when resolving dependencies\n  cause: Because iniconfig was not "
        "found in the package registry and you require iniconfig, we can conclude that your "
        "requirements are unsatisfiable.\n\nhint: An index URL (http://host/simple) could not be "
        "queried due to a lack of valid authentication credentials (401 Unauthorized)\n",
        "refuses this machine, or this user",
    ),
    (
        RETRYING
        + "'NameResolutionError(\"HTTPSConnection(host='host', port=443): Failed to resolve "
        "'host' ([Errno -2] Name or service not known)\")': /simple/uv/\n" + NOTHING_FOUND,
        "No package index answers",
    ),
    (
        "error: Failed to fetch: http://host/simple/iniconfig/\n  cause: HTTP status server error "
        "(503 Service Unavailable) for url (http://host/simple/iniconfig/)\n",
        "No package index answers",
    ),
    (
        "  error: subprocess-exited-with-error\n  × pip subprocess to install build dependencies "
        "did not run successfully.\nERROR: Failed to build 'x' when installing build dependencies"
        "\n",
        "could not be built here",
    ),
    (NOTHING_FOUND, "does not have a package of the lock"),
    ("line\nerror: the package is odd\n  cause: far\n  cause: near\nlast\n", "odd near"),
    (
        "ERROR: Exception:\nTraceback (most recent call last):\n  File 'x.py', line 1, in x\n"
        "    sock.wrap()\nValueError: no name of a server\n",
        "ValueError: no name of a server",
    ),
    ("line\nwhatever it was\n", "whatever it was"),
]


@pytest.mark.parametrize(("text", "message"), LOGS)
def test_names_the_first_cause_of_a_failed_installation(
    run: ModuleType, text: str, message: str
) -> None:
    failed, what, log, fix = run.explain("It failed.", text).splitlines()
    assert (failed, log) == ("It failed.", "Details are in .workbook/setup.log.")
    assert message in what
    assert fix.endswith("then type the same command again.")


@pytest.mark.parametrize("command", ["-m venv", "-m ensurepip", "-m pip"])
def test_ends_with_the_cause_of_what_failed(
    run: ModuleType,
    project: Path,
    installer: Installer,
    command: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    installer.fail[command] = LOGS[1][0]
    assert run.main(["lab"]) == 1
    assert "The disk is full." in capsys.readouterr().err


def test_does_not_try_pip_where_uv_met_what_stops_pip_too(
    run: ModuleType, project: Path, installer: Installer, capsys: pytest.CaptureFixture[str]
) -> None:
    installer.fail["-m uv"] = LOGS[0][0]
    assert run.main(["lab"]) == 1
    out, err = capsys.readouterr()
    assert "The disk is full." in err and "trying pip" not in out


def test_uv_asks_the_systems_certificates_where_its_own_do_not_do(
    run: ModuleType, project: Path, installer: Installer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a company's machines a proxy's are among those; pip looks there by itself."""
    seen: list[str | None] = []

    def refuse_at_first(command: list[str], log: str, env: dict[str, str]) -> tuple[int, str]:
        if "-m uv" not in " ".join(command):
            return installer(command, log, env)
        seen.append(env.get("UV_SYSTEM_CERTS"))
        return (0, "") if seen[-1] else (2, "  cause: invalid peer certificate: UnknownIssuer\n")

    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setattr(run, "_call", refuse_at_first)
    assert run.main(["lab"]) == 41
    assert seen == [None, "1"]


# --- A package index of our own -------------------------------------------------------------


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No setting of this machine's that says where packages come from, or whom to trust."""
    for name in list(os.environ):
        if re.match(r"PIP_|UV_|SSL_CERT|REQUESTS_CA|CURL_CA|.*_PROXY$", name, re.I):
            monkeypatch.delenv(name)
    for name in ("PIP_CONFIG_FILE", "UV_CONFIG_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    return monkeypatch


@pytest.mark.parametrize(
    ("trusted", "code", "message"),
    [
        (False, 200, "is not trusted here"),
        (True, 403, "refuses this machine, or this user"),
        (True, 404, "does not have a package of the lock"),
    ],
)
def test_pip_meets_a_proxy_with_certificates_of_its_own(
    run: ModuleType,
    project: Path,
    bare: pytest.MonkeyPatch,
    trusted: bool,
    code: int,
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The real venv, and the real pip in it."""
    with index(project, code) as url:
        bare.setenv("PIP_INDEX_URL", url)
        if trusted:
            bare.setenv("PIP_CERT", str(project / "ca.pem"))
        assert run.main(["lab"]) == 1
    err = capsys.readouterr().err
    assert message in err
    if not trusted:
        assert "PIP_CERT" in err and "SSL_CERT_FILE" in err and "UV_SYSTEM_CERTS" in err


@pytest.mark.parametrize(
    ("trusted", "code", "cause"),
    [(False, 200, "NOT_TRUSTED"), (True, 403, "REFUSED"), (True, 404, "NOT_THERE")],
)
def test_uv_meets_a_proxy_with_certificates_of_its_own(
    run: ModuleType, tmp_path: Path, bare: pytest.MonkeyPatch, trusted: bool, code: int, cause: str
) -> None:
    with index(tmp_path, code) as url:
        if trusted:
            bare.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        command = [sys.executable, "-m", "uv", "pip", "install", "--no-config", "--no-cache"]
        command += ["--target", str(tmp_path / "here"), "--index-url", url, "iniconfig"]
        done, output = run._call(command, str(tmp_path / "log"), dict(os.environ))
    assert done != 0
    assert run.find_cause(output) is getattr(run, cause), output


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PermissionError(13, "Permission denied", ".workbook"), "may not be written"),
        (OSError(28, "No space left on device", ".workbook"), "The disk is full."),
        (OSError(5, "Input/output error", ".workbook"), "The set-up failed."),
    ],
)
def test_a_folder_that_cannot_be_written(
    run: ModuleType,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: OSError,
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(*_: Any) -> None:
        raise error

    monkeypatch.setattr(os, "mkdir", refuse)
    assert run.main(["lab"]) == 1
    err = capsys.readouterr().err
    assert message in err and "type the same command again" in err.lower()
    assert "Traceback" not in err


def test_the_log_shows_no_password_of_an_index(run: ModuleType, tmp_path: Path) -> None:
    log = tmp_path / "setup.log"
    code = "print('Looking in https://me:p%40ss@host/simple')"
    told = "Looking in https://***@host/simple\n"
    assert run._call([sys.executable, "-c", code], str(log), dict(os.environ)) == (0, told)
    assert log.read_text(encoding="utf-8") == told


def test_tells_uv_the_index_that_pip_is_told(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith(("UV_", "SSL_"))]:
        monkeypatch.delenv(name)
    lines = ["global.index-url='file:" + "///a'", ":env:.find-links='/w1\\n/w2'"]
    lines += ["global.extra-index-url='\\nfile:" + "///b\\nfile:" + "///c'", "global.timeout='3'"]
    monkeypatch.setattr(
        subprocess, "check_output", lambda *_, **__: "\r\n".join(lines).encode("utf-8")
    )
    assert run._index_of_pip(["pip"]) == {
        "UV_DEFAULT_INDEX": "file:" + "///a",
        "UV_INDEX": "file:" + "///b file:" + "///c",
        "UV_FIND_LINKS": "/w1,/w2",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


# --- The Python that is there ---------------------------------------------------------------


@pytest.fixture
def became(run: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What run.py becomes in the Python that runs it."""
    seen: list[Any] = []
    monkeypatch.setattr(run, "_become", lambda *what: seen.append(what) or 9)
    return seen


def test_a_python_that_has_what_the_lock_asks_for_is_used_as_it_is(
    run: ModuleType, project: Path, became: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "compare_with_lock", lambda *_: (2, {}))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["/a", "/b"]))
    assert run.main(["lab", "--port", "1"]) == 9
    ((python, root, arguments, env),) = became
    assert (python, root, arguments) == (sys.executable, str(project), ["lab", "--port", "1"])
    assert env["PYTHONPATH"] == os.pathsep.join([str(project), "/a", "/b"])
    assert not (project / ".venv").exists()


def test_an_environment_that_is_ready_comes_before_the_python_that_runs_this(
    run: ModuleType,
    project: Path,
    installer: Installer,
    became: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run.main(["lab"])
    monkeypatch.setattr(run, "compare_with_lock", lambda *_: (2, {}))
    assert run.main(["lab"]) == 41
    assert became == []
    assert run.main(["lab", "--no-venv"]) == 9


@pytest.mark.parametrize(
    "typed", [["--no-venv", "lab", "--port", "1"], ["lab", "--port", "1", "--no-venv"]]
)
def test_no_venv_is_heard_in_any_place_and_makes_none(
    run: ModuleType,
    project: Path,
    became: list[Any],
    typed: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(run, "compare_with_lock", lambda *_: (2, {"numpy": "1.0"}))
    assert run.main(typed) == 9
    assert became[0][2] == ["lab", "--port", "1"]
    told = "Not the versions that the workbook was tested with: numpy 1.0\n"
    assert capsys.readouterr() == ("", told)
    assert not (project / ".venv").exists()


def test_what_stands_behind_two_dashes_is_another_programs(
    run: ModuleType, project: Path, became: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "compare_with_lock", lambda *_: (2, {}))
    run.main(["prepare", "--no-venv", "--", "x", "--no-venv"])
    assert became[0][2] == ["prepare", "--", "x", "--no-venv"]


def test_no_venv_names_what_this_python_lacks_and_what_to_type(
    run: ModuleType, project: Path, became: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main(["lab", "--no-venv"]) == 1
    err = capsys.readouterr().err
    assert "lacks packages of requirements.txt: uv." in err
    assert f"Type: {sys.executable} -m pip install -r requirements.txt\n" in err
    assert run.main(["test", "--no-venv"]) == 1
    err = capsys.readouterr().err
    assert "of requirements.txt and requirements-dev.txt" in err
    assert "-m pip install -r requirements.txt -r requirements-dev.txt\n" in err
    assert became == [] and not (project / ".venv").exists()


def test_the_lock_is_compared_with_what_is_installed(run: ModuleType, tmp_path: Path) -> None:
    lines = [
        "# made by uv",
        "pytest>=1  # why",
        "    # via us",
        "sqlalchemy==0.1",
        "",
        "no-such==1",
    ]
    lines.append("nope==1 ; sys_platform == 'beos'")
    lines += ["packaging>=1 \\", SHA + " \\", SHA]
    (tmp_path / "requirements.txt").write_text("\n".join(lines), encoding="utf-8")
    count, wrong = run.compare_with_lock(str(tmp_path))
    assert count == 4
    assert wrong.keys() == {"sqlalchemy", "no-such"}
    assert wrong["no-such"] is None and wrong["sqlalchemy"] > "1"
    more = f"no-authors==2 \\\n{SHA}\npytest>=1\n"
    (tmp_path / "requirements-dev.txt").write_text(more, encoding="utf-8")
    assert run.compare_with_lock(str(tmp_path)) == (count, wrong)
    assert run.compare_with_lock(str(tmp_path), True) == (5, {**wrong, "no-authors": None})


# --- Handing on -----------------------------------------------------------------------------


def test_hands_on_in_the_root_without_the_users_stray_settings(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}

    class Child:
        def __init__(self, command: list[str], env: dict[str, str]) -> None:
            seen.update(command=command, env=env)
            self.interrupts = 1

        def wait(self) -> int:
            if self.interrupts:
                self.interrupts -= 1
                raise KeyboardInterrupt  # the child decides what it means
            return 7

    monkeypatch.setattr(os, "execve", lambda _path, command, env: Child(command, env))
    monkeypatch.setattr(subprocess, "Popen", Child)
    monkeypatch.chdir(tmp_path)
    stray = {"PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PYTHONDONTWRITEBYTECODE"}
    for name in (*stray, "PIP_USER"):
        monkeypatch.setenv(name, "1")
    code = run.hand_on(str(tmp_path), ["lab", "--port", "1"])
    if os.name != "nt":  # os.execve never comes back
        monkeypatch.setattr(run.os, "name", "nt")
        monkeypatch.setattr(run, "venv_python", lambda root: os.path.join(root, "python.exe"))
        code = run.hand_on(str(tmp_path), ["lab", "--port", "1"])
    assert code == 7
    assert seen["command"][1:] == ["-m", "lib.workbook.cli", "lab", "--port", "1"]
    assert seen["env"]["PIP_USER"] == "0"
    assert seen["env"]["WORKBOOK_TYPED_IN"] == str(tmp_path)
    assert not stray & set(seen["env"])
    assert os.getcwd() == str(tmp_path)
