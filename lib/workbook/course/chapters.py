"""The chapters that there are: one line each, in the order in which they are read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lib.config import ROOT
from lib.errors import PipelineError

NOTEBOOKS = ROOT / "notebooks"


@dataclass(frozen=True)
class ChapterInfo:
    """A chapter: its number, its file, its title, and the minutes that it takes to work through.

    All of this is known without an import of the chapter's exercises, which takes a second.
    """

    number: str
    topic: str
    title: str
    minutes: int
    count: int  # of its exercises

    @property
    def exercises(self) -> list[str]:
        """The ids of its exercises: 4.1, 4.2 and so on."""
        return [f"{int(self.number)}.{each + 1}" for each in range(self.count)]

    @property
    def predictions(self) -> list[str]:
        """The ids of its predictions: two, and from chapter 02 on three that look back."""
        looks_back = ("r1", "r2", "r3") if self.number >= "02" else ()
        return [f"{self.number}.{each}" for each in (*looks_back, "a", "b")]

    @property
    def path(self) -> Path:
        return NOTEBOOKS / f"{self.number}_{self.topic}.ipynb"


CHAPTERS = (
    ChapterInfo("00", "start_here", "Start here", 20, 3),
    ChapterInfo("01", "python_environments", "Python environments", 70, 5),
    ChapterInfo("02", "ways_of_working", "Ways of working", 80, 5),
    ChapterInfo("03", "engine", "The engine", 115, 5),
    ChapterInfo("04", "sessions", "Sessions", 105, 5),
    ChapterInfo("05", "orm_models", "ORM models", 125, 5),
    ChapterInfo("06", "querying", "Querying", 135, 5),
    ChapterInfo("07", "migrations", "Migrations", 135, 6),
    ChapterInfo("08", "bulk_load", "The bulk load", 165, 6),
    ChapterInfo("09", "testing", "Testing", 110, 5),
    ChapterInfo("10", "orchestration", "Orchestration", 100, 5),
    ChapterInfo("11", "beyond_one_machine", "Beyond one machine", 75, 3),
    ChapterInfo("12", "dashboard", "The dashboard", 85, 5),
    ChapterInfo("13", "your_own_data", "Your own data", 90, 4),
)


def find_chapter(number: str) -> ChapterInfo:
    """Return the chapter with this number ("04"; "4" will do)."""
    for info in CHAPTERS:
        if info.number == str(number).zfill(2):
            return info
    known = ", ".join(info.number for info in CHAPTERS)
    raise LookupError(f"There is no chapter {number!r}. There are: {known}.")


def expect_chapter(number: str, fix: str) -> ChapterInfo:
    """Return the chapter that was typed; raises PipelineError, with what to type instead."""
    try:
        return find_chapter(number)
    except LookupError as error:
        raise PipelineError(str(error.args[0]), fix) from None
