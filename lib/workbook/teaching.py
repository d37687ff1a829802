"""What a teacher knows and a program does not: where to stop, what to cut, what to bring.

What is said once, for all chapters, is in guide_opening.md beside this file.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Teaching:
    """Notes on one chapter; `exercises` are the minutes that its exercises take."""

    exercises: int
    stop: str
    cut: str
    prepare: str
    offline: str


@dataclass(frozen=True)
class Plan:
    """A day, or a part of one: chapter, minutes, and what of it."""

    title: str
    aim: str
    hours: float  # how much there is, without breaks
    parts: tuple[tuple[str, int, str], ...]


NOTHING_TO_DO = "Nothing changes: all of it runs on the learner's machine."


TEACHING = {
    "00": Teaching(
        exercises=5,
        stop="After the first exercise; the rest is for looking up.",
        cut="The part on databases; say that SQLite is what they have.",
        prepare="JupyterLab open on every machine before you begin.",
        offline=NOTHING_TO_DO,
    ),
    "03": Teaching(
        exercises=35,
        stop="After exercise 3.4: they can connect, ask, and pass values safely.",
        cut="The pool and exercise 3.3; tell the story of the lost connection in two sentences.",
        prepare="Nothing for SQLite. For the look through Docker, one container on your machine.",
        offline="Nothing changes; pull the image mysql:8.4 beforehand if you show Docker.",
    ),
    "04": Teaching(
        exercises=35,
        stop="After exercise 4.2, when session_scope is whole.",
        cut="Locks, and sessionmaker.begin() as the cousin; exercise 4.5 becomes homework.",
        prepare="Draw the four states of an object on the board; they will ask three times.",
        offline=NOTHING_TO_DO,
    ),
    "08": Teaching(
        exercises=45,
        stop="After exercise 8.3: a load that can be repeated is the heart of the chapter.",
        cut="The ladder's slow rungs: show the picture, do not run them; exercise 8.5 is homework.",
        prepare="Run the ladder once on your machine: the times are your own.",
        offline=NOTHING_TO_DO,
    ),
}

PLANS: tuple[Plan, ...] = ()
