"""Exercise 5.1: a table whose types hold on both databases."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False
# mypy: disallow-subclassing-any=False, disable-error-code="valid-type, misc"

import re
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Engine, Float, Integer, SmallInteger, String, Table, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, expect, expect_function
from lib.workbook.exercises.ch05.ex5_1_plane_table_answers import ALSO_RIGHT, ASIDES, WORDS, WRONG
from lib.workbook.exercises.ch05.looking import (
    build,
    expect_columns,
    expect_model,
    expect_mysql_takes,
    new_base,
    new_database,
    on_mysql,
    refused,
)

LENGTHS = {"tailnum": 6, "manufacturer": 40}
OPTIONAL = {
    "tailnum": False,
    "manufacturer": True,
    "seats": False,
    "wingspan": True,
    "checked_at": True,
}
FULL = {
    "tailnum": "N102UW",
    "manufacturer": "A" * 40,
    "seats": 182,
    "wingspan": 35.791234567890123,
    "checked_at": datetime(2013, 1, 2, 3, 4, 5),
}
# Eight bytes on MySQL; FLOAT(p) has them from p = 25 on. Two numbers, as in DOUBLE(10, 2), round.
_EIGHT_BYTES = re.compile(r"(DOUBLE( PRECISION)?|REAL|FLOAT\((2[5-9]|[345]\d)\))( UNSIGNED)?$")


def check_make_plane(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "make_plane")
    for _ in ("first", "again"):
        base = new_base()
        table = expect_model(build(sandbox, answer, base), base, "planes")
    expect_columns(table, [*LENGTHS, "seats", "wingspan", "checked_at"])
    keys = [column.name for column in table.primary_key.columns]
    expect(
        keys == ["tailnum"],
        f"The primary key is ({', '.join(keys)}); a plane is known by its tailnum alone.",
    )
    expect_mysql_takes(table)
    _expect_types(table)
    for name, optional in OPTIONAL.items():
        _expect_optional(table, name, optional)
    with new_database(base) as engine:
        _expect_rows(engine)
        _expect_values(engine, table)
    return "That is it. Both databases make the same table of this class."


def _expect_types(table: Table) -> None:
    for name, length in LENGTHS.items():
        column = table.columns[name]
        expect(
            isinstance(column.type, String),
            f"{name} is text; its column has the type {column.type!r}.",
        )
        expect(
            re.match(rf"(NATIONAL )?(VAR)?CHAR\({length}\)", on_mysql(column)),
            f"{name} has up to {length} characters; on MySQL its column is {on_mysql(column)}.",
        )
    seats = table.columns["seats"].type
    expect(isinstance(seats, Integer), f"seats is a whole number; its column is {seats!r}.")
    wingspan = table.columns["wingspan"]
    expect(
        isinstance(wingspan.type, Float),
        f"wingspan is a float; its column has the type {wingspan.type!r}.",
    )
    expect(
        on_mysql(wingspan) != "FLOAT",
        "wingspan becomes a FLOAT, which keeps about seven digits on MySQL and all of them on "
        "SQLite. One type keeps them on both.",
    )
    expect(
        _EIGHT_BYTES.match(on_mysql(wingspan)),
        f"wingspan becomes a {on_mysql(wingspan)} on MySQL, which does not keep all digits of a "
        "Python float.",
    )
    checked = table.columns["checked_at"].type
    expect(
        isinstance(checked, DateTime),
        f"checked_at is a date with a time; its column has the type {checked!r}.",
    )


def _expect_optional(table: Table, name: str, optional: bool) -> None:
    column = table.columns[name]
    expect(
        not optional or column.nullable,
        f"{name} may be missing, and your table refuses a plane without it (NOT NULL). Say so in "
        "the annotation, with `| None`.",
    )
    expect(
        optional or not column.nullable,
        f"{name} is always known, and your table takes a plane without it. Without `| None` in the "
        "annotation a column is NOT NULL.",
    )


def _expect_rows(engine: Engine) -> None:
    """Expect that planes differ by their tailnum alone."""
    insert_known = "INSERT INTO planes (tailnum, seats) VALUES (:tailnum, 20)"
    for tailnum, what in (
        ("N10156", "A plane of which only tailnum and seats are known"),
        ("N1", "A second plane, like the first but for its tailnum,"),
    ):
        reason = refused(engine, insert_known, tailnum=tailnum)
        expect(not reason, f"{what} cannot be stored. The database says: {reason}.")


def _expect_values(engine: Engine, table: Table) -> None:
    """Expect that a plane comes back as it was stored."""
    try:
        with engine.begin() as connection:
            # Planes of one kind may agree in all but their tailnum.
            connection.execute(insert(table), [FULL, {**FULL, "tailnum": "N103UW"}])
            asked = select(*(table.columns[name] for name in FULL))
            row = connection.execute(asked.where(table.columns["tailnum"] == "N102UW")).one()
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error)
        raise NotYet(
            f"Two planes cannot be stored, {FULL} and one more like it: {reason}"
        ) from error
    for (name, wanted), found in zip(FULL.items(), row, strict=True):
        expect(
            type(found) is type(wanted) and found == wanted,
            f"{name} was stored as {wanted!r}, and comes back as {found!r}.",
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
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=ASIDES,
)
