"""How a file is written, as far as its bytes tell: encoding, separator, lines that are no rows."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from lib.errors import counted
from lib.feeds.readers import Csv
from lib.source.csv_file import CsvSource
from lib.source.csv_form import single_bytes

SEPARATORS = (",", ";", "\t", "|")
SAMPLE_LINES, TAIL_LINES = 200, 20  # at the top of a file, and at its end
CHUNK_BYTES = 1 << 20
# https://www.unicode.org/faq/utf_bom.html
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Sniffed:
    """The form of a file, and the evidence for each part of it."""

    read: Csv
    evidence: dict[str, str]


def sniff(path: Path) -> Sniffed:
    """Return how a CSV file is written; raises PipelineError where it cannot be read.

    The whole file is looked at for its encoding, its first and last lines for the rest.
    """
    encoding, why = _encoding(path)
    evidence = {"encoding": why}
    head, tail = _edges(path, encoding)
    sign, fields = _separator(head)
    read = Csv(sign, encoding=encoding)
    rows = list(csv.reader(head, delimiter=sign))
    alike = sum(len(row) == fields for row in rows)
    evidence["separator"] = (
        f"{sign!r} gives {fields} fields in {alike} of the first {counted(len(rows), 'row')}"
        if fields > 1
        else "none: each row has one field"
    )
    if not single_bytes(encoding):
        return Sniffed(read, evidence)
    skip = next((place for place, row in enumerate(rows) if len(row) == fields), 0)
    if skip and all(len(row) <= 1 for row in rows[:skip]):
        read = replace(read, skip=skip)
        evidence["above"] = f"{counted(skip, 'line')} above the header, first {head[0].strip()!r}"
    footer = _footer([line for line in tail if line.strip()], sign, fields)
    if footer:
        start = footer[0].split(sign)[0]
        same = all(line.split(sign)[0] == start for line in footer)
        end = re.escape(sign) if all(sign in line for line in footer) else r"\s*$"
        read = replace(read, footer=f"^{re.escape(start)}{end}" if same and start else len(footer))
        evidence["footer"] = f"{counted(len(footer), 'line')} below the rows: {footer[0]!r}"
    return Sniffed(read, evidence)


def _chunks(path: Path) -> Iterator[bytes]:
    with CsvSource(path).stream() as stream:
        yield from iter(partial(stream.read, CHUNK_BYTES), b"")


def _encoding(path: Path) -> tuple[str, str]:
    """Return the encoding, and why it is taken for that."""
    lines, high, odd, first = 0, 0, "", b""
    decoder = codecs.getincrementaldecoder("utf-8")()
    fits = True
    for place, data in enumerate(_chunks(path)):
        if place == 0:
            for mark, name in MARKS:
                if data.startswith(mark):
                    return name, f"{name}: the file begins with its mark"
            if b"\0" in data[:1000]:
                name = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
                return name, f"{name}: every other byte is 0"
        if fits:
            try:
                decoder.decode(data)
            except UnicodeDecodeError:
                fits = False
        if not data.isascii():
            if not high:
                number, line = next(
                    each for each in enumerate(data.split(b"\n"), 1) if not each[1].isascii()
                )
                odd, first = f"line {lines + number}", line
            high += len(data) - len(data.translate(None, bytes(range(128, 256))))
            first = first or data
        lines += data.count(b"\n")
    if not high:
        return "utf-8", "utf-8: nothing beyond ASCII"
    if fits:
        return "utf-8", f"utf-8: {counted(high, 'byte')} beyond ASCII, as UTF-8 has them"
    name = "cp1252" if re.search(rb"[\x80-\x9f]", first) else "latin-1"
    text = first.decode(name, "replace").strip()[:40]
    return name, f"{name}: no UTF-8, and {odd} reads {text!r}: look whether its letters are right"


def _edges(path: Path, encoding: str) -> tuple[list[str], list[str]]:
    """Return the first lines and the last ones; no line twice."""
    head = tail = b""
    for data in _chunks(path):
        if len(head) < CHUNK_BYTES:
            head += data
        tail = (tail + data)[-(64 << 10) :]
    reads = "utf-8-sig" if encoding == "utf-8" else encoding
    first = head.decode(reads, "replace").splitlines(keepends=True)[:SAMPLE_LINES]
    last = tail.decode(encoding, "replace").splitlines()[-TAIL_LINES:]
    return first, last


def _separator(head: list[str]) -> tuple[str, int]:
    """Return the separator that gives the most rows of one length, and that length.

    Where two give about as many, the one that parts the first line in the same way: a decimal comma
    stands in each row, and not in the header.
    """
    best = (0.0, False, 0.0, 0, ",", 1)
    for place, sign in enumerate(SEPARATORS):
        try:
            lengths = [len(row) for row in csv.reader(head, delimiter=sign) if row]
        except csv.Error:
            continue
        sizes = Counter(length for length in lengths if length > 1)
        if sizes:
            fields, count = max(sizes.items(), key=lambda each: (each[1], each[0]))
            # Text with commas in it gives rows of many lengths; a separator gives one.
            share = count / len(head)
            found = (round(share, 1), lengths[0] == fields, share, -place, sign, fields)
            best = max(best, found)
    return best[-2], best[-1]


def _footer(tail: list[str], sign: str, fields: int) -> list[str]:
    """Return the last lines that are no rows: shorter, or empty where others are not.

    A line with a field too many, or whose first field has the form of the others' (digits in the
    same places), is a row that something is wrong with: it is for the quarantine.
    """
    found: list[str] = []
    rows = [next(csv.reader([line], delimiter=sign), []) for line in tail]
    usual = sorted(sum(not each for each in row) for row in rows)[len(rows) // 2] if rows else 0
    while len(rows) > 1 and fields > 1:
        row = rows.pop()
        form = _form(row)
        as_above = "9" in form and form in {_form(each) for each in rows if len(each) == fields}
        if len(row) > fields or as_above:
            break
        blank = sum(not each for each in row)
        if len(row) == fields and not (blank > usual and 2 * blank >= fields and fields > 2):
            break
        if len(row) != fields and len(row) > 2 and blank == 0:
            break  # a row with a field too many or too few
        found.insert(0, tail[len(rows)])
    return found


def _form(row: list[str]) -> str:
    """Return the form of a row's first field: 9 for digits, a for letters, other signs as such."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", row[0].strip())) if row else ""
