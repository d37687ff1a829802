"""The chapters that there are: one line each, in the order in which they are read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lib.config import ROOT

NOTEBOOKS = ROOT / "notebooks"


@dataclass(frozen=True)
class ChapterInfo:
    """A chapter: its number, its file, its title, and the minutes that it takes to work through."""

    number: str
    topic: str
    title: str
    minutes: int

    @property
    def path(self) -> Path:
        return NOTEBOOKS / f"{self.number}_{self.topic}.ipynb"


CHAPTERS = (
    ChapterInfo("00", "start_here", "Start here", 15),
    ChapterInfo("01", "python_environments", "Python environments", 60),
    ChapterInfo("02", "ways_of_working", "Ways of working", 75),
    ChapterInfo("03", "engine", "The engine", 75),
    ChapterInfo("04", "sessions", "Sessions", 75),
    ChapterInfo("05", "orm_models", "ORM models", 80),
    ChapterInfo("06", "querying", "Querying", 100),
    ChapterInfo("07", "migrations", "Migrations", 100),
    ChapterInfo("08", "bulk_load", "The bulk load", 100),
    ChapterInfo("09", "testing", "Testing", 90),
    ChapterInfo("10", "orchestration", "Orchestration", 90),
    ChapterInfo("11", "beyond_one_machine", "Beyond one machine", 75),
    ChapterInfo("12", "dashboard", "The dashboard", 75),
)


def find_chapter(number: str) -> ChapterInfo:
    """Return the chapter with this number ("04"; "4" will do)."""
    for info in CHAPTERS:
        if info.number == str(number).zfill(2):
            return info
    known = ", ".join(info.number for info in CHAPTERS)
    raise LookupError(f"There is no chapter {number!r}. There are: {known}.")
