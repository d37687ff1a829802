"""Reading ahead, and Ctrl-C at every place at which Python looks for signals."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Generator

import pytest

from lib.config import ROOT
from lib.load.prefetch import prefetch


def numbers(count: int, seen: list[str]) -> Generator[int, None, None]:
    try:
        for number in range(count):
            seen.append(f"read {number}")
            yield number
    finally:
        seen.append("closed")


@pytest.mark.parametrize("depth", [1, 4, 1 << 20])
def test_gives_every_item_in_order_and_closes_the_source(depth: int) -> None:
    seen: list[str] = []
    assert list(prefetch(numbers(20, seen), depth)) == list(range(20))
    assert seen[-1] == "closed" and len(seen) == 21


def test_reads_so_many_ahead_and_no_more() -> None:
    seen: list[str] = []
    items = prefetch(numbers(20, seen), 3)
    assert next(items) == 0
    time.sleep(0.2)
    assert 4 <= len(seen) <= 6
    items.close()
    assert seen[-1] == "closed" and len(seen) <= 7


def test_what_the_source_raises_comes_after_what_it_gave() -> None:
    def failing() -> Generator[int, None, None]:
        yield 1
        raise ValueError("bad row")

    items = prefetch(failing(), 2)
    assert next(items) == 1
    with pytest.raises(ValueError, match="bad row"):
        next(items)


def test_a_thread_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("lib.load.prefetch._thread.start_new_thread", refuse)
    with pytest.raises(RuntimeError, match="start new thread"):
        next(prefetch(numbers(3, []), 2))


# Ctrl-C at the n-th step of `prefetch`, and once more so many steps later. `interrupt_main` is
# called as the getter of an attribute, after which Python does not look for signals, and nothing is
# traced until the interrupt has come: so it comes at the next place at which a real one would. A
# child that hangs prints its stacks.
PRESS = """
import _thread, faulthandler, signal, sys, time
from lib.load import prefetch as module

faulthandler.dump_traceback_later(60, exit=True)
CODE = module.prefetch.__code__
press, steps = set(), 0

class Key(int):
    pressed = property(_thread.interrupt_main)

CTRL_C = Key(signal.SIGINT)

def trace(frame, event, argument):
    global steps
    if frame.f_code is not CODE:
        return None
    frame.f_trace_opcodes = True
    if event == "opcode":
        steps += 1
        if steps in press:
            sys.settrace(None)
            CTRL_C.pressed
    return trace

def interrupt(number, frame):
    if frame is not None and frame.f_code is CODE:
        frame.f_trace, frame.f_trace_opcodes = trace, True
    sys.settrace(trace)
    raise KeyboardInterrupt

def items():
    try:
        yield from range(8)
    finally:
        closed.append(True)

signal.signal(signal.SIGINT, interrupt)
before, tried, stopped = _thread._count(), 0, 0
for depth in (1, 4):
    for later in (None, 1, 3, 6, 10):
        number = 0
        while True:
            number += 1
            closed, steps, got = [], 0, []
            press = {number} | ({number + later} if later else set())
            source = module.prefetch(items(), depth)
            was_stopped = False
            try:  # the last of two may come when the caller has the first one in hand
                sys.settrace(trace)
                try:
                    for item in source:
                        got.append(item)
                    source.close()
                except KeyboardInterrupt:
                    was_stopped = True
                press.clear()
                sys.settrace(None)
            except KeyboardInterrupt:
                was_stopped = True
            press.clear()
            sys.settrace(None)
            stopped += was_stopped
            source.close()
            tried += 1
            assert got == list(range(len(got)))
            if steps < number:
                break
            end = time.monotonic() + 10
            while _thread._count() > before and time.monotonic() < end:
                time.sleep(0.001)
            assert _thread._count() == before, (depth, later, number)
            assert closed or not got, (depth, later, number)
print(tried, stopped)
"""


def test_ctrl_c_at_any_place_once_or_twice_leaves_no_thread_and_never_hangs() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRESS], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    tried, stopped = map(int, done.stdout.split())
    assert tried > 300 and stopped > tried / 2


LEAK = """
import sys
from lib.load.prefetch import prefetch

def slow():
    import time
    yield 1
    time.sleep(0.5)
    print("read to its end", flush=True)
    yield 2

items = prefetch(slow(), 4)
next(items)
keep = [items]; keep.append(keep)  # a circle: nobody closes it
"""


def test_the_exit_waits_for_a_reader_that_is_at_work() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEAK], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "read to its end\n"), done.stderr
