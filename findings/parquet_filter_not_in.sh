#!/usr/bin/env bash
# Parquet filters: 'not in' keeps NULL, '!=' leaves it out.
#
# Guess: read_parquet with ('x', '!=', 'a') and with ('x', 'not in', ['a']) gives the same rows:
#     as in SQL, both leave out those whose x is NULL.
# Comes: '!=' leaves them out, 'not in' with the same one value keeps them. polars and DuckDB
#     leave them out both times.
# Matters: A filter that grows from one value to two brings rows back that were never there, and
#     the sums of pandas and of the database on the same file part.
# Do: State what NULL is to do: a pyarrow expression, ~field.isin([...]) & field.is_valid().

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q pyarrow==26.0.1 pandas==3.1.1 polars==2.1.0 duckdb==2.0.1
venv/bin/python - <<'PYTHON'
import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

print("pandas", pd.__version__, "pyarrow", pa.__version__)
print("polars", pl.__version__, "duckdb", duckdb.__version__)
pd.DataFrame({"x": ["a", "b", None]}).to_parquet("x.parquet")
lazy, x = pl.scan_parquet("x.parquet"), pl.col("x")


def sql(condition):
    """Return how many rows of the file DuckDB finds."""
    query = f"SELECT count(*) FROM 'x.parquet' WHERE {condition}"
    return duckdb.connect().execute(query).fetchone()[0]


def rows(filters):
    """Return how many rows of the file pandas reads."""
    return len(pd.read_parquet("x.parquet", filters=filters))


found = {
    "pandas": (rows([("x", "!=", "a")]), rows([("x", "not in", ["a"])])),
    "polars": tuple(lazy.filter(rule).collect().height for rule in (x != "a", ~x.is_in(["a"]))),
    "duckdb": (sql("x <> 'a'"), sql("x NOT IN ('a')")),
}
for library, (unequal, not_in) in found.items():
    print(f"{library:8} != gives {unequal} row(s), not in {not_in}")
assert found == {"pandas": (1, 2), "polars": (1, 1), "duckdb": (1, 1)}
assert rows(~pc.field("x").isin(["a"]) & pc.field("x").is_valid()) == 1

print("As described.")
PYTHON
