"""A source for whatever a user gives: a path, a frame, Arrow's tables and readers, a source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from lib.errors import PipelineError
from lib.source.base import Batch, Source
from lib.source.csv_file import CsvSource
from lib.source.frames import arrow_source, is_frame


def as_source(data: object, name: str | None = None) -> Source:
    """Return a source for a path, an Arrow table or reader, a data frame, or a source.

    A name that is given stands for the source, wherever it lies and whatever is in it. Raises
    PipelineError for anything else, and TypeError never: data come from users.
    """
    if name is not None:
        return _Foreign(as_source(data), name)
    if isinstance(data, str | Path):
        return CsvSource(Path(data))
    if is_frame(data) or isinstance(data, pa.Table | pa.RecordBatch | pa.RecordBatchReader):
        return arrow_source(data)
    if hasattr(data, "batches") and hasattr(data, "columns") and hasattr(data, "name"):
        return data if isinstance(data, Source) else _Foreign(data)
    raise PipelineError(
        f"A {type(data).__name__} cannot be loaded.",
        "Give the path of a CSV file, a data frame, or an Arrow table or reader.",
    )


class _Foreign(Source):
    """Your own class of source, with the defaults for what it lacks; or a source with a name."""

    def __init__(self, source: Any, name: str | None = None) -> None:
        self._source, self._name = source, name

    @property
    def name(self) -> str:
        return str(self._source.name) if self._name is None else self._name

    @property
    def place(self) -> str:
        return "" if self._name is not None else str(getattr(self._source, "place", ""))

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
