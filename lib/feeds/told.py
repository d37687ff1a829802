"""What `look` has seen of a file, in words; and the feed that would be written for it."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import MISSING, fields, replace

from lib.errors import counted
from lib.feeds.check import Look
from lib.feeds.kinds import NO_VALUE, Column, shape
from lib.feeds.numbers import Money
from lib.feeds.readers import Csv
from lib.feeds.value import Text, Value

MAX_EMPTY = 8  # names of empty columns that are shown
MAX_VALUE_CHARS = 40
PLAIN = (("decimal", "."), ("thousands", ""))  # the signs of a file that says nothing else


def tell(seen: Look) -> str:
    """Return what was seen, for a person to read."""
    return "\n".join(_lines(seen))


def _lines(seen: Look) -> Iterator[str]:
    names = [*seen.columns, *seen.kinds]
    yield f"{seen.path.name}: {counted(seen.rows, 'row')}, {counted(len(names), 'column')}"
    for part, why in seen.evidence.items():
        yield f"  {part:<10} {why}"
    yield "Columns"
    empty = seen.empty
    width = min(30, max((len(name) for name in names), default=0))
    for name, column in seen.columns.items():
        if name not in empty:
            yield f"  {name:<{width}}  {_told(column)}"
    for name, kind in seen.kinds.items():
        yield f"  {name:<{width}}  {kind}, as the file says"
    if empty:
        some = ", ".join(repr(name) for name in empty[:MAX_EMPTY])
        more = f" and {len(empty) - MAX_EMPTY} more" if len(empty) > MAX_EMPTY else ""
        count = counted(len(empty), "column is", "columns are")
        yield f"  {count} empty in every row: {some}{more}"
    yield "Keys, by counting"
    for key in seen.keys:
        lines = ", ".join(f"{one} and {other}" for one, other in key.alike)
        proof = (
            "all differ"
            if key.is_proved
            else f"{key.different:,} {_differ(key.different)}; alike: lines {lines}"
        )
        yield f"  {', '.join(key.columns)}: of {counted(key.rows, 'row')} {proof}"
    if not seen.keys:
        yield "  none: no columns without gaps tell the rows apart"
    rows = counted(seen.rows, "row")
    yield f"Odd values: with these kinds, {seen.bad:,} of {rows} would be rejected"
    for (name, reason), odd in seen.odd.items():
        first = ", ".join(f"line {line}: {_short(text)}{_hint(text)}" for line, text in odd.first)
        yield f"  {name}: {odd.count:,} {reason}; {first}"
    asked = questions(seen)
    if asked:
        yield "What the file does not say"
        yield from (f"  {number}. {each}" for number, each in enumerate(asked, 1))
    yield "A feed to begin with"
    yield from (f"  {line}" for line in feed_lines(seen))


def _short(text: str) -> str:
    return repr(text if len(text) <= MAX_VALUE_CHARS else f"{text[:MAX_VALUE_CHARS]}...")


def _hint(text: str) -> str:
    return " (a word for no value?)" if text in NO_VALUE else ""


def _told(column: Column) -> str:
    value = column.value
    parts = [shape(value)]
    if type(value) is Text:
        parts[0] += f", up to {counted(column.longest, 'character')}"
    if column.fitting:
        if column.fits < column.there:
            fit = "fits" if column.fits == 1 else "fit"
            parts.append(f"{column.fits:,} of {column.there:,} {fit}")
    parts.append(gaps(column))
    count = len(column.different)
    parts.append("one value only" if count == 1 else f"{count:,} different")
    if column.zeros and type(value) is Text:
        parts.append("zeros at the beginning")
    if column.blanks:
        parts.append(f"{column.blanks:,} with blanks at an end")
    if column.doubt:
        parts.append(column.doubt)
    return "; ".join(parts)


def gaps(column: Column) -> str:
    """Return how many texts are missing, and how many are words that may stand for none."""
    missing = column.missing
    told = f"{missing:,} of {column.rows:,} empty" if missing else "never empty"
    if column.words:
        words = ", ".join(map(repr, sorted(column.words)))
        told += f"; {column.words.total():,} may stand for no value ({words})"
    return told


def _differ(count: int) -> str:
    return "differs" if count == 1 else "differ"


def questions(seen: Look) -> list[str]:
    """Return what a person has to say, at most three things, the weightiest first."""
    return [*key_questions(seen), *other_questions(seen)][:3]


def key_questions(seen: Look) -> list[str]:
    """Return the question for the key, in a list, where counting does not decide or refutes it."""
    keys = [key for key in seen.keys if key.columns == seen.said] or seen.keys
    if not keys:
        return ["Which columns tell two rows apart?"]
    names = [f"({', '.join(key.columns)})" for key in keys]
    counts = [f"{key.different:,} of {key.rows:,} {_differ(key.different)}" for key in keys]
    if not keys[0].is_proved and seen.said:
        one, other = keys[0].alike[0]
        return [
            f"Is {names[0]} the key? {counts[0]}: of lines {one} and {other}, the later one stays."
        ]
    if not keys[0].is_proved:
        told = ". ".join(f"{n[1:-1]}: {c}" for n, c in zip(names, counts, strict=True))
        return [f"Which columns tell two rows apart? {told}."]
    return [f"Which of these is the key: {' or '.join(names)}?"] * (len(keys) > 1)


def other_questions(seen: Look) -> list[str]:
    """Return what else a person has to say."""
    asked = [f"{name}: {each.doubt}" for name, each in seen.columns.items() if each.doubt]
    words = sorted({word for column in seen.columns.values() for word in column.words})
    if words:
        verb = "Does" if len(words) == 1 else "Do"
        asked.append(f"{verb} {', '.join(map(repr, words))} stand for no value?")
    return asked


# --- The feed -----------------------------------------------------------------------------------


def identifier(field: str) -> str:
    """Return the name of a field as a name of Python's and of a column: small letters and _."""
    humps = r"(?<=[a-z][a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[0-9])(?=[A-Z][a-z])"
    parted = re.sub(humps, "_", field)
    for letter, plain in zip("äöüßéèêàçñ", "ae oe ue ss e e e a c n".split(), strict=True):
        parted = parted.replace(letter, plain).replace(letter.upper(), plain)
    name = re.sub(r"[^0-9a-z]+", "_", parted.lower()).strip("_")[:60] or "column"
    return f"{name}_" if keyword.iskeyword(name) else f"_{name}" if name[0].isdigit() else name


