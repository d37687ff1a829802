"""What a good row is: the table's own types and lengths, and what we know of the world.

Rules look at whole columns of Arrow strings, because a Python loop over 336,776 rows takes longer
than the load itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from lib.source import Batch

Faults = list[tuple[str, pa.Array]]  # a reason, and True where it holds
SHOWN = 200  # characters of a rejected value


@dataclass(frozen=True)
class Rule:
    """A rule on one typed column: `broken` returns True where a value breaks it."""

    column: str
    reason: str
    broken: Callable[[pa.Array], pa.Array]


@dataclass(frozen=True)
class Rejected:
    """One row that is not loaded. `line` counts from the top of the file, the header is 1."""

    line: int
    column: str
    value: str | None
    reason: str


def above(limit: float) -> Callable[[pa.Array], pa.Array]:
    """Broken where the value is greater than the limit."""
    return lambda values: pc.greater(values, limit)


def unlike(pattern: str) -> Callable[[pa.Array], pa.Array]:
    """Broken where the text does not match the regular expression."""
    return lambda values: pc.invert(pc.match_substring_regex(values, pattern))


RULES: dict[str, tuple[Rule, ...]] = {
    "weather": (Rule("wind_speed", "above 200 mph", above(200)),),
    "flights": (
        Rule("tailnum", "not a US tail number (N and 1 to 5 more)", unlike("^N[0-9A-Z]{1,5}$")),
    ),
}


def judge(
    table: sa.Table, batch: Batch, rules: tuple[Rule, ...] | None = None
) -> tuple[pa.RecordBatch, pa.Array, list[Rejected]]:
    """Return the good rows with the table's types, their lines, and the rejected rows.

    A row that breaks several rules is reported once, with the first.
    """
    typed: dict[str, pa.Array] = {}
    rejected = {
        row.line: Rejected(row.line, "-", shown(row.text), row.reason) for row in batch.malformed
    }
    for name in batch.rows.schema.names:
        texts = batch.rows[name]
        values, faults = convert(table.columns[name], texts)
        typed[name] = values
        for reason, mask in faults:
            _note(rejected, batch, name, texts, reason, mask)
    for rule in RULES.get(table.name, ()) if rules is None else rules:
        if rule.column not in typed:  # a file may lack what may be missing
            continue
        texts = batch.rows[rule.column]
        _note(rejected, batch, rule.column, texts, rule.reason, rule.broken(typed[rule.column]))
    good = pa.RecordBatch.from_pydict(typed)
    lines = batch.lines
    if rejected:
        keep = pc.invert(pc.is_in(lines, pa.array(sorted(rejected), lines.type)))
        good, lines = good.filter(keep), lines.filter(keep)
    return good, lines, [rejected[line] for line in sorted(rejected)]


def _note(
    rejected: dict[int, Rejected],
    batch: Batch,
    column: str,
    texts: pa.Array,
    reason: str,
    mask: pa.Array,
) -> None:
    for index in pc.indices_nonzero(pc.fill_null(mask, False)).to_pylist():
        line = batch.lines[index].as_py()
        value = texts[index].as_py()
        rejected.setdefault(line, Rejected(line, column, shown(value), reason))


def shown(value: object) -> str | None:
    """Return the value as `rejected_rows` keeps it: text, not more than a person would look at."""
    if value is None:
        return None
    text = str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}... ({len(text):,} characters)"


def convert(column: sa.Column[object], texts: pa.Array) -> tuple[pa.Array, Faults]:
    """Return the column's values with its type (null where impossible), and masks of faults."""
    faults: Faults = []
    if not column.nullable:
        faults.append(("missing", pc.is_null(texts)))
    kind = column.type
    if isinstance(kind, sa.String):
        texts = texts if pa.types.is_string(texts.type) else pc.cast(texts, pa.string())
        # SQLite's own functions, and many a tool, end a text there.
        faults.append(("holds a NUL byte", pc.match_substring(texts, "\0")))
        if kind.length:
            # Characters, not bytes: that is what VARCHAR(n) counts on MySQL.
            too_long = pc.greater(pc.utf8_length(texts), kind.length)
            faults.append((f"longer than {kind.length} characters", too_long))
        return texts, faults
    if not pa.types.is_string(texts.type) and not pa.types.is_large_string(texts.type):
        return _convert_typed(kind, texts, faults)
    for target, form, reason in _targets(kind):
        # Before the cast, which is more generous: it takes 0x1F for 31, and 'nan' for a number.
        mask = pc.fill_null(pc.invert(pc.match_substring_regex(texts, form)), False)
        texts = pc.if_else(mask, pa.scalar(None, texts.type), texts)
        faults.append((reason, mask))
        try:
            values = _cast(texts, target)
            if not pa.types.is_floating(target):
                return values, faults
            mask = pc.is_inf(values)  # 1e400
        except pa.ArrowInvalid:
            values, mask = _one_by_one(texts, target)
        return values, [*faults, ("does not fit the column", mask)]
    return texts, faults


def _convert_typed(
    kind: sa.types.TypeEngine[object], values: pa.Array, faults: Faults
) -> tuple[pa.Array, Faults]:
    """Convert what has a type already, from a data frame or an Arrow reader."""
    if isinstance(kind, sa.Boolean):
        return pc.cast(values, pa.bool_()), faults
    for target, _form, _reason in _targets(kind):
        try:
            return _cast(values, target), faults
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            converted, mask = _one_by_one(values, target)
            return converted, [*faults, ("does not fit the column", mask)]
    return values, faults


def _targets(kind: sa.types.TypeEngine[object]) -> Iterator[tuple[pa.DataType, str, str]]:
    if isinstance(kind, sa.SmallInteger):
        yield pa.int16(), r"^-?\d+$", "not a whole number"
    elif isinstance(kind, sa.Integer):
        yield pa.int32(), r"^-?\d+$", "not a whole number"
    elif isinstance(kind, sa.Float):
        yield pa.float64(), r"^-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$", "not a number"
    elif isinstance(kind, sa.DateTime):
        form = r"^[1-9]\d{3}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(Z|[-+]\d\d:?\d\d)$"
        yield pa.timestamp("s", tz="UTC"), form, "not a time with its zone"


def _cast(texts: pa.Array, target: pa.DataType) -> pa.Array:
    if pa.types.is_timestamp(texts.type) and texts.type.tz is None:
        texts = pc.assume_timezone(texts, "UTC")
    values = pc.cast(texts, target)
    # Stored without a zone, in UTC.
    return pc.cast(values, pa.timestamp("s")) if pa.types.is_timestamp(target) else values


def _one_by_one(texts: pa.Array, target: pa.DataType) -> tuple[pa.Array, pa.Array]:
    """The slow way, for the rare batch in which a well-formed value does not fit its type."""
    values, faults = [], []
    for text in texts:
        try:
            values.append(_cast(pa.array([text.as_py()], text.type), target)[0].as_py())
            faults.append(False)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            values.append(None)
            faults.append(True)
    plain = pa.timestamp("s") if pa.types.is_timestamp(target) else target
    return pa.array(values, plain), pa.array(faults)
