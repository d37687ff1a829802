"""What a learner hands in, a small file of what was solved; and the table of many such files.

The file, version 1, has no name and no answer in it, and is sent nowhere:
{"format": "pipeline workbook report", "version": 1, "written_at": "2013-01-31T10:00:00+00:00",
 "chapters": [{"chapter": "04",
   "exercises": [{"exercise": "4.1", "state": "correct", "attempts": 2, "hints": 1,
                  "solution": false}, ...],
   "predictions": [{"prediction": "04.a", "state": "right", "attempts": 1, "first": "right"}, ...]},
  ...]}
Each chapter and task is there, tried or not. `hints` counts those that `chapter.hint` has shown:
what is opened on a card is opened in the page, of which no program hears.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lib.workbook.course import progress
from lib.workbook.course.chapters import CHAPTERS, ChapterInfo
from lib.workbook.course.progress import CORRECT, UNTOUCHED, Part, Progress

FORMAT, VERSION = "pipeline workbook report", 1


@dataclass(frozen=True)
class HandedIn:
    """One file that was handed in, or why it cannot be read.

    `solved` has the exercises that are correct, `predicted` the predictions that were made;
    `helped` counts hints and solutions that were looked up.
    """

    name: str
    solved: frozenset[str] = frozenset()
    predicted: frozenset[str] = frozenset()
    helped: int = 0
    trouble: str = ""

    def share(self, chapters: Sequence[ChapterInfo]) -> float:
        """Return the percentage of these chapters' exercises that are solved."""
        wanted = [each for info in chapters for each in info.exercises]
        return 100 * len(self.solved.intersection(wanted)) / len(wanted)


def report(progress: Progress) -> dict[str, Any]:
    """Return what is handed in, as it is written to the file."""
    known = progress.load()
    exercises, predictions = known["exercises"], known["predictions"]
    chapters = [
        {
            "chapter": info.number,
            "exercises": [_exercise(each, exercises) for each in info.exercises],
            "predictions": [_prediction(each, predictions) for each in info.predictions],
        }
        for info in CHAPTERS
    ]
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {"format": FORMAT, "version": VERSION, "written_at": now, "chapters": chapters}


def _exercise(name: str, known: Part) -> dict[str, Any]:
    entry = known.get(name, {})
    return {
        "exercise": name,
        "state": entry.get("state", UNTOUCHED),
        "attempts": entry.get("attempts", 0),
        "hints": entry.get("hints", 0),
        "solution": entry.get("solution", False),
    }


def _prediction(name: str, known: Part) -> dict[str, Any]:
    entry = known.get(name, {})
    return {
        "prediction": name,
        "state": entry.get("state", UNTOUCHED),
        "attempts": entry.get("attempts", 0),
        "first": entry.get("first", UNTOUCHED),
    }


def read_reports(place: Path) -> list[HandedIn]:
    """Read a file, or each `.json` file of a folder, in the order of their names."""
    files = [place] if place.is_file() else sorted(place.glob("*.json"))
    if not place.is_file():  # a workbook's own folder, which has the report of one learner
        files = [file for file in files if file.name != progress.FILE]
    return [_read(file) for file in files]


def _read(file: Path) -> HandedIn:
    try:
        found = json.loads(file.read_text(encoding="utf-8-sig"))
        if not isinstance(found, Mapping) or found.get("format") != FORMAT:
            return HandedIn(file.name, trouble="is no report of the workbook")
        if found.get("version") != VERSION:
            version = found.get("version")
            return HandedIn(file.name, trouble=f"has version {version!r}; {VERSION} is known here")
        exercises = [each for one in found["chapters"] for each in one["exercises"]]
        predictions = [each for one in found["chapters"] for each in one["predictions"]]
        return HandedIn(
            file.name,
            frozenset(str(each["exercise"]) for each in exercises if each["state"] == CORRECT),
            frozenset(
                str(each["prediction"]) for each in predictions if each["first"] != UNTOUCHED
            ),
            sum(int(each["hints"]) + bool(each["solution"]) for each in exercises),
        )
    except OSError as error:
        return HandedIn(file.name, trouble=f"cannot be read ({error.strerror})")
    except (ValueError, LookupError, TypeError):
        return HandedIn(file.name, trouble="is damaged")


def rows(reports: Sequence[HandedIn], chapters: Sequence[ChapterInfo]) -> list[list[str]]:
    """Return the table: a head, and a row for each file.

    A chapter's column has how many of its exercises are solved.
    """
    tasks = sum(len(info.exercises) for info in chapters)
    head = ["file", *(info.number for info in chapters)]
    head += [f"of {tasks}", "%", "predicted", "looked up"]
    table = [head]
    for each in reports:
        if each.trouble:
            table.append([each.name, *["-"] * (len(head) - 1)])
            continue
        solved = [len(each.solved.intersection(info.exercises)) for info in chapters]
        asked = [name for info in chapters for name in info.predictions]
        predicted = len(each.predicted.intersection(asked))
        numbers = [*solved, sum(solved), int(each.share(chapters)), predicted, each.helped]
        table.append([each.name, *map(str, numbers)])
    return table


def as_text(table: Sequence[Sequence[str]]) -> str:
    """Return the table with its columns under each other."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = []
    for row in table:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
