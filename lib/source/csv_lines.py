"""On which line of a file each row stands: not its number, once a value holds a line break."""

from __future__ import annotations

import atexit
import codecs
import csv
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from heapq import merge
from itertools import count, takewhile
from operator import itemgetter
from queue import Empty, SimpleQueue
from typing import Any, BinaryIO, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from lib.source.base import Malformed

# Seconds that Arrow's reading thread is waited for when the rest is not wanted: while it reads, and
# while it may still ask.
READING_S, ASKING_S = 1.0, 0.1
LF, CR = b"\n\r"
WINDOW = 1 << 17  # bytes looked at together, which fit into a cache
PART_BYTES = 1 << 16  # read at once by default


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


class Counted:
    """A binary stream as Arrow reads it: as UTF-8, in parts that never end between CR and LF.

    At the head of a part, Arrow drops a LF behind a CR at the end of the one before, in quotes,
    too: a value would lose a byte, and the lines behind it would be one too small.
    https://github.com/apache/arrow/issues/51368

    It counts the bytes read and given, and the lines; `last_line` is what stands behind the last
    line break. What is not of the encoding raises UnicodeDecodeError here: Arrow's handler of bad
    rows could not be told of one.
    """

    def __init__(self, stream: BinaryIO, *, encoding: str = "utf-8") -> None:
        self._stream = stream
        self._utf8 = encoding in ("utf-8", "utf-8-sig")
        self._decoder = codecs.getincrementaldecoder("utf-8" if self._utf8 else encoding)()
        self._kept = b""  # read, and not given yet
        self._over = False
        self.count = self.given = 0
        self._lines = [0]  # up to the end of each part; none where a CR ends a line by itself
        self._alone = False
        self._found = np.empty((2, WINDOW + 1), np.bool_)  # used again: new memory takes time
        self.closed = False
        self.last_line = b""
        self._left = self._reading = False
        # Not an Event: Ctrl-C can leave one with its lock taken.
        self._returned: SimpleQueue[None] = SimpleQueue()

    def __enter__(self) -> Counted:
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Return b"" from now on: Arrow's own thread may still call read().

        That call, which ends the thread, comes at once or never. A call that is at work, on a slow
        network say, is waited for as well; after READING_S Python's exit goes on with that, since
        a thread that is inside Arrow's C++ then would abort the process.
        """
        self._left = True
        at_work = self._reading
        if at_work:
            _at_work.add(self)
        with suppress(Empty):
            self._returned.get(timeout=READING_S if at_work else ASKING_S)
            _at_work.discard(self)

    def wait(self) -> None:
        """Wait until the call that is at work has returned."""
        while self._reading:
            with suppress(Empty):
                self._returned.get(timeout=ASKING_S)

    def read(self, size: int = PART_BYTES) -> bytes:
        data = b""
        self._reading = True
        try:
            data = b"" if self._left else self._read(max(size, 2))
        finally:
            self._reading = False
            if self._left or not data:
                self._returned.put(None)
        return data

    def _read(self, size: int) -> bytes:
        data, end = self._kept, 0
        while not end:
            if not self._over and len(data) < size:
                data += self._more(size - len(data))
            end = min(size, len(data))
            if data[end - 1 : end] == b"\r" and (not self._over or data[end : end + 1] == b"\n"):
                end -= 1
            if self._over and not data:
                break
        given, self._kept = data[:end], data[end:]  # all of it, mostly: then Python copies nothing
        self.given += len(given)
        newline = given.rfind(b"\n") + 1
        self.last_line = given[newline:] if newline else self.last_line + given
        self._count(given)
        return given

    def _count(self, given: bytes) -> None:
        """Count the lines up to the end of this part; behind the last part, one without a break."""
        if not given:
            self._lines[-1] += bool(self.last_line)
            return
        codes, lines, crs = np.frombuffer(given, np.uint8), self._lines[-1], b"\r" in given
        for start in range(0, len(codes), WINDOW):
            window = codes[start : start + WINDOW + 1]  # and the first byte of the next one
            lf, cr = self._found[0, : len(window)], self._found[1, : len(window)]
            lines += int(np.count_nonzero(np.equal(window, LF, out=lf)[:WINDOW]))
            if crs and not self._alone:
                np.equal(window, CR, out=cr)
                np.greater(cr[:-1], lf[1:], out=cr[:-1])  # a CR, and no LF behind it
                self._alone = bool(cr[:WINDOW].any())
        self._lines.append(lines)

    def one_line_each(self, part: int, lines: int) -> bool:
        """Tell whether these lines, as many as there are rows, are all up to the end of a part.

        Then no value holds a line break. Arrow makes a batch of each part (the first is 1); did it
        ever cut the parts in another way, the two numbers would differ.
        """
        return not self._alone and part < len(self._lines) and self._lines[part] == lines

    def _more(self, size: int) -> bytes:
        data = self._stream.read(size)
        self.count += len(data)
        self._over = not data
        if not self._utf8:
            return self._decoder.decode(data, final=not data).encode()
        if not (data.isascii() and self._decoder.getstate()[0] == b""):
            self._decoder.decode(data, final=not data)
        return data

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self.closed = True


_at_work: set[Counted] = set()


@atexit.register
def _wait_for_reads() -> None:
    try:
        for counted in list(_at_work):
            counted.wait()
    except KeyboardInterrupt:
        os._exit(130)
