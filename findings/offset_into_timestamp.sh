#!/usr/bin/env bash
# '05:00+01:00' in a column without a zone: DuckDB drops the offset, polars converts, Arrow refuses.
#
# Guess: DuckDB's TIMESTAMP takes 2013-01-01T05:00:00+01:00 as the moment in UTC, 04:00; polars
#     and pyarrow refuse it for a Datetime or timestamp that has no zone.
# Comes: DuckDB drops the offset, in a CSV file as in a cast: 05:00. polars converts to 04:00.
#     pyarrow refuses. Left to itself, DuckDB makes the column TIMESTAMP WITH TIME ZONE. (MySQL
#     9.7 converts to the session's zone; MariaDB 10.11 refuses with error 1292.)
# Matters: The same file is an hour apart in two engines, and neither complains. A load that
#     declares its types is worse off than one that guesses.
# Do: Declare the zone: TIMESTAMPTZ, pl.Datetime(time_zone='UTC'), pa.timestamp('us', 'UTC').
#     Reject rows that have no offset.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q duckdb==2.0.1 pyarrow==26.0.1 polars==2.1.0
venv/bin/python - <<'PYTHON'
import duckdb
import polars as pl
import pyarrow as pa
from pyarrow import csv

print("duckdb", duckdb.__version__, "pyarrow", pa.__version__, "polars", pl.__version__)
moment = "2013-01-01T05:00:00+01:00"
with open("t.csv", "w") as file:
    file.write(f"t\n{moment}\n")
connection = duckdb.connect()
connection.execute("SET TimeZone = 'UTC'")


def by_arrow(kind):
    """Return the hour that pyarrow reads."""
    options = csv.ConvertOptions(column_types={"t": kind})
    return csv.read_csv("t.csv", convert_options=options)["t"][0].as_py().hour


def by_duckdb(kind):
    """Return the hours that DuckDB reads and casts."""
    typed = "SELECT hour(t) FROM read_csv('t.csv', columns = {'t': '" + kind + "'})"
    cast = f"SELECT hour('{moment}'::{kind})"
    return [connection.execute(query).fetchone()[0] for query in (typed, cast)]


plain = {"DuckDB": by_duckdb("TIMESTAMP")}
plain["polars"] = pl.read_csv("t.csv", schema={"t": pl.Datetime("us")})["t"][0].hour
try:
    plain["pyarrow"] = by_arrow(pa.timestamp("us"))
except pa.ArrowInvalid as error:
    print(f"pyarrow: {error}")
    plain["pyarrow"] = "refused"
print(f"the hour without a zone: {plain}")
assert plain == {"DuckDB": [5, 5], "polars": 4, "pyarrow": "refused"}
zoned = pl.read_csv("t.csv", schema={"t": pl.Datetime("us", "UTC")})["t"][0].hour
assert (by_duckdb("TIMESTAMPTZ"), zoned, by_arrow(pa.timestamp("us", "UTC"))) == ([4, 4], 4, 4)

print("As described.")
PYTHON
