"""Exercise 8.5: a folder of files, of which some are broken."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import delete, event, func, select

from lib.database import Database
from lib.errors import PipelineError
from lib.load import bulk_load
from lib.load.files import load_files
from lib.models import Flight, LoadedFile, RejectedRow
from lib.pipeline.flights import raw_source
from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch08.looking import expect_nothing_open, result_or_error, rows_of

EACH = 30  # rows of a file


@contextmanager
def night() -> Iterator[Path]:
    """A folder: a good file, one that does not fit, one with a bad row, a good one, and a note."""
    path = raw_source("flights").path
    rows = pd.read_csv(path, dtype="str", keep_default_na=False, nrows=3 * EACH)
    first, second, third = (rows[start : start + EACH] for start in range(0, 3 * EACH, EACH))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first.to_csv(folder / "a.csv", index=False)
        third.rename(columns={"tailnum": "plane"}).to_csv(folder / "b.csv", index=False)
        second.assign(minute=["soon", *second["minute"][1:]]).to_csv(folder / "c.csv", index=False)
        third.to_csv(folder / "d.csv", index=False)
        (folder / "readme.txt").write_text("no,flights,here\n", encoding="utf-8")
        yield folder


@contextmanager
def failing_at_commit(db: Database, number: int, error: BaseException) -> Iterator[list[int]]:
    """Raise the error instead of a commit, counted from 1; the list tells that it happened."""
    seen: list[int] = []

    def on_commit(_connection: object) -> None:
        seen.append(len(seen) + 1)
        if len(seen) == number:
            raise error

    event.listen(db.engine, "commit", on_commit)
    try:
        yield seen
    finally:
        event.remove(db.engine, "commit", on_commit)


def flights_in(db: Database) -> int:
    return int(rows_of(db, select(func.count()).select_from(Flight))[0][0])


def check_night(answer: Any, bench: Bench) -> str:
    expect_function(answer, "load_night")
    db = bench.db
    with night() as folder:
        for error in (KeyboardInterrupt("from the check"), RuntimeError("from the check")):
            db.execute([delete(Flight), delete(LoadedFile)])
            _expect_stopped(answer, bench, folder, error)
        found = result_or_error(bench, PipelineError, answer, db, folder)
        expect_nothing_open(db, "When it has returned")
        _expect_loaded(db, found)
        again = bench.call(answer, db, folder)
    expect(
        flights_in(db) == 3 * EACH - 1,
        f"After a second run the table has {flights_in(db)} flights instead of {3 * EACH - 1}.",
    )
    expect(
        again["inserted"] == 0,
        f"A second run says that it inserted {again['inserted']} flights; all were there already.",
    )
    return (
        "That is it. A broken file costs one file, an interrupt costs one file, and a second run "
        "costs nothing."
    )


def _expect_stopped(answer: Any, bench: Bench, folder: Path, error: BaseException) -> None:
    """Stop the job before the second file that can be loaded is settled."""
    db, name = bench.db, type(error).__name__
    outcome: Any = None
    with failing_at_commit(db, 2, error) as commits:
        try:
            outcome = result_or_error(bench, (PipelineError, RuntimeError), answer, db, folder)
        except KeyboardInterrupt as interrupt:
            outcome = interrupt
    expect_nothing_open(db, f"When a {name} has stopped it")
    expect(
        not isinstance(outcome, PipelineError),
        "b.csv does not fit the table, and its PipelineError comes out of your function: the files "
        "after it are not loaded. Note its name, and go on.",
    )
    expect(
        len(commits) >= 2,
        f"For the whole folder there is {len(commits)} commit. A crash near the end would take all "
        "files back: give each file a transaction of its own.",
    )
    expect(
        outcome is error,
        f"A {name}, raised while c.csv was loaded, does not come out of your function. Only a "
        "PipelineError means that a file is at fault; everything else must stop the job.",
    )
    expect(
        flights_in(db) == EACH,
        f"a.csv was loaded when a {name} stopped the job at the next file. The table should hold "
        f"its {EACH} flights; it holds {flights_in(db)}.",
    )


def _expect_loaded(db: Database, found: Any) -> None:
    expect(found is not None, "The function returns nothing. Return the dict.")
    expect(
        isinstance(found, dict) and set(found) == {"inserted", "rejected", "failed"},
        f"This asks for a dict with inserted, rejected and failed; it returns {found!r}.",
    )
    expect(
        flights_in(db) == 3 * EACH - 1,
        f"a.csv, c.csv and d.csv hold {3 * EACH - 1} good flights; the table has {flights_in(db)}.",
    )
    failed = [Path(name).name for name in found["failed"]]
    expect(
        failed == ["b.csv"],
        f"The files that could not be loaded are {failed}; expected is ['b.csv'].",
    )
    # The stopped run before has loaded the first file.
    expect(
        found["inserted"] == 2 * EACH - 1,
        f"a.csv was there already, so {2 * EACH - 1} flights were inserted; it says "
        f"{found['inserted']!r}.",
    )
    expect(
        found["rejected"] == 1,
        f"One row of c.csv is bad; it says that {found['rejected']!r} were rejected.",
    )
    rejected = rows_of(db, select(RejectedRow.file, RejectedRow.column))
    expect(
        ("c.csv", "minute") in rejected,
        "The bad row of c.csv is not in `rejected_rows`. Does `bulk_load` load the files?",
    )


def solution_night() -> Any:
    def load_night(db, folder):
        done = {"inserted": 0, "rejected": 0, "failed": []}
        for file in sorted(folder.glob("*.csv")):
            try:
                with db.engine.begin() as connection:
                    report = bulk_load(connection, Flight, file)
            except PipelineError:
                done["failed"].append(file.name)
            else:
                done["inserted"] += report.inserted
                done["rejected"] += report.rejected
        return done

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


def night_in_one_transaction() -> Any:
    def load_night(db, folder):
        done = {"inserted": 0, "rejected": 0, "failed": []}
        with db.engine.begin() as connection:
            for file in sorted(folder.glob("*.csv")):
                try:
                    report = bulk_load(connection, Flight, file)
                    done["inserted"] += report.inserted
                    done["rejected"] += report.rejected
                except PipelineError:
                    done["failed"].append(file.name)
        return done

    return load_night


def night_ends_at_the_first() -> Any:
    def load_night(db, folder):
        reports = load_files(db, Flight, folder)
        inserted = sum(report.inserted for report in reports)
        rejected = sum(report.rejected for report in reports)
        return {"inserted": inserted, "rejected": rejected, "failed": []}

    return load_night


def _catching(kind: type[BaseException]) -> Any:
    """The solution, content to catch more."""

    def load_night(db, folder):
        done = {"inserted": 0, "rejected": 0, "failed": []}
        for file in sorted(folder.glob("*.csv")):
            try:
                with db.engine.begin() as connection:
                    report = bulk_load(connection, Flight, file)
                done["inserted"] += report.inserted
                done["rejected"] += report.rejected
            except kind:
                done["failed"].append(file.name)
        return done

    return load_night


def night_swallows_interrupts() -> Any:
    return _catching(BaseException)


def night_swallows_errors() -> Any:
    return _catching(Exception)


EXERCISE = Exercise(
    id="8.5",
    title="The night shift",
    check=check_night,
    hints=(
        'A loop over `sorted(folder.glob("*.csv"))`, and in it one transaction for each file: '
        "`with db.engine.begin() as connection:`.",
        "The `try` stands around the `with`, not inside it: a file that fails has to end its "
        "transaction first.",
        "`except PipelineError:` and nothing more general. An interrupt, or a full disk, then "
        "stops the loop by itself.",
    ),
    solution=solution_night,
    also_right=(night_by_load_files,),
    wrong=(
        Wrong(
            night_in_one_transaction,
            "give each file a transaction of its own",
            "one transaction for the whole folder",
        ),
        Wrong(
            night_ends_at_the_first,
            "its PipelineError comes out",
            "lets one broken file stop the files after it",
        ),
        Wrong(
            night_swallows_interrupts,
            "A KeyboardInterrupt, raised while c.csv was loaded",
            "catches everything, the stop button included",
        ),
        Wrong(
            night_swallows_errors,
            "A RuntimeError, raised while c.csv was loaded",
            "takes every error for the fault of the file",
        ),
    ),
)
