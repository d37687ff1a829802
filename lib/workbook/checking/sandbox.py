"""Where an answer runs: a throw-away database, a limit of time, and of what it prints."""

from __future__ import annotations

import inspect
import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy

from lib.config import Settings
from lib.database import Database
from lib.models import Base
from lib.workbook.checking.raised import running_threads, show_call
from lib.workbook.checking.time_limit import Clock, OutOfTime
from lib.workbook.checking.verdict import NotYet
from lib.workbook.databases.checkpoints import throw_away
from lib.workbook.show.sql import record_sql

CALL_S = 10.0  # for one call of the answer
CHECK_S = 30.0  # for all that a check does, but for making its databases
MAX_PRINTED_CHARS = 20_000  # by an answer, in one check
NOT_ASYNC = (
    "Your function is declared with `async def`: to call it makes a coroutine, and nothing of it "
    "runs. Declare it with `def`."
)


class AnswerRaised(Exception):
    """The learner's own code raised; the cause is what it raised."""


@dataclass
class Sandbox:
    """What a check works with: a throw-away database, made when it is first asked for."""

    settings: Settings
    clock: Clock = field(default_factory=Clock)
    call_s: float = field(default_factory=lambda: CALL_S)
    called: str = ""  # the arguments of the last call of the answer, in words
    calling: bool = False  # whether the answer is at work
    overdue: bool = False  # whether one call took longer than call_s
    threads: set[int] = field(default_factory=running_threads)  # that were there before
    escaped: BaseException | None = None  # what no `except Exception` catches, out of the answer
    _stack: ExitStack = field(default_factory=ExitStack)
    _db: Database | None = None
    _empty: Database | None = None

    @property
    def db(self) -> Database:
        """A copy with the first three days of the chapter's month in it."""
        if self._db is None:
            with self.clock.pause():
                self._db = self._stack.enter_context(throw_away(self.settings))
        return self._db

    @property
    def empty(self) -> Database:
        """A throw-away database with nothing in it: quicker than the copy."""
        if self._empty is None:
            with self.clock.pause():
                self._empty = self._stack.enter_context(throw_away(self.settings, empty=True))
        return self._empty

    def call(self, answer: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call the learner's function; what it raises is told apart from a fault of the check.

        An Exception comes out as AnswerRaised, any other BaseException as it is: a check may have
        planted it.

        Raises OutOfTime when it does not end, and NotYet when it is declared with `async def`.
        """
        self.called, self.calling = show_call(answer, args, kwargs), True
        block = self.clock.limit(self.call_s)
        try:
            with block:
                result = answer(*args, **kwargs)
        except Exception as error:
            self.calling = False
            raise AnswerRaised from error
        except OutOfTime:
            self.overdue = block.over
            raise
        except BaseException as error:
            self.calling = False
            self.escaped = error
            raise
        self.calling = False
        if inspect.iscoroutine(result):
            result.close()
            raise NotYet(NOT_ASYNC)
        return result

    def outcome(
        self,
        kinds: type[BaseException] | tuple[type[BaseException], ...],
        answer: Callable[..., Any],
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """Call the learner's function; return its result, or its error when it is of these kinds,
        which the check has words for."""
        try:
            return self.call(answer, *args, **kwargs)
        except AnswerRaised as wrapper:
            if not isinstance(wrapper.__cause__, kinds):
                raise
            return wrapper.__cause__
        except kinds as error:
            if error is not self.escaped:
                raise
            return error

    def statements(self, answer: Callable[..., Any], *args: Any) -> tuple[Any, list[str]]:
        """Call the learner's function; return its result and the statements that it sent."""
        with record_sql(self.db) as sent:
            result = self.call(answer, *args)
        return result, sent

    def lost_tables(self) -> list[str]:
        """Return which of the chapter's tables its copy has no longer."""
        if self._db is None:
            return []
        return sorted(
            set(Base.metadata.tables) - set(sqlalchemy.inspect(self._db.engine).get_table_names())
        )

    def close(self) -> None:
        """Remove the databases."""
        self._stack.close()


@contextmanager
def surroundings() -> Iterator[list[BaseException]]:
    """A block after which the folder and the streams are what they were before.

    Of what it prints, the first MAX_PRINTED_CHARS are shown: a page can hold no more. Gives the
    errors that end threads, of which Python would print the tracebacks.
    """
    folder, streams, left = os.getcwd(), (sys.stdout, sys.stderr), [MAX_PRINTED_CHARS]
    hooks, errors = (threading.excepthook, sys.unraisablehook), list[BaseException]()
    limited: list[Any] = [_Limited(stream, left) for stream in streams]
    sys.stdout, sys.stderr = limited
    threading.excepthook = lambda args: errors.append(args.exc_value or args.exc_type())
    sys.unraisablehook = _all_but_the_clocks
    try:
        yield errors
    finally:
        threading.excepthook, sys.unraisablehook = hooks
        sys.stdout, sys.stderr = streams
        left[0] = sys.maxsize  # a handler of logging may keep such a stream
        with suppress(OSError):  # it was removed
            os.chdir(folder)


def _all_but_the_clocks(args: sys.UnraisableHookArgs) -> None:
    """Print what Python cannot raise, but OutOfTime in a finalizer: that comes again."""
    if not issubclass(args.exc_type, OutOfTime):
        sys.__unraisablehook__(args)


def is_lock_wait(error: BaseException) -> bool:
    """Tell whether the error says that a lock was waited for, and not given back in time."""
    cause = getattr(error, "orig", None)
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # the rest says more about the same
    busy = code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return busy or getattr(cause, "args", ())[:1] == (1205,)  # MySQL: lock wait timeout


class _Limited:
    """A stream that shows so many characters, and swallows the others."""

    def __init__(self, stream: Any, left: list[int]) -> None:
        self._stream = stream
        self._left = left

    def write(self, text: str) -> int:
        left = self._left[0]
        self._left[0] = left - len(text)
        if left >= len(text):
            self._stream.write(text)
        elif left >= 0:
            shown = (
                f"{text[:left]}\n... (more than {MAX_PRINTED_CHARS:,} characters were printed)\n"
            )
            self._stream.write(shown)
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
