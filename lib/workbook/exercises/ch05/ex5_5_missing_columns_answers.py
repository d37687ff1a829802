"""Answers to exercise 5.5: right in other ways, wrong, and deaf to a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from typing import Any

from sqlalchemy import MetaData, inspect, text
from sqlalchemy.exc import NoSuchTableError

from lib.database import Database
from lib.models import Base
from lib.workbook.course.exercise import Word, Wrong


def missing_but(
    *,
    spell: Any = lambda table, column: f"{table.name}.{column.name}",
    gives: Any = lambda wanted, found: sorted(wanted - found),
    other: Any = None,
    engine_of_its_own: bool = False,
) -> Any:
    """The solution, but for one thing; `other` stands in for the metadata."""

    def missing_columns(metadata, engine):
        with Database("sqlite://") as db:  # in the notebook: the chapter's own
            there = inspect(db.engine if engine_of_its_own else engine)
            found = {
                f"{table}.{column['name']}"
                for table in there.get_table_names()
                for column in there.get_columns(table)
            }
        tables = (other or metadata).tables.values()
        wanted = {spell(table, column) for table in tables for column in table.columns}
        return gives(wanted, found)

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


def missing_by_asking_forgiveness() -> Any:
    def missing_columns(metadata, engine):
        missing: list[str] = []
        with engine.connect() as connection:
            there = inspect(connection)
            for table in metadata.tables.values():
                try:
                    known = {column["name"] for column in there.get_columns(table.name)}
                except NoSuchTableError:
                    known = set()
                missing.extend(f"{table}.{c.name}" for c in table.c if c.name not in known)
        return sorted(missing)

    return missing_columns


def missing_by_an_empty_select() -> Any:
    def missing_columns(metadata, engine):
        names, there = [], set(inspect(engine).get_table_names())
        with engine.connect() as connection:
            for table in metadata.tables.values():
                known: list[str] = []
                if table.name in there:
                    empty = text(f"SELECT * FROM {table.name} WHERE 1 = 0")
                    known = list(connection.execute(empty).keys())
                names += [str(column) for column in table.columns if column.name not in known]
        return sorted(names)

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


def missing_of_tables_that_are_there() -> Any:
    def missing_columns(metadata, engine):
        there = inspect(engine)
        names = []
        for table in metadata.tables.values():
            if there.has_table(table.name):
                known = {column["name"] for column in there.get_columns(table.name)}
                names += [str(column) for column in table.columns if column.name not in known]
        return sorted(names)

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


def missing_and_mended() -> Any:
    def missing_columns(metadata, engine):
        names = missing_but()(metadata, engine)
        metadata.create_all(engine)
        return names

    return missing_columns


def missing_by_reflection_into_the_code() -> Any:
    def missing_columns(metadata, engine):
        names = missing_but()(metadata, engine)
        metadata.reflect(engine)
        return names

    return missing_columns


ALSO_RIGHT = (
    missing_by_reflection,
    missing_table_by_table,
    missing_by_asking_forgiveness,
    missing_by_an_empty_select,
)

WRONG = (
    Wrong(
        lambda: missing_but(gives=lambda wanted, found: sorted(found - wanted)),
        "That is the other direction",
        "mixes up what the code says with what the database has",
    ),
    Wrong(
        lambda: missing_but(gives=lambda wanted, found: sorted(found ^ wanted)),
        "gates.floor, old.id, old.name is in the database",
        "lists all differences, in both directions",
    ),
    Wrong(
        missing_tables_only,
        "gates.floor is missing in the database, and not in your list",
        "compares tables only, as create_all does, and misses a new column",
    ),
    Wrong(
        missing_of_tables_that_are_there,
        "lounges.id, lounges.name, lounges.seats is missing in the database",
        "leaves out a table that is not there",
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
        missing_and_mended,
        "has changed the database",
        "makes the missing tables as well, where a look was asked for",
    ),
    Wrong(
        missing_by_reflection_into_the_code,
        "has changed the metadata",
        "reads the database into the metadata that it should compare with",
    ),
    Wrong(
        lambda: missing_but(gives=lambda wanted, found: sorted(wanted - found, reverse=True)),
        "should be sorted",
        "sorts the other way round",
    ),
    Wrong(
        lambda: missing_but(gives=lambda wanted, found: sorted(wanted - found) * 2),
        "should be sorted, each once",
        "lists a name more than once",
    ),
    Wrong(
        lambda: missing_but(gives=lambda wanted, found: tuple(sorted(wanted - found))),
        "your function returns a tuple",
        "takes any sequence for a list, which compares as unequal to one",
    ),
    Wrong(
        lambda: missing_but(spell=lambda table, column: f"{table.name}.{column}"),
        "already contains the table",
        "does not look at what a column looks like as text",
    ),
    Wrong(
        lambda: missing_but(
            gives=lambda wanted, found: sorted(n.split(".")[1] for n in wanted - found)
        ),
        "Each name should be table.column",
        "names the column without its table",
    ),
    Wrong(
        lambda: missing_but(spell=lambda table, column: f"{table.name}.{column.name}".upper()),
        "neither in the code nor in the database",
        "spells the names in another way than the database",
    ),
)

WORDS = (
    Word(
        "Write `missing_columns(metadata, engine)`",
        "nine pairs of metadata and database, of the check's own",
        lambda: missing_but(other=Base.metadata, engine_of_its_own=True),
    ),
    Word(
        "a sorted list",
        "tables and columns that are declared in another order",
        lambda: missing_but(gives=lambda wanted, found: sorted(wanted - found, key=len)),
    ),
    Word(
        "of the columns that the metadata have and the database lacks, each as " '`"table.column"`',
        "two tables with columns of one name",
        missing_by_bare_names,
    ),
    Word(
        "When a whole table is not there, all of its columns are missing.",
        "a table that is not there, a database without tables",
        missing_of_tables_that_are_there,
    ),
    Word(
        "What only the database has does not count.",
        "a column and a table that the metadata lack, metadata without tables",
        lambda: missing_but(gives=lambda wanted, found: sorted(wanted ^ found)),
    ),
)
ASIDES = ("Try it on what is above: `missing_columns(Base.metadata, scratch)` finds one column.",)
