"""Work on the next items in a thread, while the caller uses this one."""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from queue import SimpleQueue
from threading import Event, Semaphore
from typing import TypeVar

T = TypeVar("T")


def prefetch(items: Generator[T, None, None], depth: int) -> Generator[T, None, None]:
    """Yield the items, working on the next ones in a thread while the caller uses this one.

    Arrow reads and compares without holding Python's lock, and the databases' drivers wait. In the
    end, whatever it is, the items are closed: their file, that is.
    """
    ready: SimpleQueue[tuple[T] | None] = SimpleQueue()
    room, over = Semaphore(depth), Event()

    def read() -> None:
        try:
            for item in items:
                ready.put((item,))
                room.acquire()
                if over.is_set():
                    break
        finally:
            ready.put(None)

    with closing(items), ThreadPoolExecutor(1, "read ahead") as worker:
        reading = worker.submit(read)
        try:
            while (item := ready.get()) is not None:
                room.release()
                yield item[0]
        finally:
            over.set()
            room.release()
        reading.result()
