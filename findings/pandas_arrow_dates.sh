#!/usr/bin/env bash
# pandas rounds and prints times in two ways, by what the column is stored in.
#
# Guess: Series.dt.round and Series.dt.strftime do not depend on whether the column is
#     datetime64[us] or Arrow's timestamp[us], as dtype_backend='pyarrow' makes it.
# Comes: Half an hour goes to the even hour in the one (00:30 to 00:00) and up in the other (to
#     01:00); %S is '00' in the one and '00.000000' in the other.
# Matters: Counts by the hour, and keys and file names made from times, change when somebody
#     switches the back end to save memory.
# Do: Use floor instead of round. Before strftime cast to timestamp[s], or to datetime64. Test
#     with both.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q pyarrow==26.0.1 pandas==3.1.1
venv/bin/python - <<'PYTHON'
import datetime as dt

import pandas as pd
import pyarrow as pa

print("pandas", pd.__version__, "pyarrow", pa.__version__)
moments = [dt.datetime(2013, 1, 1, 0, 30), dt.datetime(2013, 1, 1, 1, 30)]
hours, texts = {}, {}
for name, dtype in {
    "datetime64[us]": "datetime64[us]",
    "Arrow timestamp[us]": pd.ArrowDtype(pa.timestamp("us")),
}.items():
    series = pd.Series(moments, dtype=dtype)
    hours[name] = [moment.hour for moment in series.dt.round("h")]
    texts[name] = series.dt.strftime("%H:%M:%S").tolist()
    print(f"{name:20} rounded to the hours {hours[name]}, printed {texts[name]}")
    assert [moment.hour for moment in series.dt.floor("h")] == [0, 1]
assert list(hours.values()) == [[0, 2], [1, 2]]
assert list(texts.values()) == [["00:30:00", "01:30:00"], ["00:30:00.000000", "01:30:00.000000"]]

print("As described.")
PYTHON
