"""A source for whatever a user gives: a path, a frame, Arrow's tables and readers, a source."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from lib.errors import PipelineError
from lib.source.base import Around, Source
from lib.source.csv_file import CsvSource
from lib.source.frames import arrow_source, is_frame


def as_source(data: object, name: str | None = None) -> Source:
    """Return a source for a path, an Arrow table or reader, a data frame, or a source.

    A name that is given stands for the source, wherever it lies and whatever is in it. Raises
    PipelineError for anything else, and TypeError never: data come from users.
    """
    if name is not None:
        return _Named(as_source(data), name)
    if isinstance(data, str | Path):
        return CsvSource(Path(data))
    if is_frame(data) or isinstance(data, pa.Table | pa.RecordBatch | pa.RecordBatchReader):
        return arrow_source(data)
    if hasattr(data, "batches") and hasattr(data, "columns") and hasattr(data, "name"):
        return data if isinstance(data, Source) else Around(data)
    raise PipelineError(
        f"A {type(data).__name__} cannot be loaded.",
        "Give the path of a CSV file, a data frame, or an Arrow table or reader.",
    )


class _Named(Around):
    """A source with a name that is given."""

    def __init__(self, source: Source, name: str) -> None:
        super().__init__(source)
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    @property
    def place(self) -> str:
        return ""
