"""Where the raw files are, and how they are read: as Arrow batches of text, with line numbers.

Text first, types later: a value that cannot be converted is then one bad row with a line number,
not a failed file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, BinaryIO, TextIO, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from lib.errors import PipelineError
from lib.source.base import Batch, Source
from lib.source.content import (
    COPIED_BYTES,
    UNREADABLE,
    codec_of,
    copied,
    fingerprint_of,
    head_of,
    open_quote,
    opened,
    read_once,
    unpacked,
    unreadable,
)
from lib.source.csv_form import CsvForm
from lib.source.csv_lines import Position, empty, header, lines_of, unclosed, undecodable
from lib.source.csv_stream import Counted
from lib.source.wanted import AllNeeded, Wanted, texts_of

# Bytes: the unit in which a file is read, whatever its size. A row must fit into one; a file with
# a row that does not is read in larger ones from there.
BLOCKS = (1 << 20, 64 << 20, 1 << 30)


@dataclass(frozen=True)
class CsvSource(Source):
    """A CSV file with a header, also packed: by gzip, bzip2 or xz, or as the only one in a .zip.

    `where` keeps only the rows whose column holds a text, as it stands in the file, or one of
    several; an int stands for its digits, and None for a missing value. `encoding` is Python's name
    of one; UTF-16 and UTF-32 with their mark are read without it. A FIFO is read once, and so is
    the standard input, `CsvSource(Path("-"))`. `form` tells its signs; with `only` some columns,
    the others are not turned into values.
    """

    path: Path
    where: Mapping[str, Wanted] = field(default_factory=dict)
    encoding: str = "utf-8"
    form: CsvForm = CsvForm()
    only: Collection[str] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", Path(self.path))
        object.__setattr__(self, "where", texts_of(self.where))

    @property
    def rereadable(self) -> bool:
        return True

    @property
    def filtered(self) -> bool:
        return bool(self.where)

    @property
    def name(self) -> str:
        """The file's name, without the folder: folders differ from machine to machine."""
        return "standard input" if self._copy and self.path.name == "-" else self.path.name

    @property
    def place(self) -> str:
        """The folder, from the root on; of what is read once, the SHA-256 of what was in it."""
        return self._copy[1] if self._copy else self.path.resolve().parent.as_posix()

    @property
    def size(self) -> int | None:
        """Bytes, unpacked; None where only reading would tell."""
        with self._explained(), self._file() as file:
            with unpacked(file, self.path, file.seek(0, io.SEEK_END)) as (_, size):
                return size

    @property
    def fingerprint(self) -> tuple[int, str]:
        """The size of the file as it is, in bytes, and its SHA-256."""
        if self._copy:
            return self._copy[0].size, self._copy[1]
        return fingerprint_of(self.path)

    @property
    def columns(self) -> list[str]:
        """The names in the file's first row, or those of them that are wanted."""
        return self.form.chosen(self._header()[0], self.only)

    def changed(self, **changes: Any) -> CsvSource:
        """Return the same file, read in another way; its bytes, where they come once, are kept."""
        other = replace(self, **changes)
        if "_copy" in self.__dict__:
            other.__dict__["_copy"] = self._copy
        return other

    @contextmanager
    def stream(self) -> Iterator[BinaryIO]:
        """Open what is in the file, unpacked; raises PipelineError where it cannot be read."""
        with self._explained(), self._open() as (stream, _):
            yield stream

    def verify(self) -> None:
        """Read a packed file to its end: its sums are there, and tell whether it is damaged."""
        with self._explained(), self._open() as (stream, _):
            for _ in iter(partial(stream.read, COPIED_BYTES), b""):
                pass

    def batches(self) -> Iterator[Batch]:
        """Yield the file's rows in order.

        Raises PipelineError when the file is missing, damaged or no CSV.
        """
        names, lines, more = self._header()
        unknown = ", ".join(sorted(self.where.keys() - set(names)))
        if unknown:
            raise PipelineError(f"{self.name} has no column {unknown}.", "Look at `where`.")
        if not names and not more:
            raise PipelineError(f"{self.name} is empty.", "Replace the file, then load again.")
        first = self.form.skip + lines + 1
        done, blocks = Position(line=first), list(BLOCKS if more else ())
        wanted = self.form.wanted(names, self.only, self.where)
        while blocks:
            try:
                with (
                    self._explained(),
                    self._open() as (stream, codec),
                    Counted(stream, encoding=codec) as counted,
                ):
                    here = Position(line=first)
                    yield from self._read(counted, blocks[0], done, here, (names, wanted))
                return
            except _TooWide:
                self._check_quotes(done)
                del blocks[0]
            except AllNeeded:
                wanted = None
        if more:
            raise PipelineError(
                f"{self.name}, line {done.line}: a row is longer than {BLOCKS[-1]:,} bytes.",
                "Correct the line, then load again.",
            )

    def _read(
        self, counted: Counted, block: int, done: Position, here: Position, columns: _Columns
    ) -> Iterator[Batch]:
        """Yield the rows from the position `done` on, and move it; `here` is the first row."""
        names, wanted = columns
        malformed: dict[int, pa_csv.InvalidRow] = {}

        def set_aside(row: pa_csv.InvalidRow) -> str:
            malformed[row.number] = row
            return "skip"

        reader = pa_csv.open_csv(
            pa.PythonFile(counted, mode="r"),
            read_options=pa_csv.ReadOptions(block_size=block, use_threads=False),
            parse_options=self.form.parse_options(set_aside),
            convert_options=self.form.convert_options(names, wanted),
        )
        for taken, rows in enumerate(reader, 1):
            blank = empty(rows, self.form.blank_is_null)
            start = here.row
            numbers = here.take(len(rows), malformed)
            places = range(start, here.row) if malformed else ()
            bad = [malformed[number] for number in places if number in malformed]
            behind = here.line - 1 - self.form.skip + len(rows)
            behind += sum(map(lines_of, bad + here.next(malformed)))
            spans = not counted.one_line_each(taken, behind)
            # Empty rows are found, and line breaks counted, by what is in all columns.
            if wanted and (blank is not None or spans):
                raise AllNeeded
            lines, aside = here.lines(rows, numbers, bad, inside=spans)
            if here.spans:
                self._check_quotes(done)
            known = sum(number < done.row for number in numbers) if start < done.row else 0
            if known:  # they were read before, in smaller blocks
                rows, lines = rows.slice(known), lines.slice(known)
                aside = tuple(row for row in aside if row.line >= done.line)
            if here.row > done.row:
                done.row, done.line = here.row, here.line
            for column, texts in self.where.items():
                keep = pc.is_in(rows[column], pa.array(cast(list[str], texts), pa.string()))
                rows, lines = rows.filter(keep), lines.filter(keep)
            if blank is not None and (blank := empty(rows, self.form.blank_is_null)) is not None:
                rows, lines = rows.filter(pc.invert(blank)), lines.filter(pc.invert(blank))
            if self.only is not None:
                rows = rows.select(self.form.chosen(rows.schema.names, self.only))
            if not known or len(rows) or aside:
                # Not what was read: Arrow reads up to 32 blocks before they are asked for.
                given = min(1.0, taken * block / max(counted.given, 1))
                yield Batch(rows, lines, round(counted.count * given), aside)
        rest = [row for number, row in sorted(malformed.items()) if number >= here.row]
        if rest:  # a file that ends in malformed rows, or has no others
            kinds = pa.schema([(n, pa.string()) for n in self.form.chosen(names, self.only)])
            nothing = pa.RecordBatch.from_pylist([], kinds)
            _, aside = here.lines(nothing, [], rest, inside=False)
            if here.spans:
                self._check_quotes(done)
            yield Batch(nothing, pa.array([], pa.int64()), counted.count, aside)
        last = counted.last_line.decode("utf-8", "replace")
        # In a row of many lines, a value holds the break at the file's end.
        if not here.spans and unclosed([last], *self.form.signs):
            raise open_quote(self.name, here.line - 1)

    def _header(self) -> tuple[list[str], int, bool]:
        """Return the names, how many lines they take, and whether anything follows."""
        with self._explained(), self._text(newline="") as lines:
            return *header(lines, *self.form.signs), bool(lines.read(1))

    def _check_quotes(self, done: Position) -> None:
        """Make sure, once, that a row of many lines is one, and not an open quote."""
        if done.spans:
            return
        done.spans = True
        with self._explained(), self._text() as lines:
            line = unclosed(lines, *self.form.signs)
        if line:
            raise open_quote(self.name, self.form.skip + line)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what goes wrong with the file into words that a user can act on."""
        try:
            yield
        except FileNotFoundError as error:
            raise PipelineError(f"There is no file {self.path}.", "Check its name.") from error
        except UNREADABLE as error:
            if "straddling object" in str(error) or "Empty CSV file or block" in str(error):
                raise _TooWide from error
            if isinstance(error, UnicodeDecodeError) or "invalid UTF8" in str(error):
                raise self._undecodable() from error
            raise unreadable(self.name, error) from error

    def _undecodable(self) -> PipelineError:
        """Find the first byte that is not of the encoding; slow, and rare."""
        place = ""
        fix = "Save it as UTF-8, or name its encoding: CsvSource(path, encoding='latin-1')."
        with self._open() as (stream, codec):
            if b"\0" in stream.read(COPIED_BYTES) and codec == "utf-8":
                place = "; like a file of another kind, it holds NUL bytes"
                fix = "Save its table as CSV (UTF-8) in the program that wrote it, then load that."
        with suppress(UnicodeError, csv.Error), self._text(errors="surrogateescape") as lines:
            found = undecodable(lines, *self.form.signs, before=self.form.skip)
            place += f"; the first fault is in{found}" if found else ""
        shown = self.encoding if codec.startswith(self.encoding) else codec
        return PipelineError(f"{self.name} is not {shown} text{place}.", fix)

    @contextmanager
    def _text(self, *, newline: str = "\n", errors: str = "strict") -> Iterator[TextIO]:
        with self._open() as (stream, codec):
            codec = "utf-8-sig" if codec == "utf-8" else codec
            yield io.TextIOWrapper(stream, codec, errors, newline)

    @contextmanager
    def _open(self) -> Iterator[tuple[BinaryIO, str]]:
        """Give what is in the file, unpacked, and the name of its encoding."""
        with self._file() as file, unpacked(file, self.path) as (stream, _):
            codec = codec_of(head_of(stream), self.encoding, self.path)
            yield self.form.without_edges(stream, codec), codec

    @contextmanager
    def _file(self) -> Iterator[BinaryIO]:
        if self._copy:
            yield cast(BinaryIO, pa.BufferReader(self._copy[0]))
            return
        with opened(self.path) as file:
            yield file

    @cached_property
    def _copy(self) -> tuple[pa.Buffer, str] | None:
        with self._explained():
            return copied(self.path) if read_once(self.path) else None


_Columns = tuple[list[str], list[str] | None]  # of the file, and those to turn into values, if some


class _TooWide(Exception):
    """A row does not fit into the block; a larger one is tried."""
