#!/usr/bin/env bash
# Dask turns a pandas column of Decimal into text: the sum of 1.10 and 2.20 is '1.102.20'.
#
# Guess: from_pandas leaves a column of Decimal objects alone, and sum adds them: Decimal('3.30').
# Comes: Every object column becomes a column of strings (option dataframe.convert-string), the
#     Decimals with it, and sum joins the texts. Nothing is raised.
# Matters: read_sql gives Decimal for NUMERIC columns. Their sums are nonsense, and max and sort
#     go by the alphabet: 9.00 is more than 10.00.
# Do: Give Dask whole cents, as int64. (Arrow's decimals, whose sum raises a TokenizationError
#     with these versions, and convert-string=False, which raises a TypeError, do not help.) Test
#     the type of a sum.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q 'dask[dataframe]==2026.8.0' pyarrow==26.0.1 pandas==3.1.1
venv/bin/python - <<'PYTHON'
from decimal import Decimal

import dask
import dask.dataframe as dd
import pandas as pd
import pyarrow as pa

print("dask", dask.__version__, "pandas", pd.__version__, "pyarrow", pa.__version__)
frame = pd.DataFrame({"price": [Decimal("1.10"), Decimal("2.20")]})
prices = dd.from_pandas(frame, npartitions=1).price
total = prices.sum().compute()
print(f"dask: {prices.dtype} {total!r}; pandas: {frame.price.sum()!r}")
assert frame.price.sum() == Decimal("3.30") and total == "1.102.20"
cents = (frame * 100).astype("int64")
whole = dd.from_pandas(cents, npartitions=1).price.sum().compute()
print(f"whole cents: {whole}")
assert whole == 330

print("As described.")
PYTHON
