"""What the checks of chapter 02 look at: settings that a program reads, and files for tools."""

from __future__ import annotations

import re
import tomllib
from itertools import zip_longest
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


def first_difference(wanted: str, found: str) -> str:
    """Return the first line that is not as wanted, and what is wanted in its place."""
    for want, got in zip_longest(wanted.splitlines(), found.splitlines(), fillvalue=""):
        if want != got:
            return f"`{_short(got)}` in place of `{_short(want)}`"
    return "the end of the file"


def _short(line: str) -> str:
    """Return a line that a card can show: at most 50 signs."""
    line = line.strip()
    return line if len(line) <= 50 else f"{line[:46]} ..."


def wide(before: str, after: str, width: int, sign: str = "_") -> str:
    """Return a line of this width: two texts, and a sign between them as often as it takes."""
    return before + sign * (width - len(before) - len(after)) + after


def _names(width: int) -> tuple[str, str]:
    """Return two names to import: one fills a line to the limit, one makes it wider by a sign."""
    exact = wide("from itertools import accumulate, batched", "", width).split()[-1]
    over = wide("from statistics import fmean, median", "", width + 1).split()[-1]
    return exact, over


def clean_sample(width: int) -> str:
    """A file in black's style at this width, in columns, and at no other.

    It has lines that are exactly so wide, and others that were broken as they are wider by one.
    """
    exact, over = _names(width)
    late = wide('LATE = WALKS and "late', '"', width + 1)
    name = "delays" + "_" * (width // 3)  # three of them are too much for a line
    return f"""\
from itertools import accumulate, {exact}
from statistics import (
    fmean,
    {over},
)

WALKS = [
    {exact},
    {over},
]
{wide("MEASURES = [accumulate, fmean, WALKS, ", "]", width, "1")}
{wide('GREETING = "', '"', width)}
LATE = (
    {late.removeprefix("LATE = ")}
)


class NoFlights(Exception): ...


def middle_of_the_delays(delays, first, size):
    {name} = delays[first + 1 : first + size]
    return (
        {name}
        and {name} != first
        or NoFlights
    )
"""


def messy_sample(width: int) -> str:
    """The same code as a tired colleague leaves it: isort and black make the clean file of it."""
    exact, over = _names(width)
    measures = wide("MEASURES = [accumulate, fmean, WALKS, ", "]", width, "1")
    name = "delays" + "_" * (width // 3)
    return f"""\
from statistics import {over}, fmean
from itertools import {exact}, accumulate
WALKS=[ {exact},
  {over}, ]
{measures.replace(", ", ",")}
{wide('GREETING="', '"', width - 2)}
{wide('LATE = WALKS and "late', '"', width + 1)}
class NoFlights( Exception ):
    ...
def middle_of_the_delays( delays,first,size ):
    {name}=delays[first+1:first+size]
    return ({name} and {name} != first or
        NoFlights)
"""


def faulty_sample(width: int) -> str:
    """A file with a line that is wider by one, and four faults that are no matter of layout."""
    return f"""\
import os

{wide("# This is a comment", "", width + 1, ".")}


def middle(delays):
    try:
        return delays == None
    except:
        return LIMIT
"""
