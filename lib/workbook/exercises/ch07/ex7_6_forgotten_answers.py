"""Exercise 7.6: other right answers, wrong ones, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from lib.workbook.course.exercise import Word, Wrong

TRIGGER = """CREATE TRIGGER note_airline AFTER INSERT ON airlines
    BEGIN INSERT INTO noted VALUES (new.carrier); END"""
INDEX = "CREATE INDEX ix_airlines_lower_name ON airlines (lower(name))"


def variant(
    *,
    check: str = "length(carrier) = 2",
    nullable: bool = False,
    collation: str | None = "NOCASE",
    index: str = INDEX,
    trigger: str = TRIGGER,
    batch: bool = True,
    after: str = "",
) -> Any:
    """The solution, with one thing done otherwise; an empty text leaves the thing out."""

    def require_hub():
        code = (sa.CheckConstraint(check, name="ck_airlines_code"),) if check else ()
        if not batch:
            op.alter_column("airlines", "hub", existing_type=sa.String(3), nullable=False)
        else:
            with op.batch_alter_table("airlines", table_args=code, recreate="always") as table:
                if not nullable:
                    table.alter_column("hub", existing_type=sa.String(3), nullable=False)
                if collation:
                    table.alter_column("name", type_=sa.String(64, collation=collation))
        for statement in (index, trigger, after):
            if batch and statement:
                op.execute(statement)

    return require_hub


def require_hub_by_hand() -> Any:
    def require_hub():
        op.execute("""
            CREATE TABLE next_airlines (
                carrier VARCHAR(2) NOT NULL PRIMARY KEY CHECK (length(carrier) = 2),
                name VARCHAR(64) COLLATE NOCASE, hub VARCHAR(3) NOT NULL)
        """)
        op.execute("INSERT INTO next_airlines SELECT carrier, name, hub FROM airlines")
        op.execute("DROP TABLE airlines")
        op.execute("ALTER TABLE next_airlines RENAME TO airlines")
        op.execute('CREATE INDEX "ix_airlines_lower_name" ON "airlines" ( LOWER("name") )')
        op.execute(TRIGGER)

    return require_hub


def require_hub_from_its_words() -> Any:
    def require_hub():
        connection = op.get_bind()
        kept = "SELECT sql FROM sqlite_master WHERE tbl_name = 'airlines' AND type <> 'table'"
        words = [sql for sql in connection.scalars(sa.text(kept)) if sql]
        code = sa.CheckConstraint("length(carrier) = 2")
        with op.batch_alter_table("airlines", table_args=(code,)) as batch:
            batch.alter_column("name", type_=sa.String(64, collation="NOCASE"))
            batch.alter_column("hub", nullable=False)
        for sql in words:
            op.execute(sql)

    return require_hub


def require_hub_from_a_table() -> Any:
    def require_hub():
        airlines = sa.Table(
            "airlines",
            sa.MetaData(),
            sa.Column("carrier", sa.String(2), primary_key=True),
            sa.Column("name", sa.String(64, collation="NOCASE")),
            sa.Column("hub", sa.String(3)),
            sa.CheckConstraint("length(carrier) = 2", name="code"),
        )
        with op.batch_alter_table("airlines", copy_from=airlines) as batch:
            batch.alter_column("hub", existing_type=sa.String(3), nullable=False)
        op.create_index("ix_airlines_lower_name", "airlines", [sa.func.lower(sa.column("name"))])
        op.execute(sa.text(TRIGGER))

    return require_hub


ALSO_RIGHT = (
    require_hub_by_hand,
    require_hub_from_its_words,
    require_hub_from_a_table,
)
NOTES_NAMES = TRIGGER.replace("new.carrier", "new.name")
WRONG = (
    Wrong(
        lambda: variant(check="", collation=None, index="", trigger=""),
        "The index `ix_airlines_lower_name` is gone",
        "believes that a batch copies the table as it is",
    ),
    Wrong(
        lambda: variant(collation=None),
        "`name` was compared by NOCASE",
        "sees the type of a column, and not how it is compared",
    ),
    Wrong(
        lambda: variant(check=""),
        "the CHECK is gone",
        "does not know that a constraint without a name is left out",
    ),
    Wrong(
        lambda: variant(trigger=""),
        "the trigger `note_airline` would write it there",
        "forgets that a trigger goes with its table",
    ),
    Wrong(
        lambda: variant(index="CREATE INDEX ix_airlines_lower_name ON airlines (name)"),
        "on another thing than lower(name)",
        "makes an index of that name, on the column itself",
    ),
    Wrong(
        lambda: variant(batch=False),
        "SQLite knows this form since 3.53 only",
        "alters in place, which keeps all of it, where SQLite is new enough",
    ),
    Wrong(
        lambda: variant(nullable=True),
        "`hub` may still be empty",
        "keeps everything, the empty hub as well",
    ),
    Wrong(
        lambda: variant(after="DELETE FROM airlines WHERE name IS NULL"),
        "The rows are not what they were",
        "drops a row while it is there",
    ),
)
WORDS = (
    Word(
        "an index `ix_airlines_lower_name` on `lower(name)`",
        "the words of the index afterwards",
        lambda: variant(index="CREATE INDEX ix_airlines_lower_name ON airlines (name)"),
    ),
    Word(
        "a trigger `note_airline`, which writes the code of each new airline into the table "
        "`noted`",
        "a new airline, and what is noted",
        lambda: variant(trigger=NOTES_NAMES),
    ),
    Word("Write `require_hub()`, the body of an `upgrade`", "it is called", lambda: "hub"),
    Word("`hub` must not be empty", "the definition", lambda: variant(nullable=True)),
    Word(
        "All rows have one",
        "an airline without a name",
        lambda: variant(after="DELETE FROM airlines WHERE name IS NULL"),
    ),
    Word(
        "All else stays as it is",
        "a name in small letters",
        lambda: variant(collation=None),
    ),
    Word("All else stays as it is", "a code of three letters", lambda: variant(check="")),
    Word("All else stays as it is", "a new airline, noted", lambda: variant(trigger="")),
    Word("All else stays as it is", "the index by its name", lambda: variant(index="")),
    Word(
        "on SQLite from 3.40 on",
        "a statement that SQLite knows since 3.53",
        lambda: variant(batch=False),
    ),
)
