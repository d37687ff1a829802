"""Exercise 10.4: what a run table says is still to be done."""

# The solution stands here as one would type it into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

from lib.workbook.course.exercise import (
    Exercise,
    NotYet,
    Sandbox,
    Word,
    Wrong,
    expect,
    expect_function,
)
from lib.workbook.exercises.ch10 import ex10_4_what_is_left_answers as answers
from lib.workbook.exercises.slips import slip

OK, BAD, RUNS, DIED = "succeeded", "failed", "running", "died"
MONTHS = ["2013-01", "2013-02", "2013-03", "2013-04"]
MIXED = ["2013-03", "2012-12", "2013-10", "2013-01", "2013-02"]  # sorted neither up nor down
Notes = list[tuple[str, str]]
EVERY: Notes = [(month, OK) for month in MONTHS]
# Months, the notes about them, and what is left to do.
CASES: tuple[tuple[list[str], Notes, list[str]], ...] = (
    (MONTHS, EVERY, []),
    (MONTHS, EVERY[:2], MONTHS[2:]),
    (MONTHS, [(MONTHS[0], BAD), *EVERY], []),
    (MONTHS, [(MONTHS[0], DIED), (MONTHS[0], RUNS), *EVERY], []),
    (MONTHS, [*EVERY, (MONTHS[1], BAD)], [MONTHS[1]]),
    (MONTHS, [*EVERY, (MONTHS[2], RUNS), (MONTHS[0], DIED)], [MONTHS[0], MONTHS[2]]),
    (MONTHS, [*EVERY, (MONTHS[3], BAD), (MONTHS[3], OK), (MONTHS[3], BAD)], [MONTHS[3]]),
    (MONTHS, [("2012-12", BAD), *EVERY, ("2014-01", DIED), ("2013-10", OK)], []),
    (MIXED, [("2013-01", OK), ("2013-10", BAD)], ["2013-03", "2012-12", "2013-10", "2013-02"]),
    (MIXED, [("2013-02", BAD), ("2012-12", DIED), ("2013-01", RUNS)], MIXED),
    (MONTHS, [], MONTHS),
    ([], EVERY, []),
)


def check_left(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "left_to_do")
    for months, notes, wanted in CASES:
        found = sandbox.call(answer, list(months), list(notes))
        expect(found is not None, "The function returns nothing. Return the months.")
        expect(
            not isinstance(found, str | dict) and hasattr(found, "__iter__"),
            f"A list of months is asked for; it returns {found!r:.60}.",
        )
        left = sandbox.call(partial(list, found))  # one by one, if it is a generator
        odd = [item for item in left if not isinstance(item, str)]
        expect(not odd, f"A list of months is asked for; {odd[:1]!r:.60} is in it, which is none.")
        unordered = isinstance(found, set | frozenset) and len(wanted) > 1
        if left != wanted or unordered:  # by chance a set may come in order
            raise NotYet(_difference(found, left, wanted, months, notes))
    return "That is it. Your backfill may be given this list, as often as needed."


def _difference(
    found: Any, left: list[str], wanted: list[str], months: list[str], notes: Notes
) -> str:
    """What is wrong with the list: a month that is lacking, or too many, or only the order."""
    latest = dict(notes)
    said = f"Left to do: {', '.join(wanted) or 'nothing'}; yours: {', '.join(left) or 'nothing'}."
    for month in wanted:
        if month not in left and month not in latest:
            return f"{month} has no row at all: nobody has started it. {said}"
        if month not in left:
            runs = [outcome for each, outcome in notes if each == month]
            return f"The runs of {month}, oldest first: {', '.join(runs)}. {said}"
    for month in left:
        if month not in months:
            return f"{month} is in the notes, and not among the months. {said}"
        if month not in wanted:
            runs = [outcome for each, outcome in notes if each == month]
            return f"The runs of {month}, oldest first: {', '.join(runs)}. {said}"
    twice = [month for month, count in Counter(left).items() if count > 1]
    if twice:
        return f"{twice[0]} is in the list more than once. {said}"
    if isinstance(found, set | frozenset):
        return f"The months are right; but a set has no order. {said}"
    return f"The months are right, their order is not: it is that of `months`. {said}"


