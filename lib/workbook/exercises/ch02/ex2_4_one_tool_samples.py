"""The files of exercise 2.4, on which Ruff is run, and settings that are right."""

from __future__ import annotations

from lib.workbook.exercises.ch02.looking import wide


def solution_of_ruff(width: int) -> str:
    """Ruff's settings with all rules of four letters, at this width."""
    return f'tool.ruff = {{line-length = {width}, lint.select = ["E", "F", "W", "I"]}}\n'


def ruff_wide(width: int) -> str:
    """A file with lines of this width, in columns, and others that are wider by one.

    At this width, Ruff finds two lines too wide, and an import that should be broken; what is of
    exactly the width stays as it is.
    """
    exact = wide("from itertools import accumulate, batched", "", width)
    over = wide("    from statistics import fmean, median", "", width + 1)
    return f"""\
{exact}

FIRST = [accumulate, {exact.split()[-1]}]
{wide('EXACT = "to be', ' there"', width)}
{wide('WIDER = "to be', ' there"', width + 1)}
{wide('WIDEST = "to be', ' there"', 3 * width)}


def later():
{over}

    return [fmean, {over.split()[-1]}]
"""


def ruff_clean() -> str:
    """A file with which flake8 and isort are content."""
    return """\
import json
from statistics import median

LATE = 15


def middle(delays):
    return json.dumps(median(delays) >= LATE)
"""


def ruff_faults() -> str:
    """A file with something for many rules of the letters E, F, W and I; it imports all names."""
    return _FAULTS.replace("·", " ").replace("→", "\t").rstrip("\n")


def ruff_more_faults() -> str:
    """A file with something for the rules that need names to be known, and for rarer ones."""
    return _MORE_FAULTS.replace("·", " ").replace("→", "\t")


_FAULTS = r"""
import sys, os
import json
from os import *
from typing import List


LATE = 15


def middle(delays, first=[]):
    l = first == None
    if l == True: return not delays in first
    try:
        reslt = lambda: f"x"; assert (l, "never")
    except:
        raise NotImplemented
    if not delays is first:
        return "%s %s" % (l,)
    if type(l) == type(first):
        return "{} {}".format(1)
    if delays is "late":
        return {"a": 1, "a": 2}
    return result


def middle(size: List):
    '''Two blanks at the end.··
····
    '''
    print(size, "\d", 'single');
    for json in size:
        pass


def camelCase():
→return __all__


class I:
    return 1


if (1, 2):
    break


__all__ = ["nothing"]
import late
late = 1
"""

_MORE_FAULTS = r"""
import fractions

from __future__ import annotations


def first(late: "not a type"):
    unused: int
    print(count)
    count = 1
    a, *b, *c = late
    return "%(a" % late, "%(a)s" % (1,), "%s" % {"a": 1}, "%(a)s" % {"a": 1, "b": 2}


def second(late):
    "%(a)s %(b)s" % {"a": 1}
    "%s %(a)s" % (1,)
    "%(a)*s" % {"a": 1}
    "%y" % late
    "{".format(1)
    "{}".format(1, b=2)
    "{}".format(1, 2)
    "{} {0}".format(1, 2)
    return {late: 1, late: 2}, undefined


def l():
    if second:
·······→return 1


continue
yield 1
try:
    pass
except:
    pass
except ValueError:
    pass


def third():
    from os import *


__all__ = ["nowhere"]
"""
