"""Whose error it was, where, and at which call: what a card says of an error."""

from __future__ import annotations

import functools
import inspect
import linecache
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from types import CodeType, FrameType, MethodType, TracebackType
from typing import Any

MAX_VALUE_CHARS = 60  # of an argument that is shown
MAX_MESSAGE_CHARS = 300  # of an error's text
_PLAIN = (str, bytes, int, float, complex, bool, Decimal, date, time, Path, type(None))


def describe_error(error: BaseException, answer: Any) -> str:
    """Return the error's type and message, and the line of the answer that it came from."""
    return f"{_headline(error)}{_at(error.__traceback__, answer)}"


def describe_stop(error: BaseException, answer: Any, seconds: float) -> str:
    """Return that the answer was stopped after so many seconds, and in which of its lines."""
    where = _at(error.__traceback__, answer).strip()
    return f"Your code had not come to its end after {seconds:g} seconds, and was stopped" + (
        f" {where}" if where else "."
    )


def describe_fault(error: BaseException) -> str:
    """Return what went wrong in a check, whose fault it is, and where to report it."""
    steps = list(_steps(error.__traceback__))
    ours = [step for step in steps if _is_ours(step.tb_frame.f_code.co_filename)]
    file = Path(ours[-1].tb_frame.f_code.co_filename).name if ours else ""
    where = f"\nin line {ours[-1].tb_lineno} of {file}" if ours else ""
    return (
        f"{_headline(error)}{where}\n"
        "This is a fault of the workbook, not of your answer: it counts neither for it nor "
        "against it. Please report it on the project's page of issues, with this text and your "
        "answer."
    )


def comes_from(error: BaseException, answer: Any) -> bool:
    """Tell whether code of the answer was at work when the error was raised."""
    return _is_of(answer, (step.tb_frame.f_code for step in _steps(error.__traceback__)))


def running_threads() -> set[int]:
    """Return the identifiers of all threads in which Python is at work."""
    return set(sys._current_frames())


def threads_of(answer: Any, before: set[int]) -> list[int]:
    """Return the threads that were not there before, and which are at work for the answer.

    In some, the answer's code is at work; in others, Streamlit prepares to run it as a page.
    """
    frames = sys._current_frames()
    new = {thread: list(_frames_up(frames[thread])) for thread in frames.keys() - before}
    return [
        thread
        for thread, stack in new.items()
        if _is_streamlits(stack) or _is_of(answer, (frame.f_code for frame in stack))
    ]


def _is_streamlits(stack: Sequence[FrameType]) -> bool:
    names = (str(frame.f_globals.get("__name__")) for frame in stack)
    return any(name.partition(".")[0] == "streamlit" for name in names)


def show_call(answer: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """Return the arguments of a call as the answer names them: "session, dest='XYZ'".

    Plain values are shown, others named. Empty when there are none, or they do not fit.
    """
    try:
        bound = inspect.signature(answer).bind(*args, **kwargs).arguments
        return ", ".join(
            f"{name}={_shorten(value)}" if _is_plain(value) else name
            for name, value in bound.items()
        )
    except Exception:  # they do not fit, or an object raises whatever is asked of it
        return ""


def plain_function(answer: Any) -> Any:
    """Return what stands behind decorators, partial functions and methods."""
    while True:
        if isinstance(answer, functools.partial):
            answer = answer.func
        elif isinstance(answer, MethodType):
            answer = answer.__func__
        elif callable(answer) and (inner := _unwrapped(answer)) is not answer:
            answer = inner
        else:
            return answer


def _unwrapped(answer: Callable[..., Any]) -> Any:
    try:
        return inspect.unwrap(answer)
    except Exception:  # it says that it wraps itself, or raises whatever is asked of it
        return answer


def _headline(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # its own `__str__` raises
        text = ""
    first = text.splitlines()[0] if text else ""
    if len(first) > MAX_MESSAGE_CHARS:
        first = first[:MAX_MESSAGE_CHARS] + " ..."
    return f"{type(error).__name__}: {first}".rstrip(": ")


def _at(trace: TracebackType | None, answer: Any) -> str:
    """Return the last line of the answer's file that the error passed, or nothing."""
    code = next(_codes(answer), None)
    last = None
    for step in _steps(trace):
        if code is not None and step.tb_frame.f_code.co_filename == code.co_filename:
            last = step
    if last is None or code is None:
        return ""
    source = linecache.getline(code.co_filename, last.tb_lineno).strip()
    return f"\nin line {last.tb_lineno} of your cell" + (f": {source}" if source else "")


def _is_of(answer: Any, codes: Iterable[CodeType]) -> bool:
    """Tell whether one of these is the answer's, or stands in the same cell.

    A page's code is read again from its source, so that another object is the same code.
    """
    own = list(_codes(answer))
    files = {code.co_filename for code in own if not _is_ours(code.co_filename)}
    same = {(code.co_name, code.co_code) for code in own}
    return any(code.co_filename in files or (code.co_name, code.co_code) in same for code in codes)


def _frames_up(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _steps(trace: TracebackType | None) -> Iterator[TracebackType]:
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _codes(answer: Any) -> Iterator[CodeType]:
    """Yield the code of the answer: a function's, a class's, a generator's, and what is inside."""
    function = plain_function(answer)
    code = _code(function)
    if code is None and not isinstance(function, type):
        function = type(function)  # an object that can be called
    if code is not None:
        yield from _within(code)
    elif isinstance(function, type):
        for each in vars(function).values():
            if (inner := _code(each)) is not None:
                yield from _within(inner)
    if answer is not function and (outer := _code(answer)) is not None:
        yield from _within(outer)  # the decorator's


def _code(thing: Any) -> CodeType | None:
    """Return the code of a function, a generator or a coroutine; None of anything else."""
    for name in ("__code__", "gi_code", "cr_code", "ag_code"):
        with suppress(Exception):  # an object may raise whatever is asked of it
            if isinstance(code := getattr(thing, name, None), CodeType):
                return code
    return None


def _within(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _within(each)


def _is_ours(file: str) -> bool:
    return Path(file).is_relative_to(Path(__file__).parents[1])


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(_is_plain(key) and _is_plain(each) for key, each in value.items())
    return isinstance(value, _PLAIN)


def _shorten(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= MAX_VALUE_CHARS else text[: MAX_VALUE_CHARS - 4] + " ..."
