"""Exercise 10.4: what a run table says is still to be done."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function

OK, BAD, RUNS, DIED = "succeeded", "failed", "running", "died"
MONTHS = ["2013-01", "2013-02", "2013-03", "2013-04"]


def check_left(answer: Any, bench: Bench) -> str:
    expect_function(answer, "left_to_do")

    def left(notes: list[tuple[str, str]], months: list[str] = MONTHS) -> list[str]:
        found = bench.call(answer, list(months), list(notes))
        expect(found is not None, "The function returns nothing. Return the months.")
        expect(
            not isinstance(found, str | dict) and hasattr(found, "__iter__"),
            f"A list of months is asked for; it returns {found!r}.",
        )
        return list(found)

    def tell(found: list[str], wanted: list[str], reason: str) -> None:
        if found != wanted:
            said = ", ".join(map(str, found)) or "nothing"
            expect(False, f"{reason} Left to do: {', '.join(wanted) or 'nothing'}; yours: {said}.")

    every = [(month, OK) for month in MONTHS]
    tell(left(every), [], "Every month has succeeded.")
    tell(
        left(every[:2]),
        ["2013-03", "2013-04"],
        "March and April have no row at all: nobody ever started them. Begin with the months, not "
        "with the notes.",
    )
    tell(
        left([(MONTHS[0], BAD), *every]),
        [],
        "January failed, and was run again with success. What counts is its latest run.",
    )
    tell(
        left([*every, (MONTHS[1], BAD)]),
        [MONTHS[1]],
        "February succeeded, and failed when it was run again later. What counts is its latest "
        "run.",
    )
    tell(
        left([*every, (MONTHS[2], RUNS), (MONTHS[0], DIED)]),
        [MONTHS[0], MONTHS[2]],
        "Nothing is at work, so a run that is called running was killed, as one that died. "
        "Neither succeeded.",
    )
    tell(
        left([("2012-12", BAD), *every, ("2014-01", DIED)]),
        [],
        "A run of a month that nobody asked for is in the notes.",
    )
    reverse = MONTHS[::-1]
    tell(left([(MONTHS[1], OK)], reverse), ["2013-04", "2013-03", "2013-01"], "In the order given.")
    tell(left([]), MONTHS, "There are no notes yet.")
    return "That is it. Your backfill may be given this list, as often as needed."


def solution_left() -> Any:
    def left_to_do(months, notes):
        latest = dict(notes)
        return [month for month in months if latest.get(month) != "succeeded"]

    return left_to_do


def left_by_loop() -> Any:
    def left_to_do(months, notes):
        left = list(months)
        for month, outcome in notes:
            if outcome == "succeeded" and month in left:
                left.remove(month)
            elif outcome != "succeeded" and month in months and month not in left:
                left.append(month)
        return sorted(left, key=months.index)

    return left_to_do


def left_with_pandas() -> Any:
    def left_to_do(months, notes):
        import pandas as pd

        frame = pd.DataFrame(notes, columns=["month", "outcome"])
        latest = frame.groupby("month")["outcome"].last()
        return [month for month in months if latest.get(month) != "succeeded"]

    return left_to_do


def left_that_failed() -> Any:
    def left_to_do(months, notes):
        return [month for month, outcome in notes if outcome == "failed"]

    return left_to_do


def left_never_succeeded() -> Any:
    def left_to_do(months, notes):
        done = {month for month, outcome in notes if outcome == "succeeded"}
        return [month for month in months if month not in done]

    return left_to_do


def left_ever_failed() -> Any:
    def left_to_do(months, notes):
        bad = {month for month, outcome in notes if outcome != "succeeded"}
        seen = {month for month, _ in notes}
        return [month for month in months if month in bad or month not in seen]

    return left_to_do


def left_only_failed() -> Any:
    def left_to_do(months, notes):
        latest = dict(notes)
        return [month for month in months if latest.get(month, "failed") == "failed"]

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
    also_right=(left_by_loop, left_with_pandas),
    wrong=(
        Wrong(
            left_that_failed,
            "nobody ever started them",
            "looks for failures, and so misses what never began",
        ),
        Wrong(
            left_never_succeeded,
            "failed when it was run again later",
            "takes one success for good",
        ),
        Wrong(left_ever_failed, "was run again with success", "takes one failure for good"),
        Wrong(
            left_only_failed,
            "called running was killed",
            "trusts a row that nobody could correct",
        ),
    ),
)
