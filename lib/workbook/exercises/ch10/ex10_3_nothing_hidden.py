"""Exercise 10.3: a backfill that goes on, and tells."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

from lib.errors import NotReady, PipelineError
from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch10.looking import result_or_error

MONTHS = ["2013-04", "2013-05", "2013-06", "2013-07", "2013-08"]


def check_backfill(answer: Any, bench: Bench) -> str:
    expect_function(answer, "backfill")
    counts: set[int] = set()  # of arguments, with which the task was called

    def run(bad: dict[str, BaseException], months: list[str]) -> tuple[Any, list[str]]:
        done: list[str] = []

        def task(*given: Any) -> None:
            counts.add(len(given))
            done.extend(given)
            if given and given[0] in bad:
                raise bad[given[0]]

        def call() -> Any:
            try:
                return answer(list(months), task)
            except KeyboardInterrupt as error:
                return error

        return result_or_error(bench, call), done

    outcome, done = run({}, MONTHS)
    expect(
        counts <= {1},
        f"The task is called with {max(counts, default=1)} arguments. Here it takes one, the "
        "month: `task(month)`.",
    )
    expect(
        done == MONTHS,
        f"Five months without a failure: the task was called for "
        f"{', '.join(map(str, done)) or 'none'}. "
        "Each month once, in order.",
    )
    expect(
        isinstance(outcome, list | tuple) and list(outcome) == MONTHS,
        f"All went well; it returns {outcome!r}, and the list of the months is asked for.",
    )

    bad: dict[str, BaseException] = {
        "2013-05": NotReady("No database answers."),
        "2013-08": ZeroDivisionError("division by zero"),
    }
    for months in (MONTHS, MONTHS[::-1]):
        outcome, done = run(bad, months)
        failed = [month for month in months if month in bad]
        expect(
            done == months,
            f"When {failed[0]} fails, {len(months) - len(done)} months are never tried. One bad "
            "month must not stop the others.",
        )
        expect(
            isinstance(outcome, Exception),
            f"Two months failed, and it returns {outcome!r}. Whoever reads only the last line, a "
            "clock for instance, takes the backfill for done. End as a failure: raise.",
        )
        expect(
            isinstance(outcome, PipelineError) and outcome not in bad.values(),
            f"The error that comes out is {outcome!r}. Raise one PipelineError of your own, after "
            "the last month.",
        )
        expect(
            isinstance(outcome.message, str),
            f"The error is given {type(outcome.message).__name__} to say. It wants a text: "
            "`', '.join(failed)` makes one of a list.",
        )
        named = [month for month in months if month in str(outcome)]
        expect(
            named == failed,
            f"{' and '.join(failed)} failed; the error names {', '.join(named) or 'none'}: "
            f"{str(outcome)!r}.",
        )

    outcome, done = run({"2013-05": KeyboardInterrupt()}, MONTHS)
    expect(
        isinstance(outcome, KeyboardInterrupt) and done == MONTHS[:2],
        "Ctrl-C in the second month did not stop the backfill. Catch `Exception`, which "
        "KeyboardInterrupt is not.",
    )
    return "That is it. Every month had its chance, and no failure is hidden."


def solution_backfill() -> Any:
    def backfill(months, task):
        failed = []
        for month in months:
            try:
                task(month)
            except Exception:
                failed.append(month)
        if failed:
            raise PipelineError(f"Months that failed: {', '.join(failed)}.")
        return months

    return backfill


def backfill_with_causes() -> Any:
    def backfill(months, task):
        errors = {}
        for month in months:
            try:
                task(month)
            except Exception as error:
                errors[month] = error
        if errors:
            causes = "; ".join(f"{month}: {error}" for month, error in errors.items())
            raise PipelineError(causes) from next(iter(errors.values()))
        return list(months)

    return backfill


def backfill_stops() -> Any:
    def backfill(months, task):
        for month in months:
            try:
                task(month)
            except Exception as error:
                raise PipelineError(f"{month} failed.") from error
        return months

    return backfill


def backfill_returns_what_worked() -> Any:
    def backfill(months, task):
        done = []
        for month in months:
            try:
                task(month)
                done.append(month)
            except Exception:
                print(f"{month} failed")
        return done

    return backfill


def backfill_names_the_last() -> Any:
    def backfill(months, task):
        failed = None
        for month in months:
            try:
                task(month)
            except Exception:
                failed = month
        if failed:
            raise PipelineError(f"{failed} failed.")
        return months

    return backfill


def backfill_says_a_list() -> Any:
    def backfill(months, task):
        failed = []
        for month in months:
            try:
                task(month)
            except Exception:
                failed.append(month)
        if failed:
            raise PipelineError(failed)
        return months

    return backfill


def backfill_with_a_database() -> Any:
    def backfill(months, task):
        failed = []
        for month in months:
            try:
                task(None, month)  # where the chapter's cells have db
            except Exception:
                failed.append(month)
        if failed:
            raise PipelineError(f"Months that failed: {', '.join(failed)}.")
        return months

    return backfill


def backfill_catches_all() -> Any:
    def backfill(months, task):
        failed = []
        for month in months:
            try:
                task(month)
            except:  # noqa: E722
                failed.append(month)
        if failed:
            raise PipelineError(f"Months that failed: {', '.join(failed)}.")
        return months

    return backfill


EXERCISE = Exercise(
    id="10.3",
    title="A backfill that hides nothing",
    check=check_backfill,
    hints=(
        "Keep a list of the months that failed. The `try` belongs inside the loop, the `raise` "
        "after it.",
        "`except Exception:` and append the month to the list; do not raise yet.",
        "`raise PipelineError(...)` after the loop if the list is not empty, with all its months "
        "in the text; else return the months.",
    ),
    solution=solution_backfill,
    also_right=(backfill_with_causes,),
    wrong=(
        Wrong(backfill_stops, "are never tried", "lets the first failure decide over the others"),
        Wrong(
            backfill_returns_what_worked,
            "takes the backfill for done",
            "prints the failure, and believes that somebody reads it",
        ),
        Wrong(
            backfill_names_the_last,
            "the error names",
            "remembers one failure, and forgets that there may be more",
        ),
        Wrong(
            backfill_says_a_list,
            "It wants a text",
            "hands over what the text was to be made of",
        ),
        Wrong(
            backfill_with_a_database,
            "Here it takes one, the month",
            "calls this task as those above, with the database first",
        ),
        Wrong(backfill_catches_all, "Ctrl-C in the second month", "writes a bare except"),
    ),
)
