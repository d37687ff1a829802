"""What one load did, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol


class Progress(Protocol):
    """What is told how far the reading is; a tqdm bar is one."""

    def update(self, n: int) -> object: ...


# Tells how far the reading of one source is; tqdm makes such a thing.
ProgressFactory = Callable[[Any], AbstractContextManager[Progress | None]]


def no_progress(_source: object) -> AbstractContextManager[Progress | None]:
    """ProgressFactory nothing."""
    return nullcontext()


@dataclass
class LoadReport:
    """What one load did, in rows: read = inserted + updated + unchanged + rejected + older.

    `older` counts the rows that a newer one of the same key kept out; `vanished` those of the table
    that the file no longer has, where a load settles them. `inferred` counts the members that were
    added to other tables, by table; `removed` the rows that an earlier load took and a rule rejects
    now; `note` says what was unusual.
    """

    table: str
    source: str
    read: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    inferred: dict[str, int] = field(default_factory=dict)
    note: str = ""
    removed: int = 0
    older: int = 0
    vanished: int = 0

    def add_note(self, note: str) -> None:
        """Say one thing more that was unusual."""
        self.note = f"{self.note} {note}".strip()

    def __str__(self) -> str:
        return format_reports([self])


def format_reports(reports: Sequence[LoadReport]) -> str:
    """Return the reports as a small table, a line for each."""
    counts = ["read", "inserted", "updated", "unchanged", "rejected"]
    counts += ["older"] * any(report.older for report in reports)
    lines = [f"{'table':<10}" + "".join(f"{name:>10}" for name in counts) + "  inferred"]
    for report in reports:
        inferred = ", ".join(f"{count:,} {table}" for table, count in report.inferred.items())
        numbers = "".join(f"{getattr(report, name):>10,}" for name in counts)
        lines.append(f"{report.table:<10}{numbers}  {inferred or '-'}")
    notes = dict.fromkeys(report.note for report in reports if report.note)
    return "\n".join([*lines, *notes])


@dataclass
class PipelineReport:
    """What one run did: its number in `pipeline_runs`, and a report for each table.

    `loading` is the table at work, or the last one.
    """

    run_id: int
    tables: list[LoadReport] = field(default_factory=list)
    loading: str = ""

    def __str__(self) -> str:
        return format_reports(self.tables)

    def total(self, name: str) -> int:
        """Return the sum of a count ("read", "inserted", ..., "inferred") over the tables."""
        if name == "inferred":
            return sum(sum(report.inferred.values()) for report in self.tables)
        return sum(getattr(report, name) for report in self.tables)
