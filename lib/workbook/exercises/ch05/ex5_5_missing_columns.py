"""Exercise 5.5: what the models have, and the database lacks."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, inspect
from sqlalchemy.exc import NoSuchTableError

from lib.database import Database
from lib.workbook.course.exercise import Bench, Exercise, NotYet, Wrong, expect, expect_function


def _tables(**columns: str) -> MetaData:
    metadata = MetaData()
    for table, names in columns.items():
        made = [Column(name, String(3)) for name in names.split()]
        Table(table, metadata, Column("id", Integer, primary_key=True), *made)
    return metadata


# What the code says, what the database has.
CASES = (
    (_tables(gates="name", belts="name size"), _tables(gates="name", belts="name size")),
    (_tables(gates="name", belts="size"), _tables(gates="name floor", belts="size", old="name")),
    (_tables(gates="name floor", belts="name size"), _tables(gates="name", belts="name size")),
    (_tables(gates="name", lounges="name seats"), _tables(gates="name")),
    (_tables(belts="x", gates="y"), _tables(belts="y", gates="x")),
    (_tables(gates="name"), MetaData()),
    # In the order in which they are declared, these are not sorted.
    (_tables(zones="q b", gates="name y a"), _tables(gates="name")),
)


def check_missing_columns(answer: Any, bench: Bench) -> str:
    expect_function(answer, "missing_columns")
    for code, there in CASES:
        wanted = sorted(_names(code) - _names(there))
        with Database("sqlite://") as db:
            there.create_all(db.engine)
            try:
                found = bench.call(answer, code, db.engine)
            except Exception as error:
                if isinstance(error.__cause__, NoSuchTableError):
                    raise NotYet(
                        f"NoSuchTableError: the database has no table {error.__cause__}, and your "
                        "function asks for its columns. Ask first which tables there are; of a "
                        "table that is not there, every column is missing."
                    ) from error
                raise
        expect(found is not None, "Your function returns None. `return` hands over the list.")
        expect(
            isinstance(found, list),
            f"This asks for a list of names; your function returns a {type(found).__name__}: "
            f"{found!r:.80}. What `sorted` gives is a list.",
        )
        _expect_names(found, wanted, _names(there) - _names(code))
    return f"That is it: right for all of {len(CASES)} pairs of code and database."


def _expect_names(found: list[Any], wanted: list[str], extra: set[str]) -> None:
    expect(
        all(isinstance(name, str) and "." in name for name in found),
        f"Each name should be table.column, as 'gates.name'; your list is {found!r:.120}.",
    )
    twice = [name for name in found if name.count(".") > 1]
    expect(
        not twice,
        f"Your list has {', '.join(twice[:1])}. `str(column)` already contains the table; use "
        "`column.name` beside it.",
    )
    reverse = sorted(set(found) & extra)
    expect(
        not reverse,
        f"{', '.join(reverse)} is in the database, and the code lacks it. That is the other "
        "direction.",
    )
    lost = [name for name in wanted if name not in found]
    expect(not lost, f"{', '.join(lost)} is missing in the database, and not in your list.")
    surplus = [name for name in found if name not in wanted]
    expect(not surplus, f"{', '.join(surplus)} is in your list, and in the database, too.")
    expect(
        found == wanted,
        f"The names are right, and should be sorted, each once; your list is {found}.",
    )


def _names(metadata: MetaData) -> set[str]:
    return {str(column) for table in metadata.tables.values() for column in table.columns}


def solution_missing_columns() -> Any:
    def missing_columns(metadata, engine):
        there = inspect(engine)
        found = {
            f"{table}.{column['name']}"
            for table in there.get_table_names()
            for column in there.get_columns(table)
        }
        wanted = {
            f"{table.name}.{column.name}"
            for table in metadata.tables.values()
            for column in table.columns
        }
        return sorted(wanted - found)

    return missing_columns


def missing_by_reflection() -> Any:
    def missing_columns(metadata, engine):
        there = MetaData()
        there.reflect(engine)
        names = []
        for table in metadata.sorted_tables:
            known = there.tables.get(table.name)
            for column in table.columns:
                if known is None or column.name not in known.columns:
                    names.append(str(column))
        return sorted(names)

    return missing_columns


def missing_table_by_table() -> Any:
    def missing_columns(metadata, engine):
        there = inspect(engine)
        names = []
        for name, table in metadata.tables.items():
            known = []
            if there.has_table(name):
                known = [column["name"] for column in there.get_columns(name)]
            names += [f"{name}.{key}" for key in table.columns.keys() if key not in known]
        names.sort()
        return names

    return missing_columns


def missing_the_other_way() -> Any:
    def missing_columns(metadata, engine):
        there = inspect(engine)
        found = {f"{t}.{c['name']}" for t in there.get_table_names() for c in there.get_columns(t)}
        wanted = {f"{t.name}.{c.name}" for t in metadata.tables.values() for c in t.columns}
        return sorted(found - wanted)

    return missing_columns


def missing_tables_only() -> Any:
    def missing_columns(metadata, engine):
        there = inspect(engine).get_table_names()
        return sorted(
            str(column)
            for table in metadata.tables.values()
            for column in table.columns
            if table.name not in there
        )

    return missing_columns


def missing_asks_for_no_table() -> Any:
    def missing_columns(metadata, engine):
        there = inspect(engine)
        names = []
        for table in metadata.sorted_tables:
            known = {column["name"] for column in there.get_columns(table.name)}
            names += [str(column) for column in table.columns if column.name not in known]
        return sorted(names)

    return missing_columns


def missing_by_bare_names() -> Any:
    def missing_columns(metadata, engine):
        there = inspect(engine)
        known = {c["name"] for t in there.get_table_names() for c in there.get_columns(t)}
        return sorted(
            str(column)
            for table in metadata.tables.values()
            for column in table.columns
            if column.name not in known
        )

    return missing_columns


def missing_asks_the_code() -> Any:
    def missing_columns(metadata, engine):
        metadata.create_all(engine)
        return []

    return missing_columns


def missing_unsorted() -> Any:
    def missing_columns(metadata, engine):
        there = inspect(engine)
        names = []
        for name, table in metadata.tables.items():
            known = []
            if there.has_table(name):
                known = [column["name"] for column in there.get_columns(name)]
            names += [str(column) for column in table.columns if column.name not in known]
        return names

    return missing_columns


def missing_in_a_tuple() -> Any:
    def missing_columns(metadata, engine):
        return tuple(solution_missing_columns()(metadata, engine))

    return missing_columns


def missing_table_named_twice() -> Any:
    def missing_columns(metadata, engine):
        there = inspect(engine)
        found = {f"{t}.{c['name']}" for t in there.get_table_names() for c in there.get_columns(t)}
        wanted = {f"{t.name}.{column}" for t in metadata.tables.values() for column in t.columns}
        return sorted(wanted - found)

    return missing_columns


EXERCISE = Exercise(
    id="5.5",
    title="Code and database, compared",
    check=check_missing_columns,
    hints=(
        "Two sets of names: what `metadata.tables` says, and what `inspect(engine)` finds. The "
        "answer is their difference, sorted.",
        "The inspector's `get_table_names()` gives strings, its `get_columns(table)` a dict for "
        "each column, with a `name`. It raises for a table that is not there.",
        'A table is `metadata.tables[name]`, with `.columns`; `f"{table.name}.{column.name}"` '
        "spells a name. Then `sorted(wanted - found)`.",
    ),
    solution=solution_missing_columns,
    also_right=(missing_by_reflection, missing_table_by_table),
    wrong=(
        Wrong(
            missing_the_other_way,
            "That is the other direction",
            "mixes up what the code says with what the database has",
        ),
        Wrong(
            missing_tables_only,
            "is missing in the database, and not in your list",
            "compares tables only, as create_all does, and misses a new column",
        ),
        Wrong(
            missing_asks_for_no_table,
            "Ask first which tables there are",
            "expects an empty list for a table that is not there",
        ),
        Wrong(
            missing_by_bare_names,
            "is missing in the database, and not in your list",
            "compares names of columns without their tables",
        ),
        Wrong(
            missing_asks_the_code,
            "is missing in the database, and not in your list",
            "believes that create_all brings an old table up to date",
        ),
        Wrong(
            missing_unsorted,
            "should be sorted",
            "trusts the order in which the tables and columns are declared",
        ),
        Wrong(
            missing_in_a_tuple,
            "your function returns a tuple",
            "takes any sequence for a list, which compares as unequal to one",
        ),
        Wrong(
            missing_table_named_twice,
            "already contains the table",
            "does not look at what a column looks like as text",
        ),
    ),
)
