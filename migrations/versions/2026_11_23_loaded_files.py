"""Remember which files are loaded, and what was in them.

A load of many files commits file by file, this row with the rows of its file: what is here is in
the table, whatever happened to the process.

Revises: e83b27d1645f
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import sqlite

revision = "f5a1c37e90b4"
down_revision = "e83b27d1645f"
branch_labels = None
depends_on = None

MYSQL: dict[str, Any] = {
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
    "mysql_engine": "InnoDB",
}
TIMESTAMP = sa.DateTime().with_variant(sqlite.DATETIME(truncate_microseconds=True), "sqlite")


def upgrade() -> None:
    op.create_table(
        "loaded_files",
        sa.Column("table_name", sa.String(64), nullable=False),
        sa.Column("file", sa.String(255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="bytes"),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("loaded_at", TIMESTAMP, nullable=False, comment="UTC"),
        sa.Column("run_id", sa.Integer()),
        sa.PrimaryKeyConstraint("table_name", "file", name="pk_loaded_files"),
        sa.ForeignKeyConstraint(
            ["run_id"], ["pipeline_runs.id"], name="fk_loaded_files_run_id_pipeline_runs"
        ),
        sa.Index("ix_loaded_files_run_id", "run_id"),
        **MYSQL,
    )


def downgrade() -> None:
    op.drop_table("loaded_files")
