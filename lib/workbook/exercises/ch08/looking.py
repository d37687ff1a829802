"""What the checks of chapter 08 share: scratch files, errors as results, a look from outside."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Executable

from lib.database import Database
from lib.workbook.course.exercise import Bench, expect


@contextmanager
def scratch_file(*lines: str) -> Iterator[Path]:
    """A CSV file with these lines, for the length of a block."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "check.csv"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        yield path


def result_or_error(
    bench: Bench, kinds: type[Exception] | tuple[type[Exception], ...], answer: Any, *args: Any
) -> Any:
    """Call the learner's function; errors of these kinds, which the check has words for, are
    returned."""

    def call() -> Any:
        try:
            return answer(*args)
        except kinds as error:
            return error

    return bench.call(call)


def rows_of(db: Database, statement: Executable) -> list[tuple[Any, ...]]:
    """What another program sees."""
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(statement)]


def expect_nothing_open(db: Database, when: str) -> None:
    """Expect that no connection is still in somebody's hands; the next writer would wait for it."""
    pool: Any = db.engine.pool
    expect(
        pool.checkedout() == 0,
        f"{when}, a transaction is still open: a connection has not come back to the pool. Use "
        "`with db.engine.begin() as connection:`.",
    )


def same(found: Any, wanted: int) -> bool:
    """Tell whether a value is this number; a text or a truth value is none."""
    if isinstance(found, (str, bytes, bool)):
        return False
    try:
        return bool(found == wanted)
    except Exception:  # an array, for instance, cannot say it in one word
        return False
