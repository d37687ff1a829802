"""Exercise 10.2: retries with backoff, of what may pass."""

from __future__ import annotations

from typing import Any

from lib.errors import NotReady, PipelineError
from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch10 import ex10_2_what_may_pass_answers as answers
from lib.workbook.exercises.ch10.looking import result_or_error

MANY = 40  # calls, after which a loop is taken for endless


class _Endless(BaseException):
    """The answer calls for ever."""


class Work:
    """Something that raises these errors, one for each call, and then works."""

    def __init__(self, errors: list[BaseException], silent: bool = False) -> None:
        self.errors, self.silent, self.calls = errors, silent, 0

    def __call__(self) -> str | None:
        self.calls += 1
        if self.calls > MANY:
            raise _Endless
        if self.calls <= len(self.errors):
            raise self.errors[self.calls - 1]
        return None if self.silent else f"worked at call {self.calls}"


def passes(error: BaseException) -> bool:
    return isinstance(error, NotReady | KeyboardInterrupt)  # nobody should ask about the second


def check_retries(answer: Any, bench: Bench) -> str:
    expect_function(answer, "with_retries")

    def run(
        errors: list[BaseException], silent: bool = False, **options: Any
    ) -> tuple[Any, Work, list[float]]:
        work, slept = Work(errors, silent), []  # type: tuple[Work, list[float]]

        def call() -> Any:
            try:
                return answer(work, passes, slept.append, **options)
            except _Endless:
                return _Endless()
            except KeyboardInterrupt as error:
                return error

        return result_or_error(bench, call), work, slept

    outcome, work, slept = run([])
    expect(
        outcome == "worked at call 1" and work.calls == 1 and not slept,
        f"Work that succeeds at once: it was called {work.calls} times, with {len(slept)} pauses, "
        f"and {outcome!r} was returned. One call, no pause, and what the work returns.",
    )

    away = [NotReady("away 1"), NotReady("away 2")]
    outcome, work, slept = run(list(away))
    expect(
        not isinstance(outcome, Exception),
        f"Work that fails twice and then succeeds: after {work.calls} "
        f"{'call' if work.calls == 1 else 'calls'}, {type(outcome).__name__} comes out: {outcome}. "
        "There are four attempts, and `may_pass` takes the error alone.",
    )
    expect(
        outcome == "worked at call 3",
        f"Work that fails twice and then succeeds: {outcome!r} is returned, not what the work "
        "returns.",
    )
    _expect_pauses(slept, [1.0, 2.0])

    outcome, work, slept = run([], silent=True)
    expect(
        work.calls == 1 and outcome is None,
        f"Work that returns None, as the tasks of this chapter do, was called {work.calls} times. "
        "What raises no error has succeeded, whatever it returns.",
    )

    broken = PipelineError("a damaged file")
    outcome, work, slept = run([NotReady("away"), broken, NotReady("away")])
    expect(
        work.calls == 2 and len(slept) == 1,
        f"The second call raises an error that may not pass, and yet the work is called "
        f"{work.calls} times. Ask `may_pass` about each error, before the pause.",
    )
    expect(
        outcome is broken,
        f"An error that may not pass has to come out as it is; here comes {outcome!r}.",
    )

    errors: list[BaseException] = [NotReady(f"away {number}") for number in range(MANY + 5)]
    outcome, work, slept = run(errors, attempts=3, pause=10.0)
    expect(
        work.calls == 3,
        f"With `attempts=3`, work that always fails is called "
        f"{work.calls if work.calls < MANY else 'without end'}"
        f"{' times' if work.calls < MANY else ''}; three calls are asked for.",
    )
    expect(
        len(slept) == 2,
        f"Three attempts have two pauses; here are {len(slept)}. After the last attempt there is "
        "nothing to wait for.",
    )
    _expect_pauses(slept, [10.0, 20.0])
    expect(
        outcome is errors[2],
        f"When the last attempt fails, its error has to come out; here comes {outcome!r}. Who "
        "called would take the work for done.",
    )

    outcome, work, _ = run([KeyboardInterrupt(), KeyboardInterrupt()])
    expect(
        work.calls == 1 and isinstance(outcome, KeyboardInterrupt),
        "Ctrl-C was taken for a failure and the work went on. Catch `Exception`, which "
        "KeyboardInterrupt is not.",
    )
    return "That is it. A short failure costs seconds, a lasting one is known at once."


def _expect_pauses(slept: list[float], wanted: list[float]) -> None:
    shown = ", ".join(f"{float(each):g}" for each in slept)
    fits = len(slept) == len(wanted) and all(
        0.74 * want <= each <= 1.26 * want for each, want in zip(slept, wanted, strict=True)
    )
    expect(
        fits,
        f"The pauses are {shown or 'missing'}; expected are {wanted[0]:g} and {wanted[1]:g} "
        "seconds, each give or take a quarter. Each pause is twice as long as the one before.",
    )


EXERCISE = Exercise(
    id="10.2",
    title="Repeat what may pass",
    check=check_retries,
    hints=(
        "A `for` loop over the attempts, in it a `try` around `return work()`.",
        "In `except Exception as error:` there are two reasons to `raise`: it was the last "
        "attempt, or `may_pass(error)` is false.",
        "The pause comes after the `except` block, or at its end: `sleep(pause * 2**attempt)`, "
        "with attempts counted from 0.",
    ),
    solution=answers.solution_retries,
    also_right=(answers.retries_with_jitter, answers.retries_by_calling_itself),
    wrong=(
        Wrong(
            answers.retries_of_everything,
            "an error that may not pass, and yet",
            "retries whatever comes, and so hides a fault for an hour",
        ),
        Wrong(
            answers.retries_without_backoff,
            "twice as long as the one before",
            "waits, but always the same: a server that comes up is hit in step",
        ),
        Wrong(
            answers.retries_that_swallow,
            "its error has to come out",
            "lets the loop end after the last failure, as if all were well",
        ),
        Wrong(
            answers.retries_one_too_many,
            "three calls are asked for",
            "counts the repetitions, not the attempts",
        ),
        Wrong(
            answers.retries_of_none,
            "whatever it returns",
            "takes a result of None for a failure",
        ),
        Wrong(
            answers.retries_that_ask_the_database,
            "takes the error alone",
            "calls `may_pass` as the pipeline does, with a database",
        ),
        Wrong(
            answers.retries_of_base_exceptions,
            "Ctrl-C was taken for a failure",
            "leaves it to `may_pass` whether Ctrl-C is obeyed",
        ),
        Wrong(answers.retries_of_ctrl_c, "Ctrl-C was taken for a failure", "catches BaseException"),
    ),
)
