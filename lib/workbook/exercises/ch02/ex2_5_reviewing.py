"""Exercise 2.5: a review of a poor description."""

from __future__ import annotations

from numbers import Integral
from typing import Any

from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, expect, expect_type
from lib.workbook.exercises.ch02.ex2_5_reviewing_answers import ALSO_RIGHT, WORDS, WRONG

# The number of the line, and what to ask when another line is named.
FAULTS = {
    "empty title": (
        1,
        "The title stands in the history for ever. Which line is it, and what does it tell?",
    ),
    "no reason": (
        2,
        "One line says that something was changed because it was wrong, and not what was wrong.",
    ),
    "second change": (
        3,
        "A pull request is for one thing. Which line brings a thing that could go in without the "
        "rest?",
    ),
    "no proof": (
        4,
        "Proof is a command and what it showed. Which line asks you to believe it instead?",
    ),
    "secret": (
        5,
        "One line holds what nobody may read, and the history keeps for ever. Look for a password.",
    ),
    "untrue tick": (
        6,
        "A tick is a promise. Which line ticks a box, and says in the same breath that it is not "
        "so?",
    ),
}


def check_review(answer: Any, _bench: Sandbox) -> str:
    expect_type(answer, dict, "a dict, from the fault to the number of its line")
    turned = answer and all(isinstance(name, str) and name in FAULTS for name in answer.values())
    expect(not turned, "Turn it round: the name of the fault first, then the number of its line.")
    unknown = [repr(key) for key in answer if key not in FAULTS]
    expect(
        not unknown,
        f"{', '.join(unknown)}: not one of the six names in the table, as they are written there.",
    )
    for name, line in answer.items():
        if isinstance(line, bool) or not isinstance(line, Integral):
            raise NotYet(
                f"For {name!r} the dict has {line!r}; a line's number is expected, such as 3."
            )
        expect(int(line) in range(1, 7), f"There is no line {line}. The lines are 1 to 6.")
    missing = [name for name in FAULTS if name not in answer]
    expect(not missing, f"There are six faults. Not yet found: {', '.join(missing)}.")
    wrong = [name for name, (line, _) in FAULTS.items() if answer[name] != line]
    if wrong:
        more = f" ({len(wrong)} of the six are not where they should be.)" if wrong[1:] else ""
        raise NotYet(f"{wrong[0]!r} is not in line {answer[wrong[0]]}. {FAULTS[wrong[0]][1]}{more}")
    return (
        "That is it. Line 5 is urgent: the password has to be changed, as deleting the line leaves "
        "it in the history."
    )


def solution_review() -> Any:
    review = {
        "empty title": 1,
        "no reason": 2,
        "second change": 3,
        "no proof": 4,
        "secret": 5,
        "untrue tick": 6,
    }
    return review


EXERCISE = Exercise(
    id="2.5",
    title="Review a description",
    check=check_review,
    hints=(
        "Each line has one fault. Begin with the ones that cannot be mistaken: the password, and "
        "the tick.",
        'Of the rest, "works on my machine" is offered as a proof.',
        "One line is about what was changed, the other about what was changed besides.",
    ),
    solution=solution_review,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=("| name | the fault |",),
)
