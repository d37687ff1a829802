"""The check of exercise 10.3: months of which some fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lib.errors import NotReady, PipelineError
from lib.workbook.course.exercise import NotYet, Sandbox, expect, expect_function
from lib.workbook.exercises.checking import Outcome, outcome_of, told

MONTHS = ["2013-04", "2013-05", "2013-06", "2013-07", "2013-08"]
MIXED = ["2013-07", "2013-04", "2013-08", "2013-05", "2013-06"]
BAD: Mapping[str, BaseException] = {
    "2013-05": NotReady("No database answers."),
    "2013-06": PipelineError("A damaged file."),
    "2013-08": ZeroDivisionError("division by zero"),
}
# What a task returns says nothing about how it went.
RESULTS = {"2013-04": None, "2013-05": False, "2013-06": "a report", "2013-07": 0}


class Task:
    """A task that fails for some months, and keeps for which months it was called."""

    def __init__(self, bad: Mapping[str, BaseException]) -> None:
        self.bad, self.done, self.counts = bad, [], set()  # type: Any, list[Any], set[int]

    def __call__(self, *given: Any) -> Any:
        self.counts.add(len(given))
        self.done.extend(given)
        if given and given[0] in self.bad:
            raise self.bad[given[0]]
        return RESULTS.get(given[0]) if given else None


def check_backfill(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "backfill")
    expect_all_went_well(answer, sandbox, MONTHS)
    for months in (MONTHS, MIXED):
        expect_failures(answer, sandbox, months, BAD)
    expect_failures(answer, sandbox, MONTHS, {MONTHS[-1]: ZeroDivisionError("the last")})
    expect_failures(answer, sandbox, MONTHS[1:3], BAD)
    expect_failures(answer, sandbox, MONTHS, {month: ValueError(month) for month in MONTHS})
    expect_all_went_well(answer, sandbox, MIXED)
    expect_all_went_well(answer, sandbox, [])
    expect_ctrl_c(answer, sandbox)
    return "That is it. Every month had its chance, and no failure is hidden."


def expect_all_went_well(answer: Any, sandbox: Sandbox, months: list[str]) -> None:
    """Expect that each month is run once, in order, and that the months are returned."""
    task = Task({})
    outcome = outcome_of(sandbox, answer, list(months), task)
    case = f"Of {len(months)} months none fails{_and_error(outcome)}"
    _expect_calls(task, months, f"{case}:")
    expect(outcome.error is None, f"{case}.")
    found = outcome.value
    expect(
        isinstance(found, list | tuple) and list(found) == months,
        f"All went well; it returns {found!r:.60}, and the list of the months is asked for: "
        f"{months!r}.",
    )


def expect_failures(
    answer: Any, sandbox: Sandbox, months: list[str], bad: Mapping[str, BaseException]
) -> None:
    """Expect that all months are run, and one error that names those that failed."""
    task = Task(bad)
    outcome = outcome_of(sandbox, answer, list(months), task)
    failed = [month for month in months if month in bad]
    case = f"Of {len(months)} months, {_and(failed)} {'fails' if len(failed) == 1 else 'fail'}"
    _expect_calls(task, months, f"{case}:")
    error = outcome.error
    expect(
        error is not None,
        f"{case}, and it returns {outcome.value!r:.60}. A clock that looks at how it ended takes "
        "the backfill for done. End as a failure: raise.",
    )
    own = [month for month, raised in bad.items() if raised is error]
    expect(
        not own,
        f"{case}; what comes out is the error of {_and(own)} itself. Raise one PipelineError for "
        "all of them.",
    )
    if not isinstance(error, PipelineError):
        raise NotYet(f"{case}; {_told(outcome)}. A PipelineError is asked for.")
    expect(
        isinstance(error.message, str),
        f"The error is given {type(error.message).__name__} to say. It wants a text: "
        "`', '.join(failed)` makes one of a list.",
    )
    named = [month for month in months if month in str(error)]
    expect(
        named == failed,
        f"{case}; the error names {_and(named) or 'none'}: {str(error)!r}.",
    )


def expect_ctrl_c(answer: Any, sandbox: Sandbox) -> None:
    """Expect that Ctrl-C ends it at once, and is what comes out; also after a failure."""
    for before in ({}, {"2013-04": ZeroDivisionError("division by zero")}):
        pressed = KeyboardInterrupt()
        task = Task({**before, "2013-05": pressed})
        outcome = outcome_of(sandbox, answer, list(MONTHS), task, stops=KeyboardInterrupt)
        case = f"Ctrl-C in the second month{', after the first has failed' if before else ''}:"
        expect(
            task.done == MONTHS[:2],
            f"{case} the task is called for {_and(task.done[2:])} all the same. Catch "
            "`Exception`, which KeyboardInterrupt is not.",
        )
        expect(
            outcome.error is pressed,
            f"{case} it stops, and {_told(outcome)}. KeyboardInterrupt has to come out.",
        )


def _expect_calls(task: Task, months: Sequence[str], case: str) -> None:
    expect(
        task.counts <= {1},
        f"The task is called with {max(task.counts, default=1)} arguments. Here it takes one, the "
        "month: `task(month)`.",
    )
    missing = [month for month in months if month not in task.done]
    expect(
        not missing,
        f"{case} the task is never called for {_and(missing)}. Each month has its turn.",
    )
    expect(
        task.done == list(months),
        f"{case} the task is called for {_and(task.done)}. Each month once, in the order given: "
        f"{_and(months)}.",
    )


def _and_error(outcome: Outcome) -> str:
    return f", and {told(outcome.error)} comes out" if outcome.error is not None else ""


def _told(outcome: Outcome) -> str:
    if outcome.error is not None:
        return f"{told(outcome.error)} comes out"
    return f"{outcome.value!r:.60} is returned"


def _and(months: Sequence[Any]) -> str:
    return ", ".join(map(str, months))
