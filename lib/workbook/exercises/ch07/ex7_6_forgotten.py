"""Exercise 7.6: a batch that keeps what reflection does not see."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import warnings
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import IntegrityError

from lib.database import Database
from lib.database.kept import lost
from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function
from lib.workbook.exercises.ch07.ex7_6_forgotten_answers import ALSO_RIGHT, WORDS, WRONG
from lib.workbook.exercises.ch07.running import (
    columns_of,
    expect_no_new_sqlite,
    expect_ran,
    expect_same_shape,
    rows_in,
    run,
    shape_of,
)

TABLES = (
    """CREATE TABLE airlines (
        carrier VARCHAR(2) NOT NULL PRIMARY KEY, name VARCHAR(64) COLLATE NOCASE,
        hub VARCHAR(3), CHECK (length(carrier) = 2))""",
    "CREATE TABLE noted (carrier VARCHAR(2))",
    "INSERT INTO airlines VALUES ('UA', 'United Air Lines Inc.', 'EWR')",
    "INSERT INTO airlines VALUES ('HA', 'Hawaiian Airlines Inc.', 'JFK')",
    "INSERT INTO airlines VALUES ('Q1', NULL, 'LGA')",
    "CREATE INDEX ix_airlines_lower_name ON airlines (lower(name))",
    """CREATE TRIGGER note_airline AFTER INSERT ON airlines
        BEGIN INSERT INTO noted VALUES (new.carrier); END""",
)
FIND = "SELECT count(*) FROM airlines WHERE name = 'hawaiian airlines inc.'"


def check_require_hub(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "require_hub")
    # SQLAlchemy and Alembic warn of some of what they pass over: of that, the card says more.
    with warnings.catch_warnings(), Database("sqlite://") as lite:
        warnings.simplefilter("ignore")
        lite.execute(list(TABLES))
        before, rows = shape_of(lite, "airlines"), rows_in(lite)
        ran = run(sandbox, lite, answer)
        expect_no_new_sqlite(ran, "Change the column inside `with op.batch_alter_table(...)`.")
        expect_ran(ran, "On SQLite")
        columns = columns_of(lite, "airlines")
        expect(columns, "The table `airlines` is not there any more.")
        expect(not columns.get("hub", {}).get("nullable"), "`hub` may still be empty.")
        expect_same_shape(before, shape_of(lite, "airlines"), "On SQLite", "the column hub")
        gone = "; ".join(lost(rows, rows_in(lite)))
        expect(not gone, f"The rows are not what they were: {gone}.")
        expect_rest(lite, rows)
        expect_hub(lite)
    return "That is it. One column has changed, and nothing else."


def expect_rest(lite: Database, rows: Any) -> None:
    """Expect what reflection does not see, one after the other, by what it does."""
    words = _ask(lite, "SELECT sql FROM sqlite_master WHERE name = 'ix_airlines_lower_name'")
    sql = "".join(str(words[0][0]).lower().split()) if words else ""
    expect(
        "lower(name)" in sql.replace('"', "").replace("`", ""),
        "The index `ix_airlines_lower_name` is gone, or is on another thing than lower(name). "
        "Reflection passes over an index on an expression: make it again after the batch.",
    )
    expect("UNIQUE" not in str(words[0][0]).upper(), "`ix_airlines_lower_name` was not unique.")
    found = _ask(lite, FIND)[0][0]
    expect(
        found == 1,
        "'hawaiian airlines inc.' finds no airline, and did before: `name` was compared by "
        'NOCASE. A type with its collation says so: `sa.String(64, collation="NOCASE")`.',
    )
    expect(
        _refused(lite, "INSERT INTO airlines VALUES ('ABC', 'Three Letters', 'JFK')"),
        "A code of three letters is taken: the CHECK is gone. A batch leaves out one without a "
        "name; give it to the batch, with a name.",
    )
    noted = len(_ask(lite, "SELECT carrier FROM noted"))
    expect(noted == len(rows["noted"].rows), f"`noted` has {noted} rows; it had 3 less.")
    lite.execute(["INSERT INTO airlines VALUES ('ZZ', 'Zulu Air', 'JFK')"])
    told = _ask(lite, "SELECT carrier FROM noted")
    expect(
        told == [("ZZ",)],
        f"A new airline, ZZ, leaves {told} in `noted`; the trigger `note_airline` would write it "
        "there, once. With the old table its triggers are dropped.",
    )


def expect_hub(lite: Database) -> None:
    """Expect that an airline without a hub is refused, and for that reason."""
    expect(
        _refused(lite, "INSERT INTO airlines (carrier, name) VALUES ('YY', 'Yankee')"),
        "An airline without a `hub` is taken: a default fills it in.",
    )


def _ask(lite: Database, question: str) -> list[Any]:
    found: Any = lite.execute([question])[0]
    return [tuple(row) for row in found]


def _refused(lite: Database, statement: str) -> bool:
    try:
        lite.execute([statement])
    except IntegrityError:
        return True
    return False


def solution_require_hub() -> Any:
    def require_hub():
        code = sa.CheckConstraint("length(carrier) = 2", name="ck_airlines_code")
        with op.batch_alter_table("airlines", table_args=(code,)) as batch:
            batch.alter_column("hub", existing_type=sa.String(3), nullable=False)
            batch.alter_column("name", type_=sa.String(64, collation="NOCASE"))
        op.create_index("ix_airlines_lower_name", "airlines", [sa.text("lower(name)")])
        op.execute("""
            CREATE TRIGGER note_airline AFTER INSERT ON airlines
            BEGIN INSERT INTO noted VALUES (new.carrier); END
        """)

    return require_hub


EXERCISE = Exercise(
    id="7.6",
    title="What a batch forgets",
    check=check_require_hub,
    hints=(
        "The batch is one line for `hub`. Four things are gone after it: say each of them in the "
        "revision's own words.",
        "Inside the batch: `batch.alter_column` gives `name` its type with the collation. The "
        "CHECK goes into `table_args=(sa.CheckConstraint(..., name=...),)` of the batch.",
        'After the batch: `op.create_index` with `sa.text("lower(name)")` for a column, and '
        "`op.execute` with the CREATE TRIGGER.",
    ),
    solution=solution_require_hub,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=(
        "Its table `airlines` has the columns",
        "`carrier VARCHAR(2) NOT NULL PRIMARY KEY`",
        "`name VARCHAR(64) COLLATE NOCASE`",
        "`hub VARCHAR(3)`",
        "`CHECK (length(carrier) = 2)`",
    ),
)
