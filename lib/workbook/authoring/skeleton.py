"""Which chapter is to be made, and whether it can be: told before anything is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from lib.config import ROOT
from lib.errors import PipelineError
from lib.workbook.course.chapters import CHAPTERS, ChapterInfo

MINUTES = 30
TOPIC = "[a-z][a-z0-9_]{1,30}"


@dataclass(frozen=True)
class Skeleton:
    """A chapter that is to be made: its number, "14", and its topic, "late_rows"."""

    number: str
    topic: str
    root: Path = ROOT

    @property
    def info(self) -> ChapterInfo:
        """The chapter as the course will know it."""
        title = self.topic.replace("_", " ").capitalize()
        return ChapterInfo(self.number, self.topic, title, MINUTES, 1)

    @property
    def before(self) -> ChapterInfo:
        """The chapter that leads on to it."""
        return CHAPTERS[-1]


def check(skeleton: Skeleton) -> None:
    """Raise PipelineError where the chapter cannot be made: its number, its topic, a file."""
    following = f"{int(CHAPTERS[-1].number) + 1:02}"
    if skeleton.number != following:
        raise PipelineError(
            f"The next chapter is {following}; {skeleton.number} is taken, or leaves a gap.",
            f"Type: python run.py new-chapter {following} {skeleton.topic}",
        )
    if not re.fullmatch(TOPIC, skeleton.topic) or skeleton.topic.endswith("_"):
        raise PipelineError(
            f"{skeleton.topic!r} is no topic: small letters, digits and underscores, as in a "
            "module's name.",
            f"Type: python run.py new-chapter {following} late_rows",
        )
    for path in places(skeleton):
        if path.exists():
            name = path.relative_to(skeleton.root).as_posix()
            raise PipelineError(f"There is a {name} already.", "Rename it, or remove it.")


def places(skeleton: Skeleton) -> list[Path]:
    """Return where the new files go: notebook, the exercise's package and module, predictions."""
    classroom = skeleton.root / "lib" / "workbook"
    package = classroom / "exercises" / f"ch{skeleton.number}"
    return [
        skeleton.root / "notebooks" / skeleton.info.path.name,
        package / "__init__.py",
        package / f"ex{int(skeleton.number)}_1_flights_of.py",
        classroom / "predictions" / f"ch{skeleton.number}.py",
    ]
