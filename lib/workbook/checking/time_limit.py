"""Stops code that does not come to an end: what runs in a block has so many seconds.

A thread watches the clock. When the time is over it interrupts the database's statements, which
hold Python up, and sends SIGINT, which ends whatever Ctrl-C would end. The handler of SIGINT tells
the two apart: it raises OutOfTime for the clock, and hands a person's Ctrl-C on to the handler that
was there before. In a thread that is not the main one there are no signals: there OutOfTime is set
as an asynchronous exception, which comes when the next bytecode runs, so a sleep ends first.

Nothing here uses a lock that an interrupt could leave taken: the two threads agree by SimpleQueue,
whose methods are one step of C, and by single stores. An interrupt that comes while a function of
this module runs is held back until that is done.
"""

from __future__ import annotations

import ctypes
import math
import signal
import sys
import threading
from _thread import start_new_thread
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from time import monotonic, sleep  # now: an answer may put something else in its place
from types import FrameType, TracebackType
from typing import Any

from lib.workbook.checking.stop_statements import connections_in, interrupt, kill

PAUSE_S = 0.25  # between two interrupts of an answer that catches the first
END_S = 1.0  # for the end of threads that are told to end
INSIST = 2  # interrupts; from then on each line of what is interrupted raises


class OutOfTime(BaseException):
    """The time of a block is over; no Exception, so that `except Exception` lets it pass."""


class Clock:
    """A context manager within which blocks may have a limit; for the thread that enters it."""

    def __init__(self) -> None:
        self.blocks: list[Limit] = []
        self._orders: SimpleQueue[Limit | None] = SimpleQueue()
        self._farewell: SimpleQueue[None] = SimpleQueue()
        self._thread = 0
        self._signals = False  # whether this thread can be sent signals
        self._before: Any = None  # the handler of SIGINT that was there
        self._sent = False  # whether a signal of the clock's is on its way
        self._held = False  # whether Ctrl-C came while this module was at work
        self.pressed = False  # whether it came at all
        self._traced: Any = None
        self._insists = False

    # --- The thread that is watched -----------------------------------------------------------

    def __enter__(self) -> Clock:
        self._thread = threading.get_ident()
        if threading.current_thread() is threading.main_thread():
            self._before = signal.getsignal(signal.SIGINT)
            self._signals = self._before is not None  # None: it is not Python's, and stays
        if self._signals:
            signal.signal(signal.SIGINT, self._on_interrupt)
        # One step of C: Thread.start of `threading` keeps a lock when an interrupt comes within it.
        start_new_thread(self._watch, ())
        return self

    def __exit__(self, *raised: object) -> None:
        self.blocks.clear()
        self._orders.put(None)
        self._farewell.get()  # from here on nothing is sent
        self.calm()
        if self._signals:
            signal.signal(signal.SIGINT, self._before)
        self.obey()

    def limit(self, seconds: float) -> Limit:
        """A block that raises OutOfTime after so many seconds; the earliest of several counts."""
        return Limit(self, seconds)

    @contextmanager
    def pause(self) -> Iterator[None]:
        """A block whose time is not counted."""
        start = monotonic()
        blocks, self.blocks = self.blocks, []
        self.order()
        try:
            yield
        finally:
            spent = monotonic() - start
            for block in blocks:
                block.deadline += spent
            self.blocks = blocks
            self.order()

    def order(self) -> None:
        """Tell the watching thread which block ends first."""
        first = min(self.blocks, key=lambda block: block.deadline, default=Limit(self, math.inf))
        self._orders.put(first)

    def _on_interrupt(self, number: int, frame: FrameType | None) -> None:
        ours = frame is not None and _is_ours(frame)
        if self._sent:
            self._sent = False
            if ours or not any(block.over for block in self.blocks):
                return  # it comes again, or it came too late
            if self._insists:
                self._trace(frame)
            raise OutOfTime
        self.pressed = True
        if ours:
            self._held = True
        else:
            self._hand_on(frame)

    def _hand_on(self, frame: FrameType | None) -> None:
        """Do what Ctrl-C did before."""
        if callable(self._before):
            self._before(signal.SIGINT, frame)
        elif self._before is not signal.SIG_IGN:
            raise KeyboardInterrupt

    def obey(self) -> None:
        """Do what a Ctrl-C asked for that came while this module was at work."""
        if self._held:
            self._held = False
            self._hand_on(None)

    def _trace(self, frame: FrameType | None) -> None:
        """Let each line raise that the interrupted code still runs: it catches what is raised."""
        if self._traced is None:
            self._traced = (sys.gettrace(),)
        ends = {block.frame for block in self.blocks}
        while frame is not None and frame not in ends:
            frame.f_trace = self._on_line
            frame = frame.f_back
        sys.settrace(self._on_line)

    def _on_line(self, frame: FrameType, event: str, _argument: Any) -> Any:
        if _is_ours(frame):
            return None
        if event == "line" and any(block.over for block in self.blocks):
            raise OutOfTime
        return self._on_line

    def calm(self) -> None:
        """Take back what may still be on its way to this thread."""
        self._insists = False
        if self._traced is not None:
            sys.settrace(self._traced[0])
            self._traced = None
        _raise_in(self._thread, None)

    # --- The thread that watches --------------------------------------------------------------

    def _watch(self) -> None:
        block, sent = Limit(self, math.inf), 0
        next_at = block.deadline
        while True:
            wait = next_at - monotonic()
            try:
                # A wait without end has no number in C.
                order = self._orders.get(timeout=max(0.0, wait) if wait < 1e6 else None)
            except Empty:
                block.over = True
                self._insists = sent >= INSIST
                with suppress(Exception):  # it has to be here for the farewell
                    self._stop(sent)
                sent += 1
                next_at = monotonic() + PAUSE_S
                continue
            if order is None:
                self._farewell.put(None)
                return
            if order is not block:
                block, sent = order, 0
                next_at = block.deadline

    def _stop(self, sent: int) -> None:
        """Interrupt what the thread does; called again for as long as it goes on."""
        busy = list(connections_in(sys._current_frames().get(self._thread)))
        interrupt(busy)
        if not self._signals:
            _raise_in(self._thread, OutOfTime)
        else:
            self._sent = True
            if sys.platform == "win32":
                signal.raise_signal(signal.SIGINT)  # there, the handler runs in the main thread
            else:
                signal.pthread_kill(self._thread, signal.SIGINT)
        if sent > 4 * INSIST:
            _raise_in(self._thread, OutOfTime)  # its own handler of SIGINT, perhaps
        kill(busy)  # last: a server may take its time


