#!/usr/bin/env bash
# The same regular expression matches other rows when the column of text is Arrow's.
#
# Guess: pandas' str methods read a pattern as Python's re does, whatever the column is stored in.
# Comes: With dtype_backend='pyarrow' the engine is RE2: \s, \w and \d know ASCII only. A no-break
#     space between thousands stays, and 'Zürich' is no match of \w+. pandas 3's own str dtype
#     follows re; polars follows Unicode, DuckDB is as Arrow.
# Matters: A cleaning step passes its tests on one back end and lets values through on the other:
#     '1 234' with a no-break space then is no number, and valid names are rejected.
# Do: Say what you mean: [\s\p{Z}] and [\p{L}\p{N}_] in RE2 and polars, [0-9] for digits
#     everywhere. Test a rule with one non-ASCII value for each class.

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

print("pandas", pd.__version__, "pyarrow", pa.__version__)
print("polars", pl.__version__, "duckdb", duckdb.__version__)
texts = ["1\u00a0234", "Z\u00fcrich"]
cleaned, words = {}, {}
for name, dtype in {"pandas str": "str", "pandas on Arrow": pd.ArrowDtype(pa.string())}.items():
    series = pd.Series(texts, dtype=dtype)
    cleaned[name] = series.str.replace(r"\s+", "", regex=True)[0]
    words[name] = bool(series.str.fullmatch(r"\w+")[1])
cleaned["polars"] = pl.Series(texts).str.replace_all(r"\s+", "")[0]
words["polars"] = pl.Series(texts).str.contains(r"^\w+$")[1]
query = r"SELECT regexp_replace(?, '\s+', ''), regexp_full_match(?, '\w+')"
cleaned["duckdb"], words["duckdb"] = duckdb.connect().execute(query, texts).fetchone()
for name in cleaned:
    print(f"{name:16} without blanks {cleaned[name]!a:12} a word: {words[name]}")
assert {name for name, text in cleaned.items() if text != "1234"} == {"pandas on Arrow", "duckdb"}
assert {name for name, yes in words.items() if not yes} == {"pandas on Arrow", "duckdb"}
named = pd.Series(texts, dtype=pd.ArrowDtype(pa.string()))
assert named.str.replace(r"[\s\p{Z}]+", "", regex=True)[0] == "1234"
assert named.str.fullmatch(r"[\p{L}\p{N}_]+")[1]

print("As described.")
PYTHON
