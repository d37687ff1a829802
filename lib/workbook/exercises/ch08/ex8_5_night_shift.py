"""Exercise 8.5: a folder of files, of which some are broken."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd
from sqlalchemy import delete, select

from lib.database import Database
from lib.errors import PipelineError
from lib.load import bulk_load
from lib.load.merge import merge
from lib.load.tables import LoadedFile, RejectedRow
from lib.models import Flight
from lib.pipeline.flights import raw_source
from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function
from lib.workbook.exercises.ch08.ex8_5_night_shift_answers import WORDS, WRONG
from lib.workbook.exercises.ch08.ex8_5_night_shift_right import ALSO_RIGHT
from lib.workbook.exercises.checking import expect_nothing_open, first_line, rows_of, same

EACH = 30  # rows of a file
BAD = {"c.csv": 2, "d.csv": 1}  # rows that break a rule
GOOD = {"a.csv": EACH, "c.csv": EACH - 2, "d.csv": EACH - 1}
CORRECTED = 777  # minutes: the delay of a flight of a.csv, as d.csv has it
Key = tuple[Any, ...]


class Listed(type(Path())):  # type: ignore[misc]
    """A folder that is listed from the last name to the first, as a file system may do."""

    def glob(self, *args: Any, **options: Any) -> Iterator[Any]:
        yield from sorted(super().glob(*args, **options), reverse=True)

    def iterdir(self) -> Iterator[Any]:
        yield from sorted(super().iterdir(), reverse=True)


@contextmanager
def night() -> Iterator[Path]:
    """A folder of five files: a, c and d can be loaded; b does not fit, and e has no line at all.

    Beside them stand flights that are not to be loaded: in a folder, and under another ending.
    """
    path = raw_source("flights").path
    rows = pd.read_csv(path, dtype="str", keep_default_na=False, nrows=5 * EACH)
    parts = [rows[start : start + EACH] for start in range(0, 5 * EACH, EACH)]
    corrected = parts[0][:1].assign(dep_delay=str(CORRECTED))
    with tempfile.TemporaryDirectory() as name:
        folder = Listed(name)
        parts[0].to_csv(folder / "a.csv", index=False)
        parts[2].rename(columns={"tailnum": "plane"}).to_csv(folder / "b.csv", index=False)
        spoilt(parts[1], 2).to_csv(folder / "c.csv", index=False)
        pd.concat([spoilt(parts[2], 1), corrected]).to_csv(folder / "d.csv", index=False)
        (folder / "e.csv").write_bytes(b"")
        (folder / "older").mkdir()
        parts[3].to_csv(folder / "older" / "f.csv", index=False)
        parts[4].to_csv(folder / "g.csv.bak", index=False)
        (folder / "readme.txt").write_text("no,flights,here\n", encoding="utf-8")
        yield folder


def spoilt(rows: pd.DataFrame, bad: int) -> pd.DataFrame:
    """The rows, with a minute in the first of them that is no number."""
    return rows.assign(minute=["soon"] * bad + list(rows["minute"][bad:]))


@contextmanager
def stopped_at(name: str, error: BaseException) -> Iterator[list[str]]:
    """Raise the error in `bulk_load`, when all rows of this file are written, and not committed.

    The list tells for which files it was called.
    """
    called: list[str] = []
    written: Counter[str] = Counter()

    def merge_and_stop(connection: Any, staging: Any, table: Any, how: Any, report: Any) -> None:
        merge(connection, staging, table, how, report)
        called.append(report.source)
        written[report.source] += report.read
        if report.source == name and written[name] >= EACH:
            raise error

    with patch("lib.load.bulk.merge", merge_and_stop):
        yield called


def check_night(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "load_night")
    db = sandbox.db
    with night() as folder:
        files = keys_of(folder)
        for error in (KeyboardInterrupt("from the check"), RuntimeError("from the check")):
            forget(db)
            expect_stopped(answer, sandbox, folder, files, error)
        forget(db)
        expect_one_refused_late(answer, sandbox, folder, files)
        forget(db)
        found = sandbox.outcome(PipelineError, answer, db, folder)
        expect_nothing_open(db, "When it has returned")
        expect_loaded(db, found, files)
        again = sandbox.call(answer, db, folder)
    expect_flights(db, files, ("a.csv", "c.csv", "d.csv"), "After a second run")
    expect_dict(again)
    expect(
        same(again["inserted"], 0),
        f"A second run says that it inserted {again['inserted']!r} flights; all were there.",
    )
    return (
        "That is it. A broken file costs one file, an interrupt costs one file, and a second run "
        "costs nothing."
    )


def forget(db: Database) -> None:
    db.execute([delete(Flight), delete(LoadedFile), delete(RejectedRow)])


def keys_of(folder: Path) -> dict[str, set[Key]]:
    """The good flights of each file that can be loaded, by their keys; one twice is a.csv's."""
    keys: dict[str, set[Key]] = {}
    for name in GOOD:
        rows = pd.read_csv(folder / name)
        rows = rows[rows["minute"].astype(str) != "soon"]
        hours = pd.to_datetime(rows["time_hour"]).dt.tz_localize(None)
        found = zip(hours.dt.to_pydatetime(), rows["carrier"], rows["flight"].tolist(), strict=True)
        keys[name] = set(found) - set().union(*keys.values())
    return keys


def flights_in(db: Database) -> dict[Key, Any]:
    columns = Flight.time_hour, Flight.carrier, Flight.flight, Flight.dep_delay
    return {row[:3]: row[3] for row in rows_of(db, select(*columns))}


