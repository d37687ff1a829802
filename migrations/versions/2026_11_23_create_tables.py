"""Create the tables.

Flights refer to airlines only: they name airports and planes that the files of those lack.

Revises: nothing; this is the first.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import sqlite

revision = "6b1f0c8a41d2"
down_revision = None
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
        "airlines",
        sa.Column("carrier", sa.String(2), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("carrier", name="pk_airlines"),
        **MYSQL,
    )
    op.create_table(
        "airports",
        sa.Column("faa", sa.String(3), nullable=False),
        sa.Column("name", sa.String(64)),
        sa.Column("lat", sa.Double(), comment="degrees"),
        sa.Column("lon", sa.Double(), comment="degrees"),
        sa.Column("alt", sa.SmallInteger(), comment="feet"),
        sa.Column("tz", sa.SmallInteger(), comment="hours from UTC"),
        sa.Column("dst", sa.String(1)),
        sa.Column("tzone", sa.String(40)),
        sa.PrimaryKeyConstraint("faa", name="pk_airports"),
        **MYSQL,
    )
    op.create_table(
        "planes",
        sa.Column("tailnum", sa.String(6), nullable=False),
        sa.Column("year", sa.SmallInteger(), comment="when it was built"),
        sa.Column("type", sa.String(32)),
        sa.Column("manufacturer", sa.String(40)),
        sa.Column("model", sa.String(24)),
        sa.Column("engines", sa.SmallInteger()),
        sa.Column("seats", sa.SmallInteger()),
        sa.Column("speed", sa.SmallInteger(), comment="mph"),
        sa.Column("engine", sa.String(24)),
        sa.PrimaryKeyConstraint("tailnum", name="pk_planes"),
        **MYSQL,
    )
    op.create_table(
        "weather",
        sa.Column("origin", sa.String(3), nullable=False),
        sa.Column("time_hour", TIMESTAMP, nullable=False, comment="UTC"),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("month", sa.SmallInteger(), nullable=False),
        sa.Column("day", sa.SmallInteger(), nullable=False),
        sa.Column(
            "hour",
            sa.SmallInteger(),
            nullable=False,
            comment="local; repeats when clocks go back",
        ),
        sa.Column("temp", sa.Double(), comment="degrees Fahrenheit"),
        sa.Column("dewp", sa.Double(), comment="degrees Fahrenheit"),
        sa.Column("humid", sa.Double(), comment="percent"),
        sa.Column("wind_dir", sa.SmallInteger(), comment="degrees"),
        sa.Column("wind_speed", sa.Double(), comment="mph"),
        sa.Column("wind_gust", sa.Double(), comment="mph"),
        sa.Column("precip", sa.Double(), comment="inches"),
        sa.Column("pressure", sa.Double(), comment="millibars"),
        sa.Column("visib", sa.Double(), comment="miles"),
        sa.PrimaryKeyConstraint("origin", "time_hour", name="pk_weather"),
        sa.ForeignKeyConstraint(["origin"], ["airports.faa"], name="fk_weather_origin_airports"),
        **MYSQL,
    )
    op.create_table(
        "flights",
        sa.Column("time_hour", TIMESTAMP, nullable=False, comment="UTC"),
        sa.Column("carrier", sa.String(2), nullable=False),
        sa.Column("flight", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("month", sa.SmallInteger(), nullable=False),
        sa.Column("day", sa.SmallInteger(), nullable=False),
        sa.Column("dep_time", sa.SmallInteger(), comment="local, HHMM"),
        sa.Column("sched_dep_time", sa.SmallInteger(), nullable=False, comment="local, HHMM"),
        sa.Column("dep_delay", sa.SmallInteger(), comment="minutes"),
        sa.Column("arr_time", sa.SmallInteger(), comment="local, HHMM"),
        sa.Column("sched_arr_time", sa.SmallInteger(), nullable=False, comment="local, HHMM"),
        sa.Column("arr_delay", sa.SmallInteger(), comment="minutes"),
        sa.Column("tailnum", sa.String(6)),
        sa.Column("origin", sa.String(3), nullable=False),
        sa.Column("dest", sa.String(3), nullable=False),
        sa.Column("air_time", sa.SmallInteger(), comment="minutes"),
        sa.Column("distance", sa.SmallInteger(), nullable=False, comment="miles"),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("minute", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("time_hour", "carrier", "flight", name="pk_flights"),
        sa.ForeignKeyConstraint(
            ["carrier"], ["airlines.carrier"], name="fk_flights_carrier_airlines"
        ),
        # MySQL wants an index under each foreign key, and would name one of its own.
        sa.Index("ix_flights_carrier", "carrier"),
        **MYSQL,
    )
    op.create_table(
        "pipeline_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("started_at", TIMESTAMP, nullable=False, comment="UTC"),
        sa.Column("finished_at", TIMESTAMP, comment="UTC"),
        sa.Column(
            "outcome", sa.String(16), nullable=False, comment="running, succeeded, failed or died"
        ),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_inserted", sa.Integer(), nullable=False),
        sa.Column("rows_updated", sa.Integer(), nullable=False),
        sa.Column("rows_unchanged", sa.Integer(), nullable=False),
        sa.Column("rows_rejected", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), comment="why it failed"),
        sa.PrimaryKeyConstraint("id", name="pk_pipeline_runs"),
        **MYSQL,
    )
    op.create_table(
        "rejected_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer()),
        sa.Column("table_name", sa.String(64), nullable=False),
        sa.Column("file", sa.String(255), nullable=False),
        sa.Column(
            "line", sa.Integer(), nullable=False, comment="in the file; the header is line 1"
        ),
        sa.Column("column_name", sa.String(64), nullable=False),
        sa.Column("value", sa.Text()),
        sa.Column("reason", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rejected_rows"),
        sa.ForeignKeyConstraint(
            ["run_id"], ["pipeline_runs.id"], name="fk_rejected_rows_run_id_pipeline_runs"
        ),
        sa.UniqueConstraint(
            "table_name", "file", "line", name="uq_rejected_rows_table_name_file_line"
        ),
        sa.Index("ix_rejected_rows_run_id", "run_id"),
        **MYSQL,
    )


def downgrade() -> None:
    for table in (
        "rejected_rows",
        "pipeline_runs",
        "flights",
        "weather",
        "planes",
        "airports",
        "airlines",
    ):
        op.drop_table(table)
