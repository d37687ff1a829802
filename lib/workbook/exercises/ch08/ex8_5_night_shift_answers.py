"""Exercise 8.5: wrong answers, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import pandas as pd

from lib.errors import PipelineError
from lib.load import bulk_load, load_files
from lib.models import Flight
from lib.workbook.course.exercise import Word, Wrong
from lib.workbook.exercises.ch08.ex8_5_night_shift_right import variant


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


def night_in_parts() -> Any:
    def load_night(db, folder):
        done = {"inserted": 0, "rejected": 0, "failed": []}
        for file in sorted(folder.glob("*.csv")):
            try:
                for part in pd.read_csv(file, dtype="str", chunksize=10):
                    with db.engine.begin() as connection:
                        report = bulk_load(connection, Flight, part, name=file.name)
                    done["inserted"] += report.inserted
                    done["rejected"] += report.rejected
            except (PipelineError, pd.errors.EmptyDataError):
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


def night_stops_after_the_first() -> Any:
    def load_night(db, folder):
        done = {"inserted": 0, "rejected": 0, "failed": []}
        try:
            for file in sorted(folder.glob("*.csv")):
                with db.engine.begin() as connection:
                    report = bulk_load(connection, Flight, file)
                done["inserted"] += report.inserted
                done["rejected"] += report.rejected
        except PipelineError:
            done["failed"].append(file.name)
        return done

    return load_night


def night_by_pandas() -> Any:
    def load_night(db, folder):
        done = {"inserted": 0, "rejected": 0, "failed": []}
        for file in sorted(folder.glob("*.csv")):
            try:
                frame = pd.read_csv(file)
                with db.engine.begin() as connection:
                    frame.to_sql("flights", connection, if_exists="append", index=False)
                done["inserted"] += len(frame)
            except Exception as error:
                if isinstance(error, RuntimeError):
                    raise
                done["failed"].append(file.name)
        return done

    return load_night


def night_leaves_open() -> Any:
    def load_night(db, folder):
        done = {"inserted": 0, "rejected": 0, "failed": []}
        for file in sorted(folder.glob("*.csv")):
            connection = db.engine.connect()
            try:
                report = bulk_load(connection, Flight, file)
            except PipelineError:
                done["failed"].append(file.name)
                continue
            connection.commit()
            connection.close()
            done["inserted"] += report.inserted
            done["rejected"] += report.rejected
        return done

    return load_night


def _with_twins(folder: Any) -> Any:
    files = sorted(folder.glob("*.csv"))
    return [file for file in files for _ in range(2)]


WRONG = (
    Wrong(
        night_in_one_transaction,
        "A file that is loaded stays",
        "one transaction for the whole folder",
    ),
    Wrong(
        night_in_parts,
        "of the 28 good flights of c.csv are in the table; 0 should be",
        "ends a transaction before the whole file is loaded",
    ),
    Wrong(
        night_ends_at_the_first,
        "A PipelineError comes out",
        "lets one broken file stop the files after it",
    ),
    Wrong(
        night_stops_after_the_first,
        "b.csv does not fit the table, and must not stop the others",
        "puts the `try` around the loop",
    ),
    Wrong(
        lambda: variant(kind=BaseException),
        "When a KeyboardInterrupt stops `bulk_load` at c.csv, it does not come out",
        "catches everything, the stop button included",
    ),
    Wrong(
        lambda: variant(kind=Exception),
        "When a RuntimeError stops `bulk_load` at c.csv, it does not come out",
        "takes every error for the fault of the file",
    ),
    Wrong(
        lambda: variant(files=lambda folder: sorted(folder.glob("*.csv"), reverse=True)),
        "in the order of their names",
        "loads the files from the last to the first",
    ),
    Wrong(
        lambda: variant(files=lambda folder: folder.glob("*.csv")),
        "in the order of their names",
        "trusts the order in which a folder is listed",
    ),
    Wrong(
        lambda: variant(files=lambda folder: sorted(folder.rglob("*.csv"))),
        "of no file that was to be loaded",
        "looks into the folders of the folder, too",
    ),
    Wrong(
        lambda: variant(files=lambda folder: sorted(folder.glob("*.csv*"))),
        "of no file that was to be loaded",
        "takes names that go on after .csv",
    ),
    Wrong(
        lambda: variant(how="skip"),
        "the table has the older delay",
        "leaves what is there as it is, and with it what was wrong",
    ),
    Wrong(
        lambda: variant(name=str),
        "could not be loaded",
        "tells the whole path for the name",
    ),
    Wrong(
        lambda: variant(name=lambda file: file),
        "a list of names, as texts",
        "hands over paths for names",
    ),
    Wrong(
        lambda: variant(total=lambda before, more: more),
        "rows were, by file",
        "tells the numbers of the last file",
    ),
    Wrong(
        lambda: variant(put=lambda done: (done["inserted"], done["rejected"], done["failed"])),
        "This asks for a dict",
        "returns numbers without their names",
    ),
    Wrong(
        night_by_pandas,
        "has not loaded c.csv with `bulk_load`",
        "writes a loader of its own, which knows no bad row",
    ),
    Wrong(
        night_leaves_open,
        "is still open",
        "closes a connection where all goes well, and there alone",
    ),
)
WORDS = (
    Word(
        "Write `load_night(db, folder)`; `folder` is a `Path`",
        "five files, in a folder that the check makes",
        lambda: (lambda db, folder: {"inserted": 0, "rejected": 0, "failed": []}),
    ),
    Word(
        "every `*.csv` in it",
        "g.csv.bak, a file of flights with another ending",
        lambda: variant(files=lambda folder: sorted(folder.glob("*.csv*"))),
    ),
    Word(
        "every `*.csv` in it",
        "older/f.csv, a file in a folder of the folder",
        lambda: variant(files=lambda folder: sorted(folder.rglob("*.csv"))),
    ),
    Word(
        "into `flights` with `bulk_load`",
        "three rows that only `bulk_load` sets apart",
        night_by_pandas,
    ),
    Word(
        "in the order of their names",
        "a folder that is listed from the last name to the first",
        lambda: variant(files=lambda folder: folder.glob("*.csv")),
    ),
    Word(
        "Each file is all or nothing",
        "c.csv, stopped when its last rows are written",
        night_in_parts,
    ),
    Word(
        "a file that is loaded stays, whatever comes later",
        "a.csv, and an interrupt at c.csv",
        night_in_one_transaction,
    ),
    Word(
        "A file that cannot be read or does not fit the table makes `bulk_load` raise a "
        "`PipelineError`. It must not stop the others.",
        "b.csv, which does not fit, and e.csv, which has no line",
        night_stops_after_the_first,
    ),
    Word(
        "Anything else, an interrupt above all, stops the job at once",
        "a KeyboardInterrupt at c.csv",
        lambda: variant(kind=BaseException),
    ),
    Word(
        "Anything else, an interrupt above all, stops the job at once",
        "a RuntimeError at c.csv",
        lambda: variant(kind=Exception),
    ),
    Word(
        "`inserted` and `rejected`, summed over the files",
        "three files that can be loaded, two of them with bad rows",
        lambda: variant(total=lambda before, more: more),
    ),
    Word(
        "`failed`, the list of the names",
        "b.csv and e.csv",
        lambda: variant(name=str),
    ),
    Word(
        "that could not be loaded, such as `b.csv`",
        "b.csv and e.csv",
        lambda: variant(put=lambda done: done | {"failed": done["failed"][:1]}),
    ),
    Word(
        "A second run inserts nothing",
        "a second call",
        lambda: variant(put=lambda done: done | {"inserted": 87}),
    ),
)
