#!/usr/bin/env bash
# A Ctrl-C may pass by the `finally`, or the `with`, around a `while`.
#
# Guess: An exception that a signal handler raises inside of a `try` runs its `finally`, wherever in
#     the body the signal comes. Python looks for signals at the end of a round of a loop, which is
#     inside.
# Comes: In CPython 3.13.5 the jump back of `while CONDITION:` is not in the range of the exception
#     table. A signal that is handled there ends the function, and neither `finally` nor `__exit__`
#     runs. `while True:` and `for` are in the range; CPython 3.11.2, 3.14.10 and 3.15.2 have all of
#     them in it. Output seen: "16593 interrupts, 16501 of them passed by `finally`", of a loop that
#     calls nothing; where a loop calls functions, which look for signals as well, one in about a
#     thousand.
# Matters: A transaction stays open, a lock stays taken.
# Do: Where a block must be left in good order, write `for item in iter(get, None)` or `while True`
#     with a `break`.
#
# Needs CPython 3.13 (PYTHON=python3.13); installs nothing: the interpreter itself is the package.

set -euo pipefail
PYTHON=${PYTHON:-python3.13}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/ranges.py" <<'PY'
import dis
import sys


def with_condition(stream):
    try:
        while stream.more():
            stream.work()
    finally:
        stream.close()


def endless(stream):
    try:
        while True:
            if not stream.more():
                break
            stream.work()
    finally:
        stream.close()


def each(stream):
    try:
        for item in stream:
            stream.work(item)
    finally:
        stream.close()


def in_with(stream):
    with stream:
        while stream.more():
            stream.work()


def covered(function):
    """Whether each jump back lies in the range of a handler."""
    table = dis._parse_exception_table(function.__code__)
    jumps = [
        step.offset for step in dis.get_instructions(function) if "JUMP_BACKWARD" in step.opname
    ]
    assert jumps
    return all(any(row.start <= jump < row.end for row in table) for jump in jumps)


print("CPython", sys.version.split()[0])
found = {f.__name__: covered(f) for f in (with_condition, endless, each, in_with)}
for name, inside in found.items():
    print(f"{name:15} the jump back is {'in' if inside else 'OUTSIDE of'} the block's range")
wanted = {"with_condition": False, "endless": True, "each": True, "in_with": False}
sys.exit(found != wanted)
PY
cat >"$work/signals.py" <<'PY'
"""Real signals, at random moments: how often does `finally` not run?"""
import random
import signal
import sys


def press(number, frame):
    raise KeyboardInterrupt


signal.signal(signal.SIGALRM, press)


def count_down(rounds, ended):
    try:
        while rounds > 0:
            rounds -= 1
    finally:
        ended.append(True)


passed_by = pressed = 0
for _ in range(20_000):
    ended = []
    try:
        signal.setitimer(signal.ITIMER_REAL, random.random() * 0.0005 + 0.00001)
        count_down(10_000, ended)
        signal.setitimer(signal.ITIMER_REAL, 0)
    except KeyboardInterrupt:
        pressed += 1
        passed_by += not ended
print(f"{pressed} interrupts, {passed_by} of them passed by `finally`")
sys.exit(passed_by == 0)
PY
"$PYTHON" "$work/ranges.py"
"$PYTHON" "$work/signals.py"
