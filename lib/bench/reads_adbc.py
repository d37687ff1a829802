"""Reading by ADBC: safe in a process where no other SQLite has the file open, as in the bench."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import sqlalchemy as sa
from adbc_driver_sqlite import dbapi


def by_adbc(url: str, _file: Path) -> int:
    """ADBC fetch_arrow_table, then to_pandas; not beside an open connection of Python's sqlite3"""
    with dbapi.connect(str(sa.make_url(url).database)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM flights")
        table = cursor.fetch_arrow_table()
    at = table.schema.get_field_index("time_hour")
    table = table.set_column(at, "time_hour", table["time_hour"].cast(pa.timestamp("us")))
    return len(table.to_pandas())
