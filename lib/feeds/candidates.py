"""The kinds that a column may hold, and the widest numbers of those."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from lib.feeds.numbers import Money, Number, Whole
from lib.feeds.others import Json, Uuid, YesNo
from lib.feeds.times import Clock, Date, Local, Time
from lib.feeds.value import Reader, Signs, Value

DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%d-%m-%Y")
CLOCKS = ("%H:%M", "%H:%M:%S")
HOURS = (*CLOCKS, "%H:%M:%S.%f")
LOCALS = tuple(f"{day}{sep}{hour}" for day in DAYS for sep in (" ", "T") for hour in HOURS)
SIGNS = ((".", ""), (",", ""), (",", "."), (".", ","))
TRUE = ("true", "false")
TRUTHS = tuple(
    form
    for pair in (TRUE, ("yes", "no"), ("ja", "nein"), ("y", "n"), ("j", "n"), ("t", "f"))
    for form in (pair, tuple(map(str.capitalize, pair)), tuple(map(str.upper, pair)))
)
MIN_BITS = 20  # texts, before 0 and 1 are taken for a truth
SECOND_DIGITS, BIGINT_DIGITS = 6, 18  # that a database keeps
FRACTION = r"[T ]\d\d:?\d\d:?\d\d[.,](?P<digits>\d*[1-9])0*(?:[Zz]|[-+][0-9:]+)?$"

# In the order in which they are preferred where several take all: the narrow ones first.
CANDIDATES: tuple[Value, ...] = (
    Uuid(),
    *(Date(form=form) for form in DAYS),
    *(Clock(form=form) for form in CLOCKS),
    Time(),
    *(Local(form=form) for form in LOCALS),
    *(YesNo(yes=yes, no=no) for yes, no in (*dict.fromkeys(TRUTHS), ("1", "0"))),
    *(kind(decimal=point, thousands=group) for kind in (Whole, Number) for point, group in SIGNS),
    *(Money(decimal=point, thousands=group) for point, group in SIGNS),
    Json(),
)


@dataclass
class Size:
    """The most digits of the numbers that a kind takes, before and behind the point."""

    whole: int = 1
    scale: int = 0
    exponent: bool = False

    def grow(self, numbers: pa.Array) -> None:
        """Look at numbers as SQL writes them, null where one was refused."""
        parts = pc.extract_regex(numbers, r"^-?(?P<whole>\d*)\.?(?P<scale>\d*)(?P<power>.*)$")
        for name in ("whole", "scale"):
            most = pc.max(pc.utf8_length(parts.field(name).filter(parts.is_valid()))).as_py()
            setattr(self, name, max(getattr(self, name), most or 0))
        power = pc.not_equal(parts.field("power").filter(parts.is_valid()), "")
        self.exponent |= bool(pc.any(power).as_py())

    def merge(self, other: Size) -> None:
        """Take the most of both."""
        self.whole, self.scale = max(self.whole, other.whole), max(self.scale, other.scale)
        self.exponent |= other.exponent


_READERS: dict[int, Reader] = {}


def _reader(place: int) -> Reader:
    if place not in _READERS:
        _READERS[place] = CANDIDATES[place].reader(Signs())
    return _READERS[place]


def taken(place: int, texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return what a kind makes of texts, and which of them it takes."""
    values, faults = _reader(place)(texts)
    good = pa.repeat(True, len(texts))
    for _, mask in faults:
        good = pc.and_not(good, pc.fill_null(mask, False))
    if isinstance(CANDIDATES[place], Json):  # 5 and true are JSON, and no reason to guess it
        good = pc.and_(good, pc.match_substring_regex(texts, r"^[\[{]"))
    return values, good
