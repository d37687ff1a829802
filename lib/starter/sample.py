"""What the tests of a project load: a file as it is, or the telling lines of a large one."""

from __future__ import annotations

import re
import shutil
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SAMPLE_BYTES, SAMPLE_ROWS = 200_000, 200  # of a file for the tests, when it is larger
MAX_FOOTER_LINES = 20  # that are looked at


def write_sample(path: Path, seen: Any, place: Path) -> None:
    """Write what the tests load: the file, or of a large one its first rows, its odd ones, and
    what stands above and below the rows."""
    if path.stat().st_size <= SAMPLE_BYTES or path.suffix in (".gz", ".zip", ".parquet"):
        shutil.copyfile(path, place)
        return
    skip = getattr(seen.read, "skip", 0)
    wanted = {line for odd in seen.odd.values() for line, _ in odd.first}
    last: deque[bytes] = deque(maxlen=MAX_FOOTER_LINES)
    with path.open("rb") as source, place.open("wb") as target:
        for number, line in enumerate(source, 1):
            if number <= skip + 1 + SAMPLE_ROWS or number in wanted:
                target.write(line)
                last.clear()
            else:
                last.append(line)
        lines = list(last)
        target.writelines(lines[len(lines) - _below(seen.read, lines) :])


def _below(read: Any, lines: Sequence[bytes]) -> int:
    """Return how many of the last lines of a file stand below its rows."""
    footer, encoding = getattr(read, "footer", None), getattr(read, "encoding", "utf-8")
    below = found = 0
    for line in reversed(lines if footer else ()):
        text = line.decode(encoding, "replace").strip()
        full = found == footer if isinstance(footer, int) else not re.search(str(footer), text)
        if text and full:
            break
        below, found = below + 1, found + bool(text)
    return below
