"""Answers to exercise 10.4, right ones and wrong ones."""

# They stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

# --- Right ----------------------------------------------------------------------------------


def left_by_loop() -> Any:
    def left_to_do(months, notes):
        left = list(months)
        for month, outcome in notes:
            if outcome == "succeeded" and month in left:
                left.remove(month)
            elif outcome != "succeeded" and month in months and month not in left:
                left.append(month)
        return sorted(left, key=months.index)

    return left_to_do


def left_with_pandas() -> Any:
    def left_to_do(months, notes):
        import pandas as pd

        frame = pd.DataFrame(notes, columns=["month", "outcome"])
        latest = frame.groupby("month")["outcome"].last()
        return [month for month in months if latest.get(month) != "succeeded"]

    return left_to_do


def left_by_removing() -> Any:
    def left_to_do(months, notes):
        done = set()
        for month, outcome in notes:
            done.discard(month)
            if outcome == "succeeded":
                done.add(month)
        return list(filter(lambda month: month not in done, months))

    return left_to_do


def left_from_the_newest() -> Any:
    def left_to_do(months, notes):
        latest = {}
        for month, outcome in reversed(notes):
            latest.setdefault(month, outcome)
        return tuple(month for month in months if latest.get(month, "none") != "succeeded")

    return left_to_do


def left_one_by_one() -> Any:
    def left_to_do(months, notes):
        for month in months:
            runs = [outcome for each, outcome in notes if each == month]
            if not runs or runs[-1] in ("failed", "running", "died"):
                yield month

    return left_to_do


# --- Wrong ----------------------------------------------------------------------------------


def left_that_failed() -> Any:
    def left_to_do(months, notes):
        return [month for month, outcome in notes if outcome == "failed"]

    return left_to_do


def left_never_succeeded() -> Any:
    def left_to_do(months, notes):
        done = {month for month, outcome in notes if outcome == "succeeded"}
        return [month for month in months if month not in done]

    return left_to_do


def left_ever_failed() -> Any:
    def left_to_do(months, notes):
        bad = {month for month, outcome in notes if outcome != "succeeded"}
        seen = {month for month, _ in notes}
        return [month for month in months if month in bad or month not in seen]

    return left_to_do


def left_only_failed() -> Any:
    def left_to_do(months, notes):
        latest = dict(notes)
        return [month for month in months if latest.get(month, "failed") == "failed"]

    return left_to_do


def left_from_the_oldest() -> Any:
    def left_to_do(months, notes):
        first = {}
        for month, outcome in notes:
            first.setdefault(month, outcome)
        return [month for month in months if first.get(month) != "succeeded"]

    return left_to_do


def left_of_the_notes() -> Any:
    def left_to_do(months, notes):
        return [month for month, outcome in dict(notes).items() if outcome != "succeeded"]

    return left_to_do


def left_as_a_set() -> Any:
    def left_to_do(months, notes):
        return set(months) - {month for month, how in dict(notes).items() if how == "succeeded"}

    return left_to_do


def left_backwards() -> Any:
    def left_to_do(months, notes):
        latest = dict(notes)
        return [month for month in months[::-1] if latest.get(month) != "succeeded"]

    return left_to_do


def left_with_strangers() -> Any:
    def left_to_do(months, notes):
        latest = dict.fromkeys(months) | dict(notes)
        return [month for month, outcome in latest.items() if outcome != "succeeded"]

    return left_to_do
