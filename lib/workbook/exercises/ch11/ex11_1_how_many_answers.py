"""Answers to exercise 11.1, right ones and wrong ones."""

# They stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

# --- Right ----------------------------------------------------------------------------------


def workers_by_trying() -> Any:
    def workers_for(seconds, serial, wanted):
        for workers in range(1, 10_000):
            if seconds * (serial + (1 - serial) / workers) <= wanted + 1e-9:
                return workers
        return None

    return workers_for


def workers_in_fractions() -> Any:
    def workers_for(seconds, serial, wanted):
        seconds, serial, wanted = (Fraction(str(each)) for each in (seconds, serial, wanted))
        if wanted >= seconds:
            return 1
        if wanted <= seconds * serial:
            return None
        return math.ceil((seconds - seconds * serial) / (wanted - seconds * serial))

    return workers_for


def workers_in_decimals() -> Any:
    def workers_for(seconds, serial, wanted):
        whole, share, limit = Decimal(str(seconds)), Decimal(str(serial)), Decimal(str(wanted))
        left = limit - whole * share
        if whole <= limit:
            return 1
        if left <= 0:
            return None
        return math.ceil((whole - whole * share) / left)

    return workers_for


def workers_by_halving() -> Any:
    def workers_for(seconds, serial, wanted):
        def fast(workers):
            needed = seconds * serial + seconds * (1 - serial) / workers
            return needed < wanted or math.isclose(needed, wanted)

        if math.isclose(seconds * serial, wanted) and not fast(1):
            return None
        low, high = 1, 1
        while not fast(high):
            high *= 2
            if high > 2**20:
                return None
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if fast(middle) else (middle + 1, high)
        return low

    return workers_for


def workers_with_a_little_more() -> Any:
    def workers_for(seconds, serial, wanted):
        fixed = seconds * serial
        if seconds <= wanted:
            return 1
        if fixed > wanted - 1e-9:
            return None
        return math.ceil((seconds - fixed) / (wanted - fixed) - 1e-9)

    return workers_for


# --- Wrong ----------------------------------------------------------------------------------


def workers_all_shared() -> Any:
    def workers_for(seconds, serial, wanted):
        return max(1, math.ceil(seconds / wanted)) if wanted else None

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


def workers_in_floats() -> Any:
    def workers_for(seconds, serial, wanted):
        if seconds <= wanted:
            return 1
        left = wanted - seconds * serial
        if left <= 0:
            return None
        return math.ceil(seconds * (1 - serial) / left)

    return workers_for


def workers_tried_in_floats() -> Any:
    def workers_for(seconds, serial, wanted):
        for workers in range(1, 10_000):
            if seconds * (serial + (1 - serial) / workers) <= wanted:
                return workers
        return None

    return workers_for
