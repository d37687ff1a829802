"""Foreign keys of a load: parents that may be inferred, and parents that must exist.

An inferred member is a row with its key and `inferred = true`, for a parent that only this file
knows; Kimball's term. https://www.kimballgroup.com/data-warehouse-business-intelligence-resources/
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy import Connection, Table

from lib.database.dialects import dialect_of
from lib.errors import PipelineError

MAX_LIST_VALUES = 500  # of an IN (...): SQLite and MySQL both limit a statement
Named = dict[str, set[Any]]  # what the rows name, by column


class InferredMembers:
    """What the rows name in other tables that allow for inferred members.

    A flight to an airport that `airports` lacks is still a flight; dropping it would falsify every
    sum. So the airport gets a row with its key and `inferred = true`.
    """

    def __init__(self, table: Table) -> None:
        self._keys: dict[str, sa.Column[Any]] = {}
        self._needed: dict[str, sa.Column[Any]] = {}
        for constraint in sorted(table.foreign_key_constraints, key=lambda each: str(each.name)):
            if constraint.referred_table is table or len(constraint.elements) > 1:
                continue  # the database alone can tell
            (element,) = constraint.elements
            inferred = "inferred" in constraint.referred_table.columns
            (self._keys if inferred else self._needed)[element.parent.name] = element.column
        self._named: Named = {name: set() for name in self._keys | self._needed}
        self._seen: Named = {name: set() for name in self._named}
        self._settled: Named = {name: {None} for name in self._keys}

    def forget(self) -> None:
        """Forget what was added: it was rolled back."""
        self._settled = {name: {None} for name in self._keys}

    def named(self, rows: pa.RecordBatch) -> Named:
        """Return what these rows name and none before them did. One thread may ask: who reads."""
        fresh = {}
        for name in self._seen.keys() & set(rows.schema.names):
            fresh[name] = set(pc.unique(rows[name]).to_pylist()) - self._seen[name]
            self._seen[name] |= fresh[name]
        return fresh

    def note(self, named: Named) -> None:
        """Keep what some rows name."""
        for name, values in named.items():
            self._named[name] |= values

    def check(self, connection: Connection, staging: Table, source: str) -> None:
        """Raise PipelineError for the first row that names what must be there, and is not."""
        for name, key in self._needed.items():
            named = self._named[name] - {None}
            if unknown := named - _known(connection, key, named):
                some = sorted(unknown)[:MAX_LIST_VALUES]
                first = sa.select(staging.c.line, staging.c[name]).where(staging.c[name].in_(some))
                line, value = connection.execute(first.order_by(staging.c.line).limit(1)).one()
                raise PipelineError(
                    f"{source}, line {line}, column {name}: {value!r} is not in {key.table.name}; "
                    "nothing was loaded.",
                    f"Load {key.table.name} first, or correct the value.",
                )

    def add(self, connection: Connection, staging: Table | None) -> dict[str, int]:
        """Add the members that are unknown; return how many, by table. Once for each is enough.

        With a staging table, only what is still in it counts: some rows were dropped since.
        """
        added: dict[str, int] = {}
        for name, key in self._keys.items():
            named = self._named[name]
            if staging is not None and name in staging.c:
                named = set(connection.scalars(sa.select(staging.c[name]).distinct()))
            fresh = named - self._settled[name]
            unknown = fresh - _known(connection, key, fresh)
            self._settled[name] |= fresh
            if unknown:
                rows = [{key.name: value, "inferred": True} for value in sorted(unknown)]
                count = connection.execute(
                    dialect_of(connection).insert_missing(key.table), rows
                ).rowcount
                added[key.table.name] = added.get(key.table.name, 0) + count
        return added


def _known(connection: Connection, key: sa.Column[Any], values: set[Any]) -> set[Any]:
    """Return those of the values that the column has."""
    found: set[Any] = set()
    wanted = list(values)
    for start in range(0, len(wanted), MAX_LIST_VALUES):
        found.update(
            connection.scalars(
                sa.select(key).where(key.in_(wanted[start : start + MAX_LIST_VALUES]))
            )
        )
    return found
