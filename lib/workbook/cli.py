"""What `run.py` hands on to: the classroom's verbs; `pipeline` and `bench` are the other wing's."""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lib.bench.cli import add_bench
from lib.cli import Parser, add_verb, make_parser, port_number
from lib.cli import refuse as refuse_words
from lib.cli import run
from lib.config import ROOT, Settings, load_settings, sqlite_url
from lib.errors import PipelineError
from lib.orchestration.cli import add_orchestrate
from lib.pipeline.cli import add_check, add_pipeline
from lib.starter.cli import add_new
from lib.workbook.authoring.cli import add_new_chapter
from lib.workbook.course.chapters import expect_chapter
from lib.workbook.lab.cli import add_lab
from lib.workbook.teaching.class_cli import add_classroom
from lib.workbook.teaching.cli import add_teaching

# With one of these, pytest runs a part of the tests, which cannot reach the coverage of the whole.
PARTIAL = (
    "-k -m -x -h --help --lf --last-failed --sw --stepwise --deselect --ignore --maxfail "
    "--exitfirst --co --collect-only --pdb"
).split()
COVERAGE = 95  # percent of the lines and branches of lib
# Where Linux keeps files that never reach a disk, and says how much memory is left.
MEMORY, MEMINFO = Path("/dev/shm"), Path("/proc/meminfo")
# Bytes that must be free there, and of memory in all: the suite needs half of the one, and five
# sixths of the other, its files among them.
ROOM, AVAILABLE = 2 * 2**30, 6 * 2**30


