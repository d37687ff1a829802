"""Index what the queries filter and join by.

Destinations, planes, and the join of flights to the weather of their hour. Flights by carrier have
their index from the first revision.

Revises: a94d5e7713bc
"""

from __future__ import annotations

from alembic import op

revision = "c20e96fb8a75"
down_revision = "a94d5e7713bc"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_flights_dest": ["dest"],
    "ix_flights_origin_time_hour": ["origin", "time_hour"],
    "ix_flights_tailnum": ["tailnum"],
}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        op.create_index(name, "flights", columns)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="flights")
