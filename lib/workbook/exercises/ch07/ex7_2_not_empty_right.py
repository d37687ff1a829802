"""Exercise 7.2: other right answers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

BOOLEAN = sa.Boolean()
COMPARE = "UPDATE routes SET busy = (flights > 100)"


def add_busy_with_core() -> Any:
    def add_busy():
        op.add_column("routes", sa.Column("busy", sa.Boolean()))
        routes = sa.table("routes", sa.column("flights"), sa.column("busy"))
        op.execute(sa.update(routes).values(busy=sa.case((routes.c.flights > 100, 1), else_=0)))
        with op.batch_alter_table("routes") as batch:
            batch.alter_column("busy", existing_type=sa.Boolean(), nullable=False)

    return add_busy


def add_busy_with_a_passing_default() -> Any:
    def add_busy():
        default = sa.text("0")
        busy: Any = sa.Column("busy", sa.Boolean(), nullable=False, server_default=default)
        op.add_column("routes", busy)
        op.execute("UPDATE routes SET busy = 1 WHERE flights > 100")
        with op.batch_alter_table("routes") as batch:
            batch.alter_column(
                "busy", existing_type=sa.Boolean(), existing_nullable=False, server_default=None
            )

    return add_busy


def add_busy_in_two_updates() -> Any:
    def add_busy():
        op.add_column("routes", sa.Column("busy", sa.Boolean(), nullable=True))
        op.execute("update routes set busy = true where flights > 100")
        op.execute("update routes set busy = false where busy is null")
        with op.batch_alter_table("routes", recreate="auto") as batch:
            batch.alter_column("busy", nullable=False, existing_type=sa.Boolean())

    return add_busy


def add_busy_row_by_row() -> Any:
    def add_busy():
        with op.batch_alter_table("routes") as batch:
            batch.add_column(sa.Column("busy", sa.Boolean()))
        connection = op.get_bind()
        if connection is None:
            return
        routes = sa.Table("routes", sa.MetaData(), autoload_with=connection)
        for row in connection.execute(sa.select(routes)).all():
            same = [column == row._mapping[column.name] for column in routes.primary_key]
            busy = row.flights > 100
            connection.execute(routes.update().where(*same).values(busy=busy))
        with op.batch_alter_table("routes") as batch:
            batch.alter_column("busy", existing_type=sa.Boolean(), nullable=False)

    return add_busy


def add_busy_as_a_new_table() -> Any:
    def add_busy():
        columns: list[sa.Column[Any]] = [
            sa.Column("carrier", sa.String(2), primary_key=True),
            sa.Column("origin", sa.String(3), primary_key=True),
            sa.Column("dest", sa.String(3), primary_key=True),
            sa.Column("flights", sa.Integer(), nullable=False),
            sa.Column("busy", sa.Boolean(), nullable=False),
        ]
        op.create_table("new_routes", *columns)
        op.execute(
            "INSERT INTO new_routes (carrier, origin, dest, flights, busy) "
            "SELECT carrier, origin, dest, flights, flights > 100 FROM routes"
        )
        op.drop_table("routes")
        op.rename_table("new_routes", "routes")

    return add_busy


def add_busy_with_a_default_for_once() -> Any:
    def add_busy():
        with op.batch_alter_table("routes") as batch:
            batch.add_column(sa.Column("busy", sa.Boolean(), server_default=sa.false()))
        op.execute("UPDATE routes SET busy = 1 WHERE flights >= 101")
        with op.batch_alter_table("routes") as batch:
            batch.alter_column(
                "busy", existing_type=sa.Boolean(), nullable=False, server_default=None
            )

    return add_busy


def add_busy_by_a_case() -> Any:
    def add_busy():
        op.add_column("routes", sa.Column("busy", sa.Boolean))
        op.execute("UPDATE routes SET busy = CASE WHEN flights > 100 THEN 1 ELSE 0 END")
        with op.batch_alter_table("routes") as batch:
            batch.alter_column("busy", existing_type=sa.Boolean(), nullable=False)

    return add_busy


def add_busy_by_bound_values() -> Any:
    def add_busy():
        op.add_column("routes", sa.Column("busy", sa.Boolean()))
        fill = sa.text("UPDATE routes SET busy = (flights > :most)").bindparams(most=100)
        op.execute(fill)
        with op.batch_alter_table("routes") as batch:
            batch.alter_column("busy", type_=sa.Boolean(), nullable=False)

    return add_busy


def add_busy_with_orm_values() -> Any:
    def add_busy():
        op.add_column("routes", sa.Column("busy", sa.Boolean(), nullable=True))
        routes = sa.table("routes", sa.column("flights"), sa.column("busy", sa.Boolean()))
        op.execute(routes.update().values(busy=routes.c.flights > 100))
        with op.batch_alter_table("routes", naming_convention={}) as batch:
            batch.alter_column("busy", existing_type=sa.Boolean(), nullable=False)

    return add_busy


def add_busy_with_a_default_in_sql() -> Any:
    def add_busy():
        op.execute("ALTER TABLE routes ADD COLUMN busy BOOLEAN DEFAULT 0")
        op.execute(COMPARE)
        with op.batch_alter_table("routes") as batch:
            batch.alter_column(
                "busy", existing_type=sa.Boolean(), server_default=None, nullable=False
            )

    return add_busy


ALSO_RIGHT = (
    add_busy_with_core,
    add_busy_with_a_passing_default,
    add_busy_in_two_updates,
    add_busy_row_by_row,
    add_busy_as_a_new_table,
    add_busy_with_a_default_for_once,
    add_busy_by_a_case,
    add_busy_by_bound_values,
    add_busy_with_orm_values,
    add_busy_with_a_default_in_sql,
)