def solution_left() -> Any:
    def left_to_do(months, notes):
        latest = dict(notes)
        return [month for month in months if latest.get(month) != "succeeded"]

    return left_to_do


EXERCISE = Exercise(
    id="10.4",
    title="What is left to do",
    check=check_left,
    hints=(
        "Three questions for each month: has it a row? What does its latest row say? Is that "
        "`succeeded`?",
        "`dict(notes)` keeps the last value of each key: the notes are oldest first.",
        "Go through `months`, not through `notes`, and keep each whose latest outcome, found with "
        "`.get(month)`, is not `succeeded`.",
    ),
    solution=solution_left,
    also_right=(
        answers.left_by_loop,
        answers.left_with_pandas,
        answers.left_by_removing,
        answers.left_from_the_newest,
        answers.left_one_by_one,
    ),
    words=(
        Word(
            "Write `left_to_do(months, notes)`",
            "calls with the months first",
            slip(solution_left, ("left_to_do(months, notes)", "left_to_do(notes, months)")),
        ),
        Word(
            "`months` are all months that should be there",
            "notes of months that should not be there",
            answers.left_of_the_notes,
        ),
        Word(
            "`notes` is a list of pairs from the run table",
            "pairs of a month and an outcome, in this order",
            slip(solution_left, ("dict(notes)", "{month: outcome for outcome, month in notes}")),
        ),
        Word(
            "oldest first",
            "a month that failed and then succeeded, and the other way around",
            slip(solution_left, ("dict(notes)", "dict(reversed(notes))")),
        ),
        Word(
            "the outcome (`succeeded`, `failed`, `running` or `died`)",
            "each of the four outcomes as the latest one",
            answers.left_only_failed,
        ),
        Word(
            "Nothing is at work right now",
            "a run that is called running, as the latest of its month",
            slip(solution_left, ('!= "succeeded"', 'not in ("succeeded", "running")')),
        ),
        Word(
            "Return the months, in their order",
            "months that are sorted neither up nor down",
            slip(solution_left, ("for month in months", "for month in sorted(months)")),
        ),
        Word(
            "whose latest run did not succeed",
            "a month that succeeded, and failed when it was run again",
            answers.left_never_succeeded,
        ),
        Word(
            "or that have none",
            "months without a row",
            slip(solution_left, ("latest.get(month)", 'latest.get(month, "succeeded")')),
        ),
    ),
    wrong=(
        Wrong(
            answers.left_that_failed,
            "2013-03 has no row at all: nobody has started it",
            "looks for failures, and so misses what never began",
        ),
        Wrong(
            answers.left_never_succeeded,
            "The runs of 2013-02, oldest first: succeeded, failed",
            "takes one success for good",
        ),
        Wrong(
            answers.left_ever_failed,
            "The runs of 2013-01, oldest first: failed, succeeded",
            "takes one failure for good",
        ),
        Wrong(
            answers.left_only_failed,
            "The runs of 2013-01, oldest first: succeeded, died",
            "trusts a row that nobody could correct",
        ),
        Wrong(
            answers.left_from_the_oldest,
            "The runs of 2013-01, oldest first: failed, succeeded",
            "takes the notes for newest first",
        ),
        Wrong(
            answers.left_of_the_notes,
            "2013-03 has no row at all",
            "goes through the notes, where the months are asked for",
        ),
        Wrong(
            answers.left_as_a_set,
            "a set has no order",
            "subtracts sets, which have no order",
        ),
        Wrong(
            answers.left_backwards,
            "their order is not",
            "goes through the months from the end",
        ),
        Wrong(
            answers.left_with_strangers,
            "2012-12 is in the notes, and not among the months",
            "keeps what should not be there at all",
        ),
    ),
)
