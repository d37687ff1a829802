"""Exercise 5.1: a table whose types hold on both databases."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False
# mypy: disallow-subclassing-any=False, disable-error-code="valid-type, misc"

from datetime import datetime
from typing import Any, Optional

from sqlalchemy import DateTime, Double, Float, Integer, SmallInteger, String, Table, Text
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import Mapped, mapped_column

from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function
from lib.workbook.exercises.ch05.looking import (
    build,
    expect_columns,
    expect_model,
    expect_mysql_takes,
    new_base,
    new_database,
    refused,
)

LENGTHS = {"tailnum": 6, "manufacturer": 40}
OPTIONAL = {"manufacturer": True, "seats": False, "wingspan": True, "checked_at": True}


def check_make_plane(answer: Any, bench: Bench) -> str:
    expect_function(answer, "make_plane")
    base = new_base()
    table = expect_model(build(bench, answer, base), base, "planes")
    expect_columns(table, [*LENGTHS, "seats", "wingspan", "checked_at"])
    keys = [column.name for column in table.primary_key.columns]
    expect(
        keys == ["tailnum"],
        f"The primary key is ({', '.join(keys)}); a plane is known by its tailnum alone.",
    )
    expect_mysql_takes(table)
    _expect_types(table)
    for name, optional in OPTIONAL.items():
        column = table.columns[name]
        expect(
            not optional or column.nullable,
            f"{name} may be missing, and your table refuses a plane without it (NOT NULL). Say so "
            "in the annotation, with `| None`.",
        )
        expect(
            optional or not column.nullable,
            f"{name} is always known, and your table takes a plane without it. Without `| None` in "
            "the annotation a column is NOT NULL.",
        )
    insert = "INSERT INTO planes (tailnum, seats) VALUES (:tailnum, 20)"
    with new_database(base) as engine:
        expect(
            not refused(engine, insert, tailnum="N10156"),
            "A plane of which only tailnum and seats are known cannot be stored.",
        )
    return "That is it. Both databases make the same table of this class."


def _expect_types(table: Table) -> None:
    for name, length in LENGTHS.items():
        kind = table.columns[name].type
        expect(isinstance(kind, String), f"{name} is text; its column has the type {kind!r}.")
        found = getattr(kind, "length", None)
        expect(
            found == length,
            f"{name} has up to {length} characters; its column has the type {kind!r}.",
        )
    seats = table.columns["seats"].type
    expect(isinstance(seats, Integer), f"seats is a whole number; its column is {seats!r}.")
    wingspan = table.columns["wingspan"].type
    expect(
        isinstance(wingspan, Float),
        f"wingspan is a float; its column has the type {wingspan!r}.",
    )
    on_mysql = wingspan.compile(dialect=mysql.dialect())
    expect(
        on_mysql != "FLOAT",
        "wingspan becomes a FLOAT, which keeps about seven digits on MySQL and all of them on "
        "SQLite. One type keeps them on both.",
    )
    checked = table.columns["checked_at"].type
    expect(
        isinstance(checked, DateTime),
        f"checked_at is a date with a time; its column has the type {checked!r}.",
    )


def solution_make_plane() -> Any:
    def make_plane(Base):
        class Plane(Base):
            __tablename__ = "planes"

            tailnum: Mapped[str] = mapped_column(String(6), primary_key=True)
            manufacturer: Mapped[str | None] = mapped_column(String(40))
            seats: Mapped[int] = mapped_column(SmallInteger)
            wingspan: Mapped[float | None]
            checked_at: Mapped[datetime | None]

        return Plane

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


def plane_as_a_table() -> Any:
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


def plane_without_lengths() -> Any:
    def make_plane(Base):
        class Plane(Base):
            __tablename__ = "planes"

            tailnum: Mapped[str] = mapped_column(primary_key=True)
            manufacturer: Mapped[str | None]
            seats: Mapped[int]
            wingspan: Mapped[float | None] = mapped_column(Double)
            checked_at: Mapped[datetime | None]

        return Plane

    return make_plane


def plane_with_text() -> Any:
    def make_plane(Base):
        class Plane(Base):
            __tablename__ = "planes"

            tailnum: Mapped[str] = mapped_column(String(6), primary_key=True)
            manufacturer: Mapped[str | None] = mapped_column(Text)
            seats: Mapped[int]
            wingspan: Mapped[float | None] = mapped_column(Double)
            checked_at: Mapped[datetime | None]

        return Plane

    return make_plane


def plane_with_float() -> Any:
    def make_plane(Base):
        class Plane(Base):
            __tablename__ = "planes"

            tailnum: Mapped[str] = mapped_column(String(6), primary_key=True)
            manufacturer: Mapped[str | None] = mapped_column(String(40))
            seats: Mapped[int] = mapped_column(SmallInteger)
            wingspan: Mapped[float | None] = mapped_column(Float)
            checked_at: Mapped[datetime | None]

        return Plane

    return make_plane


def plane_all_required() -> Any:
    def make_plane(Base):
        class Plane(Base):
            __tablename__ = "planes"

            tailnum: Mapped[str] = mapped_column(String(6), primary_key=True)
            manufacturer: Mapped[str] = mapped_column(String(40))
            seats: Mapped[int] = mapped_column(SmallInteger)
            wingspan: Mapped[float] = mapped_column(Double)
            checked_at: Mapped[datetime]

        return Plane

    return make_plane


def plane_kept_inside() -> Any:
    def make_plane(Base):
        class Plane(Base):
            __tablename__ = "planes"

            tailnum: Mapped[str] = mapped_column(String(6), primary_key=True)

    return make_plane


EXERCISE = Exercise(
    id="5.1",
    title="A table for two databases",
    check=check_make_plane,
    hints=(
        "One line for each column: `name: Mapped[type]`, with `= mapped_column(...)` where the "
        "annotation does not say all. `| None` in the annotation means: may be missing.",
        "Text needs a length for MySQL, as in `mapped_column(String(6))`. For a float and a time "
        "the annotation alone is enough: it gives a DOUBLE and a DATETIME.",
        "`tailnum: Mapped[str] = mapped_column(String(6), primary_key=True)`, and the last column "
        "is `checked_at: Mapped[datetime | None]`. Do not forget to return the class.",
    ),
    solution=solution_make_plane,
    also_right=(plane_spelled_out, plane_as_a_table),
    wrong=(
        Wrong(
            plane_without_lengths,
            "Every String needs a length",
            "tests on SQLite alone, which needs no length",
        ),
        Wrong(
            plane_with_float,
            "keeps about seven digits on MySQL",
            "takes Python's float and MySQL's FLOAT for the same thing, as many tutorials do",
        ),
        Wrong(
            plane_all_required,
            "may be missing",
            "does not read NOT NULL in the annotation",
        ),
        Wrong(
            plane_with_text,
            "has up to 40 characters",
            "avoids the length with Text, and so gives up the rule",
        ),
        Wrong(
            plane_kept_inside,
            "hands it to the caller",
            "believes that defining a class is enough for others to know it",
        ),
    ),
)
