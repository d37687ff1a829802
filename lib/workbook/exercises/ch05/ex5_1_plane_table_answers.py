"""Answers to exercise 5.1: right in other ways, wrong, and deaf to a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False
# mypy: disallow-subclassing-any=False, disable-error-code="valid-type, misc"

from datetime import datetime
from typing import Annotated, Any, Optional

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    Double,
    Float,
    Integer,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from lib.workbook.course.exercise import Word, Wrong

TYPES: dict[str, Any] = {
    "tailnum": String(6),
    "manufacturer": String(40),
    "seats": SmallInteger(),
    "wingspan": Double(),
    "checked_at": DateTime(),
}
MISSING = ("manufacturer", "wingspan", "checked_at")


def plane_but(
    *,
    table: str = "planes",
    missing: tuple[str, ...] = MISSING,
    key: tuple[str, ...] = ("tailnum",),
    unique: tuple[str, ...] = (),
    on: Any = None,
    gives: Any = lambda plane: plane,
    **types: Any,
) -> Any:
    """The solution, but for one thing; a type of None leaves a column out."""

    def make_plane(Base):
        columns = [
            Column(name, kind, primary_key=name in key, nullable=name in missing)
            for name, kind in {**TYPES, **types}.items()
            if kind is not None
        ]
        rules = [UniqueConstraint(*unique, name="once")] if unique else []
        base = on or Base

        class Plane(base):
            __table__ = Table(table, base.metadata, *columns, *rules)

        return gives(Plane)

    return make_plane


def plane_spelled_out() -> Any:
    def make_plane(Base):
        class Aircraft(Base):
            __tablename__ = "planes"

            tailnum = mapped_column(String(6), primary_key=True)
            manufacturer: Mapped[Optional[str]] = mapped_column(String(length=40))
            seats = mapped_column(Integer, nullable=False)
            wingspan = mapped_column(Double, nullable=True)
            checked_at = mapped_column(DateTime, nullable=True)

        return Aircraft

    return make_plane


def plane_in_another_order() -> Any:
    def make_plane(Base):
        class Plane(Base):
            __tablename__ = "planes"

            seats: Mapped[int]
            wingspan: Mapped[float | None] = mapped_column(Float(53))
            checked_at: Mapped[datetime | None] = mapped_column(DateTime)
            tailnum: Mapped[str] = mapped_column(String(6), primary_key=True)
            manufacturer: Mapped[str | None] = mapped_column(String(40))

        return Plane

    return make_plane


def plane_with_names_for_types() -> Any:
    def make_plane(Base):
        code = Annotated[str, mapped_column(String(6), primary_key=True)]

        class Plane(Base):
            __tablename__ = "planes"
            __table_args__ = {"mysql_engine": "InnoDB"}

            number: Mapped[code] = mapped_column("tailnum")
            manufacturer: Mapped[str | None] = mapped_column(String(40), index=True)
            seats: Mapped[int] = mapped_column(default=0)
            wingspan: Mapped[float | None] = mapped_column(
                Float().with_variant(mysql.DOUBLE(asdecimal=False), "mysql"), comment="meters"
            )
            checked_at: Mapped[datetime | None]

        return Plane

    return make_plane


def plane_by_the_registry() -> Any:
    def make_plane(Base):
        @Base.registry.mapped
        class Plane:
            __tablename__ = "planes"

            tailnum: Mapped[str] = mapped_column(String(6), primary_key=True)
            manufacturer: Mapped[str | None] = mapped_column(String(40))
            seats: Mapped[int]
            wingspan: Mapped[float | None]
            checked_at: Mapped[datetime | None]

        return Plane

    return make_plane


def plane_on_a_base_of_its_own() -> Any:
    class Base(DeclarativeBase):
        pass

    return plane_but(on=Base)


def plane_made_once() -> Any:
    made: list[Any] = []

    def make_plane(Base):
        if not made:
            made.append(plane_but()(Base))
        return made[0]

    return make_plane


ALSO_RIGHT = (
    plane_spelled_out,
    plane_in_another_order,
    plane_with_names_for_types,
    plane_by_the_registry,
)

WRONG = (
    Wrong(
        lambda: plane_but(tailnum=String(), manufacturer=String()),
        "Every String needs a length",
        "tests on SQLite alone, which needs no length",
    ),
    Wrong(
        lambda: plane_but(wingspan=Float()),
        "keeps about seven digits on MySQL",
        "takes Python's float and MySQL's FLOAT for the same thing, as many tutorials do",
    ),
    Wrong(
        lambda: plane_but(wingspan=Float(10)),
        "becomes a FLOAT(10) on MySQL",
        "takes the precision for a number of digits; up to 24 it is still four bytes",
    ),
    Wrong(
        lambda: plane_but(wingspan=Numeric(8, 3)),
        "wingspan is a float",
        "rounds to a number of digits that was guessed",
    ),
    Wrong(
        lambda: plane_but(wingspan=mysql.DOUBLE(10, 2)),
        "becomes a DOUBLE(10, 2) on MySQL",
        "takes the right type, and has it round",
    ),
    Wrong(
        lambda: plane_but(wingspan=Double(asdecimal=True)),
        "and comes back as Decimal",
        "stores a float, and reads another type",
    ),
    Wrong(
        lambda: plane_but(missing=()),
        "manufacturer may be missing",
        "does not read NOT NULL in the annotation",
    ),
    Wrong(
        lambda: plane_but(missing=(*MISSING, "seats")),
        "seats is always known",
        "allows everywhere what is allowed in some places",
    ),
    Wrong(
        lambda: plane_but(manufacturer=Text(40)),
        "on MySQL its column is TEXT(40)",
        "gives Text a length: MySQL then chooses a kind of TEXT, of 255 bytes at least",
    ),
    Wrong(
        lambda: plane_but(tailnum=String(40)),
        "tailnum has up to 6 characters",
        "gives one length to all texts",
    ),
    Wrong(
        lambda: plane_but(checked_at=Date()),
        "checked_at is a date with a time",
        "keeps the day, and drops the time",
    ),
    Wrong(
        lambda: plane_but(seats=mysql.TINYINT()),
        "SQLite does not take this table",
        "uses a type that one database has",
    ),
    Wrong(
        lambda: plane_but(key=("tailnum", "seats")),
        "The primary key is (tailnum, seats)",
        "marks more than one column as the key",
    ),
    Wrong(
        lambda: plane_but(unique=("manufacturer",)),
        "Two planes cannot be stored",
        "adds a rule that is not in the task",
    ),
    Wrong(
        lambda: plane_but(checked_at=None),
        "these columns are missing: checked_at",
        "leaves out a column",
    ),
    Wrong(
        lambda: plane_but(gives=lambda plane: plane.__table__),
        "This asks for a mapped class",
        "hands out the table in place of the class",
    ),
    Wrong(
        lambda: plane_but(gives=lambda plane: None),
        "hands it to the caller",
        "believes that defining a class is enough for others to know it",
    ),
)

WORDS = (
    Word(
        "Write `make_plane(Base)`. It defines a class on the `Base` that it is given",
        "a Base of the check's own; in whose metadata the table is",
        plane_on_a_base_of_its_own,
    ),
    Word("for the table `planes`", "the table's name", lambda: plane_but(table="plane")),
    Word(
        "and returns the class",
        "what the call gives",
        lambda: plane_but(gives=lambda plane: plane.__table__.name),
    ),
    Word(
        "As it is given the Base, it can be called again and again",
        "a second call, with another Base",
        plane_made_once,
    ),
    Word(
        "| column | holds | may be missing |",
        "a plane of which two columns are known; NOT NULL of each column",
        lambda: plane_but(missing=()),
    ),
    Word(
        "| `tailnum` | up to 6 characters; the key | no |",
        "the type on MySQL; two planes that differ by it alone",
        lambda: plane_but(tailnum=String(10)),
    ),
    Word(
        "| `manufacturer` | up to 40 characters | yes |",
        "the type on MySQL; a name of 40 characters",
        lambda: plane_but(manufacturer=String(4)),
    ),
    Word(
        "| `seats` | a whole number | no |",
        "the type",
        lambda: plane_but(seats=Double()),
    ),
    Word(
        "| `wingspan` | meters, a float with all its digits | yes |",
        "35.791234567890123 meters, there and back; the type on MySQL",
        lambda: plane_but(wingspan=Float(24)),
    ),
    Word(
        "| `checked_at` | a date with a time | yes |",
        "a time with seconds, there and back",
        lambda: plane_but(checked_at=String(40)),
    ),
)
ASIDES = ("`print(ddl(make_plane(new_base()), mysql.dialect()))` shows what you have made.",)
