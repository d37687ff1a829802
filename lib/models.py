"""The example: five tables of flights.

Keys are the natural ones of the source.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lib.database.base import MYSQL, NAMING, Base, Timestamp
from lib.load.tables import LoadedFile, PipelineRun, RejectedRow

__all__ = [
    "NAMING",
    "Airline",
    "Airport",
    "Base",
    "Flight",
    "LoadedFile",
    "PipelineRun",
    "Plane",
    "RejectedRow",
    "Timestamp",
    "Weather",
]


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
