"""The verbs for teachers and authors: slides, handout, book, guide, reports, and proofs."""

from __future__ import annotations

import argparse
import csv
import io
import json
import webbrowser
from pathlib import Path
from typing import Any

from lib.cli import add_verb, typed_path
from lib.config import load_settings
from lib.errors import PipelineError
from lib.workbook.course.chapters import CHAPTERS, expect_chapter, find_chapter


def add_teaching(verbs: Any) -> None:
    """Add slides, handout, book, guide, servers, report and check-exercise."""
    text = "Show a chapter as slides, from one HTML file that needs no network."
    part = add_verb(verbs, "slides", slides, text, judge=_judge_number)
    part.add_argument("number", metavar="NN", help="the chapter's number")
    _add_output(part)
    text = "Write a chapter, or all of them, as one HTML file to print or to read."
    part = add_verb(verbs, "handout", handout, text, judge=_judge_number)
    part.add_argument("number", metavar="NN|all", help="a chapter's number, or all")
    _add_output(part)
    text = "Build the book: the chapters as a site to read, from what is stored; runs no cell."
    part = add_verb(verbs, "book", book, text)
    part.add_argument(
        "--out", metavar="FOLDER", type=typed_path, help="where to; default: .workbook/book/site"
    )
    part.add_argument(
        "--repository", metavar="URL", default="", help="of the project, for links to its files"
    )
    part.add_argument("--no-browser", action="store_true", help="build it, open nothing")
    text = "Write the teacher's guide from the chapters; measures what each one takes."
    part = add_verb(verbs, "guide", guide, text)
    part.add_argument(
        "--quick", action="store_true", help="measure only chapters that have no time yet"
    )
    text = "Ask SQLite and a private server what they do with what the course depends on; write it."
    part = add_verb(verbs, "servers", servers, text, judge=_judge_programs)
    part.add_argument(
        "--server",
        metavar="PROGRAM",
        action="append",
        help="a mariadbd or mysqld, more than once if you like; default: the one that is installed",
    )
    _add_report(verbs)
    text = "Prove an exercise: stub, solution, other right ways, wrong answers, words of the task."
    part = add_verb(
        verbs, "check-exercise", check_exercise, text, database=True, judge=_judge_exercises
    )
    part.add_argument("names", metavar="N.M|NN|all", nargs="+", help="exercises, or chapters")


def _add_report(verbs: Any) -> None:
    text = "Write what was solved into a file to hand in; or make a table of such files."
    part = add_verb(verbs, "report", report, text, judge=_judge_report)
    part.epilog = (
        "Exit codes with FOLDER: 0, each file solves what is needed; 1, one does not, or cannot be "
        "read; 2, used wrongly."
    )
    part.add_argument(
        "folder",
        metavar="FOLDER",
        nargs="?",
        type=typed_path,
        help="a folder of such files, or one",
    )
    part.add_argument(
        "--out",
        metavar="FILE",
        type=typed_path,
        help="where to write: the report, or the table, CSV",
    )
    part.add_argument("--chapters", metavar="NN", nargs="+", help="of the table; default: all")
    part.add_argument(
        "--need", type=float, default=100, metavar="PERCENT", help="of the exercises; default: 100"
    )


def _add_output(part: argparse.ArgumentParser) -> None:
    part.add_argument(
        "--out", metavar="FILE", type=typed_path, help="where to write it; default: below .workbook"
    )
    part.add_argument("--no-browser", action="store_true", help="write the file, open nothing")


def book(args: argparse.Namespace) -> int:
    """Build the learner's and the teacher's view of the book, and show the first."""
    from lib.workbook.teaching.book.build import build

    home = load_settings().home
    out = args.out.resolve() if args.out else home / "book" / "site"
    first = build(home, out, repository=args.repository.rstrip("/"))
    print(f"Written: {first}")
    print(f"For teachers: {out / 'teacher' / first.name}")
    if not args.no_browser:
        webbrowser.open(first.as_uri())
    return 0


def guide(args: argparse.Namespace) -> int:
    """Write notebooks/instructor_guide.md."""
    from lib.workbook.teaching.guide import GUIDE, measured, render, stored_costs

    costs = measured(print, stored_costs() if args.quick else None)
    GUIDE.write_text(render(costs), encoding="utf-8", newline="\n")
    print(f"Written: notebooks/{GUIDE.name}")
    return 0


def _judge_programs(args: argparse.Namespace) -> None:
    from lib.testing.programs import find_program, find_server

    programs = args.server or ([found] if (found := find_server()) else [])
    if missing := [program for program in programs if find_program(program) is None]:
        raise PipelineError(f"{missing[0]} is no program here.", "Name one with --server.")


def servers(args: argparse.Namespace) -> int:
    """Write notebooks/servers.md."""
    from lib.testing.mysql_server import ServerError
    from lib.testing.programs import find_server
    from lib.workbook.teaching.servers import PAGE, write

    programs = args.server or ([found] if (found := find_server()) else [])
    try:
        write(print, programs)
    except ServerError as error:
        raise PipelineError(str(error), "Name another server program with --server.") from error
    if not programs:
        print("No MariaDB and no MySQL is installed here: their columns are as they were.")
    print(f"Written: notebooks/{PAGE.name}")
    return 0


