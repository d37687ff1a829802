#!/usr/bin/env bash
# The mean of decimals in Arrow has no more digits than the decimals: of 0.01 and 0.02 it is 0.02.
#
# Guess: The mean of decimal(10, 2) gets further digits, as AVG in SQL does, or becomes a float:
#     0.015.
# Comes: 0.02, of type decimal(10, 2): in pyarrow's mean and group_by, and so in pandas columns of
#     ArrowDtype, while median of the same column says 0.015. polars and DuckDB say 0.015; MariaDB
#     10.11 says 0.015000.
# Matters: Average prices and rates are off by up to half a cent, and the error does not cancel
#     out when they are multiplied by a quantity.
# Do: Cast to a wider scale first, decimal(38, 10), or divide the sum by the count yourself.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q pyarrow==26.0.1 pandas==3.1.1 polars==2.1.0 duckdb==2.0.1
venv/bin/python - <<'PYTHON'
from decimal import Decimal

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

print("pyarrow", pa.__version__, "pandas", pd.__version__)
print("polars", pl.__version__, "duckdb", duckdb.__version__)
cents = pa.array([Decimal("0.01"), Decimal("0.02")], pa.decimal128(10, 2))
series = pd.Series(cents, dtype=pd.ArrowDtype(cents.type))
groups = pa.table({"k": [1, 1], "p": cents}).group_by("k").aggregate([("p", "mean")])
query = "SELECT avg(p) FROM (VALUES (0.01::DECIMAL(10, 2)), (0.02)) AS t(p)"
means = {
    "pyarrow": pc.mean(cents).as_py(),
    "pyarrow, by group": groups["p_mean"][0].as_py(),
    "pandas on Arrow": series.mean(),
    "pandas on Arrow, by group": pd.DataFrame({"k": 1, "p": series}).groupby("k").p.mean().iloc[0],
    "pandas on Arrow, median": series.median(),
    "pyarrow, wider": pc.mean(cents.cast(pa.decimal128(38, 10))).as_py(),
    "polars": pl.Series([Decimal("0.01"), Decimal("0.02")]).mean(),
    "duckdb": duckdb.connect().execute(query).fetchone()[0],
}
for library, mean in means.items():
    print(f"{library:26} {mean}")
short = {library for library, mean in means.items() if Decimal(str(mean)) == Decimal("0.02")}
assert short == {"pyarrow", "pyarrow, by group", "pandas on Arrow", "pandas on Arrow, by group"}

print("As described.")
PYTHON
