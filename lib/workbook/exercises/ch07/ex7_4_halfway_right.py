"""Exercise 7.4: other right answers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError

SHORT = sa.String(16)


def add_alliance_unless_refused() -> Any:
    def add_alliance():
        with suppress(sa.exc.OperationalError):
            op.add_column("airlines", sa.Column("alliance", sa.String(16)))
        op.create_index("ix_airlines_hub", "airlines", ["hub"])

    return add_alliance


def add_alliance_if_index_is_missing() -> Any:
    def add_alliance():
        look = sa.inspect(op.get_bind())
        if not any(column["name"] == "alliance" for column in look.get_columns("airlines")):
            op.add_column("airlines", sa.Column("alliance", sa.String(16), nullable=True))
        if not look.has_index("airlines", "ix_airlines_hub"):
            op.create_index(op.f("ix_airlines_hub"), "airlines", ["hub"], unique=False)

    return add_alliance


def add_alliance_index_first() -> Any:
    def add_alliance():
        look = sa.inspect(op.get_bind())
        if not look.has_index("airlines", "ix_airlines_hub"):
            op.create_index("ix_airlines_hub", table_name="airlines", columns=["hub"])
        names = {column["name"] for column in look.get_columns("airlines")}
        if "alliance" not in names:
            op.execute("ALTER TABLE airlines ADD COLUMN alliance VARCHAR(16)")

    return add_alliance


def add_alliance_in_batches() -> Any:
    def add_alliance():
        columns = sa.inspect(op.get_bind()).get_columns("airlines")
        with op.batch_alter_table("airlines") as batch:
            if "alliance" not in [column["name"] for column in columns]:
                batch.add_column(sa.Column("alliance", sa.String(length=16), nullable=True))
        with op.batch_alter_table("airlines") as batch:
            batch.create_index("ix_airlines_hub", ["hub"])

    return add_alliance


def add_alliance_by_a_look_at_the_table() -> Any:
    def add_alliance():
        table = sa.Table("airlines", sa.MetaData(), autoload_with=op.get_bind())
        if "alliance" not in table.c:
            op.add_column("airlines", sa.Column("alliance", sa.VARCHAR(16)))
        if "ix_airlines_hub" not in {index.name for index in table.indexes}:
            op.create_index("ix_airlines_hub", "airlines", [sa.column("hub")], unique=False)

    return add_alliance


def add_alliance_by_a_question_in_sql() -> Any:
    def add_alliance():
        try:
            op.get_bind().execute(sa.text("SELECT alliance FROM airlines")).all()
        except DBAPIError:
            op.add_column("airlines", sa.Column("alliance", SHORT))
        op.create_index("ix_airlines_hub", "airlines", ["hub"])

    return add_alliance


def add_alliance_by_functions() -> Any:
    def names(of, key="name"):
        return {each[key] for each in of("airlines")}

    def add_alliance():
        look = sa.inspect(op.get_bind())
        steps = {
            ("get_columns", "alliance"): lambda: op.add_column(
                "airlines", sa.Column("alliance", SHORT)
            ),
            ("get_indexes", "ix_airlines_hub"): lambda: op.create_index(
                "ix_airlines_hub", "airlines", ["hub"]
            ),
        }
        for (of, name), step in steps.items():
            if name not in names(getattr(look, of)):
                step()

    return add_alliance


def add_alliance_if_it_does_not_exist() -> Any:
    def add_alliance():
        look = sa.inspect(op.get_bind())
        if any(column["name"] == "alliance" for column in look.get_columns("airlines")):
            print("the column is there")
        else:
            op.add_column("airlines", sa.Column("alliance", SHORT, server_default=None))
        if look.get_indexes("airlines") == []:
            op.create_index("ix_airlines_hub", "airlines", ["hub"])

    return add_alliance


def add_alliance_keeping_the_old_values() -> Any:
    def add_alliance():
        look = sa.inspect(op.get_bind())
        kept: Any = []
        airlines = sa.table("airlines", sa.column("carrier"), sa.column("alliance"))
        if any(column["name"] == "alliance" for column in look.get_columns("airlines")):
            kept = op.get_bind().execute(sa.select(airlines)).all()
            op.drop_column("airlines", "alliance")
        op.add_column("airlines", sa.Column("alliance", SHORT))
        for carrier, alliance in kept:
            here = airlines.c.carrier == carrier
            op.execute(airlines.update().where(here).values(alliance=alliance))
        op.create_index("ix_airlines_hub", "airlines", ["hub"])

    return add_alliance


ALSO_RIGHT = (
    add_alliance_unless_refused,
    add_alliance_if_index_is_missing,
    add_alliance_index_first,
    add_alliance_in_batches,
    add_alliance_by_a_look_at_the_table,
    add_alliance_by_a_question_in_sql,
    add_alliance_by_functions,
    add_alliance_if_it_does_not_exist,
    add_alliance_keeping_the_old_values,
)
