"""On which line of a file each row stands: not its number, once a value holds a line break."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import count, takewhile
from operator import itemgetter
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from lib.source.base import Malformed


@dataclass
class Position:
    """How far the reading is: the next row of the CSV (the header is 1), and the line it is on.

    `spans` says whether a row with more than one line was met.
    """

    row: int = 2
    line: int = 2
    spans: bool = False

    def take(self, count: int, malformed: Mapping[int, object]) -> Sequence[int]:
        """Return the numbers of the next `count` well-formed rows, and step behind them."""
        if not malformed:
            self.row += count
            return range(self.row - count, self.row)
        numbers: list[int] = []
        while len(numbers) < count:
            if self.row not in malformed:
                numbers.append(self.row)
            self.row += 1
        return numbers

    def next(self, malformed: Mapping[int, Any]) -> list[Any]:
        """Return the malformed rows that come next, up to a well-formed one."""
        numbers = takewhile(malformed.__contains__, count(self.row))
        return [malformed[number] for number in numbers]

    def lines(
        self,
        rows: pa.RecordBatch,
        numbers: Sequence[int],
        bad: list[pa_csv.InvalidRow],
        *,
        inside: bool,
    ) -> tuple[pa.Array, tuple[Malformed, ...]]:
        """Return the line of each row, and the malformed ones; a row may span several lines.

        Where none does (`inside` is false), the values are not looked through.
        """
        breaks = _breaks(rows) if inside else []
        if not bad and not any(breaks):
            first, self.line = self.line, self.line + len(numbers)
            return pa.arange(first, self.line), ()
        self.spans = self.spans or any(breaks) or any("\n" in row.text for row in bad)
        lines, aside = [], []
        breaks = breaks or [0] * len(numbers)
        good = ((number, 1 + more, None) for number, more in zip(numbers, breaks, strict=True))
        between = sorted(((row.number, lines_of(row), row) for row in bad), key=itemgetter(0))
        for _, taken, row in merge(good, between, key=itemgetter(0)):
            if row is None:
                lines.append(self.line)
            else:
                reason = f"has {row.actual_columns} fields, {row.expected_columns} are expected"
                aside.append(Malformed(self.line, row.text, reason))
            self.line += taken
        return pa.array(lines, pa.int64()), tuple(aside)


def lines_of(row: pa_csv.InvalidRow) -> int:
    """Return how many lines a malformed row takes."""
    return 1 + cast(int, row.text.count("\n"))


def _breaks(rows: pa.RecordBatch) -> list[int]:
    """Return how many line breaks stand inside the values of each row."""
    counts = pa.repeat(pa.scalar(0, pa.int32()), len(rows))
    for column in rows.columns:
        counts = pc.add(counts, pc.fill_null(pc.count_substring(column, "\n"), 0))
    return cast(list[int], counts.to_pylist())


def empty(rows: pa.RecordBatch, blank_is_null: bool = False) -> pa.Array | None:
    """Return True for each row in which nothing is written, not even that it is missing.

    None where there is no such row.
    """
    found: pa.Array | None = None
    for column in rows.columns:
        blank = column.is_null() if blank_is_null else pc.equal(pc.binary_length(column), 0)
        found = blank if found is None else pc.and_(found, blank)
        if not pc.any(found).as_py():
            return None
    return pc.fill_null(found, False)


def _rows(lines: Iterable[str], delimiter: str, quote: str | None) -> Any:
    if not quote:
        return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return csv.reader(lines, delimiter=delimiter, quotechar=quote)


def header(
    lines: Iterable[str], delimiter: str = ",", quote: str | None = '"'
) -> tuple[list[str], int]:
    """Return the names in the first row of a file, and how many lines it takes."""
    reader = _rows(lines, delimiter, quote)
    names: list[str] = next(reader, [])
    return names, max(reader.line_num, 1)


def unclosed(lines: Iterable[str], delimiter: str = ",", quote: str | None = '"') -> int | None:
    """Return the line of the first quotation mark that is not closed as it should be.

    Arrow goes on to the next mark, which opens another value, or to the end of the file, and takes
    all the rows between for one value.
    """
    if not quote:
        return None
    mark, opened = re.escape(quote), 0
    to_closing = re.compile(f"[^{mark}]*+(?:{mark}{mark}[^{mark}]*+)*+{mark}")
    for number, line in enumerate(lines, start=1):
        at = 0 if opened or quote in line else len(line)
        while at < len(line):
            if opened:
                closing = to_closing.match(line, at)
                if closing is None:
                    break
                at = closing.end()
                if opened < number and line[at : at + 1] not in ("", delimiter, "\r", "\n"):
                    return opened
                opened = 0
            elif line[at] == quote:
                opened, at = number, at + 1
                continue
            at = line.find(delimiter, at) + 1 or len(line)
    return opened or None


def undecodable(
    lines: Iterable[str], delimiter: str = ",", quote: str | None = '"', *, before: int = 0
) -> str:
    """Return the place of the first byte that was not decoded, of lines with surrogate escapes.

    `before`: how many lines of the file stand before these.
    """
    found = 0

    def to_the_fault() -> Iterator[str]:
        nonlocal found
        for number, line in enumerate(lines, start=1):
            fault = re.search("[\udc80-\udcff]", line)
            yield line[: fault.start()] if fault else line
            if fault:
                found = number
                return

    row: list[str] = []
    for row in _rows(to_the_fault(), delimiter, quote):
        pass
    return f" line {before + found}, column {max(len(row), 1)}" if found else ""
