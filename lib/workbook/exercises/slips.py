"""Answers with a slip: a right one, with one thing in its text changed.

The check of an exercise must notice when one word of its task is ignored. What such an answer
looks like is shown best by what differs from the solution.
"""

from __future__ import annotations

import inspect
import linecache
import textwrap
from collections.abc import Callable
from itertools import count
from typing import Any

_NUMBERS = count(1)


def slip(answer: Callable[[], Any], *changes: tuple[str, str]) -> Callable[[], Any]:
    """Return a function that makes the same answer, with each (old, new) changed in its text.

    `answer` is a function that makes an answer, such as a solution. Each old text must stand in it
    exactly once, or it is no longer clear what is changed: AssertionError.
    """
    made_by = inspect.unwrap(answer)
    text = textwrap.dedent(inspect.getsource(made_by))
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in:\n{text}"
        text = text.replace(old, new)

    def changed() -> Any:
        name = f"<{made_by.__name__}, slip {next(_NUMBERS)}>"
        # Streamlit and error messages read an answer's text, where Python's own tools look for it.
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        found: dict[str, Any] = {}
        # Without what this module imports from __future__: a cell has none of it.
        code = compile(text, name, "exec", dont_inherit=True)
        exec(code, made_by.__globals__, found)
        return found[made_by.__name__]()

    return changed
