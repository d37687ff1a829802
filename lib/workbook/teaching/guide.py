"""The teacher's guide: written from the chapters and their exercises, so that it is never older.

What no program can know, where to stop and what to cut, is in :mod:`lib.workbook.teaching.plans`.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from lib.workbook.course.chapters import CHAPTERS, NOTEBOOKS, ChapterInfo
from lib.workbook.course.exercise import Exercise, exercises_of
from lib.workbook.course.notebooks import read
from lib.workbook.teaching.plans import PLANS, TEACHING, Plan

GUIDE = NOTEBOOKS / "instructor_guide.md"
_OPENING = Path(__file__).with_name("guide_opening.md")
_TIME = re.compile(r"^\| (\d\d) \|.*\| (\d+) s \|$", re.MULTILINE)


def measured(say: Callable[[str], None]) -> dict[str, int]:
    """Run each chapter in a room of its own, after one that made the databases; return seconds."""
    from lib.workbook.proof.harness import execute

    times = {}
    with tempfile.TemporaryDirectory(prefix="guide-", ignore_cleanup_errors=True) as home:
        room = {"WORKBOOK_DIR": home, "DATABASE_URL": ""}
        execute(read(CHAPTERS[0].path), NOTEBOOKS, room)
        for info in CHAPTERS:
            start = time.perf_counter()
            execute(read(info.path), NOTEBOOKS, room)
            times[info.number] = round(time.perf_counter() - start)
            say(f"{info.number} {info.title}: {times[info.number]} s")
    return times


def stored_times() -> dict[str, int]:
    """Return the seconds that the guide has now, by chapter; 0 for a chapter that it lacks."""
    text = GUIDE.read_text(encoding="utf-8") if GUIDE.exists() else ""
    found = {number: int(seconds) for number, seconds in _TIME.findall(text)}
    return {info.number: found.get(info.number, 0) for info in CHAPTERS}


def render(times: Mapping[str, int]) -> str:
    """Return the guide as Markdown; `times` are the seconds that each chapter runs."""
    parts = [_OPENING.read_text(encoding="utf-8"), _table(times)]
    parts += ["## Plans", *(_plan(plan) for plan in PLANS), "## Chapter by chapter"]
    parts += [_chapter(info) for info in CHAPTERS]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def objectives(info: ChapterInfo) -> list[str]:
    """Return what the first cell promises, a line each, without the exercise's number."""
    lines = re.findall(r"^- (.+(?:\n  .+)*)$", read(info.path).cells[0].source, re.MULTILINE)
    return [re.sub(r"\s*\([^()]*\d+\.\d[^()]*\)[;.]?$|[;.]$", "", line) for line in lines]


def key_points(info: ChapterInfo) -> str:
    """Return the text below the heading "Key points"."""
    for cell in read(info.path).cells:
        if cell.cell_type == "markdown" and "## Key points" in cell.source:
            text: str = cell.source.partition("## Key points")[2]
            return text.partition("\n## ")[0].strip()
    return ""


def _table(times: Mapping[str, int]) -> str:
    lines = [
        "## Time",
        "",
        "Minutes to teach are for talking and running cells together, minutes for exercises for "
        "work alone or in pairs. The last column is how long all cells of a chapter ran, on two "
        "shared cores, when this guide was written.",
        "",
        "| | Chapter | Teach, minutes | Exercises, minutes | Exercises | Runs in |",
        "|---|---|---|---|---|---|",
    ]
    for info in CHAPTERS:
        minutes = TEACHING[info.number].exercises
        lines.append(
            f"| {info.number} | [{info.title}]({info.path.name}) | {info.minutes - minutes} "
            f"| {minutes} | {len(exercises_of(info.number))} | {times[info.number]} s |"
        )
    return "\n".join(lines)


def _plan(plan: Plan) -> str:
    total = sum(minutes for _, minutes, _ in plan.parts)
    lines = [
        f"### {plan.title}: {total // 60} h {total % 60:02} min, and breaks",
        "",
        plan.aim,
        "",
        "| Minutes | Chapter | What |",
        "|---|---|---|",
    ]
    titles = {info.number: info.title for info in CHAPTERS}
    for number, minutes, what in plan.parts:
        lines.append(f"| {minutes} | {number} {titles[number]} | {what} |")
    return "\n".join(lines)


def _chapter(info: ChapterInfo) -> str:
    teaching = TEACHING[info.number]
    lines = [f"### {info.number} · {info.title}", "", "**They will be able to**", ""]
    lines += [f"- {' '.join(line.split())}" for line in objectives(info)]
    lines += ["", "**Key points**", "", key_points(info), ""]
    for title, text in (
        ("Stop here if time is short", teaching.stop),
        ("Cut when late", teaching.cut),
        ("Prepare", teaching.prepare),
        ("No network", teaching.offline),
    ):
        lines.append(f"- **{title}:** {text}")
    for exercise in exercises_of(info.number).values():
        lines += ["", _exercise(exercise)]
    return "\n".join(lines)


def _exercise(exercise: Exercise) -> str:
    lines = [
        f"**Exercise {exercise.id}, {exercise.title}.** Expect these wrong answers:",
        "",
        "| What it reveals | What the card says |",
        "|---|---|",
    ]
    lines += [f"| {_cell(wrong.reveals)} | … {_cell(wrong.says)} … |" for wrong in exercise.wrong]
    return "\n".join(lines)


def _cell(text: str) -> str:
    """Return a text that fits into one cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")
