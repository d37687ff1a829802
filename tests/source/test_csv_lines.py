"""On which line of a file each row stands, and the quotation mark that nobody closes."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
import time
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from lib.config import ROOT
from lib.source.csv_lines import (
    READING_S,
    Counted,
    Malformed,
    Position,
    empty,
    header,
    unclosed,
    undecodable,
)


def batch(*texts: str) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"a": pa.array(texts, pa.string())})


def bad(number: int, text: str) -> Any:
    return SimpleNamespace(number=number, text=text, actual_columns=1, expected_columns=2)


# --- Lines ------------------------------------------------------------------------------------


def test_a_row_is_a_line_while_no_value_holds_a_break() -> None:
    here = Position()
    assert list(here.take(2, {})) == [2, 3]
    assert here.lines(batch("x", "y"), [2, 3], [], count=False)[0].to_pylist() == [2, 3]
    assert (here.row, here.line, here.spans) == (4, 4, False)


def test_a_break_moves_the_rows_behind_it_only() -> None:
    here = Position()
    numbers = here.take(3, {})
    lines, aside = here.lines(batch("x", "y\n\r\nz", "u"), numbers, [], count=True)
    assert (lines.to_pylist(), aside) == ([2, 3, 6], ())
    assert (here.row, here.line, here.spans) == (5, 7, True)


def test_malformed_rows_are_counted_before_between_and_behind_the_others() -> None:
    here = Position()
    malformed = {row.number: row for row in (bad(2, "p"), bad(4, '"q\nq"'), bad(6, "r"))}
    numbers = here.take(2, malformed)
    assert numbers == [3, 5]
    between = [row for number, row in malformed.items() if number < here.row]
    lines, aside = here.lines(batch("x", "y"), numbers, between, count=True)
    assert lines.to_pylist() == [3, 6]
    reason = "has 1 fields, 2 are expected"
    assert aside == (Malformed(2, "p", reason), Malformed(4, '"q\nq"', reason))
    _, rest = here.lines(batch(), [], [malformed[6]], count=True)
    assert rest == (Malformed(7, "r", reason),)
    assert here.spans


def test_a_header_may_take_several_lines() -> None:
    assert header(io.StringIO("a,b\n1,2\n")) == (["a", "b"], 1)
    assert header(io.StringIO('"a\nx",b\n1,2\n')) == (["a\nx", "b"], 2)
    assert header(io.StringIO("")) == ([], 1)


def test_a_row_is_empty_when_nothing_is_written_in_any_column() -> None:
    rows = pa.RecordBatch.from_pydict({"a": ["", "x", "", None], "b": ["", "", "y", ""]})
    assert empty(rows).to_pylist() == [True, False, False, False]


# --- Quotation marks --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a,b\n1,2\n", None),
        ('"a","b"\n"1","2"\n', None),
        ('a,b\n"1\n1","2"\n3,"4\n\n4"', None),
        ('a,b\r\n"1\r\n1","2\r\n"\r\n', None),
        ('a,b\n"he said ""no""\nand left",2\n', None),
        ('a,b\n"""\n""",""\n', None),
        ('a,b\n5" pipe,6"\n', None),  # a mark inside a value without marks is a letter
        ('a,b\n"4" ,5\n', None),  # careless, but on one line: nothing is swallowed
        ('a,b\n1,"2\n', 2),
        ('a,b\n1,"2', 2),
        ('a,b\n1,"2""\n', 2),
        ('a,b\n"1\n1",2\n3,"4\n5,6\n', 4),
        ('a,b\n1,"2\n3,4\n5,"6"\n7,8\n', 2),  # closed by the mark that should open the next
        ('a,"b\n1,2\n', 1),
    ],
)
def test_a_mark_that_is_not_closed_is_found(text: str, line: int | None) -> None:
    assert unclosed(io.StringIO(text, newline="\n")) == line


def test_a_long_value_is_passed_in_one_step() -> None:
    assert unclosed(['a,"' + '""x' * 1_000_000 + '"\n']) is None


# --- Bytes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"a,b\n1,2\n", ""),
        (b"a,b\n\xff,2\n", " line 2, column 1"),
        (b"a,b\n1,2\nx,y\xe9\n", " line 3, column 2"),
        (b'a,b\n"x,\ny",\xe9\n', " line 3, column 2"),
    ],
)
def test_the_first_byte_that_is_no_text_is_placed(data: bytes, place: str) -> None:
    assert undecodable(io.StringIO(data.decode("utf-8", "surrogateescape"))) == place


def test_a_stream_is_counted_and_checked() -> None:
    whole = "a,b\n1,\u00e9\u00e9\u00e9".encode()
    for size in range(1, len(whole)):  # a letter may be cut in two between two reads
        counted = Counted(io.BytesIO(whole), encoding="utf-8")
        while counted.read(size):
            pass
        assert (counted.count, counted.quotes) == (len(whole), False)
        assert counted.last_line == whole[4:]
    assert counted.readable() and not counted.closed
    counted.close()
    assert counted.closed


def test_nobody_reads_on_behind_the_block() -> None:
    """A thread of Arrow's that reads while Python ends would wait for it, and Python for it."""
    stream = io.BytesIO(b"x" * 100)
    reads: list[bytes] = []

    def read_on() -> None:
        while data := counted.read(10):
            reads.append(data)
            time.sleep(0.02)

    with Counted(stream, encoding="utf-8") as counted:
        reader = threading.Thread(target=read_on)
        reader.start()
        time.sleep(0.01)
    assert counted.read(10) == b""
    assert 0 < len(reads) < 10
    reader.join(5)
    assert not reader.is_alive()


