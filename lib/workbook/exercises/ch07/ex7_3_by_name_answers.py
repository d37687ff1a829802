"""Exercise 7.3: wrong answers, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

from alembic import op

from lib.workbook.course.exercise import Word, Wrong

NAME = "fk_routes_carrier_airlines"


def variant(
    *,
    name: Any = NAME,
    table: str = "routes",
    other: str = "airlines",
    columns: Any = ("carrier",),
    others: Any = ("carrier",),
    gone: Any = ("uq_airlines_name",),
    kind: Any = "unique",
    after: Any = (),
    **options: Any,
) -> Any:
    """The solution, with one thing done otherwise."""

    def refer_to_airlines():
        with op.batch_alter_table(table) as batch:
            batch.create_foreign_key(name, other, list(columns), list(others), **options)
        with op.batch_alter_table("airlines") as batch:
            for each in gone:
                batch.drop_constraint(each, type_=kind)
        for statement in after:
            op.execute(statement)

    return refer_to_airlines


def refer_without_a_batch() -> Any:
    def refer_to_airlines():
        name = "fk_routes_carrier_airlines"
        op.create_foreign_key(name, "routes", "airlines", ["carrier"], ["carrier"])
        op.drop_constraint("uq_airlines_name", "airlines", type_="unique")

    return refer_to_airlines


def refer_but_only_drop() -> Any:
    def refer_to_airlines():
        with op.batch_alter_table("airlines") as batch:
            batch.drop_constraint("uq_airlines_name", type_="unique")

    return refer_to_airlines


def refer_in_sql() -> Any:
    def refer_to_airlines():
        op.execute(
            f"ALTER TABLE routes ADD CONSTRAINT {NAME} FOREIGN KEY (carrier) "
            "REFERENCES airlines (carrier)"
        )
        op.execute("ALTER TABLE airlines DROP CONSTRAINT uq_airlines_name")

    return refer_to_airlines


WRONG = (
    Wrong(
        refer_without_a_batch,
        "SQLite has no ALTER TABLE for constraints",
        "writes for MySQL, or trusts that `op` knows a way everywhere",
    ),
    Wrong(
        refer_in_sql,
        "SQLite knows this form since 3.53 only",
        "writes the SQL of servers",
    ),
    Wrong(
        lambda: variant(name=None),
        "the task gives both",
        "leaves the name to the database, as autogenerate does",
    ),
    Wrong(
        lambda: variant(gone=("uq_airline_name",)),
        "the task gives both",
        "drops a constraint by a name that there is not",
    ),
    Wrong(
        lambda: variant(kind=None),
        "kind it is with `type_`",
        "tried it on SQLite only, where a name is enough",
    ),
    Wrong(
        lambda: variant(gone=()),
        "must still be unique",
        "does the first half of the job",
    ),
    Wrong(
        refer_but_only_drop,
        "has no foreign key after it",
        "does the second half of the job",
    ),
    Wrong(
        lambda: variant(ondelete="CASCADE"),
        "a rule that the task has not asked for",
        "takes CASCADE, seen above, for a part of every reference",
    ),
    Wrong(
        lambda: variant(name="fk_routes_airlines"),
        "The foreign key is called fk_routes_airlines",
        "chooses a name of its own",
    ),
    Wrong(
        lambda: variant(columns=("dest",)),
        "without the row of airlines that they refer to",
        "refers by another column",
    ),
    Wrong(
        lambda: variant(table="airlines", other="routes"),
        "change `routes`",
        "turns the reference around",
    ),
    Wrong(
        lambda: variant(gone=("uq_airlines_name", "uq_airlines_callsign")),
        "`uq_airlines_callsign` to stay",
        "drops whatever is unique",
    ),
    Wrong(
        lambda: variant(after=("CREATE UNIQUE INDEX ux_name ON airlines (name)",)),
        "a second United is refused",
        "drops the name, and keeps the rule",
    ),
    Wrong(
        lambda: variant(after=("DELETE FROM routes WHERE dest = 'SFO'",)),
        "rows are missing or changed",
        "cleans up while it is there",
    ),
)
WORDS = (
    Word(
        "Write `refer_to_airlines()`, the body of an `upgrade`",
        "it is called",
        lambda: "fk_routes_carrier_airlines",
    ),
    Word(
        "`routes` has the column `carrier` and no reference, and `airlines` has a unique "
        "constraint `uq_airlines_name`",
        "another unique constraint, `uq_airlines_callsign`, stays",
        lambda: variant(gone=("uq_airlines_name", "uq_airlines_callsign")),
    ),
    Word(
        "adds the foreign key `fk_routes_carrier_airlines`",
        "the names of the foreign keys afterwards",
        lambda: variant(name="fk_routes_airlines"),
    ),
    Word(
        "from `routes.carrier` to",
        "`dest`, another column of `routes`",
        lambda: variant(columns=("dest",)),
    ),
    Word(
        "to `airlines.carrier`",
        "`callsign`, another unique column of `airlines`",
        lambda: variant(others=("callsign",)),
    ),
    Word("drops `uq_airlines_name`", "a second United", lambda: variant(gone=())),
    Word(
        "The same lines must do it on SQLite",
        "a database of SQLite",
        refer_without_a_batch,
    ),
    Word(
        "and on MySQL",
        "the statements that Alembic writes for MySQL",
        lambda: variant(kind=None),
    ),
)