class Limit:
    """A block that raises OutOfTime when its time is over; see `Clock.limit`."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self.clock = clock
        self.seconds = seconds
        self.deadline = math.inf  # by `time.monotonic()`
        self.over = False
        self.frame: FrameType | None = None  # of the function in which the block stands

    def __enter__(self) -> Limit:
        self.frame = sys._getframe(1)
        self.deadline = monotonic() + self.seconds
        self.clock.blocks.append(self)
        self.clock.order()
        self.clock.obey()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self in self.clock.blocks:
            self.clock.blocks.remove(self)
        self.clock.order()
        self.clock.calm()
        self.frame = None
        if self.over and not isinstance(error, OutOfTime):
            # What came out was made of the interrupt on its way, as a database's driver does.
            raise OutOfTime from error
        self.clock.obey()


def stop_threads(threads: Iterable[int]) -> None:
    """Let these threads end when they run their next bytecode: what they wait for ends first.

    Returns when they have ended, or after END_S.
    """
    left = set(threads)
    for thread in left:
        _raise_in(thread, SystemExit)
    deadline = monotonic() + END_S
    while left & sys._current_frames().keys() and monotonic() < deadline:
        sleep(END_S / 100)


def _is_ours(frame: FrameType) -> bool:
    return frame.f_code.co_filename == __file__


def _raise_in(thread: int, kind: type[BaseException] | None) -> None:
    """Set an asynchronous exception in a thread of Python's; None takes it back."""
    what = None if kind is None else ctypes.py_object(kind)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), what)
