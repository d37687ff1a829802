"""Exercise 8.5: other right answers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import Any

from lib.errors import PipelineError
from lib.load import bulk_load, load_files
from lib.models import Flight
from lib.source import CsvSource


def variant(
    *,
    files: Any = lambda folder: sorted(folder.glob("*.csv")),
    kind: Any = PipelineError,
    name: Any = lambda file: file.name,
    put: Any = dict,
    how: Any = "update",
    table: Any = Flight,
    total: Any = lambda before, more: before + more,
) -> Any:
    """The solution, with one thing done otherwise."""

    def load_night(db, folder):
        done = {"inserted": 0, "rejected": 0, "failed": []}
        for file in files(folder):
            try:
                with db.engine.begin() as connection:
                    report = bulk_load(connection, table, file, how)
            except kind:
                done["failed"].append(name(file))
            else:
                done["inserted"] = total(done["inserted"], report.inserted)
                done["rejected"] = total(done["rejected"], report.rejected)
        return put(done)

    return load_night


def night_by_load_files() -> Any:
    def load_night(db, folder):
        reports, failed = [], []
        for file in sorted(folder.glob("*.csv")):
            try:
                reports += load_files(db, Flight, [file])
            except PipelineError:
                failed.append(file.name)
        inserted = sum(report.inserted for report in reports)
        rejected = sum(report.rejected for report in reports)
        return {"inserted": inserted, "rejected": rejected, "failed": failed}

    return load_night


def night_with_connect_and_commit() -> Any:
    def load_night(db, folder):
        inserted, rejected, failed = 0, 0, []
        for path in sorted(folder.glob("*.csv"), key=lambda path: path.name):
            try:
                with db.engine.connect() as connection:
                    report = bulk_load(connection, Flight, path)
                    connection.commit()
                    inserted += report.inserted
                    rejected += report.rejected
            except PipelineError as error:
                print(error)
                failed.append(path.name)
        return dict(inserted=inserted, rejected=rejected, failed=failed)

    return load_night


def night_in_scopes() -> Any:
    def load_night(db, folder):
        total = {"failed": [], "inserted": 0, "rejected": 0}
        for path in sorted(each for each in folder.iterdir() if each.suffix == ".csv"):
            try:
                with db.session_scope() as session:
                    report = bulk_load(session.connection(), Flight, CsvSource(path))
            except PipelineError:
                total["failed"] += [path.name]
                continue
            for key in ("inserted", "rejected"):
                total[key] += getattr(report, key)
        return total

    return load_night


def night_that_tries_again() -> Any:
    def load_night(db, folder):
        reports, failed = {}, []
        for name in sorted(os.listdir(folder)):
            if not name.endswith(".csv"):
                continue
            path = Path(folder) / name
            try:
                reports[name] = db.in_transaction(
                    lambda connection, path=path: bulk_load(connection, Flight, path)
                )
            except PipelineError:
                failed.append(name)
        return {
            "inserted": sum(report.inserted for report in reports.values()),
            "rejected": sum(report.rejected for report in reports.values()),
            "failed": failed,
        }

    return load_night


def night_with_rollback_by_hand() -> Any:
    def load_night(db, folder):
        done = {"inserted": 0, "rejected": 0, "failed": []}
        with closing(db.engine.connect()) as connection:
            for file in sorted(folder.glob("*.csv")):
                transaction = connection.begin()
                try:
                    report = bulk_load(connection, Flight, str(file))
                except PipelineError:
                    transaction.rollback()
                    done["failed"].append(file.name)
                except BaseException:
                    transaction.rollback()
                    raise
                else:
                    transaction.commit()
                    done["inserted"] += report.inserted
                    done["rejected"] += report.rejected
        return done

    return load_night


def night_in_two_functions() -> Any:
    def load(db, file):
        with db.engine.begin() as connection:
            return bulk_load(connection, Flight, file, on_conflict="update")

    def load_night(db, folder):
        outcomes = []
        for file in sorted(folder.glob("*.csv")):
            try:
                report = load(db, file)
                outcomes.append((report.inserted, report.rejected, None))
            except Exception as error:
                if not isinstance(error, PipelineError):
                    raise
                outcomes.append((0, 0, file.name))
        inserted, rejected, names = zip(*outcomes, strict=True)
        failed = [name for name in names if name]
        return {"inserted": sum(inserted), "rejected": sum(rejected), "failed": failed}

    return load_night


def night_in_a_savepoint() -> Any:
    def load_night(db, folder):
        done = {"inserted": 0, "rejected": 0, "failed": []}
        for file in sorted(folder.glob("*.csv")):
            with db.engine.begin() as connection:
                try:
                    with connection.begin_nested():
                        report = bulk_load(connection, Flight, file)
                except PipelineError:
                    done["failed"].append(file.name)
                    continue
                done["inserted"] += report.inserted
                done["rejected"] += report.rejected
        return done

    return load_night


def night_with_the_try_inside() -> Any:
    def load_night(db, folder):
        done = {"inserted": 0, "rejected": 0, "failed": []}
        for file in sorted(folder.glob("*.csv")):
            with db.engine.begin() as connection:
                try:
                    report = bulk_load(connection, Flight, file)
                    done["inserted"] += report.inserted
                    done["rejected"] += report.rejected
                except PipelineError:
                    done["failed"].append(file.name)
        return done

    return load_night


ALSO_RIGHT = (
    night_by_load_files,
    night_with_connect_and_commit,
    night_in_scopes,
    night_that_tries_again,
    night_with_rollback_by_hand,
    night_in_two_functions,
    night_in_a_savepoint,
    night_with_the_try_inside,
)
