"""Exercise 7.5: other right answers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata, produce_migrations
from alembic.migration import MigrationContext
from alembic.operations.ops import UpgradeOps


def guard_step_by_step() -> Any:
    def guard(scripts, connection, metadata):
        found = []
        context = MigrationContext.configure(connection)
        if len(scripts.get_heads()) > 1:
            found.append("heads")
        if sorted(scripts.get_heads()) != sorted(context.get_current_heads()):
            found.append("behind")
        if compare_metadata(context, metadata) != []:
            found.append("models")
        return found

    return guard


def guard_by_symmetric_difference() -> Any:
    def guard(scripts, connection, metadata):
        heads = set(scripts.get_heads())
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        words = ["heads"] * (len(heads) >= 2)
        words += ["behind"] * bool(heads ^ set(context.get_current_heads()))
        return words + ["models"] * (len(compare_metadata(context, metadata)) > 0)

    return guard


def guard_by_operations() -> Any:
    def guard(scripts, connection, metadata):
        context = MigrationContext.configure(connection)
        script = produce_migrations(context, metadata)
        assert isinstance(script.upgrade_ops, UpgradeOps)
        found: list[str] = []
        if script.upgrade_ops.ops:
            found.insert(0, "models")
        if frozenset(context.get_current_heads()) != frozenset(scripts.get_heads()):
            found.insert(0, "behind")
        if scripts.get_heads()[1:]:
            found.insert(0, "heads")
        return found

    return guard


def guard_by_the_table() -> Any:
    def guard(scripts, connection, metadata):
        rows = connection.execute(sa.text("SELECT version_num FROM alembic_version")).all()
        heads = scripts.revision_map.heads
        context = MigrationContext.configure(connection)
        applies = (
            len(heads) > 1,
            {row[0] for row in rows} != set(heads),
            bool(compare_metadata(context, metadata)),
        )
        words = ("heads", "behind", "models")
        return [word for word, true in zip(words, applies, strict=True) if true]

    return guard


def guard_by_bases() -> Any:
    def guard(scripts, connection, metadata):
        context = MigrationContext.configure(connection)
        revisions = list(scripts.walk_revisions())
        heads = [revision.revision for revision in revisions if revision.is_head]
        found = dict.fromkeys(("heads", "behind", "models"), False)
        found["models"] = bool(compare_metadata(context, metadata))
        found["behind"] = sorted(heads) != sorted(context.get_current_heads())
        found["heads"] = len(heads) > 1
        return list(filter(found.get, found))

    return guard


def guard_of_functions() -> Any:
    def has_heads(heads, stands, differences):
        return len(heads) > 1

    def is_behind(heads, stands, differences):
        return not (set(heads) <= set(stands) and set(stands) <= set(heads))

    def differs(heads, stands, differences):
        return len(differences) != 0

    def guard(scripts, connection, metadata):
        context = MigrationContext.configure(connection)
        differences = compare_metadata(context, metadata)
        known = scripts.get_heads(), context.get_current_heads(), differences
        rules = {"heads": has_heads, "behind": is_behind, "models": differs}
        return [word for word in rules if rules[word](*known)]

    return guard


def guard_sorted_at_the_end() -> Any:
    def guard(scripts, connection, metadata):
        found = set()
        context = MigrationContext.configure(connection)
        if compare_metadata(context, metadata):
            found.add("models")
        if set(scripts.get_heads()) != set(context.get_current_heads()):
            found.add("behind")
        if len(scripts.get_heads()) not in (0, 1):
            found.add("heads")
        return sorted(found, key=["heads", "behind", "models"].index)

    return guard


def guard_that_prints() -> Any:
    def guard(scripts, connection, metadata):
        with connection.begin():
            context = MigrationContext.configure(connection)
            stands = list(context.get_current_heads())
            differences = compare_metadata(context, metadata)
        print(len(differences), "differences")
        heads = scripts.get_heads()
        found = ["heads"] if len(heads) > 1 else []
        found += ["behind"] if sorted(stands) != sorted(heads) else []
        found.extend(["models"] if differences else [])
        return found

    return guard


ALSO_RIGHT = (
    guard_step_by_step,
    guard_by_symmetric_difference,
    guard_by_operations,
    guard_by_the_table,
    guard_by_bases,
    guard_of_functions,
    guard_sorted_at_the_end,
    guard_that_prints,
)
