"""Which kind of value a column seems to hold: by how many of its texts each kind takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lib.feeds.candidates import (
    BIGINT_DIGITS,
    CANDIDATES,
    FRACTION,
    MIN_BITS,
    SECOND_DIGITS,
    SIGNS,
    TRUE,
    Size,
    taken,
)
from lib.feeds.numbers import Money, Number, Whole
from lib.feeds.others import Json, Uuid, YesNo
from lib.feeds.signs import Evidence, only
from lib.feeds.times import Clock, Date, Local, Time
from lib.feeds.value import Signs, Text, Value
from lib.load.form import Form

FITTING = 0.9  # of the texts that are there: a kind that takes fewer is not the column's
MAX_DIFFERENT = 10_000  # texts that are kept of a column, to tell how many there are
MAX_KEPT_CHARS = 100  # of a text; of a longer one, its hash
SCREENED = 40  # texts that a kind is tried on before it is tried on all
MAX_ODD = 3  # odd values that are shown of a column
# What people write for "nothing"; never taken for it here, only told.
NO_VALUE = frozenset("NA N/A n/a NULL null None NaN nan - -- . ? k.A. #N/A".split())


@dataclass
class Odd:
    """Texts that the kind of a column does not take, for one reason: how many, and the first."""

    count: int = 0
    first: list[tuple[int, str]] = field(default_factory=list)  # line and text


@dataclass
class Column:
    """What was seen of a column so far.

    In a `plain` file (JSON), a number is written in one way, and what stands in quotes is a text.
    """

    name: str
    plain: bool = False
    rows: int = 0
    missing: int = 0
    blanks: int = 0  # texts with blanks at an end
    zeros: int = 0  # whole numbers that begin with a zero
    quoted: int = 0  # texts in quotes, in a plain file
    fraction: int = 0  # digits of a second, of times that have no more than a database keeps
    too_fine: int = 0  # times that have more
    longest: int = 0
    different: set[str | int] = field(default_factory=set)
    screened: bool = False
    words: Counter[str] = field(default_factory=Counter)
    signs: Evidence = field(default_factory=Evidence)
    sizes: dict[int, Size] = field(default_factory=dict)
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
        self.signs.add(trimmed, counts)
        self._add_fractions(trimmed, counts)
        for place in list(self.takes):
            read, good = taken(place, trimmed)
            self.takes[place] += _sum(counts, good)
            if isinstance(CANDIDATES[place], Number):
                self.sizes.setdefault(place, Size()).grow(read.filter(good))
            if self.takes[place] < FITTING / 2 * self.there:  # one batch may be odd
                del self.takes[place]

    def merge(self, other: Column) -> None:
        """Add what was seen of the same column in another file."""
        for name in ("rows", "missing", "blanks", "zeros", "quoted", "too_fine"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.longest = max(self.longest, other.longest)
        self.fraction = max(self.fraction, other.fraction)
        self.signs.merge(other.signs)
        for place, size in other.sizes.items():
            self.sizes.setdefault(place, Size()).merge(size)
        self.different |= other.different
        self.words += other.words
        known = self.takes.keys() & other.takes.keys()
        self.takes = {place: self.takes[place] + other.takes[place] for place in sorted(known)}

    def _screen(self, sample: pa.Array) -> None:
        """Leave out the kinds that take less than half of some texts: most, and the slow ones."""
        for place in list(self.takes):
            _, good = taken(place, sample)
            if pc.sum(good).as_py() < len(sample) / 2:
                del self.takes[place]

    def _add_fractions(self, texts: pa.Array, counts: pa.Array) -> None:
        """Count the digits behind the second, of what may be times."""
        if any(isinstance(CANDIDATES[place], Time | Local) for place in self.takes):
            digits = pc.utf8_length(pc.extract_regex(texts, FRACTION).field("digits"))
            fits = pc.fill_null(pc.less_equal(digits, SECOND_DIGITS), False)
            self.fraction = max(self.fraction, pc.max(digits.filter(fits)).as_py() or 0)
            too_fine = pc.fill_null(pc.greater(digits, SECOND_DIGITS), False)
            self.too_fine += _sum(counts, too_fine)

    @property
    def there(self) -> int:
        """How many texts there are, words for nothing not counted."""
        return self.rows - self.missing - self.words.total()

    @property
    def fitting(self) -> list[Value]:
        """The kinds that take most of the texts, the likeliest first."""
        good = [place for place in self._taking if self._may_be(place)]
        return [CANDIDATES[place] for place in sorted(good, key=lambda each: -self.takes[each])]

    @property
    def _taking(self) -> list[int]:
        """Where the kinds stand that take most of the texts."""
        return [place for place in self.takes if self.takes[place] >= FITTING * max(1, self.there)]

    def _may_be(self, place: int) -> bool:
        """Tell whether a kind that takes the texts says what they mean, and loses nothing."""
        value = CANDIDATES[place]
        if not self.there or self.zeros > self.there / 100:
            return isinstance(value, _KEEPS_ZEROS)
        if isinstance(value, Time | Local):
            return self.too_fine <= (1 - FITTING) * self.there
        bits = isinstance(value, YesNo) and value.yes == "1"
        if self.quoted > self.there / 2 and (isinstance(value, Number | Json) or bits):
            return False
        if isinstance(value, YesNo):
            found = len({value.yes, value.no} & self.different)
            return (
                found == 2
                and (not bits or self.there >= MIN_BITS)
                or (found == 1 and value.yes.lower() == TRUE[0])
            )
        if isinstance(value, Number):
            size = self.sizes[place]
            if not size.scale and size.whole > BIGINT_DIGITS and not size.exponent:
                return False
            if self.plain:
                return (value.decimal, value.thousands) == SIGNS[0]
            return not self.signs.undecided and value.decimal == (self.signs.point or ".")
        return True

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
    def size(self) -> Size:
        """The digits of the numbers that the likeliest kind takes."""
        value = self.value
        known = CANDIDATES.index(value) if value in CANDIDATES else -1
        return self.sizes.get(known, Size())

    @property
    def doubt(self) -> str:
        """What the texts do not tell; empty where they leave no doubt."""
        numbers = any(isinstance(CANDIDATES[place], Number) for place in self._taking)
        if numbers and type(self.value) is Text and self.signs.undecided and not self.plain:
            return (
                "is the sign in it the decimal sign, or does it stand between thousands? "
                "Nothing in the file tells; until you say it, it is a text"
            )
        if self.too_fine and type(self.value) is Text:
            return (
                f"its seconds have more than the {SECOND_DIGITS} digits that a database keeps: "
                "is it a text, or are they cut off?"
            )
        best = [self.takes[CANDIDATES.index(each)] for each in self.fitting]
        rivals = [each for each, count in zip(self.fitting, best, strict=True) if count == best[0]]
        forms = [each.form for each in rivals if isinstance(each, Date | Local)]
        if len(forms) > 1:
            return f"{' or '.join(forms)}: all its texts are of both forms"
        if isinstance(self.value, Local):
            return "in which zone?"
        return ""


# Kinds to which a zero at the beginning is no loss.
_KEEPS_ZEROS = (Uuid, Date, Clock, Time, Local, Money, Json, YesNo)
_WORDS = pa.array(sorted(NO_VALUE), pa.string())


def settle(columns: Iterable[Column]) -> None:
    """Tell each column the decimal sign that the columns of its file prove, where it is one."""
    columns = list(columns)
    for column in columns:
        column.signs.file = ""
    proved = [c.signs.point for c in columns if any(isinstance(v, Number) for v in c.fitting)]
    for column in columns:
        column.signs.file = only(proved)


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
    if isinstance(value, YesNo):
        return f"yes/no in the words {value.yes}, {value.no}"
    return {Uuid: "UUID", Time: "moment with its zone", Json: "JSON"}.get(type(value), "text")


def odd_values(
    column: Column, form: Form, texts: pa.Array, lines: pa.Array, odd: dict[Any, Odd]
) -> pa.Array:
    """Note the texts that the kind or the type of its column does not take, by reason.

    Return True where there is one.
    """
    bad = pa.repeat(False, len(texts))
    values, faults = column.value.reader(Signs())(texts)
    _, more = form.judge(values)
    for reason, mask in [*faults, *more]:
        mask = pc.and_not(pc.fill_null(mask, False), bad)
        places = pc.indices_nonzero(mask).to_pylist()
        if places:
            found = odd.setdefault((column.name, reason), Odd())
            found.count += len(places)
            for place in places[: MAX_ODD - len(found.first)]:
                found.first.append((lines[place].as_py(), texts[place].as_py() or ""))
        bad = pc.or_(bad, mask)
    return bad
