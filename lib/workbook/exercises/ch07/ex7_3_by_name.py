"""Exercise 7.3: constraints by their names, on both databases."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import re
import warnings
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import IntegrityError

from lib.database import Database
from lib.database.kept import lost
from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function
from lib.workbook.exercises.ch07.ex7_3_by_name_answers import WORDS, WRONG
from lib.workbook.exercises.ch07.ex7_3_by_name_right import ALSO_RIGHT
from lib.workbook.exercises.ch07.running import (
    Run,
    expect_no_new_sqlite,
    expect_ran,
    expect_same_shape,
    for_mysql,
    look_at,
    make,
    put,
    rows_in,
    rows_of,
    run,
    shape_of,
)

METADATA = sa.MetaData()
AIRLINES = sa.Table(
    "airlines",
    METADATA,
    sa.Column("carrier", sa.String(2), primary_key=True),
    sa.Column("name", sa.String(64)),
    sa.Column("callsign", sa.String(16)),
    sa.UniqueConstraint("name", name="uq_airlines_name"),
    sa.UniqueConstraint("callsign", name="uq_airlines_callsign"),  # stays
)
ROUTES = sa.Table(
    "routes",
    METADATA,
    sa.Column("carrier", sa.String(2), primary_key=True),
    sa.Column("dest", sa.String(3), primary_key=True),
    sa.Column("flights", sa.Integer()),
)
NAMES = [("HA", "Hawaiian", "HAWAIIAN"), ("UA", "United", "UNITED"), ("YV", "Mesa", None)]
FLOWN = [("HA", "HNL", 31), ("UA", "IAH", 340), ("UA", "SFO", 270)]
WANTED, GONE = "fk_routes_carrier_airlines", "uq_airlines_name"

TURNED = (
    "The reference leads from `airlines` to `routes`. It belongs to the table that holds the code "
    "of another: change `routes`."
)


def check_refer(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "refer_to_airlines")
    with Database("sqlite://") as lite:  # its rules are the stricter ones: always asked first
        judge_on(lite, answer, sandbox, "On SQLite")
    expect_for_mysql(sandbox, answer)
    if sandbox.empty.dialect.name != "sqlite":
        judge_on(sandbox.empty, answer, sandbox, "On MySQL")
    return "That is it. One text for both databases, and each row where it was."


def judge_on(db: Database, answer: Any, sandbox: Sandbox, where: str) -> None:
    make(db, AIRLINES, ROUTES)
    put(db, AIRLINES, *NAMES)
    put(db, ROUTES, *FLOWN)
    rows = rows_in(db)
    tables = {table: shape_of(db, table) for table in ("airlines", "routes")}
    expect_to_run(run(sandbox, db, answer), where)
    expect_reference(db, where)
    expect_not_unique(db, where)
    for table, before in tables.items():
        at = f"{where}, in `{table}`"
        expect_same_shape(before, shape_of(db, table), at, "the unique constraints")
    left = shape_of(db, "airlines")["the unique constraints"]
    expect(
        left == ["uq_airlines_callsign"],
        f"{where}, `airlines` has the unique constraints {left} after it; only `{GONE}` was to go, "
        "and `uq_airlines_callsign` to stay.",
    )
    expect(
        rows_of(db, "airlines", "carrier", "name", "callsign") == NAMES
        and rows_of(db, "routes", "carrier", "dest", "flights") == FLOWN,
        f"{where}, rows are missing or changed after it: only constraints were to change. "
        + "; ".join(lost(rows, rows_in(db))),
    )


def expect_for_mysql(sandbox: Sandbox, answer: Any) -> None:
    script, refusal = for_mysql(sandbox, answer)
    expect(
        refusal is None,
        f"On MySQL it fails: {refusal}. There, each kind of constraint has a statement of its own. "
        "Say which kind it is with `type_`.",
    )
    other = re.search(rf"ALTER TABLE.*DROP (FOREIGN KEY|CHECK|PRIMARY KEY)\W+{GONE}", script)
    expect(
        not other,
        f"On MySQL your function sends `{other[0] if other else ''}`, and `{GONE}` is a unique "
        "constraint. Say which kind it is with `type_`.",
    )


def expect_to_run(ran: Run, where: str) -> None:
    """Expect that it runs; Alembic's own words tell which constraint it does not find."""
    expect_no_new_sqlite(ran, "Change the table inside `with op.batch_alter_table(...)`.")
    expect(
        not ran.of(NotImplementedError),
        f"{where} it fails: SQLite has no ALTER TABLE for constraints. Change a table inside "
        "`with op.batch_alter_table(...) as batch:`, and call `batch` instead of `op`.",
    )
    back = [each for each in ran.sent if re.search(r"REFERENCES\W+routes\b", each, re.IGNORECASE)]
    expect(ran.error is None or not back, TURNED)
    expect_ran(
        ran,
        where,
        "Each constraint has a name; the task gives both." if ran.of(ValueError) else "",
    )


def expect_reference(db: Database, where: str) -> None:
    keys, back = references(db, "routes"), references(db, "airlines")
    expect(not back, TURNED)
    expect(keys, f"{where}, `routes` has no foreign key after it.")
    count = number_of_references(db) or len(keys)
    expect(count == 1, f"{where}, `routes` has {count} foreign keys after it; one was asked for.")
    key = keys[0]
    expect(
        (key["constrained_columns"], key["referred_table"]) == (["carrier"], "airlines")
        and key["referred_columns"] in (["carrier"], []),
        f"The reference leads from {', '.join(key['constrained_columns'])} to "
        f"{key['referred_table']}.{', '.join(key['referred_columns'])}; it should lead from "
        "`carrier` to `airlines.carrier`.",
    )
    expect(key["name"] == WANTED, f"The foreign key is called {key['name']}, not `{WANTED}`.")
    rules = {key["options"].get(each) or "NO ACTION" for each in ("ondelete", "onupdate")}
    expect(
        rules <= {"NO ACTION", "RESTRICT"},
        "The reference has a rule that the task has not asked for: as it is, who deletes an "
        "airline changes or loses its routes. Give the columns, and no `ondelete` or `onupdate`.",
    )


def references(db: Database, table: str) -> list[Any]:
    with warnings.catch_warnings():  # SQLAlchemy's, of one that is there twice
        warnings.simplefilter("ignore")
        found: list[Any] = look_at(db, lambda look: look.get_foreign_keys(table))
    return found


def number_of_references(db: Database) -> int:
    """How many foreign keys `routes` has on SQLite, of which SQLAlchemy tells one for a pair."""
    if db.dialect.name != "sqlite":
        return 0
    rows: Any = db.execute(["PRAGMA foreign_key_list(routes)"])[0]
    return len({row.id for row in rows})


def expect_not_unique(db: Database, where: str) -> None:
    """Expect that two airlines may have one name; the second is taken back."""
    twin = "INSERT INTO airlines (carrier, name) VALUES ('ZZ', 'United')"
    try:
        db.execute([twin, "DELETE FROM airlines WHERE carrier = 'ZZ'"])
    except IntegrityError:
        expect(
            False,
            f"{where}, the names of airlines must still be unique: a second United is refused.",
        )


def solution_refer() -> Any:
    def refer_to_airlines():
        name = "fk_routes_carrier_airlines"
        with op.batch_alter_table("routes") as batch:
            batch.create_foreign_key(name, "airlines", ["carrier"], ["carrier"])
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
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=("The check runs them inside `db.migrating()`.",),
)
