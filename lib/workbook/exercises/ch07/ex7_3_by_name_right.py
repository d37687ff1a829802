"""Exercise 7.3: other right answers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

from alembic import op

NAME = "fk_routes_carrier_airlines"


def refer_the_other_order() -> Any:
    def refer_to_airlines():
        with op.batch_alter_table("airlines") as airlines:
            airlines.drop_constraint("uq_airlines_name", type_="unique")
        with op.batch_alter_table("routes", recreate="auto") as routes:
            routes.create_foreign_key(
                constraint_name="fk_routes_carrier_airlines",
                referent_table="airlines",
                local_cols=["carrier"],
                remote_cols=["carrier"],
            )

    return refer_to_airlines


def refer_in_a_new_table() -> Any:
    def refer_to_airlines():
        with op.batch_alter_table("routes", recreate="always") as batch:
            batch.create_foreign_key(NAME, "airlines", ["carrier"], ["carrier"])
        with op.batch_alter_table("airlines") as batch:
            batch.drop_constraint("uq_airlines_name", type_="unique")

    return refer_to_airlines


def refer_with_a_convention() -> Any:
    def refer_to_airlines():
        names = {"fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s"}
        with op.batch_alter_table("routes", naming_convention=names) as batch:
            batch.create_foreign_key(op.f(NAME), "airlines", ["carrier"], ["carrier"])
        with op.batch_alter_table("airlines", naming_convention=names) as batch:
            batch.drop_constraint("uq_airlines_name", "unique")

    return refer_to_airlines


def refer_and_forbid_to_delete() -> Any:
    def refer_to_airlines():
        with op.batch_alter_table("routes") as batch:
            batch.create_foreign_key(
                NAME, "airlines", ["carrier"], ["carrier"], ondelete="RESTRICT"
            )
        with op.batch_alter_table("airlines") as batch:
            batch.drop_constraint(constraint_name="uq_airlines_name", type_="unique")

    return refer_to_airlines


def refer_by_a_helper() -> Any:
    def change(table, step, *arguments, **options):
        with op.batch_alter_table(table) as batch:
            getattr(batch, step)(*arguments, **options)

    def refer_to_airlines():
        change("routes", "create_foreign_key", NAME, "airlines", ["carrier"], ["carrier"])
        change("airlines", "drop_constraint", "uq_airlines_name", type_="unique")

    return refer_to_airlines


def refer_by_the_dialect() -> Any:
    def refer_to_airlines():
        if op.get_context().dialect.name == "sqlite":
            with op.batch_alter_table("routes") as batch:
                batch.create_foreign_key(NAME, "airlines", ["carrier"], ["carrier"])
            with op.batch_alter_table("airlines") as batch:
                batch.drop_constraint("uq_airlines_name")
        else:
            op.create_foreign_key(NAME, "routes", "airlines", ["carrier"], ["carrier"])
            op.drop_constraint("uq_airlines_name", "airlines", type_="unique")

    return refer_to_airlines


def refer_with_the_batches_nested() -> Any:
    def refer_to_airlines():
        with op.batch_alter_table("routes") as routes, op.batch_alter_table("airlines") as airlines:
            routes.create_foreign_key(NAME, "airlines", ["carrier"], ["carrier"])
            airlines.drop_constraint("uq_airlines_name", type_="unique")

    return refer_to_airlines


def refer_without_an_index_on_mysql() -> Any:
    def refer_to_airlines():
        with op.batch_alter_table("routes") as batch:
            batch.create_foreign_key(NAME, "airlines", ["carrier"], ["carrier"], onupdate=None)
        if op.get_context().dialect.name == "mysql":
            op.execute("ALTER TABLE airlines DROP INDEX uq_airlines_name")
        else:
            with op.batch_alter_table("airlines") as batch:
                batch.drop_constraint("uq_airlines_name", type_="unique")

    return refer_to_airlines


def refer_and_name_the_columns() -> Any:
    def refer_to_airlines():
        with op.batch_alter_table("routes", table_kwargs={}) as batch:
            batch.create_foreign_key(
                NAME, referent_table="airlines", remote_cols=["carrier"], local_cols=["carrier"]
            )
        with op.batch_alter_table("airlines", table_args=()) as batch:
            batch.drop_constraint("uq_airlines_name", type_="unique")

    return refer_to_airlines


ALSO_RIGHT = (
    refer_the_other_order,
    refer_in_a_new_table,
    refer_with_a_convention,
    refer_and_forbid_to_delete,
    refer_by_a_helper,
    refer_by_the_dialect,
    refer_with_the_batches_nested,
    refer_without_an_index_on_mysql,
    refer_and_name_the_columns,
)
