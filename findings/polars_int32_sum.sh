#!/usr/bin/env bash
# polars sums a 32-bit column in 32 bits: the sum of 2147483647 and 1 is -2147483648.
#
# Guess: sum widens Int32 to Int64, as it does with Int8 and Int16, as pandas and pyarrow do, and
#     as databases do.
# Comes: The sum stays Int32 and wraps without an error, in sum, in group_by and in cum_sum.
# Matters: Int32 is what INTEGER columns of databases and Parquet files arrive as. Seconds, bytes
#     or cents pass two thousand million soon.
# Do: Cast before you add: pl.col('x').cast(pl.Int64).sum(). Check a total against the source's.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q polars==2.1.0 pyarrow==26.0.1 pandas==3.1.1
venv/bin/python - <<'PYTHON'
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

print("polars", pl.__version__, "pyarrow", pa.__version__, "pandas", pd.__version__)
numbers = [2**31 - 1, 1]
x = pl.Series("x", numbers, dtype=pl.Int32)
sums = {
    "polars": x.sum(),
    "polars, by group": pl.DataFrame({"k": [1, 1], "x": x}).group_by("k").sum()["x"][0],
    "polars, running": x.cum_sum()[1],
    "polars, cast first": x.cast(pl.Int64).sum(),
    "polars, of Int16": pl.Series([2**15 - 1, 1], dtype=pl.Int16).sum(),
    "pandas": int(pd.Series(numbers, dtype="int32").sum()),
    "pyarrow": pc.sum(pa.array(numbers, pa.int32())).as_py(),
}
for library, total in sums.items():
    print(f"{library:20} {total}")
wrapped = {library for library, total in sums.items() if total < 0}
assert wrapped == {"polars", "polars, by group", "polars, running"}
assert sums["polars, of Int16"] == 2**15 and sums["pandas"] == sums["pyarrow"] == 2**31

print("As described.")
PYTHON
