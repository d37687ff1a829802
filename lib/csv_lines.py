"""On which line of a file each row stands: not its number, once a value holds a line break."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv


@dataclass(frozen=True)
class Malformed:
    """A row with more or fewer fields than the header: its line, its text, and what is wrong."""

    line: int
    text: str
    reason: str


@dataclass
class Position:
    """How far the reading is: the next row of the CSV (the header is 1), and the line it is on."""

    row: int = 2
    line: int = 2

    def take(self, count: int, malformed: Mapping[int, object]) -> list[int]:
        """Return the numbers of the next `count` well-formed rows, and step behind them."""
        if not malformed:
            numbers = list(range(self.row, self.row + count))
            self.row += count
            return numbers
        numbers = []
        while len(numbers) < count:
            if self.row not in malformed:
                numbers.append(self.row)
            self.row += 1
        return numbers

    def lines(
        self,
        rows: pa.RecordBatch,
        numbers: list[int],
        bad: list[pa_csv.InvalidRow],
        *,
        count: bool,
    ) -> tuple[pa.Array, tuple[Malformed, ...]]:
        """Return the line of each row, and the malformed ones; rows with quotes may span several.

        Without a quotation mark in the file (`count` is false) each row is one line.
        """
        breaks = _breaks(rows) if count else [0] * len(numbers)
        if not bad and not any(breaks):
            first, self.line = self.line, self.line + len(numbers)
            return pa.array(range(first, self.line), pa.int32()), ()
        lines, aside = [], []
        aside_rows = {row.number: row for row in bad}
        following = iter(zip(numbers, breaks, strict=True))
        good = next(following, None)
        while good is not None or aside_rows:
            number = min(aside_rows, default=None)
            if good is not None and (number is None or good[0] < number):
                lines.append(self.line)
                self.line += 1 + good[1]
                good = next(following, None)
                continue
            assert number is not None
            row = aside_rows.pop(number)
            reason = f"has {row.actual_columns} fields, {row.expected_columns} are expected"
            aside.append(Malformed(self.line, row.text, reason))
            self.line += 1 + row.text.count("\n")
        return pa.array(lines, pa.int32()), tuple(aside)


def _breaks(rows: pa.RecordBatch) -> list[int]:
    """Return how many line breaks stand inside the values of each row."""
    counts = pa.array([0] * len(rows), pa.int32())
    for column in rows.columns:
        counts = pc.add(counts, pc.fill_null(pc.count_substring(column, "\n"), 0))
    return cast(list[int], counts.to_pylist())


class Counted:
    """A binary stream that counts the bytes read from it, and sees whether there are quotes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.count = 0
        self.quotes = False
        self.closed = False

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.count += len(data)
        self.quotes = self.quotes or b'"' in data
        return data

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self.closed = True
