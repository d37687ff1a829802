"""Answers to exercise 0.2: right ones, wrong ones, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from functools import partial

import pandas as pd

from lib.workbook.course.exercise import Word, Wrong


def two_returns():
    def is_late(delay):
        if delay is None:
            return False
        return delay > 14

    return is_late


def asks_pandas():
    return lambda delay: pd.notna(delay) and delay >= 15


def as_a_series():
    return lambda delay: pd.Series([delay], dtype="float").ge(15).iloc[0]  # numpy's own bool


def zero_for_none():
    return lambda delay: (delay or 0) >= 15


def catches_the_error():
    def is_late(delay):
        try:
            return delay >= 15
        except TypeError:
            return False

    return is_late


def by_match():
    def is_late(delay):
        match delay:
            case None:
                return False
            case minutes if minutes >= 15:
                return True
            case _:
                return False

    return is_late


def de_morgan():
    return lambda delay: not (delay is None or delay < 15)


def with_a_limit():
    def late_from(limit, delay):
        return delay is not None and delay >= limit

    return partial(late_from, 15)


def a_callable_object():
    class Late:
        limit = 15

        def __call__(self, delay):
            return bool(delay) and delay >= self.limit

    return Late()


def sorted_in():
    return lambda delay: False if delay is None else sorted([delay, 15])[0] == 15


ALSO_RIGHT = (
    two_returns,
    asks_pandas,
    as_a_series,
    zero_for_none,
    catches_the_error,
    by_match,
    de_morgan,
    with_a_limit,
    a_callable_object,
    sorted_in,
)


def silent():
    def is_late(delay):
        delay is not None and delay >= 15

    return is_late


def prints():
    def is_late(delay):
        print(delay is not None and delay >= 15)

    return is_late


def returns_only_true():
    def is_late(delay):
        if delay is not None and delay >= 15:
            return True

    return is_late


def forgets_the_branch_of_none():
    def is_late(delay):
        if delay is not None:
            return delay >= 15

    return is_late


def remembers_the_last():
    seen = []

    def is_late(delay):
        seen.append(delay)
        return None not in seen and delay >= 15

    return is_late


WRONG = (
    Wrong(
        lambda: lambda delay: delay is not None and delay > 15,
        "exactly 15 minutes late counts",
        "took 15 minutes or more for more than 15",
    ),
    Wrong(
        lambda: lambda delay: delay is None or delay >= 15,
        "a cancelled flight is not late",
        "counts a missing value as late",
    ),
    Wrong(
        lambda: lambda delay: delay and delay >= 15,
        "`is_late(0)` gives 0",
        "relies on 0 and None counting as false",
    ),
    Wrong(
        forgets_the_branch_of_none,
        "`is_late(None)` gives None; the text asks for False",
        "has no return for a flight without a delay",
    ),
    Wrong(returns_only_true, "`is_late(14)` gives None", "returns something in one case only"),
    Wrong(silent, "returns nothing", "forgets to return"),
    Wrong(prints, "returns nothing", "takes printing for returning"),
    Wrong(lambda: True, "the function itself", "handed over a result, not the function"),
    Wrong(
        lambda: lambda delay: delay is not None and abs(delay) >= 15,
        "`is_late(-60)` gives True",
        "takes an early flight for a late one",
    ),
    Wrong(
        lambda: lambda delay: delay is not None and delay > 0,
        "`is_late(14)` gives True",
        "takes any delay for late",
    ),
    Wrong(
        lambda: lambda delay: delay in range(15, 1000),
        "`is_late(1301)` gives False",
        "does not expect a delay of a day",
    ),
    Wrong(
        lambda: lambda delay: delay is not None and delay < 15,
        "`is_late(60)` gives False",
        "turned the comparison round",
    ),
    Wrong(
        lambda: lambda delay: "late" if delay is not None and delay >= 15 else "",
        "neither True nor False",
        "answers a person, not the program that asks",
    ),
    Wrong(
        lambda: lambda delay: int(delay is not None and delay >= 15),
        "`is_late(60)` gives 1",
        "takes 1 and 0 for True and False",
    ),
    Wrong(
        lambda: lambda delay: str(delay is not None and delay >= 15),
        "`is_late(60)` gives 'True'",
        "takes the text for the truth value",
    ),
    Wrong(
        lambda: lambda delay: delay is not None and delay / 60 >= 15,
        "`is_late(60)` gives False",
        "takes the delay for seconds",
    ),
    Wrong(
        lambda: lambda delay: None if delay is None else delay >= 15,
        "`is_late(None)` gives None",
        "hands a missing value on as a missing answer",
    ),
    Wrong(
        remembers_the_last,
        "Called again",
        "keeps something from call to call",
    ),
)
WORDS = (
    Word("Write `is_late(delay)`", "the function itself is handed over", lambda: True),
    Word(
        "it returns `True` when",
        "`is_late(60)` must be True, not a text",
        lambda: lambda delay: "late" if delay is not None and delay >= 15 else False,
    ),
    Word(
        "15 minutes late or more",
        "delays of 14, 15 and 16 minutes",
        lambda: lambda delay: delay is not None and delay > 15,
    ),
    Word("and `False` otherwise", "delays of 14, 0 and -3 minutes", returns_only_true),
    Word(
        "A cancelled flight has no delay: `delay` is `None` then, and `is_late` returns `False`",
        "a call with None, after others and before others",
        lambda: lambda delay: delay is None or delay >= 15,
    ),
)
