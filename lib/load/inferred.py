"""Inferred members: rows of other tables that only this file knows; Kimball's term.

https://www.kimballgroup.com/data-warehouse-business-intelligence-resources/
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy import Connection, Table

from lib.database.dialects import dialect_of
from lib.errors import PipelineError
from lib.load.form import reading

MAX_LIST_VALUES = 500  # of an IN (...): SQLite and MySQL both limit a statement
Named = dict[str, set[Any]]  # what the rows name, by column


def flag_of(table: Table) -> sa.Column[Any] | None:
    """Return the column that marks inferred members, if the model has one.

    It says so itself: `mapped_column(default=False, info={"inferred": True})`.
    """
    return next((column for column in table.columns if column.info.get("inferred")), None)


class InferredMembers:
    """What the rows name in other tables that allow for inferred members.

    An order of a customer that `customers` lacks is still an order; dropping it would falsify every
    sum. So the customer gets a row with its key and a mark.
    """

    def __init__(self, table: Table) -> None:
        self._keys: dict[str, sa.Column[Any]] = {}
        for constraint in sorted(table.foreign_key_constraints, key=lambda each: str(each.name)):
            first, *others = constraint.elements
            if constraint.referred_table is not table and not others and _may_infer(first.column):
                self._keys[first.parent.name] = first.column
        self._named: Named = {name: set() for name in self._keys}
        self._seen: Named = {name: set() for name in self._keys}
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
            self._settled[name] |= fresh
            fresh = set(map(reading(key.type, connection.dialect), fresh))
            unknown = {
                value for value in fresh - _known(connection, key, fresh) if _fits(key, value)
            }
            if unknown:
                flag = flag_of(key.table)
                assert flag is not None
                rows = [{key.key: value, flag.key: True} for value in sorted(unknown, key=str)]
                count = connection.execute(
                    dialect_of(connection).insert_missing(key.table), rows
                ).rowcount
                added[key.table.name] = added.get(key.table.name, 0) + count
        return added


def _may_infer(key: sa.Column[Any]) -> bool:
    """Tell whether a row may have this key and a mark, and no more; the mark promises it."""
    parent = key.table
    flag = flag_of(parent)
    if flag is None:
        return False
    for column in parent.columns:
        free = column.nullable or column in (key, flag, parent.autoincrement_column)
        if not free and column.default is None and column.server_default is None:
            raise PipelineError(
                f"{parent.name} can have no inferred members: {column} may not be missing.",
                f"Let it be missing, give it a default, or take the mark off {flag}.",
            )
    return True


def _fits(key: sa.Column[Any], value: Any) -> bool:
    """Tell whether a parent can have this key; one that is cut would be another's."""
    length = getattr(key.type, "length", None)
    return not (length and isinstance(value, str) and len(value) > length)


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
