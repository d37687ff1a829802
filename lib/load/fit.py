"""How a source fits a table: what is staged, what tells rows apart, what the file leaves out."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy import Column, Connection, Table
from sqlalchemy.types import TypeDecorator, TypeEngine

from lib.database.dialects import dialect_of
from lib.errors import PipelineError
from lib.load.form import Dialect, Form, UnknownType, stored_values
from lib.load.inferred import flag_of
from lib.load.rules import shorten
from lib.load.types import form_of
from lib.source.base import Source

MAX_SHOWN = 10  # columns of a header that does not fit
SEPARATORS = (";", "\t", "|", ",")  # of columns; a comma in a name was in quotes


@dataclass(frozen=True)
class Fit:
    """A table and the columns of a source: `names` are the source's, `key` tells two rows apart.

    `filled` are columns that get a default of the model in each new row; `staging` is a temporary
    table of all these, and of `line`, the line in the file. `direct` tells whether a new row needs
    no more.
    """

    table: Table
    columns: dict[str, Column[Any]]  # of the table, by their names in the database
    names: tuple[str, ...]
    key: tuple[str, ...]
    filled: tuple[str, ...]
    forms: dict[str, Form]
    staging: Table
    line: str
    direct: bool

    @property
    def flag(self) -> Column[Any] | None:
        """The column that marks inferred members, where the source leaves it to the load."""
        flag = flag_of(self.table)
        return None if flag is None or flag.name in self.names else flag

    def written(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """Return rows that fit as the database stores them."""
        arrays = {name: self.forms[name].store(rows[name]) for name in rows.schema.names}
        return pa.RecordBatch.from_pydict(arrays)

    def stored(self, rows: pa.RecordBatch, dialect: Dialect) -> pa.RecordBatch:
        """Return good rows as the database stores them, with the defaults of the model."""
        rows = self.written(rows)
        for name in self.filled:
            rows = rows.append_column(name, _defaults(self.columns[name], dialect, len(rows)))
        return rows


def fit(connection: Connection, table: Table, source: Source, match: Sequence[str] = ()) -> Fit:
    """Return how the source fits; raises PipelineError where it does not, and says why.

    Rows are matched by the columns of `match`, or where there are none by the table's own key.
    """
    columns = {column.name: column for column in table.columns}
    names = tuple(source.columns)
    absent = [column for name, column in columns.items() if name not in set(names)]
    defaults: dict[str, Any] = {
        each.name: each.default for each in absent if each.default is not None
    }
    constant = {name for name, default in defaults.items() if default.is_scalar}
    filled = tuple(name for name in defaults if name in constant or defaults[name].is_callable)
    key = tuple(match) or _key(table, constant.union(names))
    try:
        _check_header(table, columns, source.name, names, key)
    except PipelineError:
        source.verify()
        raise
    line = "line"
    while line in map(str.lower, columns):
        line = f"_{line}_"
    there = dialect_of(connection).character_sets(connection, table)
    forms = _forms(table, {name: columns[name] for name in names}, key, connection.dialect, there)
    staged = [
        Column(name, _staged(columns[name].type, connection.dialect, there.get(name)))
        for name in (*names, *filled)
    ]
    staging = Table(
        f"staging_{table.name}"[:60],
        sa.MetaData(),
        Column(line, sa.Integer, primary_key=True, autoincrement=False),
        *staged,
        prefixes=["TEMPORARY"],
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    direct = len(filled) == len(defaults)
    return Fit(table, columns, names, key, filled, forms, staging, line, direct)


def uniques(table: Table) -> list[tuple[str, ...]]:
    """Return the columns of each unique constraint and index of a model, in the table's order."""
    found = [each.columns for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    found += [each.columns for each in table.indexes if each.unique]
    order = [column.name for column in table.columns]
    names = {tuple(sorted((each.name for each in unique), key=order.index)) for unique in found}
    return sorted(names, key=lambda unique: [order.index(name) for name in unique])


def _defaults(column: Column[Any], dialect: Dialect, count: int) -> pa.Array:
    default: Any = column.default
    if default.is_scalar:
        (value,) = stored_values(column, dialect, [default.arg])
        return pa.repeat(value, count)
    try:
        values = [default.arg(None) for _ in range(count)]
    except Exception as error:  # one that asks for the row's other values, above all
        raise PipelineError(
            f"The model's default of {column} cannot be asked without its row ({error}).",
            f"Give the file a column {column.name}, or the column another default.",
        ) from error
    return stored_values(column, dialect, values)


def _key(table: Table, known: set[str]) -> tuple[str, ...]:
    """Return what tells two rows apart: the primary key, or what is unique where that is made."""
    made = table.autoincrement_column
    primary = tuple(column.name for column in table.primary_key)
    if primary and all(name in known for name in primary):
        return primary
    made_alone = all(
        column is made or column.default is not None or column.server_default is not None
        for column in table.primary_key
        if column.name not in known
    )
    others = [unique for unique in uniques(table) if known >= set(unique)] if made_alone else []
    return others[0] if others else ()


def _check_header(
    table: Table,
    columns: dict[str, Column[Any]],
    source: str,
    names: tuple[str, ...],
    key: tuple[str, ...],
) -> None:
    """Raise PipelineError where the columns of the source are not those of the table."""
    if not names:
        raise PipelineError(
            f"{source} has no column: it is empty, or its first line is.",
            f"Write the names of its columns into its first line: {_listed(list(columns))}.",
        )
    given, made = set(names), table.autoincrement_column
    lacking = [
        name
        for name, each in columns.items()
        if name not in given and not each.nullable and each is not made
        if each.default is None and each.server_default is None
    ]
    alike = [each.name for each in table.primary_key if not (key or lacking or each.name in given)]
    faults = {
        "has {}, which the table has not": [name for name in names if name not in columns],
        "has {}, which the database computes": [
            name for name, each in columns.items() if each.computed is not None and name in given
        ],
        "lacks {}": lacking,
        "lacks {}, and no other unique constraint tells its rows apart": alike,
        "has {} more than once": [name for name, count in Counter(names).items() if count > 1],
    }
    found = [f"It {text.format(_listed(each))}." for text, each in faults.items() if each]
    if not key and not found:
        found = ["The table has no key, which would tell its rows apart."]
    if found:
        fix = "Correct the names of its columns, a file's first line, then load again."
        mark = next((each for each in SEPARATORS if len(names) == 1 and each in names[0]), None)
        if mark:
            found.append(f"Its first line holds {mark!r}, and no comma.")
            fix = (
                f"Correct its first line. Where {mark!r} separates its columns, load a data frame: "
                f"pandas.read_csv(path, sep={mark!r}, dtype=str, keep_default_na=False, "
                "na_values=['NA'])."
            )
        raise PipelineError(f"{source} does not fit the table {table.name}. {' '.join(found)}", fix)


def _listed(names: list[str]) -> str:
    shown, more = [_visible(name) for name in names[:MAX_SHOWN]], len(names) - MAX_SHOWN
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")


def _visible(name: str) -> str:
    """Return a name as it is, or, where blanks or separators would mislead the eye, in quotes."""
    plain = name and name.isprintable() and name == name.strip() and not {*name} & {*SEPARATORS}
    return str(shorten(name if plain else repr(name)))


def _forms(
    table: Table,
    columns: dict[str, Column[Any]],
    key: tuple[str, ...],
    dialect: Dialect,
    there: dict[str, tuple[str, str]],
) -> dict[str, Form]:
    forms, unknown = {}, []
    compared = {name for unique in uniques(table) for name in unique}
    for name, column in columns.items():
        charset, _ = there.get(name, (None, None))
        exact, needed = name in compared, name in key
        try:
            forms[name] = form_of(column, dialect, needed=needed, exact=exact, charset=charset)
        except UnknownType as error:
            unknown.append(f"lib does not know the type {error} of {table.name}.{name}.")
    if unknown:
        raise PipelineError(
            f"{' '.join(unknown)} Nothing was loaded.",
            "Leave the column out of the file, or give it another type.",
        )
    return forms


def _staged(
    kind: TypeEngine[Any], dialect: Dialect, there: tuple[str, str] | None
) -> TypeEngine[Any]:
    """Return a type for the same values, with the collation of the table, and nothing more."""
    while isinstance(kind, TypeDecorator):
        kind = kind.type_engine(dialect)
    if isinstance(kind, sa.Enum):
        kind = sa.String(max(map(len, kind.enums)))
    if isinstance(kind, sa.Boolean):
        kind = sa.Boolean()
    if there is None or there[1] == "utf8mb4_bin":
        return kind
    kind = copy.copy(kind.dialect_impl(dialect)) if isinstance(kind, sa.String) else sa.CHAR(36)
    vars(kind).update(charset=None, national=False, collation=there[1])
    return kind
