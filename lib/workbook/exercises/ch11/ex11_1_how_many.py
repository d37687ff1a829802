"""Exercise 11.1: how many workers a job needs, if any number will do."""

# The solution stands here as one would type it into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from fractions import Fraction
from numbers import Number
from typing import Any

from lib.workbook.course.exercise import Exercise, Sandbox, Word, Wrong, expect, expect_function
from lib.workbook.exercises.ch11 import ex11_1_how_many_answers as answers
from lib.workbook.exercises.slips import slip

MANY = 100_000  # comparisons, after which a loop is taken for endless
CASES: tuple[tuple[float, float, float], ...] = (
    (10, 0.0, 5),
    (36_000, 0.0, 100),
    (9_000, 0.0, 1),
    (10, 0.0, 10),
    (7, 0.3, 60),
    (12, 0.25, 6),
    (100, 0.5, 75),
    (100, 0.1, 30),  # 4.5 workers
    (10_000, 0.0, 9_999),  # a little more than one
    (1_000, 0.0, 333),  # a little more than three
    (100, 0.5, 50),
    (100, 0.5, 40),
    (8, 1.0, 4),
    (8, 1.0, 8),
    (10, 0.0, 0),
    (1, 0.2, 0.6),
    (100, 0.57, 57),
)


class TooLong(BaseException):
    """The answer does not come to an end."""


class Asked(float):
    """The wanted seconds, for a limited number of comparisons: what a loop does at each turn."""

    comparisons = 0

    def _once_more(self) -> None:
        self.comparisons += 1
        if self.comparisons > MANY:
            raise TooLong

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


def check_workers(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "workers_for")
    for case in (*CASES, *drawn()):
        seconds, serial, wanted = case
        right, reason = exact(*case)
        asked = f"workers_for({seconds:g}, {serial:g}, {wanted:g})"
        kinds = ZeroDivisionError, TooLong
        found: Any = sandbox.outcome(kinds, answer, seconds, serial, Asked(wanted))
        expect(
            not isinstance(found, TooLong),
            f"{asked} does not come to an end: it still looks for a number of workers, and "
            f"{'there is none' if right is None else f'{right} is right'}. {reason}",
        )
        expect(
            not isinstance(found, ZeroDivisionError),
            f"{asked} divides by zero; {right!r} is right. {reason}",
        )
        same = found is None if right is None else is_number(found) and found == right
        why = reason
        if not same and found is not None and found in in_floats(*case):
            why += (
                " That is what floats give, which are a little off: take the numbers as they are "
            )
            why += "written."
        expect(same, f"{asked} gives {found!r:.60}; {right!r} is right. {why}")
    return "That is it. Now you can tell a promise from a possibility."


def is_number(found: Any) -> bool:
    return isinstance(found, Number)


def drawn() -> Iterator[tuple[float, float, float]]:
    """Jobs in common decimals, of which no number of workers is large."""
    dice = random.Random(11)
    for _ in range(200):
        seconds = dice.randrange(10, 1_000) / 10
        serial = dice.randrange(0, 100, 5) / 100
        part = dice.randrange(5, 120, 5) / 100
        yield seconds, serial, round(seconds * (serial + (1 - serial) * part), 1)


def exact(seconds: float, serial: float, wanted: float) -> tuple[int | None, str]:
    """The number of workers for these numbers as they are written, and why."""
    whole, share, limit = (Fraction(str(each)) for each in (seconds, serial, wanted))
    if whole <= limit:
        return 1, "It is fast enough as it is."
    fixed, left = whole * share, limit - whole * share
    if left < 0 or (left == 0 and fixed == whole):
        return None, f"{float(fixed):g} seconds are serial, whatever you add."
    if left == 0:
        so = f"so {wanted:g} are never reached, only approached."
        return None, f"{float(fixed):g} seconds are serial, {so}"
    number = math.ceil((whole - fixed) / left)
    reason = f"{float(fixed):g} seconds are serial; the other {float(whole - fixed):g} have to fit "
    return number, f"{reason}into {float(left):g}."


def in_floats(seconds: float, serial: float, wanted: float) -> set[int]:
    """The numbers of workers that come out where floats are taken for what is written."""
    left = wanted - seconds * serial
    found = {math.ceil(seconds * (1 - serial) / left)} if left > 0 else set()
    fast = (n for n in range(1, 10_000) if seconds * (serial + (1 - serial) / n) <= wanted)
    return found.union([next(fast, -1)] if left > 0 else [])


