"""The bytes of a CSV file on their way to Arrow: checked, and their lines counted."""

from __future__ import annotations

import atexit
import codecs
import os
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, BinaryIO

import numpy as np

# Seconds that Arrow's reading thread is waited for when the rest is not wanted: while it reads, and
# while it may still ask.
READING_S, ASKING_S = 1.0, 0.1
LF, CR = b"\n\r"
WINDOW = 1 << 17  # bytes looked at together, which fit into a cache
PART_BYTES = 1 << 16  # read at once by default


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
        self._found: Any = np.empty((2, WINDOW + 1), np.bool_)  # used again: new memory takes time
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
