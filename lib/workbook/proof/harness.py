"""Runs notebooks: to store what they print, and to find out whether they still do what they store.

The static half of the judgement is in :mod:`lib.workbook.proof.faults`. What nbval overlooks in a
run is in :mod:`lib.workbook.proof.nbval_strict`.
"""

import copy
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from lib.workbook.course.notebooks import (
    KERNEL,
    RAISES_TAGS,
    NotebookError,
    as_bytes,
    cell_name,
    clean,
    plain,
    read,
    tags,
)

_PROJECT = Path(__file__).resolve().parents[2]
# Runs a command line with these variables, for so many seconds, and returns what it printed.
Run = Callable[[list[str], Mapping[str, str], float], str]


@dataclass(frozen=True)
class Outcome:
    """What a run of a notebook showed; `cells` is how many with content were found as stored."""

    ok: bool
    report: str
    cells: int


@contextmanager
def kernel_environment(env: Mapping[str, str] | None) -> Iterator[dict[str, str]]:
    """The environment variables of a kernel in a test: those of this process, then `env`.

    Personal IPython settings and start-up files must not change what a chapter prints, and two
    kernels must not wait for each other at one history file, so IPython gets an empty folder. And
    a kernel that is ended cannot clear its scratch folders away, so they lie in one that we clear.
    """
    with tempfile.TemporaryDirectory(prefix="ipython-", ignore_cleanup_errors=True) as folder:
        # Options for the pytest that runs us are not for a pytest that a chapter runs.
        ours = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
        scratch = Path(folder, "tmp")
        scratch.mkdir()
        ours |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))
        yield {**ours, "IPYTHONDIR": folder, **(env or {})}


def execute(
    nb: NotebookNode, folder: Path, env: Mapping[str, str] | None = None, timeout: float = 120
) -> NotebookNode:
    """A copy of `nb`, run from top to bottom in `folder`; each cell has `timeout` seconds.

    Raises :class:`NotebookError` at the first cell that raises without a tag that says so, that
    takes too long, or that ends the kernel.
    """
    run = copy.deepcopy(nb)
    for cell in run.cells:
        # nbclient knows one of the two names of this tag, nbval both.
        if RAISES_TAGS & set(tags(cell)):
            cell.metadata.tags = [*tags(cell), "raises-exception"]
    at = 0

    def remember(cell: NotebookNode, cell_index: int) -> None:
        nonlocal at
        at = cell_index

    # No folder of kernels: what remains is the kernel of this very interpreter, whatever "python3"
    # another program has installed.
    specs = KernelSpecManager(kernel_dirs=[])
    client = NotebookClient(
        run,
        km=AsyncKernelManager(kernel_name=KERNEL["name"], kernel_spec_manager=specs),
        # nbclient counts in whole seconds.
        timeout=max(1, round(timeout)),
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
        on_cell_execute=remember,
    )
    try:
        with kernel_environment(env) as variables:
            # nbclient shuts down only the kernels that it made itself, unless told. What a kernel
            # writes past Jupyter, to the terminal, is talk about itself that no reader sees.
            client.execute(env=variables, cleanup_kc=True, stderr=subprocess.DEVNULL)
    except CellExecutionError as error:
        reason = f"it raised {error.ename}: {plain(error.evalue)}"
        raise NotebookError(_stopped(run, at, reason)) from error
    except CellTimeoutError as error:
        reason = f"it took longer than {timeout:g} seconds"
        raise NotebookError(_stopped(run, at, reason)) from error
    except DeadKernelError as error:
        raise NotebookError(_stopped(run, at, "its kernel died")) from error
    for at, cell in enumerate(run.cells):
        # Under %%capture the kernel shows the error, and says that all went well.
        errors = [each for each in cell.get("outputs", ()) if each.output_type == "error"]
        if errors and not RAISES_TAGS & set(tags(cell)):
            reason = f"it raised {errors[0].ename}: {plain(errors[0].evalue)}"
            raise NotebookError(_stopped(run, at, reason))
    for before, after in zip(nb.cells, run.cells, strict=True):
        after.metadata = copy.deepcopy(before.metadata)
    return run


