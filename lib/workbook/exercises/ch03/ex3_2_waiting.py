"""Exercise 3.2: wait for a database, with a deadline."""

# The solutions are shown to learners as they would type them: without annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from lib.errors import NotReady, PipelineError
from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, expect, expect_function
from lib.workbook.exercises.ch03.ex3_2_waiting_answers import ALSO_RIGHT, ASIDES, WORDS, WRONG

# A pause of 0.05 seconds, as a clock sees it that ticks 64 times a second, on a busy machine.
SHORTEST_S, LONGEST_S = 0.03, 0.09
PATIENCE_S = 2.0  # how long after the deadline an answer may still be asking


class _TooLong(BaseException):
    """Ends a loop that does not end by itself; `except Exception` must not catch it."""


class _Ping:
    """A stand-in for `db.ping`: refuses a few times, in the way of `refusals`, then answers.

    Without an end to the refusals it never answers. `takes` is how many seconds each try takes.
    """

    def __init__(self, deadline: float, refusals: Sequence[Exception] | None, takes: float = 0.0):
        self.refusals = refusals
        self.takes = takes
        self.raised: list[BaseException] = []
        self.called: list[float] = []
        self.ended: list[float] = []
        self.start = time.monotonic()
        self.latest = self.start + deadline + PATIENCE_S

    def __call__(self, timeout: float = 10.0) -> None:
        self.called.append(time.monotonic())
        try:
            self._answer()
        except BaseException as error:
            self.raised.append(error)
            raise
        finally:
            self.ended.append(time.monotonic())

    def _answer(self) -> None:
        time.sleep(self.takes)
        if self.too_long:
            return  # a bare `except:` has caught it: so the loop ends after all
        if time.monotonic() > self.latest or self.tries > self.opens_at + 20:
            raise _TooLong
        if self.tries < self.opens_at:
            refusals = self.refusals or [NotReady(f"No database answers, at try {self.tries}.")]
            raise refusals[min(self.tries, len(refusals)) - 1]

    @property
    def tries(self) -> int:
        return len(self.called)

    @property
    def opens_at(self) -> float:
        return float("inf") if self.refusals is None else len(self.refusals) + 1

    @property
    def too_long(self) -> bool:
        return any(isinstance(error, _TooLong) for error in self.raised)

    @property
    def pauses(self) -> list[float]:
        """The seconds between the end of each try and the next one."""
        return [call - end for call, end in zip(self.called[1:], self.ended, strict=False)]


def _outcome(sandbox: Sandbox, answer: Callable[..., Any], ping: _Ping, deadline: float) -> Any:
    """Return the error that came out of the answer, or None; one of its own is its own affair."""
    try:
        sandbox.call(answer, ping, deadline)
    except BaseException as raised:
        error = raised.__cause__ if isinstance(raised, Exception) else raised
        if error in ping.raised or isinstance(error, PipelineError | TimeoutError):
            return error
        raise
    return None


def check_wait(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "wait_for")
    for refusals in (0, 2, 7):
        _expect_waits(answer, sandbox, refusals)
    password = PipelineError("The server refuses this password.")
    for other in (password, TimeoutError("from the check"), ValueError("from the check")):
        _expect_passed_on(answer, sandbox, [other])
    _expect_passed_on(answer, sandbox, [*_not_ready(2), password])
    pauses = [pause for deadline in (0.2, 0.5) for pause in _expect_end(answer, sandbox, deadline)]
    _expect_pauses(pauses)
    _expect_clock(answer, sandbox)
    return "That is it: it waits as long as it must, never longer, and only where waiting helps."


def _not_ready(tries: int) -> list[Exception]:
    return [NotReady(f"No database answers, at try {number + 1}.") for number in range(tries)]


