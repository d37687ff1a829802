"""The verbs of the pipeline wing, and what all verbs share: options, errors, exit codes.

0 is done, 1 is failed (one clear message; --debug adds the traceback), 2 is used wrongly, and 130
is stopped with Ctrl-C. No password is printed, whatever happens.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote

from lib.config import load_settings
from lib.errors import PipelineError
from lib.progress import progress_bar

Verb = Callable[[argparse.Namespace], int]
LONGEST = 500  # characters of an error that nobody foresaw: SQLAlchemy's hold whole statements
SHOWN = 10  # rejected rows; all of them are in the table rejected_rows

# In a URL: what stands between the user's name and the last @, if that is on the same line.
_IN_URL = re.compile(r"(://[^\s:/@]*:)\S*(@)")


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that repeats no password when it complains of an argument."""

    def error(self, message: str) -> NoReturn:
        super().error(_IN_URL.sub(r"\1***\2", message))


def main(argv: Sequence[str] | None = None) -> int:
    """Run a verb of the pipeline wing; return the exit code."""
    parser, verbs = make_parser("python -m lib.cli")
    add_pipeline(verbs)
    add_orchestrate(verbs)
    add_bench(verbs)
    return run(parser, sys.argv[1:] if argv is None else argv)


def make_parser(prog: str) -> tuple[Parser, Any]:
    """Return a parser, and the object that `add_verb` adds its verbs to."""
    parser = Parser(prog=prog, allow_abbrev=False)
    verbs = parser.add_subparsers(dest="verb", metavar="COMMAND", required=True)
    return parser, verbs


def add_verb(verbs: Any, name: str, work: Verb, text: str, *, database: bool = False) -> Parser:
    """Add a verb with the options that every verb has; return its parser for further ones."""
    parser: Parser = verbs.add_parser(name, help=text, description=text, allow_abbrev=False)
    parser.set_defaults(work=work, database_url=None, stopped="Stopped.")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    if database:
        parser.add_argument(
            "--database-url", metavar="URL", help="which database; beats DATABASE_URL"
        )
    return parser


def run(parser: argparse.ArgumentParser, argv: Sequence[str]) -> int:
    """Parse, run the verb, and turn whatever comes out of it into an exit code."""
    try:
        args = parser.parse_args(argv)
    except SystemExit as end:
        return int(end.code or 0)
    try:
        code: int = args.work(args)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print(f"\n{args.stopped}", file=sys.stderr)
        return 130
    except BrokenPipeError:  # ... | head: nobody wants to read on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except PipelineError as error:
        _complain(str(error), args)
    except ImportError as error:
        _complain(f"{error}.\nType: python run.py doctor", args)
    except Exception as error:
        text = " ".join(f"{type(error).__name__}: {error}".split())
        text = text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."
        hint = "" if args.debug else " (add --debug for the traceback)"
        _complain(f"{text}{hint}", args)
    return 1


def _complain(text: str, args: argparse.Namespace) -> None:
    if args.debug:
        text = f"{traceback.format_exc()}\n{text}"
    print(without_passwords(text, args.database_url), file=sys.stderr)


def without_passwords(text: str, url: str | None = None) -> str:
    """Return the text with *** for the password of the database, as written and as meant."""
    text = _IN_URL.sub(r"\1***\2", text)
    for source in (url, os.environ.get("DATABASE_URL"), _url_of_env_file()):
        match = re.search(r"://[^:/@]*:(.*)@", source or "")
        if match and match[1]:
            for secret in {match[1], unquote(match[1])}:
                text = text.replace(secret, "***")
    return text


def _url_of_env_file() -> str | None:
    try:
        return load_settings().database_url.render_as_string(hide_password=False)
    except PipelineError:  # it may be what the complaint is about
        return None


# --- pipeline -------------------------------------------------------------------------------


def add_pipeline(verbs: Any) -> None:
    """Add the verb `pipeline`."""
    text = "Load the five tables, and print what was read, loaded, inferred and rejected."
    parser = add_verb(verbs, "pipeline", pipeline, text, database=True)
    again = "Stopped. The table that was being loaded is as it was before; type the same command"
    parser.set_defaults(stopped=f"{again} to go on.")


