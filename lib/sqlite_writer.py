"""An SQLite file that Arrow rows are written to: by ADBC, which makes no Python object of a value.

Through ADBC's own interface, not its DB-API, whose cursors and transactions have no use here.
https://arrow.apache.org/adbc/current/python/api/adbc_driver_manager.html
"""

from __future__ import annotations

from pathlib import Path

import adbc_driver_manager as adbc
import adbc_driver_sqlite
import pyarrow as pa

Error = adbc.Error


class SqliteWriter:
    """A connection that commits each statement. Close it before somebody else reads the file.

    Raises Error where the file takes nothing.
    """

    def __init__(self, path: Path) -> None:
        self._database = adbc_driver_sqlite.connect(path.as_posix())
        try:
            self._connection = adbc.AdbcConnection(self._database)
        except BaseException:
            self._database.close()
            raise
        self._open = True

    def execute(self, sql: str) -> None:
        """Execute a statement, whatever it returns."""
        with adbc.AdbcStatement(self._connection) as statement:
            statement.set_sql_query(sql)
            statement.execute_update()

    def append(self, table: str, rows: pa.RecordBatch) -> None:
        """Append the rows to a table that is there."""
        options = {
            adbc.StatementOptions.INGEST_TARGET_TABLE.value: table,
            adbc.StatementOptions.INGEST_MODE.value: "adbc.ingest.mode.append",
        }
        with adbc.AdbcStatement(self._connection) as statement:
            statement.set_options(**options)
            statement.bind(rows)
            statement.execute_update()

    def close(self) -> None:
        """Give the file back; twice does no harm."""
        if self._open:
            self._open = False
            self._connection.close()
            self._database.close()
