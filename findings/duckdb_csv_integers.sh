#!/usr/bin/env bash
# DuckDB reads '2.5' into an INTEGER column of a CSV file as 3, and rejects nothing.
#
# Guess: With columns = {'n': 'INTEGER'} a row with 2.5 is an error, or with store_rejects a
#     rejected row.
# Comes: It becomes 3. So do 1e2 (100), 0x10 (16), 1_000 (1000). And the text '2.5' rounds up
#     where the double 2.5 rounds to the even 2.
# Matters: A typed read is taken for a check of the file. A decimal in a column of counts, or a
#     code such as 1e2 or 0x10, is changed without a word.
# Do: Read VARCHAR and check it: regexp_full_match(n, '[+-]?[0-9]+'), then cast.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q duckdb==2.0.1
venv/bin/python - <<'PYTHON'
import duckdb

print("duckdb", duckdb.__version__)
texts = ["2.5", "-0.5", "1e2", "0x10", "1_000"]
with open("n.csv", "w") as file:
    file.write("\n".join(["n", *texts, ""]))
connection = duckdb.connect()
query = "FROM read_csv('n.csv', header = true, auto_detect = false, {})"
typed = query.format("columns = {'n': 'INTEGER'}, store_rejects = true")
numbers = [number for (number,) in connection.execute(typed).fetchall()]
rejected = connection.execute("SELECT count(*) FROM reject_errors").fetchone()[0]
print(dict(zip(texts, numbers)), f"{rejected} rejected")
assert numbers == [3, -1, 100, 16, 1000] and rejected == 0
twice = connection.execute("SELECT '2.5'::INTEGER, 2.5::DOUBLE::INTEGER").fetchone()
print(f"cast of the text and of the double: {twice}")
assert twice == (3, 2)
checked = query.format("columns = {'n': 'VARCHAR'}")
checked += " WHERE regexp_full_match(n, '[+-]?[0-9]+')"
assert connection.execute(checked).fetchall() == []

print("As described.")
PYTHON
