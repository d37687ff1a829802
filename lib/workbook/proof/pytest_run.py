"""Runs pytest from a notebook: on the tests that stand in its cells, or on another notebook.

The cells become a file in a temporary folder, and pytest runs in this process: each start of a
Python of its own would cost a second or two. What comes back is what is the same on every machine:
names, outcomes, and the reason of a failure in one line.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import SQLAlchemyError

TEST_FILE = "test_cells.py"
WORDS = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")


@dataclass(frozen=True)
class Outcomes:
    """What became of each test, by its name, in the order in which they ran.

    `reasons` has one line for each test that did not pass.
    """

    by_name: dict[str, str]
    reasons: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.by_name[name]

    def __repr__(self) -> str:
        lines = []
        for name, outcome in self.by_name.items():
            lines.append(f"{outcome:<8} {name}")
            if reason := self.reasons.get(name):
                lines.append(f"         {reason}")
        return "\n".join([*lines, self.summary])

    @property
    def summary(self) -> str:
        """How many passed, how many failed, and so on; as pytest's own last line says it."""
        counted = Counter(self.by_name.values())
        parts = [f"{counted[word]} {word}" for word in WORDS if counted[word]]
        return ", ".join(parts) or "no tests ran"


def run_pytest(*functions: Callable[..., Any]) -> Outcomes:
    """Run pytest on the cells in which these functions stand, put together into one file.

    Name one test or fixture of each cell: every test of those cells runs, in the order of the
    cells here. The file knows nothing of the notebook, so the cells import what they use. A bare
    expression, such as the call of run_pytest itself, stays in the notebook.
    """
    sources: dict[str, None] = {}  # in their order, each once
    for function in functions:
        cell = _cell_of(function)
        if not cell:
            name = getattr(function, "__name__", repr(function))
            raise LookupError(f"{name} stands in no cell: define it in one, and run that cell.")
        sources[_definitions(cell)] = None
    if not sources:
        raise TypeError("run_pytest takes a test or a fixture of each cell: run_pytest(test_it)")
    with _scratch() as folder:
        file = folder / TEST_FILE
        file.write_text("\n\n".join(sources), encoding="utf-8")
        return outcomes_of([file], folder)


@contextmanager
def _scratch() -> Iterator[Path]:
    # Resolved, because pytest calls the files in it by their real names.
    with tempfile.TemporaryDirectory(prefix="pytest-", ignore_cleanup_errors=True) as folder:
        yield Path(folder).resolve()


def _cell_of(thing: Any) -> str:
    """The cell in which a function, a fixture or a class with a method was defined."""
    parts = vars(thing).values() if isinstance(thing, type) else [thing]
    for part in parts:
        # A fixture, and what contextmanager makes, holds the function that it was made of.
        code = getattr(inspect.unwrap(part) if callable(part) else part, "__code__", None)
        if code is not None:
            return "".join(linecache.getlines(code.co_filename))
    return ""


def _definitions(cell: str) -> str:
    """The cell without what a notebook writes down to see its value."""
    lines = cell.splitlines()
    for step in ast.parse(cell).body:
        if isinstance(step, ast.Expr):
            for number in range(step.lineno, (step.end_lineno or step.lineno) + 1):
                lines[number - 1] = ""
    return "\n".join(lines) + "\n"


def nbval_cells(notebook: Path, plugin: str | None = None) -> Outcomes:
    """Run `pytest --nbval` on a notebook: one outcome for each code cell, counted from 0.

    nbval judges alone, or with a `plugin` beside it: "lib.workbook.proof.nbval_strict".
    """
    arguments = ["-p", "nbval.plugin", "--nbval", "--nbval-current-env"]
    arguments += ["-p", plugin] if plugin is not None else []
    with _scratch() as folder:
        return outcomes_of([notebook.resolve()], folder, arguments)


