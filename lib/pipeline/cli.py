"""The verbs `pipeline` and `check`; alone: python -m lib.pipeline.cli pipeline."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from lib.cli import add_verb, expect_file, make_parser, run, typed_path
from lib.config import load_settings
from lib.load.progress import progress_bar

MAX_SHOWN_ROWS = 10  # rejected ones; all of them are in the table rejected_rows


def main(argv: Sequence[str] | None = None) -> int:
    """Run the verb; return the exit code."""
    parser, verbs = make_parser("python -m lib.pipeline.cli")
    add_pipeline(verbs)
    add_check(verbs)
    return run(parser, sys.argv[1:] if argv is None else argv)


def add_check(verbs: Any) -> None:
    """Add the verb `check`."""
    text = "Look at a file without loading it: its form, its columns, keys, odd values."
    parser = add_verb(verbs, "check", check, text, judge=_expect_files)
    parser.add_argument(
        "file", metavar="FILE", type=typed_path, nargs="+", help="CSV, JSON lines, Parquet"
    )


def _expect_files(args: argparse.Namespace) -> None:
    for path in args.file:
        expect_file(path)


def check(args: argparse.Namespace) -> int:
    """Print what each file holds, and what a feed would reject."""
    from lib.feeds.check import look
    from lib.feeds.told import tell

    for number, path in enumerate(args.file):
        print("\n" * bool(number) + tell(look(path, watch=progress_bar)))
    return 0


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
    for row in rows[:MAX_SHOWN_ROWS]:
        value = str(row["value"])
        value = value if len(value) <= 40 else f"{value[:37]}..."
        place = f"{row['file']}, line {row['line']}"
        lines.append(f"  {place}: {row['column_name']} = {value!r}: {row['reason']}")
    if len(rows) > MAX_SHOWN_ROWS:
        lines.append(f"  and {len(rows) - MAX_SHOWN_ROWS:,} more, in the table rejected_rows")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
