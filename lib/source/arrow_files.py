"""Parquet and Arrow files: columns that have types; a row's line is its number, from 1."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lib.errors import PipelineError
from lib.source.base import Batch, Source
from lib.source.content import fingerprint_of
from lib.source.frames import CHUNK


@dataclass(frozen=True)
class ArrowFileSource(Source):
    """A file of Parquet, or of Arrow's own format (.arrow, .feather); `only` these columns."""

    path: Path
    only: Collection[str] | None = None

    @property
    def rereadable(self) -> bool:
        return True

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def place(self) -> str:
        return self.path.resolve().parent.as_posix()

    @property
    def fingerprint(self) -> tuple[int, str]:
        """The size of the file, in bytes, and its SHA-256."""
        return fingerprint_of(self.path)

    @property
    def columns(self) -> list[str]:
        with self._explained(), self._open() as opened:
            schema = opened.schema_arrow if isinstance(opened, pq.ParquetFile) else opened.schema
            names: list[str] = schema.names
            return [name for name in names if self.only is None or name in self.only]

    def batches(self) -> Iterator[Batch]:
        """Yield the rows in order."""
        names, line = self.columns, 1
        with self._explained(), self._open() as opened:
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

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            raise PipelineError(f"There is no file {self.path}.", "Check its name.") from error
        except (OSError, pa.ArrowInvalid) as error:
            raise PipelineError(
                f"{self.name} cannot be read as Parquet or Arrow ({error}).",
                "Replace the file, then load again.",
            ) from error