def _expect_waits(answer: Any, sandbox: Sandbox, refusals: int) -> None:
    """Expect that the answer asks until it is answered, and no more."""
    ping = _Ping(3, _not_ready(refusals))
    outcome = _outcome(sandbox, answer, ping, 3)
    answered = refusals + 1
    expect(ping.tries > 0, "Your function came to its end without a call of `ping()`.")
    expect(
        ping.tries <= answered,
        f"The database answered at try {answered}, but your function asked again. That `ping()` "
        "comes back without an error is the answer; it returns nothing, not even True.",
    )
    name = type(outcome).__name__
    if ping.tries < answered:
        if len(ping.pauses) > 2:
            _expect_pauses(ping.pauses)
        raise NotYet(
            f"The database would answer at try {answered}, long before the deadline. Your function "
            + (f"raised {name}" if outcome else "came back")
            + f" after try {ping.tries}."
        )
    expect(
        outcome is None,
        f"The database answered at try {answered}, and your function raises {name} all the same.",
    )


def _expect_passed_on(answer: Any, sandbox: Sandbox, refusals: list[Exception]) -> None:
    """Expect that the last of these errors, which is no NotReady, comes out at once."""
    ping = _Ping(0.3, refusals)
    outcome = _outcome(sandbox, answer, ping, 0.3)
    error = refusals[-1]
    told = f"At try {len(refusals)}, `ping` raised {error!r}. Your function "
    expect(
        ping.tries <= len(refusals),
        told + "asked again. Any error but `NotReady` should come out at once.",
    )
    expect(outcome is not None, told + "came back as if all were well.")
    expect(
        outcome is error,
        told + f"raised {type(outcome).__name__} in its place. Let the error itself out.",
    )


def _expect_end(answer: Any, sandbox: Sandbox, deadline: float) -> list[float]:
    """Expect that the answer gives up at the deadline; return its pauses, in seconds."""
    ping = _Ping(deadline, None)
    outcome = _outcome(sandbox, answer, ping, deadline)
    took = time.monotonic() - ping.start
    expect(
        not ping.too_long,
        f"With a deadline of {deadline} seconds, your function was still asking "
        f"{PATIENCE_S:g} seconds after it.",
    )
    expect(
        outcome is not None,
        "The deadline passed without an answer, and your function came back as if all were well. "
        "The caller must hear of it.",
    )
    expect(
        took > deadline - 2 * SHORTEST_S,
        f"With a deadline of {deadline} seconds, your function gave up after {took:.2f} seconds "
        f"and {ping.tries} tries.",
    )
    expect(
        outcome is ping.raised[-1],
        f"At the deadline {outcome!r:.80} comes out. The error that `ping` raised last should come "
        "out itself.",
    )
    return ping.pauses


def _expect_pauses(pauses: list[float]) -> None:
    middle = statistics.median(pauses) if pauses else 0.0
    told = "Between two tries, your function should pause for 0.05 seconds. It paused for "
    expect(pauses, told + "so long that there was no second try.")
    expect(
        middle >= SHORTEST_S,
        told + f"{middle:.3f} seconds, and asked {len(pauses) + 2:,} times: the server has work to "
        "do.",
    )
    expect(min(pauses) <= LONGEST_S, told + f"{min(pauses):.2f} seconds, and more.")


def _expect_clock(answer: Any, sandbox: Sandbox) -> None:
    """Expect that the deadline holds where each try takes time."""
    ping = _Ping(0.4, None, takes=0.1)
    _outcome(sandbox, answer, ping, 0.4)
    expect(
        ping.tries <= 5,
        "With a deadline of 0.4 seconds, and a server that takes 0.1 seconds to refuse, your "
        f"function asked {ping.tries} times, for {ping.ended[-1] - ping.start:.1f} seconds. Look "
        "at the clock after each try.",
    )


def solution_wait() -> Any:
    def wait_for(ping, deadline):
        end = time.monotonic() + deadline
        while True:
            try:
                return ping()
            except NotReady:
                if time.monotonic() >= end:
                    raise
            time.sleep(0.05)

    return wait_for


EXERCISE = Exercise(
    id="3.2",
    title="Wait, but not for ever",
    check=check_wait,
    hints=(
        "Note the end before the first try: `end = time.monotonic() + deadline`. Then loop: "
        "try, and after a refusal look at the clock.",
        "Inside `while True:` a `try:` with `return ping()`, and an `except NotReady:` that "
        "asks whether the end has come. A bare `raise` lets the error out again.",
        "After the `except` block, still in the loop: `time.sleep(0.05)`.",
    ),
    solution=solution_wait,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=ASIDES,
)
