"""Exercise 7.3: constraints by their names, on both databases."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from lib.database import Database
from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch07.running import (
    for_mysql,
    look_at,
    make,
    not_here,
    put,
    rows_of,
    run,
)

METADATA = sa.MetaData()
AIRLINES = sa.Table(
    "airlines",
    METADATA,
    sa.Column("carrier", sa.String(2), primary_key=True),
    sa.Column("name", sa.String(64)),
    sa.UniqueConstraint("name", name="uq_airlines_name"),
)
ROUTES = sa.Table(
    "routes",
    METADATA,
    sa.Column("carrier", sa.String(2), primary_key=True),
    sa.Column("dest", sa.String(3), primary_key=True),
    sa.Column("flights", sa.Integer()),
)
NAMES = [("HA", "Hawaiian"), ("UA", "United")]
FLOWN = [("HA", "HNL", 31), ("UA", "IAH", 340), ("UA", "SFO", 270)]
WANTED = "fk_routes_carrier_airlines"


def check_refer(answer: Any, bench: Bench) -> str:
    expect_function(answer, "refer_to_airlines")
    with Database("sqlite://") as lite:  # its rules are the stricter ones: always asked first
        judge_on(lite, answer, bench, "On SQLite")
    _, refusal = for_mysql(answer)
    expect(
        not refusal,
        "On MySQL it fails: there, each kind of constraint has a statement of its own. Say which "
        "kind it is with `type_`.",
    )
    if bench.empty.dialect.name != "sqlite":
        judge_on(bench.empty, answer, bench, "On MySQL")
    return "That is it. One text for both databases, and each row where it was."


def judge_on(db: Database, answer: Any, bench: Bench, where: str) -> None:
    make(db, AIRLINES, ROUTES)
    put(db, AIRLINES, *NAMES)
    put(db, ROUTES, *FLOWN)
    error = run(bench, db, answer)
    expect(
        not isinstance(error, NotImplementedError),
        f"{where} it fails: SQLite has no ALTER TABLE for constraints. Change a table inside "
        "`with op.batch_alter_table(...) as batch:`, and call `batch` instead of `op`.",
    )
    expect(
        "must have a name" not in str(error),
        f"{where} it fails: a constraint must have a name. The task gives it.",
    )
    expect(
        not isinstance(error, TypeError),
        "`batch.create_foreign_key` knows its table already. It takes the name, the other table, "
        "the columns here and the columns there: four, not five as `op.create_foreign_key`.",
    )
    not_here(error, where)
    keys = look_at(db, lambda look: look.get_foreign_keys("routes"))
    back = look_at(db, lambda look: look.get_foreign_keys("airlines"))
    expect(
        keys or not back,
        "The reference leads from `airlines` to `routes`. It belongs to the table that holds the "
        "code of another: change `routes`.",
    )
    expect(keys, f"{where}, `routes` has no foreign key after it.")
    key = keys[0]
    expect(
        (key["constrained_columns"], key["referred_table"]) == (["carrier"], "airlines")
        and key["referred_columns"] in (["carrier"], []),
        f"The reference leads from {', '.join(key['constrained_columns'])} to "
        f"{key['referred_table']}; it should lead from `carrier` to `airlines.carrier`.",
    )
    expect(key["name"] == WANTED, f"The foreign key is called {key['name']}, not `{WANTED}`.")
    rules = {key["options"].get(each) or "NO ACTION" for each in ("ondelete", "onupdate")}
    expect(
        rules <= {"NO ACTION", "RESTRICT"},
        "The reference has a rule that nobody has asked for: as it is, who deletes an airline "
        "changes or loses its routes. Give the columns, and no `ondelete` or `onupdate`.",
    )
    left = look_at(db, lambda look: look.get_unique_constraints("airlines"))
    expect(
        not left,
        f"{where}, the names of airlines must still be unique: `uq_airlines_name` is there.",
    )
    expect(
        rows_of(db, "airlines", "carrier", "name") == NAMES
        and rows_of(db, "routes", "carrier", "dest", "flights") == FLOWN,
        f"{where}, rows are missing or changed after it: only constraints were to change.",
    )


def solution_refer() -> Any:
    def refer_to_airlines():
        name = "fk_routes_carrier_airlines"
        with op.batch_alter_table("routes") as batch:
            batch.create_foreign_key(name, "airlines", ["carrier"], ["carrier"])
        with op.batch_alter_table("airlines") as batch:
            batch.drop_constraint("uq_airlines_name", type_="unique")

    return refer_to_airlines


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


def refer_without_a_batch() -> Any:
    def refer_to_airlines():
        name = "fk_routes_carrier_airlines"
        op.create_foreign_key(name, "routes", "airlines", ["carrier"], ["carrier"])
        op.drop_constraint("uq_airlines_name", "airlines", type_="unique")

    return refer_to_airlines


def refer_without_a_name() -> Any:
    def refer_to_airlines():
        with op.batch_alter_table("routes") as batch:
            batch.create_foreign_key(None, "airlines", ["carrier"], ["carrier"])
        with op.batch_alter_table("airlines") as batch:
            batch.drop_constraint("uq_airlines_name", type_="unique")

    return refer_to_airlines


def refer_and_keep_unique() -> Any:
    def refer_to_airlines():
        name = "fk_routes_carrier_airlines"
        with op.batch_alter_table("routes") as batch:
            batch.create_foreign_key(name, "airlines", ["carrier"], ["carrier"])

    return refer_to_airlines


def refer_without_the_kind() -> Any:
    def refer_to_airlines():
        name = "fk_routes_carrier_airlines"
        with op.batch_alter_table("routes") as batch:
            batch.create_foreign_key(name, "airlines", ["carrier"], ["carrier"])
        with op.batch_alter_table("airlines") as batch:
            batch.drop_constraint("uq_airlines_name")

    return refer_to_airlines


def refer_and_cascade() -> Any:
    def refer_to_airlines():
        name = "fk_routes_carrier_airlines"
        with op.batch_alter_table("routes") as batch:
            batch.create_foreign_key(name, "airlines", ["carrier"], ["carrier"], ondelete="CASCADE")
        with op.batch_alter_table("airlines") as batch:
            batch.drop_constraint("uq_airlines_name", type_="unique")

    return refer_to_airlines


def refer_with_the_arguments_of_op() -> Any:
    def refer_to_airlines():
        name = "fk_routes_carrier_airlines"
        with op.batch_alter_table("routes") as batch:
            create: Any = batch.create_foreign_key
            create(name, "routes", "airlines", ["carrier"], ["carrier"])
        with op.batch_alter_table("airlines") as batch:
            batch.drop_constraint("uq_airlines_name", type_="unique")

    return refer_to_airlines


EXERCISE = Exercise(
    id="7.3",
    title="By their names",
    check=check_refer,
    hints=(
        "Two tables change, so there are two batches: "
        "`with op.batch_alter_table(table) as batch:`.",
        "`batch.create_foreign_key(name, other_table, [columns], [other columns])` in the batch "
        "of the table that holds the reference.",
        '`batch.drop_constraint(name, type_="unique")`; MySQL needs the type.',
    ),
    solution=solution_refer,
    also_right=(refer_the_other_order,),
    wrong=(
        Wrong(
            refer_without_a_batch,
            "SQLite has no ALTER TABLE for constraints",
            "writes for MySQL, or trusts that `op` knows a way everywhere",
        ),
        Wrong(
            refer_without_a_name,
            "a constraint must have a name",
            "leaves the name to the database, as autogenerate does",
        ),
        Wrong(
            refer_without_the_kind,
            "kind it is with `type_`",
            "tried it on SQLite only, where a name is enough",
        ),
        Wrong(
            refer_and_keep_unique,
            "must still be unique",
            "does the first half of the job",
        ),
        Wrong(
            refer_and_cascade,
            "a rule that nobody has asked for",
            "takes CASCADE, seen above, for a part of every reference",
        ),
        Wrong(
            refer_with_the_arguments_of_op,
            "knows its table already",
            "gives a batch the table's name again, as `op` wants it",
        ),
    ),
)
