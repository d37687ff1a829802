"""On which line of a file each row stands, and the quotation mark that nobody closes."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from lib.config import ROOT
from lib.source.csv_file import CsvSource
from lib.source.csv_lines import Malformed, Position, empty, header, unclosed, undecodable
from lib.source.csv_stream import READING_S, Counted


def batch(*texts: str) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"a": pa.array(texts, pa.string())})


def bad(number: int, text: str) -> Any:
    return SimpleNamespace(number=number, text=text, actual_columns=1, expected_columns=2)


# --- Lines ------------------------------------------------------------------------------------


def test_a_row_is_a_line_while_no_value_holds_a_break() -> None:
    here = Position()
    assert list(here.take(2, {})) == [2, 3]
    assert here.lines(batch("x", "y"), [2, 3], [], inside=False)[0].to_pylist() == [2, 3]
    assert (here.row, here.line, here.spans) == (4, 4, False)


def test_a_break_moves_the_rows_behind_it_only() -> None:
    here = Position()
    numbers = here.take(3, {})
    lines, aside = here.lines(batch("x", "y\n\r\nz", "u"), numbers, [], inside=True)
    assert (lines.to_pylist(), aside) == ([2, 3, 6], ())
    assert (here.row, here.line, here.spans) == (5, 7, True)


def test_malformed_rows_are_counted_before_between_and_behind_the_others() -> None:
    here = Position()
    malformed = {row.number: row for row in (bad(2, "p"), bad(4, '"q\nq"'), bad(6, "r"))}
    numbers = here.take(2, malformed)
    assert numbers == [3, 5]
    between = [row for number, row in malformed.items() if number < here.row]
    lines, aside = here.lines(batch("x", "y"), numbers, between, inside=True)
    assert lines.to_pylist() == [3, 6]
    reason = "has 1 fields, 2 are expected"
    assert aside == (Malformed(2, "p", reason), Malformed(4, '"q\nq"', reason))
    _, rest = here.lines(batch(), [], [malformed[6]], inside=True)
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
        assert counted.count == len(whole)
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
from lib.source.csv_stream import Counted

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


LINES = {  # what is given, and how many lines it has; None where they tell nothing about the rows
    "lf": (b"a,b\n1,2\n\n3,4\n", 4),
    "crlf": (b"a,b\r\n1,2\r\n", 2),
    "no break at the end": (b"a,b\n1,2", 2),
    "mixed": (b"a,b\r\n1,2\n3,4", 3),
    "cr": (b"a,b\r1,2\r", None),
    "a cr at the end": (b"a,b\r\n1,2\r", None),
    "a cr before crlf": (b"a,b\r\r\n1,2\r\n", None),
}


@pytest.mark.parametrize("window", [1, 2, 3, 1 << 17])
@pytest.mark.parametrize("name", LINES)
def test_lines_are_counted_up_to_the_end_of_each_part(
    name: str, window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.source.csv_stream.WINDOW", window)
    data, lines = LINES[name]
    for size in range(2, len(data) + 1):
        counted = Counted(io.BytesIO(data), encoding="utf-8")
        parts = list(iter(lambda: counted.read(size), b""))  # noqa: B023
        told = [n for n in range(9) if counted.one_line_each(len(parts), n)]
        assert told == ([] if lines is None else [lines]), size
        if lines is not None and len(parts) > 1:
            assert counted.one_line_each(1, parts[0].count(b"\n"))
        assert not counted.one_line_each(len(parts) + 1, lines or 0)  # not read yet


@pytest.mark.parametrize("some", [None, ("a", "c")], ids=["all columns", "some"])
@pytest.mark.parametrize(
    "text",
    [
        'a,b,c\r\n1,"x",2\r\n3,"y\nz",4\r5,"u",6\r\n7,v,8\r\n',  # as many CRs, LFs and rows
        'a,b,c\n1,"x",2\n3,"y\nz",4\r5,"u",6\n7,v,8\n',
        'a,b,c\n1,"x",2\n3,"y\n\nz",4\n5,"u",6\n9\n7,v,8',
        'a,b,c\n9,"\n"\n1,x,2\n9\n9,"\n\n"\n7,v,8\n9\n',
        '"a","b","c"\n1,x,2\n3,"y\n",4\n',
        'a,"b\n",c\n1,x,2\n3,y,4\n',
    ],
)
def test_lines_are_right_whichever_columns_are_read(
    text: str, some: tuple[str, ...] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode())
    rows = list(csv.reader(io.StringIO(text, newline="")))
    here = 1
    good: list[int] = []
    bad: list[int] = []
    for row in rows:
        (good if len(row) == 3 else bad).append(here)
        here += 1 + sum(value.count("\n") for value in row)
    for block in (32, 1 << 20):
        monkeypatch.setattr("lib.source.csv_file.BLOCKS", (block, 1 << 20))
        batches = list(CsvSource(path, only=some).batches())
        assert [line for each in batches for line in each.lines.to_pylist()] == good[1:]
        assert [each.line for batch in batches for each in batch.malformed] == bad
        wanted = [[row[0], row[2]] if some else row for row in rows[1:] if len(row) == 3]
        assert [list(r.values()) for b in batches for r in b.rows.to_pylist()] == wanted