def outcomes_of(files: Sequence[Path], folder: Path, arguments: Sequence[str] = ()) -> Outcomes:
    """Run pytest on the files, with no settings but these, and tell what became of each test.

    `folder` is a scratch folder. Raises RuntimeError when pytest does not take the arguments.
    """
    settings = folder / "pytest.ini"
    settings.write_text("[pytest]\n", encoding="utf-8")
    command = ["-c", str(settings), f"--rootdir={folder}", f"--basetemp={folder / 'tmp'}"]
    command += ["--disable-plugin-autoload", "--noconftest", "--import-mode=importlib"]
    # Jupyter has its own hands on the streams of the process; Python's are enough for us.
    command += ["--capture=sys", "-p", "no:cacheprovider", "-p", "no:faulthandler"]
    # It collects all garbage, twice: in a kernel with pandas in it, most of a run's time.
    command += ["-p", "no:unraisableexception"]
    command += ["--color=no", "--tb=no", *arguments, *map(str, files)]
    recorder = _Recorder()
    before = set(sys.modules)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):  # a person's, or those of an outer pytest
            patch.delenv(name, raising=False)
        with redirect_stdout(StringIO()):  # its own words hold times and paths
            code = pytest.main(command, plugins=[recorder])
    for name in set(sys.modules) - before:
        # The next file has the same name: it must be read, not remembered.
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
            del sys.modules[name]
    if code == pytest.ExitCode.INTERRUPTED and recorder.interrupted:
        raise KeyboardInterrupt
    if code in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR):
        raise RuntimeError(f"pytest stopped with exit code {int(code)}: {recorder.complaint}")
    return Outcomes(recorder.outcomes, recorder.reasons)


class _Recorder:
    """A pytest plugin that notes what becomes of each test."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}
        self.reasons: dict[str, str] = {}
        self.interrupted = False
        self.complaint = "see above"

    def pytest_exception_interact(
        self, call: pytest.CallInfo[object], report: pytest.TestReport | pytest.CollectReport
    ) -> None:
        if call.excinfo is not None:
            self.reasons[_name(report)] = _reason(call.excinfo)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.outcomes[_name(report)] = "error"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = _name(report)
        expected = hasattr(report, "wasxfail")
        if report.when != "call" and report.failed:
            self.outcomes[name] = "error"
        elif report.skipped:
            self.outcomes[name] = "xfailed" if expected else "skipped"
            place = report.longrepr
            reason = place[2] if isinstance(place, tuple) else getattr(report, "wasxfail", "")
            self.reasons[name] = str(reason).removeprefix("Skipped: ").removeprefix("reason: ")
        elif report.when == "call":
            self.outcomes[name] = "xpassed" if expected and report.passed else report.outcome

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        # Also called when pytest itself stops, for a file that it cannot read.
        self.interrupted = type(excinfo.value) is KeyboardInterrupt

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self.complaint = f"{excinfo.typename}: {excinfo.value}"


def _name(report: pytest.TestReport | pytest.CollectReport) -> str:
    """The test's name without its file; the file's own, when that is what could not be read."""
    file, _, name = report.nodeid.partition("::")
    return name or Path(file).name


def _reason(found: pytest.ExceptionInfo[BaseException]) -> str:
    """One line that is the same on every machine: what a driver says, and where, is not."""
    error = found.value
    cause = error.__cause__
    if isinstance(error, pytest.Collector.CollectError) and cause is not None:
        error = cause
    kind = type(error).__name__
    if isinstance(error, AssertionError | pytest.fail.Exception):
        return _first_line(str(error)) or kind
    if kind == "NbCellError":
        return _first_line(str(error.args[0]))
    if isinstance(error, pytest.FixtureLookupError):
        return f"there is no fixture {error.argname!r}"
    if isinstance(error, SyntaxError):
        return f"{kind}: {error.msg}"
    if isinstance(error, SQLAlchemyError | OSError) or not str(error):
        return kind
    return f"{kind}: {_first_line(str(error))}"


def _first_line(text: str) -> str:
    return (text.splitlines() or [""])[0]