def solution_workers() -> Any:
    def workers_for(seconds, serial, wanted):
        if seconds <= wanted:
            return 1
        left = round(wanted - seconds * serial, 9)
        if left <= 0:
            return None
        return math.ceil(round(seconds * (1 - serial) / left, 9))

    return workers_for


EXERCISE = Exercise(
    id="11.1",
    title="How many workers",
    check=check_workers,
    hints=(
        "Two parts: `seconds * serial` stays as it is, the rest is divided among the workers.",
        "What may the shared part take? `left = wanted - seconds * serial`. If nothing is left, no "
        "number will do.",
        "The number is the shared part divided by `left`, rounded up. Floats are a little off, so "
        "round `left` and the quotient to nine digits first: `math.ceil(round(shared / left, 9))`. "
        "Look before that whether one worker is enough.",
    ),
    solution=solution_workers,
    also_right=(
        answers.workers_by_trying,
        answers.workers_in_fractions,
        answers.workers_in_decimals,
        answers.workers_by_halving,
        answers.workers_with_a_little_more,
    ),
    words=(
        Word(
            "Write `workers_for(seconds, serial, wanted)`",
            "three numbers in this order",
            slip(
                solution_workers,
                ("workers_for(seconds, serial, wanted)", "workers_for(seconds, wanted, serial)"),
            ),
        ),
        Word(
            "A job takes `seconds` with one worker",
            "8 seconds, all of them serial, wanted in 8: one worker",
            slip(solution_workers, ("if seconds <= wanted:", "if False:")),
        ),
        Word(
            "the share `serial` (0 to 1) of that cannot be shared",
            "12 seconds, of which a quarter is serial; shares of 0 and 1",
            answers.workers_all_shared,
        ),
        Word(
            "the smallest number of workers",
            "whole quotients, and such as 4.5",
            slip(solution_workers, ("math.ceil(", "1 + math.floor(")),
        ),
        Word(
            "it takes at most `wanted` seconds",
            "10 seconds, wanted in 10: as long is not too long",
            slip(solution_workers, ("seconds <= wanted", "seconds < wanted")),
        ),
        Word(
            "or `None` if no number does",
            "100 seconds, half of them serial, wanted in 50 and in 40",
            slip(solution_workers, ("return None", "return 0")),
        ),
        Word(
            "Ten seconds of which nothing is serial, wanted in five: two workers",
            "just this",
            slip(solution_workers, ("math.ceil(", "1 + math.ceil(")),
        ),
        Word(
            "Take the numbers as they are written",
            "1 second, a fifth of it serial, wanted in 0.6; 200 more in common decimals",
            answers.workers_in_floats,
        ),
    ),
    asides=(
        "`0.2 + 0.8 / 2 <= 0.6` is false, and yet two workers do 1 second, a fifth of it serial, "
        "in 0.6.",
    ),
    wrong=(
        Wrong(
            answers.workers_all_shared,
            "3 seconds are serial",
            "believes that all work can be shared",
        ),
        Wrong(
            slip(solution_workers, ("math.ceil(", "int(0.5 + ")),
            "workers_for(10000, 0, 9999) gives 1; 2 is right",
            "rounds, and is too slow by half a worker",
        ),
        Wrong(
            answers.workers_up_to_64,
            "360 is right",
            "tries as many as the table above shows",
        ),
        Wrong(
            answers.workers_counted_for_ever,
            "does not come to an end",
            "looks for a number where there is none",
        ),
        Wrong(
            answers.workers_without_limit,
            "divides by zero; None is right",
            "does not see that the serial part is a limit",
        ),
        Wrong(
            answers.workers_in_floats,
            "workers_for(1, 0.2, 0.6) gives 3; 2 is right",
            "takes a float for the number that is written",
        ),
        Wrong(
            answers.workers_tried_in_floats,
            "That is what floats give",
            "compares sums of floats as if they were exact",
        ),
        Wrong(
            slip(solution_workers, ("return None", "return math.inf")),
            "gives inf; None is right",
            "returns a number that is none",
        ),
        Wrong(
            slip(solution_workers, ("left <= 0", "left < 0")),
            "divides by zero; None is right",
            "takes a limit for a time that can be reached",
        ),
        Wrong(
            slip(
                solution_workers,
                ("round(seconds * (1 - serial) / left, 9)", "round(seconds / left, 9)"),
            ),
            "3 seconds are serial; the other 9",
            "divides all seconds, and not those that can be shared",
        ),
        Wrong(
            slip(
                solution_workers,
                ("round(seconds * (1 - serial) / left, 9)", "seconds * (1 - serial) / left - 0.01"),
            ),
            "workers_for(10000, 0, 9999) gives 1; 2 is right",
            "rounds off more than floats are off",
        ),
    ),
)
