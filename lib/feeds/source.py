"""The source that a feed makes of another one: fields become columns, texts become values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lib.errors import counted
from lib.feeds.others import Function
from lib.feeds.plan import Plan
from lib.feeds.readers import Texts
from lib.feeds.value import Reader, Text, Value
from lib.load.arrow import plain_values
from lib.source.base import Around, Batch, Source
from lib.source.wanted import Wanted, texts_of


class FeedSource(Around):
    """The columns of a table, read from a source of other fields.

    `stripped` counts the values that had blanks at their ends.
    """

    def __init__(
        self,
        raw: Source,
        plan: Plan,
        texts: Texts,
        *,
        where: Mapping[str, Wanted] | None = None,
        word: str | None = None,
    ) -> None:
        super().__init__(raw)
        self._plan, self._texts, self._word = plan, texts, word
        self._where = texts_of(where or {})
        self.stripped = 0

    @property
    def fingerprint(self) -> tuple[int, str]:
        """The size and the SHA-256 of the file; of a source that is one."""
        found: tuple[int, str] = getattr(self._source, "fingerprint")  # noqa: B009
        return found

    @property
    def filtered(self) -> bool:
        return bool(self._where) or super().filtered

    @property
    def columns(self) -> list[str]:
        return list(self._plan.values)

    @property
    def wanted(self) -> frozenset[str]:
        """The fields that it reads."""
        return self._plan.wanted

    @property
    def note(self) -> str:
        """What was unusual, of the fields and of what was read so far."""
        blanks = (
            f"Blanks were taken off {counted(self.stripped, 'value')}." if self.stripped else ""
        )
        return f"{self._plan.note} {blanks}".strip()

    def batches(self) -> Iterator[Batch]:
        """Yield the rows in order, with what the file has, and why some values could not be read.

        One reader for each column and each reading: one may remember the rows before.
        """
        self.stripped = 0
        signs = self._texts.signs
        readers = {name: value.reader(signs) for name, value in self._plan.values.items()}
        for batch in self._source.batches():
            yield self._converted(self._filtered(batch), readers)

    def _filtered(self, batch: Batch) -> Batch:
        """Return only the rows that are wanted."""
        rows, lines, stripped = batch.rows, batch.lines, self.stripped
        for field, wanted in self._where.items():
            texts = pc.cast(self._clean(rows, field, Text(), {}), pa.string())
            keep = pc.is_in(texts, pa.array(wanted, pa.string()))
            rows, lines = rows.filter(keep), lines.filter(keep)
        self.stripped = stripped  # counted where the values are read
        return replace(batch, rows=rows, lines=lines)

    def _converted(self, batch: Batch, readers: dict[str, Reader]) -> Batch:
        columns: dict[str, pa.Array] = {}
        raw: dict[str, tuple[str, pa.Array]] = {}
        faults: list[tuple[str, str, pa.Array]] = []
        cleaned: dict[tuple[Any, ...], pa.Array] = {}
        for name, value in self._plan.values.items():
            fields = self._plan.fields[name]
            given = [self._clean(batch.rows, each, value, cleaned) for each in fields]
            raw[name] = fields[0], batch.rows[fields[0]]
            if pa.types.is_string(given[0].type) or isinstance(value, Function):
                columns[name], found = readers[name](*given)
                faults += [(name, reason, mask) for reason, mask in found]
            else:  # it has a type already
                columns[name] = given[0]
        rows = pa.RecordBatch.from_pydict(columns)
        return replace(batch, rows=rows, raw=raw, word=self._word, faults=tuple(faults))

    def _clean(
        self, rows: pa.RecordBatch, field: str, value: Value, done: dict[tuple[Any, ...], pa.Array]
    ) -> pa.Array:
        """Return a field without blanks at its ends, and null where a word says so."""
        strip = self._texts.strip if value.strip is None else value.strip
        words = self._texts.missing if value.missing is None else value.missing
        key = (field, strip, words)
        if key in done:
            return done[key]
        texts = plain_values(rows[field])
        if pa.types.is_string(texts.type):
            if strip:
                trimmed = pc.utf8_trim_whitespace(texts)
                self.stripped += pc.sum(pc.not_equal(trimmed, texts)).as_py() or 0
                texts = trimmed
            if words and self._word is None:  # or the source has seen to it
                missing = pc.is_in(texts, pa.array(words, pa.string()))
                texts = pc.if_else(missing, pa.scalar(None, pa.string()), texts)
        done[key] = texts
        return texts
