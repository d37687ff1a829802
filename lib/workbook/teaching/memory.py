"""How much memory the processes take that this one has started, at most, while a block runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue

import psutil

PAUSE_S = 0.2  # between two looks
MB = 2**20  # bytes


@dataclass
class Peak:
    """The greatest sum that was seen, in bytes; pages that processes share count for each."""

    size: int = 0

    @property
    def megabytes(self) -> int:
        return round(self.size / MB)


@contextmanager
def peak_of_children() -> Iterator[Peak]:
    """Give a Peak that grows while the block runs."""
    peak, parent = Peak(), psutil.Process()
    ended: SimpleQueue[None] = SimpleQueue()

    def look() -> None:
        while True:
            peak.size = max(peak.size, _sum_of(parent))
            with suppress(Empty):
                return ended.get(timeout=PAUSE_S)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        ended.put(None)
        thread.join()


def _sum_of(parent: psutil.Process) -> int:
    """Return the memory of all that descend from a process, in bytes."""
    total = 0
    for child in parent.children(recursive=True):
        with suppress(psutil.Error):  # it has ended since
            total += child.memory_info().rss
    return total
