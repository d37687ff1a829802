"""The type of a table's column for what a column of a file seems to hold."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lib.database.base import Timestamp, fine_timestamp
from lib.feeds.kinds import Column
from lib.feeds.numbers import Money, Number, Whole
from lib.feeds.others import Json, Uuid, YesNo
from lib.feeds.times import Clock, Date, Local, Time

LENGTHS = (1, 2, 3, 8, 16, 32, 64, 128, 255, 1000)  # of VARCHAR: the next that is long enough
INTEGER_DIGITS = 9  # that fit whatever they are
AMOUNT = (14, 2)  # digits of money, and those behind the point
SURE_DIGITS = 15  # that SQLite gives back of any number with a fraction
MAX_SCALE = 6  # digits behind the point of a number that is counted, not measured


def type_of(column: Column) -> tuple[str, str, Any]:
    """Return the annotation, the code and the type of a column.

    Those texts decide that the kind of the column takes: an odd one makes no type wider.
    """
    value = column.value
    size = column.size
    if isinstance(value, Money):
        scale = max(AMOUNT[1], size.scale)
        return _numeric(max(AMOUNT[0], size.whole + scale), scale)
    if isinstance(value, Whole):
        if size.whole <= INTEGER_DIGITS:
            return "int", "sa.Integer", sa.Integer()
        return "int", "sa.BigInteger", sa.BigInteger()
    if isinstance(value, Number):
        measured = size.whole + size.scale > SURE_DIGITS and size.scale > MAX_SCALE
        if size.exponent or measured:
            return "float", "sa.Double", sa.Double()
        return _numeric(min(size.scale + size.whole + 2, 38), size.scale)  # room for larger ones
    if isinstance(value, Local | Time):
        if not column.fraction:
            return "datetime", "Timestamp", Timestamp
        digits = 3 if column.fraction <= 3 else 6
        return "datetime", f"fine_timestamp({digits})", fine_timestamp(digits)
    kinds: dict[type, tuple[str, str, Any]] = {
        Date: ("date", "sa.Date", sa.Date()),
        Clock: ("time", "sa.Time", sa.Time()),
        Uuid: ("UUID", "sa.Uuid", sa.Uuid()),
        YesNo: ("bool", "sa.Boolean", sa.Boolean()),
        Json: ("Any", "sa.JSON", sa.JSON()),
    }
    if type(value) in kinds:
        return kinds[type(value)]
    longest = max([column.longest, *map(len, column.words)])  # such a word is a text as well
    length = next((length for length in LENGTHS if length >= longest), None)
    if length is None:
        return "str", "sa.Text", sa.Text()
    return "str", f"sa.String({length})", sa.String(length)


def _numeric(digits: int, scale: int) -> tuple[str, str, Any]:
    return "Decimal", f"sa.Numeric({digits}, {scale})", sa.Numeric(digits, scale)
