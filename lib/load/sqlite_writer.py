"""An SQLite file that Arrow rows are written to: by ADBC, which makes no Python object of a value.

Through ADBC's own interface, not its DB-API, whose cursors and transactions have no use here.
https://arrow.apache.org/adbc/current/python/api/adbc_driver_manager.html
"""

from __future__ import annotations

from pathlib import Path
from threading import RLock

import adbc_driver_manager as adbc
import adbc_driver_sqlite
import pyarrow as pa

Error = adbc.Error


class SqliteWriter:
    """A connection that commits each statement. Close it before another connection reads the file.

    Raises Error where the file takes nothing, or the connection was closed: by another thread, for
    which Ctrl-C has ended the load. That one waits until the statement at work has come to its end.
    """

    def __init__(self, path: Path) -> None:
        self._database = adbc_driver_sqlite.connect(path.as_posix())
        try:
            self._connection = adbc.AdbcConnection(self._database)
        except BaseException:
            self._database.close()
            raise
        self._open = True
        self._at_work = RLock()

    def _statement(self) -> adbc.AdbcStatement:
        if not self._open:
            raise Error("closed", status_code=adbc.AdbcStatusCode.INVALID_STATE)
        return adbc.AdbcStatement(self._connection)

    def execute(self, sql: str) -> None:
        """Execute a statement, whatever it returns."""
        # The lock is C's own: a context manager of Python around it could be left with it taken.
        with self._at_work, self._statement() as statement:
            statement.set_sql_query(sql)
            statement.execute_update()

    def append(self, table: str, rows: pa.RecordBatch) -> None:
        """Append the rows to a table that is there."""
        options = {
            adbc.StatementOptions.INGEST_TARGET_TABLE.value: table,
            adbc.StatementOptions.INGEST_MODE.value: "adbc.ingest.mode.append",
        }
        with self._at_work, self._statement() as statement:
            statement.set_options(**options)
            statement.bind(rows)
            statement.execute_update()

    def close(self) -> None:
        """Give the file back; twice does no harm."""
        with self._at_work:
            if self._open:
                self._open = False
                self._connection.close()
                self._database.close()
