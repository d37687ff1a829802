"""Answers to exercise 2.5: right ones, wrong ones, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections import OrderedDict, defaultdict

import numpy as np

from lib.workbook.course.exercise import Word, Wrong

NAMES = ("empty title", "no reason", "second change", "no proof", "secret", "untrue tick")


def by_zip():
    return dict(zip(NAMES, range(1, 7), strict=True))


def by_keywords():
    return dict([("secret", 5), ("untrue tick", 6)]) | {
        "no proof": 4,
        "second change": 3,
        "no reason": 2,
        "empty title": 1,
    }


def by_enumerate():
    return {name: number for number, name in enumerate(NAMES, 1)}


def line_after_line():
    review = {}
    for name in reversed(NAMES):
        review[name] = NAMES.index(name) + 1
    return review


def in_an_order():
    return OrderedDict(sorted(by_zip().items()))


def with_a_default():
    return defaultdict(int, by_zip())


def numbers_of_numpy():
    return dict(zip(NAMES, np.arange(1, 7), strict=True))


def turned_round():
    return {name: number for number, name in dict(enumerate(NAMES, 1)).items()}


def copied():
    return by_zip().copy()


def merged():
    return {**dict.fromkeys(NAMES, 0), **by_zip()}


ALSO_RIGHT = (
    by_zip,
    by_keywords,
    by_enumerate,
    line_after_line,
    in_an_order,
    with_a_default,
    numbers_of_numpy,
    turned_round,
    copied,
    merged,
)


def but(**changes):
    """Return the right review with some of its lines changed."""
    return by_zip() | {key.replace("_", " "): value for key, value in changes.items()}


def without(*names):
    """Return the right review without these faults."""
    return {name: line for name, line in by_zip().items() if name not in names}


WRONG = (
    Wrong(
        lambda: but(no_reason=3, second_change=2),
        "not what was wrong",
        "takes a side remark for the reason, and does not miss the reason itself",
    ),
    Wrong(
        lambda: but(no_proof=6, untrue_tick=4),
        "a command and what it showed",
        "takes a ticked box for a proof",
    ),
    Wrong(
        lambda: but(empty_title=2, no_reason=1),
        "'empty title' is not in line 2",
        "takes the first sentence for the title",
    ),
    Wrong(
        lambda: but(second_change=4, no_proof=3),
        "'second change' is not in line 4",
        "takes doubt for a second change",
    ),
    Wrong(
        lambda: but(secret=4, no_proof=5),
        "'no proof' is not in line 5",
        "takes an address to try it for a proof",
    ),
    Wrong(
        lambda: but(secret=6, untrue_tick=5),
        "Look for a password",
        "takes a broken promise for a secret",
    ),
    Wrong(lambda: but(untrue_tick=4), "A tick is a promise", "takes a hope for a promise"),
    Wrong(
        lambda: but(no_reason=1),
        "'no reason' is not in line 1. One line says that something was changed because it was "
        "wrong, and not what was wrong.",
        "finds two faults in one line",
    ),
    Wrong(
        lambda: dict(zip(NAMES, range(6, 0, -1), strict=True)),
        "(6 of the six are not where they should be.)",
        "counts the lines from the end",
    ),
    Wrong(
        lambda: dict.fromkeys(NAMES, 5),
        "(5 of the six are not where they should be.)",
        "names one line for all",
    ),
    Wrong(
        lambda: dict(zip(NAMES, range(6), strict=True)),
        "There is no line 0",
        "counts the lines from 0, as Python does",
    ),
    Wrong(lambda: but(untrue_tick=7), "There is no line 7", "counts a line that is not there"),
    Wrong(
        lambda: {"secret": 5, "untrue tick": 6},
        "Not yet found: empty title, no reason, second change, no proof",
        "sees what is written, not what is missing",
    ),
    Wrong(lambda: without("no reason"), "Not yet found: no reason", "does not miss a reason"),
    Wrong(lambda: {}, "Not yet found: empty title", "hands over an empty dict"),
    Wrong(
        lambda: {line: name for name, line in by_zip().items()},
        "Turn it round",
        "reads the dict from the line to the fault: the question is asked by the name",
    ),
    Wrong(lambda: but(secret="5"), "has '5'; a line's number", "answers with text"),
    Wrong(lambda: but(secret=[5]), "has [5]; a line's number", "answers with lists of lines"),
    Wrong(lambda: but(secret=None), "has None; a line's number", "leaves one open"),
    Wrong(lambda: but(secret=True), "has True; a line's number", "says that there is one"),
    Wrong(lambda: but(secret=5.5), "has 5.5; a line's number", "names a place between two lines"),
    Wrong(
        lambda: {"no tests": 6} | by_zip(),
        "'no tests': not one of the six names",
        "invents a fault of its own: a review keeps to what the team has agreed on",
    ),
    Wrong(
        lambda: {name.title(): line for name, line in by_zip().items()},
        "'Empty Title', ",
        "writes the names with capitals",
    ),
    Wrong(
        lambda: {name.replace(" ", "_"): line for name, line in by_zip().items()},
        "'empty_title', ",
        "writes the names as Python names its variables",
    ),
    Wrong(
        lambda: without("secret") | {"secret ": 5},
        "'secret ': not one of",
        "has a space after a name",
    ),
    Wrong(lambda: list(by_zip().items()), "a dict, from the fault", "makes a list of pairs"),
    Wrong(lambda: list(NAMES), "a dict, from the fault", "lists the faults in order"),
    Wrong(lambda: set(by_zip()), "a dict, from the fault", "writes braces without colons"),
    Wrong(lambda: str(by_zip()), "a dict, from the fault", "hands over a text"),
    Wrong(lambda: by_zip, "a dict, from the fault", "hands over a function"),
)
WORDS = (
    Word(
        "Each line has one of these faults", "a fault that is left out", lambda: without("no proof")
    ),
    Word(
        "Make `review`, a dict from the name of the fault to the number of its line",
        "the names are the keys, the numbers the values",
        lambda: {line: name for name, line in by_zip().items()},
    ),
    Word(
        '`"empty title"` | says nothing, in the history for ever',
        "line 1",
        lambda: but(empty_title=2),
    ),
    Word('`"no proof"` | asks to be believed', "line 4", lambda: but(no_proof=6)),
    Word(
        '`"no reason"` | tells that something changed, not what was wrong',
        "line 2",
        lambda: but(no_reason=1),
    ),
    Word(
        '`"second change"` | brings something that could go alone',
        "line 3",
        lambda: but(second_change=2),
    ),
    Word('`"secret"` | shows what nobody may read', "line 5", lambda: but(secret=4)),
    Word('`"untrue tick"` | promises what is not so', "line 6", lambda: but(untrue_tick=4)),
)
