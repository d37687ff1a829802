"""The tables: five of data, three about the pipeline itself.

Keys are the natural ones of the source. Times are UTC, to the second, without a zone, because
neither MySQL's DATETIME nor SQLite keeps one. Strings have a length: SQLite ignores it, MySQL does
not. Floats are doubles on both: MySQL's FLOAT would round to seven digits.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    DateTime,
    Double,
    ForeignKey,
    Index,
    MetaData,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# Binary collation: 'ua' is not 'UA' on MySQL either, and rows sort in the same order on both.
MYSQL = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}

# One text form on SQLite, '2013-01-01 10:00:00', the one that MySQL shows.
SqliteTimestamp = sqlite.DATETIME(truncate_microseconds=True)  # type: ignore[no-untyped-call]
Timestamp = DateTime().with_variant(SqliteTimestamp, "sqlite")


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


class Airline(Base):
    """A carrier, by its two-letter code."""

    __tablename__ = "airlines"

    carrier: Mapped[str] = mapped_column(String(2), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))

    flights: Mapped[list[Flight]] = relationship(back_populates="airline")


class Airport(Base):
    """An airport, by its FAA code; `inferred` when only flights know it."""

    __tablename__ = "airports"

    faa: Mapped[str] = mapped_column(String(3), primary_key=True)
    name: Mapped[str | None] = mapped_column(String(64))
    lat: Mapped[float | None] = mapped_column(comment="degrees")
    lon: Mapped[float | None] = mapped_column(comment="degrees")
    alt: Mapped[int | None] = mapped_column(SmallInteger, comment="feet")
    tz: Mapped[int | None] = mapped_column(SmallInteger, comment="hours from UTC")
    dst: Mapped[str | None] = mapped_column(String(1))
    tzone: Mapped[str | None] = mapped_column(String(40))
    inferred: Mapped[bool] = mapped_column(default=False, server_default=text("0"))

    departures: Mapped[list[Flight]] = relationship(
        back_populates="origin_airport", foreign_keys="Flight.origin"
    )
    arrivals: Mapped[list[Flight]] = relationship(
        back_populates="dest_airport", foreign_keys="Flight.dest"
    )


class Plane(Base):
    """An aircraft, by its tail number; `inferred` when only flights know it."""

    __tablename__ = "planes"

    tailnum: Mapped[str] = mapped_column(String(6), primary_key=True)
    year: Mapped[int | None] = mapped_column(SmallInteger, comment="when it was built")
    type: Mapped[str | None] = mapped_column(String(32))
    manufacturer: Mapped[str | None] = mapped_column(String(40))
    model: Mapped[str | None] = mapped_column(String(24))
    engines: Mapped[int | None] = mapped_column(SmallInteger)
    seats: Mapped[int | None] = mapped_column(SmallInteger)
    speed: Mapped[int | None] = mapped_column(SmallInteger, comment="mph")
    engine: Mapped[str | None] = mapped_column(String(24))
    inferred: Mapped[bool] = mapped_column(default=False, server_default=text("0"))

    flights: Mapped[list[Flight]] = relationship(back_populates="plane")


class Weather(Base):
    """One hour of weather at one of the three airports of departure."""

    __tablename__ = "weather"

    origin: Mapped[str] = mapped_column(ForeignKey("airports.faa"), primary_key=True)
    time_hour: Mapped[datetime] = mapped_column(primary_key=True, comment="UTC")
    year: Mapped[int] = mapped_column(SmallInteger)
    month: Mapped[int] = mapped_column(SmallInteger)
    day: Mapped[int] = mapped_column(SmallInteger)
    hour: Mapped[int] = mapped_column(SmallInteger, comment="local; repeats when clocks go back")
    temp: Mapped[float | None] = mapped_column(comment="degrees Fahrenheit")
    dewp: Mapped[float | None] = mapped_column(comment="degrees Fahrenheit")
    humid: Mapped[float | None] = mapped_column(comment="percent")
    wind_dir: Mapped[int | None] = mapped_column(SmallInteger, comment="degrees")
    wind_speed: Mapped[float | None] = mapped_column(comment="mph")
    wind_gust: Mapped[float | None] = mapped_column(comment="mph")
    precip: Mapped[float | None] = mapped_column(comment="inches")
    pressure: Mapped[float | None] = mapped_column(comment="millibars")
    visib: Mapped[float | None] = mapped_column(comment="miles")


class Flight(Base):
    """One scheduled departure. `dep_time` is None when it was cancelled.

    The key is the hour of the scheduled departure, the carrier and the flight's number. The more
    obvious (year, month, day, carrier, flight) repeats 24 times.
    """

    __tablename__ = "flights"
    __table_args__ = (
        Index(None, "carrier"),
        Index(None, "dest"),
        Index(None, "origin", "time_hour"),
        Index(None, "tailnum"),
        MYSQL,
    )

    time_hour: Mapped[datetime] = mapped_column(primary_key=True, comment="UTC")
    carrier: Mapped[str] = mapped_column(ForeignKey("airlines.carrier"), primary_key=True)
    flight: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    year: Mapped[int] = mapped_column(SmallInteger)
    month: Mapped[int] = mapped_column(SmallInteger)
    day: Mapped[int] = mapped_column(SmallInteger)
    dep_time: Mapped[int | None] = mapped_column(SmallInteger, comment="local, HHMM")
    sched_dep_time: Mapped[int] = mapped_column(SmallInteger, comment="local, HHMM")
    dep_delay: Mapped[int | None] = mapped_column(SmallInteger, comment="minutes")
    arr_time: Mapped[int | None] = mapped_column(SmallInteger, comment="local, HHMM")
    sched_arr_time: Mapped[int] = mapped_column(SmallInteger, comment="local, HHMM")
    arr_delay: Mapped[int | None] = mapped_column(SmallInteger, comment="minutes")
    tailnum: Mapped[str | None] = mapped_column(ForeignKey("planes.tailnum"))
    origin: Mapped[str] = mapped_column(ForeignKey("airports.faa"))
    dest: Mapped[str] = mapped_column(ForeignKey("airports.faa"))
    air_time: Mapped[int | None] = mapped_column(SmallInteger, comment="minutes")
    distance: Mapped[int] = mapped_column(SmallInteger, comment="miles")
    hour: Mapped[int] = mapped_column(SmallInteger)
    minute: Mapped[int] = mapped_column(SmallInteger)

    airline: Mapped[Airline] = relationship(back_populates="flights")
    plane: Mapped[Plane | None] = relationship(back_populates="flights")
    origin_airport: Mapped[Airport] = relationship(
        back_populates="departures", foreign_keys=[origin]
    )
    dest_airport: Mapped[Airport] = relationship(back_populates="arrivals", foreign_keys=[dest])


class PipelineRun(Base):
    """One run of the pipeline: when, with what outcome, and how many rows."""

    __tablename__ = "pipeline_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(comment="UTC")
    finished_at: Mapped[datetime | None] = mapped_column(comment="UTC")
    outcome: Mapped[str] = mapped_column(String(16), comment="running, succeeded, failed or died")
    rows_read: Mapped[int] = mapped_column(default=0)
    rows_inserted: Mapped[int] = mapped_column(default=0)
    rows_updated: Mapped[int] = mapped_column(default=0)
    rows_unchanged: Mapped[int] = mapped_column(default=0)
    rows_rejected: Mapped[int] = mapped_column(default=0)
    rows_inferred: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    message: Mapped[str | None] = mapped_column(Text, comment="why it failed")

    rejected: Mapped[list[RejectedRow]] = relationship(back_populates="run")
    files: Mapped[list[LoadedFile]] = relationship(back_populates="run")


class RejectedRow(Base):
    """A row that broke a rule: where it stands in the file, and why it was not loaded."""

    __tablename__ = "rejected_rows"
    __table_args__ = (UniqueConstraint("table_name", "file", "line"), MYSQL)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("pipeline_runs.id"), index=True)
    table_name: Mapped[str] = mapped_column(String(64))
    file: Mapped[str] = mapped_column(String(255))
    line: Mapped[int] = mapped_column(comment="in the file; the header is line 1")
    column: Mapped[str] = mapped_column("column_name", String(64))
    value: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(255))

    run: Mapped[PipelineRun | None] = relationship(back_populates="rejected")


class LoadedFile(Base):
    """A file of many that is loaded, and what was in it: a run that resumes leaves it out."""

    __tablename__ = "loaded_files"

    table_name: Mapped[str] = mapped_column(String(64), primary_key=True)
    file: Mapped[str] = mapped_column(String(255), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, comment="bytes")
    sha256: Mapped[str] = mapped_column(String(64))
    loaded_at: Mapped[datetime] = mapped_column(comment="UTC")
    run_id: Mapped[int | None] = mapped_column(ForeignKey("pipeline_runs.id"), index=True)

    run: Mapped[PipelineRun | None] = relationship(back_populates="files")
