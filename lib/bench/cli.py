"""The verb `bench`; alone: python -m lib.bench.cli bench."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

from lib.cli import add_verb, make_parser, run, typed_path
from lib.errors import PipelineError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the verb; return the exit code."""
    parser, verbs = make_parser("python -m lib.bench.cli")
    add_bench(verbs)
    return run(parser, sys.argv[1:] if argv is None else argv)


def add_bench(verbs: Any) -> None:
    """Add the verb `bench`."""
    text = (
        "Measure our ways to load and to read against the usual ones, how fast the page is, or "
        "what more workers give."
    )
    part = add_verb(verbs, "bench", bench, text, database=True)
    part.add_argument("what", choices=("load", "read", "page", "scale"), nargs="?", default="load")
    part.add_argument(
        "--json", metavar="FILE", type=typed_path, help="write the results there, too"
    )
    part.add_argument("--rows", type=_times, default=1, metavar="10x", help="so many years of rows")
    part.add_argument("--rounds", type=_count, default=3, metavar="N", help="default: 3")
    part.add_argument("--only", nargs="+", default=(), metavar="NAME", help="only these methods")
    part.add_argument(
        "--rivals", action="store_true", help="load: sqlite-utils, too (installed once)"
    )
    part.add_argument(
        "--growth",
        action="store_true",
        help="how time and memory grow: 1, 3, 10 times the rows; page: 1, 10, 30 people",
    )
    part.add_argument("--limit", type=_count, help=argparse.SUPPRESS)


def _times(word: str) -> int:
    match = re.fullmatch(r"([1-9][0-9]?)x", word)
    if not match:
        raise argparse.ArgumentTypeError(f"{word!r} is not like 1x or 10x")
    return int(match[1])


def _count(word: str) -> int:
    if not word.isdecimal() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number from 1")
    return int(word)


def bench(args: argparse.Namespace) -> int:
    """Print a table for each database at hand; with --json, write the same for programs."""
    if args.growth and args.what == "scale":
        raise PipelineError("bench scale has no --growth.", "It goes with load, read and page.")
    if args.growth and args.rows != 1:
        raise PipelineError("--growth takes 1, 3 and 10 times the rows.", "Leave out --rows.")
    if args.rivals and (args.what != "load" or args.growth):
        raise PipelineError("--rivals goes with load, without --growth.", "Leave out one of them.")
    target = args.json
    try:
        if target:  # before minutes of work: what was there stays until there is something new
            target.open("a", encoding="utf-8").close()
    except OSError as error:
        raise PipelineError(
            f"{target} cannot be written ({error.strerror}).", "Choose another place for --json."
        ) from error
    from lib.bench.run import BenchFailed, Options, run_bench

    names = ("rounds", "only", "database_url", "limit", "what", "rivals")
    options = Options(times=args.rows, **{name: getattr(args, name) for name in names})
    say = partial(print, flush=True)
    failed = None
    try:
        if args.what == "page":
            from lib.bench.growth import people_growth
            from lib.bench.page import bench_page

            month = "2013-01" if args.limit else None
            measure = people_growth if args.growth else bench_page
            answers = measure(args.rounds, args.database_url, month, say)
        elif args.what == "scale":
            from lib.bench.scale import bench_scale

            answers = bench_scale(args.rounds, args.database_url, args.limit, say)
        elif args.growth:
            from lib.bench.growth import rows_growth

            answers = rows_growth(options, say)
        else:
            answers = run_bench(options, say)
    except BenchFailed as error:
        failed, answers = error, error.answers
    if target:
        target.write_text(json.dumps(answers, indent=1) + "\n", encoding="utf-8")
    if failed:
        raise failed
    return 0


if __name__ == "__main__":
    sys.exit(main())
