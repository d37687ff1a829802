"""How a test that somebody wrote is judged: it passes on what is right, fails on each mutant."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from lib.workbook.checking.raised import plain_function
from lib.workbook.checking.sandbox import AnswerRaised
from lib.workbook.course.exercise import NotYet, Sandbox, describe_error, expect, expect_function

# What ends a test, besides an error: what `pytest.fail` and `pytest.skip` raise is no Exception.
FAILURES: tuple[type[BaseException], ...] = (AssertionError, pytest.fail.Exception)
SKIPS: tuple[type[BaseException], ...] = (pytest.skip.Exception,)

Arguments = Callable[[], dict[str, Any]]  # makes what a test is called with, by name


@dataclass
class Useless:
    """What does nothing right, and counts its calls: a test that passes on it asserts nothing."""

    calls: int = 0

    def __call__(self, *_args: Any, **_options: Any) -> str:
        self.calls += 1
        return "nonsense"


def judge_test(
    answer: Any,
    sandbox: Sandbox,
    example: str,
    right: Mapping[str, Arguments],
    mutants: Mapping[str, Arguments],
    useless: Callable[[Useless], Arguments],
) -> None:
    """Expect a test that passes on all that is right, and fails on each mutant.

    `right` and `mutants` make the arguments of one call, by what they are like; `useless` puts
    something that does nothing right into the place of what is tested, the first argument.
    """
    expect_function(answer, example)
    expect_that_it_runs(answer)
    calls = _calls(answer)
    for kind, arguments in right.items():
        for call in calls:
            _expect_pass(answer, sandbox, kind, arguments(), call)
    survivors = [
        kind for kind, arguments in mutants.items() if _passes(answer, sandbox, arguments, calls)
    ]
    if len(survivors) == len(mutants):
        nothing = Useless()
        if _passes(answer, sandbox, useless(nothing), calls):
            name = next(iter(useless(nothing)()))
            raise NotYet(
                f"Your test passes on all {len(mutants)} wrong versions: it never calls `{name}`, "
                "its parameter."
                if not nothing.calls
                else f"Your test passes on all {len(mutants)} wrong versions, and also where "
                f"`{name}` returns 'nonsense' each time. Is there an `assert` that is reached?"
            )
    expect(
        not survivors,
        f"Your test catches {len(mutants) - len(survivors)} of {len(mutants)} wrong versions. "
        f"One that passes: it {survivors[0] if survivors else ''}.",
    )


def expect_that_it_runs(answer: Any) -> None:
    """Expect a function that pytest would call, and whose body that call would run."""
    plain = plain_function(answer)
    expect(
        not inspect.isgeneratorfunction(plain),
        "A `yield` makes a fixture of a function: its asserts would never run. Take it out.",
    )
    expect(
        not inspect.iscoroutinefunction(plain) and not inspect.isasyncgenfunction(plain),
        "Calling an `async` function runs nothing of it: its asserts would never run. Write `def`.",
    )
    marks = {mark.name for mark in _marks(answer)} & {"skip", "xfail"}
    expect(
        not marks,
        f"With the mark `{min(marks, default='')}` pytest does not ask whether your test passes.",
    )


def _call(answer: Callable[..., Any], *args: Any, **options: Any) -> None:
    """Call it; what it makes without running it is closed."""
    result = answer(*args, **options)
    if inspect.iscoroutine(result):
        result.close()


def outcome_of(
    answer: Any,
    arguments: dict[str, Any],
    call: dict[str, Any],
    run: Callable[..., Any] | None = None,
) -> Any:
    """Call the test as pytest would, by name; return what ended it, or None where it passed.

    What is neither a failure nor a skip is raised. `run` calls the answer.
    """
    try:
        names = inspect.signature(answer)
        names.bind(**arguments, **call)
    except (TypeError, ValueError):  # other names than those of the task: in the task's order
        positional, named = tuple(arguments.values()), call
    else:
        positional, named = (), arguments | call
    try:
        (run or _call)(answer, *positional, **named)
    except (*FAILURES, *SKIPS) as ended:
        return ended
    except AnswerRaised as wrapper:
        if isinstance(wrapper.__cause__, FAILURES):
            return wrapper.__cause__
        raise
    return None


def _expect_pass(
    answer: Any, sandbox: Sandbox, kind: str, arguments: dict[str, Any], call: dict[str, Any]
) -> None:
    ended = outcome_of(answer, arguments, call, sandbox.call)
    if isinstance(ended, SKIPS):
        raise NotYet(f"On {kind} your test is skipped. A skip is not a pass.")
    if ended is not None:
        raise NotYet(
            f"Your test fails on {kind}. A test that is red when all is well gets switched off. "
            f"Work out by hand what must come out.\n{describe_error(ended, answer)}"
        )


def _passes(
    answer: Any, sandbox: Sandbox, arguments: Arguments, calls: Sequence[dict[str, Any]]
) -> bool:
    for call in calls:
        try:
            ended = outcome_of(answer, arguments(), call, sandbox.call)
        except Exception:  # a test that ends with any error is red
            return False
        if isinstance(ended, FAILURES):
            return False
    return True


# --- What `pytest.mark` says ----------------------------------------------------------------


def _marks(answer: Any) -> list[Any]:
    return list(getattr(answer, "pytestmark", []))


def _calls(answer: Any) -> list[dict[str, Any]]:
    """What pytest would hand over beside the fixtures: one dict for each parametrized call."""
    options = [
        _options(*mark.args, **mark.kwargs) for mark in _marks(answer) if mark.name == "parametrize"
    ]
    expect(all(options), "The list of `parametrize` is empty: pytest runs nothing then.")
    return [
        {name: value for part in combination for name, value in part.items()}
        for combination in itertools.product(*options)
    ]


def _options(argnames: Any, argvalues: Any, **_rest: Any) -> list[dict[str, Any]]:
    alone = isinstance(argnames, str) and "," not in argnames
    names = (
        [name.strip() for name in argnames.split(",")] if isinstance(argnames, str) else argnames
    )
    return [_named(list(names), value, alone) for value in argvalues]


def _named(names: list[str], value: Any, alone: bool) -> dict[str, Any]:
    """Give each name its value; `alone`: a single name, whose value is not taken apart."""
    if type(value).__name__ == "ParameterSet":  # of pytest.param
        values = tuple(value.values)
    else:
        values = (value,) if alone else tuple(value)
    expect(
        len(values) == len(names),
        f"`parametrize` names {', '.join(names)}, and has {len(values)} values: {value!r:.60}.",
    )
    return dict(zip(names, values, strict=True))
