"""Exercise 10.2: retries with backoff, of what may pass."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import random
from typing import Any

from lib.dialects import NotReady
from lib.errors import PipelineError
from lib.workbook.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch10.looking import result_or_error

MANY = 40  # calls, after which a loop is taken for endless


class _Endless(BaseException):
    """The answer calls for ever."""


class Work:
    """Something that raises these errors, one for each call, and then works."""

    def __init__(self, errors: list[BaseException]) -> None:
        self.errors, self.calls = errors, 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls > MANY:
            raise _Endless
        if self.calls <= len(self.errors):
            raise self.errors[self.calls - 1]
        return f"worked at call {self.calls}"


def passes(error: BaseException) -> bool:
    return isinstance(error, NotReady)


def check_retries(answer: Any, bench: Bench) -> str:
    expect_function(answer, "with_retries")

    def run(errors: list[BaseException], **options: Any) -> tuple[Any, Work, list[float]]:
        work, slept = Work(errors), []  # type: tuple[Work, list[float]]

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
        f"Work that fails twice and then succeeds: {type(outcome).__name__} comes out after "
        f"{work.calls} calls. There are four attempts.",
    )
    expect(
        outcome == "worked at call 3",
        f"Work that fails twice and then succeeds: {outcome!r} is returned, not what the work "
        "returns.",
    )
    _expect_pauses(slept, [1.0, 2.0])

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


def solution_retries() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        for attempt in range(attempts):
            try:
                return work()
            except Exception as error:
                if attempt == attempts - 1 or not may_pass(error):
                    raise
            sleep(pause * 2**attempt)

    return with_retries


def retries_with_jitter() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        while True:
            attempts -= 1
            try:
                return work()
            except Exception as error:
                if not attempts or not may_pass(error):
                    raise
                sleep(pause * random.uniform(0.8, 1.2))
                pause *= 2

    return with_retries


def retries_by_calling_itself() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        try:
            return work()
        except Exception as error:
            if attempts <= 1 or not may_pass(error):
                raise
        sleep(pause)
        return with_retries(work, may_pass, sleep, attempts - 1, pause * 2)

    return with_retries


def retries_of_everything() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        for attempt in range(attempts):
            try:
                return work()
            except Exception:
                if attempt == attempts - 1:
                    raise
                sleep(pause * 2**attempt)

    return with_retries


def retries_without_backoff() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        for attempt in range(attempts):
            try:
                return work()
            except Exception as error:
                if attempt == attempts - 1 or not may_pass(error):
                    raise
                sleep(pause)

    return with_retries


def retries_that_swallow() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        for attempt in range(attempts):
            try:
                return work()
            except Exception as error:
                if not may_pass(error):
                    raise
                if attempt < attempts - 1:
                    sleep(pause * 2**attempt)

    return with_retries


def retries_one_too_many() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        for attempt in range(attempts):
            try:
                return work()
            except Exception as error:
                if not may_pass(error):
                    raise
                sleep(pause * 2**attempt)
        return work()

    return with_retries


def retries_of_ctrl_c() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        for attempt in range(attempts):
            try:
                return work()
            except BaseException as error:
                broken = isinstance(error, Exception) and not may_pass(error)
                if attempt == attempts - 1 or broken:
                    raise
            sleep(pause * 2**attempt)

    return with_retries


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
    solution=solution_retries,
    also_right=(retries_with_jitter, retries_by_calling_itself),
    wrong=(
        Wrong(
            retries_of_everything,
            "an error that may not pass, and yet",
            "retries whatever comes, and so hides a fault for an hour",
        ),
        Wrong(
            retries_without_backoff,
            "twice as long as the one before",
            "waits, but always the same: a server that comes up is hit in step",
        ),
        Wrong(
            retries_that_swallow,
            "its error has to come out",
            "lets the loop end after the last failure, as if all were well",
        ),
        Wrong(
            retries_one_too_many,
            "three calls are asked for",
            "counts the repetitions, not the attempts",
        ),
        Wrong(retries_of_ctrl_c, "Ctrl-C was taken for a failure", "catches BaseException"),
    ),
)
