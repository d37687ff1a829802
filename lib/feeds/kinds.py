"""Which kind of value a column seems to hold: by how many of its texts each kind takes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lib.feeds.numbers import Money, Number, Whole
from lib.feeds.others import Json, Uuid
from lib.feeds.times import Clock, Date, Local, Time
from lib.feeds.value import Reader, Signs, Text, Value
from lib.load.form import Faults

FITTING = 0.9  # of the texts that are there: a kind that takes fewer is not the column's
MAX_DIFFERENT = 10_000  # texts that are kept of a column, to tell how many there are
MAX_KEPT_CHARS = 100  # of a text; of a longer one, its hash
SCREENED = 40  # texts that a kind is tried on before it is tried on all
MAX_ODD = 3  # odd values that are shown of a column
# What people write for "nothing"; never taken for it here, only told.
NO_VALUE = frozenset("NA N/A n/a NULL null None NaN nan - -- . ? k.A. #N/A".split())

DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%d-%m-%Y")
CLOCKS = ("%H:%M", "%H:%M:%S")
LOCALS = tuple(f"{day}{sep}{hour}" for day in DAYS for sep in (" ", "T") for hour in CLOCKS)
SIGNS = (("number", ".", ""), ("number", ",", ""), ("number", ",", "."), ("number", ".", ","))

# In the order in which they are preferred where several take all: the narrow ones first.
CANDIDATES: tuple[Value, ...] = (
    Uuid(),
    *(Date(form=form) for form in DAYS),
    *(Clock(form=form) for form in CLOCKS),
    Time(),
    *(Local(form=form) for form in LOCALS),
    *(
        kind(decimal=point, thousands=group)
        for kind in (Whole, Number)
        for _, point, group in SIGNS
    ),
    *(Money(decimal=point, thousands=group) for _, point, group in SIGNS),
    Json(),
)


@dataclass
class Odd:
    """Texts that the kind of a column does not take, for one reason: how many, and the first."""

    count: int = 0
    first: list[tuple[int, str]] = field(default_factory=list)  # line and text


@dataclass
class Column:
    """What was seen of a column so far."""

    name: str
    rows: int = 0
    missing: int = 0
    blanks: int = 0  # texts with blanks at an end
    zeros: int = 0  # whole numbers that begin with a zero
    longest: int = 0
    different: set[str | int] = field(default_factory=set)
    screened: bool = False
    words: Counter[str] = field(default_factory=Counter)
    takes: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(len(CANDIDATES)), 0))

    def add(self, texts: pa.Array) -> None:
        """Look at the texts of a batch; each different one once."""
        counted = pc.value_counts(texts.drop_null())
        values, counts = counted.field("values"), counted.field("counts")
        there = pc.and_(pc.not_equal(values, ""), pc.invert(pc.is_in(values, _WORDS)))
        self.rows += len(texts)
        self.missing += len(texts) - sum(counts.filter(pc.not_equal(values, "")).to_pylist())
        for text, count in zip(values.to_pylist(), counts.to_pylist(), strict=True):
            if text in NO_VALUE:
                self.words[text] += count
        values, counts = values.filter(there), counts.filter(there)
        if not len(values):
            return
        trimmed = pc.utf8_trim_whitespace(values)
        self.blanks += _sum(counts, pc.not_equal(trimmed, values))
        self.zeros += _sum(counts, pc.match_substring_regex(trimmed, "^0[0-9]"))
        self.longest = max(self.longest, pc.max(pc.utf8_length(values)).as_py())
        if len(self.different) <= MAX_DIFFERENT:
            some = values.slice(0, MAX_DIFFERENT + 1).to_pylist()
            self.different.update(
                text if len(text) < MAX_KEPT_CHARS else hash(text) for text in some
            )
        if not self.screened:
            self.screened = True
            self._screen(trimmed.slice(0, SCREENED))
        for place in list(self.takes):
            _, faults = _reader(place)(trimmed)
            self.takes[place] += _sum(counts, _good(faults, len(values)))
            if self.takes[place] < FITTING / 2 * self.there:  # one batch may be odd
                del self.takes[place]

    def merge(self, other: Column) -> None:
        """Add what was seen of the same column in another file."""
        for name in ("rows", "missing", "blanks", "zeros"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.longest = max(self.longest, other.longest)
        self.different |= other.different
        self.words += other.words
        known = self.takes.keys() & other.takes.keys()
        self.takes = {place: self.takes[place] + other.takes[place] for place in sorted(known)}

    def _screen(self, sample: pa.Array) -> None:
        """Leave out the kinds that take less than half of some texts: most, and the slow ones."""
        for place in list(self.takes):
            _, faults = _reader(place)(sample)
            if pc.sum(_good(faults, len(sample))).as_py() < len(sample) / 2:
                del self.takes[place]

    @property
    def there(self) -> int:
        """How many texts there are, words for nothing not counted."""
        return self.rows - self.missing - self.words.total()

    @property
    def fitting(self) -> list[Value]:
        """The kinds that take most of the texts, the likeliest first."""
        if not self.there or self.zeros > self.there / 100:
            places = [each for each in self.takes if isinstance(CANDIDATES[each], _KEEPS_ZEROS)]
        else:
            places = list(self.takes)
        good = [place for place in places if self.takes[place] >= FITTING * max(1, self.there)]
        return [CANDIDATES[place] for place in sorted(good, key=lambda each: -self.takes[each])]

    @property
    def value(self) -> Value:
        """The kind that takes the most, or a text."""
        return next(iter(self.fitting), Text())

    @property
    def fits(self) -> int:
        """How many texts the likeliest kind takes."""
        fitting = self.fitting
        return self.takes[CANDIDATES.index(fitting[0])] if fitting else self.there

    @property
    def doubt(self) -> str:
        """What the texts do not tell; empty where they leave no doubt."""
        best = [self.takes[CANDIDATES.index(each)] for each in self.fitting]
        rivals = [each for each, count in zip(self.fitting, best, strict=True) if count == best[0]]
        forms = [each.form for each in rivals if isinstance(each, Date | Local)]
        if len(forms) > 1:
            return f"{' or '.join(forms)}: all its texts are of both forms"
        if isinstance(self.value, Local):
            return "in which zone?"
        decimals = {each.decimal for each in rivals if isinstance(each, Number)}
        if len(decimals) > 1 and any(
            "," in str(text) or "." in str(text) for text in self.different
        ):
            return "is the sign in it the decimal sign, or does it stand between thousands?"
        return ""


# Kinds to which a zero at the beginning is no loss.
_KEEPS_ZEROS = (Uuid, Date, Clock, Time, Local, Money, Json)
_WORDS = pa.array(sorted(NO_VALUE), pa.string())
_READERS: dict[int, Reader] = {}


def _reader(place: int) -> Reader:
    if place not in _READERS:
        _READERS[place] = CANDIDATES[place].reader(Signs())
    return _READERS[place]


def _good(faults: Faults, count: int) -> pa.Array:
    good = pa.repeat(True, count)
    for _, mask in faults:
        good = pc.and_not(good, pc.fill_null(mask, False))
    return good


def _sum(counts: pa.Array, mask: pa.Array) -> int:
    return int(pc.sum(counts.filter(mask)).as_py() or 0)


def shape(value: Value) -> str:
    """Return a kind in words."""
    if isinstance(value, Date | Clock | Local):
        noun = {Date: "day", Clock: "time of day", Local: "local time"}[type(value)]
        return f"{noun} of the form {value.form}"
    if isinstance(value, Number):
        nouns = {Whole: "whole number", Number: "number", Money: "amount with its currency"}
        group = f", thousands {value.thousands!r}" if value.thousands else ""
        sign = f", decimal sign {value.decimal!r}" if value.decimal != "." or group else ""
        return nouns[type(value)] + sign + group
    return {Uuid: "UUID", Time: "moment with its zone", Json: "JSON"}.get(type(value), "text")


def odd_values(
    column: str, value: Value, texts: pa.Array, lines: pa.Array, odd: dict[Any, Odd]
) -> pa.Array:
    """Note the texts that the kind does not take, by reason; return True where there is one."""
    bad = pa.repeat(False, len(texts))
    _, faults = value.reader(Signs())(texts)
    for reason, mask in faults:
        mask = pc.and_not(pc.fill_null(mask, False), bad)
        places = pc.indices_nonzero(mask).to_pylist()
        if places:
            found = odd.setdefault((column, reason), Odd())
            found.count += len(places)
            for place in places[: MAX_ODD - len(found.first)]:
                found.first.append((lines[place].as_py(), texts[place].as_py()))
        bad = pc.or_(bad, mask)
    return bad
