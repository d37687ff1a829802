#!/usr/bin/env bash
# One odd value in a JSON lines file makes DuckDB's column JSON, and its texts keep their quotes.
#
# Guess: A key that is a number in one line and a text in the next becomes VARCHAR, with the text
#     x.
# Comes: The column is of type JSON, the text is "x" with its quotation marks, and a comparison
#     with 'x' raises, because 'x' is no JSON. polars reads the same file as a column of text, x.
# Matters: The day on which a source sends the first 'unknown' among its numbers, joins and
#     filters on that column find nothing, or the query fails.
# Do: Name the types: read_json(..., columns = {'a': 'VARCHAR'}). In a JSON column use a ->> '$'.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q duckdb==2.0.1 polars==2.1.0
venv/bin/python - <<'PYTHON'
import duckdb
import polars as pl

print("duckdb", duckdb.__version__, "polars", pl.__version__)
with open("a.jsonl", "w") as file:
    file.write('{"a": 1}\n{"a": "x"}\n')
connection = duckdb.connect()
mixed = connection.execute("SELECT typeof(a), a FROM 'a.jsonl'").fetchall()
print(f"duckdb: {mixed}")
assert mixed == [("JSON", "1"), ("JSON", '"x"')]
try:
    connection.execute("SELECT count(*) FROM 'a.jsonl' WHERE a = 'x'").fetchall()
except duckdb.ConversionException as error:
    print(f"a = 'x': {str(error).splitlines()[0]}")
else:
    raise SystemExit("The comparison raised nothing.")
named = "FROM read_json('a.jsonl', columns = {'a': 'VARCHAR'})"
assert connection.execute(named).fetchall() == [("1",), ("x",)]
assert connection.execute("SELECT a ->> '$' FROM 'a.jsonl'").fetchall() == [("1",), ("x",)]
texts = pl.read_ndjson("a.jsonl")["a"].to_list()
print(f"polars: {texts}")
assert texts == ["1", "x"]

print("As described.")
PYTHON
