"""What a good row is: the table's own types and lengths, and what we know of the world.

Rules look at whole columns of Arrow strings, because a Python loop over 336,776 rows takes longer
than the load itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from lib.source.base import Batch

Faults = list[tuple[str, pa.Array]]  # a reason, and True where it holds
MAX_VALUE_CHARS = 200  # of a rejected value, as it is kept
FIRST, LAST = datetime(1000, 1, 1), datetime(9999, 12, 31, 23, 59, 59)  # of MySQL's DATETIME


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


def validate(
    table: sa.Table, batch: Batch, rules: Sequence[Rule] = ()
) -> tuple[pa.RecordBatch, pa.Array, list[Rejected]]:
    """Return the good rows with the table's types, their lines, and the rejected rows.

    A row that breaks several rules is reported once, with the first.
    """
    typed: dict[str, pa.Array] = {}
    rejected = {
        row.line: Rejected(row.line, "-", shorten(row.text), row.reason) for row in batch.malformed
    }
    bad = pa.repeat(False, len(batch.rows))
    for name in batch.rows.schema.names:
        texts = batch.rows[name]
        values, faults = convert(table.columns[name], texts)
        typed[name] = values
        for reason, mask in faults:
            bad = pc.or_(bad, _note(rejected, batch, name, texts, reason, mask))
    for rule in rules:
        if rule.column not in typed:  # a file may lack what may be missing
            continue
        texts = batch.rows[rule.column]
        mask = rule.broken(typed[rule.column])
        bad = pc.or_(bad, _note(rejected, batch, rule.column, texts, rule.reason, mask))
    good = pa.RecordBatch.from_pydict(typed)
    lines = batch.lines
    if rejected:
        keep = pc.invert(bad)
        good, lines = good.filter(keep), lines.filter(keep)
    return good, lines, [rejected[line] for line in sorted(rejected)]


def _note(
    rejected: dict[int, Rejected],
    batch: Batch,
    column: str,
    texts: pa.Array,
    reason: str,
    mask: pa.Array,
) -> pa.Array:
    """Note each row where the mask is true; return the mask without nulls."""
    mask = pc.fill_null(mask, False)
    for index in pc.indices_nonzero(mask).to_pylist():
        line = batch.lines[index].as_py()
        value = texts[index].as_py()
        rejected.setdefault(line, Rejected(line, column, shorten(value), reason))
    return mask


def shorten(value: object) -> str | None:
    """Return the value as `rejected_rows` keeps it: text, not more than a person would look at."""
    if value is None:
        return None
    text = str(value)
    return (
        text
        if len(text) <= MAX_VALUE_CHARS
        else f"{text[:MAX_VALUE_CHARS]}... ({len(text):,} characters)"
    )


def convert(column: sa.Column[object], texts: pa.Array) -> tuple[pa.Array, Faults]:
    """Return the column's values with its type (null where impossible), and masks of faults."""
    faults: Faults = []
    texts = _plain(texts)
    if not column.nullable:
        faults.append(("missing", pc.is_null(texts)))
    kind = column.type
    if isinstance(kind, sa.String):
        if not pa.types.is_string(texts.type):
            texts, mask = _fitting(texts, pa.string())
            faults.append(("not a text", mask))
        # SQLite's own functions, and many a tool, end a text there.
        faults.append(("holds a NUL byte", pc.match_substring(texts, "\0")))
        if kind.length:
            # Characters, not bytes: that is what VARCHAR(n) counts on MySQL.
            too_long = pc.greater(pc.utf8_length(texts), kind.length)
            faults.append((f"longer than {kind.length} characters", too_long))
        if column.primary_key or column.foreign_keys:
            # MySQL takes 'AA ' and 'AA' for the same key, SQLite for two.
            # https://dev.mysql.com/doc/refman/8.4/en/char.html
            faults.append(("ends in a space", pc.ends_with(texts, " ")))
        return texts, faults
    for target, form, reason in _targets(kind):
        # Before the cast, which is more generous: it takes 0x1F for 31, and 'nan' for a number.
        if pa.types.is_string(texts.type):
            mask = pc.invert(pc.match_substring_regex(texts, form))
        else:  # from a data frame or an Arrow reader
            mask = _other_kind(texts, target)
        texts = pc.if_else(pc.fill_null(mask, False), pa.scalar(None, texts.type), texts)
        values, unfit = _fitting(texts, target)
        return values, [*faults, (reason, mask), ("does not fit the column", unfit)]
    return texts, faults


