"""What is measured: each method's name, where its function is, and where it can be used."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

BOTH = ("sqlite", "mysql")
YEAR = 336_776  # rows of the raw file


@dataclass(frozen=True)
class Method:
    """A way to load or to read; the docstring of its function is its label.

    `sample` is the number of rows that it is given where the whole would take minutes, and
    `large` what it is given of ten times the year: all (None), a sample, or nothing (0).
    """

    name: str
    module: str
    function: str
    databases: tuple[str, ...] = BOTH
    sample: int | None = None
    large: int | None = None
    program: str | None = None
    again: bool = False  # on the table that the method before it has filled
    rival: str = ""  # whose environment it needs; one of ours: none

    @property
    def missing(self) -> str:
        """Why it cannot run here, or an empty text."""
        if self.program is None or shutil.which(self.program):
            return ""
        return f"{self.program} is not installed"


ORM, STRAIGHT, OURS = "lib.bench.by_sqlalchemy", "lib.bench.straight", "lib.bench.ours"

LOAD = (
    Method("orm row by row", ORM, "orm_row_by_row", sample=5_000, large=0),
    Method("add_all", ORM, "add_all", sample=20_000, large=0),
    Method("session.execute(insert)", ORM, "session_execute", large=0),
    Method("core executemany", ORM, "core_executemany", large=0),
    Method("to_sql", ORM, "to_sql", large=YEAR),
    Method("to_sql multi", ORM, "to_sql_multi", sample=20_000, large=0),
    Method("sqlite3 shell", "lib.bench.shell", "sqlite3_shell", ("sqlite",), program="sqlite3"),
    Method("adbc straight", STRAIGHT, "adbc_straight", ("sqlite",)),
    Method("load data straight", STRAIGHT, "load_data_straight", ("mysql",)),
    Method("bulk_load", OURS, "load_once"),
    Method("bulk_load again", OURS, "load_again", again=True),
)

SQLITE_UTILS = "lib.bench.rivals.by_sqlite_utils"
DUCKDB = "DuckDB is left out: no way to have its extensions offline has been tried."

RIVALS = (
    Method("sqlite-utils", SQLITE_UTILS, "upsert", ("sqlite",), rival="sqlite-utils"),
    Method(
        "sqlite-utils again",
        SQLITE_UTILS,
        "upsert_again",
        ("sqlite",),
        again=True,
        rival="sqlite-utils",
    ),
)

# What fills a table before something else is measured on it.
FILLER = next(method for method in LOAD if method.name == "bulk_load")

READS = "lib.bench.reads"
READ = (
    Method("read_sql", READS, "by_read_sql", large=0),
    Method("read_frame", READS, "by_read_frame"),
    Method("read_batches", READS, "by_read_batches"),
    Method("adbc straight", "lib.bench.reads_adbc", "by_adbc", ("sqlite",)),
)
