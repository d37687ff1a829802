"""The check of exercise 11.3: parts of which some have nothing to add."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from numbers import Real
from typing import Any

from lib.workbook.course.exercise import NotYet, Sandbox, expect, expect_function, expect_type

NAMES = ("flights", "cancelled", "departed", "late", "delay")
MONTHS = (
    (1, 100, 4, 96, 24, 960),
    (2, 10, 5, 5, 5, 400),
    (3, 300, 0, 300, 30, -600),
)
NOTHING = (4, 7, 7, 0, 0, 0)  # seven flights, all of them cancelled
PUNCTUAL = (5, 10, 0, 10, 2, 0)  # as many minutes early as late: a mean of 0
LATE = (6, 10, 0, 10, 10, 700)  # none on time: a share of 0
Part = dict[str, int]


def part(month: int, *counts: int) -> Part:
    return {"month": month} | dict(zip(NAMES, counts, strict=True))


def cases() -> Iterator[list[Part]]:
    """Lists of parts, of which each is asked for once."""
    months = [part(*each) for each in MONTHS]
    yield months[:1]
    yield months
    yield [part(*NOTHING), *months[::-1]]
    yield [months[2], part(*NOTHING), months[0]]
    yield [part(*NOTHING)]
    yield [part(*NOTHING), part(*NOTHING) | {"month": 8}]
    yield [part(*PUNCTUAL)]
    yield [part(*LATE)]
    yield months[2:]  # early on the whole: a mean below 0
    dice = random.Random(11)
    drawn = []
    for month in range(1, 13):
        departed = dice.randrange(1, 500)
        counts = departed + 9, 9, departed, dice.randrange(departed), dice.randrange(-500, 9_000)
        drawn.append(part(month, *counts))
    yield drawn
    yield months  # after all others


def check_combine(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "combine")
    for parts in cases():
        expect_combined(answer, sandbox, parts)
    return "That is it. However the year is cut, the answer is that of the year."


def expect_combined(answer: Any, sandbox: Sandbox, parts: list[Part]) -> None:
    """Expect the counts, the share and the mean of these parts together."""
    found = sandbox.outcome(ZeroDivisionError, answer, [dict(each) for each in parts])
    if isinstance(found, ZeroDivisionError):
        raise NotYet(_of_zero(answer, sandbox, parts))
    expect_type(found, dict, "one dictionary")
    missing = {"flights", "cancelled", "on_time", "mean_delay"} - found.keys()
    expect(not missing, f"The dictionary lacks {', '.join(sorted(missing))}.")
    total = {name: sum(each[name] for each in parts) for name in NAMES}
    for name in ("flights", "cancelled"):
        expect(
            isinstance(found[name], Real | Decimal) and found[name] == total[name],
            f"{name} is {found[name]!r:.60}; the parts, {_months(parts)}, add up to {total[name]}.",
        )
    departed = total["departed"]
    if not departed:
        expect(
            found["on_time"] is None and found["mean_delay"] is None,
            f"Nothing departed; on_time is {found['on_time']!r:.60}, mean_delay "
            f"{found['mean_delay']!r:.60}. Both are unknown then: None.",
        )
        return
    right = {"on_time": 1 - total["late"] / departed, "mean_delay": total["delay"] / departed}
    for name, wanted in right.items():
        value = found[name]
        why = ""
        if value is None:
            why = " Some flights departed, so it is known, also where it is 0."
        elif isinstance(value, Real | Decimal):
            if same(value, wanted):
                continue
            fits = {told for told, other in slips_of(name, parts) if same(value, other)}
            why = f" {min(fits)}" if len(fits) == 1 else ""
        raise NotYet(f"{name} of {_months(parts)} is {value!r:.60}; {wanted!r} is right.{why}")


def same(value: Any, wanted: float) -> bool:
    return abs(float(value) - wanted) <= 1e-9 * max(1, abs(wanted))


def slips_of(name: str, parts: list[Part]) -> Iterator[tuple[str, float]]:
    """What else people compute, and the sentence that tells of it."""
    total = {each: sum(part[each] for part in parts) for each in NAMES}
    left = [each for each in parts if each["departed"]]
    departed, flights = total["departed"], total["flights"]
    counted, on_time = total["delay"], departed - total["late"]
    means = [each["delay"] / each["departed"] for each in left]
    if name == "on_time":
        means = [1 - each["late"] / each["departed"] for each in left]
        yield "That is the share of those that were late.", total["late"] / departed
        yield "That is the late ones' share of all flights, taken from 1.", 1 - total[
            "late"
        ] / flights
        counted = on_time
    else:
        yield "That is in hours.", counted / departed / 60
    yield "It is divided by all flights; one that was cancelled did not depart.", counted / flights
    if len(left) > 1:
        told = "It is the mean of the months' own: a month with few flights weighs as much as one "
        yield f"{told}with many.", sum(means) / len(means)
    for digits in range(7):
        yield "It is rounded.", round(
            (on_time if name == "on_time" else total["delay"]) / departed, digits
        )


def _of_zero(answer: Any, sandbox: Sandbox, parts: list[Part]) -> str:
    """What divides by zero: all of it, or the months of which nothing departed."""
    left = [each for each in parts if each["departed"]]
    if not left:
        return (
            "It divides by zero when no flight departed at all; on_time and mean_delay are None "
            "then."
        )
    found = sandbox.outcome(ZeroDivisionError, answer, [dict(each) for each in left])
    if len(left) < len(parts) and not isinstance(found, ZeroDivisionError):
        return (
            "A month in which nothing departed makes it divide by zero, although other months "
            "have departures. A month has no mean of its own here."
        )
    return f"It divides by zero for {_months(parts)}."


def _months(parts: list[Part]) -> str:
    numbers = ", ".join(str(each["month"]) for each in parts)
    return f"month {numbers}" if len(parts) == 1 else f"months {numbers}"
