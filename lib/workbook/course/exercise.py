"""What an exercise is, and how an answer is judged.

An answer is a value or a function. It is judged against a throw-away copy of the chapter's
database, so that no answer can harm the chapter, and a second look finds the same start.
"""

from __future__ import annotations

import importlib
import inspect
import linecache
import math
import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from enum import Enum
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from lib.config import Settings
from lib.database import Database
from lib.workbook.databases.checkpoints import throw_away
from lib.workbook.show.sql import record_sql

if TYPE_CHECKING:
    import pandas as pd


class State(Enum):
    """The four states of an exercise; the value is what the card says."""

    NOT_ATTEMPTED = "not attempted"
    CORRECT = "correct"
    NOT_YET = "not yet"
    RAISED = "your code raised an error"


class NotYet(Exception):
    """The answer is not right yet; the message is what a teacher would say."""


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
    check: Callable[[Any, Bench], str | None]
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


@dataclass(frozen=True)
class Verdict:
    """The outcome of a check: the state, and what to tell the learner."""

    state: State
    message: str


class _AnswerRaised(Exception):
    """The learner's own code raised; the cause is what it raised."""


@dataclass
class Bench:
    """What a check works with: a throw-away database, made when it is first asked for."""

    settings: Settings
    _stack: ExitStack = field(default_factory=ExitStack)
    _db: Database | None = None
    _empty: Database | None = None

    @property
    def db(self) -> Database:
        """A copy with the first three days of the chapter's month in it."""
        if self._db is None:
            self._db = self._stack.enter_context(throw_away(self.settings))
        return self._db

    @property
    def empty(self) -> Database:
        """A throw-away database with nothing in it: quicker than the copy."""
        if self._empty is None:
            self._empty = self._stack.enter_context(throw_away(self.settings, empty=True))
        return self._empty

    def call(self, answer: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call the learner's function; what it raises is told apart from a fault of the check."""
        try:
            return answer(*args, **kwargs)
        except Exception as error:
            raise _AnswerRaised from error

    def statements(self, answer: Callable[..., Any], *args: Any) -> tuple[Any, list[str]]:
        """Call the learner's function; return its result and the statements that it sent."""
        with record_sql(self.db) as sent:
            result = self.call(answer, *args)
        return result, sent

    def close(self) -> None:
        self._stack.close()


def judge(exercise: Exercise, answer: Any, settings: Settings) -> Verdict:
    """Return what the exercise's check says to the answer."""
    if is_untouched(answer):
        return Verdict(
            State.NOT_ATTEMPTED,
            "Replace the ... in the cell above with your answer and run it. Then run this cell "
            "again.",
        )
    bench = Bench(settings)
    try:
        praise = exercise.check(answer, bench)
    except NotYet as reason:
        return Verdict(State.NOT_YET, str(reason))
    except _AnswerRaised as wrapper:
        assert wrapper.__cause__ is not None
        return Verdict(State.RAISED, describe_error(wrapper.__cause__, answer))
    finally:
        bench.close()
    return Verdict(State.CORRECT, praise or "That is it.")


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


def describe_error(error: BaseException, answer: Any) -> str:
    """Return the error's type and message, and the line of the answer that it came from."""
    text = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}".rstrip(
        ": "
    )
    code = getattr(inspect.unwrap(answer) if callable(answer) else answer, "__code__", None)
    step = error.__traceback__
    line = None
    while step is not None and code is not None:
        if step.tb_frame.f_code.co_filename == code.co_filename:
            line = step.tb_lineno
        step = step.tb_next
    if line is None or code is None:
        return text
    source = linecache.getline(code.co_filename, line).strip()
    return f"{text}\nin line {line} of your cell" + (f": {source}" if source else "")


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
