"""Whether the tables are those of the revision at which the database says it stands.

The number alone does not tell: a migration that stopped half-way on a server has made or dropped
tables, and has not written the number down.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import sqlalchemy as sa
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from lib.config import ROOT
from lib.database.database import Database
from lib.database.resuming import VERSION_TABLE

Parts = frozenset[str]  # "table orders", "column orders.shop", "index ...", "reference ..."


def alembic_config() -> Config:
    """Return the project's Alembic settings, as `alembic` itself reads them."""
    return Config(ROOT / "alembic.ini")


@dataclass(frozen=True)
class Standing:
    """Where a database stands, and how its tables differ from that."""

    revision: str | None
    missing: tuple[str, ...] = ()  # what the revision has, and the database lacks
    left_over: tuple[str, ...] = ()  # what belongs to other revisions, and is there

    @property
    def is_whole(self) -> bool:
        """Whether the tables are those of the revision."""
        return not self.missing and not self.left_over

    def __str__(self) -> str:
        said = [f"missing: {_listed(self.missing)}"] if self.missing else []
        said += [f"left over: {_listed(self.left_over)}"] if self.left_over else []
        at = f"at revision {self.revision}" if self.revision else "at no revision"
        return f"The schema stands {at}, and its tables do not; {'; '.join(said)}."


def standing_of(connection: Connection, revision: str | None) -> Standing:
    """Compare the tables with the revision, by the names of tables, columns, indexes, references.

    What no revision names belongs to another program, and is not looked at.
    """
    every = history()
    if not every or revision not in every:
        return Standing(revision)
    there = parts(connection) & frozenset().union(*every.values())
    expected = every[revision]
    # What the next revision takes away is not missing: that may have happened.
    numbers = list(every)
    following = numbers[numbers.index(revision) + 1 :][:1]
    stays = expected.intersection(*(every[number] for number in following))
    return Standing(revision, _in_order(stays - there), _in_order(there - expected))


@functools.cache
def history() -> dict[str | None, Parts]:
    """Return what each revision has, by its number, and None: nothing.

    Found out by running them all, once for each process, in an SQLite database in memory. Empty
    where a revision does not run there, or lines part: then nothing can be told.
    """
    found: dict[str | None, Parts] = {None: frozenset()}
    scripts = ScriptDirectory.from_config(alembic_config())
    line = list(scripts.walk_revisions())[::-1]
    if len(scripts.get_bases()) != 1 or any(script.is_branch_point for script in line):
        return {}
    try:
        # Not by Alembic's command: that would end one that is at work in this process.
        with Database("sqlite://") as db, db.migrating() as connection:
            with Operations.context(MigrationContext.configure(connection)):
                for script in line:
                    script.module.upgrade()
                    found[script.revision] = parts(connection)
    except Exception:  # a revision for one kind of database; where it is run, it says what is wrong
        return {}
    return found


def parts(connection: Connection) -> Parts:
    """Return the names of all that a database has; those of an index that is made for a
    constraint are that constraint's."""
    there = sa.inspect(connection)
    found = set()
    for (_, table), columns in there.get_multi_columns().items():
        found.add(f"table {table}")
        found |= {f"column {table}.{column['name']}" for column in columns}
    for (_, table), indexes in there.get_multi_indexes().items():
        found |= {f"index {table}.{index['name']}" for index in indexes if index["name"]}
    for (_, table), uniques in there.get_multi_unique_constraints().items():
        found |= {f"index {table}.{unique['name']}" for unique in uniques if unique["name"]}
    for (_, table), keys in there.get_multi_foreign_keys().items():
        found |= {f"reference {table}.{key['name']}" for key in keys if key["name"]}
    own = f" {VERSION_TABLE}"
    return frozenset(each for each in found if not each.split(".")[0].endswith(own))


def columns_of(every: Parts, table: str) -> set[str]:
    """Return the names of a table's columns."""
    start = f"column {table}."
    return {part.removeprefix(start) for part in every if part.startswith(start)}


def _in_order(found: Parts) -> tuple[str, ...]:
    """Return tables first, and nothing of a table that is named itself."""
    tables = {each.removeprefix("table ") for each in found if each.startswith("table ")}
    others = [
        each
        for each in sorted(found)
        if not each.startswith("table ") and each.split(" ")[1].split(".")[0] not in tables
    ]
    return (*(f"table {each}" for each in sorted(tables)), *others)


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:8])
    return shown if len(names) <= 8 else f"{shown} and {len(names) - 8} more"
