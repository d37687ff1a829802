"""Exercise 8.2: answers that ignore a word of the task, and the rows that show it."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

from lib.workbook.course.exercise import Word
from lib.workbook.exercises.ch08.ex8_2_all_or_none_answers import (
    append_catches_all,
    append_over_what_is_there,
    append_that_swallows,
    append_thousands,
    append_what_is_new,
    append_without_commit,
    variant,
)

WORDS = (
    Word("Write `append_airlines(db, frame)`", "nine frames", lambda: True),
    Word(
        "the columns `carrier` and `name`; append it to the table `airlines`",
        "the airlines and their names afterwards",
        lambda: variant(put=lambda frame: frame.assign(name=frame["name"].str.upper())),
    ),
    Word(
        "append it to the table `airlines`",
        "the airlines that were there before",
        append_over_what_is_there,
    ),
    Word("All rows are in the table", "three new airlines", append_without_commit),
    Word("return `True`", "each frame that is taken", lambda: variant(well=1)),
    Word("its code is taken", "a frame whose last code is taken", append_what_is_new),
    Word(
        "in the table or in the frame",
        "a frame in which a code is twice",
        lambda: variant(put=lambda frame: frame.drop_duplicates("carrier")),
    ),
    Word(
        "or its name is missing",
        "a frame whose last name is missing",
        lambda: variant(put=lambda frame: frame.dropna()),
    ),
    Word("nothing of the frame stays", "more than a thousand rows", append_thousands),
    Word("return `False`", "each frame that is refused", lambda: variant(badly=None)),
    Word(
        "Anything else that goes wrong",
        "a list and a dict for names",
        lambda: _returning_false_for(("name", list)),
    ),
    Word("a column that the table has not", "a column nickname", append_catches_all),
    Word("is an error for the caller to see", "a column nickname", append_that_swallows),
)


def _returning_false_for(cell: tuple[str, type]) -> Any:
    def append_airlines(db, frame):
        if any(isinstance(value, cell[1]) for value in frame[cell[0]]):
            return False
        return variant()(db, frame)

    return append_airlines
