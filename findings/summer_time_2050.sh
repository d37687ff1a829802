#!/usr/bin/env bash
# In 2050 Arrow knows no summer time, and polars none in 2150.
#
# Guess: Noon in New York on 1 July 2050 is 16:00 UTC for every library: the rule of the zone has
#     no end.
# Comes: pyarrow says 17:00 (winter time) for all that comes after 2037, the last year that the
#     system's file lists one by one (seen on Debian; Arrow does not read the rule at the file's
#     end). polars is right in 2050 and an hour off in 2150. pandas (by Python's zoneinfo) and
#     DuckDB are right.
# Matters: Contracts, maturities and time tables reach beyond 2037. Two steps of one pipeline then
#     differ by an hour, and a join on the moment finds nothing.
# Do: Store far dates as local time with the name of the zone; convert by zoneinfo, in one place.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q duckdb==2.0.1 pyarrow==26.0.1 pandas==3.1.1 polars==2.1.0
venv/bin/python - <<'PYTHON'
import datetime as dt

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

print("duckdb", duckdb.__version__, "pyarrow", pa.__version__)
print("pandas", pd.__version__, "polars", pl.__version__)
zone = "America/New_York"
noons = [dt.datetime(year, 7, 1, 12) for year in (2030, 2050, 2150)]
in_pandas = pd.Series(noons).dt.tz_localize(zone).dt.tz_convert("UTC")
in_polars = pl.Series(noons).dt.replace_time_zone(zone).dt.convert_time_zone("UTC")
in_arrow = pc.assume_timezone(pa.array(noons), zone).cast(pa.timestamp("us", "UTC"))
connection = duckdb.connect()
connection.execute("SET TimeZone = 'UTC'")
query = f"SELECT hour(unnest(?::TIMESTAMP[]) AT TIME ZONE '{zone}')"
hours = {
    "pandas": [moment.hour for moment in in_pandas],
    "polars": in_polars.dt.hour().to_list(),
    "pyarrow": pc.hour(in_arrow).to_pylist(),
    "DuckDB": [hour for (hour,) in connection.execute(query, [noons]).fetchall()],
}
for library, found in hours.items():
    print(f"{library:8} noon of 1 July 2030, 2050, 2150 is {found} UTC")
assert hours == {
    "pandas": [16, 16, 16],
    "polars": [16, 16, 17],
    "pyarrow": [16, 17, 17],
    "DuckDB": [16, 16, 16],
}

print("As described.")
PYTHON
