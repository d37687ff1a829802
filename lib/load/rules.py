"""What a good row is: the table's own types and lengths, and what we know of the world.

Rules look at whole columns of Arrow strings, because a Python loop over 336,776 rows takes longer
than the load itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import CodeType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from lib.errors import PipelineError
from lib.load.form import Form
from lib.source.base import Batch

MAX_VALUE_CHARS = 200  # of a rejected value, as it is kept


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


@dataclass(frozen=True)
class Judged:
    """What became of a batch: the good rows with their types and lines, and what is bad.

    `ruled_out` are the rows that fit the table, and break a rule. `bad_rows` are all that are bad,
    `torn` the lines of those that have no columns. Of each column of `bad_rows`, `unread` tells
    where its text could not be read, `absent` where there is none, though the column needs one.
    """

    good: pa.RecordBatch
    lines: pa.Array
    bad: list[Rejected]
    ruled_out: pa.RecordBatch
    bad_rows: pa.RecordBatch
    bad_lines: pa.Array
    unread: dict[str, pa.Array]
    absent: dict[str, pa.Array]
    torn: list[int]


def validate(forms: Mapping[str, Form], batch: Batch, rules: Sequence[Rule] = ()) -> Judged:
    """Judge the rows of a batch, whose columns have these forms.

    A row that breaks several rules is reported once, with the first.
    """
    typed: dict[str, pa.Array] = {}
    rejected = {
        row.line: Rejected(row.line, "-", shorten(row.text), row.reason) for row in batch.malformed
    }
    unfit = broken = none = pa.repeat(False, len(batch.rows))
    unread: dict[str, pa.Array] = {}
    absent: dict[str, pa.Array] = {}
    for name, reason, mask in batch.faults:
        unread[name] = pc.or_(unread.get(name, none), _note(rejected, batch, name, reason, mask))
        unfit = pc.or_(unfit, unread[name])
    for name in batch.rows.schema.names:
        typed[name], faults = forms[name].judge(batch.rows[name])
        empty = pc.and_not(pc.is_null(batch.rows[name]), unread.get(name, none))
        for reason, mask in faults:
            mask = _note(rejected, batch, name, reason, mask)
            absent[name] = pc.or_(absent.get(name, none), pc.and_(mask, empty))
            unread[name] = pc.or_(unread.get(name, none), pc.and_not(mask, empty))
            unfit = pc.or_(unfit, mask)
    for rule in rules:
        if rule.column in typed:  # a file may lack what may be missing
            mask = _broken(rule, typed[rule.column])
            broken = pc.or_(broken, _note(rejected, batch, rule.column, rule.reason, mask))
    rows = pa.RecordBatch.from_pydict(typed)
    if not rejected:
        nothing, no_lines = rows.slice(0, 0), batch.lines.slice(0, 0)
        return Judged(rows, batch.lines, [], nothing, nothing, no_lines, {}, {}, [])
    drop = pc.or_(unfit, broken)
    keep = pc.invert(drop)
    return Judged(
        rows.filter(keep),
        batch.lines.filter(keep),
        [rejected[line] for line in sorted(rejected)],
        rows.filter(pc.and_not(broken, unfit)),
        rows.filter(drop),
        batch.lines.filter(drop),
        {name: mask.filter(drop) for name, mask in unread.items()},
        {name: mask.filter(drop) for name, mask in absent.items()},
        [row.line for row in batch.malformed],
    )


def _broken(rule: Rule, values: pa.Array) -> pa.Array:
    try:
        mask = rule.broken(values)
        mask = mask.combine_chunks() if isinstance(mask, pa.ChunkedArray) else pa.array(mask)
        return pc.and_(mask, pa.repeat(True, len(values)))  # a truth for each value
    except Exception as error:  # a rule that a user wrote may raise anything
        raise PipelineError(
            f"The rule {rule.reason!r} of the column {rule.column} cannot be asked ({error}).",
            "It takes an Arrow array, and returns one with True where a value is bad.",
        ) from error


def _note(
    rejected: dict[int, Rejected],
    batch: Batch,
    column: str,
    reason: str,
    mask: pa.Array,
) -> pa.Array:
    """Note each row where the mask is true, as the file has it; return the mask without nulls."""
    mask = pc.fill_null(mask, False)
    name, texts = batch.raw.get(column) or (column, batch.rows[column])
    for index in pc.indices_nonzero(mask).to_pylist():
        line = batch.lines[index].as_py()
        value = texts[index].as_py()
        value = batch.word if value is None else value
        rejected.setdefault(line, Rejected(line, name, shorten(value), reason))
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


def fingerprint(table: sa.Table, rules: Sequence[Rule], more: Sequence[object] = ()) -> str:
    """Return a digest that stays the same as long as columns and rules do, functions included.

    `more` is what else decides what a row becomes.
    """
    parts: list[object] = [(each.column, each.reason, _facts(each.broken)) for each in rules]
    parts += map(_facts, more)
    parts += [
        (each.name, _facts(each.type), each.nullable, each.primary_key, bool(each.foreign_keys))
        for each in table.columns
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _facts(thing: Any, depth: int = 4) -> object:
    """Return what tells a function from another: its code, and the values that it uses."""
    inner = partial(_facts, depth=depth - 1)
    code = getattr(thing, "__code__", thing)
    if depth and isinstance(code, CodeType):
        cells = [cell.cell_contents for cell in getattr(thing, "__closure__", None) or ()]
        names = getattr(thing, "__globals__", {})
        used = [getattr(thing, "__defaults__", None), *cells]
        used += [names[name] for name in code.co_names if name in names]
        return code.co_code, code.co_names, *map(inner, [*code.co_consts, *used])
    if depth and isinstance(thing, tuple | list | set | frozenset):
        facts = [inner(each) for each in thing]
        return sorted(facts, key=repr) if isinstance(thing, set | frozenset) else facts
    shown = repr(thing)
    return type(thing).__qualname__ if " at 0x" in shown else shown
