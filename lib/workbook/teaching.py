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
    "01": Teaching(
        exercises=25,
        stop="After exercise 1.3: an environment made, entered, left and understood.",
        cut="pyenv and exercise 1.2; one Python is enough for today.",
        prepare="Nothing here; let everybody open a terminal of their own system once.",
        offline=NOTHING_TO_DO,
    ),
    "02": Teaching(
        exercises=35,
        stop="After the hooks: a commit that is stopped and mended is what they take home.",
        cut="Ruff, and exercise 2.4.",
        prepare="git on every machine.",
        offline="Nothing changes; the template is shown as a file, not on the website.",
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
    "05": Teaching(
        exercises=40,
        stop="After exercise 5.2: types, references, and what a key is.",
        cut='"Where models live" and "Numbers and times"; exercise 5.5 is homework.',
        prepare="A server, if MySQL's refusals are to be seen live; the text tells of them.",
        offline=NOTHING_TO_DO,
    ),
    "06": Teaching(
        exercises=45,
        stop="After exercise 6.4: they can ask, join, and count the statements that a page sends.",
        cut='"Steps upon steps", then the part on query plans.',
        prepare="A server, if both answers of the same query are to be seen live.",
        offline=NOTHING_TO_DO,
    ),
    "07": Teaching(
        exercises=40,
        stop="After exercise 7.2: a rename that keeps the data, and a column that is never empty.",
        cut="Exercise 7.3, and this repository's own history.",
        prepare="A server, if the half migration is to be seen where it really happens.",
        offline=NOTHING_TO_DO,
    ),
    "08": Teaching(
        exercises=45,
        stop="After exercise 8.3: a load that can be repeated is the heart of the chapter.",
        cut="The ladder's slow rungs: show the picture, do not run them; exercise 8.5 is homework.",
        prepare="Run the ladder once on your machine: the times are your own.",
        offline=NOTHING_TO_DO,
    ),
    "09": Teaching(
        exercises=40,
        stop="After exercise 9.3: fixtures, a rollback for each test, and where memory ends.",
        cut="The migration on a full database, and what SQLite hides.",
        prepare="Nothing; with a server's URL, skipped rows of the tests turn green.",
        offline=NOTHING_TO_DO,
    ),
}

PLANS: tuple[Plan, ...] = ()
