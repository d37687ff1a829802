"""Exercise 13.1: other right answers, wrong ones, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import re
import string
from decimal import Decimal
from typing import Any

from lib.workbook.course.exercise import Word, Wrong


def to_number_by_parts() -> Any:
    def to_number(text, decimal, thousands):
        digits = set(string.digits)
        sign = "-" if text.startswith("-") else ""
        whole, mark, fraction = text[len(sign) :].partition(decimal)
        groups = whole.split(thousands) if thousands else [whole]
        plain = all(group and set(group) <= digits for group in groups)
        sizes = [len(group) for group in groups]
        grouped = len(groups) == 1 or (sizes[0] <= 3 and set(sizes[1:]) == {3})
        ended = set(fraction) <= digits and bool(mark) == bool(fraction)
        if not (plain and grouped and ended):
            raise ValueError(text)
        return Decimal(sign + "".join(groups) + ("." + fraction if fraction else ""))

    return to_number


def to_number_by_writing_it_back() -> Any:
    def to_number(text, decimal, thousands):
        plain = text
        if thousands:
            plain = plain.replace(thousands, "")
        plain = plain.replace(decimal, ".")
        if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", plain) is None:
            raise ValueError(f"{text} is no number")
        whole, _, fraction = plain.lstrip("-").partition(".")
        first = len(whole) % 3 or 3
        groups = [whole[:first]] + [whole[i : i + 3] for i in range(first, len(whole), 3)]
        tail = decimal + fraction if fraction else ""
        head = "-" * plain.startswith("-")
        if text not in (head + whole + tail, head + thousands.join(groups) + tail):
            raise ValueError(f"{text} is written in another way")
        return Decimal(plain)

    return to_number


def to_number_sign_by_sign() -> Any:
    def to_number(text, decimal, thousands):
        rest = text.removeprefix("-")
        whole, fraction = rest, None
        if decimal in rest:
            whole, fraction = rest.split(decimal, 1)
            if not (fraction.isascii() and fraction.isdigit()):
                raise ValueError("the fraction has no digits, or other signs")
        parts = whole.split(thousands) if thousands and thousands in whole else [whole]
        for number, part in enumerate(parts):
            if not (part.isascii() and part.isdigit()):
                raise ValueError("other signs than digits")
            if len(parts) > 1 and (len(part) > 3 if number == 0 else len(part) != 3):
                raise ValueError("groups of another size")
        sign, tail = "-" * (rest != text), "" if fraction is None else f".{fraction}"
        return Decimal(sign + "".join(parts) + tail)

    return to_number


def variant(
    *,
    digit: str = "[0-9]",
    sign: str = "-?",
    first: str = "{1,3}",
    size: str = "{3}",
    fraction: str = "+",
    grouped: str = "+",
    plain: bool = True,
    escape: Any = re.escape,
    match: Any = re.fullmatch,
    end: str = "",
    strip: bool = False,
    make: Any = Decimal,
    refuse: Any = ValueError,
) -> Any:
    """The solution, with one thing done otherwise."""

    def to_number(text, decimal, thousands):
        text = text.strip() if strip else text
        point, group = escape(decimal), escape(thousands)
        whole = rf"{digit}{first}(?:{group}{digit}{size}){grouped}"
        whole = rf"{digit}+|{whole}" if plain else whole
        if not match(rf"{sign}(?:{whole})(?:{point}{digit}{fraction})?{end}", text):
            if refuse is None:
                return None
            raise refuse(text)
        whole, _, rest = text.partition(decimal)
        whole = whole.replace(thousands, "") if thousands else whole
        return make(f"{whole}.{rest}" if rest else whole)

    return to_number


def to_number_replacing() -> Any:
    def to_number(text, decimal, thousands):
        try:
            return Decimal(text.replace(thousands, "").replace(decimal, "."))
        except Exception as error:
            raise ValueError(text) from error

    return to_number


def to_number_trusting_decimal() -> Any:
    def to_number(text, decimal, thousands):
        return Decimal(text.replace(thousands, "").replace(decimal, "."))

    return to_number


def to_number_guessing() -> Any:
    def to_number(text, decimal, thousands):
        last = max(text.rfind("."), text.rfind(","))
        whole = re.sub(r"[.,' ]", "", text[:last] if last >= 0 else text)
        rest = text[last + 1 :] if last >= 0 else ""
        number = f"{whole}.{rest}" if rest else whole
        if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", number):
            raise ValueError(text)
        return Decimal(number)

    return to_number


def _short(text: str) -> Decimal:
    return Decimal(text).normalize()


ALSO_RIGHT = (to_number_by_parts, to_number_by_writing_it_back, to_number_sign_by_sign)
WRONG = (
    Wrong(
        lambda: variant(make=lambda text: +Decimal(text)),
        "is -1234567890123456789012345678.12345, and your function returns "
        "-1234567890123456789012345678",
        "computes with the number: arithmetic rounds to 28 digits, making it from a text does not",
    ),
    Wrong(
        to_number_replacing,
        "'12.5' with decimal=',' and thousands='.' is no number of this form",
        "takes the point out of 12.5, and makes 125 of it",
    ),
    Wrong(
        to_number_trusting_decimal,
        "'12.5' with decimal=',' and thousands='.' is no number of this form",
        "leaves the refusing to Decimal",
    ),
    Wrong(to_number_guessing, "'1.234' with decimal=',' and thousands='.'", "guesses the sign"),
    Wrong(lambda: variant(make=float), "a float does not keep all digits", "makes a float of it"),
    Wrong(
        lambda: variant(escape=lambda sign: sign),
        "is no number of this form",
        "takes a point in a pattern for a point",
    ),
    Wrong(
        lambda: variant(digit=r"\d"),
        "'\u0663' with decimal='.'",
        "takes the digits of all scripts",
    ),
    Wrong(lambda: variant(match=re.match, end="$"), r"'5\n'", "ends in `$`: before a last newline"),
    Wrong(lambda: variant(strip=True), "' 5'", "tidies the text up before it looks at it"),
    Wrong(lambda: variant(sign="[-+]?"), "'+5'", "allows a plus"),
    Wrong(lambda: variant(refuse=None), "your function returns None", "returns None for a bad one"),
    Wrong(
        lambda: variant(make=_short),
        "with all digits that are written",
        "drops the zeros at the end",
    ),
)
WORDS = (
    Word(
        "Write `to_number(text, decimal, thousands)`",
        "two signs, which change places from one text to the next",
        lambda: lambda text, decimal, thousands: variant()(text, ",", "."),
    ),
    Word(
        'where nothing stands between thousands, `thousands` is `""`',
        "'1,234' where nothing stands between thousands",
        lambda: lambda text, decimal, thousands: variant()(text, decimal, thousands or ","),
    ),
    Word("returns a `Decimal`", "numbers of twenty digits", lambda: variant(make=float)),
    Word("with all digits that are written", "0,10", lambda: variant(make=_short)),
    Word("may begin with `-`", "-1.234.567,50", lambda: variant(sign="")),
    Word("may begin with `-`", "+5", lambda: variant(sign="[-+]?")),
    Word("digits 0 to 9", "digits of another script", lambda: variant(digit=r"\d")),
    Word("the decimal sign and one digit or more", "'12,'", lambda: variant(fraction="*")),
    Word(
        "in groups of three digits",
        "1.2345 and 12.5, which have other groups",
        lambda: variant(size="{1,}"),
    ),
    Word(
        "in groups of three digits",
        "1234.567, whose first group is too long",
        lambda: variant(first="+"),
    ),
    Word("or not at all", "12345,552", lambda: variant(plain=False, grouped="*")),
    Word(
        "For every other text raise a `ValueError`",
        "28 texts of other forms, one of them empty",
        lambda: variant(refuse=None),
    ),
)
