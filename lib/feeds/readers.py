"""How the files of a feed are read: CSV with its signs, JSON lines, Parquet, Arrow."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from lib.errors import PipelineError
from lib.feeds.value import Signs
from lib.load.files import FileSource
from lib.source.arrow_files import ArrowFileSource
from lib.source.base import Source
from lib.source.csv_file import CsvSource
from lib.source.csv_form import CsvForm
from lib.source.json_lines import JsonLinesSource


class OpenedFile(FileSource, Source, Protocol):
    """A source that is a file."""


@dataclass(frozen=True, kw_only=True)
class Texts:
    """What holds for all texts of a file: words for no value, blanks at the ends, signs.

    A word of `missing` stands for no value, in quotes as well; a column can have words of its own.
    """

    missing: tuple[str, ...] = ("",)
    strip: bool = False
    decimal: str = "."
    thousands: str = ""

    @property
    def signs(self) -> Signs:
        return Signs(self.decimal, self.thousands)


@dataclass(frozen=True)
class Csv(Texts):
    r"""A CSV file: Csv(delimiter=";", decimal=",", encoding="latin-1", footer="^Total;").

    `delimiter` is one character ("\t" for a tab), `quote` one or None; `skip` lines stand above the
    header, and `footer` below the rows: their number, or an expression for each of them.
    """

    delimiter: str = ","
    _: KW_ONLY
    quote: str | None = '"'
    encoding: str = "utf-8"
    skip: int = 0
    footer: int | str | None = None
    endings: ClassVar[tuple[str, ...]] = (".csv", ".tsv", ".txt", ".csv.gz", ".csv.zip", ".zip")

    def __post_init__(self) -> None:
        self.form()

    def form(self) -> CsvForm:
        return CsvForm(self.delimiter, self.quote, self.skip, self.footer, missing=())

    def open(self, path: Path, only: Collection[str] | None = None) -> OpenedFile:
        """Return the source of a file; `only` these fields."""
        return CsvSource(path, encoding=self.encoding, form=self.form(), only=only)


@dataclass(frozen=True, kw_only=True)
class JsonLines(Texts):
    """JSON lines: an object in each line."""

    missing: tuple[str, ...] = ()
    endings: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")

    def open(self, path: Path, only: Collection[str] | None = None) -> OpenedFile:
        """Return the source of a file; `only` these fields."""
        return JsonLinesSource(path, only)


@dataclass(frozen=True, kw_only=True)
class Parquet(Texts):
    """Parquet, or Arrow's own format; a column that has a type is taken with it."""

    missing: tuple[str, ...] = ()
    endings: ClassVar[tuple[str, ...]] = (".parquet", ".arrow", ".feather")

    def open(self, path: Path, only: Collection[str] | None = None) -> OpenedFile:
        """Return the source of a file; `only` these columns."""
        return ArrowFileSource(path, only)


FileReader = Csv | JsonLines | Parquet


def reader_for(path: Path) -> FileReader:
    """Return what reads a file with this ending; raises PipelineError for an unknown one."""
    name = path.name.lower()
    readers: tuple[type[FileReader], ...] = (Csv, JsonLines, Parquet)
    for reader in readers:
        if name.endswith(reader.endings):
            return reader()
    raise PipelineError(
        f"Nothing tells how {path.name} is written.",
        "Say it: Feed(..., read=Csv(delimiter=...)).",
    )
