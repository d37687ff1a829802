"""What all tables share: names of constraints, collation, types for annotations.

Times are UTC, to the second unless they are fine, without a zone, because neither MySQL's DATETIME
nor SQLite keeps one.
Strings have a length: SQLite ignores it, MySQL does not. Floats are doubles on both: MySQL's FLOAT
would round to seven digits.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import DateTime, Double, MetaData
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# Binary collation: 'ua' is not 'UA' on MySQL either, and rows sort in the same order on both.
MYSQL: dict[str, Any] = {
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
    "mysql_engine": "InnoDB",
}

# One text form on SQLite, '2013-01-01 10:00:00', the one that MySQL shows.
SqliteTimestamp = sqlite.DATETIME(truncate_microseconds=True)  # type: ignore[no-untyped-call]
Timestamp = DateTime().with_variant(SqliteTimestamp, "sqlite")


def fine_timestamp(digits: int) -> Any:
    """Return the type of a time that keeps 3 or 6 digits of a second."""
    fine = mysql.DATETIME(fsp=digits)
    return DateTime().with_variant(fine, "mysql", "mariadb")


class Base(DeclarativeBase):
    """What all tables share: one naming convention, one collation, types for annotations."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Timestamp, float: Double()}
    __table_args__: Any = MYSQL

    def __repr__(self) -> str:
        mapper = self.__mapper__
        keys = [mapper.get_property_by_column(column).key for column in mapper.primary_key]
        # From the instance's own dict: a repr must not send a query, nor fail on a detached object.
        values = ", ".join(f"{key}={self.__dict__.get(key)!r}" for key in keys)
        return f"{type(self).__name__}({values})"
