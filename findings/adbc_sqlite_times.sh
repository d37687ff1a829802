#!/usr/bin/env bash
# A time that ADBC writes to SQLite is not equal to the same time that SQLAlchemy writes.
#
# Guess: adbc_ingest stores a timestamp as SQLite's functions and SQLAlchemy write it, with a
#     blank: 2013-01-01 05:00:00.
# Comes: It stores a T, 2013-01-01T05:00:00.000000, in a column that it declares without a type;
#     SQLAlchemy stores 2013-01-01 05:00:00.000000. SQLite compares them as texts.
# Matters: WHERE t = ... finds nothing, a key takes the same moment twice, and a range over a day
#     ends wrongly, because T sorts behind the blank.
# Do: Cast to text in Arrow first, with strftime and the form of the table; or write by
#     SQLAlchemy.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q adbc-driver-sqlite==1.13.0 pyarrow==26.0.1 sqlalchemy==2.1.9
venv/bin/python - <<'PYTHON'
import datetime as dt
from importlib.metadata import version

import adbc_driver_sqlite.dbapi as adbc
import pyarrow as pa
import sqlalchemy as sa

print(*(f"{name} {version(name)}" for name in ("adbc-driver-sqlite", "pyarrow", "sqlalchemy")))
moment = dt.datetime(2013, 1, 1, 5)
engine = sa.create_engine("sqlite:///t.db")
table = sa.Table("t", sa.MetaData(), sa.Column("at", sa.DateTime, primary_key=True))
table.create(engine)
with engine.begin() as connection:
    connection.execute(table.insert(), {"at": moment})
with adbc.connect("t.db") as connection, connection.cursor() as cursor:
    cursor.adbc_ingest("t", pa.table({"at": [moment]}), mode="append")
    cursor.adbc_ingest("own", pa.table({"at": [moment]}), mode="create")
    connection.commit()
with engine.connect() as connection:
    stored = connection.exec_driver_sql("SELECT at FROM t ORDER BY at").scalars().all()
    found = connection.scalar(sa.select(sa.func.count()).where(table.c.at == moment))
    night = sa.select(sa.func.count()).where(table.c.at > dt.datetime(2013, 1, 1, 23))
    later = connection.scalar(night)
    declared = connection.exec_driver_sql("SELECT type FROM pragma_table_info('own')").scalar()
print(f"one moment, twice in a primary key: {stored}")
print(f"rows equal to it: {found}; rows after 23:00: {later}; declared type {declared!r}")
assert stored == ["2013-01-01 05:00:00.000000", "2013-01-01T05:00:00.000000"]
assert (found, later, declared) == (1, 1, "")

print("As described.")
PYTHON
