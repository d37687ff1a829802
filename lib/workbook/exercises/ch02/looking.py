"""What the checks of chapter 02 share: settings that a program reads, and lines of a width."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from lib.workbook.course.exercise import NotYet


def read_toml(text: str, name: str) -> dict[str, Any]:
    """Read the text; one that is no TOML is told with the line that is meant."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotYet(f"{name} is not valid TOML: {error}.{quoted(text, str(error))}") from None


def quoted(text: str, said: str) -> str:
    """Return the line of the text that a message names by its number."""
    place = re.search(r"line (\d+)", said)
    lines = text.splitlines()
    number = int(place[1]) if place else 0
    return f" The line is: `{lines[number - 1].strip()}`" if 0 < number <= len(lines) else ""


def expect_filled_in(text: str, name: str) -> None:
    """Expect no `{length}`: what is left of a text in braces whose f was forgotten."""
    left = re.search(r".*\{[A-Za-z_]\w*\}.*", text)
    if left:
        raise NotYet(
            f"{name} has this line: `{left[0].strip()}`. Braces are filled in by an f-string only: "
            "write an `f` before the quotation marks."
        )


def wide(before: str, after: str, width: int, sign: str = "_") -> str:
    """Return a line of this width: two texts, and a sign between them as often as it takes."""
    return before + sign * (width - len(before) - len(after)) + after
