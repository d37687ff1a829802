"""The fastest that each database takes rows at: no staging, no check of a value, no second run."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import sqlalchemy as sa
from adbc_driver_sqlite import dbapi

from lib.bench.shell import unpacked
from lib.database import Database
from lib.models import Flight

FLIGHTS: sa.Table = Flight.metadata.tables["flights"]


def adbc_straight(url: str, file: Path) -> None:
    """ADBC straight into the table: no checks, not even of the foreign keys"""
    kinds = {
        column.name: pa.int64() if isinstance(column.type, sa.Integer) else pa.string()
        for column in FLIGHTS.c
    }
    convert = pa_csv.ConvertOptions(
        column_types=kinds,
        null_values=["NA"],
        strings_can_be_null=True,
    )
    with (
        unpacked(file) as plain,
        pa_csv.open_csv(plain, convert_options=convert) as reader,
        dbapi.connect(str(sa.make_url(url).database)) as connection,
        connection.cursor() as cursor,
    ):
        batches = (_with_our_times(batch) for batch in reader)
        rows = pa.RecordBatchReader.from_batches(reader.schema, batches)
        cursor.adbc_ingest("flights", rows, mode="append")
        connection.commit()


def _with_our_times(batch: pa.RecordBatch) -> pa.RecordBatch:
    """ADBC would write a timestamp in another form than the table has; so it stays a text."""
    at = batch.schema.get_field_index("time_hour")
    times = pc.replace_substring(pc.utf8_slice_codeunits(batch[at], 0, 19), "T", " ")
    return batch.set_column(at, "time_hour", times)


def load_data_straight(url: str, file: Path) -> None:
    """LOAD DATA LOCAL INFILE straight into the table: no checks but the database's own"""
    with unpacked(file) as plain:
        with plain.open(encoding="utf-8") as stream:
            names = stream.readline().strip().split(",")
        values = [f"{name} = NULLIF(@{name}, 'NA')" for name in names if name != "time_hour"]
        values.append("time_hour = REPLACE(REPLACE(@time_hour, 'T', ' '), 'Z', '')")
        path = plain.as_posix().replace("'", "''")
        statement = (
            f"LOAD DATA LOCAL INFILE '{path}' INTO TABLE flights CHARACTER SET utf8mb4 "
            r"FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' LINES TERMINATED BY '\n' "
            f"IGNORE 1 LINES ({', '.join('@' + name for name in names)}) SET {', '.join(values)}"
        )
        with Database(url) as db, db.engine.begin() as connection:
            connection.exec_driver_sql(statement.replace("%", "%%"))
