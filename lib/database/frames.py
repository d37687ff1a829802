"""Rows of tables as data frames: fast, and in pieces of a bounded size when asked.

`read_sql` makes a Python object of each value, and most of its time goes there. Here the database
writes the values of a row as one line of text, and Arrow reads the lines by whole columns.

ADBC would be faster still on SQLite, but brings an SQLite of its own. Two of them in one process
undo each other's locks on a file, and the one that closes it deletes the log that the other one
still writes to. https://www.sqlite.org/howtocorrupt.html, "Multiple copies of SQLite"
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import sqlalchemy as sa
from sqlalchemy import Connection, Select

from lib.database.dialect import FIELD
from lib.database.dialects import dialect_of

CHUNK = 10_000  # rows: what is fetched and parsed at once
FETCHED = 1_000  # rows: what Python holds as objects at once
SIZE = "bytes of the strings"  # the name of the last value of a plain line
ARROW = (
    (sa.Boolean, pa.bool_()),
    (sa.Integer, pa.int64()),
    (sa.Float, pa.float64()),
    (sa.Numeric, pa.float64()),  # as in read_sql, which makes floats of decimals
    (sa.DateTime, pa.timestamp("us")),
    (sa.Date, pa.date32()),
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
    plain = _plain(connection, statement, schema)
    try:
        parts = _parts(connection, statement, schema) if plain is None else plain
        return _to_pandas(parts, schema)
    except pa.ArrowInvalid:  # SQLite keeps any value in a column of whatever type
        return pd.read_sql(statement, connection)


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


def _plain(
    connection: Connection, statement: Select[*tuple[Any, ...]], schema: pa.Schema
) -> list[pa.RecordBatch] | None:
    """Return the rows, read as plain lines; None where these do not stand for them exactly."""
    line = dialect_of(connection).plain_line(statement.selected_columns)
    if line is None:
        return None
    found = []
    with closing(connection.execute(statement.with_only_columns(line))) as result:
        for lines in iter(partial(_fetch, result.cursor), []):
            batch = _parse_plain(lines, schema)
            if batch is None:
                return None
            found.append(batch)
    return found


def _fetch(cursor: Any) -> list[str]:
    """Return the next lines, of the driver's cursor: SQLAlchemy's rows take half as long again."""
    lines: list[str] = []
    while len(lines) < CHUNK and (rows := cursor.fetchmany(FETCHED)):
        lines += itertools.chain.from_iterable(rows)
    return lines


def _parse_plain(lines: Sequence[str], schema: pa.Schema) -> pa.RecordBatch | None:
    data = "\n".join(lines).encode()
    names = [*schema.names, SIZE]
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(data),
            pa_csv.ReadOptions(column_names=names, block_size=len(data) + 1, use_threads=False),
            pa_csv.ParseOptions(delimiter=FIELD, quote_char=False, ignore_empty_lines=False),
            _conversion(schema.append(pa.field(SIZE, pa.int64())), names),
        )
    except pa.ArrowInvalid:  # FIELD stands in a value, or a value is not of the column's type
        return None
    *columns, sizes = [column.combine_chunks() for column in table.columns]
    if len(sizes) != len(lines) or _size(columns) != pc.sum(sizes).as_py():
        return None
    return pa.record_batch(columns, schema=schema)


def _size(columns: Sequence[pa.Array]) -> int:
    """Return the bytes of all strings, less one for each missing one, as `plain_line` does."""
    texts = [each for each in columns if each.type == pa.string()]
    return sum((pc.sum(pc.binary_length(text)).as_py() or 0) - text.null_count for text in texts)


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
        convert_options=_conversion(schema, names),
    )
    return [column.combine_chunks() for column in table.columns]


def _conversion(schema: pa.Schema, names: Sequence[str]) -> pa_csv.ConvertOptions:
    return pa_csv.ConvertOptions(
        column_types={name: schema.field(name).type for name in names},
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        true_values=["1"],
        false_values=["0"],
    )


def _arrays(columns: dict[str, Sequence[Any]], schema: pa.Schema) -> list[pa.Array]:
    return [_array(values, schema.field(name).type) for name, values in columns.items()]


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if kind == pa.float64():  # Arrow makes no float of a Decimal
        values = [None if value is None else float(value) for value in values]
    return pa.array(values, kind)


def _to_pandas(parts: Iterable[pa.RecordBatch], schema: pa.Schema) -> pd.DataFrame:
    table = pa.Table.from_batches(parts, schema.remove_metadata())
    frame: pd.DataFrame = table.to_pandas(self_destruct=True)
    return frame
