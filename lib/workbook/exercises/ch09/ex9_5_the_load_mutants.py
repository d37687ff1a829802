"""Loads that are wrong on purpose, each in one way: the mutants of exercise 9.5."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, delete, update

from lib.load import bulk_load
from lib.load.report import LoadReport

Load = Callable[..., LoadReport]


def loses_the_last_row(connection: Connection, model: Any, source: Any) -> LoadReport:
    return bulk_load(connection, model, source.iloc[:-1])


def only_says_so(connection: Connection, model: Any, source: Any) -> LoadReport:
    with connection.begin_nested() as savepoint:
        report = bulk_load(connection, model, source)
        savepoint.rollback()
    return report


def keeps_old_values(connection: Connection, model: Any, source: Any) -> LoadReport:
    return bulk_load(connection, model, source, on_conflict="skip")


def mixes_up_the_rows(connection: Connection, model: Any, source: Any) -> LoadReport:
    turned = source.assign(name=source["name"].to_numpy()[::-1])
    return bulk_load(connection, model, turned)


def empties_the_table(connection: Connection, model: Any, source: Any) -> LoadReport:
    connection.execute(delete(model))
    return bulk_load(connection, model, source)


def calls_all_updated(connection: Connection, model: Any, source: Any) -> LoadReport:
    report = bulk_load(connection, model, source)
    report.updated, report.unchanged = report.updated + report.unchanged, 0
    return report


def drops_bad_rows(connection: Connection, model: Any, source: Any) -> LoadReport:
    report = bulk_load(connection, model, source)
    report.read, report.rejected = report.read - report.rejected, 0
    return report


def cuts_long_names(connection: Connection, model: Any, source: Any) -> LoadReport:
    return bulk_load(connection, model, source.assign(name=source["name"].str.slice(0, 64)))


def deletes_what_is_not_mentioned(connection: Connection, model: Any, source: Any) -> LoadReport:
    report = bulk_load(connection, model, source)
    connection.execute(delete(model).where(model.carrier.not_in(source["carrier"].tolist())))
    return report


def calls_none_updated(connection: Connection, model: Any, source: Any) -> LoadReport:
    report = bulk_load(connection, model, source)
    report.updated, report.unchanged = 0, report.updated + report.unchanged
    return report


def reads_too_many(connection: Connection, model: Any, source: Any) -> LoadReport:
    report = bulk_load(connection, model, source)
    report.read += 5
    return report


def counts_bad_rows_as_inserted(connection: Connection, model: Any, source: Any) -> LoadReport:
    report = bulk_load(connection, model, source)
    report.inserted, report.rejected = report.inserted + report.rejected, 0
    return report


def calls_all_inserted(connection: Connection, model: Any, source: Any) -> LoadReport:
    report = bulk_load(connection, model, source)
    report.inserted, report.unchanged = report.inserted + report.unchanged, 0
    return report


def calls_updated_inserted(connection: Connection, model: Any, source: Any) -> LoadReport:
    report = bulk_load(connection, model, source)
    report.inserted, report.updated = report.inserted + report.updated, 0
    return report


def calls_inserted_updated(connection: Connection, model: Any, source: Any) -> LoadReport:
    report = bulk_load(connection, model, source)
    report.inserted, report.updated = 0, report.inserted + report.updated
    return report


def renames_what_is_not_mentioned(connection: Connection, model: Any, source: Any) -> LoadReport:
    report = bulk_load(connection, model, source)
    others = model.carrier.not_in(source["carrier"].tolist())
    connection.execute(update(model).where(others).values(name="?"))
    return report


def cuts_long_names_and_rejects(connection: Connection, model: Any, source: Any) -> LoadReport:
    report = bulk_load(connection, model, source)
    long = source[source["name"].str.len() > 64]
    if len(long):
        bulk_load(connection, model, long.assign(name=long["name"].str.slice(0, 64)))
    return report


MUTANTS: dict[str, Load] = {
    "loses the last row of the source": loses_the_last_row,
    "reports the rows as loaded, and the table has none of them": only_says_so,
    "gives the names to the wrong airlines": mixes_up_the_rows,
    "leaves the old name where the source has a new one": keeps_old_values,
    "empties the table before it loads": empties_the_table,
    "deletes the rows that the source does not mention": deletes_what_is_not_mentioned,
    "calls every row updated in a second run, also those that are the same": calls_all_updated,
    "calls every row inserted in a second run, also those that are there": calls_all_inserted,
    "drops the rows that break a rule, and counts them nowhere": drops_bad_rows,
    "counts the rows that break a rule as inserted": counts_bad_rows_as_inserted,
    "reports more rows read than the source has": reads_too_many,
    "cuts a name of more than 64 characters, and loads it": cuts_long_names,
    "calls a row unchanged that it has given a new name": calls_none_updated,
    "cuts a name of more than 64 characters, and loads what it calls rejected": (
        cuts_long_names_and_rejects
    ),
    "gives another name to the rows that the source does not mention": (
        renames_what_is_not_mentioned
    ),
    "calls a row inserted that it has given a new name": calls_updated_inserted,
    "calls new rows updated": calls_inserted_updated,
}
