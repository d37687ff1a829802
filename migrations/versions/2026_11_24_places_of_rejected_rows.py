"""Tell the rejected rows of files of one name apart.

A file is known by its name and its place: the folder, or what tells a data frame from others. The
rows that are there have no place, as those of a source whose name was given.

Revises: f5a1c37e90b4
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0d27b9c64e18"
down_revision = "f5a1c37e90b4"
branch_labels = None
depends_on = None

PLACE = "of a file its folder, of a data frame a digest; empty for a name that was given"
OLD, NEW = ("table_name", "file", "line"), ("table_name", "file", "place", "line")


def name(columns: tuple[str, ...]) -> str:
    return "uq_rejected_rows_" + "_".join(columns)


def place() -> sa.Column[str]:
    return sa.Column(
        "place", sa.String(255), nullable=False, server_default=sa.text("''"), comment=PLACE
    )


def rejected_rows(unique: tuple[str, ...], *more: sa.Column[str]) -> sa.Table:
    """Return the table as it is before the change: SQLite gets a new one, also with `--sql`."""
    return sa.Table(
        "rejected_rows",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer()),
        sa.Column("table_name", sa.String(64), nullable=False),
        sa.Column("file", sa.String(255), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column_name", sa.String(64), nullable=False),
        sa.Column("value", sa.Text()),
        sa.Column("reason", sa.String(255), nullable=False),
        *more,
        sa.PrimaryKeyConstraint("id", name="pk_rejected_rows"),
        sa.ForeignKeyConstraint(
            ["run_id"], ["pipeline_runs.id"], name="fk_rejected_rows_run_id_pipeline_runs"
        ),
        sa.UniqueConstraint(*unique, name=name(unique)),
        sa.Index("ix_rejected_rows_run_id", "run_id"),
    )


def has_place() -> bool | None:
    """Tell whether the column is there; None where SQL is written, and no database is asked."""
    if op.get_context().as_sql:
        return None
    columns = sa.inspect(op.get_bind()).get_columns("rejected_rows")
    return "place" in {column["name"] for column in columns}


def upgrade() -> None:
    if op.get_context().dialect.name != "sqlite":  # in one statement: all of it, or nothing
        if has_place():  # it has happened, and was stopped before its number was written down
            return
        op.execute(
            f"ALTER TABLE rejected_rows DROP INDEX {name(OLD)}, "
            f"ADD COLUMN place VARCHAR(255) NOT NULL DEFAULT '' COMMENT '{PLACE}', "
            f"ADD CONSTRAINT {name(NEW)} UNIQUE ({', '.join(NEW)})"
        )
        return
    with op.batch_alter_table("rejected_rows", copy_from=rejected_rows(OLD)) as batch:
        batch.drop_constraint(name(OLD), type_="unique")
        batch.add_column(place())
        batch.create_unique_constraint(name(NEW), list(NEW))


def downgrade() -> None:
    if has_place() is False:
        return
    rows = sa.table("rejected_rows", *map(sa.column, ("id", *OLD)))
    first = sa.select(sa.func.min(rows.c.id).label("id")).group_by(*(rows.c[each] for each in OLD))
    kept = sa.select(first.subquery().c.id)  # MySQL reads no table that it deletes from
    doubled = sa.delete(rows).where(rows.c.id.not_in(kept))
    op.execute(doubled, execution_options={"may_run_again": True})
    if op.get_context().dialect.name != "sqlite":
        op.execute(
            f"ALTER TABLE rejected_rows DROP INDEX {name(NEW)}, DROP COLUMN place, "
            f"ADD CONSTRAINT {name(OLD)} UNIQUE ({', '.join(OLD)})"
        )
        return
    with op.batch_alter_table("rejected_rows", copy_from=rejected_rows(NEW, place())) as batch:
        batch.drop_constraint(name(NEW), type_="unique")
        batch.drop_column("place")
        batch.create_unique_constraint(name(OLD), list(OLD))
