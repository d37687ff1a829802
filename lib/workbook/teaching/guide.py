"""The teacher's guide: written from the chapters and their exercises, so that it is never older.

What no program can know, where to stop and what to cut, is in :mod:`lib.workbook.teaching.plans`.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from lib.workbook.course.chapters import CHAPTERS, NOTEBOOKS, ChapterInfo
from lib.workbook.course.exercise import Exercise, exercises_of
from lib.workbook.course.notebooks import read
from lib.workbook.course.prediction import predictions_of, show
from lib.workbook.course.words import question_of
from lib.workbook.teaching.memory import peak_of_children
from lib.workbook.teaching.plans import PLANS, TEACHING, Plan

GUIDE = NOTEBOOKS / "instructor_guide.md"
_OPENING = Path(__file__).with_name("guide_opening.md")
_COST = re.compile(r"^\| (\d\d) \|.*\| (\d+) s \| (\d+) MB \|$", re.MULTILINE)


class Cost(NamedTuple):
    """What a chapter takes: all its cells, run once."""

    seconds: int
    megabytes: int  # of its kernel, and of all that this starts


def measured(
    say: Callable[[str], None], known: Mapping[str, Cost] | None = None
) -> dict[str, Cost]:
    """Run each chapter in a room of its own, after one that made the databases; return costs.

    A chapter whose costs are known, and whose seconds are not 0, is not run.
    """
    from lib.workbook.proof.harness import execute

    costs = {number: cost for number, cost in (known or {}).items() if cost.seconds}
    if costs.keys() >= {info.number for info in CHAPTERS}:
        return costs
    with tempfile.TemporaryDirectory(prefix="guide-", ignore_cleanup_errors=True) as home:
        room = {"WORKBOOK_DIR": home, "DATABASE_URL": ""}
        execute(read(CHAPTERS[0].path), NOTEBOOKS, room)
        for info in CHAPTERS:
            if info.number in costs:
                continue
            start = time.perf_counter()
            with peak_of_children() as peak:
                execute(read(info.path), NOTEBOOKS, room)
            cost = Cost(max(1, round(time.perf_counter() - start)), peak.megabytes)
            costs[info.number] = cost
            say(f"{info.number} {info.title}: {cost.seconds} s, {cost.megabytes} MB")
    return costs


def stored_costs() -> dict[str, Cost]:
    """Return the costs that the guide has now, by chapter; 0 for a chapter that it lacks."""
    text = GUIDE.read_text(encoding="utf-8") if GUIDE.exists() else ""
    found = {number: Cost(int(time), int(size)) for number, time, size in _COST.findall(text)}
    return {info.number: found.get(info.number, Cost(0, 0)) for info in CHAPTERS}


def render(costs: Mapping[str, Cost]) -> str:
    """Return the guide as Markdown; `costs` are what each chapter takes."""
    chapters = [_chapter(info).strip() for info in CHAPTERS]
    return "\n\n".join([front(costs).strip(), "## Chapter by chapter", *chapters]) + "\n"


def front(costs: Mapping[str, Cost]) -> str:
    """Return what the guide says of the whole course: advice, the table of times, plans."""
    parts = [_OPENING.read_text(encoding="utf-8"), _table(costs)]
    parts += ["## Plans", *(_plan(plan) for plan in PLANS)]
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


def _table(costs: Mapping[str, Cost]) -> str:
    lines = [
        "## Time",
        "",
        "Minutes to teach are for talking and running cells together, minutes for exercises for "
        "work alone or in pairs. The last two columns are how long all cells of a chapter ran, on "
        "two shared cores, when this guide was written, and the most memory that its kernel took "
        "with all that it started. Where memory is short, close a chapter before you open the "
        "next: *File, Close and Shut Down Notebook*.",
        "",
        "| | Chapter | Teach, minutes | Exercises, minutes | Exercises | Runs in | Memory |",
        "|---|---|---|---|---|---|---|",
    ]
    for info in CHAPTERS:
        minutes = TEACHING[info.number].exercises
        lines.append(
            f"| {info.number} | [{info.title}]({info.path.name}) | {info.minutes - minutes} "
            f"| {minutes} | {len(info.exercises)} | {costs[info.number].seconds} s "
            f"| {costs[info.number].megabytes} MB |"
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
    lines = [f"### {info.number} · {info.title}", "", "**They will be able to**", ""]
    lines += [f"- {' '.join(line.split())}" for line in objectives(info)]
    lines += ["", "**Key points**", "", key_points(info), "", *plan_lines(info)]
    lines += ["", _predictions(info)]
    for exercise in exercises_of(info.number).values():
        lines += ["", _exercise(exercise)]
    return "\n".join(lines)


def plan_lines(info: ChapterInfo) -> list[str]:
    """Return where to stop, what to cut, what to prepare: a list in Markdown."""
    teaching = TEACHING[info.number]
    return [
        f"- **Stop here if time is short:** {teaching.stop}",
        f"- **Cut when late:** {teaching.cut}",
        f"- **Prepare:** {teaching.prepare}",
        f"- **No network:** {teaching.offline}",
    ]


def _predictions(info: ChapterInfo) -> str:
    lines = [
        "**Predictions.** Let everybody answer before the cell runs, and a neighbour object:",
        "",
        "| | Question | Answer | Why | What else they say |",
        "|---|---|---|---|---|",
    ]
    for each in predictions_of(info.number).values():
        question = question_of(info, each.id).partition("** ")[2]
        others = " ".join(f"{show(answer)}: {reason}" for answer, reason in each.wrong.items())
        texts = (each.id, question, show(each.answer), each.why, others)
        lines.append(f"| {' | '.join(map(_cell, texts))} |")
    return "\n".join(lines)


def _exercise(exercise: Exercise) -> str:
    title = f"**Exercise {exercise.id}, {exercise.title}.** Expect these wrong answers:"
    return f"{title}\n\n{mistakes(exercise)}"


def mistakes(exercise: Exercise) -> str:
    """Return the tables of wrong answers, and of the words that the check looks at."""
    lines = ["| What it reveals | What the card says |", "|---|---|"]
    lines += [f"| {_cell(wrong.reveals)} | … {_cell(wrong.says)} … |" for wrong in exercise.wrong]
    if exercise.words:
        lines += ["", "| Words of the task | What the check has for them |", "|---|---|"]
        lines += [f"| {_cell(word.phrase)} | {_cell(word.row)} |" for word in exercise.words]
    return "\n".join(lines)


def _cell(text: str) -> str:
    """Return a text that fits into one cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")
