#!/usr/bin/env bash
# DuckDB writes sum(BIGINT) to Parquet as a double.
#
# Guess: A sum of whole numbers stays whole in a Parquet file: it has decimal(38, 0) for it.
# Comes: sum(BIGINT) is a HUGEINT, and COPY ... (FORMAT parquet) stores a HUGEINT as DOUBLE:
#     beyond 2 ** 53 digits are lost, and the column is a float to every reader. A UBIGINT stays
#     whole.
# Matters: Sums of ids, bytes or amounts in cents differ from the database's by small amounts, and
#     an int column of last month's file is a float in this month's.
# Do: Name the type in the query: sum(x)::BIGINT or sum(x)::DECIMAL(38, 0).

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q duckdb==2.0.1 pyarrow==26.0.1
venv/bin/python - <<'PYTHON'
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

print("duckdb", duckdb.__version__, "pyarrow", pa.__version__)
connection = duckdb.connect()
connection.execute("CREATE TABLE t AS SELECT 9007199254740993::BIGINT AS x")
kind, exact = connection.execute("SELECT typeof(sum(x)), sum(x) FROM t").fetchone()
print(f"in DuckDB: {kind} {exact}")
assert (kind, exact) == ("HUGEINT", 9007199254740993)
columns = "sum(x) AS s, sum(x)::BIGINT AS b, sum(x)::DECIMAL(38, 0) AS d"
connection.execute(f"COPY (SELECT {columns} FROM t) TO 's.parquet' (FORMAT parquet)")
table = pq.read_table("s.parquet")
for name in table.column_names:
    print(f"in the file: {name} {table[name].type} {table[name][0]}")
assert table["s"].type == pa.float64() and table["s"][0].as_py() == 9007199254740992.0
assert int(table["b"][0].as_py()) == int(table["d"][0].as_py()) == exact

print("As described.")
PYTHON
