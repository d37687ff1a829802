"""LOAD DATA LOCAL INFILE: MySQL's own reader of files, the fastest way in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from sqlalchemy import Connection, Table, text

from lib.errors import NotTaken, PipelineError
from lib.load.staging_folder import StagingFolder
from lib.load.staging_table import Inserted, Staging, as_text, is_empty, temporary_table

SLOW_WAY = (
    "The server forbids LOAD DATA LOCAL (local_infile is off), so rows went in by batched INSERT, "
    "which is slower. An administrator switches it on with: SET GLOBAL local_infile = 1"
)


class LoadData:
    """MySQL's own reader of files, fed with one small CSV per batch."""

    thread_safe = False

    def __init__(
        self, connection: Connection, table: Table, folder: Path, names: list[str] | None = None
    ) -> None:
        self.table, self.note = table, ""
        self._connection = connection
        self._file = folder / "batch.csv"
        preparer = connection.dialect.identifier_preparer
        place = self._file.as_posix().replace("'", "''").replace("%", "%%")
        columns = [table.c[name] for name in names or table.c.keys()]
        self._sql = (
            f"LOAD DATA LOCAL INFILE '{place}' INTO TABLE {preparer.format_table(table)} "
            "CHARACTER SET utf8mb4 "
            "FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' LINES TERMINATED BY '\\n' "
            f"({', '.join(preparer.format_column(each) for each in columns)})"
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
def open_staging(connection: Connection, like: Table) -> Iterator[Staging]:
    """Make a temporary table with the columns of `like`; LOAD DATA fills it where it may."""
    with temporary_table(connection, like):
        if may_load_data(connection):
            with closing(StagingFolder()) as room:
                yield LoadData(connection, like, room.path)
        else:
            yield Inserted(connection, like, SLOW_WAY)


@contextmanager
def open_target(
    connection: Connection, table: Table, names: list[str]
) -> Iterator[LoadData | None]:
    """Give the way straight into an empty table; None where there is no such way."""
    if not may_load_data(connection) or not is_empty(connection, table):
        yield None
        return
    with closing(StagingFolder()) as room:
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
