"""Three files of other people, as they come: their tables, and one feed for each.

Monthly performance of airlines in the form of the US Bureau of Transportation Statistics (110
columns, one of them nameless), meter readings of Germany (semicolons, decimal commas, local time),
orders of a shop (UUIDs, money, JSON, corrections that come late). All rows are made up.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lib import Rule
from lib.database.base import MYSQL, NAMING, Base
from lib.feeds import Clock, Csv, Date, Feed, Json, Local, Money, Number, Time, Uuid, Whole

FILES = Path(__file__).parent.parent / "files"


class Own(sa.orm.DeclarativeBase):
    """Tables beside those of the workbook."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = Base.type_annotation_map
    __table_args__: Any = MYSQL


class OnTime(Own):
    __tablename__ = "on_time"

    day: Mapped[date] = mapped_column(primary_key=True)
    airline: Mapped[str] = mapped_column(sa.String(2), primary_key=True)
    flight: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    origin: Mapped[str] = mapped_column(sa.String(3), primary_key=True)
    dest: Mapped[str] = mapped_column(sa.String(3))
    tail: Mapped[str | None] = mapped_column(sa.String(6))
    planned: Mapped[time]
    dep_delay: Mapped[int | None] = mapped_column(sa.SmallInteger)
    late: Mapped[int | None] = mapped_column(sa.SmallInteger, comment="minutes, at least 0")
    cancelled: Mapped[bool]
    code: Mapped[str | None] = mapped_column(sa.String(1))
    air_time: Mapped[int | None] = mapped_column(sa.SmallInteger)
    distance: Mapped[int] = mapped_column(sa.SmallInteger)


class Reading(Own):
    __tablename__ = "readings"

    meter: Mapped[str] = mapped_column(sa.String(6), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True, comment="UTC")
    kwh: Mapped[Decimal] = mapped_column(sa.Numeric(12, 3))
    kw: Mapped[Decimal | None] = mapped_column(sa.Numeric(6, 2))
    how: Mapped[str] = mapped_column(sa.Enum("G", "E", name="how"))
    street: Mapped[str] = mapped_column(sa.String(40))


class Order(Own):
    __tablename__ = "orders"

    order_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    customer: Mapped[str] = mapped_column(sa.String(8))
    amount: Mapped[Decimal] = mapped_column(sa.Numeric(10, 2))
    currency: Mapped[str] = mapped_column(sa.String(3))
    status: Mapped[str] = mapped_column(sa.Enum("open", "paid", "refunded", name="status"))
    items: Mapped[list[Any]] = mapped_column(sa.JSON)
    updated_at: Mapped[datetime]


# --- The feeds: at most 40 lines together -----------------------------------------------------
ON_TIME = Feed(
    OnTime,
    read=Csv(),
    columns={
        "day": Date("FlightDate"),
        "airline": "Reporting_Airline",
        "flight": "Flight_Number_Reporting_Airline",
        "origin": "Origin",
        "dest": "Dest",
        "tail": "Tail_Number",
        "planned": Clock("CRSDepTime", "%H%M"),
        "dep_delay": Whole("DepDelay"),
        "late": Whole("DepDelayMinutes"),
        "cancelled": Whole("Cancelled"),
        "code": "CancellationCode",
        "air_time": Whole("AirTime"),
        "distance": Whole("Distance"),
    },
    others="leave out",
    rules=[Rule("distance", "is below 0", lambda values: pc.less(values, 0))],
)
FORM, ZONE, METER = "%d.%m.%Y %H:%M", "Europe/Berlin", "Zählernummer"
READINGS = Feed(
    Reading,
    read=Csv(";", encoding="latin-1", decimal=",", thousands=".", footer="^Summe;"),
    columns={
        "meter": METER,
        "at": Local("Messzeitpunkt", FORM, ZONE, repeated_hour="in order", each=METER),
        "kwh": Number("Zählerstand (kWh)", missing=("", "k.A.")),
        "kw": Number("Leistung (kW)", missing=("", "-")),
        "how": "Gemessen/Geschätzt",
        "street": "Straße",
    },
)
MONEY = {"amount": Money("amount", thousands=","), "currency": Money("amount", part="currency")}
TIMES = {"created_at": Time(), "updated_at": Time()}
SHAPES = {"order_id": Uuid(), "items": Json(), **MONEY, **TIMES}
ORDERS = Feed(Order, columns=SHAPES, newest_by="updated_at")
