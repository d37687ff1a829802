"""Answers to exercise 3.2: right in other ways, wrong, and deaf to a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from lib.database import Database
from lib.errors import NotReady, PipelineError
from lib.workbook.course.exercise import Word, Wrong


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


def wait_by_the_wall() -> Any:
    def wait_for(ping, deadline):
        end = datetime.now() + timedelta(seconds=deadline)
        answered = False
        while not answered:
            try:
                ping()
                answered = True
            except NotReady as error:
                if datetime.now() > end:
                    raise error from None
                threading.Event().wait(0.05)
        return True

    return wait_for


def wait_by_calling_itself() -> Any:
    def wait_for(ping, deadline):
        start = time.perf_counter()
        try:
            ping(timeout=deadline)
        except NotReady:
            time.sleep(0.05)
            left = deadline - (time.perf_counter() - start)
            if left <= 0:
                raise
            wait_for(ping, left)

    return wait_for


def wait_with_a_shorter_last_pause() -> Any:
    def wait_for(ping, deadline):
        end = time.monotonic() + deadline
        while True:
            try:
                ping()
            except PipelineError as error:
                left = end - time.monotonic()
                if left <= 0 or not isinstance(error, NotReady):
                    raise
                time.sleep(min(0.05, left))
            else:
                return

    return wait_for


def wait_but(
    *,
    pause: float = 0.05,
    unit: float = 1.0,
    catches: Any = NotReady,
    at_the_end: Callable[[BaseException], BaseException | None] = lambda error: error,
    deadline: float | None = None,
    own: Callable[[], Any] | None = None,
) -> Any:
    """The solution, but for one thing."""
    limit = deadline

    def wait_for(ping, deadline):
        end = time.monotonic() + (deadline if limit is None else limit) * unit
        while True:
            try:
                return (own or ping)()
            except catches as error:
                if time.monotonic() >= end:
                    outcome = at_the_end(error)
                    if outcome is None:
                        return
                    raise outcome
            time.sleep(pause)

    return wait_for


def wait_for_ever(*catches: type[BaseException]) -> Any:
    def wait_for(ping, deadline):
        while True:
            try:
                return ping()
            except catches:
                time.sleep(0.05)

    return wait_for


def wait_counting(tries: Callable[[float], int]) -> Any:
    def wait_for(ping, deadline):
        for attempt in range(tries(deadline)):
            try:
                return ping()
            except NotReady as error:
                last = error
                time.sleep(0.05)
        raise last

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


def wait_then_raise_in_any_case() -> Any:
    def wait_for(ping, deadline):
        end, last = time.monotonic() + deadline, NotReady("No database answers.")
        while time.monotonic() < end:
            try:
                ping()
                break
            except NotReady as error:
                last = error
                time.sleep(0.05)
        raise last

    return wait_for


def wait_longer_each_time() -> Any:
    def wait_for(ping, deadline):
        end, pause = time.monotonic() + deadline, 0.05
        while True:
            pause *= 2
            try:
                return ping()
            except NotReady:
                if time.monotonic() >= end:
                    raise
            time.sleep(pause)

    return wait_for


def ping_of_its_own() -> None:
    with Database("sqlite://") as db:  # in the notebook: the chapter's own
        db.ping()


ALSO_RIGHT = (
    wait_with_last_error,
    wait_by_the_wall,
    wait_by_calling_itself,
    wait_with_a_shorter_last_pause,
)

WRONG = (
    Wrong(
        lambda: wait_for_ever(NotReady),
        "still asking",
        "forgot the deadline: the job hangs for ever",
    ),
    Wrong(
        lambda: wait_for_ever(BaseException),
        "asked again. Any error but `NotReady`",
        "catches all there is, Ctrl-C included: nothing can stop this loop",
    ),
    Wrong(
        lambda: wait_counting(lambda deadline: 3),
        "raised NotReady after try 3",
        "counts tries; how long that takes depends on the machine",
    ),
    Wrong(
        lambda: wait_counting(lambda deadline: int(deadline / 0.05) + 1),
        "Look at the clock after each try",
        "works out the tries from the pauses, as if an answer took no time",
    ),
    Wrong(
        lambda: wait_but(catches=Exception),
        "Any error but `NotReady`",
        "retries every error, so a wrong password costs the whole deadline",
    ),
    Wrong(
        lambda: wait_but(catches=(NotReady, TimeoutError)),
        "`ping` raised TimeoutError",
        "retries what sounds as if it passed, too",
    ),
    Wrong(
        lambda: wait_but(pause=0.0),
        "the server has work to do",
        "asks as fast as the machine can, and keeps the server from starting",
    ),
    Wrong(
        wait_for_true,
        "asked again. That `ping()` comes back",
        "waits for a value, where coming back without an error is the answer",
    ),
    Wrong(
        lambda: wait_but(at_the_end=lambda error: None),
        "as if all were well",
        "leaves the loop at the deadline without an error",
    ),
    Wrong(
        wait_then_raise_in_any_case,
        "raises NotReady all the same",
        "raises behind the loop, also where the loop was left by an answer",
    ),
    Wrong(
        wait_longer_each_time,
        "It paused for 0.1",
        "doubles the pause, which may be wise, and is not what was asked for",
    ),
    Wrong(
        lambda: wait_but(at_the_end=lambda error: NotReady("gave up")),
        "The error that `ping` raised last",
        "makes an error of its own, and loses what the last one said",
    ),
    Wrong(
        lambda: wait_but(deadline=30.0),
        "still asking 2 seconds after it",
        "waits for as long as the chapter's own function does by default",
    ),
)

WORDS = (
    Word(
        "Write `wait_for(ping, deadline)`. `ping` is a function such as `db.ping`",
        "a `ping` of the check's own, which counts its calls",
        lambda: wait_but(own=ping_of_its_own),
    ),
    Word(
        "`deadline` is in seconds",
        "deadlines of 0.2 and 0.5 seconds",
        lambda: wait_but(unit=0.001),
    ),
    Word(
        "Call `ping()` until it returns without an error. Then you are done.",
        "a database that answers at try 1, 3 and 8, and is not to be asked again",
        wait_for_true,
    ),
    Word(
        "After a `NotReady`, pause for 0.05 seconds and try again.",
        "the pauses between the tries",
        lambda: wait_but(pause=0.1),
    ),
    Word(
        "When the deadline has passed and it is still `NotReady`, let that error out",
        "each try raises an error of its own; the last must come out",
        lambda: wait_but(at_the_end=lambda error: TimeoutError("gave up")),
    ),
    Word(
        "Any other error comes out at once: waiting does not mend a wrong password.",
        "a wrong password, a TimeoutError, a ValueError; a wrong password at the third try",
        lambda: wait_but(catches=PipelineError),
    ),
)
ASIDES = (": `raise`, alone on its line inside the `except`, does so.",)
