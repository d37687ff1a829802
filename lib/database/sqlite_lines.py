"""Rows of SQLite as lines of JSON: one call for a row, and each text is told from a number."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

MAX_VALUES = 100  # of one call: a function takes so many at least, sqlite.org/limits.html


def csv_line(columns: Iterable[sa.ColumnElement[Any]]) -> tuple[Any, list[str]]:
    """Return what `Dialect.csv_line` asks for, as the bytes of a JSON array.

    SQLite would cut a float after 15 digits: floats, and decimals, which it keeps as floats, are
    left out.
    """
    kept = [each for each in columns if not isinstance(each.type, sa.Float | sa.Numeric)]
    kept = kept[:MAX_VALUES]
    return sa.cast(sa.func.json_array(*kept), sa.LargeBinary), [each.name for each in kept]


def csv_text(lines: Sequence[bytes]) -> tuple[bytes, int]:
    r"""Return what `Dialect.csv_text` asks for.

    Without a backslash in it, JSON is CSV in brackets. A NUL is in no JSON of UTF-8, but in each of
    UTF-16, which a database may be kept in.
    """
    data = b"\n".join(lines)
    if b"\\" not in data and b"\0" not in data:
        return data[1:-1].replace(b"]\n[", b"\n") + b"\n", data.count(b'"') // 2
    rows = [json.loads(line) for line in lines]
    texts = sum(isinstance(value, str) for row in rows for value in row)
    return "".join(map(_as_csv, rows)).encode(), texts


def _as_csv(row: Sequence[Any]) -> str:
    values = (
        '"' + value.replace('"', '""') + '"' if isinstance(value, str) else json.dumps(value)
        for value in row
    )
    return ",".join(values) + "\n"
