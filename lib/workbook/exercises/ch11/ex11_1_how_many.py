"""Exercise 11.1: how many workers a job needs, if any number will do."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import math
from typing import Any

from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function

MANY = 100_000  # comparisons, after which a loop is taken for endless
CASES: tuple[tuple[float, float, float, int | None, str], ...] = (
    (10, 0.0, 5, 2, "Nothing is serial: two workers take half the time."),
    (36_000, 0.0, 100, 360, "Nothing is serial: so many do 100 seconds each."),
    (10, 0.0, 10, 1, "It is fast enough as it is."),
    (7, 0.3, 60, 1, "It is fast enough as it is: fewer than one worker there is not."),
    (12, 0.25, 6, 3, "3 seconds are serial; the other 9 have to fit into 3."),
    (100, 0.5, 75, 2, "50 seconds are serial; the other 50 have to fit into 25."),
    (100, 0.1, 30, 5, "10 seconds are serial; the other 90 have to fit into 20, so 4.5 workers."),
    (100, 0.5, 50, None, "50 seconds are serial, so 50 are never reached, only approached."),
    (100, 0.5, 40, None, "50 seconds are serial, whatever you add."),
    (8, 1.0, 4, None, "All of it is serial: more workers change nothing."),
    (8, 1.0, 8, 1, "All of it is serial, and it is fast enough."),
)


class _TooLong(BaseException):
    """The answer does not come to an end."""


class _Asked(float):
    """The wanted seconds, for a limited number of comparisons: what a loop does at each turn."""

    comparisons = 0

    def _once_more(self) -> None:
        self.comparisons += 1
        if self.comparisons > MANY:
            raise _TooLong

    def __lt__(self, other: float) -> bool:
        self._once_more()
        return float(self) < other

    def __le__(self, other: float) -> bool:
        self._once_more()
        return float(self) <= other

    def __gt__(self, other: float) -> bool:
        self._once_more()
        return float(self) > other

    def __ge__(self, other: float) -> bool:
        self._once_more()
        return float(self) >= other


def check_workers(answer: Any, bench: Bench) -> str:
    expect_function(answer, "workers_for")

    def ask(*case: float) -> Any:
        try:
            return answer(*case[:2], _Asked(case[2]))
        except ZeroDivisionError:
            return "a division by zero"
        except _TooLong:
            return _TooLong

    for seconds, serial, wanted, right, reason in CASES:
        found = bench.call(ask, seconds, serial, wanted)
        asked = f"workers_for({seconds:g}, {serial:g}, {wanted:g})"
        expect(
            found is not _TooLong,
            f"{asked} does not come to an end: it still looks for a number of workers, and "
            f"{'there is none' if right is None else f'{right} is right'}. {reason}",
        )
        same = found is None if right is None else found == right
        expect(same, f"{asked} gives {found!r}; {right!r} is right. {reason}")
    return "That is it. Now you can tell a promise from a possibility."


def solution_workers() -> Any:
    def workers_for(seconds, serial, wanted):
        if seconds <= wanted:
            return 1
        left = wanted - seconds * serial
        if left <= 0:
            return None
        return math.ceil(seconds * (1 - serial) / left)

    return workers_for


def workers_by_trying() -> Any:
    def workers_for(seconds, serial, wanted):
        for workers in range(1, 10_000):
            if seconds * (serial + (1 - serial) / workers) <= wanted + 1e-9:
                return workers if wanted > seconds * serial or workers == 1 else None
        return None

    return workers_for


def workers_all_shared() -> Any:
    def workers_for(seconds, serial, wanted):
        return max(1, math.ceil(seconds / wanted))

    return workers_for


def workers_rounded() -> Any:
    def workers_for(seconds, serial, wanted):
        left = wanted - seconds * serial
        if seconds <= wanted:
            return 1
        if left <= 0:
            return None
        return round(seconds * (1 - serial) / left)

    return workers_for


def workers_counted_for_ever() -> Any:
    def workers_for(seconds, serial, wanted):
        workers = 1
        while seconds * (serial + (1 - serial) / workers) > wanted:
            workers += 1
        return workers

    return workers_for


def workers_up_to_64() -> Any:
    def workers_for(seconds, serial, wanted):
        for workers in range(1, 65):
            if seconds * (serial + (1 - serial) / workers) <= wanted:
                return workers
        return None

    return workers_for


def workers_without_limit() -> Any:
    def workers_for(seconds, serial, wanted):
        left = wanted - seconds * serial
        return max(1, math.ceil(seconds * (1 - serial) / left))

    return workers_for


EXERCISE = Exercise(
    id="11.1",
    title="How many workers",
    check=check_workers,
    hints=(
        "Two parts: `seconds * serial` stays as it is, the rest is divided among the workers.",
        "What may the shared part take? `left = wanted - seconds * serial`. If nothing is left, no "
        "number will do.",
        "The number is the shared part divided by `left`, rounded up: `math.ceil`. Look "
        "first whether one worker is enough.",
    ),
    solution=solution_workers,
    also_right=(workers_by_trying,),
    wrong=(
        Wrong(workers_all_shared, "3 seconds are serial", "believes that all work can be shared"),
        Wrong(workers_rounded, "so 4.5 workers", "rounds, and is too slow by half a worker"),
        Wrong(
            workers_up_to_64,
            "360 is right",
            "tries as many as the table above shows",
        ),
        Wrong(
            workers_counted_for_ever,
            "does not come to an end",
            "looks for a number where there is none",
        ),
        Wrong(
            workers_without_limit,
            "50 seconds are serial",
            "does not see that the serial part is a limit",
        ),
    ),
)
