"""What a migration kept: all rows before it and after it, compared by their keys.

For tests, and for a copy of production on which a migration is tried: everything is held in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from lib.database.resuming import VERSION_TABLE

Row = dict[str, Any]  # by the column's name, values as the driver gives them


@dataclass(frozen=True)
class Held:
    """The rows of one table, and the columns of its key; without a key, all columns are it."""

    key: tuple[str, ...]
    columns: tuple[str, ...]
    rows: Sequence[Row]


Snapshot = Mapping[str, Held]  # by the table's name


def snapshot(connection: Connection) -> Snapshot:
    """Return all rows of all tables of the database, but for Alembic's own table."""
    there = sa.inspect(connection)
    held = {}
    for name in sorted(set(there.get_table_names()) - {VERSION_TABLE}):
        columns = tuple(column["name"] for column in there.get_columns(name))
        key = tuple(there.get_pk_constraint(name)["constrained_columns"])
        table = sa.table(name, *map(sa.column, columns))
        rows = connection.execute(sa.select(*table.columns)).mappings()
        held[name] = Held(key or columns, columns, [dict(row) for row in rows])
    return held


def lost(
    before: Snapshot,
    after: Snapshot,
    *,
    renamed: Mapping[str, str] | None = None,
    dropped: Sequence[str] = (),
) -> list[str]:
    """Return in words what was there before and is not after, or is another; [] when all is kept.

    Rows and columns that came are no loss. `renamed` gives new names of columns, as in
    {"airlines.name": "company"}; `dropped` the tables and columns that were meant to go.
    """
    found = []
    for name, old in before.items():
        if name in dropped:
            continue
        if name not in after:
            found.append(f"table {name} is gone, with {len(old.rows)} rows")
            continue
        names = {
            column: (renamed or {}).get(f"{name}.{column}", column)
            for column in old.columns
            if f"{name}.{column}" not in dropped
        }
        gone = [column for column in names if names[column] not in after[name].columns]
        found += [f"column {name}.{column} is gone" for column in gone]
        found += _rows_lost(name, old, after[name], {k: names[k] for k in names if k not in gone})
    return found


def _rows_lost(name: str, old: Held, new: Held, names: Mapping[str, str]) -> list[str]:
    """Compare the rows of a table in the columns that are named, by the old and the new name."""
    key = [column for column in old.key if column in names]
    if len(key) < len(old.key) or key == list(old.columns):  # rows are told by all that is left
        key = list(names)
    at = {_values(row, [names[column] for column in key]): row for row in new.rows}
    counted = Counter(_values(row, [names[column] for column in key]) for row in new.rows)
    counted.subtract(_values(row, key) for row in old.rows)
    missing = [each for each, count in counted.items() for _ in range(-count)]
    found = []
    if missing:
        found.append(f"{name}: {len(missing)} rows are gone, such as {_shown(key, missing[0])}")
    for column, now in names.items():
        changed = [
            row
            for row in old.rows
            if (other := at.get(_values(row, key))) is not None and other[now] != row[column]
        ]
        if changed:
            first = changed[0]
            became = at[_values(first, key)][now]
            found.append(
                f"{name}.{column}: {len(changed)} values are others, such as {first[column]!r}, "
                f"now {became!r}, of {_shown(key, _values(first, key))}"
            )
    return found


def _values(row: Row, columns: Sequence[str]) -> tuple[Any, ...]:
    return tuple(row[column] for column in columns)


def _shown(columns: Sequence[str], values: tuple[Any, ...]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in zip(columns, values, strict=True))
