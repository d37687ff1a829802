#!/usr/bin/env bash
# DuckDB sees a NaN of a pandas column as NULL, and the same NaN from Arrow or polars as a number.
#
# Guess: NaN is a float like another one: DuckDB gives the same answers for the same column of
#     pandas, Arrow and polars.
# Comes: From pandas NaN is NULL: not counted, max is 1.0. From Arrow and polars it is NaN:
#     counted, greater than every number, and sum and max are nan.
# Matters: A step that hands a polars frame instead of a pandas frame to the same SQL turns totals
#     into nan, and `WHERE delay > 15` finds the rows without a delay.
# Do: Make missing values NULL before the query: pa.Table.from_pandas does, polars has
#     fill_nan(None); or CASE WHEN isnan(x) THEN NULL ELSE x END.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q duckdb==2.0.1 pyarrow==26.0.1 pandas==3.1.1 polars==2.1.0
venv/bin/python - <<'PYTHON'
import math

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa

print("duckdb", duckdb.__version__, "pandas", pd.__version__)
print("pyarrow", pa.__version__, "polars", pl.__version__)
data = {"x": [1.0, math.nan]}
found = {}
for name, frame in {
    "pandas": pd.DataFrame(data),
    "Arrow": pa.table(data),
    "polars": pl.DataFrame(data),
    "Arrow from pandas": pa.Table.from_pandas(pd.DataFrame(data)),
    "polars, fill_nan": pl.DataFrame(data).fill_nan(None),
}.items():
    connection = duckdb.connect()
    connection.register("frame", frame)
    query = "SELECT count(x), max(x), count(*) FILTER (x > 15) FROM frame"
    found[name] = connection.execute(query).fetchone()
    print(f"{name:18} count, max, greater than 15: {found[name]}")
missing = {name for name, answer in found.items() if answer == (1, 1.0, 0)}
assert missing == {"pandas", "Arrow from pandas", "polars, fill_nan"}
for name in ("Arrow", "polars"):
    count, largest, late = found[name]
    assert (count, late) == (2, 1) and math.isnan(largest)

print("As described.")
PYTHON
