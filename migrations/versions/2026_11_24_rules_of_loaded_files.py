"""Remember for which columns and by which rules a file was judged, and where it lay.

A file that was loaded under other rules is not known. What is there was judged by rules that were
not noted, so each file is loaded once more.

Revises: 0d27b9c64e18
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import sqlite

revision = "7be3a15d902c"
down_revision = "0d27b9c64e18"
branch_labels = None
depends_on = None

TIMESTAMP = sa.DateTime().with_variant(sqlite.DATETIME(truncate_microseconds=True), "sqlite")
PLACE = "of a file its folder, of a data frame a digest; empty for a name that was given"
RULES = "sha256 of columns and rules"
OLD, NEW = ("table_name", "file"), ("table_name", "file", "place")


def added() -> list[sa.Column[str]]:
    return [
        sa.Column(
            "place", sa.String(255), nullable=False, server_default=sa.text("''"), comment=PLACE
        ),
        sa.Column(
            "rules", sa.String(64), nullable=False, server_default=sa.text("''"), comment=RULES
        ),
    ]


def loaded_files(key: tuple[str, ...], *more: sa.Column[str]) -> sa.Table:
    """Return the table as it is before the change: SQLite gets a new one, also with `--sql`."""
    return sa.Table(
        "loaded_files",
        sa.MetaData(),
        sa.Column("table_name", sa.String(64), nullable=False),
        sa.Column("file", sa.String(255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("loaded_at", TIMESTAMP, nullable=False),
        sa.Column("run_id", sa.Integer()),
        *more,
        sa.PrimaryKeyConstraint(*key, name="pk_loaded_files"),
        sa.ForeignKeyConstraint(
            ["run_id"], ["pipeline_runs.id"], name="fk_loaded_files_run_id_pipeline_runs"
        ),
        sa.Index("ix_loaded_files_run_id", "run_id"),
    )


def has_place() -> bool | None:
    """Tell whether the columns are there; None where SQL is written, and no database is asked."""
    if op.get_context().as_sql:
        return None
    columns = sa.inspect(op.get_bind()).get_columns("loaded_files")
    return "place" in {column["name"] for column in columns}


def upgrade() -> None:
    if op.get_context().dialect.name != "sqlite":  # in one statement: all of it, or nothing
        if has_place():  # it has happened, and was stopped before its number was written down
            return
        op.execute(
            "ALTER TABLE loaded_files DROP PRIMARY KEY, "
            f"ADD COLUMN place VARCHAR(255) NOT NULL DEFAULT '' COMMENT '{PLACE}', "
            f"ADD COLUMN rules VARCHAR(64) NOT NULL DEFAULT '' COMMENT '{RULES}', "
            f"ADD PRIMARY KEY ({', '.join(NEW)})"
        )
        return
    with op.batch_alter_table("loaded_files", copy_from=loaded_files(OLD)) as batch:
        batch.drop_constraint("pk_loaded_files", type_="primary")
        for column in added():
            batch.add_column(column)
        batch.create_primary_key("pk_loaded_files", list(NEW))


def downgrade() -> None:
    if has_place() is False:
        return
    placed = sa.delete(sa.table("loaded_files", sa.column("place"))).where(sa.column("place") != "")
    op.execute(placed, execution_options={"may_run_again": True})
    if op.get_context().dialect.name != "sqlite":
        op.execute(
            "ALTER TABLE loaded_files DROP PRIMARY KEY, DROP COLUMN place, DROP COLUMN rules, "
            f"ADD PRIMARY KEY ({', '.join(OLD)})"
        )
        return
    with op.batch_alter_table("loaded_files", copy_from=loaded_files(NEW, *added())) as batch:
        batch.drop_constraint("pk_loaded_files", type_="primary")
        for column in added():
            batch.drop_column(column.name)
        batch.create_primary_key("pk_loaded_files", list(OLD))