def column_names(seen: Look) -> dict[str, str]:
    """Return the column of each field that is not empty, each with a name of its own."""
    found: dict[str, str] = {}
    for field in [*seen.columns, *seen.kinds]:
        if field in seen.empty:
            continue
        name, number = identifier(field), 2
        while name in found:
            name, number = f"{identifier(field)}_{number}", number + 1
        found[name] = field
    return found


def as_code(value: object) -> str:
    """Return a value or a reader as Python makes it, without what is the default."""
    parts = []
    for each in fields(value):  # type: ignore[arg-type]
        given = getattr(value, each.name)
        default = each.default_factory() if each.default_factory is not MISSING else each.default
        if given != default and (each.name, given) not in PLAIN:
            parts.append(f"{each.name}={given!r}")
    return f"{type(value).__name__}({', '.join(parts)})"


def feed_lines(seen: Look, model: str = "YourModel") -> Iterator[str]:
    """Yield the lines of a feed that reads the file as it was seen."""
    yield "Feed("
    yield f"    {model},"
    if isinstance(seen.read, Csv):
        yield f"    read={as_code(seen.read)},"
    yield "    columns={"
    for name, field in column_names(seen).items():
        value = seen.columns[field].value if field in seen.columns else Text()
        yield f"        {name!r}: {value_code(value, field)},"
        if isinstance(value, Money):
            currency = replace(value, part="currency", thousands="")
            yield f"        {currency_of(name)!r}: {value_code(currency, field)},"
    yield "    },"
    if seen.empty:
        yield '    others="leave out",'
    yield ")"


def currency_of(name: str) -> str:
    """Return the column for the currency of an amount."""
    return f"{name}_currency"


def value_code(value: Value, field: str) -> str:
    """Return the code of a value of a field: a text is its name alone."""
    if type(value) is Text:
        return repr(field)
    name, _, rest = as_code(value).partition("(")
    return f"{name}({field!r})" if rest == ")" else f"{name}({field!r}, {rest}"
