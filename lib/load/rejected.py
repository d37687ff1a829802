"""`rejected_rows`: what was not loaded, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy import Column, Connection, Table
from sqlalchemy.exc import DBAPIError

from lib.database.dialects import dialect_of
from lib.database.savepoint import savepoint
from lib.errors import PipelineError
from lib.load.fit import Fit
from lib.load.merge import differs, same_key
from lib.load.report import LoadReport
from lib.load.rules import Rejected
from lib.load.staging import open_staging
from lib.load.tables import RejectedRow
from lib.source.base import Source

MAX_LIST_VALUES = 500  # of an IN (...)


def check_limit(rejected: Sequence[Rejected], read: int, limit: float | None, source: str) -> None:
    """Raise PipelineError where more than this share of the rows is rejected."""
    if limit is None or len(rejected) <= limit * read:
        return
    kinds = Counter((row.column, row.reason) for row in rejected)
    (column, reason), count = kinds.most_common(1)[0]
    first = next(row for row in rejected if (row.column, row.reason) == (column, reason))
    raise PipelineError(
        f"{len(rejected):,} of {read:,} rows of {source} are bad, the limit is {limit:g} of them; "
        f"nothing was loaded. {'Once' if count == 1 else f'{count:,} times, first'} in line "
        f"{first.line}: "
        f"{column} = {first.value!r}: {reason}.",
        "Correct the file or the rules, or raise the limit.",
    )


def keep_rejected(
    connection: Connection,
    staging: Table | None,
    fit: Fit,
    source: Source,
    rejected: list[Rejected],
    run_id: int | None,
) -> None:
    """Make `rejected_rows` say what this source's rejected rows are; rows known already stay.

    The staging table tells which lines were read, of a source that leaves some out.
    """
    rows = RejectedRow.__table__
    assert isinstance(rows, Table)
    if not sa.inspect(connection).has_table(rows.name):
        if rejected:
            first = rejected[0]
            raise PipelineError(
                f"{len(rejected):,} rows of {source.name} are bad, and the database has no table "
                f"{rows.name} to keep them in; nothing was loaded. The first, line {first.line}: "
                f"{first.column} = {first.value!r}: {first.reason}.",
                "Make the table: bring the database up to date, or correct the file.",
            )
        return
    source_is = {"table_name": fit.table.fullname[-64:], "file": source.name[-255:]}
    source_is["place"] = source.place[-255:]
    mine = sa.and_(*(rows.c[name] == value for name, value in source_is.items()))
    parts = (rows.c.line, rows.c.column_name, rows.c.value, rows.c.reason)
    known = {
        tuple(row[1:]): row[0]
        for row in connection.execute(sa.select(rows.c.id, *parts).where(mine))
    }
    found = {(bad.line, bad.column[:64], bad.value, bad.reason[:255]) for bad in rejected}
    lines = {key[0] for key in known}
    if staging is not None and source.filtered:  # it says nothing of the rows that it leaves out
        read = sa.select(staging.c[fit.line])
        read_again = sa.select(rows.c.line).where(mine, rows.c.line.in_(read))
        lines = {bad.line for bad in rejected} | set(connection.scalars(read_again))
    gone = [number for key, number in known.items() if key not in found and key[0] in lines]
    for start in range(0, len(gone), MAX_LIST_VALUES):
        some = gone[start : start + MAX_LIST_VALUES]
        connection.execute(sa.delete(rows).where(rows.c.id.in_(some)))
    new = [
        dict(run_id=run_id, line=line, column_name=column, value=value, reason=reason, **source_is)
        for line, column, value, reason in sorted(found - known.keys(), key=lambda key: key[0])
    ]
    if new:
        connection.execute(sa.insert(rows), new)


def remove_ruled_out(
    connection: Connection, fit: Fit, rows: Sequence[pa.RecordBatch], report: LoadReport
) -> None:
    """Take out of the table what an earlier load took, and a rule rejects now.

    A row that the table has in another form stays: that one was good. So does one that other tables
    refer to; the report says so.
    """
    if not rows:
        return
    like = Table(
        "ruled_out",
        sa.MetaData(),
        # Numbered, because a server may refuse tables without a primary key.
        # https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html
        Column(fit.line, sa.Integer, primary_key=True, autoincrement=False),
        *(Column(name, fit.staging.c[name].type) for name in fit.names),
        prefixes=["TEMPORARY"],
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with open_staging(connection, like) as staging:
        count = 0
        for batch in rows:
            numbers = pa.array(range(count, count + len(batch)), pa.int32())
            staging.add(batch.add_column(0, fit.line, numbers))
            count += len(batch)
        staging.finish()
        changed = differs(connection, fit, staging.table)
        # As the database gives them: nothing between it and the next statement.
        keys = [sa.type_coerce(fit.columns[name], sa.types.NULLTYPE) for name in fit.key]
        same = sa.select(*keys).where(same_key(fit, staging.table), sa.not_(changed))
        there = [tuple(row) for row in connection.execute(same)]
    what = f"{len(there):,} rows of {fit.table.name} that a rule rejects now"
    try:
        with savepoint(connection):
            for start in range(0, len(there), MAX_LIST_VALUES):
                some = sa.tuple_(*keys).in_(there[start : start + MAX_LIST_VALUES])
                report.removed += connection.execute(sa.delete(fit.table).where(some)).rowcount
    except DBAPIError as error:
        if not dialect_of(connection).refuses_row(error):
            raise
        report.removed = 0
        report.add_note(f"{what} are still there, because other rows refer to them.")
    else:
        if there:
            report.add_note(f"{what} were taken out of it.")