def rewrite(path: Path, env: Mapping[str, str] | None = None) -> bool:
    """Runs the notebook in `path`, cleans it and stores it; says whether the file changed.

    When the run fails, :class:`NotebookError` names the file and the cell, and the file stays
    as it was.
    """
    try:
        new = as_bytes(clean(execute(read(path), path.parent, env)))
    except NotebookError as error:
        raise NotebookError(f"{path.name} was not rewritten: {error}") from error
    if path.read_bytes() == new:
        return False
    path.write_bytes(new)
    return True


def finished(command: list[str], variables: Mapping[str, str], limit: float) -> str:
    """What `command` printed; it runs in the project's folder, where ``lib`` can be imported."""
    try:
        done = subprocess.run(
            command,
            cwd=_PROJECT,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=limit,
        )
    except subprocess.TimeoutExpired:
        return f"The run did not end in {limit:g} seconds: look for a cell that catches everything."
    return done.stdout


def run_nbval(
    path: Path,
    env: Mapping[str, str] | None = None,
    timeout: float = 120,
    run: Run = finished,
) -> Outcome:
    """Runs the notebook in `path` against its stored outputs; each cell has `timeout` seconds.

    `run` starts pytest, and returns what it printed.
    """
    return run_nbval_on([path], env, timeout, run)[path]


def run_nbval_on(
    paths: Sequence[Path],
    env: Mapping[str, str] | None = None,
    timeout: float = 120,
    run: Run = finished,
) -> dict[Path, Outcome]:
    """The same for several notebooks, one kernel each, with one start of pytest for all."""
    cells = {path: _contents(path) for path in paths}
    if not any(cells.values()):
        return {path: _outcome([], set(), "") for path in paths}
    with tempfile.TemporaryDirectory(prefix="nbval-") as folder:
        # Neither the settings nor the fixtures of this project's own tests may change the run.
        settings, outcomes = Path(folder, "pytest.ini"), Path(folder, "outcomes.json")
        settings.write_text("[pytest]\n", encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-c", str(settings), f"--rootdir={folder}"]
        command += [
            "--disable-plugin-autoload",
            *("-p", "lib.skip_rfc3987"),
            *("-p", "nbval.plugin"),
            *("-p", "lib.workbook.proof.nbval_strict"),
        ]
        command += ["-p", "no:cacheprovider", "--noconftest", "--color=no", "-q", "--nbval"]
        command += ["--nbval-current-env", f"--nbval-cell-timeout={timeout:g}"]
        command += [f"--nbval-outcomes={outcomes}", *(str(path.resolve()) for path in paths)]
        # A cell that catches every interrupt, and prints for ever, would keep nbval for ever.
        limit = sum(map(len, cells.values())) * (timeout + 10) + 90 * len(paths)
        with kernel_environment(env) as variables:
            output = run(command, variables, limit)
        records = json.loads(outcomes.read_text(encoding="utf-8")) if outcomes.exists() else []
    return {
        path: _outcome(
            [one for one in records if Path(one["path"]) == path.resolve()], numbers, output
        )
        for path, numbers in cells.items()
    }


def _contents(path: Path) -> set[int]:
    """The numbers, among the code cells as nbval counts them, of those that have content."""
    code = [cell for cell in read(path).cells if cell.cell_type == "code"]
    return {number for number, cell in enumerate(code) if cell.source.strip()}


def _outcome(records: list[dict[str, Any]], wanted: set[int], output: str) -> Outcome:
    """A cell is found as stored when it passed and nothing else was said about it."""
    failed = {
        one["cell"]: f"{Path(one['path']).name}, code cell {one['cell'] + 1}: {one['report']}"
        for one in records
        if not one["passed"]
    }
    passed = wanted & {one["cell"] for one in records if one["passed"]} - set(failed)
    if not wanted:
        return Outcome(False, "There is no code cell, so nothing was checked. Add one.", 0)
    report = "\n".join(failed.values())
    if passed != wanted and not failed:
        report = f"Only {len(passed)} of {len(wanted)} code cells were checked.\n{output}"
    return Outcome(passed == wanted and not failed, report, len(passed))


def _stopped(nb: NotebookNode, index: int, reason: str) -> str:
    return (
        f"{cell_name(nb, index)} stopped the run: {reason}. Correct the cell; "
        "if it should raise, tag it raises-exception."
    )
