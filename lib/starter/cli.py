"""The verb `new`: a project of one's own from files."""

from __future__ import annotations

import argparse
from typing import Any

from lib.cli import add_verb, typed_path
from lib.load.progress import progress_bar
from lib.starter.place import expect_place, expect_project, next_steps


def add_new(verbs: Any) -> None:
    """Add the verb `new`."""
    text = "Make a project of your own from files: tables, feeds, page, tests, the core of lib."
    parser = add_verb(verbs, "new", new, text, judge=_judge)
    parser.add_argument("folder", metavar="FOLDER", type=typed_path, help="where it goes")
    what = parser.add_mutually_exclusive_group(required=True)
    text = "files to load: CSV, JSON lines or Parquet; those of one header go into one table"
    what.add_argument("--from", dest="files", metavar="FILE", type=typed_path, nargs="+", help=text)
    what.add_argument("--update", action="store_true", help="replace the core of a project")
    parser.add_argument(
        "--key",
        default="",
        metavar="FIELDS",
        help="what tells rows apart, 'one,another': of each table whose files have these fields; "
        "the others get the key that is found",
    )


def _judge(args: argparse.Namespace) -> None:
    if not args.update:
        expect_place(args.folder, args.files)
    elif args.key:
        args.usage("--key is for a new project: it goes with --from")
    else:
        expect_project(args.folder)


def new(args: argparse.Namespace) -> int:
    """Make the project, or replace the core of one; say what comes next."""
    from lib.starter.core import update_core
    from lib.starter.write import PAGE_SETTINGS, keep_page_settings, new_project

    if args.update:
        update_core(args.folder / "lib")
        print(f"The core in {args.folder / 'lib'} is replaced. Run the tests of the project.")
        if keep_page_settings(args.folder):
            print(f"It had no {PAGE_SETTINGS}; now its page is shown to this machine only.")
        return 0
    key = [each.strip() for each in args.key.split(",") if each.strip()]
    asked = new_project(args.folder, args.files, key, progress_bar)
    print(f"{args.folder} is made.")
    if asked:
        print("What the files do not say:")
        for number, question in enumerate(asked, 1):
            print(f"  {number}. {question}")
    print("It has an environment of its own. Make it, then run the tests, the load and the page:")
    for step in next_steps(args.folder):
        print(f"  {step}")
    return 0
