"""The verbs for who teaches: the guide, the slides, a page to print."""

from __future__ import annotations

import argparse
import webbrowser
from pathlib import Path
from typing import Any

from lib.cli import add_verb
from lib.config import load_settings
from lib.errors import PipelineError


def add_teaching(verbs: Any) -> None:
    """Add slides, handout and guide."""
    text = "Show a chapter as slides, from one HTML file that needs no network."
    part = add_verb(verbs, "slides", slides, text)
    part.add_argument("number", metavar="NN", help="the chapter's number")
    _add_output(part)
    text = "Write a chapter, or all of them, as one HTML file to print or to read."
    part = add_verb(verbs, "handout", handout, text)
    part.add_argument("number", metavar="NN|all", help="a chapter's number, or all")
    _add_output(part)
    text = "Write the teacher's guide anew from the chapters; measures how long each one runs."
    part = add_verb(verbs, "guide", guide, text)
    part.add_argument(
        "--quick", action="store_true", help="keep the times that were measured before"
    )


def _add_output(part: argparse.ArgumentParser) -> None:
    part.add_argument("--out", metavar="FILE", help="where to write it; default: below .workbook")
    part.add_argument("--no-browser", action="store_true", help="write the file, open nothing")


def guide(args: argparse.Namespace) -> int:
    """Write notebooks/instructor_guide.md."""
    from lib.workbook.teaching.guide import GUIDE, measured, render, stored_times

    times = stored_times() if args.quick else measured(print)
    GUIDE.write_text(render(times), encoding="utf-8", newline="\n")
    print(f"Written: notebooks/{GUIDE.name}")
    return 0


def slides(args: argparse.Namespace) -> int:
    """Write a chapter's slides, and show them."""
    return _write(args, "slides")


def handout(args: argparse.Namespace) -> int:
    """Write a chapter, or all, as one page, and show it."""
    return _write(args, "handout")


def _write(args: argparse.Namespace, kind: str) -> int:
    from lib.workbook.course.chapters import CHAPTERS, find_chapter
    from lib.workbook.teaching.handout import handout

    if kind == "handout" and args.number == "all":
        chapters, name = list(CHAPTERS), "workbook"
    else:
        try:
            chapters = [find_chapter(args.number)]
        except LookupError as error:
            raise PipelineError(str(error.args[0]), f"Type: python run.py {kind} 04") from None
        name = chapters[0].path.stem
    target = Path(args.out) if args.out else load_settings().home / kind / f"{name}.html"
    page = handout(chapters, slides=kind == "slides")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page, encoding="utf-8", newline="\n")
    except OSError as error:
        raise PipelineError(
            f"{target} cannot be written ({error.strerror}).", "Choose another place: --out FILE"
        ) from error
    print(f"Written: {target}")
    if kind == "slides":
        print("Arrow keys turn the pages; printed, the same file is the whole chapter.")
    if not args.no_browser:
        webbrowser.open(target.resolve().as_uri())
    return 0
