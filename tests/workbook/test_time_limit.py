"""A block with a limit ends: whatever it does, on time, and told apart from Ctrl-C."""

from __future__ import annotations

import gc
import os
import random
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Any

import pandas  # noqa: F401  an import that is stopped halfway is not begun again
import pytest
from sqlalchemy import text

from lib.config import Settings, load_settings
from lib.database import Database
from lib.workbook.checking.raised import running_threads
from lib.workbook.checking.time_limit import Clock, OutOfTime
from lib.workbook.course.exercise import Exercise, Sandbox, State, judge
from lib.workbook.show.page_run import run_page
from tests.support import odd_answers

LIMIT_S = 0.2
SOON_S = 8  # on a machine that does much else
PRESSES = 200  # of Ctrl-C

# What is stopped half way does not close what it has made: see test_odd_answers.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed (event loop|database):ResourceWarning")


def spent(work: Callable[[], Any]) -> float:
    """Seconds until OutOfTime comes out of the work."""
    start = time.monotonic()
    with pytest.raises(OutOfTime), Clock() as clock, clock.limit(LIMIT_S):
        work()
    return time.monotonic() - start


def sorts_for_ever() -> None:
    while True:
        sorted(range(10_000))


def catches_errors_only() -> None:
    while True:
        with suppress(Exception):
            time.sleep(0.01)


def catches_and_keeps() -> None:
    caught = []
    while True:
        try:
            time.sleep(0.01)
        except BaseException as error:
            caught.append(error)


def goes_on_in_finally() -> None:
    try:
        time.sleep(1000)
    finally:
        while True:
            time.sleep(0.01)


def ignores_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        time.sleep(0.01)


def asks_sqlite() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(str(odd_answers.ENDLESS)).fetchall()


@pytest.mark.parametrize(
    "work",
    [
        odd_answers.sleeps,
        odd_answers.loops,
        odd_answers.loops_and_catches_all,
        odd_answers.waits_for_a_lock,
        sorts_for_ever,
        catches_errors_only,
        catches_and_keeps,
        goes_on_in_finally,
        ignores_interrupts,
        asks_sqlite,
    ],
    ids=lambda work: work.__name__,
)
def test_what_does_not_end_is_stopped(work: Callable[[], Any]) -> None:
    handler, trace = signal.getsignal(signal.SIGINT), sys.gettrace()
    assert LIMIT_S <= spent(work) < SOON_S
    assert signal.getsignal(signal.SIGINT) is handler
    assert sys.gettrace() is trace
    time.sleep(0.01)  # nothing comes later


def test_what_ends_in_time_is_left_alone() -> None:
    with Clock() as clock:
        for _ in range(100):
            with clock.limit(5):
                pass
        with clock.limit(LIMIT_S), clock.pause():
            time.sleep(2 * LIMIT_S)


def test_a_clock_that_comes_too_late_is_not_taken_for_ctrl_c() -> None:
    """Blocks that end just when their time is over: hundreds, each at another moment."""
    stopped = 0
    with Clock() as clock:
        for number in range(400):
            try:
                with clock.limit(0.002):
                    time.sleep(0.001 + number * 5e-6)
            except OutOfTime:
                stopped += 1
    assert not clock.pressed
    assert 0 < stopped < 400


def test_the_earlier_of_two_limits_counts() -> None:
    for first, second in ((LIMIT_S, 60), (60, LIMIT_S)):
        with pytest.raises(OutOfTime), Clock() as clock, clock.limit(first) as outer:
            with clock.limit(second) as inner:
                odd_answers.sleeps()
        assert (outer.over, inner.over) == (first < second, second < first)


def test_in_another_thread_a_loop_is_stopped_too() -> None:
    seen: list[float] = []

    def work() -> None:
        seen.append(spent(odd_answers.loops))
        seen.append(spent(asks_sqlite))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(seen) == 2
    assert max(seen) < SOON_S


