"""A walk along a schema's history: each step is a real upgrade or downgrade of a database.

`MigrationsWalk` moves and tells what it sees, as text and as HTML; its `slider()` does the same by
mouse or keyboard. Both show the same page, so a terminal, a screen reader and the tests miss
nothing.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Boolean, inspect
from sqlalchemy.dialects import mysql

from lib.database import Database, schema

if TYPE_CHECKING:
    from lib.workbook.show.walk_slider import WalkSlider

Move = Callable[[str, str], None]
BASE = "base"
_MARKS = {"same": "", "added": "+", "removed": "-", "changed": "~"}
_VERSION_TABLE = "alembic_version"
_WIDTH = 88


@dataclass(frozen=True)
class Stop:
    """A place in the history: before the first revision, or after this one."""

    revision: str
    title: str
    why: str = ""


@dataclass(frozen=True)
class Part:
    """A column, an index or a constraint as a page shows it, and what the last step did to it."""

    text: str
    fate: str = "same"

    def __str__(self) -> str:
        return f"{_MARKS[self.fate]}{self.text}"

    def html(self) -> str:
        tag = {"same": "span", "removed": "del"}.get(self.fate, "ins")
        colour = {"added": "var(--jp-success-color1, #2e7d32)", "same": "inherit"}
        style = f"white-space: nowrap; color: {colour.get(self.fate, '#c62828')}"
        if self.fate != "same":
            style += "; font-weight: bold"
        return f'<{tag} style="{style}">{escape(str(self))}</{tag}>'


@dataclass
class Tables:
    """The tables of a database: for each, its parts by name, with what is known of each part."""

    parts: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, db: Database) -> Tables:
        """Read them from the database, spelled the same for SQLite and MySQL."""
        with db.engine.connect() as connection:
            look = inspect(connection)
            names = sorted(set(look.get_table_names()) - {_VERSION_TABLE})
            return cls({name: _parts(look, name) for name in names})


class MigrationsWalk:
    """A database on its way along a history without branches; it starts where the database is.

    `move` is called with "upgrade" or "downgrade" and a revision. Downgrades lose data: the walk
    is for a database that may be thrown away.
    """

    def __init__(self, db: Database, scripts: ScriptDirectory, move: Move) -> None:
        heads = scripts.get_heads()
        if len(heads) > 1:
            raise ValueError(
                f"This history has {len(heads)} heads ({', '.join(sorted(heads))}): there is no "
                "one line to walk along. Merge them first: alembic merge heads -m why"
            )
        self.db = db
        self._move = move
        history = reversed(list(scripts.walk_revisions()))
        self.stops = [Stop(BASE, "nothing yet")] + [
            Stop(script.revision, script.doc, _why(script.longdoc)) for script in history
        ]
        with db.engine.connect() as connection:
            here = MigrationContext.configure(connection).get_current_revision()
        self.position = self._find(here or BASE)
        self.tables = self._before = Tables.of(db)
        self._told: list[Callable[[], None]] = []

    def go(self, place: str | int) -> MigrationsWalk:
        """Go to a revision, "base", "head", or so many steps up or down ("+1", "-1").

        Raises LookupError for a place that the history does not have; the database stays.
        """
        target = self._find(place)
        if target != self.position:
            before = self.tables
            verb = "upgrade" if target > self.position else "downgrade"
            self._move(verb, self.stops[target].revision)
            self.position = target
            self.tables, self._before = Tables.of(self.db), before
        for tell in self._told:
            tell()
        return self

    def tell(self, callback: Callable[[], None]) -> None:
        """Call this after each move."""
        self._told.append(callback)

    def slider(self) -> WalkSlider:
        """Return the walk as a slider with two buttons; moving it moves the database."""
        from lib.workbook.show.walk_slider import WalkSlider  # a walk in words needs no widgets

        return WalkSlider(self)

    def _find(self, place: str | int) -> int:
        names = [stop.revision for stop in self.stops]
        if place == "head":
            return len(names) - 1
        if place in names:
            return names.index(str(place))
        if isinstance(place, int) or place[:1] in ("+", "-"):
            found = self.position + int(place)
            if 0 <= found < len(names):
                return found
        raise LookupError(f"No {place!r} from here. There are: {', '.join(names)}.")

    # --- What a page shows ------------------------------------------------------------------

    @property
    def heading(self) -> str:
        """Where the database is, in words: also what a screen reader announces after a move."""
        stop = self.stops[self.position]
        count = len(self.tables.parts)
        tables = "1 table" if count == 1 else f"{count or 'no'} tables"
        return f"At {stop.revision}: {stop.title.rstrip('.')} ({tables})"

    @property
    def rows(self) -> list[tuple[Part, list[Part]]]:
        """Each table, those that the last step removed too, with its parts."""
        new, old = self.tables.parts, self._before.parts
        shown: list[tuple[Part, list[Part]]] = []
        for table in sorted(new | old):
            here, there = new.get(table, {}), old.get(table, {})
            if table not in new:
                shown.append((Part(table, "removed"), []))
                continue
            fate = "same" if table in old else "added"
            # In a table that is new everything is new: marking each part would say nothing more.
            there = there if table in old else here
            parts = [_compared(name, here.get(name), there.get(name)) for name in here | there]
            shown.append((Part(table, fate), parts))
        return shown

    @property
    def changes(self) -> list[str]:
        """What the last step did, one line for each table that it touched."""
        lines = []
        for table, parts in self.rows:
            touched = parts if table.fate != "same" else [p for p in parts if p.fate != "same"]
            if touched or table.fate != "same":
                text = f"{table}: {', '.join(str(part) for part in touched)}"
                lines.append(text.removesuffix(": "))
        return lines

    def __repr__(self) -> str:
        line = " · ".join(
            f"[{stop.revision}]" if number == self.position else stop.revision
            for number, stop in enumerate(self.stops)
        )
        width = max((len(str(table)) for table, _ in self.rows), default=0)
        lines = [line, self.heading]
        for table, parts in self.rows:
            # What belongs together stays together: no break inside "unique (name)".
            text = ", ".join(str(part).replace(" ", "\xa0") for part in parts)
            lines += textwrap.wrap(
                text or "(gone)",
                _WIDTH,
                initial_indent=f"  {str(table):<{width}}  ",
                subsequent_indent=" " * (width + 4),
                break_on_hyphens=False,
            )
        return "\n".join(lines).replace("\xa0", " ")

    def _repr_html_(self) -> str:
        stops = " · ".join(
            (
                f"<strong>{escape(stop.revision)}</strong>"
                if number == self.position
                else f"<span>{escape(stop.revision)}</span>"
            )
            for number, stop in enumerate(self.stops)
        )
        rows = "".join(
            f'<tr><th scope="row" style="text-align: left; vertical-align: top">{table.html()}</th>'
            '<td style="text-align: left; white-space: normal">'
            f"{', '.join(part.html() for part in parts) or '(gone)'}</td></tr>"
            for table, parts in self.rows
        )
        return (
            f'<div style="max-width: 62em"><div aria-hidden="true">{stops}</div>'
            f'<div role="status" aria-live="polite" style="margin: 4px 0"><strong>'
            f"{escape(self.heading)}</strong></div>"
            f'<table aria-label="{escape(self.heading)}"><tbody>{rows}</tbody></table></div>'
        )


def walk_migrations(db: Database) -> MigrationsWalk:
    """Return a walk along this project's own history (migrations/), on this database."""
    moves = {"upgrade": schema.upgrade, "downgrade": schema.downgrade}
    scripts = ScriptDirectory.from_config(schema.alembic_config())
    return MigrationsWalk(db, scripts, lambda verb, revision: moves[verb](db, revision))


