"""Exercise 13.3: other right answers, wrong ones, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from lib.workbook.course.exercise import Word, Wrong

BERLIN = ZoneInfo("Europe/Berlin")
FORM = "%d.%m.%Y %H:%M"


def to_utc_by_candidates() -> Any:
    def to_utc(texts):
        moments, before = [], datetime.min.replace(tzinfo=UTC)
        for text in texts:
            wall = datetime.strptime(text, FORM)
            both = [wall.replace(tzinfo=BERLIN, fold=fold).astimezone(UTC) for fold in (0, 1)]
            real = [each for each in both if each.astimezone(BERLIN).replace(tzinfo=None) == wall]
            later = [each for each in real if each > before] or real
            moments.append(min(later) if later else None)
            before = moments[-1] or before
        return moments

    return to_utc


def to_utc_by_offsets() -> Any:
    def to_utc(texts):
        found, last, second = [], None, False
        for text in texts:
            wall = datetime.strptime(text, FORM)
            early = wall.replace(tzinfo=BERLIN).utcoffset()
            late = wall.replace(tzinfo=BERLIN, fold=1).utcoffset()
            if early < late:
                found.append(None)
                continue
            twice = early > late
            same_night = last is not None and last.date() == wall.date()
            second = twice and same_night and (second or wall <= last)
            offset = late if second else early
            found.append((wall - offset).replace(tzinfo=UTC))
            last = wall
        return found

    return to_utc


def to_utc_with_pandas() -> Any:
    def to_utc(texts):
        walls = pd.to_datetime(pd.Series(texts, dtype="str"), format=FORM)
        first, again = (
            walls.dt.tz_localize("Europe/Berlin", ambiguous=which, nonexistent="NaT")
            for which in (np.ones(len(walls), bool), np.zeros(len(walls), bool))
        )
        moments, last = [], None
        for one, other in zip(first, again, strict=True):
            moment = other if last is not None and one <= last else one
            moments.append(None if pd.isna(moment) else moment.tz_convert("UTC"))
            last = last if pd.isna(moment) else moment
        return moments

    return to_utc


def variant(
    *,
    zone: str = "Europe/Berlin",
    form: str = FORM,
    fold: int = 0,
    again: Any = lambda moment, last: last is not None and moment <= last,
    skipped: str = "none",
    put: Any = lambda moment: moment,
    result: Any = list,
) -> Any:
    """The solution, with one thing done otherwise."""

    def to_utc(texts):
        there, moments, last = ZoneInfo(zone), [], None
        for text in texts:
            wall = datetime.strptime(text, form)
            moment = wall.replace(tzinfo=there, fold=fold).astimezone(UTC)
            if again(moment, last):
                moment = wall.replace(tzinfo=there, fold=1).astimezone(UTC)
            if moment.astimezone(there).replace(tzinfo=None) == wall or skipped == "shifted":
                last = moment
                moments.append(put(moment))
            elif skipped == "none":
                moments.append(None)
        return result(moments)

    return to_utc


def to_utc_remembering_texts() -> Any:
    def to_utc(texts):
        seen, moments = set(), []
        for text in texts:
            wall = datetime.strptime(text, FORM)
            moment = wall.replace(tzinfo=BERLIN, fold=int(text in seen)).astimezone(UTC)
            seen.add(text)
            good = moment.astimezone(BERLIN).replace(tzinfo=None) == wall
            moments.append(moment if good else None)
        return moments

    return to_utc


def to_utc_by_one_hour() -> Any:
    def to_utc(texts):
        walls = [datetime.strptime(text, FORM) for text in texts]
        return [(wall - timedelta(hours=1)).replace(tzinfo=UTC) for wall in walls]

    return to_utc


ALSO_RIGHT = (to_utc_by_candidates, to_utc_by_offsets, to_utc_with_pandas)
NEVER: dict[str, Any] = {"again": lambda moment, last: False}
WRONG = (
    Wrong(to_utc_by_one_hour, "With a summer's day", "takes an hour off, in summer as well"),
    Wrong(
        lambda: variant(**NEVER),
        "With the whole hour that comes twice, '26.10.2025 02:00' becomes 26.10.2025 00:00 UTC",
        "takes both hours for the first",
    ),
    Wrong(
        lambda: variant(fold=1),
        "With the whole hour that comes twice, '26.10.2025 02:00' becomes 26.10.2025 01:00 UTC",
        "takes both hours for the second",
    ),
    Wrong(
        lambda: variant(again=lambda moment, last: last is not None and moment < last),
        "With one reading in each of the two hours, at the same minute",
        "takes a time that comes again for the same moment",
    ),
    Wrong(
        to_utc_remembering_texts,
        "With ten readings in the first of the two hours, six in the second",
        "knows the second hour by times that were there before",
    ),
    Wrong(lambda: variant(skipped="shifted"), "there is no such time", "shifts what is skipped"),
    Wrong(lambda: variant(skipped="left out"), "values for", "leaves out what is skipped"),
    Wrong(
        lambda: variant(put=lambda moment: moment.replace(tzinfo=None)),
        "which names no zone",
        "returns times without a zone",
    ),
    Wrong(
        lambda: variant(put=lambda moment: moment.astimezone(BERLIN)),
        "which is not in UTC",
        "returns local times",
    ),
)
WORDS = (
    Word("Write `to_utc(texts)`", "nine lists", lambda: lambda texts: variant()(texts[:1])),
    Word(
        "of the form `26.10.2025 02:30`",
        "05.01.2026, which is in January",
        lambda: variant(form="%m.%d.%Y %H:%M"),
    ),
    Word("in Berlin", "days in summer and in winter", lambda: variant(zone="Europe/London")),
    Word("in the order of time", "an hour that comes twice", lambda: variant(**NEVER)),
    Word("returns a list", "each call", lambda: variant(result=tuple)),
    Word(
        "with a `datetime` in UTC (`tzinfo=UTC`) for each text",
        "each time",
        lambda: variant(put=lambda moment: moment.replace(tzinfo=None)),
    ),
    Word(
        "and `None` for one that the clocks skip",
        "02:00 and 02:30 on 29 March 2026",
        lambda: variant(skipped="shifted"),
    ),
    Word(
        "Of two hours that have the same times, a reading's hour is the first one",
        "one reading in the first hour, none in the second",
        lambda: variant(fold=1),
    ),
    Word(
        "is the first one, unless the time before it shows that it is the second",
        "02:30 twice",
        lambda: variant(again=lambda moment, last: last is not None and moment < last),
    ),
)
