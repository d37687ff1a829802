"""The words of a task that ask for something: each has a row in the check's data.

An answer that ignores such a word must meet a row, or a call, that shows it. The pairs of phrase
and row stand beside each check, in `Exercise.words`; the teacher's guide prints them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lib.workbook.course.chapters import ChapterInfo
from lib.workbook.course.notebooks import EXERCISE_TAG, read, tags

# Code, numbers, and the words that limit, order, count or exclude: to ignore one of them changes
# what is asked for.
BINDING = re.compile(
    r"`[^`]+`|(?<![\w.])\d[\d,.:]*\d|(?<![\w.])\d|\b(?:"
    "two|three|four|five|six|seven|eight|nine|ten|each|every|all|both|any|whole|only|alone|just|"
    "no|not|never|none|neither|nor|without|nothing|nobody|first|last|order|sorted|earliest|latest|"
    "earlier|later|before|after|most|least|more|less|fewer|longer|exactly|also|too|even|same|other|"
    "another|once|twice|again|already|missing|empty|null|unique|new|stays?|keeps?|unless|"
    "otherwise|however|whatever"
    r")\b",
    re.IGNORECASE,
)


def task_of(info: ChapterInfo, exercise_id: str) -> str:
    """Return the task's text: the Markdown between the heading's line and the stub.

    White space is collapsed to single blanks.
    """
    texts: list[str] = []
    for cell in read(info.path).cells:
        if cell.cell_type == "markdown":
            if f"### Exercise {exercise_id} " in cell.source:
                heading = cell.source.partition(f"### Exercise {exercise_id} ")[2]
                texts = [heading.partition("\n")[2]]
            elif texts:
                texts.append(cell.source)
        elif f"{EXERCISE_TAG}{exercise_id}" in tags(cell):
            break
    return " ".join(" ".join(texts).split())


def uncovered(task: str, phrases: Iterable[str]) -> list[str]:
    """Return the binding words of a task that lie in none of the phrases, each with its place."""
    covered = [span for phrase in phrases for span in _spans(task, phrase)]
    return [
        f"{found[0]!r} in '...{task[max(0, found.start() - 25):found.end() + 25]}...'"
        for found in BINDING.finditer(task)
        if not any(start <= found.start() and found.end() <= end for start, end in covered)
    ]


def _spans(task: str, phrase: str) -> Iterator[tuple[int, int]]:
    start = task.find(phrase)
    while start >= 0:
        yield start, start + len(phrase)
        start = task.find(phrase, start + 1)
