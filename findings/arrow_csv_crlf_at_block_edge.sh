#!/usr/bin/env bash
# Arrow's CSV reader drops a LF of a quoted CR LF that falls on the edge of a block.
#
# Guess: With newlines_in_values a quoted field comes as it stands in the file, wherever it
#     stands.
# Comes: Where the CR is the last byte of a block (1 MiB unless told) and the LF the first byte of
#     the next, the LF is lost: 'x\r\ny' becomes 'x\ry'. (apache/arrow issue 51368)
# Matters: One value in some hundred thousand differs from its source without an error, and a
#     count of lines that is made from the values is off by one from there on.
# Do: Replace CR LF by LF before Arrow reads, or give the reader blocks of your own that do not
#     end in a CR; then compare a checksum of such a column.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q pyarrow==26.0.1
venv/bin/python - <<'PYTHON'
import io

import pyarrow as pa
from pyarrow import csv

print("pyarrow", pa.__version__)


def second(padding, block_size):
    """Return the second value of a file in which only the length of the first one varies."""
    data = "a,b\n1," + "p" * padding + '\n2,"x\r\ny"\n3,z\n'
    table = csv.read_csv(
        io.BytesIO(data.encode()),
        read_options=csv.ReadOptions(block_size=block_size),
        parse_options=csv.ParseOptions(newlines_in_values=True),
    )
    return table["b"].to_pylist()[1]


for block_size, start in ((64, 0), (1 << 20, (1 << 20) - 30)):
    odd = {n: v for n in range(start, start + 60) if (v := second(n, block_size)) != "x\r\ny"}
    print(f"blocks of {block_size} bytes: {odd}")
    assert list(odd.values()) == ["x\ry"]

print("As described.")
PYTHON
