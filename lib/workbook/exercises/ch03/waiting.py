"""Exercise 3.2: wait for a database, with a deadline."""

# The solutions are shown to learners as they would type them: without annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from lib.errors import NotReady, PipelineError
from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function


class _TooLong(BaseException):
    """Ends a loop that does not end by itself; `except Exception` must not catch it."""


class _Ping:
    """A stand-in for `db.ping`: refuses until the try `opens_at`, and counts the tries."""

    def __init__(self, deadline: float, opens_at: int = 0, error: Exception | None = None) -> None:
        self.opens_at = opens_at
        self.error = error or NotReady("No database answers.")
        self.start = time.monotonic()
        self.latest = self.start + deadline + 2
        self.tries = 0

    def __call__(self) -> None:
        self.tries += 1
        if time.monotonic() > self.latest:
            raise _TooLong
        if not self.opens_at or self.tries < self.opens_at:
            raise self.error
        if self.tries > self.opens_at + 20:
            raise _TooLong


def _outcome(bench: Bench, answer: Callable[..., Any], ping: _Ping, deadline: float) -> Any:
    """Return what came out of the answer: None, or the error of the ping."""
    try:
        bench.call(answer, ping, deadline)
    except _TooLong as error:
        return error
    except Exception as wrapper:
        if not isinstance(wrapper.__cause__, PipelineError | TimeoutError):
            raise
        return wrapper.__cause__
    return None


def check_wait(answer: Any, bench: Bench) -> str:
    expect_function(answer, "wait_for")
    ping = _Ping(5, opens_at=3)
    outcome = _outcome(bench, answer, ping, 5)
    expect(
        ping.tries <= 3,
        "The database answered, but your function goes on asking. `ping()` returns nothing, not "
        "even True: that it comes back without an error is the answer.",
    )
    expect(
        not isinstance(outcome, PipelineError | TimeoutError),
        "The database answers at the third try, long before the deadline, but your function gave "
        f"up after try {ping.tries}.",
    )
    expect(
        ping.tries >= 3,
        f"Your function came back after try {ping.tries}, though the database had not answered.",
    )
    ping = _Ping(5, error=PipelineError("The server refuses this password."))
    outcome = _outcome(bench, answer, ping, 0.3)
    expect(
        outcome is ping.error and ping.tries == 1,
        "The password was wrong, and no waiting mends that: this error should come out at the "
        "first try. Catch `NotReady` only.",
    )
    for deadline in (0.3, 0.6):
        ping = _Ping(deadline)
        outcome = _outcome(bench, answer, ping, deadline)
        took = time.monotonic() - ping.start
        expect(
            not isinstance(outcome, _TooLong),
            f"With a deadline of {deadline} seconds, your function was still asking two seconds "
            "after it.",
        )
        expect(
            outcome is not None,
            "The deadline passed without an answer, and your function came back as if all were "
            "well. Whoever called it must hear of it.",
        )
        expect(
            took > deadline / 2,
            f"With a deadline of {deadline} seconds, your function gave up long before it. Look "
            "at the clock instead of counting tries.",
        )
        expect(
            ping.tries <= 100,
            f"Your function asked {ping.tries:,} times in {deadline} seconds. Pause between two "
            "tries: the server has work to do.",
        )
    return "That is it: it waits as long as it must, never longer, and only where waiting helps."


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


def wait_with_last_error() -> Any:
    def wait_for(ping, deadline):
        start, last = time.time(), None
        while last is None or time.time() - start < deadline:
            try:
                ping()
                return
            except NotReady as error:
                last = error
                time.sleep(0.05)
        raise last

    return wait_for


def wait_for_ever() -> Any:
    def wait_for(ping, deadline):
        while True:
            try:
                return ping()
            except NotReady:
                time.sleep(0.05)

    return wait_for


def wait_counting() -> Any:
    def wait_for(ping, deadline):
        for attempt in range(3):
            try:
                return ping()
            except NotReady as error:
                last = error
                time.sleep(0.01)
        raise last

    return wait_for


def wait_catching_all() -> Any:
    def wait_for(ping, deadline):
        end = time.monotonic() + deadline
        while True:
            try:
                return ping()
            except Exception:
                if time.monotonic() >= end:
                    raise
            time.sleep(0.05)

    return wait_for


def wait_without_pause() -> Any:
    def wait_for(ping, deadline):
        end = time.monotonic() + deadline
        while True:
            try:
                return ping()
            except NotReady:
                if time.monotonic() >= end:
                    raise

    return wait_for


def wait_for_true() -> Any:
    def wait_for(ping, deadline):
        end = time.monotonic() + deadline
        while time.monotonic() < end:
            try:
                if ping():
                    return
            except NotReady:
                time.sleep(0.05)
        raise NotReady("No database answers.")

    return wait_for


def wait_silently() -> Any:
    def wait_for(ping, deadline):
        end = time.monotonic() + deadline
        while time.monotonic() < end:
            try:
                return ping()
            except NotReady:
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
    also_right=(wait_with_last_error,),
    wrong=(
        Wrong(wait_for_ever, "still asking", "forgot the deadline: the job hangs for ever"),
        Wrong(
            wait_counting,
            "gave up long before",
            "counts tries; how long that takes depends on the machine",
        ),
        Wrong(
            wait_catching_all,
            "Catch `NotReady` only",
            "retries every error, so a wrong password costs the whole deadline",
        ),
        Wrong(
            wait_without_pause,
            "Pause between two tries",
            "asks as fast as the machine can, and keeps the server from starting",
        ),
        Wrong(
            wait_for_true,
            "goes on asking",
            "waits for a value, where coming back without an error is the answer",
        ),
        Wrong(
            wait_silently,
            "as if all were well",
            "leaves the loop at the deadline without an error",
        ),
    ),
)
