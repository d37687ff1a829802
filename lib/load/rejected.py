"""`rejected_rows`: what was not loaded, and why."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection, Table

from lib.load.rules import Rejected
from lib.load.tables import RejectedRow
from lib.source.base import Source


def keep_rejected(
    connection: Connection,
    staging: Table | None,
    table: str,
    source: Source,
    rejected: list[Rejected],
    run_id: int | None,
) -> None:
    """Make `rejected_rows` say what this file's rejected rows are; rows known already stay.

    The staging table tells which lines were read, of a source that leaves some out.
    """
    file = source.name
    rows = RejectedRow.__table__
    assert isinstance(rows, Table)
    mine = sa.and_(rows.c.table_name == table, rows.c.file == file)
    parts = (rows.c.line, rows.c.column_name, rows.c.value, rows.c.reason)
    known = {
        tuple(row[1:]): row[0]
        for row in connection.execute(sa.select(rows.c.id, *parts).where(mine))
    }
    found = {(bad.line, bad.column, bad.value, bad.reason) for bad in rejected}
    lines = {key[0] for key in known}
    if staging is not None and source.filtered:  # it says nothing of the rows that it leaves out
        read_again = sa.select(rows.c.line).where(mine, rows.c.line.in_(sa.select(staging.c.line)))
        lines = {bad.line for bad in rejected} | set(connection.scalars(read_again))
    gone = [
        {"old": number} for key, number in known.items() if key not in found and key[0] in lines
    ]
    if gone:
        connection.execute(sa.delete(rows).where(rows.c.id == sa.bindparam("old")), gone)
    new = [
        dict(run_id=run_id, table_name=table, file=file)
        | dict(line=line, column_name=column, value=value, reason=reason)
        for line, column, value, reason in sorted(found - known.keys(), key=lambda key: key[0])
    ]
    if new:
        connection.execute(sa.insert(rows), new)
