"""Parquet and Arrow files: columns that have types; a row's line is its number, from 1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lib.source.base import Batch
from lib.source.frames import CHUNK
from lib.source.one_file import OneFile


class ArrowFileSource(OneFile):
    """A file of Parquet, or of Arrow's own format (.arrow, .feather); `only` these columns."""

    form = "Parquet or Arrow"
    faults = (OSError, pa.ArrowInvalid)

    @property
    def columns(self) -> list[str]:
        with self.explained(), self._open() as opened:
            schema = opened.schema_arrow if isinstance(opened, pq.ParquetFile) else opened.schema
            names: list[str] = schema.names
            return [name for name in names if self.only is None or name in self.only]

    def batches(self) -> Iterator[Batch]:
        """Yield the rows in order."""
        names, line = self.columns, 1
        with self.explained(), self._open() as opened:
            if isinstance(opened, pq.ParquetFile):
                parts = opened.iter_batches(CHUNK, columns=names)
            else:
                parts = (opened.get_batch(part) for part in range(opened.num_record_batches))
            for part in parts:
                for start in range(0, len(part), CHUNK):
                    rows = part.slice(start, CHUNK).select(names)
                    yield Batch(rows, pa.arange(line, line + len(rows)))
                    line += len(rows)

    @contextmanager
    def _open(self) -> Iterator[Any]:
        with pa.OSFile(str(self.path)) as stream:
            if stream.read(4) == b"PAR1":
                yield pq.ParquetFile(stream)
            else:
                stream.seek(0)
                yield pa.ipc.open_file(stream)
