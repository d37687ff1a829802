"""Exercise 11.3: what several workers counted, added up."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import random
from typing import Any

import pandas as pd

from lib.workbook.course.exercise import (
    Bench,
    Exercise,
    Wrong,
    expect,
    expect_function,
    expect_type,
)

NAMES = ("flights", "cancelled", "departed", "late", "delay")
MONTHS = (
    (1, 100, 4, 96, 24, 960),
    (2, 10, 5, 5, 5, 400),
    (3, 300, 0, 300, 30, -600),
)
PUNCTUAL = (5, 10, 0, 10, 2, 0)  # as many minutes early as late
NOTHING = (4, 7, 7, 0, 0, 0)  # seven flights, all of them cancelled


def part(month: int, *counts: int) -> dict[str, int]:
    return {"month": month} | dict(zip(NAMES, counts, strict=True))


def check_combine(answer: Any, bench: Bench) -> str:
    expect_function(answer, "combine")

    def ask(parts: list[dict[str, int]]) -> Any:
        try:
            return answer([dict(each) for each in parts])
        except ZeroDivisionError as error:
            return error

    def run(parts: list[dict[str, int]]) -> dict[str, Any]:
        found = bench.call(ask, parts)
        if isinstance(found, ZeroDivisionError):
            expect(
                sum(each["departed"] for each in parts),
                "It divides by zero when no flight departed at all; on_time and mean_delay are "
                "None then.",
            )
            expect(
                False,
                "A month in which nothing departed makes it divide by zero, although other months "
                "have departures. A month has no mean of its own here.",
            )
        expect_type(found, dict, "one dictionary")
        missing = {"flights", "cancelled", "on_time", "mean_delay"} - found.keys()
        expect(not missing, f"The dictionary lacks {', '.join(sorted(missing))}.")
        return dict(found)

    def judge(parts: list[dict[str, int]]) -> None:
        found = run(parts)
        total = {name: sum(each[name] for each in parts) for name in NAMES}
        for name in ("flights", "cancelled"):
            expect(
                found[name] == total[name],
                f"{name} is {found[name]!r}, and the parts add up to {total[name]}.",
            )
        departed = total["departed"]
        if not departed:
            expect(
                found["on_time"] is None and found["mean_delay"] is None,
                f"Nothing departed, and on_time is {found['on_time']!r}, mean_delay "
                f"{found['mean_delay']!r}. A share of nothing is not 0, it is unknown: None.",
            )
            return
        wanted = {
            "mean_delay": total["delay"] / departed,
            "on_time": 1 - total["late"] / departed,
        }
        of_means = [each["delay"] / each["departed"] for each in parts if each["departed"]]
        by_flights = total["delay"] / total["flights"]
        for name, right in wanted.items():
            value = found[name]
            if value is not None and abs(value - right) <= 1e-9 * max(1, abs(right)):
                continue
            reason = ""
            if value is None:
                reason = " Some flights departed, so it is known, also where it is 0."
            elif name == "on_time" and abs(value - (1 - right)) < 1e-9:
                reason = " Yours is the share of those that were late."
            elif name == "mean_delay":
                if abs(value - sum(of_means) / len(of_means)) < 1e-9:
                    reason = " It is the mean of the months' means: a month with few flights "
                    reason += "weighs as much as one with many."
                elif abs(value - by_flights) < 1e-9:
                    reason = " It is divided by all flights; a cancelled one has no delay."
            expect(False, f"{name} is {value!r}; {right:.6g} is right.{reason}")

    parts = [part(*each) for each in MONTHS]
    judge(parts[:1])
    judge(parts)
    judge([part(*NOTHING), *parts[::-1]])
    judge([part(*NOTHING)])
    judge([part(*PUNCTUAL)])
    dice = random.Random(11)
    drawn = []
    for month in range(1, 13):
        departed = dice.randrange(1, 500)
        counts = departed + 9, 9, departed, dice.randrange(departed), dice.randrange(-500, 9_000)
        drawn.append(part(month, *counts))
    judge(drawn)
    return "That is it. However the year is cut, the answer is that of the year."


def solution_combine() -> Any:
    def combine(parts):
        names = ("flights", "cancelled", "departed", "late", "delay")
        total = {name: sum(part[name] for part in parts) for name in names}
        departed = total["departed"]
        return {
            "flights": total["flights"],
            "cancelled": total["cancelled"],
            "on_time": 1 - total["late"] / departed if departed else None,
            "mean_delay": total["delay"] / departed if departed else None,
        }

    return combine


def combine_with_pandas() -> Any:
    def combine(parts):
        total = pd.DataFrame(parts).sum()
        answer = {"flights": total["flights"], "cancelled": total["cancelled"]}
        answer["on_time"] = answer["mean_delay"] = None
        if total["departed"] > 0:
            answer["on_time"] = (total["departed"] - total["late"]) / total["departed"]
            answer["mean_delay"] = total["delay"] / total["departed"]
        return answer

    return combine


def combine_means() -> Any:
    def combine(parts):
        frame = pd.DataFrame(parts)
        return {
            "flights": frame["flights"].sum(),
            "cancelled": frame["cancelled"].sum(),
            "on_time": (1 - frame["late"] / frame["departed"]).mean(),
            "mean_delay": (frame["delay"] / frame["departed"]).mean(),
        }

    return combine


def combine_by_flights() -> Any:
    def combine(parts):
        total = pd.DataFrame(parts).sum()
        return {
            "flights": total["flights"],
            "cancelled": total["cancelled"],
            "on_time": 1 - total["late"] / total["departed"],
            "mean_delay": total["delay"] / total["flights"],
        }

    return combine


def combine_late() -> Any:
    def combine(parts):
        total = pd.DataFrame(parts).sum()
        return {
            "flights": total["flights"],
            "cancelled": total["cancelled"],
            "on_time": total["late"] / total["departed"],
            "mean_delay": total["delay"] / total["departed"],
        }

    return combine


def combine_or_none() -> Any:
    def combine(parts):
        total = {name: sum(part[name] for part in parts) for name in NAMES}
        departed = total["departed"]
        return {
            "flights": total["flights"],
            "cancelled": total["cancelled"],
            "on_time": 1 - total["late"] / departed if departed else None,
            "mean_delay": departed and total["delay"] / departed or None,
        }

    return combine


def combine_zero() -> Any:
    def combine(parts):
        total = {name: sum(part[name] for part in parts) for name in NAMES}
        departed = total["departed"] or 1
        return {
            "flights": total["flights"],
            "cancelled": total["cancelled"],
            "on_time": 1 - total["late"] / departed,
            "mean_delay": total["delay"] / departed,
        }

    return combine


def combine_divides() -> Any:
    def combine(parts):
        total = {name: sum(part[name] for part in parts) for name in NAMES}
        return {
            "flights": total["flights"],
            "cancelled": total["cancelled"],
            "on_time": 1 - total["late"] / total["departed"],
            "mean_delay": total["delay"] / total["departed"],
        }

    return combine


EXERCISE = Exercise(
    id="11.3",
    title="Add up what was counted",
    check=check_combine,
    hints=(
        "First add up all five counts over all parts. Divide once, at the very end.",
        "The share and the mean are about flights that departed: divide by the sum of `departed`.",
        "`total = {name: sum(part[name] for part in parts) for name in names}`; then "
        "`1 - late / departed` and `delay / departed`, or None if `departed` is 0.",
    ),
    solution=solution_combine,
    also_right=(combine_with_pandas,),
    wrong=(
        Wrong(combine_means, "the mean of the months' means", "averages averages"),
        Wrong(
            combine_by_flights,
            "a cancelled one has no delay",
            "divides by another number than was summed over",
        ),
        Wrong(combine_late, "the share of those that were late", "turns the share around"),
        Wrong(combine_or_none, "also where it is 0", "takes a mean of 0 for none"),
        Wrong(combine_zero, "it is unknown: None", "turns nothing known into a perfect score"),
        Wrong(combine_divides, "divides by zero when no flight", "forgets the empty case"),
    ),
)