def _judge_report(args: argparse.Namespace) -> None:
    if args.chapters and args.folder is None:
        args.usage("--chapters is for the table: name the FOLDER of the reports, too")
    try:
        for number in args.chapters or []:
            find_chapter(number)
    except LookupError as error:
        args.usage(error.args[0])
    place = args.folder
    if place is not None and not place.is_file() and not any(place.glob("*.json")):
        args.usage(f"there is no report, a file that ends in .json, in {place}")


def report(args: argparse.Namespace) -> int:
    """Write a learner's report, or print the table of those in a folder."""
    from lib.workbook.course.progress import Progress
    from lib.workbook.course.reset import REPORT
    from lib.workbook.teaching import hand_in

    if args.folder is not None:
        return _table(args)
    home = load_settings().home
    target = args.out or home / REPORT
    found = hand_in.report(Progress(home))
    _save(target, json.dumps(found, indent=1) + "\n")
    tasks = [each for one in found["chapters"] for each in one["exercises"]]
    solved = sum(each["state"] == "correct" for each in tasks)
    print(f"{solved} of {len(tasks)} exercises solved. There is no name and no answer in the file.")
    return 0


def _table(args: argparse.Namespace) -> int:
    from lib.workbook.teaching import hand_in

    chapters = [find_chapter(number) for number in args.chapters or []] or list(CHAPTERS)
    reports = hand_in.read_reports(args.folder)
    if not reports:
        args.usage(f"there is no report, a file that ends in .json, in {args.folder}")
    table = hand_in.rows(reports, chapters)
    print(hand_in.as_text(table))
    if args.out:
        lines = io.StringIO()
        csv.writer(lines, lineterminator="\n").writerows(table)
        _save(args.out, lines.getvalue())
    unread = [f"{each.name} {each.trouble}." for each in reports if each.trouble]
    enough = all(each.share(chapters) >= args.need for each in reports)
    print(*unread, sep="\n", end="\n" if unread else "")
    return 0 if enough and not unread else 1


def _judge_exercises(args: argparse.Namespace) -> None:
    known = {"all", *(each for info in CHAPTERS for each in (info.number, *info.exercises))}
    if unknown := sorted({name.zfill(2) for name in args.names} - known):
        args.usage(f"there is no exercise or chapter {', '.join(unknown)}")


def check_exercise(args: argparse.Namespace) -> int:
    """Print each claim about the exercises, and whether it holds."""
    settings = load_settings(args.database_url)
    from lib.workbook.course.exercise import exercises_of
    from lib.workbook.proof.exercises import claims

    wanted = [(info, each) for info in CHAPTERS for each in info.exercises]
    if args.names != ["all"]:
        numbers = {name.zfill(2) for name in args.names}
        wanted = [pair for pair in wanted if {pair[0].number, pair[1]} & numbers]
    broken = 0
    for info, name in wanted:
        exercise = exercises_of(info.number).get(name)
        if exercise is None:
            package = f"lib/workbook/exercises/ch{info.number}/__init__.py"
            raise PipelineError(
                f"The course counts an exercise {name}, and {package} has none of this id.",
                "Add it to EXERCISES there, or correct the chapter's count in "
                "lib/workbook/course/chapters.py.",
            )
        print(f"{name} {exercise.title}")
        for claim in claims(info, exercise, settings):
            print(f"  {claim}".replace("\n", "\n  "), flush=True)
            broken += not claim.holds
    print(f"{broken} claims do not hold." if broken else "All claims hold.")
    return 1 if broken else 0


def _judge_number(args: argparse.Namespace) -> None:
    if args.verb == "slides" or args.number != "all":
        expect_chapter(args.number, f"Type: python run.py {args.verb} 04")


def slides(args: argparse.Namespace) -> int:
    """Write a chapter's slides, and show them."""
    return _write(args, "slides")


def handout(args: argparse.Namespace) -> int:
    """Write a chapter, or all, as one page, and show it."""
    return _write(args, "handout")


def _write(args: argparse.Namespace, kind: str) -> int:
    from lib.workbook.teaching.handout import handout

    if kind == "handout" and args.number == "all":
        chapters, name = list(CHAPTERS), "workbook"
    else:
        chapters = [find_chapter(args.number)]
        name = chapters[0].path.stem
    target = args.out or load_settings().home / kind / f"{name}.html"
    _save(target, handout(chapters, slides=kind == "slides"))
    if kind == "slides":
        print("Arrow keys turn the pages; printed, the same file is the whole chapter.")
    if not args.no_browser:
        webbrowser.open(target.resolve().as_uri())
    return 0


def _save(target: Path, text: str) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise PipelineError(
            f"{target} cannot be written ({error.strerror}).", "Choose another place: --out FILE"
        ) from error
    print(f"Written: {target}")
