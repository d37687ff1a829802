"""Where the raw files are, and how they are read: as Arrow batches of text, with line numbers.

Text first, types later: a value that cannot be converted is then one bad row with a line number,
not a failed file.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TextIO, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from lib.errors import PipelineError
from lib.source.base import Batch, Source
from lib.source.csv_form import CsvForm, single_bytes
from lib.source.csv_lines import Counted, Position, empty, header, unclosed, undecodable

# Bytes: the unit in which a file is read, whatever its size. A row must fit into one; a file with
# a row that does not is read in larger ones from there.
BLOCKS = (1 << 20, 64 << 20, 1 << 30)

# What a damaged file makes its readers raise; RuntimeError: a zip with a password.
_UNREADABLE: tuple[type[Exception], ...] = (OSError, EOFError, RuntimeError, UnicodeDecodeError)
_UNREADABLE += (zipfile.BadZipFile, zlib.error, csv.Error, pa.ArrowInvalid)


@dataclass(frozen=True)
class CsvSource(Source):
    """A CSV file with a header, also packed as .gz or as the only one in a .zip.

    `where` keeps only the rows whose column holds one of the given texts, and `only` these columns:
    the others are not turned into values. `form` tells the signs of the file.
    """

    path: Path
    where: Mapping[str, Collection[str]] = field(default_factory=dict)
    encoding: str = "utf-8"
    form: CsvForm = CsvForm()
    only: Collection[str] | None = None

    @property
    def rereadable(self) -> bool:
        return True

    @property
    def filtered(self) -> bool:
        return bool(self.where)

    @property
    def name(self) -> str:
        """The file's name, without the folder: folders differ from machine to machine."""
        return self.path.name

    @property
    def place(self) -> str:
        """The folder, from the root on."""
        return self.path.resolve().parent.as_posix()

    @property
    def size(self) -> int | None:
        """Bytes, uncompressed; None where only reading would tell."""
        with self._explained():
            if self.path.suffix == ".gz":
                return None
            if self.path.suffix != ".zip":
                return self.path.stat().st_size
            with zipfile.ZipFile(self.path) as archive:
                return archive.getinfo(self._member(archive)).file_size

    @property
    def columns(self) -> list[str]:
        """The names in the file's first row, or those of them that are wanted."""
        names = self._header()[0]
        return names if self.only is None else [name for name in names if name in self.only]

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
        done = Position(line=first)
        utf8 = codecs.lookup(self.encoding).name == "utf-8"
        blocks, wanted = list(BLOCKS if more else ()), self._wanted(names)
        while blocks:
            try:
                with (
                    self._explained(),
                    self._open() as stream,
                    Counted(stream, utf8=utf8, quote=self.form.quote) as counted,
                ):
                    counted.watching = wanted is not None
                    here = Position(line=first)
                    yield from self._read(counted, blocks[0], done, names, here, wanted)
                return
            except _TooWide:
                self._check_quotes(done)
                del blocks[0]
            except _AllNeeded:
                wanted = None
        if more:
            raise PipelineError(
                f"{self.name}, line {done.line}: a row is longer than {BLOCKS[-1]:,} bytes.",
                "Correct the line, then load again.",
            )

    def _wanted(self, names: list[str]) -> list[str] | None:
        """Return the columns to turn into values; None where all are needed."""
        if self.only is None or not single_bytes(self.encoding):
            return None
        wanted = [name for name in names if name in self.only or name in self.where]
        return wanted if 0 < len(wanted) < len(names) else None

    def _read(
        self,
        counted: Counted,
        block: int,
        done: Position,
        names: list[str],
        here: Position,
        wanted: list[str] | None,
    ) -> Iterator[Batch]:
        """Yield the rows from the position `done` on, and move it; `here` is the first row."""
        malformed: dict[int, pa_csv.InvalidRow] = {}

        def set_aside(row: pa_csv.InvalidRow) -> str:
            malformed[row.number] = row
            return "skip"

        options = pa_csv.ReadOptions(block_size=block, use_threads=False, encoding=self.encoding)
        reader = pa_csv.open_csv(
            pa.PythonFile(counted, mode="r"),
            read_options=options,
            parse_options=self.form.parse_options(set_aside),
            convert_options=self.form.convert_options(names, wanted),
        )
        for taken, rows in enumerate(reader, 1):
            # Lines are counted, and empty rows found, by what is in all columns.
            blank = empty(rows)
            any_blank = pc.any(blank).as_py()
            if wanted and (counted.spans or any_blank):
                raise _AllNeeded
            start = here.row
            numbers = here.take(len(rows), malformed)
            places = range(start, here.row) if malformed else ()
            bad = [malformed[number] for number in places if number in malformed]
            lines, aside = here.lines(rows, numbers, bad, count=counted.quotes and not wanted)
            if here.spans:
                self._check_quotes(done)
            known = sum(number < done.row for number in numbers) if start < done.row else 0
            if known:  # they were read before, in smaller blocks
                rows, lines = rows.slice(known), lines.slice(known)
                aside = tuple(row for row in aside if row.line >= done.line)
            if here.row > done.row:
                done.row, done.line = here.row, here.line
            for column, texts in self.where.items():
                keep = pc.is_in(rows[column], pa.array(sorted(texts), pa.string()))
                rows, lines = rows.filter(keep), lines.filter(keep)
            if any_blank:
                written = pc.invert(empty(rows))
                rows, lines = rows.filter(written), lines.filter(written)
            if self.only is not None:
                rows = rows.select([name for name in rows.schema.names if name in self.only])
            if not known or len(rows) or aside:
                # Not what was read: Arrow reads up to 32 blocks before they are asked for.
                yield Batch(rows, lines, min(counted.count, taken * block), aside)
        rest = [row for number, row in sorted(malformed.items()) if number >= here.row]
        if rest:  # a file that ends in malformed rows, or has no others
            nothing = pa.RecordBatch.from_pydict(
                {name: pa.array([], pa.string()) for name in self.columns}
            )
            _, aside = here.lines(nothing, [], rest, count=counted.quotes)
            if here.spans:
                self._check_quotes(done)
            yield Batch(nothing, pa.array([], pa.int64()), counted.count, aside)
        last = counted.last_line.decode(self.encoding, "replace")
        if not here.spans and unclosed(
            [last], *self.form.signs
        ):  # else a value holds the break at the file's end
            raise self._unclosed(here.line - 1)

    def _header(self) -> tuple[list[str], int, bool]:
        """Return the names, how many lines they take, and whether anything follows."""
        with self._explained(), self._text(newline="") as lines:
            return *header(lines, *self.form.signs), bool(lines.read(1))

    def _check_quotes(self, done: Position) -> None:
        """Make sure, once, that a row of many lines is one, and not a mark that nobody closed."""
        if done.spans:
            return
        done.spans = True
        with self._explained(), self._text() as lines:
            line = unclosed(lines, *self.form.signs)
        if line:
            raise self._unclosed(self.form.skip + line)

    def _unclosed(self, line: int) -> PipelineError:
        return PipelineError(
            f"{self.name}, line {line}: a quotation mark is not closed.",
            "Close it, or write it twice where it belongs to a value, then load again.",
        )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what goes wrong with the file into words that a user can act on."""
        try:
            yield
        except FileNotFoundError as error:
            raise PipelineError(f"There is no file {self.path}.", "Check its name.") from error
        except _UNREADABLE as error:
            if "straddling object" in str(error) or "Empty CSV file or block" in str(error):
                raise _TooWide from error
            if isinstance(error, UnicodeDecodeError) or "invalid UTF8" in str(error):
                raise self._undecodable() from error
            raise PipelineError(
                f"{self.name} cannot be read as CSV: {error}.", "Replace the file, then load again."
            ) from error

    def _undecodable(self) -> PipelineError:
        """Find the first byte that is not of the encoding; slow, and rare."""
        place = ""
        with suppress(UnicodeError, csv.Error), self._text(errors="surrogateescape") as lines:
            place = undecodable(lines, *self.form.signs, before=self.form.skip)
        return PipelineError(
            f"{self.name} is not {self.encoding} text{place and '; the first fault is in'}{place}.",
            "Save it as UTF-8, or name its encoding: CsvSource(path, encoding='latin-1').",
        )

    @contextmanager
    def _text(self, *, newline: str = "\n", errors: str = "strict") -> Iterator[TextIO]:
        try:
            encoding = codecs.lookup(self.encoding).name
        except LookupError:
            raise PipelineError(
                f"Nobody knows an encoding {self.encoding!r}.", "Try 'utf-8' or 'latin-1'."
            ) from None
        encoding = "utf-8-sig" if encoding == "utf-8" else encoding  # without the mark at the start
        with self._open() as stream:
            yield io.TextIOWrapper(stream, encoding, errors, newline)

    @contextmanager
    def stream(self) -> Iterator[BinaryIO]:
        """Open what is in the file, unpacked; raises PipelineError where it cannot be read."""
        with self._explained(), self._open() as stream:
            yield stream

    @contextmanager
    def _open(self) -> Iterator[BinaryIO]:
        with self._open_whole() as stream:
            yield self.form.without_edges(stream, self.encoding)

    @contextmanager
    def _open_whole(self) -> Iterator[BinaryIO]:
        if self.path.suffix == ".zip":
            with zipfile.ZipFile(self.path) as archive:
                with archive.open(self._member(archive)) as member:
                    yield cast(BinaryIO, member)
        elif self.path.suffix == ".gz":
            with gzip.open(self.path) as stream:
                yield cast(BinaryIO, stream)
        else:
            with self.path.open("rb") as stream:
                yield stream

    def _member(self, archive: zipfile.ZipFile) -> str:
        members = [name for name in archive.namelist() if name.endswith(".csv")]
        if len(members) != 1:
            raise PipelineError(
                f"{self.name} holds {len(members)} CSV files; one is expected.",
                "Pack each table into a zip of its own.",
            )
        return members[0]


class _TooWide(Exception):
    """A row does not fit into the block; a larger one is tried."""


class _AllNeeded(Exception):
    """The wanted columns do not tell where a row is; all are read."""