def test_a_block_that_is_left_early_waits_for_a_reader_and_hardly_for_none() -> None:
    gate, inside = threading.Event(), threading.Event()

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            inside.set()
            assert gate.wait(10)
            return super().read(size)

    start = time.monotonic()
    with Counted(Slow(b"a,b"), encoding="utf-8"):
        pass
    assert time.monotonic() - start < READING_S  # no call is at work
    counted = Counted(Slow(b"a,b"), encoding="utf-8")
    reader = threading.Thread(target=counted.read)
    reader.start()
    assert inside.wait(10)
    threading.Timer(0.3, gate.set).start()
    start = time.monotonic()
    with counted:
        pass
    assert time.monotonic() - start >= 0.25
    reader.join(10)
    assert counted.read() == b""


SLOW_FILE = """
import io, threading, time
from lib.source.csv_lines import Counted

class Slow(io.BytesIO):
    def read(self, size=-1):
        inside.set()
        time.sleep(2.5)  # longer than the block waits
        print("returned", flush=True)
        return super().read(size)

inside = threading.Event()
with Counted(Slow(b"a,b"), encoding="utf-8") as counted:
    threading.Thread(target=counted.read, daemon=True).start()
    inside.wait()
"""


def test_the_exit_waits_for_a_read_that_takes_longer_than_the_block_waits() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SLOW_FILE], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "returned\n"), done.stderr


@pytest.mark.parametrize("data", [b"a\xff", b"a\xc3", b"\xc3a"])
def test_what_is_not_utf8_raises_where_it_is_read(data: bytes) -> None:
    for size in (1, 10):
        counted = Counted(io.BytesIO(data), encoding="utf-8")
        with pytest.raises(UnicodeDecodeError):
            while counted.read(size):
                pass
    assert Counted(io.BytesIO(data), encoding="latin-1").read() == data.decode("latin-1").encode()


def test_quotes_are_seen_in_any_part() -> None:
    counted = Counted(io.BytesIO(b'a,b\n1,"2"\n'), encoding="utf-8")
    counted.read(6)
    assert not counted.quotes
    counted.read(6)
    assert counted.quotes
