"""How a CSV file is written: its signs, its encoding, the lines that are no rows."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.csv as pa_csv

from lib.errors import PipelineError

CHUNK_BYTES = 1 << 20
MAX_FOOTER_BYTES = 64 << 10  # what is held back until the file's end is there


@dataclass(frozen=True)
class CsvForm:
    r"""The signs of a CSV file, and what stands in it beside the header and the rows.

    `delimiter` is one character ("\t" for a tab), `quote` one or None; `skip` lines stand above the
    header; `footer` is the number of lines below the rows, or a regular expression for each of
    them. `missing` are the words that stand for no value: where no quotes are around them, or with
    `missing_in_quotes` wherever they stand alone.
    """

    delimiter: str = ","
    quote: str | None = '"'
    skip: int = 0
    footer: int | str | None = None
    missing: tuple[str, ...] = ("NA",)
    missing_in_quotes: bool = False

    def __post_init__(self) -> None:
        signs = {"delimiter": self.delimiter, "quote": self.quote or '"'}
        for name, sign in signs.items():
            if len(sign) != 1 or not sign.isascii() or sign in "\r\n":
                raise PipelineError(
                    f"{name}={sign!r} is no sign of a CSV file.", "Write one ASCII character."
                )
        if isinstance(self.footer, str):
            try:
                re.compile(self.footer)
            except re.error as error:
                raise PipelineError(
                    f"footer={self.footer!r} is no regular expression ({error}).",
                    "Write, for instance, footer='^Total;', or the number of its lines.",
                ) from error
        elif (self.footer or 0) < 0 or self.skip < 0:
            raise PipelineError("skip and footer count lines.", "Write 0 or more.")

    @property
    def signs(self) -> tuple[str, str | None]:
        """The delimiter and the quotation mark."""
        return self.delimiter, self.quote

    @property
    def blank_is_null(self) -> bool:
        """Whether a field in which nothing is written is a null."""
        return self.missing_in_quotes and "" in self.missing

    def parse_options(self, set_aside: Callable[[pa_csv.InvalidRow], str]) -> pa_csv.ParseOptions:
        """Return how Arrow finds the fields; rows with too few or too many go to `set_aside`."""
        return pa_csv.ParseOptions(
            delimiter=self.delimiter,
            quote_char=self.quote or False,
            newlines_in_values=True,
            ignore_empty_lines=False,  # left out later: by Arrow, they would not be counted
            invalid_row_handler=set_aside,
        )

    def convert_options(self, names: list[str], wanted: list[str] | None) -> pa_csv.ConvertOptions:
        """Return what Arrow makes of the fields: texts, null where a word says so."""
        return pa_csv.ConvertOptions(
            column_types={name: pa.string() for name in names},
            include_columns=wanted or [],
            null_values=list(self.missing),
            strings_can_be_null=True,
            quoted_strings_can_be_null=self.missing_in_quotes,
        )

    def chosen(self, names: Sequence[str], only: Collection[str] | None) -> list[str]:
        """Return the names of the columns that are wanted, in their order; all where none is."""
        return [name for name in names if only is None or name in only]

    def wanted(
        self, names: list[str], only: Collection[str] | None, where: Iterable[str]
    ) -> list[str] | None:
        """Return the columns to turn into values; None for all."""
        some = self.chosen(names, {*only, *where}) if only is not None else []
        return some if 0 < len(some) < len(names) else None

    def without_edges(self, stream: BinaryIO, encoding: str) -> BinaryIO:
        """Return the stream without the lines above the header and below the rows."""
        if not (self.skip or self.footer):
            return stream
        # The mark of utf-8-sig stands at the start of a file only, but Python writes it each time.
        if "\n".encode(encoding.removesuffix("-sig")) != b"\n":
            raise PipelineError(
                f"Lines of {encoding} text cannot be left out.", "Save the file as UTF-8."
            )
        parts = _Parts(_trimmed(stream, self, encoding))
        return cast(BinaryIO, io.BufferedReader(parts, CHUNK_BYTES))


def single_bytes(encoding: str) -> bool:
    """Tell whether a byte of ASCII always stands for itself in text of this encoding."""
    name = codecs.lookup(encoding).name
    return name in ("utf-8", "ascii", "cp1252") or name.startswith("iso8859")


def _trimmed(stream: BinaryIO, form: CsvForm, encoding: str) -> Iterator[bytes]:
    for _ in range(form.skip):
        stream.readline()
    held, more = b"", False
    while data := stream.read(CHUNK_BYTES):
        held += data
        if form.footer and len(held) > MAX_FOOTER_BYTES:
            yield held[:-MAX_FOOTER_BYTES]
            held, more = held[-MAX_FOOTER_BYTES:], True
        elif not form.footer:
            yield held
            held = b""
    if form.footer:
        yield _without_footer(held, form.footer, encoding, more)


def _without_footer(tail: bytes, footer: int | str, encoding: str, more: bool) -> bytes:
    lines = tail.splitlines(keepends=True)
    most = footer if isinstance(footer, int) else len(lines)
    kept, found = len(lines), 0
    while kept and found < most:
        text = lines[kept - 1].decode(encoding, "replace").rstrip("\r\n")
        if text and isinstance(footer, str) and not re.search(footer, text):
            break
        found += bool(text)
        kept -= 1
    if not found:
        return tail
    if kept < 1 + more:
        raise PipelineError(
            f"The footer {footer!r} is {found:,} lines long, and reaches up to the first rows.",
            "Give an expression that no row of data matches, or fewer lines.",
        )
    return b"".join(lines[:kept])


class _Parts(io.RawIOBase):
    """A stream of what an iterator gives."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts, self._left = parts, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while not self._left:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._left = memoryview(part)
        room = memoryview(buffer)
        count = min(len(room), len(self._left))
        room[:count], self._left = self._left[:count], self._left[count:]
        return count
