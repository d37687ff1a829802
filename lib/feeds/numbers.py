"""Numbers as files write them: with other signs, with a fraction of zeros, with a currency."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from lib.errors import PipelineError, check_word
from lib.feeds.value import Reader, Signs, Value, on_distinct
from lib.load.form import Faults

Part = Literal["amount", "currency"]


@dataclass(frozen=True)
class Number(Value):
    """A number; its decimal sign and the sign between thousands are the file's, or its own.

    Thousands stand in groups of three, or without any sign: with "." for thousands, 12.345 is
    twelve thousand; 12.5 and 0.125, which are no groups, are refused.
    """

    decimal: str | None = None
    thousands: str | None = None

    def __post_init__(self) -> None:
        for sign in (self.decimal, self.thousands):
            if sign and (len(sign) != 1 or sign.isalnum() or sign in "+-"):
                raise PipelineError(
                    f"{sign!r} is no sign of a number.", 'Write, for instance, decimal=",".'
                )

    def signs(self, file: Signs) -> Signs:
        """Return the signs that hold here. Raises PipelineError where both are one."""
        decimal = file.decimal if self.decimal is None else self.decimal
        thousands = file.thousands if self.thousands is None else self.thousands
        if decimal == thousands:
            raise PipelineError(
                f"{decimal!r} cannot be the decimal sign and stand between thousands.",
                'Name both, for instance decimal=",", thousands=".".',
            )
        return Signs(decimal, thousands)

    def reader(self, signs: Signs) -> Reader:
        signs = self.signs(signs)
        form = f"^[+-]?{digits(signs)}([eE][+-]?[0-9]+)?$"
        thousands = f", {signs.thousands!r} between thousands" if signs.thousands else ""
        reason = f"not a number with {signs.decimal!r} as its decimal sign{thousands}"
        return on_distinct(lambda texts: plain_number(texts, form, reason, signs))


def digits(signs: Signs) -> str:
    """Return a regular expression for the digits of a number, without its sign."""
    point, group = re.escape(signs.decimal), re.escape(signs.thousands)
    whole = rf"([1-9][0-9]{{0,2}}({group}[0-9]{{3}})+|[0-9]+)" if group else "[0-9]+"
    return rf"({whole}({point}[0-9]*)?|{point}[0-9]+)"


def plain_number(texts: pa.Array, form: str, reason: str, signs: Signs) -> tuple[pa.Array, Faults]:
    """Return numbers as SQL writes them: digits, one point, no plus; null where one is refused."""
    mask = pc.invert(pc.match_substring_regex(texts, form))
    texts = pc.if_else(pc.fill_null(mask, False), pa.scalar(None, pa.string()), texts)
    if signs.thousands:
        texts = pc.replace_substring(texts, signs.thousands, "")
    if signs.decimal != ".":
        texts = pc.replace_substring(texts, signs.decimal, ".")
    return pc.replace_substring_regex(texts, r"^\+", ""), [(reason, mask)]


@dataclass(frozen=True)
class Whole(Number):
    """A whole number, or a truth as 0 and 1, that may be written with a fraction of zeros: 1.00."""

    def reader(self, signs: Signs) -> Reader:
        number = super().reader(signs)

        def read(texts: pa.Array) -> tuple[pa.Array, Faults]:
            values, faults = number(texts)
            values = pc.replace_substring_regex(values, r"\.0*$", "")
            broken = pc.invert(pc.match_substring_regex(values, "^-?[0-9]+$"))
            return values, [*faults, ("not a whole number", broken)]

        return on_distinct(read)


@dataclass(frozen=True)
class Money(Number):
    """One part of an amount with its currency, EUR 1,234.50 or 1234.50 EUR: two columns of one.

    The currency has three capital letters, as in ISO 4217.
    """

    part: Part = "amount"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_word("part", self.part, Part)

    def reader(self, signs: Signs) -> Reader:
        signs = self.signs(signs)
        number, code, blank = f"[+-]?{digits(signs)}", "[A-Z]{3}", r"[ \x{A0}]?"
        if self.part == "currency":  # the amount's own column judges its signs
            number = r"[+-]?[0-9][^A-Za-z]*"
        before = f"^(?P<code>{code}){blank}(?P<number>{number})$"
        behind = f"^(?P<number>{number}){blank}(?P<code>{code})$"

        def read(texts: pa.Array) -> tuple[pa.Array, Faults]:
            alone = pc.match_substring_regex(texts, f"^{number}$")
            either = pc.or_(
                pc.match_substring_regex(texts, before), pc.match_substring_regex(texts, behind)
            )
            faults = [
                ("names no currency", alone),
                ("not an amount with its currency", pc.invert(pc.or_(either, alone))),
            ]
            # Both ways remove what is not wanted: the letters, or all but the letters.
            wanted = "[^A-Z]+" if self.part == "currency" else r"[A-Z \x{A0}]+"
            texts = pc.if_else(pc.fill_null(either, False), texts, pa.scalar(None, pa.string()))
            texts = pc.replace_substring_regex(texts, wanted, "")
            if self.part == "currency":
                return texts, faults
            return plain_number(texts, f"^{number}$", "", signs)[0], faults

        return on_distinct(read)