def _why(longdoc: str) -> str:
    """What a revision's file says between its first line and what Alembic adds."""
    words = longdoc.partition("\n")[2]
    return words.partition("Revision ID:")[0].partition("Revises:")[0].strip()


def _compared(name: str, here: str | None, there: str | None) -> Part:
    if here is None:
        return Part(name, "removed")
    if there is None:
        return Part(name, "added")
    if here != there:
        return Part(f"{name} ({there} → {here})", "changed")
    return Part(name)


def _parts(look: Any, table: str) -> dict[str, str]:
    """Columns in their order, then what else the table has, by name or, unnamed, by columns."""
    found = {
        column["name"]: _kind(column["type"]) + ("" if column["nullable"] else " not null")
        for column in look.get_columns(table)
    }
    for key in sorted(look.get_foreign_keys(table), key=lambda key: key["constrained_columns"]):
        columns = ", ".join(key["constrained_columns"])
        found[f"{columns} → {key['referred_table']}"] = str(key["name"])
    # MySQL makes no difference between a unique constraint and a unique index, and reports both.
    for unique in look.get_unique_constraints(table):
        found[f"unique ({', '.join(unique['column_names'])})"] = str(unique["name"])
    for index in look.get_indexes(table):
        kind = "unique" if index["unique"] else "index"
        found[f"{kind} ({', '.join(index['column_names'])})"] = str(index["name"])
    return found


def _kind(reflected: Any) -> str:
    """The type as both databases would call it: VARCHAR(2), BOOLEAN, DOUBLE."""
    if isinstance(reflected, mysql.TINYINT) and reflected.display_width == 1:
        return str(Boolean())
    generic = reflected.as_generic()
    if hasattr(generic, "collation"):
        generic.collation = None
    return str(generic)
