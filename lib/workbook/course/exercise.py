"""What an exercise is, and how an answer is judged.

An answer is a value or a function. It is judged against a throw-away copy of the chapter's
database, so that no answer can harm the chapter, and a second look finds the same start.
"""

from __future__ import annotations

import importlib
import inspect
import math
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from traceback import format_exception
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lib.config import Settings
from lib.errors import PipelineError
from lib.workbook.checking.raised import (
    comes_from,
    describe_error,
    describe_fault,
    describe_stop,
    threads_of,
)
from lib.workbook.checking.sandbox import CHECK_S, AnswerRaised, Sandbox, is_lock_wait, surroundings
from lib.workbook.checking.time_limit import OutOfTime, stop_threads
from lib.workbook.checking.verdict import NotYet, State, Verdict

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Sandbox",
    "Exercise",
    "NotYet",
    "State",
    "Verdict",
    "Word",
    "Wrong",
    "describe_error",
    "exercises_of",
    "expect",
    "expect_frame",
    "expect_function",
    "expect_type",
    "is_untouched",
    "judge",
    "same_value",
]


@dataclass(frozen=True)
class Wrong:
    """A plausible wrong answer: what the check must say to it, and what it reveals."""

    answer: Callable[[], Any]
    says: str
    reveals: str


@dataclass(frozen=True)
class Word:
    """A phrase of the task, and the row of the check's data that breaks when it is ignored.

    `phrase` stands in the task as it is here; `row` names the row, or the call, that the check
    makes for it; `ignored` returns an answer that ignores the phrase alone, which the check
    must refuse.
    """

    phrase: str
    row: str
    ignored: Callable[[], Any]


@dataclass(frozen=True)
class Exercise:
    """One exercise, in one place: what it asks, how it is judged, its hints and its solution.

    `solution`, `also_right` and the wrong answers are functions that return an answer. The code of
    `solution`, without its last line, the return, is what the card shows and what the tests put
    into the notebook's cell.
    """

    id: str
    title: str
    check: Callable[[Any, Sandbox], str | None]
    hints: Sequence[str]
    solution: Callable[[], Any]
    also_right: Sequence[Callable[[], Any]]
    wrong: Sequence[Wrong]
    words: Sequence[Word] = ()
    asides: Sequence[str] = ()  # phrases of the task that explain, and ask for nothing

    @property
    def solution_code(self) -> str:
        """The solution as it would be typed into the cell."""
        lines = inspect.getsource(self.solution).splitlines()
        # By hand: a text over several lines, whose own lines begin at the left, hides the rest of
        # the indentation from textwrap.dedent.
        body = "\n".join(line.removeprefix("    ") for line in lines[1:]).strip().splitlines()
        assert body[-1].startswith("return "), f"the solution of {self.id} must end in a return"
        # What mypy is told in the module is of no use to a learner.
        return re.sub(r"  # type: ignore.*", "", "\n".join(body[:-1])).strip()


def judge(exercise: Exercise, answer: Any, settings: Settings) -> Verdict:
    """Return what the exercise's check says to the answer.

    No error comes out of it but KeyboardInterrupt, when Ctrl-C was pressed: what the answer raises,
    that it does not end, and a fault of the check are verdicts.
    """
    with suppress(Exception):  # one that cannot even be looked at is no stub
        if is_untouched(answer):
            return Verdict(
                State.NOT_ATTEMPTED,
                "Replace the ... in the cell above with your answer and run it. Then run this "
                "cell again.",
            )
    sandbox = Sandbox(settings)
    try:
        with surroundings() as in_threads:
            try:
                with sandbox.clock:
                    verdict = _judge(exercise, answer, sandbox)
            finally:
                stop_threads(threads_of(answer, sandbox.threads))
    finally:
        _close(sandbox)
    if sandbox.clock.pressed:
        raise KeyboardInterrupt
    if in_threads and verdict.state is not State.CORRECT:
        told = f"{verdict.message}\nIn a thread: {describe_error(in_threads[0], answer)}"
        return replace(verdict, message=told)
    return verdict


def _judge(exercise: Exercise, answer: Any, sandbox: Sandbox) -> Verdict:
    try:
        with sandbox.clock.limit(CHECK_S):
            praise = exercise.check(answer, sandbox)
    except NotYet as reason:
        return Verdict(State.NOT_YET, str(reason))
    except AnswerRaised as wrapper:
        assert wrapper.__cause__ is not None
        return _raised(wrapper.__cause__, answer, sandbox)
    except OutOfTime as error:
        return _stopped(error, answer, sandbox)
    except BaseException as error:
        if sandbox.clock.pressed:
            raise KeyboardInterrupt from None
        if error is sandbox.escaped or comes_from(error, answer):
            return _raised(error, answer, sandbox)
        return _at_fault(error, sandbox)
    return Verdict(State.CORRECT, praise or "That is it.")


def _raised(error: BaseException, answer: Any, sandbox: Sandbox) -> Verdict:
    return Verdict(State.RAISED, describe_error(error, answer) + _call(sandbox))


def _stopped(error: OutOfTime, answer: Any, sandbox: Sandbox) -> Verdict:
    at_work = sandbox.calling or comes_from(error, answer) or threads_of(answer, sandbox.threads)
    if not at_work:
        return _at_fault(error, sandbox)
    seconds = sandbox.call_s if sandbox.overdue else CHECK_S
    return Verdict(State.NOT_YET, describe_stop(error, answer, seconds) + _call(sandbox))


