"""`open_chapter`: the first line of every notebook.

It imports what opening needs; exercises, and what they import, are read when one is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from html import escape
from pathlib import Path
from types import EllipsisType
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import func, select

from lib.config import Settings, load_settings
from lib.database import Database
from lib.models import Flight
from lib.workbook.course.card import Card, CourseMap, MapLine, NotThere, code_marks
from lib.workbook.course.chapters import CHAPTERS, ChapterInfo, find_chapter
from lib.workbook.course.exercise import Exercise, State, exercises_of, judge
from lib.workbook.course.prediction import (
    LABELS,
    Answer,
    Prediction,
    PredictionCard,
    predictions_of,
)
from lib.workbook.course.progress import Progress
from lib.workbook.databases import checkpoints

if TYPE_CHECKING:
    from lib.workbook.course.project_card import ProjectCard

MAX_ASKED_CHARS = 20  # of what was asked for and is not there
EMPTY = ("scratch", "walk", "history", "quiet")  # by name, so that reset knows what to remove

T = TypeVar("T")
_open: dict[str, Chapter] = {}


class Chapter:
    """A chapter at work: its own database, its exercises, and the progress in them."""

    def __init__(self, info: ChapterInfo, settings: Settings) -> None:
        self.info = info
        self.settings = settings
        self.progress = Progress(settings.home)
        self.db: Database = checkpoints.open_copy(settings, f"ch{info.number}")
        self._hinted: dict[str, int] = {}
        self._empty: dict[str, Database] = {}

    def __repr__(self) -> str:
        with self.db.session_scope() as session:
            flights = session.scalar(select(func.count()).select_from(Flight)) or 0
        return (
            f"Chapter {self.info.number} is ready. chapter.db is its own database: "
            f"January 2013, {flights:,} flights."
        )

    @cached_property
    def exercises(self) -> dict[str, Exercise]:
        """Its exercises by their ids; imported when the first one is asked for."""
        return exercises_of(self.info.number)

    @cached_property
    def predictions(self) -> dict[str, Prediction]:
        """Its predictions by their ids; imported when the first one is asked for."""
        return predictions_of(self.info.number)

    def empty_database(self, name: str = "scratch") -> Database:
        """Return a database with nothing in it, beside the chapter's own; made again at each call.

        There may be one of each name in EMPTY.
        """
        if name not in EMPTY:
            raise LookupError(f"An empty database is called {' or '.join(EMPTY)}, not {name!r}.")
        if name in self._empty:
            self._empty.pop(name).close()
        self._empty[name] = checkpoints.open_empty(self.settings, f"ch{self.info.number}_{name}")
        return self._empty[name]

    def close(self) -> None:
        """Close what the chapter has opened."""
        for db in (self.db, *self._empty.values()):
            db.close()

    def check(self, exercise: str, answer: Any) -> Card | NotThere:
        """Judge the answer, note the outcome, and return the card that shows it."""
        found = self._exercise(exercise)
        if isinstance(found, NotThere):
            return found
        verdict = judge(found, answer, self.settings)
        note = ""
        if verdict.state is not State.FAULT:
            note = self._noted(self.progress.record, found.id, verdict.state.value)
        return Card(found, verdict, note)

    def predict(self, prediction: str, answer: Answer | EllipsisType) -> PredictionCard | NotThere:
        """Judge a prediction, note the first outcome, and return the card that shows it."""
        found = _named(self.predictions, prediction, self.info, "Prediction", "predict")
        if isinstance(found, NotThere):
            return found
        verdict = found.judge(answer)
        note = self._noted(self.progress.record_prediction, found.id, LABELS[verdict.state])
        return PredictionCard(found, verdict, note)

    def hint(self, exercise: str) -> Text | NotThere:
        """Return the next hint of the exercise; each gives away a little more."""
        found = self._exercise(exercise, "hint")
        if isinstance(found, NotThere):
            return found
        number = min(self._hinted.get(found.id, 0), len(found.hints) - 1)
        self._hinted[found.id] = number + 1
        self._noted(self.progress.record_hint, found.id, number + 1)
        return Text(f"Hint {number + 1} of {len(found.hints)}: {found.hints[number]}")

    def solution(self, exercise: str) -> Text | NotThere:
        """Return the solution, as it would be typed into the cell."""
        found = self._exercise(exercise, "solution")
        if isinstance(found, NotThere):
            return found
        self._noted(self.progress.record_solution, found.id)
        return Text(found.solution_code, code=True)

    def check_project(self, folder: str | Path | EllipsisType) -> ProjectCard:
        """Return the card of twelve points for the project in a folder, which is not changed.

        Its own tests are run, on a server, too, where there is one: it takes a minute or two.
        """
        from lib.workbook.course.project_card import project_card

        return project_card(folder, self.settings)

    def map(self) -> CourseMap:
        """Return the map of all chapters, with what is solved in each."""
        return course_map(self.settings)

    def _noted(self, record: Callable[..., None], *what: Any) -> str:
        """Write to the progress; return what to say when that cannot be done."""
        try:
            record(*what)
        except OSError as error:
            reason = error.strerror or str(error)
            return f"Your progress could not be noted in {self.progress.path.name} ({reason})."
        return ""

    def _exercise(self, number: str, what: str = "check") -> Exercise | NotThere:
        return _named(self.exercises, number, self.info, "Exercise", what)


def _named(
    known: Mapping[str, T], name: object, info: ChapterInfo, kind: str, call: str
) -> T | NotThere:
    """Return what has this name, also where it was typed as a number; or a card of those there are.

    `call` is the method that was called.
    """
    asked = str(name).strip()
    if asked in known:
        return known[asked]
    there = list(known)
    some = f"{', '.join(there[:-1])} and {there[-1]}" if len(there) > 1 else there[0]
    answer = "" if call in ("hint", "solution") else ", answer"
    message = f"Chapter {info.number} has the {kind.lower()}s {some}. "
    message += f'Type for instance: `chapter.{call}("{there[0]}"{answer})`'
    for other in CHAPTERS:
        if asked in (other.exercises if kind == "Exercise" else other.predictions):
            message += f"\n{asked} belongs to chapter {other.number}, {other.path.name}."
    shown = asked if len(asked) <= MAX_ASKED_CHARS else f"{asked[:MAX_ASKED_CHARS]}..."
    return NotThere(kind, shown, info.title, message)


class Text:
    """Text that a notebook shows without quotation marks."""

    def __init__(self, text: str, *, code: bool = False) -> None:
        self.text = text
        self._code = code

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        if self._code:
            return f"<pre>{escape(self.text)}</pre>"
        return f"<p>{code_marks(self.text)}</p>"


def open_chapter(number: str, settings: Settings | None = None) -> Chapter:
    """Open the chapter at its start: a private database, migrated and filled.

    Run again, it starts again: what the last run left in its database, or left open, is gone.

    Raises PipelineError when the database cannot be reached, or another kernel holds it.
    """
    info = find_chapter(number)
    if info.number in _open:
        _open.pop(info.number).close()
    chapter = Chapter(info, settings or load_settings())
    _open[info.number] = chapter
    return chapter


def course_map(settings: Settings) -> CourseMap:
    """Return the map of all chapters for these settings."""
    progress = Progress(settings.home)
    lines = [
        MapLine(
            info.number,
            info.title,
            info.minutes,
            progress.done(info.exercises),
            len(info.exercises),
            progress.predicted(info.predictions),
            len(info.predictions),
            info.path.name,
        )
        for info in CHAPTERS
    ]
    return CourseMap(tuple(lines))
