"""Exercise 7.1: other right answers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

SMALL = sa.SmallInteger()


def rename_in_a_batch() -> Any:
    def rename_year():
        with op.batch_alter_table("planes") as batch:
            batch.alter_column("year", new_column_name="built", existing_type=sa.SmallInteger())

    return rename_year


def rename_by_sql() -> Any:
    def rename_year():
        op.execute("ALTER TABLE planes RENAME COLUMN year TO built")

    return rename_year


def rename_by_copying() -> Any:
    def rename_year():
        op.add_column("planes", sa.Column("built", sa.SmallInteger()))
        op.execute("UPDATE planes SET built = year")
        op.drop_column("planes", "year")

    return rename_year


def rename_by_copying_what_is_known() -> Any:
    def rename_year():
        with op.batch_alter_table("planes") as batch:
            batch.add_column(sa.Column("built", sa.SmallInteger()))
        op.execute("UPDATE planes SET built = year WHERE year IS NOT NULL")
        with op.batch_alter_table("planes") as batch:
            batch.drop_column("year")

    return rename_year


def rename_with_all_that_is_known() -> Any:
    def rename_year():
        op.alter_column(
            table_name="planes",
            column_name="year",
            existing_type=mysql.SMALLINT(),
            existing_nullable=True,
            existing_server_default=None,
            new_column_name="built",
        )

    return rename_year


def rename_in_a_new_table() -> Any:
    def rename_year():
        with op.batch_alter_table("planes", recreate="always") as batch:
            batch.alter_column("year", existing_type=SMALL, new_column_name="built")

    return rename_year


def rename_on_the_connection() -> Any:
    def rename_year():
        rename = sa.text("alter table planes rename column `year` to built")
        op.get_bind().execute(rename)

    return rename_year


def rename_table_and_all() -> Any:
    def rename_year():
        op.rename_table("planes", "planes_before")
        op.create_table(
            "planes",
            sa.Column("tailnum", sa.String(6), primary_key=True),
            sa.Column("built", sa.SmallInteger(), nullable=True),
            sa.Column("seats", sa.SmallInteger(), nullable=False),
            sa.Column("engine", sa.String(24)),
        )
        op.execute("INSERT INTO planes SELECT tailnum, year, seats, engine FROM planes_before")
        op.drop_table("planes_before")

    return rename_year


def rename_by_core() -> Any:
    def rename_year():
        op.add_column("planes", sa.Column("built", SMALL))
        planes = sa.table("planes", sa.column("built"), sa.column("year"))
        op.execute(planes.update().values(built=planes.c.year))
        op.drop_column("planes", "year")

    return rename_year


def rename_only_if_needed() -> Any:
    def rename_year():
        bind = op.get_bind()
        names = [each["name"] for each in sa.inspect(bind).get_columns("planes")]
        if "year" in names and "built" not in names:
            op.alter_column("planes", "year", new_column_name="built", existing_type=SMALL)

    return rename_year


ALSO_RIGHT = (
    rename_in_a_batch,
    rename_by_sql,
    rename_by_copying,
    rename_by_copying_what_is_known,
    rename_with_all_that_is_known,
    rename_in_a_new_table,
    rename_on_the_connection,
    rename_table_and_all,
    rename_by_core,
    rename_only_if_needed,
)
