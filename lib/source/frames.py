"""Rows on their way into a table: in batches, with the line of each; also from Arrow and pandas."""

from __future__ import annotations

import hashlib
import secrets
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeGuard

import pyarrow as pa

from lib.source.base import Batch, Source

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 1 << 16  # rows of an Arrow table in one batch


@dataclass(frozen=True)
class ArrowSource(Source):
    """Columns that have types already: an Arrow table or reader. Its lines count from 1."""

    data: pa.Table | pa.RecordBatchReader
    name: str = "arrow"

    @cached_property
    def place(self) -> str:
        """What tells it from others: of a table what is in it; a reader is read but once."""
        table = isinstance(self.data, pa.Table)
        return _digest(self.data) if table else secrets.token_hex(16)

    @property
    def columns(self) -> list[str]:
        return list(self.data.schema.names)

    def batches(self) -> Iterator[Batch]:
        """Yield the rows in order; a reader can be read once."""
        line = 1
        batches = self.data.to_batches() if isinstance(self.data, pa.Table) else self.data
        for batch in batches:
            for start in range(0, len(batch), CHUNK):
                rows = batch.slice(start, CHUNK)
                yield Batch(rows, pa.arange(line, line + len(rows)))
                line += len(rows)


def is_frame(data: object) -> TypeGuard[pd.DataFrame]:
    """Tell whether this is a data frame, without importing pandas: who has one has done that."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(data, pandas.DataFrame)


def arrow_source(
    data: pa.Table | pa.RecordBatch | pa.RecordBatchReader | pd.DataFrame,
) -> ArrowSource:
    """Return a source for what has columns with types."""
    if is_frame(data):
        columns = [_column(data.iloc[:, place]) for place in range(data.shape[1])]
        table = pa.Table.from_arrays(columns, [str(name) for name in data.columns])
        return ArrowSource(table, "data frame")
    if isinstance(data, pa.RecordBatch):
        data = pa.Table.from_batches([data])
    return ArrowSource(data)


def _digest(table: pa.Table) -> str:
    """Return what tells the table from others, and not from itself when it is loaded again."""
    digest, table = hashlib.sha256(), table.replace_schema_metadata()
    for start in range(0, len(table) + 1, CHUNK):  # whatever its own chunks are
        written = pa.BufferOutputStream()
        with pa.ipc.new_stream(written, table.schema) as stream:
            stream.write_table(table.slice(start, CHUNK).combine_chunks())
        digest.update(written.getvalue())
    return digest.hexdigest()


def _column(series: pd.Series[Any]) -> pa.Array | pa.ChunkedArray:
    """Return a column of a data frame: NaN, None and pd.NA all become null here, at the border."""
    try:
        return pa.Array.from_pandas(series)
    except (pa.ArrowException, ValueError, TypeError, OverflowError):  # values of many types
        texts = [
            str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
            for value in series.astype(object).where(series.notna(), 0.0)
        ]
        return pa.array(texts, pa.string(), mask=series.isna().to_numpy())
