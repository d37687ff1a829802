"""How a test that somebody wrote is judged: it passes on what is right, fails on each mutant."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from lib.workbook.course.exercise import Bench, NotYet, describe_error, expect, expect_function

# Failures that pytest knows besides AssertionError, such as pytest.raises without an error.
FAILURES: tuple[type[BaseException], ...] = (AssertionError, pytest.fail.Exception)


def judge_test(
    answer: Any,
    bench: Bench,
    example: str,
    right: Mapping[str, Callable[[], tuple[Any, ...]]],
    mutants: Mapping[str, Callable[[], tuple[Any, ...]]],
) -> None:
    """Expect a test that passes on all that is right, and fails on each mutant.

    Both are functions that make the arguments of one call, by what they are like.
    """
    expect_function(answer, example)
    expect(
        not inspect.isgeneratorfunction(inspect.unwrap(answer)),
        "A `yield` makes a fixture of a function: its asserts would never run. Take it out.",
    )
    calls = list(_calls(answer))
    for kind, arguments in right.items():
        for call in calls:
            try:
                bench.call(_plain(answer, call), *arguments())
            except FAILURES as failure:
                raise _fails_on_right(kind, failure, answer) from None
            except Exception as wrapper:
                # bench.call wraps what the answer raises; a failed assert is no accident.
                if isinstance(wrapper.__cause__, FAILURES):
                    raise _fails_on_right(kind, wrapper.__cause__, answer) from None
                raise
    survivors = [
        kind for kind, arguments in mutants.items() if not _caught(answer, calls, arguments)
    ]
    expect(
        len(survivors) < len(mutants),
        f"Your test passes on all {len(mutants)} wrong versions, so it checks nothing. Does it "
        "call what it is given, and is there an `assert` that is reached?",
    )
    expect(
        not survivors,
        f"Your test catches {len(mutants) - len(survivors)} of {len(mutants)} wrong versions. "
        f"One that passes: it {survivors[0] if survivors else ''}.",
    )


def _fails_on_right(kind: str, failure: BaseException, answer: Any) -> NotYet:
    return NotYet(
        f"Your test fails on {kind}. A test that is red when all is well gets switched off. Work "
        f"out by hand what must come out.\n{describe_error(failure, answer)}"
    )


def _caught(
    answer: Any, calls: list[dict[str, Any]], arguments: Callable[[], tuple[Any, ...]]
) -> bool:
    for call in calls:
        try:
            answer(*arguments(), **call)
        except (Exception, pytest.fail.Exception):
            return True
    return False


def _plain(answer: Any, call: dict[str, Any]) -> Callable[..., Any]:
    """The test with the values of one parametrized call; itself when there are none."""
    if not call:
        return answer  # type: ignore[no-any-return]
    return lambda *arguments: answer(*arguments, **call)


def _calls(answer: Any) -> Iterator[dict[str, Any]]:
    """What pytest would hand over beside the fixtures: one dict for each parametrized call."""
    options = []
    for mark in getattr(answer, "pytestmark", []):
        if mark.name == "parametrize":
            names, values = mark.args[:2]
            names = [name.strip() for name in names.split(",")] if isinstance(names, str) else names
            options.append([_named(list(names), value) for value in values])
    for combination in itertools.product(*options):
        yield {name: value for part in combination for name, value in part.items()}


def _named(names: list[str], value: Any) -> dict[str, Any]:
    value = getattr(value, "values", value) if type(value).__name__ == "ParameterSet" else value
    if len(names) == 1 and not (isinstance(value, tuple) and len(value) == 1):
        value = (value,)
    return dict(zip(names, value, strict=True))
