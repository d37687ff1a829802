"""From what was seen of files to tables: names, types, what may be missing, the key.

Each guess carries its evidence as a comment; what is no more than a guess is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from lib.database.base import MYSQL, Timestamp
from lib.errors import PipelineError
from lib.feeds import Money, Text, Value
from lib.feeds.check import Look
from lib.feeds.column_types import type_of
from lib.feeds.kinds import Column, settle
from lib.feeds.told import (
    column_names,
    currency_of,
    gaps,
    identifier,
    key_questions,
    other_questions,
    value_code,
)

SURE = 0.9  # of the rows that a key tells apart
# What stands behind a table's name in the name of a file: dates, numbers, words for a part.
PART = r"[-_ .]?(\d[\d-]*|corrections?|part\w*|jan\w*|feb\w*)$"


@dataclass(frozen=True)
class Guess:
    """A column: its name, the Python of its type, the type itself, and the evidence."""

    name: str
    field: str
    code: str  # of what the feed reads
    annotation: str
    type_code: str
    type: Any
    nullable: bool
    key: bool
    evidence: str


@dataclass
class TableGuess:
    """A table for files of one header, and what a person still has to say."""

    name: str
    looks: list[Look]
    columns: list[Guess] = field(default_factory=list)
    key_asked: list[str] = field(default_factory=list)  # of what is asked, what stands first
    asked: list[str] = field(default_factory=list)

    @property
    def model(self) -> str:
        """The name of the model's class."""
        return "".join(part.capitalize() for part in self.name.split("_"))

    @property
    def files(self) -> list[Path]:
        """The files that go into it."""
        return [seen.path for seen in self.looks]

    def table(self, metadata: sa.MetaData) -> sa.Table:
        """Return the table as SQLAlchemy has it."""
        columns = []
        for each in self.columns:
            column = sa.Column(each.name, each.type, primary_key=each.key, nullable=each.nullable)
            if each.key and each.annotation == "int":
                column.autoincrement = False
            columns.append(column)
        return sa.Table(self.name, metadata, *columns, **MYSQL)


def guess_tables(looks: Sequence[Look]) -> list[TableGuess]:
    """Return a table for the files of each header.

    Raises PipelineError where nothing tells the rows of a file apart.
    """
    groups: dict[tuple[str, ...], list[Look]] = {}
    for seen in looks:
        groups.setdefault((*seen.columns, *seen.kinds), []).append(seen)
    tables: list[TableGuess] = []
    for group in groups.values():
        name = table_name(group[0].path)
        while any(name == other.name for other in tables):
            name += "_2"
        tables.append(_table(TableGuess(name, group)))
    return tables


def table_name(path: Path) -> str:
    """Return a table's name for a file: without endings, dates and words for a part."""
    stem = path.name.split(".")[0]
    while (shorter := re.sub(PART, "", stem, flags=re.IGNORECASE)) and shorter != stem:
        stem = shorter
    return identifier(stem)[:40]


def _table(table: TableGuess) -> TableGuess:
    first = max(table.looks, key=lambda seen: seen.rows)
    for other in table.looks:
        if other is not first:
            for name, more in other.columns.items():
                first.columns[name].merge(more)
    settle(first.columns.values())
    names = column_names(first)
    keys = _key(first)
    table.key_asked, table.asked = key_questions(first), other_questions(first)
    if not first.said and not table.key_asked and len(table.looks) > 1:
        table.key_asked = [
            f"Is ({', '.join(keys)}) the key of all {len(table.looks)} files? Where two have a row "
            "of the same key, that of the later file stays."
        ]
    for name, field_name in names.items():
        is_key = field_name in keys
        column: Column | None = first.columns.get(field_name)
        if column is None:
            table.columns.append(_typed(name, field_name, first.kinds[field_name], is_key))
            continue
        table.columns.append(_guess(name, field_name, column.value, column, is_key))
        if isinstance(column.value, Money):
            code = value_code(Money(part="currency", decimal=".", thousands=""), field_name)
            currency = (currency_of(name), field_name, code, "str", "sa.String(3)", sa.String(3))
            missing = table.columns[-1].nullable
            table.columns.append(Guess(*currency, missing, False, f"of {name}"))
    table.columns.sort(key=lambda each: not each.key)
    return table


def _key(seen: Look) -> tuple[str, ...]:
    if seen.said:
        return seen.said
    for found in seen.keys:
        if found.rows and found.different >= SURE * found.rows:
            return found.columns
    raise PipelineError(
        f"No columns tell the rows of {seen.path.name} apart.",
        "Name those that should: --key 'one field,another field'.",
    )


def _guess(name: str, field_name: str, value: Value, column: Column, key: bool) -> Guess:
    annotation, code, kind = type_of(column)
    missing = column.missing + column.words.total()
    evidence = gaps(column)
    if column.fits < column.there:
        evidence += f"; {column.there - column.fits:,} of another kind"
    if column.doubt:
        evidence += f"; {column.doubt}"
    return Guess(
        name,
        field_name,
        value_code(value, field_name),
        annotation,
        code,
        kind,
        bool(missing) and not key,
        key,
        evidence,
    )


def _typed(name: str, field_name: str, kind: str, key: bool) -> Guess:
    """Return the column of a field that has a type of Arrow's."""
    made: Any
    annotation, code, made = next(
        (
            each
            for pattern, each in (
                ("^u?int", ("int", "sa.BigInteger", sa.BigInteger())),
                ("^(float|double|half)", ("float", "sa.Double", sa.Double())),
                ("^bool", ("bool", "sa.Boolean", sa.Boolean())),
                ("^date", ("date", "sa.Date", sa.Date())),
                ("^timestamp", ("datetime", "Timestamp", Timestamp)),
                ("^time", ("time", "sa.Time", sa.Time())),
            )
            if re.match(pattern, kind)
        ),
        ("str", "sa.String(255)", sa.String(255)),
    )
    if parts := re.match(r"decimal\d+\((\d+), (\d+)\)", kind):
        digits, scale = map(int, parts.groups())
        annotation, code = "Decimal", f"sa.Numeric({digits}, {scale})"
        made = sa.Numeric(digits, scale)
    text = value_code(Text(), field_name)
    return Guess(
        name, field_name, text, annotation, code, made, not key, key, f"{kind} in the file"
    )
