"""Exercise 5.5: what the models have, and the database lacks."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from typing import Any

from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, inspect
from sqlalchemy.exc import DBAPIError, NoSuchTableError

from lib.database import Database
from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, expect, expect_function
from lib.workbook.exercises.ch05.ex5_5_missing_columns_answers import (
    ALSO_RIGHT,
    ASIDES,
    WORDS,
    WRONG,
)

MOST = 5  # names that are told


def _tables(**columns: str) -> MetaData:
    metadata = MetaData()
    for table, names in columns.items():
        made = [Column(name, String(3)) for name in names.split()]
        Table(table, metadata, Column("id", Integer, primary_key=True), *made)
    return metadata


# What the code says, what the database has; beside a column `id` in each table.
CASES: tuple[tuple[dict[str, str], dict[str, str]], ...] = (
    ({"gates": "name", "belts": "name size"}, {"gates": "name", "belts": "name size"}),
    (
        {"gates": "name", "belts": "size"},
        {"gates": "name floor", "belts": "size", "old": "name"},
    ),
    ({"gates": "name floor", "belts": "name size"}, {"gates": "name", "belts": "name size"}),
    ({"gates": "name", "lounges": "name seats"}, {"gates": "name"}),
    ({"belts": "x", "gates": "y"}, {"belts": "y", "gates": "x"}),
    ({"gates": "name"}, {}),
    ({}, {"gates": "name"}),
    # In the order in which they are declared, these are not sorted.
    ({"zones": "q b", "gates": "name y a"}, {"gates": "name"}),
    ({"gates": "b a", "belts": "z name"}, {"gates": "old", "belts": "name older"}),
)


def check_missing_columns(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "missing_columns")
    for code, there in CASES:
        _expect_missing(answer, sandbox, code, there)
    return f"That is it: right for all of {len(CASES)} pairs of code and database."


def _expect_missing(
    answer: Any, sandbox: Sandbox, code: dict[str, str], there: dict[str, str]
) -> None:
    """Call the answer with these tables as the code, and a database with those."""
    metadata = _tables(**code)
    with Database("sqlite://") as db:
        _tables(**there).create_all(db.engine)
        before = _found(db.engine)
        found = _ask(answer, sandbox, metadata, db.engine)
        after = _found_after(db.engine)
    expect(found is not None, "Your function returns None. `return` hands over the list.")
    expect(
        isinstance(found, list),
        f"This asks for a list of names; your function returns a {type(found).__name__}: "
        f"{found!r:.80}. What `sorted` gives is a list.",
    )
    wanted = _names(_tables(**code))
    _expect_names(found, sorted(wanted - before), before - wanted, before & wanted)
    expect(
        after == before,
        "Your function has changed the database: afterwards "
        f"{', '.join(sorted(after ^ before))} differs. It should look, and not touch.",
    )
    expect(
        _names(metadata) == wanted,
        "Your function has changed the metadata: afterwards "
        f"{', '.join(sorted(_names(metadata) ^ wanted))} differs. Reflect into metadata of your "
        "own.",
    )


def _ask(answer: Any, sandbox: Sandbox, metadata: MetaData, engine: Engine) -> Any:
    try:
        return sandbox.call(answer, metadata, engine)
    except Exception as error:
        if isinstance(error.__cause__, NoSuchTableError):
            raise NotYet(
                f"NoSuchTableError: the database has no table {error.__cause__}, and your function "
                "asks for its columns. Ask first which tables there are; of a table that is not "
                "there, every column is missing."
            ) from error
        raise


def _expect_names(found: list[Any], wanted: list[str], extra: set[str], both: set[str]) -> None:
    """Expect these names; `extra` has the database alone, `both` are in the code, too."""
    odd = next((name for name in found if not isinstance(name, str) or "." not in name), None)
    expect(
        odd is None,
        f"Each name should be table.column, as 'gates.name'; your list has {odd!r:.80}.",
    )
    twice = [name for name in found if len(set(name.split(".")[:-1])) < name.count(".")]
    expect(
        not twice,
        f"Your list has {', '.join(twice[:1])}. `str(column)` already contains the table; use "
        "`column.name` beside it.",
    )
    reverse = sorted(set(found) & extra)
    expect(
        not reverse,
        f"{', '.join(reverse[:MOST])} is in the database, and the code lacks it. That is the "
        "other direction.",
    )
    lost = [name for name in wanted if name not in found]
    expect(not lost, f"{', '.join(lost[:MOST])} is missing in the database, and not in your list.")
    surplus = sorted(set(found) & both)
    expect(not surplus, f"{', '.join(surplus[:MOST])} is in your list, and in the database, too.")
    unknown = [name for name in found if name not in wanted]
    expect(
        not unknown,
        f"{', '.join(unknown[:MOST])} is in your list, and neither in the code nor in the "
        "database.",
    )
    expect(
        found == wanted,
        f"The names are right, and should be sorted, each once; your list is {found}.",
    )


def _names(metadata: MetaData) -> set[str]:
    return {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
    }


def _found(engine: Engine) -> set[str]:
    there = inspect(engine)
    return {
        f"{table}.{column['name']}"
        for table in there.get_table_names()
        for column in there.get_columns(table)
    }


def _found_after(engine: Engine) -> set[str]:
    """What is there when the answer has returned; this database has one connection for all."""
    try:
        return _found(engine)
    except DBAPIError as error:
        raise NotYet(
            "Your function has left a transaction open: the database cannot be asked any more. "
            "Open a connection in a `with` block, which gives it back."
        ) from error


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
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=ASIDES,
)