def expect_flights(
    db: Database, files: dict[str, set[Key]], names: tuple[str, ...], when: str
) -> None:
    """Expect the good flights of these files, and no others."""
    found = set(flights_in(db))
    for name, keys in files.items():
        there = len(keys & found)
        wanted = len(keys) if name in names else 0
        expect(
            there == wanted,
            f"{when}, {there} of the {len(keys)} good flights of {name} are in the table; {wanted} "
            "should be."
            + (
                " A file that is loaded stays, whatever comes later."
                if name in names and not there and not found
                else ""
            ),
        )
    more = len(found) - sum(len(files[name]) for name in names)
    told = f"the table has {more} flights of no file that was to be loaded."
    expect(not more, f"{when}, {told} Only the `*.csv` in the folder itself are.")


def expect_stopped(
    answer: Any, sandbox: Sandbox, folder: Path, files: dict[str, set[Key]], error: BaseException
) -> None:
    """Stop the job when the rows of c.csv are written: a.csv stays, and nothing else is there."""
    db, name = sandbox.db, type(error).__name__
    with stopped_at("c.csv", error) as called:
        outcome = sandbox.outcome((PipelineError, type(error)), answer, db, folder)
    when = f"When a {name} stops `bulk_load` at c.csv"
    expect_nothing_open(db, when)
    expect(
        not isinstance(outcome, PipelineError),
        f"A PipelineError comes out of your function: {first_line(outcome)} The files after it are "
        "not loaded. Note its name, and go on.",
    )
    flights = set(flights_in(db))
    loaded = sorted(file for file, keys in files.items() if keys & flights)
    told = ", ".join(loaded) or "none of the files"
    more = " b.csv does not fit the table, and must not stop the others." if loaded else ""
    expect(
        "c.csv" in called,
        f"Your function has not loaded c.csv with `bulk_load`; it has loaded {told}.{more}",
    )
    expect(
        isinstance(outcome, type(error)),
        f"{when}, it does not come out of your function. Only a PipelineError means that a file is "
        "at fault; everything else must stop the job.",
    )
    early = sorted(name for name in ("d.csv",) if files[name] & set(flights_in(db)))
    expect(
        not early,
        f"{when}, flights of {', '.join(early)} are in the table already: load the files in the "
        "order of their names.",
    )
    expect_flights(db, files, ("a.csv",), when)


def expect_one_refused_late(
    answer: Any, sandbox: Sandbox, folder: Path, files: dict[str, set[Key]]
) -> None:
    """Let c.csv be refused when its rows are written: nothing of it stays, and the others come."""
    db = sandbox.db
    with stopped_at("c.csv", PipelineError("The check has refused this file.")):
        found = sandbox.outcome(PipelineError, answer, db, folder)
    when = "When `bulk_load` refuses c.csv after it has written rows"
    expect_nothing_open(db, when)
    expect(
        not isinstance(found, PipelineError),
        f"{when}, its PipelineError comes out of your function. Note its name, and go on.",
    )
    expect_flights(db, files, ("a.csv", "d.csv"), when)
    expect_dict(found)
    expect_failed(found["failed"], ["b.csv", "c.csv", "e.csv"])


def expect_dict(found: Any) -> None:
    expect(found is not None, "The function returns nothing. Return the dict.")
    expect(
        isinstance(found, dict) and set(found) == {"inserted", "rejected", "failed"},
        f"This asks for a dict with inserted, rejected and failed; it returns {found!r}.",
    )


def expect_failed(found: Any, wanted: list[str]) -> None:
    expect(
        isinstance(found, list) and all(isinstance(each, str) for each in found),
        f"`failed` is {found!r}; it should be a list of names, as texts.",
    )
    expect(found == wanted, f"The files that could not be loaded are {wanted}; you tell {found}.")


def expect_loaded(db: Database, found: Any, files: dict[str, set[Key]]) -> None:
    expect(
        not isinstance(found, PipelineError),
        f"A PipelineError comes out of your function: {first_line(found)}",
    )
    expect_flights(db, files, ("a.csv", "c.csv", "d.csv"), "After the night")
    corrected = [delay for key, delay in flights_in(db).items() if delay == CORRECTED]
    expect(
        len(corrected) == 1,
        "A flight of a.csv is in d.csv once more, with a correction, and the table has the older "
        "delay: d.csv was not loaded last, or its row did not replace the one that was there.",
    )
    expect_dict(found)
    for key, by_file in (("inserted", GOOD), ("rejected", BAD)):
        listed = ", ".join(f"{name} {count}" for name, count in by_file.items())
        expect(
            same(found[key], sum(by_file.values())) and not isinstance(found[key], bool),
            f"`{key}` is {found[key]!r}; of the files that were loaded, {sum(by_file.values())} "
            f"rows were, by file {listed}.",
        )
    expect_failed(found["failed"], ["b.csv", "e.csv"])
    rejected = rows_of(db, select(RejectedRow.file, RejectedRow.column))
    expect(
        ("c.csv", "minute") in rejected,
        "The bad rows of c.csv are not in `rejected_rows`. Does `bulk_load` load the files?",
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


EXERCISE = Exercise(
    id="8.5",
    title="The night shift",
    check=check_night,
    hints=(
        'A loop over `sorted(folder.glob("*.csv"))`, and in it one transaction for each file: '
        "`with db.engine.begin() as connection:`.",
        "The `try` stands around the `with`: an error that leaves the block ends its transaction.",
        "`except PipelineError:` and nothing more general. An interrupt, or a full disk, then "
        "stops the loop by itself.",
    ),
    solution=solution_night,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
)
