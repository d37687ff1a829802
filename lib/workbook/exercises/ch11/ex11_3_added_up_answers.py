"""Answers to exercise 11.3, right ones and wrong ones."""

# They stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import itertools
from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

NAMES = ("flights", "cancelled", "departed", "late", "delay")

# --- Right ----------------------------------------------------------------------------------


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


def combine_in_a_loop() -> Any:
    def combine(parts):
        flights = cancelled = departed = late = delay = 0
        for part in parts:
            flights += part["flights"]
            cancelled += part["cancelled"]
            departed += part["departed"]
            late += part["late"]
            delay += part["delay"]
        on_time = mean_delay = None
        if departed:
            on_time, mean_delay = (departed - late) / departed, delay / departed
        return dict(flights=flights, cancelled=cancelled, on_time=on_time, mean_delay=mean_delay)

    return combine


def combine_in_fractions() -> Any:
    def combine(parts):
        total = Counter()
        for part in parts:
            total.update({name: part[name] for name in part if name != "month"})
        left = total["departed"]
        share = Fraction(left - total["late"], left) if left else None
        mean = Fraction(total["delay"], left) if left else None
        counts = {"flights": total["flights"], "cancelled": total["cancelled"]}
        return {"month": None, **counts, "on_time": share, "mean_delay": mean}

    return combine


def combine_weighted() -> Any:
    def combine(parts):
        frame = pd.DataFrame(parts)
        left = frame[frame["departed"] > 0]
        share = mean = None
        if not left.empty:
            weights = left["departed"]
            share = float(np.average(1 - left["late"] / weights, weights=weights))
            mean = float(np.average(left["delay"] / weights, weights=weights))
        flights, cancelled = int(frame["flights"].sum()), int(frame["cancelled"].sum())
        names = ("flights", "cancelled", "on_time", "mean_delay")
        return dict(zip(names, (flights, cancelled, share, mean), strict=True))

    return combine


# --- Wrong ----------------------------------------------------------------------------------


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


def combine_until_nothing() -> Any:
    def combine(parts):
        left = list(itertools.takewhile(lambda part: part["departed"], parts))
        total = {name: sum(part[name] for part in left) for name in NAMES}
        departed = total["departed"]
        return {
            "flights": sum(part["flights"] for part in parts),
            "cancelled": sum(part["cancelled"] for part in parts),
            "on_time": 1 - total["late"] / departed if departed else None,
            "mean_delay": total["delay"] / departed if departed else None,
        }

    return combine


def combine_one_by_one() -> Any:
    def combine(parts):
        rows = []
        for part in parts:
            departed = part["departed"]
            on_time = 1 - part["late"] / departed if departed else None
            mean = part["delay"] / departed if departed else None
            rows.append({**part, "on_time": on_time, "mean_delay": mean})
        return rows

    return combine


def combine_month_by_month() -> Any:
    def combine(parts):
        departed = sum(part["departed"] for part in parts)
        late = sum(part["late"] / part["departed"] * part["departed"] for part in parts)
        delay = sum(part["delay"] / part["departed"] * part["departed"] for part in parts)
        return {
            "flights": sum(part["flights"] for part in parts),
            "cancelled": sum(part["cancelled"] for part in parts),
            "on_time": 1 - late / departed if departed else None,
            "mean_delay": delay / departed if departed else None,
        }

    return combine


def combine_remembers() -> Any:
    total: Counter[str] = Counter()

    def combine(parts):
        for part in parts:
            total.update({name: part[name] for name in NAMES})
        departed = total["departed"]
        return {
            "flights": total["flights"],
            "cancelled": total["cancelled"],
            "on_time": 1 - total["late"] / departed if departed else None,
            "mean_delay": total["delay"] / departed if departed else None,
        }

    return combine


def combine_nan() -> Any:
    def combine(parts):
        total = pd.DataFrame(parts).sum()
        with np.errstate(invalid="ignore"):
            share = 1 - total["late"] / total["departed"]
            mean = total["delay"] / total["departed"]
        counts = {"flights": total["flights"], "cancelled": total["cancelled"]}
        return {**counts, "on_time": float(share), "mean_delay": float(mean)}

    return combine
