#!/usr/bin/env bash
# DuckDB's reject_errors.line counts rows, not lines of the file.
#
# Guess: reject_errors.line is the line of the file in which the bad row stands, and csv_line its
#     text.
# Comes: Behind a quoted field with a line break the number is too small by the breaks in between:
#     3 for a row in line 4. Behind an empty CR LF line csv_line begins with the ends of the lines
#     before it.
# Matters: A report of rejected rows sends people to the wrong line, and a csv_line that is loaded
#     again after a correction brings an empty row along.
# Do: Find the line by line_byte_position: count the line breaks before that byte. Strip csv_line.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q duckdb==2.0.1
venv/bin/python - <<'PYTHON'
import duckdb

print("duckdb", duckdb.__version__)


def rejected(text):
    """Return line, start of the row in bytes and csv_line of each row that DuckDB rejects."""
    with open("rows.csv", "w", newline="") as file:
        file.write(text)
    connection = duckdb.connect()
    connection.execute(
        "SELECT * FROM read_csv('rows.csv', header = true, auto_detect = false, "
        "store_rejects = true, columns = {'code': 'VARCHAR', 'n': 'INTEGER', 'note': 'VARCHAR'})"
    ).fetchall()
    query = "SELECT line, line_byte_position, csv_line FROM reject_errors"
    return connection.execute(query).fetchall()


broken = 'code,n,note\nUA,1,"two\nlines"\nAA,bad,y\n'
[(line, position, _)] = rejected(broken)
print(f"a quoted line break: line {line}, byte {position}")
right = broken.index("AA,bad")
assert line == 3 and broken[:right].count("\n") + 1 == 4

[(line, position, text)] = rejected("code,n,note\r\nUA,1,x\r\n\r\nAA,bad,y\r\n")
print(f"an empty line: line {line}, csv_line {text!r}")
assert text.strip() == "AA,bad,y" and text.startswith("\n")

print("As described.")
PYTHON
