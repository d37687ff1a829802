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
        offline="Nothing changes; pull the image mysql:9.7 beforehand if you show Docker.",
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
        exercises=55,
        stop="After exercise 6.4: they can ask, join, and count the statements that a page sends.",
        cut='"Steps upon steps", then the part on query plans.',
        prepare="A server, if both answers of the same query are to be seen live.",
        offline=NOTHING_TO_DO,
    ),
    "07": Teaching(
        exercises=50,
        stop="After exercise 7.2: a rename that keeps the data, and a column that is never empty.",
        cut="Exercise 7.3, and this repository's own history.",
        prepare="A server, if the half migration is to be seen where it really happens.",
        offline=NOTHING_TO_DO,
    ),
    "08": Teaching(
        exercises=55,
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
    "10": Teaching(
        exercises=45,
        stop="After exercise 10.3: tasks, retries and months, in plain functions.",
        cut="Late rows, and the table of orchestrators; exercise 10.5 is homework.",
        prepare="Start python run.py orchestrate in a terminal: its page is worth a look.",
        offline=NOTHING_TO_DO,
    ),
    "11": Teaching(
        exercises=25,
        stop="After the kill in the middle: the counts are right all the same.",
        cut="More than one server; give it as reading.",
        prepare="A server on the teaching machine; without one, one writer shows the same.",
        offline=NOTHING_TO_DO,
    ),
    "12": Teaching(
        exercises=40,
        stop="After exercise 12.2: a page that notices a new load.",
        cut="Many visitors, one engine; deploying as a talk.",
        prepare="python run.py app, open in a tab beside the notebook.",
        offline=NOTHING_TO_DO,
    ),
    "13": Teaching(
        exercises=45,
        stop="After exercise 13.3: a key that is proved, and a zone that is named.",
        cut="Rows that vanish; the project of their own is a good task for the week after.",
        prepare="Ask each learner to bring a CSV file of their own that they may show to others.",
        offline=NOTHING_TO_DO,
    ),
}

PLANS = (
    Plan(
        "Half a day",
        "From a connection to a load that can be repeated: the least that helps on Monday.",
        3.5,
        (
            ("00", 15, "all"),
            ("03", 60, "the URL, text() and values, begin(); exercises 3.1, 3.4 and 3.5"),
            ("04", 50, "up to the scope that is whole; exercises 4.1 and 4.2"),
            (
                "08",
                65,
                "the ladder as a picture, then staging and the merge; exercises 8.2 and 8.3",
            ),
            ("12", 20, "show the page, change a filter, load once more"),
        ),
    ),
    Plan(
        "One day",
        "The whole way from raw files to a page, on tables that they define themselves.",
        6.5,
        (
            ("00", 15, "all"),
            ("03", 65, "without the pool"),
            ("04", 60, "up to the scope; locks as a story"),
            ("05", 60, "types, keys, references; exercises 5.1, 5.2 and 5.4"),
            ("06", 65, "up to the statement counter; exercises 6.1, 6.2 and 6.4"),
            ("08", 80, "without the folder of files"),
            ("12", 45, "the first steps of the page, and the cache that lies"),
        ),
    ),
    Plan(
        "Two days",
        "The first day ends with questions to a database, the second with a pipeline that runs.",
        13,
        (
            ("00", 15, "all"),
            ("01", 35, "one environment, made and left; the kernel"),
            ("02", 45, "hooks, and the description of a pull request"),
            ("03", 70, "all, exercise 3.3 at home"),
            ("04", 70, "all, exercise 4.5 at home"),
            ("05", 75, "all, exercise 5.5 at home"),
            ("06", 80, "end of the first day"),
            ("07", 80, "up to the data migration, then two heads"),
            ("08", 95, "all, exercise 8.5 at home"),
            ("09", 65, "fixtures, both databases, what a pipeline's test asserts"),
            ("10", 65, "tasks by hand, then the same under Dagster"),
            ("11", 25, "shown, not done"),
            ("12", 45, "all, deploying as a talk"),
            ("13", 15, "what a file does not say, shown; their own file at home"),
        ),
    ),
)
