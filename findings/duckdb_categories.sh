#!/usr/bin/env bash
# DuckDB sorts a Categorical column of pandas by the order of its categories.
#
# Guess: To SQL a Categorical column is text: ORDER BY, max and < go by the alphabet. The
#     categories are not even declared as ordered, and pandas itself refuses max.
# Comes: It arrives as an ENUM: ORDER BY, max and < go by the place among the categories. From
#     Parquet or polars the same column is VARCHAR.
# Matters: A merge or a window that sorts by such a column gives another order than the same query
#     on the stored file. Categories in order of appearance make it look random.
# Do: Cast in the query, x::VARCHAR, wherever an order counts; declare the order with ordered=True
#     where the order of the categories is meant.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q duckdb==2.0.1 pandas==3.1.1 polars==2.1.0 pyarrow==26.0.1
venv/bin/python - <<'PYTHON'
import duckdb
import pandas as pd
import polars as pl

print("duckdb", duckdb.__version__, "pandas", pd.__version__, "polars", pl.__version__)
sizes = pd.DataFrame({"s": pd.Categorical(["M", "S", "L"], categories=["S", "M", "L"])})
sizes.to_parquet("sizes.parquet")
texts = pl.DataFrame({"s": pl.Series(["M", "S", "L"], dtype=pl.Categorical)})
assert not sizes.s.cat.ordered
connection = duckdb.connect()
connection.register("sizes", sizes)
connection.register("texts", texts)
found = {}
for name in ("sizes", "texts", "'sizes.parquet'"):
    kind = connection.execute(f"SELECT typeof(any_value(s)) FROM {name}").fetchone()[0]
    order = connection.execute(f"SELECT s FROM {name} ORDER BY s").fetchall()
    found[name] = "".join(size for (size,) in order)
    print(f"{name:16} {kind:22} in order: {found[name]}")
assert found == {"sizes": "SML", "texts": "LMS", "'sizes.parquet'": "LMS"}

print("As described.")
PYTHON
