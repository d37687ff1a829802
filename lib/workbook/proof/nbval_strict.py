"""A pytest plugin beside nbval that closes the holes which its strict mode leaves open.

    pytest --nbval --nbval-current-env -p lib.workbook.proof.nbval_strict notebooks/04_loading.ipynb

nbval compares outputs only for a cell that carries an execution number, and only field by field.
It lets pass: a stripped cell; a ``raises-exception`` cell without stored output that raises
nothing, or whose output is ignored and that raises something else; a cell that a time-out
interrupted and that swallowed the interrupt, or was tagged ``raises-exception``; a cell that
stopped at an unknown magic, for IPython prints that on stderr and sends no error; a picture that
appeared or vanished. Each is a failure here.

stderr is compared like stdout, as nbval does too: a warning that appears is news for the reader.
A cell whose warnings cannot be stable carries ``nbval-ignore-output``, and then what it prints
is not compared, but that it prints, and which class of exception it raises, still is. Views of
widgets are never compared (their ids are random); the plain text beside them is.

The work is done around nbval's own run of a cell, in a public pytest hook, so that nothing in
nbval is replaced; its private parts are read in `_watched_run` alone.
"""

import copy
import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbval.plugin import (
    IPyNbCell,
    NbCellError,
    coalesce_streams,
)

from lib.workbook.course.notebooks import IGNORE_TAG, RAISES_TAGS, clean_outputs, plain, tags

_NOT_JUDGED = "not judged: it is tagged to be skipped, or an earlier cell took too long"
_RECORDS = pytest.StashKey[list[dict[str, Any]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the file in which the harness finds, cell by cell, what was checked."""
    parser.addoption("--nbval-outcomes", metavar="FILE", help="write each cell's outcome, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_RECORDS] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """nbval judges first; what it lets pass is judged again."""
    if not isinstance(item, IPyNbCell):
        return (yield)
    stored = copy.deepcopy(item.cell.outputs)  # nbval merges streams in place
    with _watched_run(item) as replies:
        result = yield
    found = faults(item.cell, stored, item.test_outputs or [], replies)
    if item.parent.timed_out:
        limit = item.config.option.nbval_cell_timeout
        found.insert(0, f"it took longer than {limit:g} seconds and hid the interrupt")
    if found:
        raise NbCellError(item.cell_num, "; ".join(found), item.cell.source)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Notes what happened to each cell: a run that checked nothing must be seen as such."""
    report = yield
    # A skipped or expected failure is not a pass, and a cell counts once, at its call.
    if isinstance(item, IPyNbCell) and (report.when == "call" or not report.passed):
        item.config.stash[_RECORDS].append(
            {
                "path": str(item.path),
                "cell": item.cell_num,
                "passed": report.passed and not hasattr(report, "wasxfail"),
                "report": plain(report.longreprtext) if report.failed else _NOT_JUDGED,
            }
        )
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    if target := session.config.getoption("--nbval-outcomes"):
        records = session.config.stash[_RECORDS]
        Path(target).write_text(json.dumps(records), encoding="utf-8")


def faults(
    cell: NotebookNode,
    stored: list[NotebookNode],
    ran: list[NotebookNode],
    replies: list[dict[str, Any]],
) -> list[str]:
    """What is wrong with a cell although nbval let it pass: its stored outputs, those of the run,
    and the kernel's replies, held against each other."""
    found: list[str] = []
    if not cell.source.strip():
        return found
    before, now = _normal(stored), _normal(ran)
    ignored = IGNORE_TAG in tags(cell)
    if cell.execution_count is None:
        found.append("the stored cell was never executed, or was stripped")
    raised = _error(now)
    for reply in replies:
        if reply.get("status") == "error" and raised is None:
            found.append(
                f"it stopped with {reply.get('ename')}: {plain(str(reply.get('evalue')))}, "
                "which leaves no error in the notebook"
            )
    found += _error_faults(cell, _error(before), raised, message_counts=not ignored)
    if not now and before:
        found.append("the notebook stores an output, the run has none")
    elif now and not before:
        found.append("the run has an output, the notebook stores none")
    elif not ignored and _kinds(before) != _kinds(now):
        found.append(f"outputs stored: {_kinds(before)}; outputs of the run: {_kinds(now)}")
    return found


def _error_faults(
    cell: NotebookNode,
    stored: NotebookNode | None,
    raised: NotebookNode | None,
    message_counts: bool,
) -> list[str]:
    expected = bool(RAISES_TAGS & set(tags(cell)))
    if expected and raised is None:
        return ["tagged raises-exception, but it raised nothing"]
    if raised is None:
        return []
    now = f"{raised.ename}: {plain(raised.evalue)}"
    if stored is None:
        return [f"it raised {now}, but the notebook stores no error"]
    before = f"{stored.ename}: {plain(stored.evalue)}"
    if stored.ename != raised.ename or (message_counts and before != now):
        return [f"it raised {now}, but the notebook stores {before}"]
    return []


def _normal(outputs: list[NotebookNode]) -> list[NotebookNode]:
    # Streams are cut into pieces at random, and an empty piece is no output.
    merged = coalesce_streams(clean_outputs(outputs, 1))
    return [one for one in merged if one.output_type != "stream" or one.text]


def _error(outputs: list[NotebookNode]) -> NotebookNode | None:
    return next((output for output in outputs if output.output_type == "error"), None)


def _kinds(outputs: list[NotebookNode]) -> list[str]:
    """What came out, without its content, and without an order between streams and the rest, which
    travel by different ways."""
    return sorted(
        output.name if output.output_type == "stream" else
        "error" if output.output_type == "error" else
        f"{output.output_type} of {', '.join(sorted(output.data))}"
        for output in outputs
    )  # fmt: skip


@contextmanager
def _watched_run(item: Any) -> Generator[list[dict[str, Any]]]:
    """Collects the kernel's replies while nbval runs a cell; nbval waits for them but never reads
    their status, the one place where an unknown magic shows."""
    kernel, replies = item.parent.kernel, []
    original = kernel.get_message

    def get_message(stream: str, timeout: float | None = None) -> dict[str, Any]:
        message: dict[str, Any] = original(stream, timeout=timeout)
        if message["msg_type"] == "execute_reply":
            replies.append(message["content"])
        return message

    kernel.get_message = get_message
    try:
        yield replies
    finally:
        kernel.get_message = original
