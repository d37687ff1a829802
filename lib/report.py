"""What one load did, and how it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


class Progress(Protocol):
    """What is told how far the reading is; a tqdm bar is one."""

    def update(self, n: int) -> object: ...


@dataclass
class LoadReport:
    """What one load did, in rows: read = inserted + updated + unchanged + rejected.

    `inferred` counts the members that were added to other tables, by table; `note` says what was
    unusual.
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

    def __str__(self) -> str:
        return format_reports([self])


def format_reports(reports: Sequence[LoadReport]) -> str:
    """Return the reports as a small table, a line for each."""
    counts = ("read", "inserted", "updated", "unchanged", "rejected")
    lines = [f"{'table':<10}" + "".join(f"{name:>10}" for name in counts) + "  inferred"]
    for report in reports:
        inferred = ", ".join(f"{count:,} {table}" for table, count in report.inferred.items())
        numbers = "".join(f"{getattr(report, name):>10,}" for name in counts)
        lines.append(f"{report.table:<10}{numbers}  {inferred or '-'}")
    notes = dict.fromkeys(report.note for report in reports if report.note)
    return "\n".join([*lines, *notes])
