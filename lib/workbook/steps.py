"""Which step of how many is at work, and for how long: for a person who waits, and for a log.

In a terminal a line moves while a step is at work. Elsewhere each step is one line, written when it
begins. Of the standard library alone: run.py says so of its own steps, too.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from threading import Thread

# How run.py tells the process that goes on: the step it ended with, of how many, and its start.
VARIABLE = "WORKBOOK_STEPS"


class Steps:
    """So many steps, the first `number` of them done, since `start` in seconds of time.time()."""

    def __init__(self, count: int, number: int = 0, start: float | None = None) -> None:
        self.count = count
        self.number = number
        self.start = time.time() if start is None else start

    @classmethod
    def go_on(cls, count: int) -> Steps:
        """Return so many steps, or the rest of those that run.py has begun."""
        words = os.environ.pop(VARIABLE, "").split()
        if len(words) != 3:
            return cls(count)
        return cls(int(words[1]), int(words[0]), float(words[2]))

    def hand_on(self) -> None:
        """Let the process that this one becomes go on counting."""
        os.environ[VARIABLE] = f"{self.number} {self.count} {self.start}"

    @contextmanager
    def step(self, what: str, *, moving: bool = True) -> Iterator[None]:
        """Say what is at work in the block. `moving` is for blocks that print nothing."""
        text = self._next(what)
        if not (moving and sys.stdout.isatty()):
            so_far = f" ({spell(time.time() - self.start)} so far)" if self.number > 1 else ""
            print(f"{text} ...{so_far}", flush=True)
            yield
            return
        end: SimpleQueue[None] = SimpleQueue()  # Ctrl-C cannot leave it locked
        began = time.time()
        clock = Thread(target=_move, args=(text, began, end), daemon=True)
        clock.start()
        try:
            yield
        finally:
            end.put(None)
            clock.join(2)
            _show(f"{text}: {spell(time.time() - began)}")
            print(flush=True)

    def skip(self, what: str) -> None:
        """Count a step that is not needed, and say why."""
        print(self._next(what), flush=True)

    def _next(self, what: str) -> str:
        self.number += 1
        return f"Step {self.number} of {self.count}: {what}"


def spell(seconds: float) -> str:
    """Return a time as a person reads it: 42 s, 5 min 3 s."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _move(text: str, began: float, end: SimpleQueue[None]) -> None:
    while True:
        _show(f"{text} ... {spell(time.time() - began)}")
        try:
            return end.get(timeout=1)
        except Empty:
            pass


def _show(text: str) -> None:
    """Write the text over the line that is there, which must not be longer than the terminal."""
    columns = shutil.get_terminal_size().columns - 1
    print(f"\r{text[:columns]:<{columns}}", end="", flush=True)
