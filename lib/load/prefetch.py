"""Work on the next items in a thread, while the caller uses this one.

Ctrl-C interrupts the caller between any two bytecodes at which Python looks for signals, also a
second time while it tidies up. So whatever the two threads agree on is one step of C (a queue's
`put` or `get`, the start of a thread, a store), and never one of `threading`'s conditions, events
and semaphores, which are written in Python and can be left with their lock taken.

On Python 3.13, a Ctrl-C at the end of a round of `while CONDITION:` passes by the `finally` or the
`with` around the loop: the jump back is not in its range (`dis` shows it). A `for`, and a `while
True`, are. So no such loop stands in a block that has to be left in good order.
"""

from __future__ import annotations

import _thread
import atexit
import os
import sys
from collections.abc import Generator
from contextlib import suppress
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")


class _Reader:
    """What the two threads share: two queues and two flags, each written by one of them."""

    def __init__(self) -> None:
        self.ready: SimpleQueue[tuple[object] | None] = SimpleQueue()  # items; None at the end
        self.room: SimpleQueue[None] = SimpleQueue()  # one for each item that was taken
        self.stopped = False  # the caller wants no more
        self.over = True  # the reader has ended, or was never started
        self.error: BaseException | None = None

    def read(self, items: Generator[object, None, None], depth: int) -> None:
        """Put the items into the queue, at most `depth` of them before one is taken."""
        _at_work.add(self)
        try:
            for item in items:
                self.ready.put((item,))
                if depth:
                    depth -= 1
                else:
                    self.room.get()
                if self.stopped:
                    break
            items.close()
        except BaseException as error:
            self.error = error
        finally:
            self.over = True  # before the None: a reader that sees it False may wait for one
            self.ready.put(None)
            _at_work.discard(self)

    def stop(self) -> None:
        """Let the reader end after the item that it works on, and wait for that."""
        # One store and one step of C: Python looks for no signal between the two.
        self.stopped = True
        self.room.put(None)
        while not self.over:
            self.ready.get()


_at_work: set[_Reader] = set()


def prefetch(items: Generator[T, None, None], depth: int) -> Generator[T, None, None]:
    """Yield the items, working on the next `depth` of them in a thread.

    Arrow reads and compares without holding Python's lock, and the databases' drivers wait. In the
    end, whatever it is, the thread has ended and the items are closed: their file, that is. What
    they raise is raised here. A second Ctrl-C does not wait for an item that takes long; Python's
    own exit does.
    """
    reader = _Reader()
    try:
        reader.over = False
        try:
            _thread.start_new_thread(reader.read, (items, depth))
        except RuntimeError:  # the system has no thread left
            reader.over = True
            raise
        for item in iter(reader.ready.get, None):  # no `while`: see above
            reader.room.put(None)
            yield item[0]  # type: ignore[misc]
    finally:
        # Written out, not `reader.stop()`: to enter a function, Python looks for signals.
        reader.stopped = True
        reader.room.put(None)
        while not reader.over:
            reader.ready.get()
    if reader.error is not None:
        raise reader.error


@atexit.register
def _wait_for_readers() -> None:
    """A thread that is inside Arrow's C++ when Python ends would abort the process."""
    try:
        for reader in list(_at_work):
            reader.stop()
    except KeyboardInterrupt:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(130)