def _call(sandbox: Sandbox) -> str:
    return f"\nIt was called with {sandbox.called}." if sandbox.called else ""


def _at_fault(error: BaseException, sandbox: Sandbox) -> Verdict:
    """Say what went wrong that the answer did not raise."""
    told = [str(error)] if isinstance(error, PipelineError) else getattr(error, "__notes__", [])
    if told and isinstance(error, (PipelineError, DBAPIError)):  # what happened, and what to type
        return Verdict(State.FAULT, f"The check could not run. {told[0]}")
    if is_lock_wait(error):
        return Verdict(
            State.NOT_YET,
            "Your function has returned, and a transaction that it began is still open: the check "
            "waited for its lock. End it before you return, best by a `with` block.",
        )
    if isinstance(error, DBAPIError) and (lost := sandbox.lost_tables()):
        return Verdict(
            State.NOT_YET,
            f"After your function has run, the database lacks {', '.join(lost)}: nothing in this "
            "task asks for a table to be dropped.",
        )
    return Verdict(State.FAULT, describe_fault(error), "".join(format_exception(error)))


def _close(sandbox: Sandbox) -> None:
    with suppress(OSError, PipelineError, SQLAlchemyError):
        sandbox.close()  # a copy that something still holds is removed by a later check


def is_untouched(answer: Any) -> bool:
    """Tell whether the answer is the stub: `...`, or a function whose body is only that.

    A docstring, parameters and decorators that keep `__wrapped__` do not count. Opcodes differ
    from one Python to the next, so the answer is compared with stubs that this Python compiles.
    """
    answer = inspect.unwrap(answer) if callable(answer) else answer
    if not isinstance(answer, FunctionType):
        return answer is ...
    body = "..." if answer.__doc__ is None else repr(answer.__doc__)
    stubs = (f"def stub(): {body}", f"async def stub(): {body}", "lambda: ...")
    return _does(answer.__code__) in [_does(_compiled(stub)) for stub in stubs]


def _does(code: CodeType) -> tuple[bytes, tuple[object, ...]]:
    return code.co_code, code.co_consts


def _compiled(function: str) -> CodeType:
    """Return the code of the one function in this source."""
    module = compile(function, "<stub>", "exec")
    return next(value for value in module.co_consts if isinstance(value, CodeType))


# --- What checks are written with -----------------------------------------------------------


def expect(condition: object, reason: str) -> None:
    """Raise NotYet with the reason unless the condition holds."""
    if not condition:
        raise NotYet(reason)


def expect_type(answer: Any, kind: type | tuple[type, ...], wanted: str) -> None:
    """Expect an answer of this kind; `wanted` says it in words."""
    if not isinstance(answer, kind):
        raise NotYet(f"This asks for {wanted}; the answer is of type {type(answer).__name__}.")


def expect_function(answer: Any, example: str) -> None:
    """Expect a function; people often hand over its result, or a string."""
    if not callable(answer):
        raise NotYet(
            f"This asks for the function itself, such as `{example}` without parentheses; the "
            f"answer is of type {type(answer).__name__}."
        )


def expect_frame(answer: Any, wanted: pd.DataFrame, *, ordered: bool = False) -> None:
    """Expect this data frame: first the shape, then the columns, then the values.

    The order of rows counts only when `ordered`; floats may differ in their last digits.
    """
    expect_type(answer, type(wanted), "a data frame")
    if len(answer) != len(wanted):
        raise NotYet(f"The frame has {len(answer):,} rows; {len(wanted):,} are expected.")
    if list(answer.columns) != list(wanted.columns):
        raise NotYet(
            f"The columns are {', '.join(map(str, answer.columns))}; expected are "
            f"{', '.join(map(str, wanted.columns))}, in this order."
        )
    if answer.reset_index(drop=True).equals(wanted.reset_index(drop=True)):
        return  # often, and the rest is slow
    mine, yours = _rows(wanted, ordered), _rows(answer, ordered)
    for expected, found in zip(mine, yours, strict=True):
        for column, want, got in zip(wanted.columns, expected, found, strict=True):
            if not same_value(got, want):
                raise NotYet(f"In column {column}, {got!r} stands where {want!r} is expected.")


def same_value(found: Any, wanted: Any) -> bool:
    """Tell whether two values are the same, floats with a tolerance, all kinds of missing alike."""
    if found is wanted or (type(found) is type(wanted) and found == wanted):
        return True  # nearly always, and the rest is slow
    from pandas import isna

    if isna(found) or isna(wanted):
        return bool(isna(found) and isna(wanted))
    try:
        return math.isclose(float(found), float(wanted), rel_tol=1e-6, abs_tol=1e-9)
    except (TypeError, ValueError):
        return bool(found == wanted)


def _rows(frame: pd.DataFrame, ordered: bool) -> list[tuple[Any, ...]]:
    rows = list(frame.itertuples(index=False, name=None))
    return rows if ordered else sorted(rows, key=lambda row: [str(value) for value in row])


# --- Where they are -------------------------------------------------------------------------


def exercises_of(chapter: str) -> dict[str, Exercise]:
    """Return the exercises of a chapter by their ids, in order."""
    module = importlib.import_module(f"lib.workbook.exercises.ch{chapter}")
    return {exercise.id: exercise for exercise in module.EXERCISES}
