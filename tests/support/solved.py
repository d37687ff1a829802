"""A chapter with its stubs solved, in which each check has to say "correct"."""

from __future__ import annotations

import re

from nbformat import NotebookNode

from lib.workbook.course import notebooks
from lib.workbook.course.chapters import ChapterInfo
from lib.workbook.course.exercise import exercises_of
from lib.workbook.course.prediction import STUB, predictions_of


def solved_chapter(info: ChapterInfo) -> tuple[NotebookNode, list[str]]:
    """Return the chapter with its exercises solved, and the ids of the checks in it.

    All that the chapter stores is kept, to be compared, but the cards of checks and predictions:
    those cells raise unless they say that it is right.
    """
    solutions = {each.id: each.solution_code for each in exercises_of(info.number).values()}
    return _checked(notebooks.fill(notebooks.read(info.path), solutions))


def _checked(nb: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """Make each check of a filled notebook raise unless it says correct; return their ids, too."""
    checks = []
    for cell in nb.cells:
        check = re.fullmatch(r'chapter\.check\("([\d.]+)", \w+\)', cell.source)
        if cell.cell_type == "code" and check:
            checks.append(check[1])
            _must_say(cell, cell.source, "correct")
        predict = STUB.fullmatch(cell.source)
        if cell.cell_type == "code" and predict:
            answer = predictions_of(predict[2])[predict[1]].answer
            _must_say(cell, f"chapter.predict({predict[1]!r}, {answer!r})", "· right")
        if cell.source == "chapter.map()":  # a prediction was made before it
            cell.source = 'assert "1 of 2 predicted" in repr(chapter.map())'
            cell.outputs = []
        if cell.cell_type == "code":
            cell.execution_count = 1  # what was never executed is a fault of its own
    return nb, checks


def _must_say(cell: NotebookNode, call: str, state: str) -> None:
    cell.source = f"card = repr({call})\nassert card.splitlines()[0].endswith({state!r}), card"
    cell.outputs = []
