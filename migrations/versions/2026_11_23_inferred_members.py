"""Give airports and planes that only flights know a row of their own.

The flag is NOT NULL on tables that may be full, so it comes with a default that the database fills
in. Then each airport and plane that the flights name, and that is not there, is added and flagged.

Revises: 6b1f0c8a41d2
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a94d5e7713bc"
down_revision = "6b1f0c8a41d2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("airports", "planes"):
        flag: sa.Column[bool] = sa.Column(
            "inferred", sa.Boolean(), nullable=False, server_default=sa.text("0")
        )
        op.add_column(table, flag)
    inferred = sa.Column("rows_inferred", sa.Integer(), nullable=False, server_default=sa.text("0"))
    op.add_column("pipeline_runs", inferred)
    for column in ("origin", "dest"):
        add_members("airports", "faa", column)
    add_members("planes", "tailnum", "tailnum")


def downgrade() -> None:
    flagged = tables_with_flag()
    for table in ("planes", "airports"):
        member = sa.table(table, sa.column("faa"), sa.column("inferred", sa.Boolean()))
        gone = sa.delete(member).where(member.c.inferred)
        if table == "airports":  # the weather's reference stays, so what it names does, too
            origin = sa.table("weather", sa.column("origin")).c.origin
            gone = gone.where(~sa.exists().where(origin == member.c.faa))
        if table in flagged:
            op.execute(gone, execution_options={"may_run_again": True})
        op.drop_column(table, "inferred")
    op.drop_column("pipeline_runs", "rows_inferred")


def add_members(table: str, key: str, named_by: str) -> None:
    """Add what flights name in a column, and the table lacks.

    The tables are spelled here, not imported from the models: the models move on, this stays.
    """
    member = sa.table(table, sa.column(key), sa.column("inferred", sa.Boolean()))
    name = sa.table("flights", sa.column(named_by)).c[named_by]
    unknown = (
        sa.select(name, sa.true())
        .distinct()
        .where(name.is_not(None), ~sa.exists().where(member.c[key] == name))
    )
    added = sa.insert(member).from_select([key, "inferred"], unknown)
    op.execute(added, execution_options={"may_run_again": True})


def tables_with_flag() -> list[str]:
    """Return which tables have the flag: a way down that stopped half-way has dropped one."""
    tables = ["airports", "planes"]
    if op.get_context().as_sql:
        return tables
    there = sa.inspect(op.get_bind())
    return [
        table
        for table in tables
        if "inferred" in {column["name"] for column in there.get_columns(table)}
    ]
