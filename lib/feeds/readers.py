"""How the files of a feed are read: CSV with its signs, JSON lines, Parquet, Arrow."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import KW_ONLY, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Protocol, cast

from lib.errors import PipelineError
from lib.feeds.value import Signs, Value
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

    def narrowed(
        self, source: OpenedFile, only: Collection[str] | None, values: Iterable[Value]
    ) -> tuple[OpenedFile, str | None]:
        """Return the source of a file with what these values need, and nothing more.

        `only` are the fields to read. Beside it stands the word for no value, where the source
        gives a null in place of it.
        """
        return replace(cast(Any, source), only=only), None


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

    def open(self, path: Path) -> OpenedFile:
        """Return the source of a file, with all texts as they are."""
        return CsvSource(path, encoding=self.encoding, form=self.form())

    def narrowed(
        self, source: OpenedFile, only: Collection[str] | None, values: Iterable[Value]
    ) -> tuple[OpenedFile, str | None]:
        # Where one word holds for all columns, Arrow finds it while it reads, in less time.
        alike = all(value.missing in (None, self.missing) and not value.strip for value in values)
        words = self.missing if alike and not self.strip and len(self.missing) == 1 else ()
        form = replace(self.form(), missing=words, missing_in_quotes=True)
        narrow = cast(CsvSource, source).changed(only=only, form=form)
        return narrow, words[0] if words else None


@dataclass(frozen=True, kw_only=True)
class JsonLines(Texts):
    """JSON lines: an object in each line."""

    missing: tuple[str, ...] = ()
    endings: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")

    def open(self, path: Path) -> OpenedFile:
        """Return the source of a file."""
        return JsonLinesSource(path)


@dataclass(frozen=True, kw_only=True)
class Parquet(Texts):
    """Parquet, or Arrow's own format; a column that has a type is taken with it."""

    missing: tuple[str, ...] = ()
    endings: ClassVar[tuple[str, ...]] = (".parquet", ".arrow", ".feather")

    def open(self, path: Path) -> OpenedFile:
        """Return the source of a file."""
        return ArrowFileSource(path)


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
