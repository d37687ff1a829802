"""Which rows the table would not take, and why: by what the database itself holds them to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

from lib.database.dialects import dialect_of
from lib.database.savepoint import savepoint
from lib.errors import PipelineError
from lib.load.fit import Fit
from lib.load.merge import same_key
from lib.load.rules import Rejected, shorten

MAX_LINES = 500  # in one statement


def unique_columns(connection: Connection, fit: Fit) -> list[list[str]]:
    """Return what is unique in the database beside the key, of the columns that are staged.

    Raises PipelineError where the key itself is not: a row that is loaded twice would be two.
    """
    unique = dialect_of(connection).uniques(connection, fit.table)
    if not any(set(columns) <= set(fit.key) for columns in unique):
        raise PipelineError(
            f"The table {fit.table.name} has no key ({', '.join(fit.key)}) in the database, as it "
            "has in its model; nothing was loaded.",
            "Bring the database up to date: a migration adds the key.",
        )
    return [
        columns
        for place, columns in enumerate(unique)
        if columns not in unique[:place] and not set(columns) <= set(fit.key)
        if all(column in fit.staging.c for column in columns)
    ]


def keys_of(
    connection: Connection, staging: Table, fit: Fit, some: Sequence[Rejected]
) -> list[Any]:
    """Return the keys of rows in the staging table, by their lines."""
    keys = [staging.c[name] for name in fit.key]
    found: list[Any] = []
    for start in range(0, len(some), MAX_LINES):
        lines = [row.line for row in some[start : start + MAX_LINES]]
        found += connection.execute(sa.select(*keys).where(staging.c[fit.line].in_(lines))).all()
    return found


def drop_rows(
    connection: Connection, staging: Table, fit: Fit, rejected: Sequence[Rejected]
) -> None:
    """Take rows out of the staging table, by their lines."""
    line = staging.c[fit.line]
    for start in range(0, len(rejected), MAX_LINES):
        lines = [row.line for row in rejected[start : start + MAX_LINES]]
        connection.execute(sa.delete(staging).where(line.in_(lines)))


def repeats(
    connection: Connection, staging: Table, fit: Fit, names: Sequence[str]
) -> list[Rejected]:
    """Return each row that says in these columns what one before it in the file says."""
    columns, line = [staging.c[name] for name in names], staging.c[fit.line]
    whole = sa.and_(*(column.is_not(None) for column in columns))
    repeated = sa.select(*columns).where(whole).group_by(*columns).having(sa.func.count() > 1)
    if connection.execute(repeated.limit(1)).first() is None:  # faster than what follows
        return []
    # min() over the same rows takes MariaDB a time that grows with their square.
    first = sa.func.first_value(line).over(partition_by=columns, order_by=line).label("_first_")
    every = sa.select(line, first, *columns).where(whole).subquery()
    here, before, *_ = every.c
    later = sa.select(every).where(here > before).order_by(here)
    what = "key" if set(names) == set(fit.key) else ", ".join(names)
    return [
        Rejected(line, ", ".join(names), _shown(values), f"repeats the {what} of line {first}")
        for line, first, *values in connection.execute(later)
    ]


def taken(
    connection: Connection, staging: Table, fit: Fit, names: Sequence[str], known: bool
) -> list[Rejected]:
    """Return each row that says in these columns what another row of the table says.

    That one counts even if it is about to change: whether it does so in time is the database's
    choice. `known` tells whether rows with a key that is there count, too.
    """
    other = fit.table.alias()
    columns, line = [staging.c[name] for name in names], staging.c[fit.line]
    same = (other.c[fit.columns[name].key] == staging.c[name] for name in names)
    apart = (other.c[fit.columns[name].key] != staging.c[name] for name in fit.key)
    rows = sa.select(line, *columns).select_from(staging.join(other, sa.and_(*same)))
    rows = rows.where(sa.or_(*apart))
    if not known:
        rows = rows.where(~sa.exists().where(same_key(fit, staging)))
    return [
        Rejected(
            line, ", ".join(names), _shown(values), f"is the {', '.join(names)} of another row"
        )
        for line, *values in connection.execute(rows.order_by(line))
    ]


def breaches(connection: Connection, staging: Table, fit: Fit, source: str) -> list[Rejected]:
    """Return the rows that break a CHECK, or name no parent in their own table.

    Raises PipelineError for the first row that names what another table lacks: there may be many.
    """
    found = {row.line: row for row in _broken_checks(connection, staging, fit)}
    keys = sa.inspect(connection).get_foreign_keys(fit.table.name, schema=fit.table.schema)
    for key in keys:
        names = key["constrained_columns"]
        if not all(each in staging.c for each in names):
            continue
        columns, line = [staging.c[name] for name in names], staging.c[fit.line]
        name, schema = key["referred_table"], key["referred_schema"]
        there: list[Any] = [sa.column(each) for each in key["referred_columns"]]
        parent = sa.alias(sa.table(name, *there, schema=schema))
        same = (ours == theirs for ours, theirs in zip(columns, parent.c, strict=True))
        absent = ~sa.exists().where(*same)
        lost = sa.select(line, *columns).where(*(each.is_not(None) for each in columns), absent)
        lost = lost.order_by(line)
        if (name, schema) == (fit.table.name, fit.table.schema):
            found |= _orphans(connection, staging, fit, lost, key["referred_columns"])
        elif first := connection.execute(lost.limit(1)).first():
            raise PipelineError(
                f"{source}, line {first[0]}, column {', '.join(names)}: "
                f"{', '.join(map(repr, first[1:]))} is not in {name}; "
                "nothing was loaded.",
                f"Load {name} first, or correct the value.",
            )
    return [found[line] for line in sorted(found)]


def _broken_checks(connection: Connection, staging: Table, fit: Fit) -> Iterator[Rejected]:
    checks = sa.inspect(connection).get_check_constraints(fit.table.name, schema=fit.table.schema)
    for check in checks:
        condition = check["sqltext"]
        words = set(re.findall(r"\w+", condition))
        name = next((name for name in fit.names if name in words), None)
        value = staging.c[name] if name else sa.null()
        escaped = condition.replace(":", r"\:")
        rows = sa.select(staging.c[fit.line], value).where(sa.text(f"NOT ({escaped})"))
        reason = f"breaks the check {check['name'] or shorten(condition)}"
        try:
            with savepoint(connection):
                broken = connection.execute(rows).all()
        except DBAPIError as error:
            if connection.invalidated or dialect_of(connection).is_transient(error):
                raise
            continue  # it asks for what is not staged
        for line, shown in broken:
            yield Rejected(line, name or "-", shorten(shown), reason)


def _orphans(
    connection: Connection, staging: Table, fit: Fit, lost: sa.Select[Any], keys: Sequence[str]
) -> dict[int, Rejected]:
    """Return the rows whose parent is neither in the table nor in the file, and their children."""
    if not all(name in staging.c for name in keys):
        return {}
    waiting: dict[tuple[Any, ...], list[int]] = {}
    named = {line: tuple(values) for line, *values in connection.execute(lost)}
    for line, values in named.items():
        waiting.setdefault(values, []).append(line)
    every = sa.select(staging.c[fit.line], *(staging.c[name] for name in keys))
    own = {line: tuple(values) for line, *values in connection.execute(every)}
    lines = [line for values in waiting.keys() - {*own.values()} for line in waiting[values]]
    for line in lines:  # grows
        lines += waiting.get(own[line], ())
    reason = f"names no row of {fit.table.name}"
    column = ", ".join(each.name for each in list(lost.selected_columns)[1:])
    return {line: Rejected(line, column, _shown(named[line]), reason) for line in lines}


def _shown(values: Sequence[Any]) -> str | None:
    return shorten(", ".join(map(str, values)))
