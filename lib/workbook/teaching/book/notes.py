"""A chapter with notes for teachers: the plan, the answers to predictions, mistakes to expect."""

from __future__ import annotations

import copy
import re

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from lib.workbook.course.chapters import ChapterInfo
from lib.workbook.course.exercise import exercises_of
from lib.workbook.course.prediction import STUB, Prediction, predictions_of, show
from lib.workbook.teaching.guide import mistakes, plan_lines

_CHECK = re.compile(r'chapter\.check\("(\d+\.\d+)", \w+\)')


def with_notes(nb: NotebookNode, info: ChapterInfo) -> NotebookNode:
    """Return a copy of the chapter, with a note below its first cell, each question and check."""
    noted = copy.deepcopy(nb)
    noted.cells = []
    for number, cell in enumerate(nb.cells):
        noted.cells.append(copy.deepcopy(cell))
        if number == 0:
            noted.cells.append(_note("chapter", "For the teacher", "\n".join(plan_lines(info))))
        elif found := STUB.fullmatch(cell.source):
            prediction = predictions_of(info.number)[found[1]]
            title = f"Answer: {show(prediction.answer)}"
            noted.cells.append(_note(found[1], title, _answer(prediction)))
        elif found := _CHECK.fullmatch(cell.source):
            exercise = exercises_of(info.number)[found[1]]
            noted.cells.append(_note(found[1], "What to expect", mistakes(exercise)))
    return noted


def _answer(prediction: Prediction) -> str:
    lines = [prediction.why]
    if prediction.wrong:
        lines += ["", "What else they say:", ""]
        lines += [f"- {show(answer)}: {reason}" for answer, reason in prediction.wrong.items()]
    return "\n".join(lines)


def _note(name: str, title: str, text: str) -> NotebookNode:
    source = f":::{{admonition}} {title}\n:class: teacher\n\n{text}\n:::"
    cell: NotebookNode = new_markdown_cell(source, id=f"note-{name.replace('.', '-')}")
    return cell
