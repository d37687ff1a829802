"""Exercise 7.5: wrong answers, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from lib.workbook.course.exercise import Word, Wrong


def variant(*, heads: Any = None, behind: Any = None, models: Any = None, put: Any = list) -> Any:
    """The solution, with one question asked otherwise."""

    def guard(scripts, connection, metadata):
        context = MigrationContext.configure(connection)
        ours, theirs = scripts.get_heads(), context.get_current_heads()
        wrong = {
            "heads": heads(ours) if heads else len(ours) > 1,
            "behind": behind(ours, theirs) if behind else set(ours) != set(theirs),
            "models": (
                models(connection, metadata) if models else compare_metadata(context, metadata)
            ),
        }
        return put([word for word, applies in wrong.items() if applies])

    return guard


def guard_first_only() -> Any:
    def guard(scripts, connection, metadata):
        context = MigrationContext.configure(connection)
        if len(scripts.get_heads()) > 1:
            return ["heads"]
        if set(scripts.get_heads()) != set(context.get_current_heads()):
            return ["behind"]
        return ["models"] if compare_metadata(context, metadata) else []

    return guard


def guard_one_head() -> Any:
    def guard(scripts, connection, metadata):
        context = MigrationContext.configure(connection)
        found = ["heads"] if len(scripts.get_heads()) > 1 else []
        if scripts.get_current_head() != context.get_current_revision():
            found.append("behind")
        if compare_metadata(context, metadata):
            found.append("models")
        return found

    return guard


def guard_stamps() -> Any:
    def guard(scripts, connection, metadata):
        found = variant()(scripts, connection, metadata)
        connection.rollback()
        if "behind" in found and scripts.get_heads():
            context = MigrationContext.configure(connection)
            with context.begin_transaction(), connection.begin():
                connection.execute(sa.text("DELETE FROM alembic_version"))
        return found

    return guard


def _tables(connection: Any, metadata: Any) -> Any:
    there = set(sa.inspect(connection).get_table_names()) - {"alembic_version"}
    return there != set(metadata.tables)


def _columns(connection: Any, metadata: Any) -> Any:
    look = sa.inspect(connection)
    return any(
        {column["name"] for column in look.get_columns(name)} != set(table.columns.keys())
        for name, table in metadata.tables.items()
    )


def _without_types(connection: Any, metadata: Any) -> Any:
    context = MigrationContext.configure(connection, opts={"compare_type": False})
    return compare_metadata(context, metadata)


WRONG = (
    Wrong(
        lambda: variant(behind=lambda ours, theirs: ours != theirs),
        "a list is never equal to a tuple",
        "compares a list with a tuple, which is never equal",
    ),
    Wrong(
        lambda: variant(behind=lambda ours, theirs: tuple(ours) != theirs),
        "Your list is ['heads', 'behind']",
        "compares two orders of the same heads",
    ),
    Wrong(
        guard_first_only,
        "Your list lacks",
        "stops at the first fault: the next one shows after the next push",
    ),
    Wrong(
        guard_one_head,
        "Ask for the heads",
        "cannot imagine the fault that the guard is there for",
    ),
    Wrong(
        lambda: variant(models=_tables),
        "Your list lacks models",
        "compares the names of tables: a column more or less goes unseen",
    ),
    Wrong(
        lambda: variant(models=_columns),
        "Your list lacks models",
        "looks for what the models have, and not for what the database has besides",
    ),
    Wrong(
        lambda: variant(models=_without_types),
        "Your list lacks models",
        "compares names, and no types",
    ),
    Wrong(
        lambda: variant(behind=lambda ours, theirs: not set(ours) <= set(theirs)),
        "the database stands at bb02 and zz99",
        "does not ask what else the database has run",
    ),
    Wrong(
        lambda: variant(behind=lambda ours, theirs: not set(ours) & set(theirs)),
        "Your list lacks behind",
        "takes one branch of a fork for the whole history",
    ),
    Wrong(
        lambda: variant(behind=lambda ours, theirs: len(ours) != len(theirs)),
        "Your list lacks behind",
        "counts the heads in place of comparing them",
    ),
    Wrong(
        lambda: variant(heads=lambda ours: len(ours) != 1),
        "Your list is ['heads']",
        "takes a history without a revision for one with several heads",
    ),
    Wrong(
        lambda: variant(heads=lambda ours: len(ours) == 2),
        "Your list lacks heads",
        "thinks of two heads, and of no more",
    ),
    Wrong(
        lambda: variant(put=sorted),
        "the order is heads, behind, models",
        "sorts by the alphabet",
    ),
    Wrong(
        lambda: variant(put=tuple),
        "a list of words",
        "gives another kind of sequence",
    ),
    Wrong(
        lambda: variant(put=lambda found: found or None),
        "a list of words",
        "gives nothing when all is well",
    ),
    Wrong(
        guard_stamps,
        "changes nothing",
        "mends what it was to tell",
    ),
)
WORDS = (
    Word(
        "Write `guard(scripts, connection, metadata)` for CI.",
        "fourteen histories, databases and models",
        lambda: [],
    ),
    Word(
        "`connection` leads to a database at any revision",
        "a database at none, and one at a revision that the history lacks",
        lambda: variant(behind=lambda ours, theirs: bool(theirs) and set(ours) != set(theirs)),
    ),
    Word(
        "`metadata` is what the models say",
        "models that are not the project's",
        lambda: variant(models=lambda connection, metadata: False),
    ),
    Word("a list of those words that apply", "each call", lambda: variant(put=tuple)),
    Word("a list of those words that apply", "several faults at once", guard_first_only),
    Word("in this order", "heads, behind and models at once", lambda: variant(put=sorted)),
    Word(
        '`"heads"`: the history has more than one head',
        "a history of three heads, and one of none",
        lambda: variant(heads=lambda ours: len(ours) == 2),
    ),
    Word(
        '`"behind"`: the database does not stand at the head',
        "a database at the revision before the head",
        lambda: variant(behind=lambda ours, theirs: not theirs),
    ),
    Word(
        "or heads, of the history",
        "a fork, of which the database has one branch",
        lambda: variant(behind=lambda ours, theirs: not set(ours) & set(theirs)),
    ),
    Word(
        '`"models"`: database and metadata differ',
        "a column more, another type, and a table that the models lack",
        lambda: variant(models=_columns),
    ),
    Word(
        "When all is well, the list is empty",
        "two calls in which all is well",
        lambda: variant(put=lambda found: found or ["none"]),
    ),
)
