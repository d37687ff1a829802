"""Let the database hold flights to the airports and planes that they name.

Possible since every one of them has a row. It comes after the indexes, because MySQL does not let
go of an index that a foreign key needs, and the way down runs in the opposite order.

Revises: c20e96fb8a75
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import sqlite

revision = "e83b27d1645f"
down_revision = "c20e96fb8a75"
branch_labels = None
depends_on = None

TIMESTAMP = sa.DateTime().with_variant(sqlite.DATETIME(truncate_microseconds=True), "sqlite")
REFERENCES = {"origin": ("airports", "faa"), "dest": ("airports", "faa")}
REFERENCES |= {"tailnum": ("planes", "tailnum")}


def flights(*constraints: sa.ForeignKeyConstraint) -> sa.Table:
    """Return the table as it is before the change.

    SQLite cannot add a foreign key: Alembic makes a new table, copies the rows and swaps the names.
    Told here what the old one looks like, it need not ask a database, so `--sql` works as well.
    """
    keys: dict[str, Any] = {
        "time_hour": TIMESTAMP,
        "carrier": sa.String(2),
        "flight": sa.SmallInteger(),
    }
    needed = ("year", "month", "day", "sched_dep_time", "sched_arr_time", "distance", "hour")
    codes: dict[str, Any] = {"tailnum": sa.String(6), "origin": sa.String(3), "dest": sa.String(3)}
    order = "time_hour carrier flight year month day dep_time sched_dep_time dep_delay arr_time "
    order += "sched_arr_time arr_delay tailnum origin dest air_time distance hour minute"
    columns: list[sa.Column[Any]] = [
        sa.Column(
            name,
            (keys | codes).get(name, sa.SmallInteger()),
            nullable=name not in (*keys, *needed, "minute", "origin", "dest"),
            autoincrement=False,
        )
        for name in order.split()
    ]
    return sa.Table(
        "flights",
        sa.MetaData(),
        *columns,
        sa.PrimaryKeyConstraint("time_hour", "carrier", "flight", name="pk_flights"),
        sa.ForeignKeyConstraint(
            ["carrier"], ["airlines.carrier"], name="fk_flights_carrier_airlines"
        ),
        *constraints,
        sa.Index("ix_flights_carrier", "carrier"),
        sa.Index("ix_flights_dest", "dest"),
        sa.Index("ix_flights_origin_time_hour", "origin", "time_hour"),
        sa.Index("ix_flights_tailnum", "tailnum"),
    )


def upgrade() -> None:
    with op.batch_alter_table("flights", copy_from=flights()) as batch:
        for column, (table, key) in REFERENCES.items():
            batch.create_foreign_key(f"fk_flights_{column}_{table}", table, [column], [key])


def downgrade() -> None:
    present = [
        sa.ForeignKeyConstraint([column], [f"{table}.{key}"], name=f"fk_flights_{column}_{table}")
        for column, (table, key) in REFERENCES.items()
    ]
    with op.batch_alter_table("flights", copy_from=flights(*present)) as batch:
        for column, (table, _) in REFERENCES.items():
            batch.drop_constraint(f"fk_flights_{column}_{table}", type_="foreignkey")