def main(argv: Sequence[str] | None = None) -> int:
    """Run a verb; return the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    return run(build_parser(), _words(words))


def refuse(argv: Sequence[str]) -> int | None:
    """Return the exit code where no work would begin with these words, as for a typing error.

    run.py asks before it makes the environment. Nothing is imported that has to be installed.
    """
    return refuse_words(build_parser(), _words(argv))


def _words(argv: Sequence[str]) -> list[str]:
    if argv[:1] != ["test"]:
        return list(argv)
    # What follows is pytest's, in pytest's own order.
    return ["test", "--", *(word for word in argv[1:] if word != "--")]


def build_parser() -> Parser:
    """Return the parser of all verbs."""
    parser, verbs = make_parser("python run.py")
    add_lab(verbs)
    text = "Run the tests; arguments are handed to pytest."
    add_verb(verbs, "test", test, text).add_argument("pytest", nargs="*")
    add_pipeline(verbs)
    add_check(verbs)
    add_new(verbs)
    add_app(verbs)
    add_orchestrate(verbs)
    add_bench(verbs)
    text = "Put a chapter, or everything, back to its start."
    part = add_verb(verbs, "reset", reset, text, database=True, judge=_judge_reset)
    part.add_argument("what", metavar="NN|all", help="a chapter's number, or all")
    part.add_argument("--yes", action="store_true", help="with all: do not ask")
    text = "Check Python, environment, kernel, database, what its user may do there, and port; say "
    text += "what to type for each fault. Where there is no .venv, run.py makes it first."
    part = add_verb(verbs, "doctor", check, text, database=True)
    part.add_argument("--yes", action="store_true", help="write .env when there is none")
    add_teaching(verbs)
    add_classroom(verbs)
    add_new_chapter(verbs)
    text = "Run the chapters from fresh databases, and store what they print."
    part = add_verb(verbs, "notebooks", notebooks, text, judge=_judge_notebooks)
    part.add_argument("numbers", metavar="NN", nargs="*", help="only these chapters")
    return parser


# --- app ------------------------------------------------------------------------------------


def add_app(verbs: Any) -> None:
    text = "Show the page; load the database where it is missing."
    part = add_verb(verbs, "app", app, text, database=True)
    part.add_argument(
        "--port", type=port_number, metavar="P", help="default: 8501 or the next free one"
    )
    part.add_argument("--no-browser", action="store_true", help="print the address, no more")
    part.add_argument("--watch", action="store_true", help="notice edits of the page; slower")


def app(args: argparse.Namespace) -> int:
    """Load the year if it is missing, then run the page until it is stopped."""
    settings = load_settings(args.database_url)
    from lib.local_server import choose_port
    from lib.page.server import FIRST_PORT, serve
    from lib.workbook.databases.is_ready import load_year

    port = choose_port(args.port, FIRST_PORT)
    load_year(settings)
    if args.database_url:
        os.environ["DATABASE_URL"] = args.database_url  # for the page, which reads the settings
    serve(port, browser=not args.no_browser, watch=args.watch)
    return 0


# --- test -----------------------------------------------------------------------------------


def test(args: argparse.Namespace) -> int:
    """Run pytest on as many workers as are sensible; the whole suite with its coverage.

    The lock leaves slipcover out where it would have to be compiled; there, nothing is measured.
    The whole suite's temporary files lie in memory where they can, and are gone at its end; those
    of a part stay where pytest puts them, so that you can look at them.
    """
    place = None if any(map(_narrows, args.pytest)) else memory()
    with tempfile.TemporaryDirectory(
        prefix="workbook-tests-", dir=place, ignore_cleanup_errors=True
    ) as folder:
        reached = Path(folder, "reached.json")
        command = test_command(args.pytest, reached)
        code = _finished(command, **({"TMPDIR": folder} if place else {}))
        # pytest's other codes say that there were no tests, or that they did not come to their end.
        if "slipcover" in command and code in (0, 1):
            code = _finished(coverage_command(reached)) or code
    return 0 if code == 0 else 1


def memory() -> Path | None:
    """Return the folder of files that are kept in memory; None where there is none, or no room.

    It is for temporary files: two servers and hundreds of databases keep a disk busy, for nothing.
    A container's may be small, or forbid to run what lies there, such as a test's own Python.
    """
    if sys.platform != "linux" or "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK):
        return None
    place = os.statvfs(MEMORY)
    found = re.search(r"^MemAvailable: +(\d+) kB$", MEMINFO.read_text(encoding="utf-8"), re.M)
    roomy = place.f_bavail * place.f_frsize >= ROOM
    enough = found is not None and int(found[1]) * 1024 >= AVAILABLE
    return MEMORY if roomy and enough and not place.f_flag & os.ST_NOEXEC else None


def _finished(command: list[str], **variables: str) -> int:
    """Return the exit code of a command that is stopped with this program, in good order.

    It gets the environment of this program, and the variables beside.
    """
    child = subprocess.Popen(command, cwd=ROOT, env=os.environ | variables)
    # Ending this program means to end the tests, which have a server to stop.
    before = signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    try:
        return child.wait()
    except KeyboardInterrupt:
        child.wait()  # Ctrl-C reached pytest, too: it ends in order
        raise
    finally:
        signal.signal(signal.SIGTERM, before)


def test_command(arguments: Sequence[str], reached: Path) -> list[str]:
    """Return the command that runs pytest with the user's arguments.

    Unless they narrow the tests, it writes to `reached` which lines and branches those reached.
    tests/conftest.py keeps tests that share something expensive on one worker.
    """
    command = [sys.executable, "-m"]
    if find_spec("slipcover") and not any(_narrows(word) for word in arguments):
        # Of pytest's own files, and those of the tests, it need not know.
        command += ["slipcover", "--dont-wrap-pytest", "--json", "--out", str(reached), "-m"]
    command += ["pytest"]
    if "--pdb" not in arguments:  # a debugger needs the terminal
        # One more than processors: a worker often waits, for a browser, a server or a kernel.
        command += ["-n", str(min((os.cpu_count() or 2) + 1, 4))]
    return [*command, *arguments]


def coverage_command(reached: Path) -> list[str]:
    """Return the command that prints what was not reached, and fails below the limit.

    slipcover 1.1 can print and judge in the first command, too, but not both when pytest has
    workers: what they reached is thrown away once it was read.
    """
    both = ["--merge", str(reached), "--out", str(reached.with_name("merged.json"))]
    return [sys.executable, "-m", "slipcover", *both, f"--fail-under={COVERAGE}"]


def _narrows(word: str) -> bool:
    if word.startswith("-"):
        return word.partition("=")[0] in PARTIAL
    return (ROOT / word.partition("::")[0]).exists()


# --- reset, doctor, notebooks ---------------------------------------------------------------


def _judge_reset(args: argparse.Namespace) -> None:
    if args.what != "all":
        expect_chapter(args.what, "Type a chapter's number, for instance: python run.py reset 04")


def reset(args: argparse.Namespace) -> int:
    """Reset a chapter or everything, and say what was done; of everything, ask a person first."""
    settings = load_settings(args.database_url)
    from lib.workbook.course.reset import reset

    if args.what == "all" and not args.yes and sys.stdin.isatty() and sys.stdout.isatty():
        print("This removes the progress in all chapters, their databases and the loaded data.")
        if input("Changed notebooks are kept in .workbook/backups. Go on? [y/N] ").lower() != "y":
            print("Nothing was changed.")
            return 1
    done = reset(settings, None if args.what == "all" else args.what)
    print("\n".join(done) or "Nothing to do: it is as it was at the start.")
    return 0


def check(args: argparse.Namespace) -> int:
    """Run the doctor."""
    from lib.workbook.lab.doctor import examine

    return examine(args.database_url, write=args.yes)


def _judge_notebooks(args: argparse.Namespace) -> None:
    known = sorted(path.name[:2] for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    if unknown := sorted({number.zfill(2) for number in args.numbers} - {*known}):
        fix = f"There are: {' '.join(known)}"
        raise PipelineError(f"There is no chapter {', '.join(unknown)}.", fix)


def notebooks(args: argparse.Namespace) -> int:
    """Rewrite the stored notebooks; one that fails stays as it was, the others go on."""
    from lib.workbook.course.notebooks import NotebookError, chapter_files
    from lib.workbook.databases.checkpoints import prepare
    from lib.workbook.proof.harness import rewrite

    wanted = [number.zfill(2) for number in args.numbers]
    files = chapter_files(ROOT / "notebooks")
    failed = []
    with tempfile.TemporaryDirectory(prefix="workbook-", ignore_cleanup_errors=True) as folder:
        # Its own folder and SQLite: what is stored must not depend on what the author did before.
        env = {"WORKBOOK_DIR": folder, "DATABASE_URL": ""}
        prepare(Settings(Path(folder), sqlite_url(Path(folder, "workbook.db"))))
        for path in files:
            if not wanted or path.name[:2] in wanted:
                try:
                    print(f"{path.name}: {'changed' if rewrite(path, env) else 'as it was'}")
                except NotebookError as error:
                    failed.append(str(error))
                    print(f"{path.name}: failed")
    if failed:
        raise PipelineError("\n".join(failed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
