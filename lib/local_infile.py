"""LOAD DATA LOCAL INFILE: MySQL's own reader of files, the fastest way in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from sqlalchemy import Connection, Table, select, text

from lib.errors import PipelineError
from lib.waiting_room import WaitingRoom


class NotTaken(PipelineError):
    """The server did not take every row as it was."""


class LoadData:
    """MySQL's own reader of files, fed with one small CSV per batch."""

    in_a_thread = False

    def __init__(
        self, connection: Connection, table: Table, folder: Path, names: list[str] | None = None
    ) -> None:
        self.table, self.note = table, ""
        self._connection = connection
        self._file = folder / "batch.csv"
        quote = connection.dialect.identifier_preparer.format_column
        place = self._file.as_posix().replace("'", "''").replace("%", "%%")
        columns = [table.c[name] for name in names or table.c.keys()]
        self._sql = (
            f"LOAD DATA LOCAL INFILE '{place}' INTO TABLE {table.name} CHARACTER SET utf8mb4 "
            "FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' LINES TERMINATED BY '\\n' "
            f"({', '.join(quote(column) for column in columns)})"
        )

    def add(self, rows: pa.RecordBatch, bytes_read: int = 0) -> None:
        if not len(rows):
            return
        written = pa.RecordBatch.from_pydict(
            {name: _escaped(rows[name]) for name in rows.schema.names}
        )
        options = pa_csv.WriteOptions(include_header=False)
        try:
            pa_csv.write_csv(written, self._file, options)
        except OSError as error:
            raise PipelineError(
                f"The temporary folder {self._file.parent.parent} cannot be written ({error}); "
                "nothing was loaded.",
                "Make room on its disk, or name another with the variable TMPDIR.",
            ) from error
        loaded = self._connection.exec_driver_sql(self._sql).rowcount
        # LOCAL turns errors into warnings: a row that did not fit would be missing, or a value cut.
        warned = self._connection.execute(text("SHOW WARNINGS LIMIT 1")).first()
        if loaded != len(rows) or warned:
            raise NotTaken(
                f"The server took {loaded:,} of {len(rows):,} rows as they are"
                f"{f' ({warned[2]})' if warned else ''}; nothing was loaded.",
                "Load again; if it happens again, switch local_infile off at the server.",
            )

    def finish(self) -> None:
        """Nothing: the rows are in the table."""


@contextmanager
def open_target(
    connection: Connection, table: Table, names: list[str]
) -> Iterator[LoadData | None]:
    """Give the way straight into an empty table of MySQL; None where there is no such way."""
    if (
        connection.dialect.name != "mysql"
        or not may_load_data(connection)
        or connection.execute(select(text("1")).select_from(table).limit(1)).first()
    ):
        yield None
        return
    with closing(WaitingRoom()) as room:
        yield LoadData(connection, table, room.path, names)


def may_load_data(connection: Connection) -> bool:
    """Tell whether both ends allow LOAD DATA LOCAL; the server would else end the transaction."""
    here = getattr(connection.connection.driver_connection, "_local_infile", False)
    return bool(here and connection.scalar(text("SELECT @@local_infile")))


def _escaped(column: pa.Array) -> pa.Array:
    r"""Return the column as LOAD DATA reads it: \N for null, two backslashes for one."""
    column = as_text(column)
    if pa.types.is_string(column.type):
        column = pc.replace_substring(column, "\\", "\\\\")
    elif pa.types.is_boolean(column.type):
        column = pc.cast(column, pa.int8())
    if column.null_count:
        column = pc.fill_null(pc.cast(column, pa.string()), "\\N")
    return column


def as_text(column: pa.Array) -> pa.Array:
    """Return times, dates and decimals as the text that both databases take; others as they are.

    Times have whole seconds, as the rules leave them. A cast writes those in the wanted form, in a
    tenth of the time that strftime takes.
    """
    if pa.types.is_timestamp(column.type):
        column = pc.cast(column, pa.timestamp("s"))
    elif not (pa.types.is_date(column.type) or pa.types.is_decimal(column.type)):
        return column
    return pc.cast(column, pa.string())