@contextmanager
def ctrl_c_after(seconds: float) -> Iterator[None]:
    timer = threading.Timer(seconds, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    try:
        yield
    finally:
        timer.join()


@pytest.mark.skipif(sys.platform == "win32", reason="there, Ctrl-C is sent to a whole group")
@pytest.mark.parametrize("work", [odd_answers.sleeps, odd_answers.loops])
def test_ctrl_c_stays_ctrl_c(work: Callable[[], Any]) -> None:
    with ctrl_c_after(LIMIT_S), pytest.raises(KeyboardInterrupt):
        with Clock() as clock, clock.limit(60):
            work()
    assert clock.pressed


@pytest.mark.skipif(sys.platform == "win32", reason="there, Ctrl-C is sent to a whole group")
def test_no_ctrl_c_is_lost_while_the_clock_itself_is_at_work() -> None:
    """At random moments of hundreds of blocks that are entered and left."""
    handler, main = signal.getsignal(signal.SIGINT), threading.get_ident()
    ready: SimpleQueue[None] = SimpleQueue()  # an Event could keep its lock
    lost, seen = False, 0

    def press() -> None:
        nonlocal lost
        for _ in range(PRESSES):
            try:
                ready.get(timeout=SOON_S)
            except Empty:
                lost = True
                return
            time.sleep(random.uniform(0, 0.002))
            signal.pthread_kill(main, signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    while seen < PRESSES and not lost:
        try:
            ready.put(None)
            while not lost:
                with Clock() as clock, clock.limit(60):
                    pass
        except KeyboardInterrupt:
            seen += 1
            assert signal.getsignal(signal.SIGINT) is handler
    thread.join()
    assert not lost


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return load_settings(database_url, environ={"WORKBOOK_DIR": str(tmp_path)})


def exercise_with(check: Callable[[Any, Sandbox], str | None]) -> Exercise:
    return Exercise("9.1", "A title", check, ("A", "B"), lambda: 5, (), ())


def test_a_statement_without_end_is_stopped_and_the_server_does_not_go_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a database of the learner's, too, which stays."""
    monkeypatch.setattr("lib.workbook.checking.sandbox.CALL_S", LIMIT_S)
    with Database(settings.database_url) as db:

        def answer(dest: str) -> Any:
            return db.query(str(odd_answers.ENDLESS))

        exercise = exercise_with(lambda a, sandbox: sandbox.call(a, "XYZ"))
        start = time.monotonic()
        verdict = judge(exercise, answer, settings)
        assert time.monotonic() - start < SOON_S
        assert verdict.state is State.NOT_YET
        first, last = verdict.message.splitlines()
        assert first.startswith("Your code had not come to its end after 0.2 seconds, and was")
        assert "return db.query(str(odd_answers.ENDLESS))" in first
        assert last == "It was called with dest='XYZ'."
        with db.engine.connect() as connection:
            assert connection.scalar(text("SELECT 1")) == 1
            if db.dialect.name == "mysql":
                for _ in range(100):
                    busy = connection.execute(text("SHOW PROCESSLIST")).mappings().all()
                    if not any("RECURSIVE" in str(row["Info"]) for row in busy):
                        break
                    time.sleep(0.05)
                else:
                    pytest.fail(f"the server still computes: {busy}")


def test_an_answer_that_presses_ctrl_c_itself_gets_a_card(settings: Settings) -> None:
    exercise = exercise_with(lambda a, sandbox: sandbox.call(a))
    verdict = judge(exercise, odd_answers.interrupts, settings)
    assert verdict.state is State.RAISED
    assert verdict.message.startswith("KeyboardInterrupt")


@pytest.mark.skipif(sys.platform == "win32", reason="there, Ctrl-C is sent to a whole group")
def test_a_persons_ctrl_c_ends_the_cell_even_where_the_check_catches_it(
    settings: Settings,
) -> None:
    def check(answer: Any, sandbox: Sandbox) -> None:
        with suppress(KeyboardInterrupt):
            sandbox.call(answer)

    with ctrl_c_after(LIMIT_S), pytest.raises(KeyboardInterrupt):
        judge(exercise_with(check), odd_answers.sleeps, settings)


def test_a_check_that_does_not_end_is_our_fault(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.workbook.course.exercise.CHECK_S", LIMIT_S)

    def check(answer: Any, sandbox: Sandbox) -> None:
        time.sleep(1000)

    verdict = judge(exercise_with(check), 5, settings)
    assert verdict.state is State.FAULT
    assert verdict.message.startswith("OutOfTime")


def test_a_thread_of_the_answer_ends_with_the_check_and_no_other_does(settings: Settings) -> None:
    """The check itself may run in a thread, for which the cell waits."""
    ended = threading.Event()

    def waits(answer: Callable[[], None]) -> list[State]:
        states: list[State] = []

        def check(given: Any, sandbox: Sandbox) -> None:
            sandbox.call(given)

        thread = threading.Thread(
            target=lambda: states.append(judge(exercise_with(check), answer, settings).state)
        )
        thread.start()
        thread.join()
        return states

    def answer() -> None:
        def work() -> None:
            try:
                odd_answers.loops_slowly()
            except SystemExit:
                ended.set()

        threading.Thread(target=work, daemon=True).start()

    assert waits(answer) == [State.CORRECT]
    assert ended.wait(SOON_S)


def test_a_page_that_is_stopped_while_it_is_prepared_does_not_run_later(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow machine: the limit comes before the page's own thread has reached the page."""
    monkeypatch.setattr("lib.workbook.checking.sandbox.CALL_S", SOON_S / 2)
    before, slowed = running_threads(), list[str]()
    judged = SimpleQueue[None]()

    def slow_down(frame: FrameType, event: str, argument: Any) -> None:
        name = str(frame.f_globals.get("__name__"))
        if name.endswith(".exec_code") and not slowed:
            slowed.append(name)
            judged.get()

    def page() -> None: ...

    def check(answer: Any, sandbox: Sandbox) -> None:
        sandbox.call(run_page, answer)

    run_page(page)  # what Streamlit does once only is done
    monkeypatch.setattr(threading, "excepthook", lambda args: None)  # pytest's tells SystemExit too
    threading.setprofile(slow_down)
    try:
        verdict = judge(exercise_with(check), odd_answers.loops, settings)
    finally:
        threading.setprofile(None)
        judged.put(None)
    assert slowed
    assert verdict.state is State.NOT_YET
    assert verdict.message.startswith("Your code had not come to its end")
    deadline = time.monotonic() + SOON_S
    while running_threads() - before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert running_threads() <= before
    del verdict
    gc.collect()


def test_a_server_that_does_not_answer_is_nobodys_fault(tmp_path: Path) -> None:
    away = load_settings(
        "mysql+pymysql://nobody@127.0.0.1:1/none", environ={"WORKBOOK_DIR": str(tmp_path)}
    )
    verdict = judge(exercise_with(lambda answer, sandbox: sandbox.db.ping()), 5, away)
    assert verdict.state is State.FAULT
    assert verdict.message.startswith("The check could not run. No database answers at 127.0.0.1:1")
    assert "fault of the workbook" not in verdict.message
