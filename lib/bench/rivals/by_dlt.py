"""dlt. Runs in an environment of its own: imports nothing of ours that needs a package."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lib.bench.shell import unpacked

KEYS = ("time_hour", "carrier", "flight")


def merge(url: str, file: Path) -> None:
    """dlt, SQLAlchemy's destination: Arrow into a staging table, then merge on the key"""
    import dlt

    with unpacked(file) as plain, tempfile.TemporaryDirectory(prefix="bench-dlt-") as folder:
        rows = dlt.resource(
            lambda: _batches(plain), name="flights", write_disposition="merge", primary_key=KEYS
        )
        pipeline = dlt.pipeline(
            "bench",
            pipelines_dir=folder,
            destination=dlt.destinations.sqlalchemy(credentials=url),
            dataset_name=_dataset(url),
        )
        pipeline.run(rows).raise_on_failed_jobs()


def merge_again(url: str, file: Path) -> None:
    """the same once more, on the full table"""
    merge(url, file)


def _dataset(url: str) -> str:
    """Return the schema that the table lies in: the file itself, or the server's database."""
    return "main" if url.startswith("sqlite") else url.rpartition("/")[2].partition("?")[0]


def _batches(plain: Path) -> Iterator[Any]:
    """Yield the file as Arrow tables, with the types that the table has."""
    import pyarrow as pa
    import pyarrow.csv as pa_csv

    texts = dict.fromkeys(("carrier", "tailnum", "origin", "dest"), pa.string())
    convert = pa_csv.ConvertOptions(
        column_types=texts | {"time_hour": pa.timestamp("us", "UTC")},
        null_values=["NA"],
        strings_can_be_null=True,
    )
    with pa_csv.open_csv(plain, convert_options=convert) as reader:
        for batch in reader:
            table = pa.Table.from_batches([batch])
            at = table.schema.get_field_index("time_hour")
            yield table.set_column(at, "time_hour", table["time_hour"].cast(pa.timestamp("us")))
