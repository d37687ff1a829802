"""The files of exercise 2.1: one in black's style at a width, one in a mess, one with faults."""

from __future__ import annotations

from itertools import zip_longest

from lib.workbook.exercises.ch02.looking import wide


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