def _plain(values: pa.Array) -> pa.Array:
    """Return the values as texts, numbers or times of their own, null where missing."""
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pa.types.is_large_string(values.type) or pa.types.is_string_view(values.type):
        values = pc.cast(values, pa.string())
    if pa.types.is_floating(values.type):
        values = pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)
    return values


def _other_kind(values: pa.Array, target: pa.DataType) -> pa.Array:
    """Return True where a value with a type is of another kind than the column."""
    if pa.types.is_temporal(target) != pa.types.is_temporal(values.type):
        return pc.is_valid(values)  # Arrow would take a number for seconds since 1970
    if pa.types.is_integer(target) and pa.types.is_floating(values.type):
        return pc.not_equal(pc.trunc(values), values)
    return pa.repeat(False, len(values))


def _targets(kind: sa.types.TypeEngine[object]) -> Iterator[tuple[pa.DataType, str, str]]:
    if isinstance(kind, sa.Boolean):
        yield pa.bool_(), r"^(?i:true|false|0|1)$", "not true or false"
    elif isinstance(kind, sa.SmallInteger):
        yield pa.int16(), r"^-?\d+$", "not a whole number"
    elif isinstance(kind, sa.BigInteger):
        yield pa.int64(), r"^-?\d+$", "not a whole number"
    elif isinstance(kind, sa.Integer):
        yield pa.int32(), r"^-?\d+$", "not a whole number"
    elif isinstance(kind, sa.Float):
        yield pa.float64(), r"^-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$", "not a number"
    elif isinstance(kind, sa.Numeric):
        exact = pa.decimal128(kind.precision or 38, kind.scale or 0)
        yield exact, r"^-?(\d+\.?\d*|\.\d+)$", "not a decimal number"
    elif isinstance(kind, sa.DateTime):
        form = r"^[1-9]\d{3}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(Z|[-+]\d\d:?\d\d)$"
        yield pa.timestamp("s", tz="UTC"), form, "not a time with its zone"
    elif isinstance(kind, sa.Date):
        yield pa.date32(), r"^[1-9]\d{3}-\d\d-\d\d$", "not a date"


def _fitting(values: pa.Array, target: pa.DataType) -> tuple[pa.Array, pa.Array]:
    """Return the values with their type, and True where one does not fit."""
    unfit = pa.repeat(False, len(values))
    try:
        cast = _cast(values, target)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        cast, unfit = _one_by_one(values, target)
    if pa.types.is_floating(target):
        unfit = pc.or_kleene(unfit, pc.is_inf(cast))  # 1e400
    if pa.types.is_timestamp(target):  # another zone can lead out of the years with four digits
        first, last = (pa.scalar(at, cast.type) for at in (FIRST, LAST))
        beyond = pc.or_(pc.less(cast, first), pc.greater(cast, last))
        unfit = pc.or_kleene(unfit, pc.fill_null(beyond, False))
    return cast, unfit


def _cast(values: pa.Array, target: pa.DataType) -> pa.Array:
    if pa.types.is_timestamp(values.type) and values.type.tz is None:
        values = pc.assume_timezone(values, "UTC")
    values = pc.cast(values, target)
    # Stored without a zone, in UTC.
    return pc.cast(values, pa.timestamp("s")) if pa.types.is_timestamp(target) else values


def _one_by_one(values: pa.Array, target: pa.DataType) -> tuple[pa.Array, pa.Array]:
    """The slow way, for the rare batch in which a well-formed value does not fit its type."""
    plain = pa.timestamp("s") if pa.types.is_timestamp(target) else target
    missing = pa.nulls(1, plain)
    fitting, faults = [], []
    for place in range(len(values)):
        try:
            fitting.append(_cast(values.slice(place, 1), target))
            faults.append(False)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            fitting.append(missing)
            faults.append(values[place].is_valid)
    return pa.concat_arrays(fitting), pa.array(faults)
