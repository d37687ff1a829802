"""How time and memory grow: with 1, 3 and 10 times the rows, with 1, 10 and 30 people."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lib.bench.page import bench_page
from lib.bench.run import Measure, Options, run_bench

TIMES = (1, 3, 10)  # the rows of a year, or of `limit` rows
CROWDS = (1, 10, 30)  # people at once
LOADS = ("bulk_load", "bulk_load again")
READS = ("read_frame", "read_batches")
Say = Callable[[str], None]


def rows_growth(
    options: Options, say: Say = print, measure: Measure | None = None
) -> list[dict[str, Any]]:
    """Load or read 1, 3 and 10 times the rows; say a table of the growth, and return the figures.

    Raises what `run_bench` raises.
    """
    only = options.only or (LOADS if options.what == "load" else READS)
    answers = []
    for times in TIMES:
        answers += run_bench(replace(options, times=times, only=only), say, measure)
    say("\nGrowth with the rows\n" + format_growth(answers, "rows", "median_s", "peak_mb"))
    return answers


def people_growth(
    rounds: int, database_url: str | None, month: str | None, say: Say = print
) -> list[dict[str, Any]]:
    """Let 1, 10 and 30 people come at once; say a table of the growth, and return the figures.

    Raises what `bench_page` raises.
    """
    answers = []
    for crowd in CROWDS:
        for row in bench_page(rounds, database_url, month, say, crowd):
            if row["what"] == "many at once":
                answers.append(row | {"method": row["what"], "people": crowd})
    say("\nGrowth with the people\n" + format_growth(answers, "people", "median_ms", "busy_ms"))
    return answers


def format_growth(answers: list[dict[str, Any]], size: str, time: str, cost: str) -> str:
    """Return a line for each method and size, and how each figure grows with the size.

    Growth is the exponent between the smallest and the largest size: 0.0 stays the same, 1.0 grows
    as the size does, 2.0 with its square.
    """
    lines = [
        f"{'method':<24}{'database':<10}{size:>12}{time:>12}{cost:>12}",
    ]
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in answers:
        groups.setdefault((row["method"], row["database"]), []).append(row)
    for (method, database), rows in groups.items():
        for row in rows:
            lines.append(
                f"{method:<24}{database:<10}{row[size]:>12,}{row[time]:>12,.4g}{row[cost]:>12,.4g}"
            )
        grown = [f"{exponent(rows, size, name):.1f}" for name in (time, cost)]
        lines.append(f"{'':<24}{'':<10}{'growth':>12}{grown[0]:>12}{grown[1]:>12}")
    return "\n".join(lines)


def exponent(rows: list[dict[str, Any]], size: str, name: str) -> float:
    """Return n where a figure grows as size ** n, between the first row and the last."""
    first, last = rows[0], rows[-1]
    if first[size] == last[size] or not first[name] or not last[name]:
        return math.nan
    return math.log(last[name] / first[name]) / math.log(last[size] / first[size])
