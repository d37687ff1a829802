"""The check of exercise 10.2: work that fails as it is told to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lib.errors import NotReady, PipelineError
from lib.workbook.course.exercise import Sandbox, expect, expect_function
from lib.workbook.exercises.checking import Outcome, outcome_of, told

MANY = 40  # calls, after which a loop is taken for endless
JITTER = 0.26  # of a pause: a quarter, and what floats may differ by


class Endless(BaseException):
    """The answer calls for ever."""


@dataclass
class Trial:
    """One call of the answer: work that raises these errors in turn, and then returns a result."""

    errors: Sequence[BaseException] = ()
    result: Any = "what the work returns"
    calls: int = 0
    slept: list[float] = field(default_factory=list)
    asked: set[int] = field(default_factory=set)  # with how many arguments `may_pass` was called
    outcome: Outcome = field(default_factory=Outcome)

    def work(self) -> Any:
        self.calls += 1
        if self.calls > MANY:
            raise Endless
        if self.calls <= len(self.errors):
            raise self.errors[self.calls - 1]
        return self.result

    def may_pass(self, *given: Any) -> bool:
        self.asked.add(len(given))
        # Of Ctrl-C nobody should ask; it would be told a lie.
        return isinstance(given[-1] if given else None, NotReady | OSError | KeyboardInterrupt)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def run(self, answer: Any, sandbox: Sandbox, **options: Any) -> Trial:
        given = self.work, self.may_pass, self.sleep
        stops = Endless, KeyboardInterrupt
        self.outcome = outcome_of(sandbox, answer, *given, stops=stops, **options)
        return self

    def returns(self, result: Any) -> bool:
        """Whether it returned this, and nothing that is only equal to it, such as 0 and False."""
        found = self.outcome.value
        return self.outcome.error is None and type(found) is type(result) and found == result

    @property
    def ended(self) -> str:
        """What came of it, as the end of a sentence."""
        how = "once" if self.calls == 1 else f"{self.calls} times"
        error = self.outcome.error
        if isinstance(error, Endless):
            return "the work is called without end."
        if error is not None:
            return f"the work is called {how}, and {told(error)} comes out."
        return f"the work is called {how}, and {self.outcome.value!r:.60} is returned."


def check_retries(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "with_retries")
    expect_results(answer, sandbox)
    expect_attempts(answer, sandbox)
    expect_errors(answer, sandbox)
    expect_ctrl_c(answer, sandbox)
    return "That is it. A short failure costs seconds, a lasting one is known at once."


def expect_results(answer: Any, sandbox: Sandbox) -> None:
    """Expect that work which succeeds is called once, and its result returned."""
    trial = Trial().run(answer, sandbox)
    expect(
        trial.calls == 1 and trial.returns(trial.result),
        f"Work that succeeds at once, and returns {trial.result!r}: {trial.ended}",
    )
    expect(
        not trial.slept,
        f"Work that succeeds at once: the pauses are {_shown(trial.slept)}; there is nothing to "
        "wait for.",
    )
    for result in (None, 0, ""):
        trial = Trial(result=result).run(answer, sandbox)
        expect(
            trial.calls == 1 and trial.returns(result),
            f"Work that succeeds at once, and returns {result!r}: {trial.ended} What raises no "
            "error has succeeded, whatever it returns.",
        )


def expect_attempts(answer: Any, sandbox: Sandbox) -> None:
    """Expect as many attempts as are allowed, and pauses that double."""
    twice = [ConnectionResetError("away 1"), NotReady("away 2")]
    trial = Trial(twice).run(answer, sandbox)
    expect(
        trial.asked <= {1},
        f"`may_pass` is called with {max(trial.asked, default=0)} arguments. This one takes the "
        "error alone.",
    )
    expect(
        trial.calls == 3 and trial.returns(trial.result),
        f"Work that fails twice in a way that may pass, and then returns {trial.result!r}: "
        f"{trial.ended}",
    )
    _expect_pauses(trial.slept, 1.0, 2)
    for options, attempts, pause in (
        ({}, 4, 1.0),
        ({"attempts": 1}, 1, 1.0),
        ({"attempts": 3, "pause": 10.0}, 3, 10.0),
        ({"attempts": 6, "pause": 0.5}, 6, 0.5),
    ):
        errors = [NotReady(f"away {number}") for number in range(1, MANY + 5)]
        trial = Trial(errors).run(answer, sandbox, **options)
        said = ", ".join(f"`{name}={value}`" for name, value in options.items())
        case = f"Work that always fails, with {said or 'neither attempts nor pause given'}:"
        expect(
            trial.calls == attempts,
            f"{case} {trial.ended} The attempts that are asked for: {attempts}.",
        )
        expect(
            trial.outcome.error is errors[attempts - 1],
            f"{case} {trial.ended} The error of the last attempt has to come out as it is.",
        )
        _expect_pauses(trial.slept, pause, attempts - 1)


def expect_errors(answer: Any, sandbox: Sandbox) -> None:
    """Expect that an error which may not pass comes out as it is, and at once."""
    broken = PipelineError("a damaged file")
    for errors in ([broken], [NotReady("away"), broken, NotReady("away")]):
        trial = Trial(errors).run(answer, sandbox)
        first = len(errors) == 1
        case = f"The {'first' if first else 'second'} call raises an error that may not pass:"
        expect(
            trial.calls == (1 if first else 2),
            f"{case} {trial.ended} It is not tried again.",
        )
        expect(
            trial.outcome.error is broken,
            f"{case} {trial.ended} That error has to come out as it is.",
        )
        _expect_pauses(trial.slept, 1.0, 0 if first else 1)


def expect_ctrl_c(answer: Any, sandbox: Sandbox) -> None:
    """Expect that Ctrl-C ends it, at the first call as at a later one."""
    for before in ([], [NotReady("away")]):
        pressed = KeyboardInterrupt()
        trial = Trial([*before, pressed, KeyboardInterrupt()]).run(answer, sandbox)
        case = f"Ctrl-C in the {'second' if before else 'first'} call:"
        expect(
            trial.calls == len(before) + 1,
            f"{case} {trial.ended} Catch `Exception`, which KeyboardInterrupt is not.",
        )
        expect(
            trial.outcome.error is pressed,
            f"{case} {trial.ended} KeyboardInterrupt has to come out.",
        )


def _expect_pauses(slept: list[float], first: float, number: int) -> None:
    wanted = [first * 2**place for place in range(number)]
    fits = len(slept) == number and all(
        abs(each - want) <= JITTER * want for each, want in zip(slept, wanted, strict=True)
    )
    expect(
        fits,
        f"The pauses are {_shown(slept)}; expected are {_shown(wanted)}, each give or take a "
        "quarter.",
    )


def _shown(pauses: list[float]) -> str:
    return ", ".join(f"{float(each):g}" for each in pauses) or "none"