def pipeline(args: argparse.Namespace) -> int:
    """Load everything into the database of the settings, with a progress bar in a terminal."""
    settings = load_settings(args.database_url)
    # Imported late, here and elsewhere: pandas and pyarrow take a second, which a mistyped
    # setting need not wait for.
    from lib.database import Database
    from lib.pipeline import run_pipeline
    from lib.queries import quarantine

    with Database(settings.database_url) as db:
        report = run_pipeline(db, watch=progress_bar)
        print(report)
        with db.engine.connect() as connection:
            print(format_quarantine(quarantine(connection).to_dict("records")))
        print(f"Run {report.run_id}, in {db.url.render_as_string(hide_password=True)}")
    return 0


def format_quarantine(rows: Sequence[dict[Any, Any]]) -> str:
    """Return the rejected rows shortly, a line for each of the first ones."""
    lines = [f"{len(rows):,} rejected rows"] if rows else ["no rejected rows"]
    for row in rows[:SHOWN]:
        value = str(row["value"])
        value = value if len(value) <= 40 else f"{value[:37]}..."
        place = f"{row['file']}, line {row['line']}"
        lines.append(f"  {place}: {row['column_name']} = {value!r}: {row['reason']}")
    if len(rows) > SHOWN:
        lines.append(f"  and {len(rows) - SHOWN:,} more, in the table rejected_rows")
    return "\n".join(lines)


# --- orchestrate ----------------------------------------------------------------------------


def add_orchestrate(verbs: Any) -> None:
    """Add the verb `orchestrate`."""
    text = "Open Dagster's page: load single months, repeat them, watch the checks."
    part = add_verb(verbs, "orchestrate", orchestrate, text, database=True)
    part.add_argument("--port", type=_port, metavar="P", help="default: 3000 or the next free one")
    part.add_argument("--no-browser", action="store_true", help="print the address, no more")


def _port(word: str) -> int:
    if not word.isdecimal() or not 1 <= int(word) <= 65535:
        raise argparse.ArgumentTypeError(f"{word!r} is not a port: a number from 1 to 65535")
    return int(word)


def orchestrate(args: argparse.Namespace) -> int:
    """Run Dagster, on this machine only, until it is stopped."""
    settings = load_settings(args.database_url)
    from lib.dagster_page import serve
    from lib.database import Database

    with Database(settings.database_url) as db:
        return serve(db, settings.home, args.port, browser=not args.no_browser)


# --- bench ----------------------------------------------------------------------------------


def add_bench(verbs: Any) -> None:
    """Add the verb `bench`."""
    text = (
        "Measure our ways to load and to read against the usual ones, how fast the page is, or "
        "what more workers give."
    )
    part = add_verb(verbs, "bench", bench, text, database=True)
    part.add_argument("what", choices=("load", "read", "page", "scale"), nargs="?", default="load")
    part.add_argument("--json", metavar="FILE", help="write the results there, too")
    part.add_argument("--rows", type=_times, default=1, metavar="10x", help="so many years of rows")
    part.add_argument("--rounds", type=_count, default=3, metavar="N", help="default: 3")
    part.add_argument("--only", nargs="+", default=(), metavar="NAME", help="only these methods")
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
    target = Path(args.json) if args.json else None
    try:
        if target:  # before minutes of work: what was there stays until there is something new
            target.open("a", encoding="utf-8").close()
    except OSError as error:
        raise PipelineError(
            f"{target} cannot be written ({error.strerror}).", "Choose another place for --json."
        ) from error
    from lib.bench.run import BenchFailed, Options, run_bench

    names = ("rounds", "only", "database_url", "limit", "what")
    options = Options(times=args.rows, **{name: getattr(args, name) for name in names})
    say = partial(print, flush=True)
    failed = None
    try:
        if args.what == "page":
            from lib.bench.page import bench_page

            month = 1 if args.limit else None
            answers = bench_page(args.rounds, args.database_url, month, say)
        elif args.what == "scale":
            from lib.bench.scale import bench_scale

            answers = bench_scale(args.rounds, args.database_url, args.limit, say)
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
