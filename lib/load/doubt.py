"""What is known of the keys of rejected rows: which rows of the table may be among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy import Column, Connection, Table

from lib.load.fit import Fit
from lib.load.rules import Judged
from lib.load.staging import open_staging

MAX_SHOWN = 10  # lines in a message
Known = tuple[tuple[str, ...], pa.RecordBatch]  # columns that can be read, and lines and values


@dataclass
class Doubts:
    """Rejected rows, by the columns of their key that can be read; by none: any row may be meant.

    An empty value where the key has to have one is no doubt: no row of the table has that key.
    """

    known: dict[tuple[str, ...], list[pa.RecordBatch]] = field(default_factory=dict)

    def add(self, found: Sequence[Known]) -> None:
        """Keep what was found in one batch."""
        for names, rows in found:
            self.known.setdefault(names, []).append(rows)

    def unreadable(self) -> list[int]:
        """Return the lines of rows of whose key nothing can be read."""
        return [line for rows in self.known.get((), ()) for line in rows[0].to_pylist()]

    def __str__(self) -> str:
        lines = self.unreadable()
        shown = ", ".join(map(str, lines[:MAX_SHOWN]))
        more = f" and {len(lines) - MAX_SHOWN:,} more" if len(lines) > MAX_SHOWN else ""
        where = f"line {shown}" if len(lines) == 1 else f"lines {shown}{more}"
        return (
            f"the key cannot be read in {where}, which may be any of them. "
            "Correct these lines, or say in the feed how they are to be read."
        )

    @contextmanager
    def staged(self, connection: Connection, fit: Fit) -> Iterator[sa.ColumnElement[bool]]:
        """Give the condition under which a row of the table may be one of these, for a block."""
        with ExitStack() as stack:
            found: list[sa.ColumnElement[bool]] = [sa.false()]
            for number, (names, batches) in enumerate(self.known.items()):
                like = Table(
                    f"rejected_keys_{number}",
                    sa.MetaData(),
                    Column(fit.line, sa.Integer, primary_key=True, autoincrement=False),
                    *(Column(name, fit.staging.c[name].type) for name in names),
                    prefixes=["TEMPORARY"],
                    mysql_charset="utf8mb4",
                    mysql_collate="utf8mb4_bin",
                )
                staging = stack.enter_context(open_staging(connection, like))
                for rows in batches:
                    staging.add(rows)
                staging.finish()
                same = (fit.columns[name] == staging.table.c[name] for name in names)
                exists = sa.exists().select_from(staging.table).where(*same)
                found.append(exists.correlate(fit.table))
            yield sa.or_(*found)


def doubts_of(fit: Fit, judged: Judged) -> list[Known]:
    """Return what can be read of the keys of a batch's rejected rows.

    Where a part of the key may be missing in the table, an empty one tells nothing.
    """
    groups: dict[tuple[str, ...], list[int]] = {}
    rows, lines = judged.bad_rows, judged.bad_lines
    names = [name for name in fit.key if name in rows.schema.names]
    unread = {name: judged.unread[name].to_pylist() for name in names if name in judged.unread}
    absent = {name: judged.absent[name].to_pylist() for name in names if name in judged.absent}
    for place in range(len(rows)):
        empty = [name for name in names if name in absent and absent[name][place]]
        if any(not fit.columns[name].nullable for name in empty):
            continue
        lost = {*empty, *(name for name in unread if unread[name][place])}
        groups.setdefault(tuple(name for name in names if name not in lost), []).append(place)
    found: list[Known] = []
    if judged.torn:
        found.append(((), pa.RecordBatch.from_pydict({fit.line: pa.array(judged.torn)})))
    for known, places in groups.items():
        some = rows.take(pa.array(places))
        values = {name: fit.forms[name].store(some[name]) for name in known}
        columns = {fit.line: lines.take(pa.array(places)), **values}
        found.append((known, pa.RecordBatch.from_pydict(columns)))
    return found
