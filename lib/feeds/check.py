"""Look at a file without loading it: what it holds, what tells its rows apart, what is odd.

The file is read twice, batch by batch: to find out what its columns hold, then to judge each row by
that and to count its keys. What is kept grows with the columns; of the rows, some tens of
bytes for each key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from lib.feeds.column_types import type_of
from lib.feeds.keys import SEARCH_ROWS, Key, candidates, hashed, mixed, prove
from lib.feeds.kinds import Column, Odd, odd_values, settle
from lib.feeds.numbers import Money, Number
from lib.feeds.others import Json
from lib.feeds.readers import Csv, FileReader, JsonLines, reader_for
from lib.feeds.sniff import sniff
from lib.feeds.value import Value
from lib.load.arrow import plain_values
from lib.load.form import Form
from lib.load.types import form_of
from lib.source.base import Batch, Source
from lib.source.json_lines import JsonLinesSource

Watch = Callable[[Any], AbstractContextManager[Any]]


@dataclass
class Look:
    """What was seen of a file.

    `values` are the kinds that fit the columns of texts, `kinds` the types of those that have one;
    `bad` counts the rows that these would reject, and the columns that `new` makes for them.
    """

    path: Path
    read: FileReader
    evidence: dict[str, str]
    columns: dict[str, Column] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    keys: list[Key] = field(default_factory=list)
    odd: dict[Any, Odd] = field(default_factory=dict)
    said: tuple[str, ...] = ()  # the key that a person named
    rows: int = 0
    bad: int = 0

    @property
    def values(self) -> dict[str, Value]:
        """What each column of texts seems to hold."""
        return {name: column.value for name, column in self.columns.items()}

    @property
    def empty(self) -> list[str]:
        """The columns in which nothing stands."""
        return [name for name, column in self.columns.items() if column.missing == column.rows]


def no_watch(_source: object) -> AbstractContextManager[None]:
    return nullcontext()


def look(
    path: Path, read: FileReader | None = None, watch: Watch = no_watch, said: Sequence[str] = ()
) -> Look:
    """Return what can be seen of a file; raises PipelineError where it cannot be read.

    A key that is `said`, as names of columns, is counted, too, where the file has all of them.
    """
    evidence: dict[str, str] = {}
    if read is None:
        read = reader_for(path)
        if isinstance(read, Csv):
            sniffed = sniff(path)
            read, evidence = sniffed.read, sniffed.evidence
    seen = Look(path, read, evidence)
    source = read.open(path)
    hashes = _profile(seen, source, watch)
    if isinstance(read, Csv):
        seen.read = replace(read, strip=any(column.blanks for column in seen.columns.values()))
    keys = candidates(hashes)
    if said and set(said) <= {*seen.columns, *seen.kinds}:
        seen.said = tuple(said)
        keys += [seen.said] * (seen.said not in keys)
    _judge(seen, source, keys, watch)
    return seen


def _profile(seen: Look, source: Source, watch: Watch) -> dict[str, Any]:
    """Find out what the columns hold; return hashes of the first rows of those that may be keys."""
    first: dict[str, list[Any]] = {}
    hashed_rows = 0
    if isinstance(seen.read, Csv | JsonLines):
        plain = isinstance(seen.read, JsonLines)
        seen.columns.update((name, Column(name, plain)) for name in source.columns)
    with watch(source) as progress:
        done = 0
        for batch in source.batches():
            if progress is not None:
                progress.update(batch.bytes_read - done)
                done = batch.bytes_read
            for place, name in enumerate(batch.rows.schema.names):
                column = plain_values(batch.rows.column(place))
                if pa.types.is_string(column.type):
                    seen.columns.setdefault(name, Column(name)).add(column)
                else:
                    seen.kinds[name] = str(column.type)
                if hashed_rows < SEARCH_ROWS:
                    first.setdefault(name, []).append(hashed(_texts(column)))
            hashed_rows += len(batch.rows)
    if isinstance(source, JsonLinesSource):
        for name, column in seen.columns.items():
            # A word for no value is in quotes as well, and says nothing of the others.
            column.quoted = source.quoted[name] - column.words.total()
    settle(seen.columns.values())
    fits = {name: column.value for name, column in seen.columns.items()}
    ruled_out = {
        name
        for name, value in fits.items()
        if isinstance(value, Json | Money)
        or seen.columns[name].missing > seen.columns[name].rows / 20
        or (isinstance(value, Number) and type(value) is Number)
    }
    return {name: np.concatenate(parts) for name, parts in first.items() if name not in ruled_out}


def _texts(column: pa.Array) -> pa.Array:
    if pa.types.is_string(column.type):
        return column
    return pa.array([None if each is None else str(each) for each in column.to_pylist()])


def _judge(seen: Look, source: Source, keys: list[tuple[str, ...]], watch: Watch) -> None:
    """Count the rows that do not fit, and how many each key tells apart."""
    needed = seen.said or (keys[0] if keys else ())
    forms = {name: _form(column, name in needed) for name, column in seen.columns.items()}
    parts: list[list[Any]] = [[] for _ in keys]
    lines: list[Any] = []
    with watch(source) as progress:
        done = 0
        for batch in source.batches():
            if progress is not None:
                progress.update(batch.bytes_read - done)
                done = batch.bytes_read
            seen.rows += len(batch.rows) + len(batch.malformed)
            seen.bad += _bad_rows(seen, batch, forms) + len(batch.malformed)
            for row in batch.malformed:
                found = seen.odd.setdefault(("-", row.reason), Odd())
                found.count += 1
                found.first = [*found.first, (row.line, row.text)][:3]
            hashes = {
                name: hashed(_texts(plain_values(batch.rows[name])))
                for name in {name for key in keys for name in key}
            }
            for key, part in zip(keys, parts, strict=True):
                part.append(mixed([hashes[name] for name in key]))
            lines.append(batch.lines.to_numpy(zero_copy_only=False))
    for key, part in zip(keys, parts, strict=True):
        seen.keys.append(prove(key, np.concatenate(part), np.concatenate(lines)))


def _form(column: Column, needed: bool) -> Form:
    """Return the form of the column that a table would have, on the database that takes less."""
    _, _, kind = type_of(column)
    dialect = sqlite.dialect()
    return form_of(sa.Column(column.name, kind, primary_key=needed, nullable=not needed), dialect)


def _bad_rows(seen: Look, batch: Batch, forms: dict[str, Form]) -> int:
    bad = pa.repeat(False, len(batch.rows))
    for name, form in forms.items():
        texts = plain_values(batch.rows[name])
        if isinstance(seen.read, Csv | JsonLines) and seen.read.strip:
            texts = pc.utf8_trim_whitespace(texts)
        texts = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
        bad = pc.or_(bad, odd_values(seen.columns[name], form, texts, batch.lines, seen.odd))
    return int(pc.sum(bad).as_py() or 0)
