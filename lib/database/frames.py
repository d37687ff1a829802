"""Rows of tables as data frames: fast, and in pieces of a bounded size when asked.

`read_sql` makes a Python object of each value, and most of its time goes there. Here the database
writes the values of a row as one line of text, and Arrow reads the lines by whole columns.

ADBC would be faster still on SQLite, but brings an SQLite of its own. Two of them in one process
undo each other's locks on a file, and the one that closes it deletes the log that the other one
still writes to. https://www.sqlite.org/howtocorrupt.html, "Multiple copies of SQLite"
"""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import sqlalchemy as sa
from sqlalchemy import Connection, Select

from lib.database.dialects import dialect_of

CHUNK = 10_000  # rows: what is fetched and parsed at once
ARROW = (
    (sa.Boolean, pa.bool_()),
    (sa.Integer, pa.int64()),
    (sa.Float, pa.float64()),
    (sa.DateTime, pa.timestamp("us")),
    (sa.String, pa.string()),
)


def read_frame(connection: Connection, statement: Select[*tuple[Any, ...]]) -> pd.DataFrame:
    """Return the rows of the select, with the types that `pd.read_sql` gives.

    The fast way is for columns of tables: their types are known. A select of anything else, such
    as sums, is read by `pd.read_sql`. A column without any value has the type of the table, where
    `read_sql`, which goes by the values, has none. The caller's transaction is what is read.
    """
    schema = _schema(statement)
    if schema is None:
        return pd.read_sql(statement, connection)
    return _to_pandas(_parts(connection, statement, schema), schema)


def read_batches(
    connection: Connection, statement: Select[*tuple[Any, ...]], size: int = 50_000
) -> Iterator[pd.DataFrame]:
    """Yield the rows of the select in frames of at most `size` rows; memory stays bounded.

    Where a column of a table may be missing, whole numbers are float64 in each frame, not only in
    those that have a gap. Until the last frame is read, MySQL takes no other statement on this
    connection.
    """
    schema = _schema(statement)
    if schema is None:
        streamed = statement.execution_options(stream_results=True)
        yield from pd.read_sql(streamed, connection, chunksize=size)
        return
    numbers = [field.name for field in schema if field.nullable and field.type == pa.int64()]
    with closing(_parts(connection, statement, schema, size)) as parts:
        for part in parts:
            yield _to_pandas(iter([part]), schema).astype(dict.fromkeys(numbers, "float64"))


def _schema(statement: Select[*tuple[Any, ...]]) -> pa.Schema | None:
    """Return names, types and nullability; None when a column is not simply one of a table."""
    columns = statement.selected_columns if isinstance(statement, Select) else ()
    fields = [
        pa.field(column.name, kind, column.nullable)
        for column in columns
        if isinstance(column, sa.Column) and (kind := _arrow_type(column.type)) is not None
    ]
    if (
        not fields
        or len(fields) < len(columns)
        or len({each.name for each in fields}) < len(fields)
    ):
        return None
    return pa.schema(fields)


def _arrow_type(kind: sa.types.TypeEngine[Any]) -> pa.DataType | None:
    if isinstance(kind, sa.Enum) or getattr(kind, "timezone", False):
        return None
    return next((arrow for known, arrow in ARROW if isinstance(kind, known)), None)


def _parts(
    connection: Connection,
    statement: Select[*tuple[Any, ...]],
    schema: pa.Schema,
    size: int = CHUNK,
) -> Generator[pa.RecordBatch]:
    """Yield the rows: the first selected value is a line, the others are what is not in it."""
    line, written = dialect_of(connection).csv_line(statement.selected_columns)
    others = [column for column in statement.selected_columns if column.name not in written]
    asked = statement.with_only_columns(line, *others)
    result = connection.execute(asked, execution_options={"stream_results": True})
    with closing(result):
        for rows in result.partitions(size):
            lines, *values = zip(*rows, strict=True)
            columns = dict(zip((other.name for other in others), values, strict=True))
            yield pa.record_batch(
                [*_parse(lines, schema, written), *_arrays(columns, schema)],
                schema=pa.schema([schema.field(name) for name in (*written, *columns)]),
            ).select(schema.names)


def _parse(lines: Sequence[str], schema: pa.Schema, names: Sequence[str]) -> list[pa.Array]:
    if not names:
        return []
    data = "\n".join(lines).encode()
    # A block as long as the text: the values of a column come in one piece.
    options = pa_csv.ReadOptions(column_names=names, block_size=len(data) + 1, use_threads=False)
    table = pa_csv.read_csv(
        io.BytesIO(data + b"\n"),
        read_options=options,
        parse_options=pa_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pa_csv.ConvertOptions(
            column_types={name: schema.field(name).type for name in names},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["1"],
            false_values=["0"],
        ),
    )
    return [column.combine_chunks() for column in table.columns]


def _arrays(columns: dict[str, Sequence[Any]], schema: pa.Schema) -> list[pa.Array]:
    return [pa.array(values, schema.field(name).type) for name, values in columns.items()]


def _to_pandas(parts: Iterator[pa.RecordBatch], schema: pa.Schema) -> pd.DataFrame:
    table = pa.Table.from_batches(parts, schema.remove_metadata())
    frame: pd.DataFrame = table.to_pandas(self_destruct=True)
    return frame
