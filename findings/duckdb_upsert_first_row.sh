#!/usr/bin/env bash
# DuckDB's upsert keeps the first of two rows with one key, SQLite and MySQL the last.
#
# Guess: Two rows of one key in one INSERT ... ON CONFLICT DO UPDATE are an error, as in
#     PostgreSQL.
# Comes: The first one wins, and no error says so; likewise with INSERT OR REPLACE. One row is
#     counted. Two statements, one for each row, end with the last.
# Matters: A file that holds a row and its correction ends with the old value in DuckDB and the
#     new one in SQLite or MySQL. (Seen there: SQLite by the same SQL, MariaDB 10.11 and MySQL 9.7
#     by ON DUPLICATE KEY UPDATE.)
# Do: Leave one row for each key before the upsert, by a rule of your own: QUALIFY row_number()
#     OVER (PARTITION BY k ORDER BY updated_at DESC) = 1.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q duckdb==2.0.1
venv/bin/python - <<'PYTHON'
import sqlite3

import duckdb

print("duckdb", duckdb.__version__, "SQLite", sqlite3.sqlite_version)
upsert = "INSERT INTO t VALUES (1, 'old'), (1, 'new') ON CONFLICT (k) DO UPDATE SET v = excluded.v"
replace = "INSERT OR REPLACE INTO t VALUES (1, 'old'), (1, 'new')"
kept = {}
for name, connect in (("DuckDB", duckdb.connect), ("SQLite", sqlite3.connect)):
    for statement in (upsert, replace):
        connection = connect(":memory:")
        connection.execute("CREATE TABLE t (k INTEGER PRIMARY KEY, v TEXT)")
        connection.execute(statement)
        [(value,)] = connection.execute("SELECT v FROM t").fetchall()
        kept[name, statement.split(" INTO")[0]] = value
        print(f"{name}, {statement.split(' INTO')[0]}: {value}")
assert kept == {
    ("DuckDB", "INSERT"): "old",
    ("DuckDB", "INSERT OR REPLACE"): "old",
    ("SQLite", "INSERT"): "new",
    ("SQLite", "INSERT OR REPLACE"): "new",
}
connection = duckdb.connect()
connection.execute("CREATE TABLE t (k INTEGER PRIMARY KEY, v TEXT)")
for value in ("old", "new"):
    connection.execute(
        "INSERT INTO t VALUES (1, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v", [value]
    )
assert connection.execute("SELECT v FROM t").fetchall() == [("new",)]

print("As described.")
PYTHON
