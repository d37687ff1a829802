"""What the checks of chapter 08 share: scratch files, and errors as results."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lib.workbook.course.exercise import Sandbox

MOST = 200  # characters of a file that a card shows


@contextmanager
def scratch_file(*lines: str) -> Iterator[Path]:
    """A CSV file with these lines, for the length of a block."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "check.csv"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        yield path


def call_with_file(sandbox: Sandbox, answer: Any, path: Path) -> Any:
    """Call the answer with a file; when it raises, the card tells what stood in the file."""
    text = path.read_text(encoding="utf-8")
    try:
        return sandbox.call(answer, path)
    except BaseException:
        shown = text if len(text) <= MOST else f"{text[:MOST]}..."
        sandbox.called += f", a file that holds {shown!r}"
        raise


def result_or_error(
    sandbox: Sandbox, kinds: type[Exception] | tuple[type[Exception], ...], answer: Any, *args: Any
) -> Any:
    """Call the learner's function; errors of these kinds, which the check has words for, are
    returned."""

    def call() -> Any:
        try:
            return answer(*args)
        except kinds as error:
            return error

    return sandbox.call(call)
