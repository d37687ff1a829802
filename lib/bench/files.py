"""The files that are measured: the year as it comes, the first rows of it, or ten years of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from lib.bench.methods import YEAR, Method
from lib.pipeline.flights import raw_source
from lib.source import CsvSource


class Files:
    """Files in a folder, each written when it is first needed: `times` years of `year` rows."""

    def __init__(self, folder: Path, times: int = 1, limit: int | None = None) -> None:
        self._folder, self._times = folder, times
        self._year = min(limit or YEAR, YEAR)
        self.rows = self._year * times

    def first(self, rows: int) -> Path:
        """Return a file with the first rows of the year; all of them: the raw file itself."""
        raw = raw_source("flights")
        path = self._folder / f"flights_{rows}.csv"
        if rows >= YEAR or path.exists():
            return raw.path if rows >= YEAR else path
        return write_rows(raw, path, rows)

    @property
    def year(self) -> Path:
        """A file with one year."""
        return self.first(self._year)

    def of(self, method: Method) -> tuple[Path, int]:
        """Return the file for a method, and how many rows it has; 0: the method is left out."""
        part = method.sample if self._times == 1 else method.large
        if part is not None:
            part = min(part, self._year)
            return self.first(part) if part else self.year, part
        return self.all(), self.rows

    def all(self) -> Path:
        """Return a file with every year."""
        path = self._folder / "years.csv"
        if self._times == 1 or path.exists():
            return self.year if self._times == 1 else path
        return write_years(CsvSource(self.year), path, self._times)


def write_rows(source: CsvSource, to: Path, rows: int) -> Path:
    """Write the first rows of the source as a CSV file."""
    with _writer(source, to) as writer:
        for batch in _batches(source):
            writer.write_batch(batch.slice(0, rows))
            rows -= min(rows, len(batch))
            if not rows:
                break
    return to


def write_years(source: CsvSource, to: Path, times: int) -> Path:
    """Write the source as often as asked, each time a year later, so that no key repeats."""
    with _writer(source, to) as writer:
        for years in range(times):
            for batch in _batches(source):
                writer.write_batch(_later(batch, years))
    return to


def _batches(source: CsvSource) -> Iterator[pa.RecordBatch]:
    for batch in source.batches():
        filled = [pc.fill_null(column, "NA") for column in batch.rows.columns]
        yield pa.record_batch(filled, batch.rows.schema.names)


def _writer(source: CsvSource, to: Path) -> pa_csv.CSVWriter:
    schema = pa.schema([(name, pa.string()) for name in source.columns])
    options = pa_csv.WriteOptions(quoting_style="none", quoting_header="none")
    return pa_csv.CSVWriter(to, schema, write_options=options)


def _later(batch: pa.RecordBatch, years: int) -> pa.RecordBatch:
    """Return the batch with its dates in a later year; 2013 has no 29 February to be lost."""
    for name in ("year", "time_hour"):
        at = batch.schema.get_field_index(name)
        year = pc.cast(pc.utf8_slice_codeunits(batch[name], 0, 4), pa.int32())
        rest = pc.utf8_slice_codeunits(batch[name], 4)
        moved = pc.binary_join_element_wise(pc.cast(pc.add(year, years), pa.string()), rest, "")
        batch = batch.set_column(at, name, moved)
    return batch
