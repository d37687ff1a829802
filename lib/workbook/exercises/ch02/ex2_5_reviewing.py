"""Exercise 2.5: a review of a poor description."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from lib.workbook.course.exercise import Bench, Exercise, NotYet, Wrong, expect, expect_type

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


def check_review(answer: Any, _bench: Bench) -> str:
    expect_type(answer, dict, "a dict, from the fault to the number of its line")
    turned = answer and all(isinstance(name, str) and name in FAULTS for name in answer.values())
    expect(not turned, "Turn it round: the name of the fault first, then the number of its line.")
    unknown = sorted(str(key) for key in answer if key not in FAULTS)
    expect(
        not unknown,
        f"{', '.join(unknown)}: this is none of the six names in the table. Mind the spelling.",
    )
    missing = [name for name in FAULTS if name not in answer]
    expect(not missing, f"There are six faults. Not yet found: {', '.join(missing)}.")
    for name, line in answer.items():
        if isinstance(line, bool) or not isinstance(line, int):
            raise NotYet(
                f"For {name!r} the dict has {line!r}; a line's number is expected, such as 3."
            )
        expect(1 <= line <= 6, f"There is no line {line}. The lines are 1 to 6.")
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


def by_zip() -> Any:
    names = "empty title,no reason,second change,no proof,secret,untrue tick"
    return dict(zip(names.split(","), range(1, 7), strict=True))


def but(**changes: Any) -> Any:
    return solution_review() | {key.replace("_", " "): value for key, value in changes.items()}


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
    also_right=(by_zip,),
    wrong=(
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
            lambda: {"secret": 5, "untrue tick": 6},
            "Not yet found",
            "sees what is written, not what is missing",
        ),
        Wrong(
            lambda: {line: name for name, line in solution_review().items()},
            "Turn it round",
            "reads the dict from the line to the fault: the question is asked by the name",
        ),
        Wrong(lambda: but(secret="5"), "a line's number", "answers with text"),
        Wrong(
            lambda: {"no tests": 6} | solution_review(),
            "none of the six names",
            "invents a fault of its own: a review keeps to what the team has agreed on",
        ),
    ),
)
