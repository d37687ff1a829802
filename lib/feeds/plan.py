"""How the fields of a file become the columns of a table, and what has changed since it was said.

A column comes from a field, from several, or from none; a field goes into a column, into several,
or is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from sqlalchemy import Table

from lib.errors import PipelineError
from lib.feeds.others import Function
from lib.feeds.value import Text, Value
from lib.load.inferred import flag_of
from lib.load.match import mark_of
from lib.load.rules import shorten

Others = Literal["refuse", "leave out"]
MAX_SHOWN = 12  # fields in a message


@dataclass(frozen=True)
class Plan:
    """What fills each column, and its fields as the file spells them; `note` tells of drift."""

    values: dict[str, Value]
    fields: dict[str, tuple[str, ...]]
    note: str

    @property
    def wanted(self) -> frozenset[str]:
        """All the fields that are read."""
        return frozenset(name for names in self.fields.values() for name in names)


def value_of(column: str, given: object) -> Value | None:
    """Return what a feed says of a column as a value; None where no field fills it."""
    if given is None or isinstance(given, Value):
        return given
    if isinstance(given, str):
        return Text(given)
    if callable(given) and not isinstance(given, type):
        return Function(given, column)
    raise PipelineError(
        f"columns[{column!r}] is a {type(given).__name__}: {shorten(given)}.",
        "Write the name of a field, a value such as Whole('field'), a function, or None.",
    )


def make_plan(
    table: Table,
    source: str,
    header: Sequence[str],
    columns: Mapping[str, object],
    others: Others,
    strip: bool,
) -> Plan:
    """Return which fields fill which columns; raises PipelineError where they do not fit.

    A column that the feed does not name is filled by the field of its name, where there is one.
    """
    spelt: dict[str, list[str]] = {}
    for name in header:
        spelt.setdefault(name.strip() if strip else name, []).append(name)
    said = {name: value_of(name, given) for name, given in columns.items()}
    values = {name: value for name, value in said.items() if value is not None}
    gone = []
    for column in table.columns:
        if column.name in said:
            continue
        if column.name in spelt:
            values[column.name] = Text()
        elif not _is_filled(table, column):
            gone.append(column.name)
    fields = {name: value.fields(name) for name, value in values.items()}
    used = [name for names in fields.values() for name in names]
    lost = [name for name in dict.fromkeys(used) if name not in spelt]
    required = [name for name in gone if not table.columns[name].nullable]
    new = [name for name in spelt if name not in used]
    twice = [name for name in dict.fromkeys(used) if len(spelt.get(name, ())) > 1]
    refused = new if others == "refuse" else []
    if lost or required or refused or twice:
        raise PipelineError(
            f"{source} does not fit the feed of {table.name}. "
            + _told(refused, [*lost, *required], twice, new, header),
            "Say it in `columns`"
            + (', or write others="leave out".' if refused else ", or correct the file."),
        )
    note = f"{source}: {_told([], gone, [], new, header)}" if gone else ""
    order = [column.name for column in table.columns if column.name in values]
    return Plan(
        {name: values[name] for name in order},
        {name: tuple(spelt[each][0] for each in fields[name]) for name in order},
        note,
    )


def _is_filled(table: Table, column: Any) -> bool:
    """Tell whether a column is filled without a file."""
    made = (table.autoincrement_column, flag_of(table), mark_of(table))
    return any(column is each for each in made) or any(
        each is not None for each in (column.default, column.server_default, column.computed)
    )


def _told(
    refused: Sequence[str],
    gone: Sequence[str],
    twice: Sequence[str],
    new: Sequence[str],
    header: Sequence[str],
) -> str:
    parts = [
        f"{word}: {_listed(names)}."
        for word, names in (("New", refused), ("Gone", gone), ("Twice", twice))
        if names
    ]
    for name in gone:
        parts += [
            f"Renamed? {name!r} may be {other!r} now." for other in get_close_matches(name, new, 1)
        ]
    if gone and len(header) == 1:
        signs = [sign for sign in ",;|\t" if sign in header[0]]
        parts += [f"It has one field only; is {sign!r} its delimiter?" for sign in signs[:1]]
    return " ".join(parts)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(shorten(name)) for name in names[:MAX_SHOWN])
    more = len(names) - MAX_SHOWN
    return shown + (f" and {more:,} more" if more > 0 else "")
