"""Rows of tables as data frames: fast, and in pieces of a bounded size when asked.

`read_sql` makes a Python object of each value, and most of its time goes there. Here the database
writes the values of a row as one line of text, and Arrow reads the lines by whole columns.

ADBC is no faster on SQLite, and brings an SQLite of its own. Two of them in one process undo each
other's locks on a file, and the one that closes it deletes the log that the other one still writes
to. https://www.sqlite.org/howtocorrupt.html, "Multiple copies of SQLite"
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import sqlalchemy as sa
from sqlalchemy import Connection, Select

from lib.database.dialect import Dialect
from lib.database.dialects import dialect_of

CHUNK = 10_000  # rows: what is fetched and parsed at once
FETCHED = 1_000  # rows: what Python holds as tuples at once
MAX_EXACT = 2.0**52  # up to here, a double tells a whole number from the half after it
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
    try:
        return _to_pandas(_parts(connection, statement, schema), schema)
    except (pa.ArrowException, *dialect_of(connection).unwritable):
        return pd.read_sql(statement, connection)  # SQLite keeps any value in any column


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
    if isinstance(kind, sa.Numeric) and not kind.asdecimal:
        return None  # on SQLite, whole numbers come as such
    return next((arrow for known, arrow in ARROW if isinstance(kind, known)), None)


def _parts(
    connection: Connection,
    statement: Select[*tuple[Any, ...]],
    schema: pa.Schema,
    size: int = CHUNK,
) -> Generator[pa.RecordBatch]:
    """Yield the rows: the first selected value is a line, the others are what is not in it."""
    dialect = dialect_of(connection)
    line, written = dialect.csv_line(statement.selected_columns)
    others = [column for column in statement.selected_columns if column.name not in written]
    asked = statement.with_only_columns(line, *others)
    names = [*written, *(other.name for other in others)]
    parts = pa.schema([schema.field(name) for name in names])
    streamed = {"stream_results": not dialect.driver_streams}
    with closing(connection.execute(asked, execution_options=streamed)) as result:
        # The driver's own rows where that can be: SQLAlchemy's take half as long again.
        rows = result.cursor if dialect.driver_streams else result
        while True:
            fetched = _fetch(rows, 1 + len(others), size)
            if not fetched[0]:
                break
            arrays = _parse(dialect, fetched[0], schema, written)
            for other, values in zip(others, fetched[1:], strict=True):
                arrays.append(_array(values, schema.field(other.name).type, other, connection))
            yield pa.record_batch(arrays, schema=parts).select(schema.names)


def _fetch(source: Any, width: int, size: int) -> list[list[Any]]:
    """Return the values of the next rows, at most `size` of them, by columns."""
    columns: list[list[Any]] = [[] for _ in range(width)]
    while rows := source.fetchmany(min(FETCHED, size - len(columns[0]))):
        for column, values in zip(columns, zip(*rows, strict=True), strict=True):
            column += values
        if len(columns[0]) >= size:
            break
    return columns


def _parse(
    dialect: Dialect, lines: Sequence[Any], schema: pa.Schema, names: Sequence[str]
) -> list[pa.Array]:
    """Return the columns that the lines have; raises ArrowInvalid for one of another type."""
    if not names:
        return []
    data, texts = dialect.csv_text(lines)
    # A block as long as the text: the values of a column come in one piece.
    options = pa_csv.ReadOptions(column_names=names, block_size=len(data) + 1, use_threads=False)
    table = pa_csv.read_csv(
        pa.BufferReader(data),
        read_options=options,
        parse_options=pa_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=_conversion(schema, names),
    )
    arrays = [column.combine_chunks() for column in table.columns]
    if texts is not None and texts != sum(map(_count_texts, arrays)):
        raise pa.ArrowInvalid("a text stands in a column of numbers, or a number among texts")
    return arrays


def _count_texts(array: pa.Array) -> int:
    number = pa.types.is_integer(array.type) or pa.types.is_boolean(array.type)
    return 0 if number else len(array) - array.null_count


def _conversion(schema: pa.Schema, names: Sequence[str]) -> pa_csv.ConvertOptions:
    return pa_csv.ConvertOptions(
        column_types={name: schema.field(name).type for name in names},
        null_values=["", "null"],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        true_values=["1"],
        false_values=["0"],
    )


def _array(
    values: Sequence[Any], kind: pa.DataType, column: sa.ColumnElement[Any], connection: Connection
) -> pa.Array:
    """Return the driver's values as SQLAlchemy hands them on; a decimal as a float."""
    dialect = connection.dialect
    process = column.type.dialect_impl(dialect).result_processor(dialect, None)
    if process is None:
        return pa.array(values, kind)
    if kind != pa.float64():
        return pa.array(list(map(process, values)), kind)
    floats = pa.array(values, kind)
    if _has_no_more_digits(floats, _scale(column.type)):
        return floats
    decimals = map(process, values)
    return pa.array([None if each is None else float(each) for each in decimals], kind)


def _scale(kind: Any) -> int:
    """Return how many digits after the point SQLAlchemy keeps of a decimal that was a float."""
    scales = (kind.decimal_return_scale, kind.scale, 10)
    return int(next(scale for scale in scales if scale is not None))


def _has_no_more_digits(floats: pa.Array, scale: int) -> bool:
    """Tell whether each float is the one that stands for a decimal of so many digits."""
    numbers = floats.to_numpy(zero_copy_only=False)
    numbers = numbers[~np.isnan(numbers)]
    power = 10.0**scale
    whole = np.rint(numbers * power)
    exact = (np.abs(whole) < MAX_EXACT) & (whole / power == numbers)
    return scale <= 22 and bool(exact.all())  # 10 ** 22 is the last power that a double holds


def _to_pandas(parts: Iterable[pa.RecordBatch], schema: pa.Schema) -> pd.DataFrame:
    table = pa.Table.from_batches(parts, schema.remove_metadata())
    frame: pd.DataFrame = table.to_pandas(self_destruct=True)
    return frame
