"""What the checks of chapter 08 share: scratch files, and errors as results."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lib.workbook.course.exercise import Sandbox


@contextmanager
def scratch_file(*lines: str) -> Iterator[Path]:
    """A CSV file with these lines, for the length of a block."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "check.csv"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        yield path


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
