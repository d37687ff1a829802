"""What every source is: a name, columns, and batches of rows with the line of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import pyarrow as pa


@dataclass(frozen=True)
class Malformed:
    """A row with more or fewer fields than the header: its line, its text, and what is wrong."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True)
class Batch:
    """Some rows of a source, and the line of each.

    A file gives columns of strings, null where missing; Arrow and pandas give typed ones.
    `bytes_read` counts what was read of the uncompressed file so far. A source that makes values of
    its own tells of each column in `raw` the name and the texts that the file has, where a null may
    stand for the `word` of the file; and in `faults` the values that it could not make: column,
    reason, and True where it holds.
    """

    rows: pa.RecordBatch
    lines: pa.Array
    bytes_read: int = 0
    malformed: tuple[Malformed, ...] = ()
    raw: Mapping[str, tuple[str, pa.Array]] = field(default_factory=dict)
    word: str | None = None
    faults: tuple[tuple[str, str, pa.Array], ...] = ()


@runtime_checkable
class Source(Protocol):
    """What `bulk_load` reads: something with a name and columns that yields batches.

    A class of your own that inherits from this one has the defaults below; one that does not needs
    the first three only.
    """

    @property
    def name(self) -> str:
        """What the report and the quarantine call it."""
        ...

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in the order of the batches'."""
        ...

    def batches(self) -> Iterator[Batch]:
        """Yield the rows in order."""
        ...

    @property
    def rereadable(self) -> bool:
        """Whether `batches` may be called more than once."""
        return False

    @property
    def filtered(self) -> bool:
        """Whether it leaves out rows, of which it then says nothing."""
        return False

    @property
    def place(self) -> str:
        """What tells it from others of its name: a folder, a digest; empty where the name does."""
        return ""

    @property
    def size(self) -> int | None:
        """Bytes, uncompressed; None where only reading would tell."""
        return None

    def verify(self) -> None:
        """Raise PipelineError where it is damaged; asked when its columns are not as expected."""
        return None


class Around(Source):
    """A source around another one, which may be of your own class and lack what has a default."""

    def __init__(self, source: Any) -> None:
        self._source = source

    @property
    def name(self) -> str:
        return str(self._source.name)

    @property
    def place(self) -> str:
        return str(getattr(self._source, "place", ""))

    @property
    def columns(self) -> list[str]:
        return list(self._source.columns)

    def batches(self) -> Iterator[Batch]:
        yield from self._source.batches()

    @property
    def rereadable(self) -> bool:
        return bool(getattr(self._source, "rereadable", False))

    @property
    def filtered(self) -> bool:
        return bool(getattr(self._source, "filtered", False))

    @property
    def size(self) -> int | None:
        size: int | None = getattr(self._source, "size", None)
        return size

    def verify(self) -> None:
        if isinstance(self._source, Source):
            self._source.verify()
